"""Monte Carlo renormalization: exact derivatives, moments, jackknife, and true exponents."""

import math
from functools import partial

import numpy as np
import pytest
from scipy.signal import lfilter

from isingdbn.errors import InputError
from isingdbn.renormalization.block_operators import (
    majority_operator,
    renormalized_torus,
    two_by_two_couplings,
)
from isingdbn.renormalization.block_spin import decimation, kadanoff
from isingdbn.renormalization.enumeration import states
from isingdbn.renormalization.hamiltonians import renormalized_hamiltonian
from isingdbn.renormalization.lattice_operators import EVEN, ODD, operator_sums
from isingdbn.renormalization.monte_carlo_rg import (
    Moments,
    block_levels,
    gather,
    linearized_matrix,
    magnetic_exponent,
    thermal_exponent,
)
from tests.reference.cluster import CRITICAL_COUPLING, critical_lattices

NAMES = (*EVEN, *ODD)


def test_the_matrix_is_the_derivative_of_the_exact_couplings():
    """∂K'_a/∂K_b of the 4×4 torus under the majority rule, for three couplings that are complete
    on 2×2 blocks: from exact correlations, and by finite differences of the exact couplings.
    """
    v, h = states(16).reshape(-1, 4, 4), states(4).reshape(-1, 2, 2)
    sums, block_sums = operator_sums(v)[:, :3], operator_sums(h)[:, :3]
    operator = majority_operator(v, h, 2)

    def couplings(k):
        fitted = two_by_two_couplings(-renormalized_hamiltonian(operator, -sums @ k))
        return np.array([fitted[n] for n in ("nearest", "next_nearest", "plaquette")])

    at = np.array([CRITICAL_COUPLING, 0.0, 0.0])
    steps = 1e-4 * np.eye(3)
    slopes = np.stack([(couplings(at + s) - couplings(at - s)) / 2e-4 for s in steps], axis=1)
    one = two_by_two_couplings(renormalized_torus(4, 4, at[0], majority_operator))["nearest"]
    assert math.isclose(couplings(at)[0], one, rel_tol=1e-12)

    joint = np.exp(operator + (sums @ at)[:, None])
    joint /= joint.sum()
    mean, block_mean = joint.sum(axis=1) @ sums, joint.sum(axis=0) @ block_sums
    between = (block_sums - block_mean).T @ joint.T @ (sums - mean)
    within = ((block_sums - block_mean).T * joint.sum(axis=0)) @ (block_sums - block_mean)
    matrix = linearized_matrix(within, between)
    np.testing.assert_allclose(matrix, slopes, rtol=0, atol=1e-7)
    assert matrix[0, 0] > 1 > abs(matrix[2, 2])
    assert not np.allclose(matrix, matrix.T, atol=0.01)


def random_levels(samples, seed=0):
    random = np.random.default_rng(seed)
    spins = np.where(random.random((samples, 8, 12)) < 0.55, 1, -1).astype(np.int8)
    return block_levels(spins, 1, 2, random)


def test_moments_and_exponents_against_numpy():
    """In groups of any size, on a rectangle; even sector connected, odd one about zero."""
    levels, labels = random_levels(600), np.random.default_rng(1).integers(3, size=600)
    cuts = [slice(0, 7), slice(7, 430), slice(430, 600)]
    moments = gather((([x[cut] for x in levels], labels[cut]) for cut in cuts), 3)
    np.testing.assert_array_equal(moments.counts, np.bincount(labels))
    fine, coarse = (operator_sums(level).astype(float) for level in levels)
    even, odd = slice(0, len(EVEN)), slice(len(EVEN), None)
    np.testing.assert_array_equal(moments.first[1, 1], coarse[labels == 1].sum(axis=0))
    thermal, magnetic = thermal_exponent(moments, 2, 4), magnetic_exponent(moments, 2)
    assert thermal.values.shape == (1, 4)
    assert magnetic.values.shape == (1, 4)
    for n in range(1, 5):
        covariance = np.cov(coarse[:, even][:, :n].T, fine[:, even][:, :n].T)
        matrix = np.linalg.inv(covariance[:n, :n]) @ covariance[:n, n:]
        expected = np.log2(np.abs(np.linalg.eigvals(matrix)).max())
        assert math.isclose(thermal.values[0, n - 1], expected, rel_tol=1e-9)
        a, b = coarse[:, odd][:, :n], fine[:, odd][:, :n]
        matrix = np.linalg.inv(a.T @ a) @ (a.T @ b)
        expected = np.log2(np.abs(np.linalg.eigvals(matrix)).max())
        assert math.isclose(magnetic.values[0, n - 1], expected, rel_tol=1e-9)


def test_errors_are_those_of_leaving_out_blocks():
    levels, labels = random_levels(300), np.arange(300) % 5
    found = thermal_exponent(gather([(levels, labels)], 5), 2, 3)
    replicas = []
    for block in range(5):
        kept = labels != block
        part = [level[kept] for level in levels]
        replicas.append(thermal_exponent(gather([(part, np.zeros(240, int))], 1), 2, 3).values)
    expected = math.sqrt(4) * np.std(replicas, axis=0)
    np.testing.assert_allclose(found.errors, expected, rtol=1e-9)


