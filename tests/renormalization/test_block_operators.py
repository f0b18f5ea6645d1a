"""Block-spin rules as operators, and the exact renormalized Hamiltonians of the 4×4 torus."""

import math

import numpy as np
import pytest

from isingdbn.errors import InputError
from isingdbn.ising.exact import torus_free_energy
from isingdbn.renormalization.block_operators import (
    decimation_operator,
    kadanoff_operator,
    majority_operator,
    renormalized_torus,
    two_by_two_couplings,
)
from isingdbn.renormalization.enumeration import states
from isingdbn.renormalization.exact_mapping import distances
from isingdbn.renormalization.hamiltonians import ising_torus, spin_expansion

K = 0.440686793509772  # the critical coupling
RULES = {
    "majority": majority_operator,
    "decimation": decimation_operator,
    "kadanoff": kadanoff_operator(1.0),
}
# -H'[h] where all spins are equal, one differs, a row differs, a diagonal differs; K₁, K₂, K₄
TORUS = {
    "majority": ((14.678021, 11.212383, 10.596883, 9.134818), (0.346450, 0.081846, 0.004909)),
    "decimation": ((14.538605, 11.844127, 10.965712, 9.951897), (0.286669, 0.079971, -0.029831)),
    "kadanoff": ((14.667537, 11.284567, 10.615297, 9.242213), (0.339083, 0.083724, 0.000065)),
}
ORBITS = ((0, 15), (1, 2, 4, 8, 7, 11, 13, 14), (3, 12, 5, 10), (6, 9))


@pytest.mark.parametrize("name", RULES)
def test_the_exact_table_of_the_torus(name):
    log_weights = renormalized_torus(4, 4, K, RULES[name])
    for orbit, expected in zip(ORBITS, TORUS[name][0], strict=True):
        np.testing.assert_allclose(log_weights[list(orbit)], expected, rtol=0, atol=1e-6)
    free = torus_free_energy((4, 4), 1 / K) * K * 16
    assert math.isclose(-np.logaddexp.reduce(log_weights), free, rel_tol=1e-12)


@pytest.mark.parametrize("name", RULES)
def test_the_exact_couplings_of_the_torus(name):
    log_weights = renormalized_torus(4, 4, K, RULES[name])
    found = two_by_two_couplings(log_weights)
    couplings = [found[key] for key in ("nearest", "next_nearest", "plaquette")]
    np.testing.assert_allclose(couplings, TORUS[name][1], rtol=0, atol=1e-6)
    expansion = spin_expansion(log_weights)  # of each pair once: two bonds, four diagonals
    assert math.isclose(found["constant"], expansion[0])
    np.testing.assert_allclose(expansion[[3, 5, 10, 12]], 2 * found["nearest"], atol=1e-12)
    np.testing.assert_allclose(expansion[[6, 9]], 4 * found["next_nearest"], atol=1e-12)
    assert math.isclose(expansion[15], 4 * found["plaquette"], abs_tol=1e-12)


@pytest.mark.parametrize("name", RULES)
def test_rules_have_no_distance(name):
    """Σ_h e^T = 1 for every v, so ΔF = 0 and KL = 0 without training."""
    v, h = states(12).reshape(-1, 2, 6), states(3).reshape(-1, 1, 3)
    trace = np.exp(RULES[name](v, h, 2)).sum(axis=1)
    np.testing.assert_allclose(trace, 1, rtol=1e-14)
    found = distances(ising_torus(2, 6, K).energy(states(12)), np.log(trace))
    for value in (found.kl, found.kl_reverse, found.free_energy_difference, found.trace_variance):
        assert abs(value) < 1e-13


def test_operators_are_the_probabilities_of_each_block():
    v, h = states(12).reshape(-1, 2, 6)[::17], states(3).reshape(-1, 1, 3)
    tables = {name: np.exp(rule(v, h, 2)) for name, rule in RULES.items()}
    for n, m in np.ndindex(len(v), len(h)):
        expected = {"majority": 1.0, "decimation": 1.0, "kadanoff": 1.0}
        for block in range(3):
            total = v[n, :, 2 * block : 2 * block + 2].sum()
            sign = h[m, 0, block]
            expected["majority"] *= 0.5 if total == 0 else float(sign * total > 0)
            expected["decimation"] *= float(sign == v[n, 0, 2 * block])
            expected["kadanoff"] /= 1 + math.exp(-2 * sign * total)
        for name, table in tables.items():
            assert math.isclose(table[n, m], expected[name], abs_tol=1e-15)


def test_kadanoff_becomes_the_majority():
    """For large p no number overflows, and blocks of nine have no ties."""
    v, h = np.random.default_rng(0).choice([-1, 1], (31, 6, 9)), states(6).reshape(-1, 2, 3)
    sharp = np.exp(kadanoff_operator(1e4)(v, h, 3))
    np.testing.assert_array_equal(sharp, np.exp(majority_operator(v, h, 3)))


def test_wrong_blocks_are_refused():
    v = np.ones((1, 4, 6))
    with pytest.raises(InputError, match="4 does not divide the sides of 4x6"):
        majority_operator(v, np.ones((1, 1, 1)), 4)
    with pytest.raises(InputError, match=r"\(3, 2\) is not \(2, 3\)"):
        decimation_operator(v, np.ones((1, 3, 2)), 2)
    with pytest.raises(InputError, match="20 visible and 5 hidden units are too many"):
        renormalized_torus(2, 10, K, majority_operator)
    with pytest.raises(InputError, match="2 does not divide the sides of 3x4"):
        renormalized_torus(3, 4, K, majority_operator)
