"""Exact values against enumeration, transfer matrices, published numbers and one another."""

import json
import math
from decimal import Decimal, localcontext
from functools import cache
from itertools import product
from pathlib import Path

import numpy as np
import pytest

from isingdbn.ising import exact
from isingdbn.ising.lattice import neighbour_table
from isingdbn.ising.pfaffian import pfaffian
from isingdbn.parameters.temperature import CRITICAL_TEMPERATURE as T_C
from tests.reference.enumeration import all_states, boltzmann

REFERENCE = Path(__file__).parents[1] / "reference"
TORUS = json.loads((REFERENCE / "torus_exact.json").read_text())
SHAPES = [(2, 2), (2, 3), (5, 2), (3, 4), (4, 4), (4, 5), (7, 5)]
# where r = 0 and beside it
AROUND = [math.nextafter(T_C, 0), T_C, math.nextafter(T_C, 3), T_C - 1e-6, T_C + 1e-6]


def ring_states(width):
    spins = 1 - 2 * ((np.arange(2**width)[:, None] >> np.arange(width)) & 1)
    return spins, (spins != np.roll(spins, 1, 1)).sum(axis=1)


@cache
def states_by_broken_bonds(height, width):
    """How many states have 0, 1, …, 2N broken bonds: row by row, in integers."""
    spins, within = ring_states(width)
    between = (spins[:, None] != spins).sum(axis=2)
    # first row, last row, broken bonds
    count = np.zeros((len(spins), len(spins), 2 * height * width + 1), np.int64)
    for row in range(len(spins)):
        count[row, row, 0] = 1
    for _ in range(height):
        longer = np.zeros_like(count)
        for old, new in product(range(len(spins)), repeat=2):
            broken = between[old, new] + within[new]
            longer[:, new, broken:] += count[:, old, : count.shape[2] - broken]
        count = longer
    return np.trace(count)


def boltzmann_sums(shape, temperature):
    """-T ln Z / N, ⟨H⟩/N, (⟨H²⟩ - ⟨H⟩²)/NT² and P(H) by 60 digits."""
    with localcontext() as context:
        context.prec = 60
        sites, T = math.prod(shape), Decimal(temperature)
        levels = [Decimal(2 * broken - 2 * sites) for broken in range(2 * sites + 1)]
        weights = [
            int(n) * (-level / T).exp()
            for n, level in zip(states_by_broken_bonds(*shape), levels, strict=True)
        ]
        total = sum(weights)
        mean = sum(w * level for w, level in zip(weights, levels, strict=True)) / total
        variance = (
            sum(w * (level - mean) ** 2 for w, level in zip(weights, levels, strict=True)) / total
        )
        probability = np.array([float(w / total) for w in weights])
        return (
            float(-T * total.ln() / sites),
            float(mean / sites),
            float(variance / sites / T**2),
            probability,
        )


def transfer_matrix_correlations(height, width, temperature):
    """⟨s_0 s_r⟩ as Tr V^(h-y) s_0 V^y s_x / Tr V^h."""
    spins, within = ring_states(width)
    energy = 2 * (spins[:, None] != spins).sum(axis=2) + within[:, None] + within
    rows = np.exp(-energy / temperature)
    powers = [np.linalg.matrix_power(rows, power) for power in range(height + 1)]
    pairs = [
        (spins[:, :1] * powers[height - y].T * powers[y]).sum(axis=0) @ spins for y in range(height)
    ]
    return np.array(pairs) / np.trace(powers[height])


def enumerated_correlations(height, width, temperature):
    states = all_states(height, width).reshape(-1, height * width).astype(float)
    return (boltzmann(height, width, temperature) @ (states * states[:, :1])).reshape(height, width)


# Energies of the torus


@pytest.mark.parametrize("shape", [(2, 2), (2, 3), (5, 2), (3, 4), (4, 4)])
def test_row_by_row_count_is_that_of_the_simulated_lattice(shape):
    states = all_states(*shape).reshape(-1, math.prod(shape))
    broken = (
        sum((states != states[:, neighbour]).sum(axis=1) for neighbour in neighbour_table(*shape).T)
        // 2
    )
    assert (
        np.bincount(broken, minlength=2 * math.prod(shape) + 1) == states_by_broken_bonds(*shape)
    ).all()


