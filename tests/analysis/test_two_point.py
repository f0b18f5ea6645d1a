"""How smooth lattices and reconstructions are, on ones whose answers are known."""

import numpy as np
import pytest

from isingdbn.analysis.metrics import METRICS
from isingdbn.analysis.modes import shell_shares
from isingdbn.analysis.two_point import DISTANCES, MEASURES, two_point
from isingdbn.ising.observables import energy_per_site

SHAPE = 48, 40
SHARES = ("low_mode_share", "share_2_to_5", "share_5_to_10", "share_above_10")


def measured(field):
    """Every measure of one lattice."""
    return {name: found.item() for name, found in two_point(np.array([field])).items()}


def wave(ky, kx, amplitude=1.0):
    y, x = np.meshgrid(*(2 * np.pi * np.arange(side) / side for side in SHAPE), indexing="ij")
    return amplitude * np.cos(ky * y + kx * x + 0.3)


@pytest.mark.parametrize("amplitude", [1.0, 1e-30, 300.0])
@pytest.mark.parametrize(
    ("ky", "kx", "shell"),
    [(0, 2, 0), (2, 2, 0), (0, 3, 1), (5, 1, 1), (6, 0, 2), (3, 10, 2), (11, 0, 3), (1, 20, 3)],
)
def test_a_plane_wave_is_in_one_shell_and_its_correlation_is_a_cosine(ky, kx, shell, amplitude):
    found = measured(wave(ky, kx, amplitude))
    assert [found[name] for name in SHARES] == pytest.approx(np.eye(4)[shell], abs=1e-6)
    steps = 2 * np.pi * np.array([ky / SHAPE[0], kx / SHAPE[1]])
    for r in DISTANCES:
        assert found[f"lag_{r}"] == pytest.approx(np.cos(steps * r).mean(), abs=1e-6)
    square = amplitude**2 / 2  # C(0), but at the shortest wavelength
    if kx < SHAPE[1] // 2:
        assert found["energy"] == pytest.approx(-2 * square * np.cos(steps).mean(), rel=1e-5)


def test_two_waves_share_the_power_by_their_squares():
    found = measured(wave(1, 1, 3.0) + wave(0, 7, 1.0))
    assert [found[name] for name in SHARES] == pytest.approx([0.9, 0, 0.1, 0], abs=1e-6)


def test_a_checkerboard_has_the_highest_energy_and_the_shortest_waves():
    board = 0.5 * (-1.0) ** np.add.outer(*map(np.arange, SHAPE))
    found = measured(board)
    assert [found[f"lag_{r}"] for r in DISTANCES] == [-1, 1, 1, 1]
    assert [found[name] for name in SHARES] == pytest.approx([0, 0, 0, 1])
    assert (found["energy"], found["sign_energy"]) == (0.5, 2)


@pytest.mark.parametrize("value", [0.25, -0.25])
def test_a_constant_is_as_smooth_as_can_be(value):
    found = measured(np.full(SHAPE, value))
    assert [found[f"lag_{r}"] for r in DISTANCES] == [1] * 4
    assert [found[name] for name in SHARES] == pytest.approx([1, 0, 0, 0])
    assert (found["energy"], found["sign_energy"]) == (-2 * 0.25**2, -2)


def test_a_stripe_has_two_walls_on_every_row_that_it_crosses():
    """Rows of three sites up, all others zero: zero counts as +1, so only -1 makes walls."""
    field = np.zeros(SHAPE)
    field[:, 5:8] = 2.0
    assert measured(field)["sign_energy"] == -2
    field *= -1
    assert measured(field)["sign_energy"] == pytest.approx(-2 + 2 * 2 / SHAPE[1])
    assert measured(field)["energy"] == pytest.approx(-(4 * 3 + 4 * 2) / SHAPE[1])


def test_zero_output_has_energies_and_no_other_measure_and_others_keep_theirs():
    lattices = np.zeros((3, *SHAPE), np.float32)
    lattices[1] = wave(0, 4)
    found = two_point(lattices)
    assert list(found) == list(MEASURES)
    for name, values in found.items():
        if name not in ("energy", "sign_energy"):
            assert np.isnan(values[[0, 2]]).all()
        assert values[1] == pytest.approx(measured(lattices[1])[name])
    assert found["energy"][[0, 2]].tolist() == [0, 0]
    assert found["sign_energy"][[0, 2]].tolist() == [-2, -2]
    nothing = two_point(np.zeros((2, *SHAPE)))
    assert np.isnan(nothing["lag_1"]).all()
    assert nothing["energy"].tolist() == [0, 0]


def test_white_noise_has_no_correlation_and_fills_shells_by_their_number_of_waves():
    rng = np.random.default_rng(5)
    spins = rng.choice(np.array([-1, 1], np.int8), (200, *SHAPE))
    found = {name: values.mean() for name, values in two_point(spins).items()}
    for r in DISTANCES:
        assert found[f"lag_{r}"] == pytest.approx(0, abs=0.005)
    inside = [(2 * k + 1) ** 2 / (SHAPE[0] * SHAPE[1]) for k in (2, 5, 10)]
    assert [found[name] for name in SHARES] == pytest.approx(np.diff([0, *inside, 1]), abs=0.003)


def test_measures_of_spins_are_those_of_the_slow_way():
    rng = np.random.default_rng(6)
    spins = rng.choice(np.array([-1, 1], np.int8), (7, 5, 11), p=[0.3, 0.7])
    found = two_point(spins)
    for n, lattice in enumerate(spins.astype(int)):
        for r in DISTANCES:
            pairs = [
                lattice[y, x] * (lattice[(y + r) % 5, x] + lattice[y, (x + r) % 11])
                for y in range(5)
                for x in range(11)
            ]
            assert found[f"lag_{r}"][n] == pytest.approx(sum(pairs) / 110, abs=1e-12)
    np.testing.assert_allclose(found["energy"], energy_per_site(spins), atol=1e-12)
    np.testing.assert_allclose(found["sign_energy"], found["energy"], atol=1e-12)


def test_shares_sum_to_one_and_small_lattices_have_no_short_waves():
    fields = np.random.default_rng(7).standard_normal((3, 8, 7))
    shares = shell_shares(fields)
    np.testing.assert_allclose(shares.sum(axis=0), 1)
    assert (shares[2:] == 0).all()
    np.testing.assert_array_equal(METRICS["low_mode_share"](fields), shares[0])
