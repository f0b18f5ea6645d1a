"""Every kind of unit against sums over its values or integrals over them, at many inputs."""

import math
from functools import cache

import numpy as np
import pytest
import tensorflow as tf

from isingdbn.learning import noise
from isingdbn.learning.units import (
    Bernoulli,
    Gaussian,
    NoisyRectifier,
    Spin,
    TruncatedGaussian,
    units_of,
)

SIGMA = 0.7
KINDS = {
    "bernoulli": Bernoulli(),
    "spin": Spin(),
    "gaussian": Gaussian(SIGMA),
    "relu": NoisyRectifier(),
    "truncated_gaussian": TruncatedGaussian(),
}
# the sums of the rectifier are Euler and Maclaurin's
EXACT = {kind: 1e-5 if kind == "relu" else 1e-10 for kind in KINDS}
EVERY_KIND = pytest.mark.parametrize("kind", KINDS)
INPUTS = np.array([-11.0, -5.3, -2.9, -1.3, -0.4, 0.0, 0.2, 1.1, 2.3, 4.7, 12.9])[:, None]
BIAS = np.array([-0.8, 0.0, 0.6])
DRAWS = 100_003


def own_energy(kind, x):
    """U(x), without the bias; for Gaussian units with the bias zero."""
    if kind == "gaussian":
        return x**2 / (2 * SIGMA**2)
    if kind == "truncated_gaussian":
        return 0.5 * x**2
    if kind == "relu":
        log_product = np.cumsum([0.0] + [math.log1p(-math.exp(-j)) for j in range(1, 201)])
        return 0.5 * x**2 + log_product[np.asarray(x, int)]
    return np.zeros_like(x)


def biased_energy(kind, x, bias):
    """U_b(x)."""
    return own_energy(kind, x - bias) if kind == "gaussian" else own_energy(kind, x) - x * bias


def statistic(kind, x):
    return x / SIGMA**2 if kind == "gaussian" else x


@cache
def points(kind):
    """All values of a unit, or points to integrate at, and their weights."""
    if kind == "gaussian":
        return np.arange(-30, 30, 0.05), np.full(1200, 0.05)
    if kind == "truncated_gaussian":
        nodes, weights = np.polynomial.legendre.leggauss(211)
        return 20 * (nodes + 1), 20 * weights
    values = {"bernoulli": [0.0, 1.0], "spin": [-1.0, 1.0], "relu": np.arange(201.0)}[kind]
    return np.array(values), np.ones(len(values))


def log_sums(kind, inputs, bias):
    """Log of the sum, mean and variance, each as ``inputs`` + ``bias``, by the definition alone."""
    values, weights = points(kind)
    inputs, bias = np.broadcast_arrays(inputs, bias)
    terms = (
        np.log(weights)
        + inputs[..., None] * statistic(kind, values)
        - biased_energy(kind, values, bias[..., None])
    )
    log_sum = np.logaddexp.reduce(terms, axis=-1)
    p = np.exp(terms - log_sum[..., None])
    return log_sum, p @ values, p @ values**2 - (p @ values) ** 2


def tensors(*arrays, dtype=tf.float64):
    return [
        tf.constant(np.broadcast_to(array, (len(INPUTS), len(BIAS))), dtype) for array in arrays
    ]


@EVERY_KIND
def test_cumulant_is_the_log_of_the_sum_over_values(kind):
    expected, _, _ = log_sums(kind, INPUTS, BIAS)
    inputs, _ = tensors(INPUTS, BIAS)
    np.testing.assert_allclose(
        KINDS[kind].cumulant(inputs, tf.constant(BIAS)),
        expected.sum(axis=1),
        rtol=0,
        atol=3 * EXACT[kind],
    )


@EVERY_KIND
def test_mean_is_that_of_the_values(kind):
    _, expected, _ = log_sums(kind, INPUTS, BIAS)
    inputs, _ = tensors(INPUTS, BIAS)
    np.testing.assert_allclose(
        KINDS[kind].mean(inputs, tf.constant(BIAS)), expected, rtol=0, atol=EXACT[kind]
    )


