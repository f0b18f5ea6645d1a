"""Measurements on weights, on planted answers."""

import numpy as np
import pytest

from isingdbn.analysis.dead_neurons import (
    dead_by_activity,
    dead_by_weight,
    magnetization_correlation,
)
from isingdbn.analysis.network import activations, relu
from isingdbn.analysis.receptive_fields import receptive_fields
from isingdbn.analysis.reconstruction import PrincipalComponents, squared_error
from isingdbn.parameters.analysis import DeadNeurons

THRESHOLDS = DeadNeurons(weight_fraction=0.1, activity_fraction=0.01, percentile=99)


def test_receptive_fields_are_products_of_weights():
    rng = np.random.default_rng(0)
    weights = [rng.normal(size=shape) for shape in ((15, 11), (11, 7), (7, 2))]
    fields = receptive_fields(weights, (3, 5))
    assert [field.shape for field in fields] == [(11, 3, 5), (7, 3, 5), (2, 3, 5)]
    for y, x, unit in ((0, 0, 0), (2, 4, 1), (1, 3, 0)):
        path_sum = sum(
            weights[0][y * 5 + x, a] * weights[1][a, b] * weights[2][b, unit]
            for a in range(11)
            for b in range(7)
        )
        assert np.isclose(fields[2][unit, y, x], path_sum)


def test_receptive_field_of_a_block_spin_network_is_its_block():
    """Two layers of 2×2 blocks, put in by hand, give 4×4 blocks."""

    def blocks(side):
        sites = np.arange(side * side).reshape(side, side)
        return np.stack(
            [
                np.isin(np.arange(side * side), sites[y : y + 2, x : x + 2])
                for y in range(0, side, 2)
                for x in range(0, side, 2)
            ]
        )

    first, second = (blocks(side).T.astype(float) for side in (8, 4))
    fields = receptive_fields([first, second], (8, 8))
    for unit, field in enumerate(fields[1]):
        expected = np.zeros((8, 8))
        y, x = divmod(unit, 2)
        expected[4 * y : 4 * y + 4, 4 * x : 4 * x + 4] = 1
        assert (field == expected).all()


def test_dead_by_weight_finds_what_was_planted():
    weights = np.random.default_rng(1).choice([-1.0, 1.0], (13, 200))
    weights[:, [3, 50]] *= 0.09
    weights[:, 60] *= 0.11
    weights[:, 7] = 0
    assert np.flatnonzero(dead_by_weight(weights, THRESHOLDS)).tolist() == [3, 7, 50]


def test_a_layer_of_zeros_is_all_dead():
    assert dead_by_weight(np.zeros((5, 3)), THRESHOLDS).all()
    assert dead_by_activity(np.full((5, 3), 0.5), THRESHOLDS).all()


def test_dead_by_activity_finds_units_that_do_not_answer():
    activity = np.random.default_rng(2).normal(5, 1, (400, 11))
    activity[:, 4] = 0.7
    activity[:, 8] = 3 + 0.005 * np.random.default_rng(3).normal(size=400)
    assert np.flatnonzero(dead_by_activity(activity, THRESHOLDS)).tolist() == [4, 8]


def test_a_unit_that_never_changes_is_dead_however_many_the_lattices():
    """In single precision, summing a hundred thousand equal numbers would give them a spread."""
    activity = np.full((100_003, 3), 0.7, np.float32)
    activity[:, :2] += np.random.default_rng(8).normal(0, 0.02, (100_003, 2))
    assert dead_by_activity(activity, THRESHOLDS).tolist() == [False, False, True]


def test_correlation_with_the_magnetization_is_pearsons_and_its_sign_does_not_count():
    """The third unit is constant, but for the rounding of its mean."""
    rng = np.random.default_rng(4)
    magnetization = rng.normal(0.3, 1, 5001)
    activity = np.stack([magnetization + 2, rng.normal(5, 3, 5001) - magnetization,
                         np.full(5001, 0.7)], axis=1).astype(np.float32)  # fmt: skip
    found = magnetization_correlation(activity, magnetization)
    second = abs(np.corrcoef(activity[:, 1], magnetization)[0, 1])
    np.testing.assert_allclose(found, [1, second, np.nan], atol=1e-6)
    assert 0.25 < second < 0.37
    assert np.isnan(magnetization_correlation(activity, np.ones(5001))).all()


def test_forward_passes():
    rng = np.random.default_rng(4)
    weights, biases = (
        [rng.normal(size=(7, 5)), rng.normal(size=(5, 3))],
        [rng.normal(size=5), rng.normal(size=3)],
    )
    values = rng.normal(size=(11, 7))
    first, second = activations(values, list(zip(weights, biases, (relu, np.tanh), strict=True)))
    np.testing.assert_allclose(first, np.clip(values @ weights[0] + biases[0], 0, None))
    np.testing.assert_allclose(second, np.tanh(first @ weights[1] + biases[1]))


def test_squared_error_of_zero_output_is_one():
    spins = np.random.default_rng(5).choice([-1, 1], (13, 3, 5)).astype(np.int8)
    assert squared_error(spins, np.zeros(spins.shape)).tolist() == [1.0] * 13
    assert squared_error(spins, -spins).tolist() == [4.0] * 13


@pytest.mark.parametrize("components", [1, 4, 11])
def test_principal_components_are_the_best_linear_code(components):
    """Eckart and Young: the error on the fitted data is the sum of the squared
    singular values left out.
    """
    rng = np.random.default_rng(6)
    data = (rng.normal(size=(200, 11)) @ rng.normal(size=(11, 11)) + 3).astype(np.float32)
    singular = np.linalg.svd(data - data.mean(axis=0), compute_uv=False)
    error = squared_error(data, PrincipalComponents([data], components).reconstruct(data)).mean()
    assert np.isclose(error, (singular[components:] ** 2).sum() / data.size, rtol=1e-3, atol=1e-6)


@pytest.mark.parametrize("block", [7, 61, 200])
def test_principal_components_do_not_depend_on_the_blocks(block):
    """Against the covariance in double precision of all lattices at once."""
    rng = np.random.default_rng(7)
    spins = np.where(rng.normal(size=(200, 5)) @ rng.normal(size=(5, 13)) + 0.3 > 0, 1, -1).astype(
        np.int8
    )
    blocks = (spins[first : first + block] for first in range(0, 200, block))
    principal = PrincipalComponents(blocks, 3)
    centred = spins - spins.mean(axis=0)
    axes = np.linalg.eigh(centred.T @ centred)[1][:, -3:]
    np.testing.assert_allclose(
        principal.reconstruct(spins), centred @ axes @ axes.T + spins.mean(axis=0), atol=2e-6
    )
