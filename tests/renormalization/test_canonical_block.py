"""The rule that says most about the environment, against what is known of it."""

import numpy as np
import pytest

from isingdbn.ising.simulation import Simulation
from isingdbn.ising.surrogates import surrogates
from isingdbn.parameters.sampling import Sampling
from isingdbn.renormalization.canonical_block import canonical_block, two_point_function


@pytest.fixture(scope="module")
def lattices():
    sampling = Sampling(samples=3000, protocol="chain", updates="auto", thermalization="auto",
                        chains=16, max_autocorrelation=0.1, kernel="auto")  # fmt: skip
    return np.concatenate(list(Simulation((16, 16), 2.5, 1, sampling)))


def test_the_two_point_function_is_that_of_the_spins(lattices):
    found = two_point_function(lattices)
    assert found[0, 0] == pytest.approx(1)
    expected = np.mean(
        [(lattices * np.roll(lattices, step, axis)).mean() for axis in (1, 2) for step in (2, -2)]
    )
    assert found[0, 2] == found[2, 0] == found[-2, 0] == pytest.approx(expected)
    assert found[1, 2] == pytest.approx(found[2, -1])


def test_the_best_sum_of_two_by_two_spins_is_their_sum(lattices):
    """By symmetry: the majority rule's, and what a machine of blocks feels."""
    weights, correlation = canonical_block(two_point_function(lattices), 2, 1, 2)
    np.testing.assert_allclose(weights, 1, atol=1e-9)
    assert 0.3 < correlation < 1


def test_of_larger_blocks_the_rim_counts_more_than_the_inside(lattices):
    """What is inside speaks through the rim, as in every model of nearest neighbours."""
    weights, _ = canonical_block(two_point_function(lattices), 4, 0, 3)
    rim = weights[0].mean()
    assert rim > 1.5 * abs(weights[1:3, 1:3]).mean()
    np.testing.assert_allclose(weights, weights[::-1].T, atol=1e-9)


def test_no_other_sum_does_better(lattices):
    correlation = two_point_function(lattices)
    _, best = canonical_block(correlation, 2, 1, 2)
    rng = np.random.default_rng(0)
    blocks = lattices[:, 7:9, 7:9].reshape(len(lattices), -1).astype(float)
    ring = np.ones((8, 8), bool)
    ring[2:6, 2:6] = False
    around = lattices[:, 4:12, 4:12][:, ring].astype(float)
    for _ in range(5):
        some = blocks @ rng.normal(size=4)
        fitted = around @ np.linalg.lstsq(around, some, rcond=None)[0]
        assert np.corrcoef(fitted, some)[0, 1] < best + 0.03


def test_twins_have_the_same_rule(lattices):
    drawn, _ = surrogates("thresholded_gaussian", lattices, 2.5, 0)
    twins = np.concatenate(list(drawn))
    ours, theirs = (canonical_block(two_point_function(of), 4, 1, 2) for of in (lattices, twins))
    np.testing.assert_allclose(ours[0], theirs[0], atol=0.35)
    assert ours[1] == pytest.approx(theirs[1], abs=0.03)
