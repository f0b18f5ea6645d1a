"""Thermal averages, their errors, and reweighting, against enumeration."""

import math

import numpy as np
import pytest

from isingdbn.ising import reweighting, thermodynamics
from isingdbn.ising.exact import torus_correlations, torus_energy, torus_specific_heat
from isingdbn.ising.observables import energy_per_site, magnetization_per_site
from isingdbn.ising.reweighting import (
    Samples,
    log_density,
    peaks,
    reweighted_curves,
    reweighted_peaks,
)
from isingdbn.ising.thermodynamics import averages, blocks_of, correlations, jackknife
from tests.reference.enumeration import all_states, boltzmann

SHAPE, SITES, T = (3, 5), 15, 2.3
STATES = all_states(*SHAPE)
ENERGY = energy_per_site(STATES)
SIZE = abs(magnetization_per_site(STATES))


def drawn(number, temperature=T, seed=0):
    return STATES[
        np.random.default_rng(seed).choice(len(STATES), number, p=boltzmann(*SHAPE, temperature))
    ]


def mean(values, temperature=T):
    return values @ boltzmann(*SHAPE, temperature)


def test_jackknife_of_a_mean_is_its_standard_error():
    values = np.random.default_rng(1).normal(3, 2, (640, 1))
    value, error = jackknife(values, np.arange(640), lambda moments: moments)
    assert math.isclose(value[0], values.mean())
    assert math.isclose(error[0], values.std(ddof=1) / math.sqrt(640), rel_tol=1e-9)
    _, single = jackknife(values, np.zeros(640, int), lambda moments: moments)
    assert single[0] == math.inf


