"""Surrogates: each kind keeps what it says, loses what it says, and depends
on nothing but its identity.
"""

import hashlib
import math
import tracemalloc

import numpy as np
import pytest
import xarray as xr

from isingdbn.cli import main
from isingdbn.ising import surrogates as module
from isingdbn.ising.gaussian_fields import arcsine_spectrum, gaussian_spectrum, with_spectrum
from isingdbn.ising.observables import energy_per_site, magnetization_per_site, two_point_function
from isingdbn.ising.surrogates import field_energy_per_site, group_count, surrogates
from isingdbn.parameters.data import (
    MIXED,
    MIXED_TEMPERATURES,
    POWERS,
    REAL,
    SIGN_PRODUCTS,
    SURROGATES,
)

OF_GAUSSIAN_FIELDS = [*SIGN_PRODUCTS, *REAL]

KINDS = [kind for kind in SURROGATES if kind not in MIXED]  # of the given lattices
SHAPE = (5, 11)
TEMPERATURE = 3.1


def draw_lattices(folder, samples, shape=SHAPE):
    sampling = [
        "--samples",
        str(samples),
        "--updates",
        "5",
        "--thermalization",
        "200",
        "--chains",
        "16",
    ]
    identity = [
        "--size",
        "x".join(map(str, shape)),
        "--temperature",
        str(TEMPERATURE),
        "--seed",
        "0",
    ]
    assert main(["simulate", *identity, *sampling, "--output", str(folder / "spins.zarr")]) == 0
    return xr.open_zarr(folder / "spins.zarr")["spins"].values


@pytest.fixture(scope="module")
def lattices(tmp_path_factory):
    """Three groups at the true size of a group."""
    return draw_lattices(tmp_path_factory.mktemp("lattices"), 48_000)


def draw(kind, lattices, seed=0, temperature=TEMPERATURE):
    return np.concatenate(list(surrogates(kind, lattices, temperature, seed)[0]))


def correlations(spins):
    """Each sample's own s(x) s(x + r), averaged over x, by shifting:
    shape (sample, height, width).
    """
    height, width = spins.shape[1:]
    values = [
        (spins * np.roll(spins, (y, x), (1, 2))).mean(axis=(1, 2), dtype=np.float64)
        for y in range(height)
        for x in range(width)
    ]
    return np.stack(values, axis=1).reshape(spins.shape)


def deviations(values, expected):
    """Distances of the means over samples from what is expected, in standard errors;
    no error counts as exact.
    """
    error = values.std(axis=0, ddof=1) / math.sqrt(len(values))
    distance = np.abs(values.mean(axis=0) - expected)
    return np.where(distance < 1e-12, 0, distance / np.maximum(error, 1e-300)), error


def circulant(correlation):
    """The covariance matrix of all pixels, in row-major order."""
    height, width = correlation.shape
    y, x = np.divmod(np.arange(height * width), width)
    return correlation[(y[:, None] - y) % height, (x[:, None] - x) % width]


@pytest.mark.parametrize("kind", KINDS)
def test_shape_type_and_values(lattices, kind):
    drawn = draw(kind, lattices[:97])
    assert drawn.shape == (97, 5, 11)
    if kind in REAL:
        assert drawn.dtype == np.float32
        assert len(np.unique(drawn)) > 0.99 * drawn.size
    else:
        assert drawn.dtype == np.int8
        assert set(np.unique(drawn)) == {-1, 1}
        assert (drawn != lattices[:97]).any()


def test_pixel_shuffle_keeps_each_magnetization_and_no_correlation(lattices):
    drawn = draw("pixel_shuffle", lattices)
    assert (drawn.sum(axis=(1, 2)) == lattices.sum(axis=(1, 2))).all()
    sums = lattices.sum(axis=(1, 2), dtype=np.int64)
    any_two = np.mean((sums**2 - 55) / (55 * 54))
    far, error = deviations(
        correlations(drawn)[:, *np.nonzero(np.arange(55).reshape(SHAPE))], any_two
    )
    assert far.max() < 4.5
    assert error.max() < 0.0011  # so a remnant of 0.005 would be seen
    assert two_point_function([lattices])[0, 1] > any_two + 0.1