@pytest.mark.parametrize("temperature", [0.2, 0.5, 1.5, *AROUND, 3.0, 30.0, 1000.0])
@pytest.mark.parametrize("shape", SHAPES)
def test_thermodynamics_of_the_torus_is_the_boltzmann_sum(shape, temperature):
    free_energy, energy, heat, _ = boltzmann_sums(shape, temperature)
    assert exact.torus_free_energy(shape, temperature) == pytest.approx(
        free_energy, rel=2e-15, abs=0
    )
    assert exact.torus_energy(shape, temperature) == pytest.approx(energy, rel=2e-13, abs=0)
    assert exact.torus_specific_heat(shape, temperature) == pytest.approx(
        heat, rel=1e-12, abs=1e-16 / temperature**2
    )


@pytest.mark.parametrize("temperature", [0.2, 1.5, T_C, 3.0, 1000.0])
@pytest.mark.parametrize("shape", SHAPES)
def test_energy_distribution_is_the_boltzmann_sum(shape, temperature):
    levels, probability = exact.energy_distribution(shape, temperature)
    expected = boltzmann_sums(shape, temperature)[3]
    assert levels.tolist() == list(range(-2 * math.prod(shape), 2 * math.prod(shape) + 1, 4))
    assert expected[1::2].sum() == 0
    assert np.abs(probability - expected[::2]).max() < 1e-14


def test_energy_distribution_at_L40_and_Tc():
    expected = np.load(REFERENCE / "energy_distribution_L40_Tc.npz")
    levels, probability = exact.energy_distribution((40, 40), T_C)
    assert (levels == expected["total_energy"]).all()
    assert np.abs(probability - expected["probability"]).max() < 1e-14
    assert probability @ levels / 1600 == pytest.approx(
        exact.torus_energy((40, 40), T_C), rel=1e-12
    )


@pytest.mark.parametrize("temperature", [2.0, T_C, 2.2976, 3.0])
def test_energy_distribution_has_the_moments_of_a_rectangle(temperature):
    levels, probability = exact.energy_distribution((17, 31), temperature)
    mean = probability @ levels
    assert probability.sum() == pytest.approx(1, abs=1e-12)
    assert mean / 527 == pytest.approx(exact.torus_energy((17, 31), temperature), rel=1e-12)
    variance = probability @ (levels - mean) ** 2
    assert variance / 527 / temperature**2 == pytest.approx(
        exact.torus_specific_heat((17, 31), temperature), rel=1e-9
    )


@pytest.mark.parametrize("temperature", ["2.0", "2.269185314213022", "3.0"])
def test_published_values_at_L40(temperature):
    expected, shape, value = TORUS["L40"][temperature], (40, 40), float(temperature)
    assert exact.torus_energy(shape, value) == pytest.approx(expected["energy"], rel=2e-15)
    assert exact.torus_specific_heat(shape, value) == pytest.approx(
        expected["specific_heat"], rel=1e-12
    )
    tolerance = 1e-9 if value == T_C else 2e-14
    correlations = exact.torus_correlations(shape, value)
    assert correlations.mean() == pytest.approx(expected["magnetization_squared"], rel=tolerance)
    for displacement, correlation in expected["correlation"].items():
        x, y = (int(part) for part in displacement.split(","))
        assert correlations[y, x] == pytest.approx(correlation, rel=tolerance, abs=2e-15)
        assert correlations[x, y] == correlations[y, x]


def test_published_values_at_other_temperatures_and_sizes():
    for temperature, energy in TORUS["energy_L40"].items():
        assert exact.torus_energy((40, 40), float(temperature)) == pytest.approx(energy, abs=6e-11)
    for side, expected in TORUS["small_at_Tc"].items():
        shape = (int(side), int(side))
        assert exact.torus_energy(shape, T_C) == pytest.approx(expected["energy"], abs=6e-11)
        assert exact.torus_specific_heat(shape, T_C) == pytest.approx(
            expected["specific_heat"], abs=6e-11
        )
        assert exact.torus_magnetization_squared(shape, T_C) == pytest.approx(
            expected["magnetization_squared"], abs=6e-11
        )


