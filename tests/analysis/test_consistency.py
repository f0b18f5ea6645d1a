"""Fresh seeds beside published ones: the false-alarm rate is what it should be,
and changes are seen.
"""

import numpy as np
import pytest

from isingdbn.analysis.consistency import FARTHEST, consistency, differences, pooled

NUMBERS, PUBLISHED, FRESH = 60, 9, 2


def seeds(rng, count, shift=0.0):
    """Numbers of heavy tails that go up and down together, as those of a training do."""
    common = rng.standard_t(3, (count, 4))
    mixed = common @ np.random.default_rng(5).normal(size=(4, NUMBERS))
    return mixed + rng.standard_t(3, (count, NUMBERS)) + shift


def test_the_most_different_are_the_fresh_ones_as_seldom_as_any():
    """The smallest p of 55 comes once in 55 times, whatever the distribution; 1000 times."""
    rng = np.random.default_rng(3)
    found = [consistency(seeds(rng, FRESH), seeds(rng, PUBLISHED)) for _ in range(1000)]
    p = np.array([one.p for one in found])
    assert {round(1 / one.smallest_p) for one in found} == {55}
    smallest = np.mean(p <= 1 / 55 + 1e-9)
    assert abs(smallest - 1 / 55) < 4 * np.sqrt(1 / 55 / 1000)
    assert abs(p.mean() - 0.5 * 56 / 55) < 4 * np.sqrt(1 / 12 / 1000)


def test_a_shift_of_all_numbers_is_seen():
    rng = np.random.default_rng(4)
    found = [consistency(seeds(rng, FRESH, 6.0), seeds(rng, PUBLISHED)) for _ in range(50)]
    assert np.mean([one.p <= 1 / 55 + 1e-9 for one in found]) > 0.9
    assert all(one.statistic > one.typical for one in found)


def test_the_statistic_by_hand():
    some, others = np.array([[3.0, 5.0]]), np.array([[0.0, 5.0], [2.0, 5.0]])
    error = np.sqrt(2) * np.sqrt(1 + 1 / 2)
    np.testing.assert_allclose(differences(some, others), [2 / error, 0])
    assert pooled(some, others) == pytest.approx(np.log1p((2 / error) ** 2) / 2)


def test_a_number_that_was_always_the_same_and_is_another_counts_as_far():
    some, others = np.array([[5.1]]), np.array([[5.0], [5.0]])
    assert differences(some, others) == np.inf
    assert pooled(some, others) == pytest.approx(np.log1p(FARTHEST**2))
    assert differences(np.array([[4.0]]), others) == -np.inf


def test_too_few_seeds_or_other_numbers_are_an_error():
    with pytest.raises(ValueError, match="too few"):
        consistency(np.zeros((2, 3)), np.zeros((3, 3)))
    with pytest.raises(ValueError, match="published are 4"):
        consistency(np.zeros((2, 3)), np.zeros((9, 4)))
