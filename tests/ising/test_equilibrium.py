"""Autocorrelation times of known processes, and departures from equilibrium that must be seen."""

import math

import numpy as np
import pytest

from isingdbn.errors import JobError
from isingdbn.ising.autocorrelation import autocorrelation, integrated_time
from isingdbn.ising.equilibrium import check_samples, departure
from isingdbn.ising.exact import torus_energy, torus_specific_heat
from tests.reference.enumeration import all_states, boltzmann

SHAPE, T = (3, 5), 2.3


def autoregressive(a, length, chains):
    generator = np.random.default_rng(5)
    noise = generator.normal(size=(length, chains))
    series = np.empty_like(noise)
    series[0] = noise[0] / math.sqrt(1 - a * a)
    for time in range(1, length):
        series[time] = a * series[time - 1] + noise[time]
    return series


@pytest.mark.parametrize("a", [0.0, 0.5, 0.9])
def test_autoregressive_chain_has_its_known_times(a):
    """For a = 0.9 the integrated time is 9.5; 7 chains of 50,000 steps measure it to about 2 %."""
    series = autoregressive(a, 50_000, 7)
    tau = 0.5 * (1 + a) / (1 - a)
    assert math.isclose(integrated_time(series), tau, rel_tol=0.08)
    assert np.allclose(autocorrelation(series)[:5], a ** np.arange(5), atol=0.02)


def test_chains_that_disagree_have_a_long_autocorrelation():
    series = autoregressive(0.0, 1000, 2) + np.array([0, 10])
    assert integrated_time(series) > 100


def test_a_constant_series_has_the_shortest_time():
    assert integrated_time(np.full((50, 3), 7)) == 0.5


def samples(number, temperature=T, seed=2):
    """Energy and magnetization, in all, of independent states of the small torus."""
    states = all_states(*SHAPE)
    drawn = states[np.random.default_rng(seed).choice(len(states), number, p=boltzmann(*SHAPE, temperature))].astype(int)
    energy = -(drawn * np.roll(drawn, 1, 1) + drawn * np.roll(drawn, 1, 2)).sum(axis=(1, 2))
    return energy, drawn.sum(axis=(1, 2))


def test_equilibrium_is_accepted():
    for seed in range(20):
        energy, magnetization = samples(6000, seed=seed)
        assert departure(SHAPE, T, energy.reshape(-1, 6), magnetization.reshape(-1, 6), 0.5) == ""


@pytest.mark.parametrize("number", [1, 2, 11, 700])
@pytest.mark.parametrize("temperature", [0.01, 0.3, 0.6, 1e3])
def test_rare_excitations_and_few_samples_are_accepted(number, temperature):
    for seed in range(30):
        energy, magnetization = samples(number, temperature, seed)
        assert departure(SHAPE, temperature, energy.reshape(-1, 1), magnetization.reshape(-1, 1), 0.5) == ""


def test_a_wrong_energy_is_seen():
    """6000 samples see a shift of 0.05 a site; 5 % of temperature shift it by 0.12."""
    energy, magnetization = samples(6000, 1.05 * T)
    shift = torus_energy(SHAPE, 1.05 * T) - torus_energy(SHAPE, T)
    assert shift > 5 * T * math.sqrt(torus_specific_heat(SHAPE, T) / 15 / 6000)
    assert departure(SHAPE, T, energy.reshape(-1, 6), magnetization.reshape(-1, 6), 0.5).startswith("energy per site ")


def test_starts_that_are_remembered_are_seen():
    """Exact energies, with the larger |m| of each pair always in the chain from all spins up."""
    energy, magnetization = samples(6000)
    pairs = np.sort(abs(magnetization).reshape(-1, 2), axis=1)
    assert departure(SHAPE, T, energy.reshape(-1, 2), pairs, 0.5).startswith("|m| is ")


def test_slow_samples_are_refused_only_where_a_bound_is_set():
    energy, magnetization = (np.repeat(values, 2) / 15 for values in samples(3000))
    with pytest.raises(JobError, match=r"successive lattices have an autocorrelation of 0\.\d+ ± 0.013, 0.05 is allowed"):
        check_samples(SHAPE, T, energy, magnetization, 1, 0.05)
    found = check_samples(SHAPE, T, energy, magnetization, 1, None)
    assert abs(found["lag1_autocorrelation_energy"] - 0.5) < 0.06
    assert abs(found["effective_sample_size"] / 3000 - 1) < 0.2
    assert check_samples(SHAPE, T, energy[::2], magnetization[::2], 3000, 0.05) == {"effective_sample_size": 3000}


def test_a_beginning_that_was_not_thermalized_is_seen():
    energy, magnetization = (values / 15 for values in samples(6000))
    ordered = np.linspace(0, 1, 6000) < 0.05
    with pytest.raises(JobError, match="not from equilibrium"):
        check_samples(SHAPE, T, np.where(ordered, -2.0, energy), np.where(ordered, 1.0, magnetization), 6, 0.9)