@pytest.mark.parametrize("temperature", [0.7, 2.0, T_C, 2.2976, 10.0])
@pytest.mark.parametrize("shape", [(40, 40), (7, 64)])
def test_free_energy_energy_and_specific_heat_are_derivatives_of_one_another(shape, temperature):
    def slope(function, step):
        near, far = (
            (function(temperature + n * step) - function(temperature - n * step)) / (2 * n * step)
            for n in (1, 2)
        )
        return (4 * near - far) / 3

    heat = slope(lambda T: exact.torus_energy(shape, T), 1e-3)
    energy = -(temperature**2) * slope(lambda T: exact.torus_free_energy(shape, T) / T, 1e-3)
    assert exact.torus_specific_heat(shape, temperature) == pytest.approx(heat, rel=1e-6)
    assert exact.torus_energy(shape, temperature) == pytest.approx(energy, rel=1e-8)


# Correlations of the torus


@pytest.mark.parametrize("temperature", [0.2, 1.5, T_C, 3.0, 1000.0])
@pytest.mark.parametrize("shape", [(2, 2), (2, 3), (5, 2), (3, 4), (4, 3), (4, 4), (3, 5)])
def test_correlations_are_those_of_all_states(shape, temperature):
    difference = exact.torus_correlations(shape, temperature) - enumerated_correlations(
        *shape, temperature
    )
    assert np.abs(difference).max() < 1e-12  # the sum over 2^N states has rounding of 10⁻¹³


@pytest.mark.parametrize("temperature", [1.5, *AROUND, 3.0])
@pytest.mark.parametrize("shape", [(11, 3), (3, 7), (7, 5), (8, 8)])
def test_correlations_are_those_of_the_transfer_matrix(shape, temperature):
    difference = exact.torus_correlations(shape, temperature) - transfer_matrix_correlations(
        *shape, temperature
    )
    assert np.abs(difference).max() < 1e-13


@pytest.mark.parametrize("temperature", [0.2, 1.5, *AROUND, 2.2976, 4.0, 1000.0])
@pytest.mark.parametrize("shape", [(12, 17), (40, 13), (24, 24)])
def test_nearest_neighbours_give_the_energy(shape, temperature):
    correlations = exact.torus_correlations(shape, temperature)
    assert correlations.shape == shape
    assert correlations[0, 1] + correlations[1, 0] == pytest.approx(
        -exact.torus_energy(shape, temperature), rel=1e-12
    )


def test_correlations_turn_with_the_lattice():
    assert (
        np.abs(
            exact.torus_correlations((7, 10), T_C) - exact.torus_correlations((10, 7), T_C).T
        ).max()
        < 1e-13
    )


def test_magnetization_squared_falls_from_one_to_that_of_free_spins():
    squared = [
        exact.torus_magnetization_squared((13, 13), temperature)
        for temperature in (1e-3, 0.1, 2.0, T_C, 3.0, 1e9)
    ]
    assert squared[0] == 1
    assert squared == sorted(squared, reverse=True)
    assert squared[-1] == pytest.approx(1 / 169, rel=1e-7)


@pytest.mark.parametrize("pairs", [1, 2, 3, 4])
def test_pfaffian_is_the_sum_over_pairings(pairs):
    def expand(matrix):
        if not len(matrix):
            return 1.0
        rest = [np.delete(np.delete(matrix, [0, j], 0), [0, j], 1) for j in range(1, len(matrix))]
        return sum((-1) ** j * matrix[0, j + 1] * expand(minor) for j, minor in enumerate(rest))

    rng = np.random.default_rng(pairs)
    for _ in range(5):
        matrix = rng.normal(size=(2 * pairs, 2 * pairs))
        matrix -= matrix.T
        assert pfaffian(matrix) == pytest.approx(expand(matrix), rel=1e-12)
        assert pfaffian(matrix) ** 2 == pytest.approx(np.linalg.det(matrix), rel=1e-11)
    matrix[0] = matrix[:, 0] = 0
    assert pfaffian(matrix) == 0


