"""Machines of every pair of units against sums and integrals over all their states;
every size is its own prime.
"""

import itertools
import math
from functools import cache

import numpy as np
import pytest
import tensorflow as tf

from isingdbn.learning.rbm import RBM, product
from isingdbn.learning.units import Bernoulli, Gaussian, NoisyRectifier, Spin, TruncatedGaussian

VISIBLE, HIDDEN, SAMPLES = 3, 2, 7
SIGMAS = (0.7, 1.3)  # of Gaussian visible and hidden units
KINDS = ("bernoulli", "spin", "gaussian", "relu", "truncated_gaussian")
PAIRS = list(itertools.product(KINDS, KINDS))
EVERY_PAIR = pytest.mark.parametrize(
    ("visible", "hidden"), PAIRS, ids=["-".join(pair) for pair in PAIRS]
)


def binary(n):
    return np.array(list(itertools.product((0.0, 1.0), repeat=n)))


def units(kind, sigma):
    if kind == "gaussian":
        return Gaussian(sigma)
    return {
        "bernoulli": Bernoulli,
        "spin": Spin,
        "relu": NoisyRectifier,
        "truncated_gaussian": TruncatedGaussian,
    }[kind]()


def parameters(seed=0):
    """Weights and biases so small that every pair has a finite sum over its states."""
    rng = np.random.default_rng(seed)
    return [
        rng.normal(0, scale, shape)
        for scale, shape in ((0.15, (VISIBLE, HIDDEN)), (0.4, (VISIBLE,)), (0.4, (HIDDEN,)))
    ]


def machine(visible, hidden, values=None, **further):
    values = parameters() if values is None else values
    return RBM(
        units(visible, SIGMAS[0]),
        units(hidden, SIGMAS[1]),
        *(tf.constant(value, tf.float64) for value in values),
        **further,
    )


def tolerance(*kinds):
    return 3e-5 if "relu" in kinds else 1e-8


@cache
def points(kind, sigma):
    """All values of a unit, or points to integrate at, and the logs of their weights."""
    if kind == "gaussian":
        step = 0.85 * sigma  # the trapezoid rule misses exp(-2π²/0.85²) of the integral
        values = step * np.arange(-8, 9)
        return values, np.full(len(values), math.log(step))
    if kind == "truncated_gaussian":
        nodes, weights = np.polynomial.legendre.leggauss(19)
        return 3.9 * (nodes + 1), np.log(3.9 * weights)
    values = np.array({"bernoulli": [0.0, 1.0], "spin": [-1.0, 1.0], "relu": np.arange(14.0)}[kind])
    return values, np.zeros(len(values))


def states(kind, sigma, number):
    """All states of ``number`` units, (state, unit), and the logs of their weights."""
    values, log_weights = points(kind, sigma)
    every, weights = (
        np.array(list(itertools.product(part, repeat=number))) for part in (values, log_weights)
    )
    return every, weights.sum(axis=1)


def self_energy(kind, sigma, x, bias):
    """U_b of each row, written out."""
    if kind == "gaussian":
        return ((x - bias) ** 2).sum(axis=1) / (2 * sigma**2)
    own = np.zeros_like(x)
    if kind == "truncated_gaussian":
        own = x**2 / 2
    elif kind == "relu":
        own = (
            x**2 / 2
            + np.cumsum([0.0] + [math.log(1 - math.exp(-j)) for j in range(1, 15)])[x.astype(int)]
        )
    return (own - x * bias).sum(axis=1)


def statistic(kind, sigma, x):
    return x / sigma**2 if kind == "gaussian" else x


def joint(visible, hidden, values, v, h):
    """-E of every row of ``v`` with every row of ``h``."""
    weights, b, c = values
    coupling = statistic(visible, SIGMAS[0], v) @ weights @ statistic(hidden, SIGMAS[1], h).T
    return (
        coupling
        - self_energy(visible, SIGMAS[0], v, b)[:, None]
        - self_energy(hidden, SIGMAS[1], h, c)
    )


