"""Block means and block-spin rules against loops, and what the rules draw."""

import numpy as np
import pytest
from scipy.stats import chi2

from isingdbn.errors import InputError
from isingdbn.renormalization.block_operators import kadanoff_operator, majority_operator
from isingdbn.renormalization.block_spin import block_mean, decimation, kadanoff, majority
from isingdbn.renormalization.enumeration import states


@pytest.mark.parametrize(("shape", "block"), [((6, 9), 3), ((7, 5), 3), ((4, 4), 4), ((5, 5), 1)])
def test_block_mean_is_the_mean_of_each_block(shape, block):
    spins = np.random.default_rng(0).choice([-1, 1], (3, *shape)).astype(np.int8)
    mean = block_mean(spins, block)
    for y in range(shape[0]):
        for x in range(shape[1]):
            tops, lefts = y // block * block, x // block * block
            expected = spins[:, tops : tops + block, lefts : lefts + block].mean(axis=(1, 2))
            np.testing.assert_allclose(mean[:, y, x], expected)


def lattices(shape, samples=11, seed=0):
    return np.random.default_rng(seed).choice(np.array([-1, 1], np.int8), (samples, *shape))


def sums_by_loop(spins, block):
    samples, height, width = spins.shape
    sums = np.zeros((samples, height // block, width // block), int)
    for sample, y, x in np.ndindex(spins.shape):
        sums[sample, y // block, x // block] += spins[sample, y, x]
    return sums


@pytest.mark.parametrize(("shape", "block"), [((6, 10), 2), ((6, 9), 3), ((5, 15), 5), ((3, 7), 1)])
def test_rules_against_a_loop(shape, block):
    spins = lattices(shape)
    sums = sums_by_loop(spins, block)
    blocked = majority(spins, block, np.random.default_rng(1))
    assert blocked.dtype == np.int8
    assert set(np.unique(blocked)) == {-1, 1}
    assert (blocked[sums != 0] == np.sign(sums)[sums != 0]).all()
    sharp = kadanoff(spins, block, 1e4, np.random.default_rng(1))
    assert sharp.dtype == np.int8
    assert (sharp[sums != 0] == np.sign(sums)[sums != 0]).all()
    kept = decimation(spins, block)
    assert kept.dtype == np.int8
    for sample, y, x in np.ndindex(kept.shape):
        assert kept[sample, y, x] == spins[sample, y * block, x * block]


@pytest.mark.parametrize("rule", [majority, lambda s, b, r: kadanoff(s, b, 0.3, r)])
def test_rules_do_not_depend_on_grouping(rule):
    """22 blocks a lattice, which are no whole word."""
    spins = lattices((4, 22))
    whole, parts = np.random.default_rng(2), np.random.default_rng(2)
    together = rule(spins, 2, whole)
    apart = np.concatenate([rule(spins[i:j], 2, parts) for i, j in ((0, 3), (3, 10), (10, 11))])
    np.testing.assert_array_equal(together, apart)
    assert whole.random() == parts.random()


def test_ties_are_fair_and_independent():
    """Ties in all 15 blocks of 4,001 lattices: means and correlations are those of fair coins."""
    spins = np.tile(np.array([[1, -1], [-1, 1]], np.int8), (4001, 3, 5))
    drawn = majority(spins, 2, np.random.default_rng(3)).reshape(4001, 15).astype(float)
    moments = drawn.T @ drawn / 4001
    pulls = np.concatenate([drawn.mean(axis=0), moments[np.triu_indices(15, 1)]]) * 4001**0.5
    assert np.abs(pulls).max() < 4
    assert 0.01 < chi2.sf((pulls**2).sum(), len(pulls)) < 0.99
    assert abs((drawn[1:] * drawn[:-1]).mean()) < 4 / (4000 * 15) ** 0.5


@pytest.mark.parametrize(
    ("rule", "operator"),
    [
        (majority, majority_operator),
        (lambda spins, block, random: kadanoff(spins, block, 0.3, random), kadanoff_operator(0.3)),
    ],
)
def test_rules_draw_from_their_operators(rule, operator):
    """20,000 draws of one lattice with two ties, against e^T of all block spins."""
    lattice = np.array([[1, -1, 1, 1, 1, -1], [1, -1, 1, -1, -1, 1]], np.int8)
    drawn = rule(np.tile(lattice, (20_000, 1, 1)), 2, np.random.default_rng(4))
    hidden = states(3).reshape(-1, 1, 3)
    expected = np.exp(operator(lattice[None], hidden, 2))[0] * 20_000
    counts = np.bincount((drawn.reshape(-1, 3) > 0) @ [1, 2, 4], minlength=8)
    possible = expected > 0
    assert counts[~possible].sum() == 0
    statistic = ((counts - expected)[possible] ** 2 / expected[possible]).sum()
    assert 0.01 < chi2.sf(statistic, possible.sum() - 1) < 0.99


@pytest.mark.parametrize("block", [0, 4, 5])
def test_blocks_must_divide_both_sides(block):
    for rule in (majority, decimation, lambda s, b, r: kadanoff(s, b, 1.0, r)):
        with pytest.raises(InputError, match=rf"^block: {block} does not divide .* 5x8 lattices$"):
            rule(np.ones((1, 5, 8), np.int8), block, np.random.default_rng(0))
