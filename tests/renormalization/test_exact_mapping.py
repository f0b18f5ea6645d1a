"""H_RG = H_RBM for any machine, and what tells a trained one from another."""

import math
import time
from dataclasses import replace

import numpy as np
import pytest
from scipy.special import softmax

from isingdbn.errors import InputError
from isingdbn.renormalization.enumeration import states
from isingdbn.renormalization.exact_mapping import (
    distances,
    equal_free_energies,
    exact_mapping,
    gaussian_mapping,
)
from isingdbn.renormalization.exact_training import likelihood_gradient, train_exactly
from isingdbn.renormalization.hamiltonians import Machine, free_energy, ising_torus
from tests.renormalization.test_hamiltonians import random_machine

K = math.log1p(math.sqrt(2)) / 2
H9 = ising_torus(3, 3, K).energy(states(9))


@pytest.mark.parametrize("visible", ["spin", "bernoulli"])
@pytest.mark.parametrize("hidden", ["spin", "bernoulli"])
def test_the_identity_holds_for_machines_that_have_learnt_nothing(visible, hidden):
    machine = random_machine(visible, hidden, shape=(9, 5))
    mapping = exact_mapping(machine, H9)
    assert np.ptp(mapping.marginal) > 1
    np.testing.assert_allclose(mapping.renormalized, mapping.marginal, rtol=0, atol=1e-12)
    v, h = states(9, visible), states(5, hidden)
    trace = np.exp(H9[:, None] - machine.energy_table(v, h)).sum(axis=1)
    np.testing.assert_allclose(mapping.log_trace, np.log(trace), rtol=0, atol=1e-12)


def test_the_identity_at_the_largest_size():
    """2^24 joint states of a 4×4 torus and 8 hidden units."""
    start = time.process_time()
    machine = random_machine(shape=(16, 8))
    mapping = exact_mapping(machine, ising_torus(4, 4, K).energy(states(16)))
    np.testing.assert_allclose(mapping.renormalized, mapping.marginal, rtol=0, atol=1e-12)
    assert time.process_time() - start < 30


def test_the_identity_for_gaussian_units():
    """H_RG by the closed form, and by quadrature for two visible units."""
    random = np.random.default_rng(5)
    machine = random_machine("gaussian", shape=(7, 5))
    root = random.normal(size=(7, 7))
    renormalized, marginal = gaussian_mapping(machine, root @ root.T, random.normal(size=7))
    np.testing.assert_allclose(renormalized, marginal, rtol=0, atol=1e-12)

    machine, field = random_machine("gaussian", shape=(2, 3)), np.array([0.3, -1.1])
    precision = np.array([[2.0, 0.5], [0.5, 1.0]])
    grid = np.linspace(-15, 15, 301)
    v = np.stack(np.meshgrid(grid, grid), axis=-1).reshape(-1, 2)
    hamiltonian = np.einsum("ni,ij,nj->n", v, precision, v) / 2 - v @ field
    operator = hamiltonian[:, None] - machine.energy_table(v, states(3))
    trace = np.exp(operator - hamiltonian[:, None]).sum(axis=0) * 0.1**2
    renormalized, _ = gaussian_mapping(machine, precision, field)
    np.testing.assert_allclose(renormalized, -np.log(trace), atol=1e-12)


def test_distances_against_their_definitions():
    machine = random_machine(shape=(9, 5))
    found = distances(H9, exact_mapping(machine, H9).log_trace)
    p = np.exp(-H9) / np.exp(-H9).sum()
    table = np.exp(-machine.energy_table(states(9), states(5)))
    q = table.sum(axis=1) / table.sum()
    trace = np.log(table.sum(axis=1)) + H9
    assert math.isclose(found.kl, p @ np.log(p / q), rel_tol=1e-10)
    assert math.isclose(found.kl_reverse, q @ np.log(q / p), rel_tol=1e-10)
    assert math.isclose(found.free_energy_difference, -math.log(table.sum()) - free_energy(H9))
    assert math.isclose(found.trace_variance, p @ trace**2 - (p @ trace) ** 2, rel_tol=1e-10)