def test_pixel_shuffle_orders_are_uniform_and_each_lattice_has_its_own():
    """χ² of where a single spin goes; it sees sites that are preferred by 10 %."""
    lattices = np.full((55_000, 5, 11), -1, np.int8)
    lattices[:, 1, 3] = 1
    counts = (draw("pixel_shuffle", lattices) > 0).sum(axis=0)
    assert abs(((counts - 1000) ** 2 / 1000).sum() - 54) < 4.5 * math.sqrt(2 * 54)


def test_fixed_permutation_renames_the_pixels_and_nothing_else(lattices):
    """Each pixel's column over all lattices, three groups of them, is the column
    of exactly one other pixel.
    """
    drawn = draw("fixed_permutation", lattices).reshape(-1, 55)
    flat = lattices.reshape(-1, 55)
    names = {column.tobytes(): pixel for pixel, column in enumerate(flat.T.copy())}
    order = [names[column.tobytes()] for column in drawn.T.copy()]
    assert sorted(order) == list(range(55))
    # of integers, so exact
    covariance, expected = (values.T.astype(np.float64) @ values for values in (drawn, flat))
    assert (covariance == expected[np.ix_(order, order)]).all()


def test_fixed_permutation_loses_the_neighbours(lattices):
    still = two_point_function([draw("fixed_permutation", lattices)])
    was = two_point_function([lattices])
    assert abs(still[0, 1] - was.ravel()[1:].mean()) < 0.05
    assert was[0, 1] > 0.4
    assert was.ravel()[1:].mean() < 0.2


@pytest.mark.parametrize("kind", OF_GAUSSIAN_FIELDS)
def test_gaussian_kinds_have_the_two_point_function_of_the_lattices(lattices, kind):
    """At every r, within the error of the independent surrogates: at r = (0, 1),
    where G = 0.40, it sees a bias of 4 %, and of 1.6 % in all but heavy-tailed ones.

    A field whose signs were taken without the arcsine law would miss 0.14 there.
    """
    expected = two_point_function([lattices])
    np.testing.assert_allclose(expected, correlations(lattices).mean(axis=0), atol=1e-12)
    drawn, facts = surrogates(kind, lattices, TEMPERATURE, 0)
    factors = SIGN_PRODUCTS.get(kind, 1)
    if factors > 1:  # on a torus as small as this one, they miss it by as much as they say
        covariance = np.fft.irfft2(arcsine_spectrum(expected, factors)[0], SHAPE)
        reached = (2 / np.pi * np.arcsin(np.clip(covariance, -1, 1))) ** factors
        reached[0, 0] = 1  # but for rounding
        miss = np.abs(reached - expected).max()
        assert facts["correlation_miss"] == pytest.approx(miss, abs=1e-6)
        expected = reached
    far, error = deviations(correlations(np.concatenate(list(drawn)).astype(np.float64)), expected)
    assert far.max() < 4.5
    heavy = kind == "elliptical" or POWERS.get(kind, 0) > 1
    assert error[0, 1] * 4.5 < (0.04 if heavy else 0.016) * expected[0, 1]
    assert facts.get("correlation_miss", 0) < (0.005 if factors > 1 else 1e-6)


@pytest.mark.parametrize("kind", OF_GAUSSIAN_FIELDS)
def test_gaussian_kinds_are_symmetric_at_every_pixel(lattices, kind):
    drawn = draw(kind, lattices).astype(np.float64)
    assert deviations(drawn, 0.0)[0].max() < 4.5
    assert deviations(drawn**2, 1.0)[0].max() < 4.5


def test_gaussian_field_is_gaussian(lattices):
    """Fourth moments of pixels and of magnetizations; Fourier modes with fixed amplitudes would
    lower those of magnetizations.
    """
    drawn = draw("gaussian_field", lattices).astype(np.float64)
    magnetization = drawn.mean(axis=(1, 2)) / math.sqrt(two_point_function([lattices]).mean())
    assert deviations(magnetization**2, 1)[0] < 4.5
    assert deviations(magnetization**4, 3)[0] < 4.5
    assert deviations((drawn**4).mean(axis=(1, 2)), 3)[0] < 4.5