# The infinite lattice


@pytest.mark.parametrize("temperature", [0.3, 1.0, 2.0, 3.0, 10.0, 1000.0])
def test_a_large_torus_is_the_infinite_lattice(temperature):
    assert exact.infinite_energy(temperature) == pytest.approx(
        exact.torus_energy((199, 211), temperature), rel=2e-13
    )
    assert exact.infinite_specific_heat(temperature) == pytest.approx(
        exact.torus_specific_heat((199, 211), temperature), rel=1e-12, abs=1e-15
    )


def test_infinite_lattice_at_Tc():
    assert exact.infinite_energy(T_C) == pytest.approx(-math.sqrt(2), rel=1e-14)
    assert exact.infinite_specific_heat(T_C) == math.inf
    assert exact.correlation_length(T_C) == math.inf
    assert exact.spontaneous_magnetization(T_C) == 0
    assert abs(math.sinh(2 / T_C) - 1) < 1e-15


@pytest.mark.parametrize("temperature", [T_C - 1e-5, T_C + 1e-5])
def test_specific_heat_diverges_as_onsager_says(temperature):
    """C ≈ (8/π T_c²) [-ln|1 - T/T_c| + ln(√2 T_c) - (1 + π/4)]; without the last
    term it would be off by 0.88.
    """
    leading = -math.log(abs(1 - temperature / T_C)) + math.log(math.sqrt(2) * T_C) - 1 - math.pi / 4
    assert exact.infinite_specific_heat(temperature) == pytest.approx(
        8 / math.pi / T_C**2 * leading, abs=1e-3
    )


def test_spontaneous_magnetization():
    assert exact.spontaneous_magnetization(np.array([0.01, 2.0, 2.5])) == pytest.approx(
        [1, 0.911319377877496, 0], rel=1e-14
    )
    near = exact.spontaneous_magnetization(T_C * (1 - 1e-9)) / exact.spontaneous_magnetization(
        T_C * (1 - 1e-6)
    )
    assert near == pytest.approx(1000 ** (-1 / 8), rel=1e-5)
    assert exact.spontaneous_magnetization(2.0) ** 2 == pytest.approx(
        exact.diagonal_correlation(60, 2.0), rel=1e-12
    )


@pytest.mark.parametrize(("temperature", "power"), [(1.9, 2.0), (3.0, 0.5)])
def test_correlation_length_is_the_decay_along_an_axis(temperature, power):
    """Ornstein-Zernike powers r^-½ above T_c and r^-2 below; a factor of 2
    between the phases would show.
    """
    axis = (
        exact.torus_correlations((48, 48), temperature)[0]
        - exact.spontaneous_magnetization(temperature) ** 2
    )
    rates = [math.log(axis[r] / axis[r + 1]) - power * math.log((r + 1) / r) for r in (7, 9)]
    assert exact.correlation_length(temperature) == pytest.approx(1 / rates[1], rel=0.08)
    assert abs(1 / rates[1] - exact.correlation_length(temperature)) < abs(
        1 / rates[0] - exact.correlation_length(temperature)
    )


def test_critical_diagonal_correlation():
    published = {0: 1, 1: 0.636619772, 2: 0.540379646, 5: 0.431072253}
    for distance, correlation in published.items():
        assert exact.critical_diagonal_correlation(distance) == pytest.approx(
            correlation, abs=6e-10
        )
    for distance in (1, 2, 3, 7, 20, 40):
        assert exact.diagonal_correlation(distance, T_C) == pytest.approx(
            exact.critical_diagonal_correlation(distance), abs=1e-13
        )
    # 0.703…/distance^¼
    assert exact.critical_diagonal_correlation(10**6) * 10**1.5 == pytest.approx(
        0.70338016 / 2**0.125, rel=1e-8
    )