@EVERY_KIND
def test_a_bias_may_differ_from_row_to_row(kind):
    units = KINDS[kind]
    inputs, bias = tensors(INPUTS, BIAS * np.linspace(-1, 2, len(INPUTS))[:, None])
    draws = tf.constant(np.random.default_rng(0).random(inputs.shape))
    for row in range(len(INPUTS)):
        one = slice(row, row + 1)
        for method, further in ((units.mean, ()), (units.sample, (draws,)), (units.cumulant, ())):
            alone = method(inputs[one], bias[row], *(part[one] for part in further))
            np.testing.assert_allclose(
                method(inputs, bias, *further)[one], alone, rtol=1e-12, atol=1e-12
            )


@EVERY_KIND
def test_statistic_of_the_mean_is_the_slope_of_the_cumulant_in_the_input(kind):
    units, step = KINDS[kind], 1e-5
    inputs, _ = tensors(INPUTS, BIAS)
    for unit in range(len(BIAS)):
        shift = step * tf.one_hot(unit, len(BIAS), dtype=tf.float64)
        slope = (
            units.cumulant(inputs + shift, tf.constant(BIAS))
            - units.cumulant(inputs - shift, tf.constant(BIAS))
        ) / (2 * step)
        expected = units.statistic(units.mean(inputs, tf.constant(BIAS)))[:, unit]
        np.testing.assert_allclose(slope, expected, rtol=1e-7, atol=1e-7)


@EVERY_KIND
def test_bias_gradient_of_the_mean_is_the_slope_of_the_cumulant_in_the_bias(kind):
    units, step = KINDS[kind], 1e-5
    inputs, _ = tensors(INPUTS, BIAS)
    for unit in range(len(BIAS)):
        shift = step * np.eye(len(BIAS))[unit]
        slope = (
            units.cumulant(inputs, tf.constant(BIAS + shift))
            - units.cumulant(inputs, tf.constant(BIAS - shift))
        ) / (2 * step)
        expected = units.bias_gradient(units.mean(inputs, tf.constant(BIAS)), tf.constant(BIAS))[
            :, unit
        ]
        np.testing.assert_allclose(slope, expected, rtol=1e-7, atol=1e-7)


@EVERY_KIND
def test_energy_sums_over_units(kind):
    values = np.random.default_rng(1).choice(points(kind)[0], (7, 3))
    expected = biased_energy(kind, values, BIAS).sum(axis=1)
    np.testing.assert_allclose(
        KINDS[kind].energy(tf.constant(values), tf.constant(BIAS)), expected, rtol=1e-12, atol=1e-12
    )


@EVERY_KIND
def test_energy_gain_is_a_difference_of_energies(kind):
    values = tf.constant(np.random.default_rng(5).choice(points(kind)[0], (7, 3)))
    bias, other = tf.constant(BIAS), tf.constant(BIAS[::-1] + 0.3)
    units = KINDS[kind]
    expected = units.energy(values, other) - units.energy(values, bias)
    np.testing.assert_allclose(units.energy_gain(values, bias, other), expected, atol=1e-9)


def test_energy_of_a_real_rectified_value_is_that_of_the_nearest_count():
    units, bias = NoisyRectifier(), tf.constant(BIAS)
    counts = np.array([[0.0, 1.0, 2.0], [7.0, 63.0, 64.0], [65.0, 150.0, 3.0]])
    near = counts + np.array([0.4, -0.3, 0.2])
    moved = units.energy(tf.constant(near), bias) - units.energy(tf.constant(counts), bias)
    np.testing.assert_allclose(moved, -((near - counts) * BIAS).sum(axis=1), rtol=1e-12, atol=1e-12)


@cache
def drawn(kind, field):
    """Draws at one input in float32, as in training."""
    units, bias = KINDS[kind], np.float32(0.25)
    numbers = getattr(noise, units.noise)((DRAWS, 1), np.array([3, 5], np.uint32), 0)
    draws = units.sample(
        tf.fill((DRAWS, 1), np.float32(field) - bias), tf.fill((1,), bias), tf.constant(numbers)
    )
    return draws.numpy()[:, 0].astype(float)