@pytest.mark.parametrize("kind", [*POWERS, "elliptical"])
def test_kinds_of_real_numbers_have_their_kurtosis(lattices, kind):
    """Excess kurtosis of one pixel, from the moments of a normal variable: -1.8 to 5.2."""

    def moment(power):
        return 2 ** (power / 2) * math.gamma((power + 1) / 2) / math.sqrt(math.pi)

    if kind == "elliptical":
        expected = 3 * math.exp(1)  # of lognormal amplitudes, whose logarithm has σ = 0.5
    else:
        expected = moment(4 * POWERS[kind]) / moment(2 * POWERS[kind]) ** 2
    drawn = draw(kind, lattices).astype(np.float64)
    far, error = deviations((drawn**4).mean(axis=(1, 2)), expected)
    assert far < 4.5
    assert error < 0.05 * expected


@pytest.mark.parametrize(("factors", "kind"), [(n, kind) for kind, n in SIGN_PRODUCTS.items()])
def test_sign_products_differ_beyond_two_points(lattices, factors, kind):
    """The mean product of the four spins around a plaquette, beside that of signs of the same
    two-point function drawn in the obvious way: Cholesky, one pixel after the other.
    """
    spectrum, _ = arcsine_spectrum(two_point_function([lattices]), factors)
    covariance = circulant(np.fft.irfft2(spectrum, SHAPE))
    plaquette = covariance[np.ix_([0, 1, 11, 12], [0, 1, 11, 12])]
    noise = np.random.default_rng(1).standard_normal((factors, 200_000, 4))
    slow = np.where(noise @ np.linalg.cholesky(plaquette).T >= 0, 1, -1).prod(axis=(0, 2))
    drawn = draw(kind, lattices).astype(np.int64)
    found = drawn * np.roll(drawn, -1, 1) * np.roll(drawn, -1, 2) * np.roll(drawn, -1, (1, 2))
    found = found.mean(axis=(1, 2))
    error = math.hypot(found.std() / math.sqrt(len(found)), slow.std() / math.sqrt(len(slow)))
    assert abs(found.mean() - slow.mean()) < 4.5 * error
    assert error < 0.004


@pytest.mark.parametrize("shape", [(5, 11), (4, 6), (2, 7), (3, 2)])
def test_covariance_of_the_fields_is_the_estimate_exactly(tmp_path, shape):
    """Colouring is linear, so its effect on each single pixel gives
    the covariance without any sampling.
    """
    correlation = two_point_function([draw_lattices(tmp_path, 97, shape)])
    pixels = shape[0] * shape[1]
    effect = with_spectrum(
        np.eye(pixels).reshape(-1, *shape), gaussian_spectrum(correlation)
    ).reshape(pixels, pixels)
    covariance = effect.T @ effect
    np.testing.assert_allclose(covariance, circulant(correlation), atol=1e-12)


def test_what_cannot_be_reached_is_recorded():
    """With G of a single random lattice sin(πG/2) is no covariance; the signs then miss
    G by as much as is said, 0.044 here.
    """
    rng = np.random.default_rng(5)
    lattices = np.repeat(rng.choice(np.array([-1, 1], np.int8), (1, 3, 7)), 48_000, axis=0)
    correlation = two_point_function([lattices])
    spectrum, facts = arcsine_spectrum(correlation)
    eigenvalues = np.linalg.eigvalsh(circulant(np.sin(np.pi / 2 * correlation)))
    assert facts["clipped_fraction"] == pytest.approx(-eigenvalues[eigenvalues < 0].sum() / 21)
    assert facts["clipped_fraction"] > 0.01
    covariance = np.fft.irfft2(spectrum, (3, 7))
    assert covariance[0, 0] == pytest.approx(1)
    reached = 2 / np.pi * np.arcsin(np.clip(covariance, -1, 1))
    assert facts["correlation_miss"] == pytest.approx(np.abs(reached - correlation).max(), abs=1e-7)
    drawn, told = surrogates("thresholded_gaussian", lattices, TEMPERATURE, 0)
    assert told == facts
    far, error = deviations(correlations(np.concatenate(list(drawn))), reached)
    assert far.max() < 4.5
    assert error.max() * 4.5 < facts["correlation_miss"]