def log_p(visible, hidden, values, v):
    """Log p(v) of each row without its constant, by the sum over hidden states, and the constant
    by that over visible ones too.
    """
    (every_v, v_weights), (h, h_weights) = (
        states(visible, SIGMAS[0], VISIBLE),
        states(hidden, SIGMAS[1], HIDDEN),
    )
    weights, b, c = values
    coupling = np.exp(
        statistic(visible, SIGMAS[0], every_v) @ weights @ statistic(hidden, SIGMAS[1], h).T
    )
    own = [
        v_weights - self_energy(visible, SIGMAS[0], every_v, b),
        h_weights - self_energy(hidden, SIGMAS[1], h, c),
    ]
    constant = math.log(np.exp(own[0]) @ coupling @ np.exp(own[1]))
    return np.logaddexp.reduce(joint(visible, hidden, values, v, h) + h_weights, axis=1), constant


def some_rows(kind, number, sigma=SIGMAS[0]):
    rng = np.random.default_rng(9)
    return (
        rng.normal(size=(SAMPLES, number))
        if kind == "gaussian"
        else rng.choice(points(kind, sigma)[0][:6], (SAMPLES, number))
    )


def moved(index, entry, step):
    values = parameters()
    values[index][entry] += step
    return values


@EVERY_PAIR
def test_energy_is_the_written_one(visible, hidden):
    v, h = some_rows(visible, VISIBLE), some_rows(hidden, HIDDEN)
    energy = machine(visible, hidden).energy(tf.constant(v), tf.constant(h))
    np.testing.assert_allclose(
        energy, -np.diag(joint(visible, hidden, parameters(), v, h)), rtol=1e-12
    )


@EVERY_PAIR
def test_conditional_of_hidden_units_follows_from_the_energy(visible, hidden):
    v, (h, weights) = some_rows(visible, VISIBLE), states(hidden, SIGMAS[1], HIDDEN)
    terms = joint(visible, hidden, parameters(), v, h) + weights
    p = np.exp(terms - np.logaddexp.reduce(terms, axis=1)[:, None])
    np.testing.assert_allclose(
        machine(visible, hidden).mean_h_from_v(tf.constant(v)),
        p @ h,
        rtol=0,
        atol=tolerance(hidden),
    )


@EVERY_PAIR
def test_conditional_of_visible_units_follows_from_the_energy(visible, hidden):
    h, (v, weights) = some_rows(hidden, HIDDEN, SIGMAS[1]), states(visible, SIGMAS[0], VISIBLE)
    terms = joint(visible, hidden, parameters(), v, h).T + weights
    p = np.exp(terms - np.logaddexp.reduce(terms, axis=1)[:, None])
    np.testing.assert_allclose(
        machine(visible, hidden).mean_v_from_h(tf.constant(h)),
        p @ v,
        rtol=0,
        atol=tolerance(visible),
    )


@EVERY_PAIR
def test_free_energy_sums_over_hidden_states(visible, hidden):
    v, (h, weights) = some_rows(visible, VISIBLE), states(hidden, SIGMAS[1], HIDDEN)
    expected = -np.logaddexp.reduce(joint(visible, hidden, parameters(), v, h) + weights, axis=1)
    np.testing.assert_allclose(
        machine(visible, hidden).free_energy(tf.constant(v)),
        expected,
        rtol=0,
        atol=tolerance(hidden),
    )