@pytest.mark.parametrize("temperature", [1.5, 4.5])
def test_diagonal_correlation_is_that_of_a_large_torus(temperature):
    torus = exact.torus_correlations((40, 40), temperature)
    for distance in (0, 1, 2, 5, 7):
        assert exact.diagonal_correlation(distance, temperature) == pytest.approx(
            torus[distance, distance], abs=1e-13
        )


def test_diagonal_correlation_is_continuous_at_Tc():
    below, at, above = (exact.diagonal_correlation(7, T_C + shift) for shift in (-1e-9, 0, 1e-9))
    assert below > at > above > below - 1e-6


# Data sets and errors


def test_reference_is_labelled():
    dataset = exact.reference((3, 5), [1.5, T_C, 3.0])
    assert dict(dataset.sizes) == {"temperature": 3, "dy": 3, "dx": 5}
    assert all(
        {"long_name", "units"} <= variable.attrs.keys() for variable in dataset.variables.values()
    )
    for index, temperature in enumerate([1.5, T_C, 3.0]):
        row = dataset.isel(temperature=index)
        free_energy, energy, heat, _ = boltzmann_sums((3, 5), temperature)
        correlations = enumerated_correlations(3, 5, temperature)
        assert row.correlation.dims == ("dy", "dx")
        assert row.correlation.values == pytest.approx(correlations, abs=1e-13)
        assert [row.free_energy, row.energy, row.specific_heat] == pytest.approx(
            [free_energy, energy, heat], rel=1e-12
        )
        assert row.mean_cluster_size == pytest.approx(correlations.sum(), rel=1e-12)
        assert row.magnetization_squared == pytest.approx(correlations.mean(), rel=1e-12)
        assert row.infinite_energy == exact.infinite_energy(temperature)
        assert row.infinite_specific_heat == exact.infinite_specific_heat(temperature)
        assert row.spontaneous_magnetization == exact.spontaneous_magnetization(temperature)
        assert row.infinite_correlation_length == exact.correlation_length(temperature)


TORUS_FUNCTIONS = [
    exact.torus_free_energy,
    exact.torus_energy,
    exact.torus_specific_heat,
    exact.energy_distribution,
    exact.torus_correlations,
    exact.torus_magnetization_squared,
    lambda shape, temperature: exact.reference(shape, [temperature]),
]
INFINITE_FUNCTIONS = [
    exact.infinite_energy,
    exact.infinite_specific_heat,
    exact.spontaneous_magnetization,
    exact.correlation_length,
    lambda temperature: exact.diagonal_correlation(3, temperature),
]


@pytest.mark.parametrize("function", TORUS_FUNCTIONS)
@pytest.mark.parametrize("shape", [(1, 5), (5, 0), (-3, 4), (4.0, 4), (4,), (4, 4, 4), 4])
def test_wrong_shapes_are_refused(function, shape):
    with pytest.raises(
        ValueError,
        match=(
            r"^shape .* is not allowed: \(height, width\),"
            r" two integers of at least 2, is needed$"
        ),
    ):
        function(shape, 2.0)


@pytest.mark.parametrize("temperature", [0.0, -1.0, math.nan, math.inf])
def test_wrong_temperatures_are_refused(temperature):
    message = (
        rf"^temperature {temperature} is not allowed: above 0 is needed,"
        r" from 1e-100 to 1e\+100 J/k_B$"
    )
    for function in TORUS_FUNCTIONS:
        with pytest.raises(ValueError, match=message):
            function((4, 5), temperature)
    for function in INFINITE_FUNCTIONS:
        with pytest.raises(ValueError, match=message):
            function(temperature)


def test_a_list_of_temperatures_is_for_the_infinite_lattice_only():
    with pytest.raises(ValueError, match="one number is needed"):
        exact.torus_energy((4, 4), [1.0, 2.0])


def test_negative_distances_are_refused():
    for function in (
        exact.critical_diagonal_correlation,
        lambda distance: exact.diagonal_correlation(distance, 2.0),
    ):
        with pytest.raises(ValueError, match="distance -1 is not allowed"):
            function(-1)
