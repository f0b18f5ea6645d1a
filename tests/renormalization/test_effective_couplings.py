"""Known couplings recovered from lattices, and the histogram against a loop."""

import math
import time

import numpy as np
import pytest
from scipy.optimize import minimize
from scipy.stats import chi2

from isingdbn.errors import InputError
from isingdbn.renormalization.effective_couplings import (
    NAMES,
    count_local_sums,
    effective_couplings,
    fit_couplings,
)
from tests.reference.heat_bath import heat_bath
from tests.reference.operators import ORIENTATIONS

PLANTED = [  # nearest, next-nearest, plaquette, third neighbour
    (0.0, 0.0, 0.0, 0.0),
    (0.3, 0.0, 0.0, 0.0),
    (-0.25, 0.0, 0.0, 0.0),
    (0.2, 0.1, 0.0, 0.0),
    (0.2, -0.1, 0.0, 0.0),
    (0.0, 0.0, 0.3, 0.0),
    (0.15, 0.05, -0.2, 0.0),
    (0.2, 0.05, 0.05, 0.02),
    (0.25, 0.0, 0.0, -0.1),
    (-0.2, 0.1, 0.1, 0.05),
    (0.1, 0.1, 0.1, 0.1),
    (0.05, -0.2, -0.3, 0.05),
]


def drawn(couplings, chains, samples, shape=(11, 13), seed=0):
    """Lattices and their chains; samples of a chain are correlated."""
    random = np.random.default_rng(seed)
    sites, lattices = math.prod(shape), []
    for _ in range(chains):
        spins = random.choice(np.array([-1, 1], np.int8), shape)
        heat_bath(spins, np.array(couplings), random.random((100, sites)))
        for _ in range(samples):
            heat_bath(spins, np.array(couplings), random.random((4, sites)))
            lattices.append(spins.copy())
    return np.array(lattices), np.repeat(np.arange(chains), samples)


def local_sums(spins, y, x):
    """The spin at (y, x) times the sum of each operator's other spins, from the written terms."""
    height, width = spins.shape
    found = []
    for name in NAMES:
        total = 0
        for term in ORIENTATIONS[name]:
            for own in term:
                members = [
                    ((y + dy - own[0]) % height, (x + dx - own[1]) % width) for dy, dx in term
                ]
                total += np.prod([int(spins[member]) for member in members])
        found.append(total)
    return found


def test_a_dozen_sets_of_couplings_are_recovered():
    """χ² of all 48 deviations together, with their covariances."""
    statistic = 0.0
    for number, planted in enumerate(PLANTED):
        lattices, chain = drawn(planted, 128, 8, seed=number)
        found = effective_couplings(lattices, chain)
        deviation = found.values - planted
        assert (found.errors < 0.01).all()
        statistic += deviation @ np.linalg.solve(found.covariance, deviation)
    assert 0.01 < chi2.sf(statistic, 4 * len(PLANTED)) < 0.99


def test_the_fit_is_the_maximum_of_the_pseudolikelihood():
    """Against a general optimizer on a loop over sites, for several numbers of couplings."""
    lattices, _ = drawn(PLANTED[7], 3, 1, shape=(5, 7))
    m = np.array([local_sums(s, y, x) for s in lattices for y, x in np.ndindex(5, 7)])
    for number in (1, 3, 4):

        def loss(couplings, m=m[:, :number]):
            return np.logaddexp(0, -2 * m @ couplings).mean()

        best = minimize(loss, np.zeros(number), method="BFGS", options={"gtol": 1e-9}).x
        np.testing.assert_allclose(effective_couplings(lattices, 3, number).values, best, atol=1e-6)


@pytest.mark.parametrize("shape", [(5, 7), (4, 6), (7, 4)])
def test_counts_against_a_loop(shape):
    spins = np.random.default_rng(1).choice(np.array([-1, 1], np.int8), (3, *shape))
    labels = np.array([1, 0, 1])
    expected = np.zeros((2, 625), int)
    for sample, y, x in np.ndindex(spins.shape):
        negative = [(4 - m) // 2 for m in local_sums(spins[sample], y, x)]
        expected[labels[sample], np.dot(negative, [1, 5, 25, 125])] += 1
    counts = count_local_sums(spins, labels, 2)
    np.testing.assert_array_equal(counts, expected)
    apart = [count_local_sums(spins[i : i + 1], labels[i : i + 1], 2) for i in range(3)]
    np.testing.assert_array_equal(sum(apart), expected)


def test_errors_are_those_of_repetitions():
    """Robust errors against the spread of 60 repetitions, known to 9 %, from correlated samples."""
    runs = [effective_couplings(*drawn(PLANTED[7], 40, 4, (5, 7), seed)) for seed in range(60)]
    spread = np.std([run.values for run in runs], axis=0, ddof=1)
    claimed = np.sqrt(np.mean([run.errors**2 for run in runs], axis=0))
    assert (abs(claimed / spread - 1) < 0.27).all()


def test_the_covariance_is_the_sandwich():
    """Two couplings and three blocks of unequal sizes, from sums over sites one by one."""
    lattices, _ = drawn(PLANTED[7], 7, 1, shape=(5, 7))
    labels = np.array([0, 0, 1, 2, 2, 2, 1])
    found = effective_couplings(lattices, labels, 2)
    scores, curvature = np.zeros((3, 2)), np.zeros((2, 2))
    for label, spins in zip(labels, lattices, strict=True):
        for y, x in np.ndindex(5, 7):
            m = np.array(local_sums(spins, y, x)[:2])
            p = 1 / (1 + math.exp(-2 * m @ found.values))
            scores[label] += 2 * m * (1 - p)
            curvature += 4 * np.outer(m, m) * p * (1 - p)
    np.testing.assert_allclose(scores.sum(axis=0), 0, atol=1e-9)
    inverse = np.linalg.inv(curvature)
    expected = 3 / 2 * inverse @ scores.T @ scores @ inverse
    np.testing.assert_allclose(found.covariance, expected, rtol=1e-9)
    np.testing.assert_array_equal(found.errors, np.sqrt(np.diagonal(found.covariance)))


def test_blocks_by_number_and_by_name():
    lattices, chain = drawn(PLANTED[1], 6, 2)
    by_number = effective_couplings(lattices, 6)
    by_name = effective_couplings(lattices, chain * 10 + 5)
    np.testing.assert_array_equal(by_number.covariance, by_name.covariance)
    assert not np.allclose(by_number.errors, effective_couplings(lattices, 12).errors, rtol=1e-3)
    assert np.isnan(effective_couplings(lattices, 1).errors).all()


def test_twenty_thousand_lattices_take_seconds():
    spins = np.random.default_rng(2).choice(np.array([-1, 1], np.int8), (20_000, 40, 40))
    effective_couplings(spins[:1], 1)  # compiles
    start = time.process_time()
    found = effective_couplings(spins, 100)
    assert time.process_time() - start < 10
    assert (abs(found.values) < 4.5 * found.errors).all()


def test_what_has_no_couplings_is_refused():
    with pytest.raises(InputError, match=r"^the lattices have no finite couplings"):
        effective_couplings(np.ones((5, 6, 7), np.int8), 5)
    lattices, chain = drawn(PLANTED[1], 2, 1, shape=(4, 5))
    with pytest.raises(InputError, match="3x5 sites are too small"):
        effective_couplings(lattices[:, :3], chain)
    with pytest.raises(InputError, match="a number from 0 to 0"):
        count_local_sums(lattices, chain, 1)
    with pytest.raises(InputError, match="no finite couplings"):
        fit_couplings(np.zeros((1, 625), np.int64))
