"""Energies against sums term by term, and free energies against known ones."""

import itertools
import math
from dataclasses import replace

import numpy as np
import pytest

from isingdbn.errors import InputError
from isingdbn.ising.exact import torus_free_energy
from isingdbn.renormalization.enumeration import state_blocks, states
from isingdbn.renormalization.hamiltonians import (
    Machine,
    SpinHamiltonian,
    free_energy,
    ising_torus,
    renormalized_hamiltonian,
    spin_expansion,
    variational_operator,
)
from tests.reference.enumeration import all_states, bond_energy

VISIBLE, HIDDEN = 5, 3


def random_machine(visible="spin", hidden="spin", seed=0, shape=(VISIBLE, HIDDEN)):
    random = np.random.default_rng(seed)
    return Machine(
        random.normal(size=shape),
        random.normal(size=shape[0]),
        random.normal(size=shape[1]),
        visible,
        hidden,
        constant=0.7,
    )


def random_tensor(order, sites, seed=0):
    """Symmetric, zero where two sites are the same."""
    random = np.random.default_rng(seed)
    tensor = np.zeros((sites,) * order)
    for members in itertools.combinations(range(sites), order):
        value = random.normal()
        for permuted in itertools.permutations(members):
            tensor[permuted] = value
    return tensor


def test_energy_to_third_order_counts_each_set_once():
    pairs, triples = random_tensor(2, VISIBLE), random_tensor(3, VISIBLE, seed=1)
    fields = np.arange(1.0, VISIBLE + 1)
    v = states(VISIBLE)
    expected = [
        -sum(fields[i] * s[i] for i in range(VISIBLE))
        - sum(pairs[i, j] * s[i] * s[j] for i, j in itertools.combinations(range(VISIBLE), 2))
        for s in v
    ]
    third = [
        -sum(triples[i] * s[list(i)].prod() for i in itertools.combinations(range(VISIBLE), 3))
        for s in v
    ]
    np.testing.assert_allclose(SpinHamiltonian(fields, pairs).energy(v), expected, atol=1e-13)
    full = SpinHamiltonian(fields, pairs, triples).energy(v)
    np.testing.assert_allclose(full, np.add(expected, third), atol=1e-13)


@pytest.mark.parametrize("shape", [(3, 4), (2, 5), (5, 2)])
def test_ising_torus_is_the_sum_over_bonds(shape):
    spins = all_states(*shape)
    energy = ising_torus(*shape, 0.3).energy(spins.reshape(len(spins), -1))
    some = np.random.default_rng(0).choice(len(spins), 101)
    expected = [0.3 * bond_energy(spins[s]) for s in some]
    np.testing.assert_allclose(energy[some], expected, atol=1e-13)
    exact = torus_free_energy(shape, 1 / 0.3) * 0.3 * math.prod(shape)
    assert math.isclose(free_energy(energy), exact, rel_tol=1e-13)


@pytest.mark.parametrize(
    ("pairs", "complaint"),
    [
        (np.zeros((2, 3)), "shape"),
        (np.array([[0.0, 1], [2, 0]]), "symmetric"),
        (np.eye(2), "zero where two sites"),
    ],
)
def test_wrong_couplings_are_refused(pairs, complaint):
    with pytest.raises(InputError, match=complaint):
        SpinHamiltonian(np.zeros(2), pairs)


def test_triples_with_equal_sites_are_refused():
    triples = np.zeros((3, 3, 3))
    triples[0, 0, 1] = triples[0, 1, 0] = triples[1, 0, 0] = 1
    with pytest.raises(InputError, match="zero where two sites"):
        SpinHamiltonian(np.zeros(3), np.zeros((3, 3)), triples)


