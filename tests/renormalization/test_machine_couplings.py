"""Couplings read from weights, against enumeration and a machine made by hand."""

import math

import numpy as np
import pytest

from isingdbn.errors import InputError
from isingdbn.renormalization.enumeration import states
from isingdbn.renormalization.hamiltonians import Machine, ising_torus
from isingdbn.renormalization.machine_couplings import (
    FOUR_SPIN,
    all_couplings,
    machine_couplings,
)
from isingdbn.renormalization.made_by_hand import ising_machine
from tests.reference.operators import ORIENTATIONS
from tests.renormalization.test_hamiltonians import random_machine

HEIGHT, WIDTH = 3, 5


def translated(exact, terms):
    """The mean over all places and orientations of the exact J_S."""
    values = []
    for y, x in np.ndindex(HEIGHT, WIDTH):
        for term in terms:
            sites = {(y + dy) % HEIGHT * WIDTH + (x + dx) % WIDTH for dy, dx in term}
            values.append(exact[sum(1 << site for site in sites)])
    return np.mean(values)


@pytest.mark.parametrize(
    ("visible", "hidden"), [("spin", "spin"), ("spin", "bernoulli"), ("bernoulli", "bernoulli")]
)
def test_all_couplings_make_up_the_hamiltonian(visible, hidden):
    machine = random_machine(visible, hidden, shape=(7, 3))
    couplings, spins = all_couplings(machine), states(7)
    energy = machine.visible_hamiltonian(states(7, visible))
    for state in (0, 37, 127):
        signs = [np.prod(spins[state][[i for i in range(7) if s >> i & 1]]) for s in range(128)]
        assert math.isclose(couplings @ signs, -energy[state], rel_tol=1e-10)


@pytest.mark.parametrize(
    ("visible", "hidden"), [("spin", "spin"), ("spin", "bernoulli"), ("bernoulli", "spin")]
)
def test_sampled_couplings_agree_with_enumeration(visible, hidden):
    """Pairs at every displacement and sets of four; biases are not zero, weights are large."""
    machine = random_machine(visible, hidden, shape=(HEIGHT * WIDTH, 7))
    found = machine_couplings(machine, (HEIGHT, WIDTH), 4000, np.random.default_rng(0))
    exact = all_couplings(machine)
    pulls = []
    for y, x in np.ndindex(HEIGHT, WIDTH):
        if (y, x) != (0, 0):
            expected = translated(exact, [[(0, 0), (y, x)]])
            pulls.append((found.pairs[y, x] - expected) / found.pair_errors[y, x])
    for name in FOUR_SPIN:
        expected = translated(exact, ORIENTATIONS[name])
        pulls.append((found.sets[name] - expected) / found.set_errors[name])
    assert len(pulls) == 16
    assert np.abs(pulls).max() < 4
    assert np.abs(pulls).max() > 0.3
    assert found.pairs[0, 0] == found.pair_errors[0, 0] == 0
    assert found.pairs[1, 2] == found.pairs[2, 3]
    assert (found.pair_errors.ravel()[1:] < 0.05).all()


def test_errors_are_those_of_repetitions():
    machine, random = random_machine(shape=(HEIGHT * WIDTH, 7)), np.random.default_rng(1)
    runs = [machine_couplings(machine, (HEIGHT, WIDTH), 20, random) for _ in range(150)]
    for y, x in ((0, 1), (1, 0), (1, 2)):
        spread = np.std([run.pairs[y, x] for run in runs], ddof=1)
        claimed = math.sqrt(np.mean([run.pair_errors[y, x] ** 2 for run in runs]))
        assert 0.75 < claimed / spread < 1.33


@pytest.mark.parametrize("coupling", [0.44, -0.3])
def test_the_ising_machine_has_its_couplings_and_no_others(coupling):
    weights = ising_machine(5, 7, coupling)
    assert weights.shape == (35, 70)
    assert ((weights != 0).sum(axis=0) == 2).all()
    machine = Machine(weights, np.zeros(35), np.zeros(70))
    found = machine_couplings(machine, (5, 7), 11, np.random.default_rng(2))
    expected = np.zeros((5, 7))
    expected[[0, 0, 1, -1], [1, -1, 0, 0]] = coupling
    np.testing.assert_allclose(found.pairs, expected, rtol=0, atol=1e-14)
    assert found.pair_errors.max() < 1e-14
    assert max(map(abs, found.sets.values())) < 1e-14


@pytest.mark.parametrize("shape", [(3, 4), (2, 5)])
def test_the_ising_machine_is_the_torus(shape):
    """Up to a constant; a side of 2 has double bonds."""
    weights = ising_machine(*shape, 0.4)
    sites, bonds = weights.shape
    machine, v = Machine(weights, np.zeros(sites), np.zeros(bonds)), states(sites)
    difference = machine.visible_hamiltonian(v) - ising_torus(*shape, 0.4).energy(v)
    assert np.ptp(difference) < 1e-12


def test_large_weights_do_not_overflow():
    """For J ≫ 1, ½ log cosh of twice the weight is the weight less ½ log 2."""
    weights = np.zeros((9, 1))
    weights[[0, 1]] = 500.0
    machine = Machine(weights, np.zeros(9), np.zeros(1))
    found = machine_couplings(machine, (3, 3), 4000, np.random.default_rng(3))
    expected = (500 - math.log(2) / 2) / 9  # one of nine places
    assert abs(found.pairs[0, 1] - expected) < 4 * found.pair_errors[0, 1]
    assert found.pairs[1, 0] == 0


def test_wrong_requests_are_refused():
    machine, random = random_machine(shape=(6, 2)), np.random.default_rng(0)
    with pytest.raises(InputError, match="2x5 is not 6 visible units"):
        machine_couplings(machine, (2, 5), 7, random)
    with pytest.raises(InputError, match="draws: 1 is not allowed"):
        machine_couplings(machine, (2, 3), 1, random)
    with pytest.raises(InputError, match="coincide on a torus of 2x3"):
        machine_couplings(machine, (2, 3), 7, random)
    with pytest.raises(InputError, match="gaussian"):
        machine_couplings(random_machine("gaussian"), (1, 5), 7, random)