def test_lattices_without_disorder_are_no_trouble():
    lattices = np.ones((13, 5, 11), np.int8)
    drawn, facts = surrogates("thresholded_gaussian", lattices, 0.5, 0)
    magnetization = np.concatenate(list(drawn)).mean(axis=(1, 2))
    assert set(magnetization) == {-1, 1}
    assert facts == pytest.approx({"correlation_miss": 0, "clipped_fraction": 0}, abs=1e-7)


def test_independent_spins_have_all_states_equally_likely():
    """χ² over the 64 states of a 2×3 lattice; it sees a state that is likelier by 20 %,
    or a spin that is up with probability 0.507.
    """
    drawn = draw("independent", np.ones((64_000, 2, 3), np.int8)).reshape(-1, 6)
    counts = np.bincount((drawn > 0) @ (2 ** np.arange(6)), minlength=64)
    assert abs(((counts - 1000) ** 2 / 1000).sum() - 63) < 4.5 * math.sqrt(2 * 63)


def test_estimate_does_not_depend_on_the_groups(lattices):
    assert (
        two_point_function([lattices[:7], lattices[7:900]])
        == two_point_function(iter(lattices[:900, None]))
    ).all()


@pytest.mark.parametrize("kind", KINDS)
def test_a_group_depends_on_its_number_and_lattices_alone(lattices, monkeypatch, kind):
    monkeypatch.setattr(module, "GROUP_SITES", 55 * 8 + 54)
    some = lattices[:53]
    drawn = list(surrogates(kind, some, TEMPERATURE, 0)[0])
    assert [len(group) for group in drawn] == [8] * 6 + [5]
    assert group_count(some) == 7
    assert len({group[:5].tobytes() for group in drawn}) == 7
    again = draw(kind, some)
    assert (np.concatenate(drawn) == again).all()
    if kind not in OF_GAUSSIAN_FIELDS:  # these take the two-point function of all lattices
        other = np.concatenate([some[8:16], some[8:], lattices[500:510]])
        assert (draw(kind, other)[8:53] == again[8:]).all()


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("change", [{"seed": 1}, {"temperature": 2.4}, {"shape": (11, 5)}])
def test_every_identity_has_its_own_stream(lattices, kind, change):
    shape = change.get("shape", SHAPE)
    same = np.repeat(lattices[:1], 97, axis=0)
    first = draw(kind, same)
    other = draw(
        kind,
        same.reshape(-1, *shape),
        seed=change.get("seed", 0),
        temperature=change.get("temperature", TEMPERATURE),
    )
    assert (first.ravel() != other.ravel()).mean() > 0.1


def test_an_integer_temperature_is_the_same_temperature(lattices):
    assert (
        draw("independent", lattices[:9], temperature=2)
        == draw("independent", lattices[:9], temperature=2.0)
    ).all()


@pytest.mark.parametrize(
    ("kind", "digest"),
    [
        ("pixel_shuffle", "810911b615515450ceefeccbd125eceebaaf94904bd3e15c5137f22e66ff167c"),
        ("fixed_permutation", "86c6ab39ab28496f3105bf95b0da2d7ab635c0e0c6a7b7a553663146c168f560"),
        ("independent", "554cbb7990d16d66070ce8be6c726a6642fa590bba0ede5f1e23c7f3a4f3d469"),
    ],
)
def test_the_streams_are_pinned(kind, digest):
    """A store can be regenerated bit for bit by a later version; if this must change,
    old stores can no longer be checked.

    Two groups, so that the size of a group is pinned as well.
    """
    lattices = (
        np.where(np.arange(20_000 * 55) ** 2 % 101 < 60, 1, -1).astype(np.int8).reshape(-1, 5, 11)
    )
    assert hashlib.sha256(draw(kind, lattices, seed=3).tobytes()).hexdigest() == digest


def test_an_unknown_kind_is_an_error(lattices):
    with pytest.raises(KeyError):
        surrogates("polish", lattices, TEMPERATURE, 0)