def moments(kind, field):
    """Mean, variance and fourth moment around the mean, at one input."""
    values, weights = points(kind)
    terms = (
        np.log(weights)
        + (field - 0.25) * statistic(kind, values)
        - biased_energy(kind, values, 0.25)
    )
    p = np.exp(terms - np.logaddexp.reduce(terms))
    return p @ values, p @ (values - p @ values) ** 2, p @ (values - p @ values) ** 4


@pytest.mark.parametrize("field", [-12.9, -4.1, -0.7, 0.0, 0.9, 2.3, 6.1])
@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != "relu"])
def test_draws_have_the_mean_and_the_variance(kind, field):
    values = drawn(kind, field)
    mean, variance, fourth = moments(kind, field)
    # its tail is good to 1 %
    slack = 0.01 * mean if kind == "truncated_gaussian" and field < -11 else 0
    assert abs(values.mean() - mean) < 4.5 * math.sqrt(variance / DRAWS) + slack + 1e-6
    found, error = ((values - mean) ** 2).mean(), math.sqrt(max(fourth - variance**2, 0) / DRAWS)
    assert abs(found - variance) < 4.5 * error + 2 * slack * mean + 1e-5


@pytest.mark.parametrize("field", [-4.1, -0.7, 0.0, 0.9, 6.1])
def test_draws_of_a_truncated_gaussian_have_its_distribution(field):
    values = np.sort(drawn("truncated_gaussian", field))
    upper = np.vectorize(lambda x: math.erfc((x - field) / math.sqrt(2)))
    cdf = 1 - upper(values) / math.erfc(-field / math.sqrt(2))
    assert math.sqrt(DRAWS) * np.abs(cdf - (np.arange(DRAWS) + 0.5) / DRAWS).max() < 1.95


@pytest.mark.parametrize("field", [-4.1, -0.7, 0.0, 0.9, 6.1])
def test_draws_of_a_noisy_rectifier_are_those_of_nair_and_hinton(field):
    """max(0, a + N(0, sigmoid(a))): an atom at zero and the rest of a normal distribution."""
    values = np.sort(drawn("relu", field))
    spread = 1 / math.sqrt(1 + math.exp(-field))
    cdf = np.vectorize(lambda x: 0.5 * math.erfc((field - x) / (spread * math.sqrt(2))))
    atom = float(cdf(0.0))
    assert abs((values == 0).mean() - atom) <= 4.5 * math.sqrt(atom * (1 - atom) / DRAWS)
    ranks = (np.arange(DRAWS) + 0.5) / DRAWS
    assert math.sqrt(DRAWS) * np.abs(cdf(values) - ranks)[values > 0].max(initial=0) < 1.95


@pytest.mark.parametrize(("kind", "values"), [("bernoulli", {0.0, 1.0}), ("spin", {-1.0, 1.0})])
def test_draws_take_both_values_and_no_others(kind, values):
    assert set(drawn(kind, 0.3)) == values


@pytest.mark.parametrize("kind", ["relu", "truncated_gaussian"])
def test_draws_are_not_negative(kind):
    assert min(drawn(kind, field).min() for field in (-30, -11, -1, 3)) >= 0


@EVERY_KIND
@pytest.mark.parametrize(
    ("dtype", "field"), [(tf.float32, 30.0), (tf.float64, 30.0), (tf.float64, 700.0)]
)
def test_strong_inputs_give_finite_numbers(kind, dtype, field):
    units = KINDS[kind]
    inputs = tf.constant([[-field, field, 0.0]], dtype)
    bias = tf.zeros(3, dtype)
    numbers = {
        "normal": [-5.7, 0.0, 5.7],
        "uniform": [0.0, 0.5, 1 - 2.0**-24],
        "symmetric": [-1.0, 0.0, 1 - 2.0**-23],
    }[units.noise]
    for result in (
        units.cumulant(inputs, bias),
        units.mean(inputs, bias),
        *(
            units.sample(inputs, bias, tf.fill((1, 3), tf.constant(number, dtype)))
            for number in numbers
        ),
    ):
        assert np.isfinite(result).all()


