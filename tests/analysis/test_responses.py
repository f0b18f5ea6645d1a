"""Derivatives against differences, and covariances of units whose weights are known."""

from itertools import pairwise

import numpy as np
import pytest

from isingdbn.analysis.network import activations, relu
from isingdbn.analysis.responses import decorrelated_covariance, mean_jacobian, squared_cosine

SHAPE = (3, 5)


def layers_of(sizes, nonlinearity):
    rng = np.random.default_rng(3)
    return [
        (rng.normal(0, 0.5, (below, above)), rng.normal(0, 0.2, above), nonlinearity)
        for below, above in pairwise(sizes)
    ]


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


@pytest.mark.parametrize("sizes", [(15, 7), (15, 7, 4), (15, 11, 7, 2)])
@pytest.mark.parametrize(
    ("nonlinearity", "kind"), [(np.tanh, "spin"), (sigmoid, "bernoulli"), (relu, "rectified")]
)
def test_the_mean_derivative_is_that_of_differences(sizes, nonlinearity, kind):
    layers = layers_of(sizes, nonlinearity)
    v = np.random.default_rng(1).choice([-1.0, 1.0], (9, 15))
    found = mean_jacobian(v, layers, [kind] * len(layers), SHAPE)
    step = 1e-6
    for site in range(15):
        up, down = v.copy(), v.copy()
        up[:, site] += step
        down[:, site] -= step
        for field, high, low in zip(
            found, activations(up, layers), activations(down, layers), strict=True
        ):
            expected = ((high - low) / (2 * step)).mean(axis=0)
            np.testing.assert_allclose(field[:, *divmod(site, 5)], expected, atol=1e-6)


def test_the_derivative_of_a_first_layer_is_its_weights_times_a_number_a_unit():
    (layer,) = layers_of((15, 7), np.tanh)
    v = np.random.default_rng(1).choice([-1.0, 1.0], (31, 15))
    (field,) = mean_jacobian(v, [layer], ["spin"], SHAPE)
    cosine = squared_cosine(field, layer[0].T.reshape(7, *SHAPE))
    np.testing.assert_allclose(cosine, 1, rtol=1e-9)


def test_the_covariance_of_a_linear_unit_is_its_weights_whatever_the_correlations():
    """Correlated data: white noise smoothed on the torus; blocks of unequal sizes, and few samples
    for each site.
    """
    rng = np.random.default_rng(5)
    noise = rng.standard_normal((90, *SHAPE))
    smooth = noise + 0.6 * np.roll(noise, 1, 1) + 0.4 * np.roll(noise, 1, 2) + 0.3
    v = smooth.reshape(len(smooth), -1)
    weights = rng.normal(size=(15, 2))
    layers = [(weights, np.array([0.7, -2.0]), lambda inputs: inputs)]
    (field,) = decorrelated_covariance([v[:31], v[31:]], layers, SHAPE)
    np.testing.assert_allclose(field.reshape(2, 15).T, weights, atol=1e-5)
    plain = (np.cov(v.T) @ weights).T.reshape(2, *SHAPE)
    assert (squared_cosine(plain, field) < 0.97).all()


def test_the_covariance_of_fewer_samples_than_sites_is_finite():
    v = np.random.default_rng(2).choice([-1.0, 1.0], (9, 15))
    for field in decorrelated_covariance([v], layers_of((15, 7, 4), np.tanh), SHAPE):
        assert np.isfinite(field).all()


def test_a_field_of_zeros_has_no_direction():
    fields = np.stack([np.zeros(SHAPE), np.ones(SHAPE)])
    found = squared_cosine(fields, np.ones((2, *SHAPE)))
    assert np.isnan(found[0])
    assert found[1] == pytest.approx(1)