@pytest.mark.parametrize("visible", ["spin", "bernoulli", "gaussian"])
@pytest.mark.parametrize("hidden", ["spin", "bernoulli"])
def test_machine_energy_term_by_term(visible, hidden):
    machine = random_machine(visible, hidden)
    w, b, c = machine.weights, machine.visible_bias, machine.hidden_bias
    h = states(HIDDEN, hidden)
    v = np.random.default_rng(2).normal(size=(7, VISIBLE))
    if visible != "gaussian":
        v = states(VISIBLE, visible)[:7]
    table = machine.energy_table(v, h)
    for n, m in itertools.product(range(7), range(8)):
        own = [(v[n, i] - b[i]) ** 2 / 2 for i in range(5)]
        if visible != "gaussian":
            own = [-b[i] * v[n, i] for i in range(5)]
        bonds = [-v[n, i] * w[i, j] * h[m, j] for i in range(5) for j in range(3)]
        expected = sum(own) + sum(bonds) - sum(c * h[m]) + 0.7
        assert math.isclose(table[n, m], expected, abs_tol=1e-12)
    np.testing.assert_allclose(
        machine.visible_hamiltonian(v), -np.log(np.exp(-table).sum(axis=1)), rtol=1e-12
    )


@pytest.mark.parametrize("visible", ["spin", "bernoulli"])
@pytest.mark.parametrize("hidden", ["spin", "bernoulli"])
def test_marginals_and_the_machine_in_spins(visible, hidden):
    machine = random_machine(visible, hidden)
    v, h = states(VISIBLE, visible), states(HIDDEN, hidden)
    table = machine.energy_table(v, h)
    np.testing.assert_allclose(
        machine.hidden_hamiltonian(h), -np.log(np.exp(-table).sum(axis=0)), rtol=1e-12
    )
    in_spins = machine.in_spins()
    assert (in_spins.visible, in_spins.hidden) == ("spin", "spin")
    np.testing.assert_allclose(in_spins.energy_table(states(VISIBLE), states(HIDDEN)), table)


def test_gaussian_marginal_is_the_integral():
    """One visible unit on a grid of 10⁴ points, whose sum converges faster than any power."""
    machine = random_machine("gaussian", shape=(1, HIDDEN))
    v, h = np.linspace(-20, 20, 10_001)[:, None], states(HIDDEN)
    integral = np.exp(-machine.energy_table(v, h)).sum(axis=0) * 40 / 10_000
    np.testing.assert_allclose(machine.hidden_hamiltonian(h), -np.log(integral), atol=1e-12)
    with pytest.raises(InputError, match="no spins"):
        machine.in_spins()


def test_wrong_machines_are_refused():
    with pytest.raises(InputError, match=r"\(5, 3\) does not fit 3 visible and 5 hidden"):
        Machine(np.zeros((5, 3)), np.zeros(3), np.zeros(5))
    with pytest.raises(InputError, match="potts"):
        replace(random_machine(), visible="potts")
    with pytest.raises(InputError, match="hidden: gaussian"):
        replace(random_machine(), hidden="gaussian")


def test_renormalized_hamiltonian_is_the_trace():
    random = np.random.default_rng(3)
    hamiltonian, operator = random.normal(size=11), random.normal(size=(11, 7))
    operator[:4, 2] = -math.inf
    expected = [
        -math.log(sum(math.exp(operator[v, h] - hamiltonian[v]) for v in range(11)))
        for h in range(7)
    ]
    np.testing.assert_allclose(renormalized_hamiltonian(operator, hamiltonian), expected)
    energy = random.normal(size=(11, 7))
    assert variational_operator(hamiltonian, energy)[5, 3] == hamiltonian[5] - energy[5, 3]


def test_expansion_finds_the_couplings_that_were_put_in():
    pairs, triples = random_tensor(2, VISIBLE), random_tensor(3, VISIBLE, seed=1)
    fields = np.arange(1.0, VISIBLE + 1)
    found = spin_expansion(-SpinHamiltonian(fields, pairs, triples).energy(states(VISIBLE)))
    for index in range(2**VISIBLE):
        sites = tuple(i for i in range(VISIBLE) if index >> i & 1)
        planted = {1: fields, 2: pairs, 3: triples}.get(len(sites))
        expected = 0 if planted is None else planted[sites]
        assert math.isclose(found[index], expected, abs_tol=1e-12)


def test_blocks_of_states_make_up_the_list():
    whole = states(11, "bernoulli")
    assert whole[6].tolist() == [0, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0]
    parts = list(state_blocks(11, 2**11, "bernoulli"))
    assert len(parts) == 4
    np.testing.assert_array_equal(np.concatenate([part for _, part in parts]), whole)
    np.testing.assert_array_equal(whole[parts[2][0]], parts[2][1])
    np.testing.assert_array_equal(states(11), 2 * whole - 1)