@EVERY_PAIR
def test_gradient_is_that_of_the_likelihood(visible, hidden):
    """⟨-∂F⟩ of data minus that of the model against central differences
    of the summed likelihood.
    """
    v, (every_v, v_weights) = some_rows(visible, VISIBLE), states(visible, SIGMAS[0], VISIBLE)
    rbm = machine(visible, hidden)
    terms = v_weights - rbm.free_energy(tf.constant(every_v)).numpy()
    p = np.exp(terms - np.logaddexp.reduce(terms))
    mean_h = rbm.mean_h_from_v(tf.constant(every_v)).numpy()
    model = [
        statistic(visible, SIGMAS[0], every_v).T
        @ (p[:, None] * statistic(hidden, SIGMAS[1], mean_h)),
        p @ rbm.visible.bias_gradient(tf.constant(every_v), rbm.visible_bias).numpy(),
        p @ rbm.hidden.bias_gradient(tf.constant(mean_h), rbm.hidden_bias).numpy(),
    ]
    step = 1e-4
    for index, (data_part, model_part) in enumerate(
        zip(rbm.free_energy_gradient(tf.constant(v)), model, strict=True)
    ):
        gradient = data_part.numpy() - model_part
        assert gradient.shape == parameters()[index].shape
        for entry in np.ndindex(gradient.shape):
            ends = [log_p(visible, hidden, moved(index, entry, sign * step), v) for sign in (1, -1)]
            slope = ((ends[0][0] - ends[1][0]).mean() - (ends[0][1] - ends[1][1])) / (2 * step)
            assert abs(slope - gradient[entry]) < 10 * tolerance(visible, hidden)


@EVERY_PAIR
def test_free_energy_gradient_is_the_derivative_of_the_free_energy(visible, hidden):
    v = tf.constant(some_rows(visible, VISIBLE))
    values = [tf.constant(value) for value in parameters()]
    with tf.GradientTape() as tape:
        tape.watch(values)
        mean = -tf.reduce_mean(machine(visible, hidden, values).free_energy(v))
    for derivative, gradient in zip(
        tape.gradient(mean, values), machine(visible, hidden).free_energy_gradient(v), strict=True
    ):
        np.testing.assert_allclose(gradient, derivative, rtol=1e-10, atol=1e-10)


@pytest.mark.parametrize("hidden", ["bernoulli", "spin", "gaussian"])
def test_log_variance_gradient_is_that_of_the_likelihood(hidden):
    """σ of each visible unit, against central differences of the integrated likelihood."""
    sigma = np.array([0.6, 0.8, 1.1])
    h, h_weights = states(hidden, SIGMAS[1], HIDDEN)
    weights, b, c = parameters()
    grid = np.array(list(itertools.product(*(0.85 * unit * np.arange(-8, 9) for unit in sigma))))
    v = some_rows("gaussian", VISIBLE)

    def log_sums(rows, log_variance):
        sigmas = np.exp(log_variance / 2)
        coupling = rows / sigmas**2 @ weights @ statistic(hidden, SIGMAS[1], h).T
        own = ((rows - b) ** 2 / (2 * sigmas**2)).sum(axis=1)[:, None] + self_energy(
            hidden, SIGMAS[1], h, c
        )
        return np.logaddexp.reduce(coupling - own + h_weights, axis=1)

    def log_likelihood(log_variance):
        return log_sums(v, log_variance).mean() - np.logaddexp.reduce(log_sums(grid, log_variance))

    rbm = RBM(
        Gaussian(tf.constant(sigma)),
        units(hidden, SIGMAS[1]),
        *(tf.constant(value) for value in (weights, b, c)),
    )
    slopes = [
        rbm.visible.log_variance_gradient(
            rows, rbm.visible_bias, rbm.inputs_v_from_h(rbm.mean_h_from_v(tf.constant(rows)))
        ).numpy()
        for rows in (v, grid)
    ]
    terms = log_sums(grid, 2 * np.log(sigma))
    gradient = slopes[0].mean(axis=0) - np.exp(terms - np.logaddexp.reduce(terms)) @ slopes[1]
    for unit in range(VISIBLE):
        shift = 1e-4 * np.eye(VISIBLE)[unit]
        slope = (
            log_likelihood(2 * np.log(sigma) + shift) - log_likelihood(2 * np.log(sigma) - shift)
        ) / 2e-4
        assert abs(slope - gradient[unit]) < 1e-6