def autoregressive_moments(random, blocks):
    """4,800 values of S = 2S' + noise, where S' and noise are AR(1) chains with a = 0.9."""
    noise = random.normal(0, math.sqrt(1 - 0.9**2), (5000, 2))
    series = lfilter([1], [1, -0.9], noise, axis=0)[200:]  # from its first value, 0.9^200 is left
    coarse, fine = series[:, 0], 2 * series[:, 0] + series[:, 1]
    counts = np.full(blocks, 4800 // blocks)
    first, within = np.zeros((blocks, 2, 11)), np.zeros((blocks, 2, 11, 11))
    between = np.zeros((blocks, 1, 11, 11))
    for level, values in enumerate((fine, coarse)):
        first[:, level, 0] = values.reshape(blocks, -1).sum(axis=1)
        within[:, level, 0, 0] = (values**2).reshape(blocks, -1).sum(axis=1)
    between[:, 0, 0, 0] = (fine * coarse).reshape(blocks, -1).sum(axis=1)
    return Moments(counts, first, within, between)


def test_jackknife_sees_the_correlation_of_a_known_chain():
    """A slope of 2 has the variance (1 + a²)/(1 - a²)/n = 9.53/n; blocks of one value miss it."""
    true = math.sqrt((1 + 0.81) / (1 - 0.81) / 4800) / (2 * math.log(2))
    random = np.random.default_rng(2)
    runs = [thermal_exponent(autoregressive_moments(random, 48), 2, 1) for _ in range(30)]
    claimed = math.sqrt(np.mean([run.statistical**2 for run in runs]))
    assert 0.85 < claimed / true < 1.15
    assert 0.6 < np.std([run.value for run in runs]) / true < 1.4
    assert abs(np.mean([run.value for run in runs]) - 1) < 4 * true / math.sqrt(30)
    single = thermal_exponent(autoregressive_moments(random, 4800), 2, 1)
    assert 0.25 < single.statistical / true < 0.4


@pytest.fixture(scope="module")
def critical():
    """The exponents of 64 chains of 32×32 at the critical point, in groups of 16 chains."""
    lattices, random = critical_lattices(32, 64, 160, 4, seed=5), np.random.default_rng(6)

    def groups():
        for first in range(0, 64, 16):
            spins = lattices[first : first + 16].reshape(-1, 32, 32)
            yield block_levels(spins, 3, 2, random), np.repeat(np.arange(first, first + 16), 160)

    moments = gather(groups(), 64)
    return thermal_exponent(moments, 2), magnetic_exponent(moments, 2)


def test_the_exponents_of_the_ising_model(critical):
    for found, exact, largest in zip(critical, (1, 15 / 8), (0.04, 0.01), strict=True):
        assert found.values.shape[0] == 3
        assert abs(found.value - exact) < 2 * found.total
        assert found.total < largest


def test_the_total_error_is_of_both_kinds(critical):
    for found in critical:
        corner = found.values[1:, -2:]
        assert found.value == found.values[-1, -1]
        assert found.statistical == found.errors[-1, -1] > 0
        assert found.systematic == corner.max() - corner.min() > 0
        assert math.isclose(found.total**2, found.statistical**2 + found.systematic**2)


def test_levels_follow_the_rule():
    spins = random_levels(5)[0]
    kept = block_levels(spins, 2, 2, np.random.default_rng(0), decimation)
    assert [level.shape for level in kept] == [(5, 8, 12), (5, 4, 6), (5, 2, 3)]
    np.testing.assert_array_equal(kept[2], spins[:, ::4, ::4])
    sharp = partial(kadanoff, p=0.5)
    drawn = block_levels(spins, 1, 2, np.random.default_rng(0), sharp)[1]
    np.testing.assert_array_equal(drawn, kadanoff(spins, 2, 0.5, np.random.default_rng(0)))


def test_what_gives_no_exponent_is_refused_in_one_line():
    levels, labels = random_levels(50), np.arange(50) % 4
    with pytest.raises(InputError, match="2x3 sites is too small"):
        gather([(block_levels(levels[0], 2, 2, np.random.default_rng(0)), labels)], 4)
    with pytest.raises(InputError, match="numbers 0 to 3 are not below 3"):
        gather([(levels, labels)], 3)
    with pytest.raises(InputError, match="5 were announced, and some have no lattices"):
        gather([(levels, labels)], 5)
    with pytest.raises(InputError, match="4 were announced"):
        gather([], 4)
    moments = gather([(levels, labels)], 4)
    with pytest.raises(InputError, match="couplings: 8 is not allowed, give 1 to 7"):
        thermal_exponent(moments, 2, 8)
    ordered = [np.ones((8, 8, 8), np.int8), np.ones((8, 4, 4), np.int8)]
    unknown = thermal_exponent(gather([(ordered, np.zeros(8, int))], 1), 2)
    assert np.isnan(unknown.values).all()  # operators that never change say nothing
    assert math.isnan(unknown.value)
    assert math.isnan(thermal_exponent(gather([(levels, labels * 0)], 1), 2, 2).total)
