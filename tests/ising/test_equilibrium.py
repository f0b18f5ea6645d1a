"""Autocorrelation times of known processes, and departures from equilibrium that must be seen."""

import math

import numpy as np
import pytest

from isingdbn.errors import JobError
from isingdbn.ising.autocorrelation import autocorrelation, integrated_time
from isingdbn.ising.equilibrium import _lag1_error, check_samples, departure
from isingdbn.ising.exact import torus_energy, torus_specific_heat
from isingdbn.ising.observables import energy_per_site, magnetization_per_site
from isingdbn.ising.simulation import Simulation
from isingdbn.parameters.sampling import Sampling
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
    drawn = states[
        np.random.default_rng(seed).choice(len(states), number, p=boltzmann(*SHAPE, temperature))
    ].astype(int)
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
        assert (
            departure(SHAPE, temperature, energy.reshape(-1, 1), magnetization.reshape(-1, 1), 0.5)
            == ""
        )


def test_a_wrong_energy_is_seen():
    """6000 samples see a shift of 0.05 a site; 5 % of temperature shift it by 0.12."""
    energy, magnetization = samples(6000, 1.05 * T)
    shift = torus_energy(SHAPE, 1.05 * T) - torus_energy(SHAPE, T)
    assert shift > 5 * T * math.sqrt(torus_specific_heat(SHAPE, T) / 15 / 6000)
    assert departure(SHAPE, T, energy.reshape(-1, 6), magnetization.reshape(-1, 6), 0.5).startswith(
        "energy per site "
    )


def test_starts_that_are_remembered_are_seen():
    """Exact energies, with the larger |m| of each pair always in the chain from all spins up."""
    energy, magnetization = samples(6000)
    pairs = np.sort(abs(magnetization).reshape(-1, 2), axis=1)
    assert departure(SHAPE, T, energy.reshape(-1, 2), pairs, 0.5).startswith("|m| is ")


def test_slow_samples_are_refused_only_where_a_bound_is_set():
    energy, magnetization = (np.repeat(values, 2) / 15 for values in samples(3000))
    with pytest.raises(
        JobError,
        match=r"successive lattices have an autocorrelation of 0\.\d+ ± 0\.0\d\d, 0.05 is allowed",
    ):
        check_samples(SHAPE, T, energy, magnetization, 1, 0.05)
    found = check_samples(SHAPE, T, energy, magnetization, 1, None)
    assert abs(found["lag1_autocorrelation_energy"] - 0.5) < 0.06
    assert abs(found["effective_sample_size"] / 3000 - 1) < 0.2
    assert check_samples(SHAPE, T, energy[::2], magnetization[::2], 3000, 0.05) == {
        "effective_sample_size": 3000
    }


def test_a_beginning_that_was_not_thermalized_is_seen():
    energy, magnetization = (values / 15 for values in samples(6000))
    ordered = np.linspace(0, 1, 6000) < 0.05
    with pytest.raises(JobError, match="not from equilibrium"):
        check_samples(
            SHAPE, T, np.where(ordered, -2.0, energy), np.where(ordered, 1.0, magnetization), 6, 0.9
        )


def simulated(size, temperature, seed, samples, chains, **changes):
    """Energy and magnetization a site of lattices of `isingdbn simulate`."""
    settings = {
        "protocol": "chain",
        "updates": "auto",
        "thermalization": "auto",
        "max_autocorrelation": 0.1,
        "kernel": "auto",
    }
    sampling = Sampling(samples=samples, chains=chains, **settings | changes)
    spins = np.concatenate(list(Simulation((size, size), temperature, seed, sampling)))
    return energy_per_site(spins), magnetization_per_site(spins)


def test_one_excited_lattice_after_another_is_not_slow():
    """The seed has a pair of them in 196 lattices: an autocorrelation of 0.513,
    of which one pair is nearly all.
    """
    energy, magnetization = simulated(5, 1.0, 1099511627776, 200, 7)
    found = check_samples((5, 5), 1.0, energy, magnetization, 7, 0.1)
    assert found["lag1_autocorrelation_abs_magnetization"] > 0.1 + 4 / math.sqrt(27 * 7)
    assert found["lag1_autocorrelation_abs_magnetization_standard_error"] > 0.3


@pytest.mark.parametrize(("temperature", "number", "chains"), [(1.0, 200, 7), (1.0, 500, 4)])
def test_independent_lattices_are_hardly_ever_refused(temperature, number, chains):
    """800 stores each; with 1/√n as the error some of each 800 are refused."""
    energy, magnetization = (
        values.reshape(800, number) / 15 for values in samples(800 * number, temperature, seed=8)
    )
    for e, m in zip(energy, magnetization, strict=True):
        check_samples(SHAPE, temperature, e, m, chains, 0.1)


def kept(probability, number, chains, temperature, seed):
    """Independent lattices, of which each chain keeps one with the ``probability``:
    that is their autocorrelation.
    """
    energy, magnetization = (
        values.reshape(-1, chains) / 15 for values in samples(number, temperature, seed)
    )
    keep = np.random.default_rng(seed + 100).random(energy.shape) < probability
    keep[0] = False
    place = np.maximum.accumulate(np.where(keep, 0, np.arange(len(keep))[:, None]), axis=0)
    return (np.take_along_axis(values, place, axis=0).ravel() for values in (energy, magnetization))


@pytest.mark.parametrize(
    ("temperature", "probability", "number"),
    [(2.3, 0.3, 2000), (2.3, 0.5, 600), (1.2, 0.7, 12_000)],
)
def test_slow_chains_are_refused_hot_and_cold(temperature, probability, number):
    for seed in range(10):
        energy, magnetization = kept(probability, number, 4, temperature, seed)
        with pytest.raises(JobError, match="successive lattices have an autocorrelation of"):
            check_samples(SHAPE, temperature, energy, magnetization, 4, 0.1)


def test_too_few_updates_near_the_critical_temperature_are_refused():
    """A tenth of the updates that the pilot asks for."""
    energy, magnetization = simulated(16, 2.27, 3, 4000, 8, updates=1)
    with pytest.raises(JobError, match="successive lattices have an autocorrelation of"):
        check_samples((16, 16), 2.27, energy, magnetization, 8, 0.1)


def test_the_error_of_the_autocorrelation_is_that_of_repetitions_and_zero_without_spread():
    """Normal numbers have 1/√n; twenty excited lattices of a thousand have more
    than that in every tenth store or so.
    """
    normal = autoregressive(0.0, 1000, 7)
    assert math.isclose(_lag1_error(normal), 1 / math.sqrt(999 * 7), rel_tol=0.1)
    assert _lag1_error(np.full((50, 3), -1.68)) == 0
    draws = (np.random.default_rng(1).random((400, 500, 2)) < 0.05).astype(float)
    spread = np.std([autocorrelation(draw)[1] for draw in draws])
    assert math.isclose(
        np.sqrt(np.mean([_lag1_error(draw) ** 2 for draw in draws])), spread, rel_tol=0.15
    )
