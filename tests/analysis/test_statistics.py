"""Intervals that cover, tests that err as rarely as they say, and Holm's correction."""

import numpy as np
import pytest
from scipy import stats

from isingdbn.analysis.statistics import holm, mean_within

REPEATS = 1500


def samples(mean, count=5):
    return np.random.default_rng(count).normal(mean, 0.1, (REPEATS, count))


@pytest.mark.parametrize("count", [2, 5, 11])
def test_intervals_cover_the_mean_as_often_as_they_say(count):
    found = [mean_within(sample, -1, 1) for sample in samples(0.3, count)]
    covered = np.mean([tested.lower < 0.3 < tested.upper for tested in found])
    assert abs(covered - 0.95) < 4 * np.sqrt(0.95 * 0.05 / REPEATS)


@pytest.mark.parametrize("bound", [-0.2, 0.25])
def test_equivalence_is_found_by_chance_as_rarely_as_the_level_says(bound):
    """With the true mean at the edge of the range, where it is hardest."""
    tested = [mean_within(sample, -0.2, 0.25) for sample in samples(bound)]
    false = np.mean([each.p_within < 0.05 for each in tested])
    assert false < 0.05 + 4 * np.sqrt(0.05 * 0.95 / REPEATS)
    assert np.mean([each.p_outside < 0.05 for each in tested]) < 0.05


def test_what_is_far_inside_or_outside_is_found_so():
    inside = [mean_within(sample, -0.5, 0.5) for sample in samples(0)]
    outside = [mean_within(sample, -0.5, 0.5) for sample in samples(1)]
    assert np.mean([each.p_within < 0.05 for each in inside]) > 0.99
    assert np.mean([each.p_outside < 0.05 for each in outside]) > 0.99
    assert min(each.p_within for each in outside) > 0.05


def test_one_bound_is_student_s_one_sided_test():
    sample = [0.3, 0.1, 0.7, 0.2]
    above = mean_within(sample, 0.05, np.inf)
    assert above.p_within == pytest.approx(
        stats.ttest_1samp(sample, 0.05, alternative="greater").pvalue
    )
    assert above.p_outside == pytest.approx(1 - above.p_within)
    below = mean_within(sample, -np.inf, 0.05)
    assert below.p_within == pytest.approx(above.p_outside)


@pytest.mark.parametrize(
    ("values", "within", "outside"),
    [([1.0] * 5, 0.0, 1.0), ([3.0] * 5, 1.0, 0.0), ([], 1.0, 1.0), ([1.0], 1.0, 1.0)],
)
def test_without_spread_the_sign_decides_and_without_samples_nothing(values, within, outside):
    tested = mean_within(values, 0.5, 2.0)
    assert (tested.p_within, tested.p_outside, tested.seeds) == (within, outside, len(values))


def test_what_is_not_a_number_is_an_error():
    with pytest.raises(ValueError, match="not a number"):
        mean_within([1, np.nan, 2], 0, 1)


def test_holm_s_correction():
    """The example of Holm's method with its textbook answer; order and ties do not matter."""
    assert holm([0.01, 0.04, 0.03, 0.005]) == pytest.approx([0.03, 0.06, 0.06, 0.02])
    assert holm([0.5, 0.5]) == [1.0, 1.0]
    assert holm([]) == []