def results(rbm, v, h, noise_v, noise_h):
    """All that a machine can be asked, of rows."""
    return {
        "inputs_h": rbm.inputs_h_from_v(v),
        "inputs_v": rbm.inputs_v_from_h(h),
        "mean_h": rbm.mean_h_from_v(v),
        "mean_v": rbm.mean_v_from_h(h),
        "sample_h": rbm.sample_h_from_v(v, noise_h),
        "sample_v": rbm.sample_v_from_h(h, noise_v),
        "energy": rbm.energy(v, h),
        "free_energy": rbm.free_energy(v),
    }


def questions(visible, hidden):
    rng = np.random.default_rng(3)
    noise = rng.uniform(0.05, 0.95, (SAMPLES, VISIBLE)), rng.uniform(0.05, 0.95, (SAMPLES, HIDDEN))
    return [
        tf.constant(part)
        for part in (some_rows(visible, VISIBLE), some_rows(hidden, HIDDEN, SIGMAS[1]), *noise)
    ]


@EVERY_PAIR
def test_inverse_temperature_multiplies_weights_and_biases(visible, hidden):
    asked = questions(visible, hidden)
    for beta in (0.3, tf.constant(0.3, tf.float64)):
        tempered = results(machine(visible, hidden).tempered(beta), *asked)
        for name, expected in results(
            machine(visible, hidden, [0.3 * value for value in parameters()]), *asked
        ).items():
            np.testing.assert_allclose(
                tempered[name], expected, rtol=1e-12, atol=1e-12, err_msg=name
            )


@EVERY_PAIR
def test_every_row_may_have_its_own_inverse_temperature(visible, hidden):
    asked = questions(visible, hidden)
    betas = np.linspace(0, 1, SAMPLES)
    tempered = results(machine(visible, hidden).tempered(tf.constant(betas[:, None])), *asked)
    for row, beta in enumerate(betas):
        one = [part[row : row + 1] for part in asked]
        for name, expected in results(
            machine(visible, hidden, [beta * value for value in parameters()]), *one
        ).items():
            np.testing.assert_allclose(
                tempered[name][row : row + 1], expected, rtol=1e-11, atol=1e-12, err_msg=name
            )


def test_operands_and_result_of_a_product_are_rounded_and_its_type_stays():
    """With a mantissa of eight bits 1 + 2⁻⁹ is 1, and 257 is 256 or 258."""
    ones, more = tf.ones((1, 257)), (1 + 2.0**-9) * tf.ones((257, 1))
    assert product(ones, more, None).numpy()[0, 0] == 257 * (1 + 2.0**-9)
    rounded = product(ones, more, tf.bfloat16)
    assert rounded.dtype == tf.float32
    assert rounded.numpy()[0, 0] in (256, 258)
    np.testing.assert_allclose(
        product(tf.eye(3), tf.constant([[1.0, 3.0, 5.0]]), tf.bfloat16, transpose_b=True),
        [[1], [3], [5]],
    )


def test_rounded_operands_change_the_inputs_by_no_more_than_their_rounding():
    weights = np.random.default_rng(0).normal(size=(53, 11)).astype(np.float32)
    v = np.random.default_rng(1).choice([-1.0, 1.0], (7, 53)).astype(np.float32)
    biases = tf.zeros(53), tf.zeros(11)
    exact = (
        RBM(Spin(), Bernoulli(), tf.constant(weights), *biases)
        .inputs_h_from_v(tf.constant(v))
        .numpy()
    )
    rounded = (
        RBM(Spin(), Bernoulli(), tf.constant(weights), *biases, operands=tf.bfloat16)
        .inputs_h_from_v(tf.constant(v))
        .numpy()
    )
    assert 1e-4 < np.abs(rounded - exact).max() < 2.0**-8 * np.abs(weights).sum(axis=0).max()