def test_jackknife_sees_correlation_within_blocks():
    values = np.repeat(np.random.default_rng(1).normal(size=(40, 1)), 16, axis=0)
    _, error = jackknife(values, np.arange(640) // 16, lambda moments: moments)
    assert math.isclose(error[0], values.std() / math.sqrt(39), rel_tol=1e-9)


@pytest.mark.parametrize(
    ("samples", "chains", "blocks"),
    [(300, 7, 133), (1280, 32, 128), (11, 7, 7), (5, 5, 5), (23, 1, 23)],
)
def test_blocks_are_pieces_of_chains_of_nearly_one_length(samples, chains, blocks):
    chain = np.arange(samples) % chains
    block = blocks_of(chain)
    lengths = np.bincount(block)
    assert len(lengths) == blocks
    assert lengths.min() >= max(1, lengths.max() - 1)
    for number in range(blocks):
        (inside,) = np.nonzero(block == number)
        assert len(set(chain[inside])) == 1
        assert (np.diff(inside) == chains).all()


def test_averages_agree_with_enumeration():
    """20,000 samples; a wrong factor of N, T or 3 moves a quantity by far more than the few
    standard errors that are allowed.
    """
    spins = drawn(20_000)
    block = np.arange(20_000) % 128
    found = averages(energy_per_site(spins), magnetization_per_site(spins), block, SITES, T)
    heat = SITES * (mean(ENERGY**2) - mean(ENERGY) ** 2) / T**2
    expected = {
        "energy": torus_energy(SHAPE, T),
        "specific_heat": torus_specific_heat(SHAPE, T),
        "abs_magnetization": mean(SIZE),
        "magnetization_squared": torus_correlations(SHAPE, T).mean(),
        "susceptibility": SITES * mean(SIZE**2) / T,
        "connected_susceptibility": SITES * (mean(SIZE**2) - mean(SIZE) ** 2) / T,
        "binder": 1 - mean(SIZE**4) / (3 * mean(SIZE**2) ** 2),
    }
    assert math.isclose(heat, expected["specific_heat"])
    assert found.keys() == expected.keys()
    for name, (value, error) in found.items():
        assert abs(value - expected[name]) < 4 * error, name
        assert error < 0.03 * abs(expected[name])


def test_errors_are_those_of_repetitions():
    """The jackknife error against the spread over 200 repetitions, known to 5 %."""
    runs = [
        averages(energy_per_site(s), magnetization_per_site(s), np.arange(640) % 64, SITES, T)
        for s in (drawn(640, seed=k) for k in range(200))
    ]
    for name in ("energy", "specific_heat", "binder"):
        spread = np.std([run[name][0] for run in runs], ddof=1)
        claimed = math.sqrt(np.mean([run[name][1] ** 2 for run in runs]))
        assert 0.8 < claimed / spread < 1.25


def test_correlations_agree_with_the_exact_torus():
    value, error = correlations(drawn(20_000), np.arange(20_000) % 128)
    assert value[0, 0] == 1
    assert error[0, 0] == 0
    pull = ((value - torus_correlations(SHAPE, T))[error > 0] / error[error > 0]).ravel()
    assert np.abs(pull).max() < 4
    assert not np.isclose(value[0, 1], value[1, 0], atol=1e-4)


def test_density_of_states_is_counted():
    """Two simulations of 200,000 samples see every common level; their densities differ
    from the exact counts by noise alone.
    """
    levels, counts = np.unique(np.rint(ENERGY * SITES), return_counts=True)
    seen = [
        np.rint(energy_per_site(drawn(200_000, t, seed)) * SITES)
        for seed, t in enumerate((2.0, 3.5))
    ]
    histograms = np.stack(
        [np.bincount(np.searchsorted(levels, energies), minlength=len(levels)) for energies in seen]
    )
    common = histograms.sum(axis=0) > 400
    found = log_density(levels[common], np.array([1 / 2.0, 1 / 3.5]), histograms[:, common])
    difference = found - np.log(counts[common])
    assert np.ptp(difference) < 0.2
    assert common.sum() > 8


def simulations(number):
    made = []
    for seed, temperature in enumerate((2.1, 2.4, 2.9)):
        spins = drawn(number, temperature, seed)
        made.append(
            Samples(
                temperature,
                np.rint(energy_per_site(spins) * SITES),
                magnetization_per_site(spins),
                np.arange(number) % 16,
            )
        )
    return made


def test_reweighted_curves_agree_with_enumeration_between_the_simulations():
    temperatures = np.array([2.0, 2.25, 2.6, 3.0])
    heat, susceptibility = reweighted_curves(simulations(60_000), temperatures, SITES)
    for at, temperature in enumerate(temperatures):
        assert math.isclose(heat[at], torus_specific_heat(SHAPE, temperature), rel_tol=0.03)
        connected = (
            SITES * (mean(SIZE**2, temperature) - mean(SIZE, temperature) ** 2) / temperature
        )
        assert math.isclose(susceptibility[at], connected, rel_tol=0.03)


def test_reweighted_peak_is_the_exact_one_within_its_error():
    temperatures = np.linspace(1.8, 3.2, 281)
    _, found, error = reweighted_peaks(simulations(60_000), temperatures, SITES)
    (exact,) = peaks(
        temperatures, np.array([[torus_specific_heat(SHAPE, t) for t in temperatures]])
    )
    assert (abs(found[0] - exact) < 4 * error[0]).all()
    assert (error > 0).all()
    assert (error < 0.05).all()


def test_a_parabola_is_met_exactly():
    grid = np.linspace(0, 1, 11)
    assert np.allclose(peaks(grid, np.array([3 - (grid - 0.537) ** 2])), [[0.537, 3.0]])


def test_a_curve_that_is_flat_or_highest_at_an_end_has_no_maximum():
    assert np.isnan(
        peaks(
            np.linspace(0, 1, 5), np.array([[0.0, 0.0, 0.0, 0.0, 0.0], [4.0, 3.0, 2.0, 1.0, 0.0]])
        )
    ).all()


def test_one_chain_has_no_error():
    one = [
        Samples(s.temperature, s.energy, s.magnetization, np.zeros(len(s.energy), int))
        for s in simulations(1000)
    ]
    assert (reweighted_peaks(one, np.linspace(2, 3, 11), SITES)[2] == math.inf).all()


@pytest.mark.parametrize(("chains", "most"), [(128, 1), (129, 2), (1000, 8)])
def test_more_chains_than_blocks_are_grouped(chains, most):
    chain = np.arange(3 * chains) % chains
    block = blocks_of(chain)
    assert len(np.unique(block)) == 128
    sizes = [len(set(chain[block == number])) for number in range(128)]
    assert (min(sizes), max(sizes)) == (max(1, most - 1), most)
    assert sum(sizes) == chains


def test_errors_of_many_chains_are_those_of_single_chains():
    """2000 chains of one sample: the error of a mean is known directly;
    128 groups know it to 6 %.
    """
    spins = drawn(2000, seed=3)
    energy, magnetization = energy_per_site(spins), magnetization_per_site(spins)
    found = averages(energy, magnetization, blocks_of(np.arange(2000)), SITES, T)
    for name, values in {
        "energy": energy,
        "abs_magnetization": abs(magnetization),
        "magnetization_squared": magnetization**2,
    }.items():
        assert 0.8 < found[name][1] / (values.std() / math.sqrt(2000)) < 1.25
    every = averages(energy, magnetization, np.arange(2000), SITES, T)
    for name, (value, error) in found.items():
        assert math.isclose(value, every[name][0])
        assert 0.8 < error / every[name][1] < 1.25


def test_peaks_of_many_chains_take_a_bounded_number_of_replicas(monkeypatch):
    """As many curves as groups, and errors like those of leaving out one chain at a time."""
    calls = []

    def counted(*arguments):
        calls.append(1)
        return reweighted_curves(*arguments)

    monkeypatch.setattr(reweighting, "reweighted_curves", counted)
    many = [
        Samples(s.temperature, s.energy, s.magnetization, np.arange(300)) for s in simulations(300)
    ]
    temperatures = np.linspace(1.8, 3.2, 29)
    _, _, grouped = reweighted_peaks(many, temperatures, SITES)
    assert len(calls) == 129
    monkeypatch.setattr(thermodynamics, "BLOCKS", 300)
    _, _, single = reweighted_peaks(many, temperatures, SITES)
    assert len(calls) == 129 + 301
    assert ((grouped / single > 0.75) & (grouped / single < 1.33)).all()


ALIKE = np.broadcast_to([1.0, 1, -1, -1, 1], (3, 3, 5)).astype(np.int8)


@pytest.mark.parametrize(
    "spins", [np.ones((7, 3, 5), np.int8), ALIKE], ids=["ground states", "excited"]
)
def test_lattices_that_are_all_alike_have_no_error_at_all(spins):
    block = blocks_of(np.arange(len(spins)))
    found = averages(energy_per_site(spins), magnetization_per_site(spins), block, SITES, T)
    assert {error for _, error in found.values()} == {0}
    assert found["specific_heat"][0] == found["connected_susceptibility"][0] == 0
    assert (correlations(spins, block)[1] == 0).all()
    chain = np.arange(len(spins))
    one = Samples(T, np.rint(energy_per_site(spins) * SITES), magnetization_per_site(spins), chain)
    curves, found, error = reweighted_peaks([one], np.linspace(2, 3, 5), SITES)
    assert (curves == 0).all()
    assert np.isnan(found).all()
    assert np.isinf(error).all()


def test_binders_ratio_is_not_a_number_without_magnetization():
    found = averages(np.array([-1.0, -1.0]), np.zeros(2), np.arange(2), SITES, T)
    assert math.isnan(found["binder"][0])
    assert found["binder"][1] == math.inf
    _, error = averages(np.array([-1.0, -2.0]), np.array([0.0, 1.0]), np.arange(2), SITES, T)[
        "binder"
    ]
    assert error == math.inf


def test_a_simulation_may_have_one_chain_only():
    """Without that chain nothing is left of it."""
    first, *others = simulations(200)
    first = Samples(first.temperature, first.energy[:1], first.magnetization[:1], first.chain[:1])
    assert np.isfinite(reweighted_peaks([first, *others], np.linspace(2, 3, 11), SITES)[2]).all()