def test_equal_free_energies_do_not_make_a_trace_of_one():
    """The paper's "if and only if" in the direction that fails."""
    machine = equal_free_energies(random_machine(shape=(9, 5)), H9)
    mapping = exact_mapping(machine, H9)
    found = distances(H9, mapping.log_trace)
    assert abs(found.free_energy_difference) < 1e-12
    assert np.abs(mapping.log_trace).max() > 1
    assert found.kl > 0.1
    np.testing.assert_allclose(mapping.renormalized, mapping.marginal, rtol=0, atol=1e-12)
    before = random_machine(shape=(9, 5))
    np.testing.assert_allclose(
        softmax(-machine.hidden_hamiltonian(states(5))),
        softmax(-before.hidden_hamiltonian(states(5))),
    )


def test_a_trace_of_one_makes_all_distances_zero():
    found = distances(H9, np.zeros(2**9))
    assert found.kl == pytest.approx(0, abs=1e-14)
    assert found.kl_reverse == pytest.approx(0, abs=1e-14)
    assert found.free_energy_difference == pytest.approx(0, abs=1e-14)
    assert found.trace_variance == 0
    shifted = distances(H9, np.full(2**9, 0.25))
    assert shifted.free_energy_difference == pytest.approx(-0.25)
    assert shifted.kl == pytest.approx(0, abs=1e-14)


@pytest.mark.parametrize(("visible", "hidden"), [("spin", "bernoulli"), ("bernoulli", "spin")])
def test_the_gradient_is_that_of_the_likelihood(visible, hidden):
    machine = random_machine(visible, hidden, shape=(5, 3))
    p = np.random.default_rng(7).dirichlet(np.ones(2**5))
    slope = likelihood_gradient(machine, p)

    def likelihood(changed):
        return p @ np.log(softmax(-changed.visible_hamiltonian(states(5, visible))))

    for name in ("weights", "visible_bias", "hidden_bias"):
        value, claimed = getattr(machine, name), getattr(slope, name)
        for index in np.ndindex(value.shape):
            step = np.zeros(value.shape)
            step[index] = 1e-5
            change = likelihood(replace(machine, **{name: value + step})) - likelihood(
                replace(machine, **{name: value - step})
            )
            assert math.isclose(change / 2e-5, claimed[index], abs_tol=1e-8)


def test_distances_fall_while_a_machine_learns():
    random = np.random.default_rng(11)
    start = Machine(random.normal(0, 0.1, (9, 7)), np.zeros(9), np.zeros(7))
    p, v = softmax(-H9), states(9)
    course = [
        distances(H9, H9 - machine.visible_hamiltonian(v))
        for machine in train_exactly(start, p, 0.1, 400)
    ]
    kl = np.array([point.kl for point in course])
    assert len(kl) == 401
    assert (np.diff(kl) < 0).all()
    assert kl[-1] < 0.05 * kl[0]
    assert course[-1].trace_variance < 0.2 * course[0].trace_variance


def test_what_cannot_be_enumerated_is_refused_in_one_line():
    with pytest.raises(InputError, match=r"^16 visible and 9 hidden .* at most 24 .* sampled"):
        exact_mapping(random_machine(shape=(16, 9)), np.zeros(2**16))
    with pytest.raises(InputError, match="25 visible"):
        likelihood_gradient(random_machine(shape=(25, 2)), np.zeros(1))
    with pytest.raises(InputError, match="gaussian_mapping"):
        exact_mapping(random_machine("gaussian"), np.zeros(32))
    with pytest.raises(InputError, match="spin units are not gaussian"):
        gaussian_mapping(random_machine(), np.eye(5), np.zeros(5))
    with pytest.raises(InputError, match=r"\(31,\) is not \(32,\)"):
        exact_mapping(random_machine(), np.zeros(31))
    with pytest.raises(InputError, match=r"\(31,\) is not \(32,\)"):
        next(train_exactly(random_machine(), np.zeros(31), 0.1, 1))
    with pytest.raises(InputError, match="gaussian"):
        likelihood_gradient(random_machine("gaussian"), np.zeros(32))
