import numpy as np
import pytest

from isingdbn.ising.histograms import inverse_temperature_difference


def drawn(rng, inverse_temperature, samples, sites=256):
    """Energies of independent bonds: -1 with probability 1/(1 + exp(-2/T)), +1 otherwise."""
    up = rng.binomial(2 * sites, 1 / (1 + np.exp(-2 * inverse_temperature)), samples)
    return 2.0 * sites - 2.0 * up


def groups(samples):
    return np.arange(samples) // (samples // 40)


@pytest.mark.parametrize("difference", [0.01, 0.02, 0.05])
def test_slope_is_the_difference_of_inverse_temperatures(difference):
    misses = []
    for seed in range(20):
        rng = np.random.default_rng(seed)
        colder, hotter = drawn(rng, 0.45, 4000), drawn(rng, 0.45 - difference, 4000)
        found = inverse_temperature_difference(colder, hotter, (groups(4000), groups(4000)))
        misses.append((found["slope"] - difference) / found["slope_error"])
        assert abs(found["bend"]) < 5 * found["bend_error"]
    assert 0.5 < np.std(misses) < 2
    assert abs(np.mean(misses)) < 1


def test_a_bend_shows_what_is_not_one_model_at_two_temperatures():
    rng = np.random.default_rng(0)
    narrow, wide = rng.normal(0, 10, 4000), rng.normal(5, 20, 4000)
    found = inverse_temperature_difference(narrow, wide, (groups(4000), groups(4000)))
    assert found["bend"] > 10 * found["bend_error"]


def test_histograms_that_hardly_overlap_give_no_number():
    rng = np.random.default_rng(0)
    found = inverse_temperature_difference(
        rng.normal(0, 1, 400), rng.normal(9, 1, 400), (groups(400), groups(400))
    )
    assert all(np.isnan(value) for value in found.values())


def test_samples_of_one_group_count_once():
    rng = np.random.default_rng(1)
    colder, hotter = drawn(rng, 0.45, 200), drawn(rng, 0.4, 200)
    once = inverse_temperature_difference(colder, hotter, (groups(200), groups(200)))
    often = inverse_temperature_difference(
        np.tile(colder, 9), np.tile(hotter, 9), (np.tile(groups(200), 9),) * 2
    )
    for name, value in once.items():
        assert often[name] == pytest.approx(value, rel=1e-3, abs=1e-6)