def test_far_below_zero_a_truncated_gaussian_has_the_mean_of_its_tail():
    fields = np.array([[-12.4, -12.6, -30.0, -700.0]])
    series = sum(c * np.abs(fields) ** -(2.0 * k + 1) for k, c in enumerate((1, -2, 10, -74)))
    np.testing.assert_allclose(
        TruncatedGaussian().mean(tf.constant(fields), tf.zeros(4, tf.float64)), series, rtol=1e-5
    )
    in_single_precision = TruncatedGaussian().mean(tf.constant(fields, tf.float32), tf.zeros(4))
    np.testing.assert_allclose(in_single_precision, series, rtol=1e-4)


def test_the_smallest_noise_draws_the_far_end_of_a_truncated_gaussian():
    """Of a distribution far above its cut, 5.4 standard deviations up: the quantile of 1 - 2⁻²⁴."""
    for dtype in (tf.float32, tf.float64):
        drawn = (
            TruncatedGaussian()
            .sample(tf.constant([[50.0, 0.0]], dtype), tf.zeros(2, dtype), tf.zeros((1, 2), dtype))
            .numpy()
        )
        assert np.isfinite(drawn).all()
        assert 5.2 < abs(drawn[0, 0] - 50) < 5.6


def test_every_unit_may_have_its_own_sigma():
    sigma = np.array([0.3, 0.7, 1.9])
    units = Gaussian(tf.constant(sigma))
    inputs, noise_ = (np.random.default_rng(seed).normal(size=(5, 3)) for seed in (0, 1))
    alone = [Gaussian(value) for value in sigma]
    for name, further in (("mean", ()), ("sample", (noise_,)), ("cumulant", ())):
        parts = [
            getattr(unit, name)(
                tf.constant(inputs[:, [i]]),
                tf.constant(BIAS[[i]]),
                *(tf.constant(part[:, [i]]) for part in further),
            )
            for i, unit in enumerate(alone)
        ]
        together = getattr(units, name)(
            tf.constant(inputs), tf.constant(BIAS), *(tf.constant(part) for part in further)
        )
        np.testing.assert_allclose(
            together,
            sum(parts) if name == "cumulant" else np.concatenate(parts, axis=1),
            rtol=1e-12,
        )
    for name, further in (("energy", (BIAS,)), ("statistic", ()), ("bias_gradient", (BIAS,))):
        parts = [
            getattr(unit, name)(
                tf.constant(inputs[:, [i]]), *(tf.constant(part[[i]]) for part in further)
            )
            for i, unit in enumerate(alone)
        ]
        together = getattr(units, name)(
            tf.constant(inputs), *(tf.constant(part) for part in further)
        )
        np.testing.assert_allclose(
            together, sum(parts) if name == "energy" else np.concatenate(parts, axis=1), rtol=1e-12
        )


def test_log_variance_gradient_is_the_slope_of_the_energy():
    """E = (x - b)²/2σ² - x·input/σ² along log σ², the input W s(h) held."""
    rng = np.random.default_rng(4)
    values, inputs, log_variance, step = (
        rng.normal(size=(7, 3)),
        rng.normal(size=(7, 3)),
        np.array([-1.2, 0.0, 0.9]),
        1e-5,
    )

    def energies(shift):
        variance = np.exp(log_variance + shift)
        return (values - BIAS) ** 2 / (2 * variance) - values * inputs / variance

    units = Gaussian(tf.exp(0.5 * tf.constant(log_variance)))
    gradient = units.log_variance_gradient(
        tf.constant(values), tf.constant(BIAS), tf.constant(inputs)
    )
    np.testing.assert_allclose(
        gradient, -(energies(step) - energies(-step)) / (2 * step), rtol=1e-8, atol=1e-8
    )


@EVERY_KIND
def test_a_name_of_the_configuration_gives_the_kind(kind):
    assert units_of(kind, SIGMA) == KINDS[kind]
    noise_of = {"gaussian": "normal", "relu": "normal", "spin": "symmetric"}
    assert units_of(kind).noise == noise_of.get(kind, "uniform")