class Endless:
    """Lattices that are made when they are read, like those of a store."""

    def __init__(self, samples):
        self.shape = (samples, *SHAPE)

    def __getitem__(self, rows):
        return np.tile(
            np.array([1, 1, -1, 1, -1], np.int8)[:, None],
            (len(range(*rows.indices(self.shape[0]))), 1, 11),
        )


@pytest.mark.parametrize("kind", KINDS)
def test_memory_does_not_grow_with_the_number_of_lattices(monkeypatch, kind):
    monkeypatch.setattr(module, "GROUP_SITES", 55 * 1000)

    def peak(samples):
        tracemalloc.start()
        count = sum(len(group) for group in surrogates(kind, Endless(samples), TEMPERATURE, 0)[0])
        value = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert count == samples
        return value

    assert peak(20_000) < peak(5_000) + 2e5  # 15,000 lattices more are 8e5 bytes


def exact_energy(side, temperature):
    """Of a torus small enough to list its states, a site."""
    states = 1 - 2 * (np.arange(2 ** (side * side))[:, None] >> np.arange(side * side) & 1)
    energies = energy_per_site(states.astype(np.int8).reshape(-1, side, side))
    weights = np.exp(-(energies - energies.min()) * side * side / temperature)
    return (weights * energies).sum() / weights.sum()


def test_lattices_at_many_temperatures_are_ising_lattices_at_each_in_turn():
    drawn = np.concatenate(
        list(surrogates("mixed_temperatures", np.empty((48_000, 4, 4)), 1, 0)[0])
    )
    energies = energy_per_site(drawn)
    for first, temperature in enumerate(MIXED_TEMPERATURES):
        of = energies[first :: len(MIXED_TEMPERATURES)]
        error = max(of.std() / math.sqrt(len(of)), 1e-3)
        assert abs(of.mean() - exact_energy(4, temperature)) < 6 * error  # chains are correlated


def test_twins_of_many_temperatures_have_the_two_point_function_of_each_and_no_more():
    shape = (48_000, 4, 4)
    spins, twins = (
        np.concatenate(list(surrogates(kind, np.empty(shape), 1, 0)[0])) for kind in MIXED
    )
    number = len(MIXED_TEMPERATURES)
    for first in range(number):
        here, there = (two_point_function([of[first::number]]) for of in (spins, twins))
        assert np.abs(here - there).max() < 6 / math.sqrt(len(spins) / number)
    last = slice(number - 1, None, number)  # hardly correlated: two draws differ
    assert (spins[last] != twins[last]).mean() == pytest.approx(0.5, abs=0.05)


def test_lattices_at_many_temperatures_depend_on_shape_and_seed_alone(lattices):
    for kind in MIXED:
        first = draw(kind, lattices[:97])
        assert (first == draw(kind, -lattices[:97], temperature=2.4)).all()
        assert (first != draw(kind, lattices[:97], seed=1)).any()
        assert len(draw(kind, lattices[:5])) == 5  # fewer than there are temperatures


def test_energy_of_a_field_is_that_of_spins_where_it_is_spins(lattices):
    np.testing.assert_allclose(
        field_energy_per_site(lattices[:97].astype(np.float32)),
        energy_per_site(lattices[:97]),
        atol=1e-12,
    )
    field = 2.5 * lattices[:97].astype(np.float32)
    np.testing.assert_allclose(
        field_energy_per_site(field), 6.25 * energy_per_site(lattices[:97]), atol=1e-12
    )
    np.testing.assert_allclose(
        magnetization_per_site(field), 2.5 * magnetization_per_site(lattices[:97]), atol=1e-12
    )


def test_the_stream_of_thresholded_fields_is_pinned():
    """As above, of lattices whose two-point function a Gaussian field can have."""
    lattices = draw("independent", np.ones((20_000, 5, 11), np.int8))
    digest = "f5c97a8dd3bae15378a73c3191553464a6e5914d497966c52df5cce72ab2b7ee"
    drawn = draw("thresholded_gaussian", lattices, seed=3)
    assert hashlib.sha256(drawn.tobytes()).hexdigest() == digest
