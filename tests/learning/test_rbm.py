"""Machines of a few units against enumeration, integration and finite differences; every size is its own prime."""

import itertools

import numpy as np
import pytest
import tensorflow as tf

from isingdbn.learning.rbm import RBM
from isingdbn.learning.units import Bernoulli, Gaussian

VISIBLE, HIDDEN, SAMPLES = 5, 3, 7
SIGMA = 0.7


def parameters(seed=0):
    rng = np.random.default_rng(seed)
    return [rng.normal(0, 0.8, shape) for shape in ((VISIBLE, HIDDEN), (VISIBLE,), (HIDDEN,))]


def machine(units, values=None):
    return RBM(units, Bernoulli(), *(tf.constant(value, tf.float64) for value in values or parameters()))


def binary(n):
    return np.array(list(itertools.product((0.0, 1.0), repeat=n)))


def data(units):
    rng = np.random.default_rng(9)
    return rng.normal(size=(SAMPLES, VISIBLE)) if isinstance(units, Gaussian) else rng.integers(0, 2, (SAMPLES, VISIBLE)).astype(float)


def log_partition(units, values):
    """log Z by listing the hidden states; Gaussian visible units are integrated in closed form."""
    weights, b, c = values
    h = binary(HIDDEN)
    if isinstance(units, Gaussian):
        shift = h @ weights.T
        terms = h @ c + (shift @ b + 0.5 * (shift**2).sum(axis=1)) / SIGMA**2 + 0.5 * VISIBLE * np.log(2 * np.pi * SIGMA**2)
        return np.logaddexp.reduce(terms)
    v = binary(VISIBLE)
    return np.logaddexp.reduce((v @ b)[:, None] + h @ c + v @ weights @ h.T, axis=None)


def log_likelihood(units, values, v):
    """Mean log p(v), with the sum over hidden states written out."""
    weights, b, c = values
    h = binary(HIDDEN)
    if isinstance(units, Gaussian):
        joint = -((v - b) ** 2).sum(axis=1)[:, None] / (2 * SIGMA**2) + h @ c + v @ weights @ h.T / SIGMA**2
    else:
        joint = (v @ b)[:, None] + h @ c + v @ weights @ h.T
    return np.logaddexp.reduce(joint, axis=1).mean() - log_partition(units, values)


def model_gradient(units, values):
    """The expectation of the free-energy gradient under the model, exactly."""
    weights, b, c = values
    if isinstance(units, Bernoulli):
        v = binary(VISIBLE)
        rbm = machine(units, values)
        p = np.exp(-rbm.free_energy(tf.constant(v)).numpy() - log_partition(units, values))
        mean_h = rbm.mean_h_from_v(tf.constant(v)).numpy()
        return [v.T @ (p[:, None] * mean_h), p @ v, p @ mean_h]
    h = binary(HIDDEN)
    shift = h @ weights.T
    log_p = h @ c + (shift @ b + 0.5 * (shift**2).sum(axis=1)) / SIGMA**2
    p = np.exp(log_p - np.logaddexp.reduce(log_p))
    mean_v = b + shift
    return [(mean_v.T @ (p[:, None] * h)) / SIGMA**2, p @ shift / SIGMA**2, p @ h]


UNITS = pytest.mark.parametrize("units", [Bernoulli(), Gaussian(SIGMA)], ids=["bernoulli", "gaussian"])


@UNITS
def test_gradient_is_that_of_the_likelihood(units):
    """⟨∂F⟩_data - ⟨∂F⟩_model against central differences of the enumerated likelihood."""
    v = data(units)
    rbm = machine(units)
    positive = rbm.free_energy_gradient(tf.constant(v), rbm.mean_h_from_v(tf.constant(v)))
    negative = model_gradient(units, parameters())
    for index, (data_part, model_part) in enumerate(zip(positive, negative, strict=True)):
        gradient = data_part.numpy() - model_part
        for entry in np.ndindex(gradient.shape):
            ends = []
            for step in (1e-5, -1e-5):
                values = parameters()
                values[index][entry] += step
                ends.append(log_likelihood(units, values, v))
            assert abs((ends[0] - ends[1]) / 2e-5 - gradient[entry]) < 1e-8


@UNITS
def test_free_energy_sums_over_hidden_states(units):
    v, h = data(units), binary(HIDDEN)
    rbm = machine(units)
    energies = np.array([rbm.energy(tf.constant(v), tf.constant(np.tile(state, (SAMPLES, 1)))).numpy() for state in h])
    np.testing.assert_allclose(rbm.free_energy(tf.constant(v)), -np.logaddexp.reduce(-energies, axis=0), rtol=1e-12)


@UNITS
def test_conditional_of_hidden_units_follows_from_the_energy(units):
    v, h = data(units), binary(HIDDEN)
    rbm = machine(units)
    energies = np.array([rbm.energy(tf.constant(v), tf.constant(np.tile(state, (SAMPLES, 1)))).numpy() for state in h])
    p = np.exp(-energies) / np.exp(-energies).sum(axis=0)
    np.testing.assert_allclose(rbm.mean_h_from_v(tf.constant(v)), p.T @ h, rtol=1e-12)


def test_conditional_of_bernoulli_visible_units_follows_from_the_energy():
    v, h = binary(VISIBLE), binary(HIDDEN)
    rbm = machine(Bernoulli())
    energies = np.array([rbm.energy(tf.constant(np.tile(state, (len(h), 1))), tf.constant(h)).numpy() for state in v])
    p = np.exp(-energies) / np.exp(-energies).sum(axis=0)
    np.testing.assert_allclose(rbm.mean_v_from_h(tf.constant(h)), p.T @ v, rtol=1e-12)


def test_conditional_of_gaussian_visible_units_follows_from_the_energy():
    """E(v, h) along one visible unit is a parabola: its minimum is the mean, its curvature 1/σ²."""
    h = binary(HIDDEN)
    rbm = machine(Gaussian(SIGMA))
    mean = rbm.mean_v_from_h(tf.constant(h)).numpy()

    def energy(offset, unit):
        moved = mean.copy()
        moved[:, unit] += offset
        return rbm.energy(tf.constant(moved), tf.constant(h)).numpy()

    for unit in range(VISIBLE):
        for offset in (-0.3, 0.5):
            np.testing.assert_allclose(energy(offset, unit) - energy(0, unit), offset**2 / (2 * SIGMA**2), rtol=1e-9)


def test_gibbs_steps_leave_the_model_distribution_alone_and_reach_every_state():
    v, h = binary(VISIBLE), binary(HIDDEN)
    rbm = machine(Bernoulli())
    p_h = rbm.mean_h_from_v(tf.constant(v)).numpy()
    p_v = rbm.mean_v_from_h(tf.constant(h)).numpy()
    h_given_v = np.prod(np.where(h[None] == 1, p_h[:, None], 1 - p_h[:, None]), axis=2)
    v_given_h = np.prod(np.where(v[None] == 1, p_v[:, None], 1 - p_v[:, None]), axis=2)
    transition = h_given_v @ v_given_h
    p = np.exp(-rbm.free_energy(tf.constant(v)).numpy() - log_partition(Bernoulli(), parameters()))
    np.testing.assert_allclose(p @ transition, p, rtol=1e-10)
    assert (transition > 0).all()


@UNITS
def test_samples_have_the_conditional_moments(units):
    draws = 40_000
    rbm = machine(units)
    h = tf.constant(np.tile(binary(HIDDEN)[5], (draws, 1)))
    mean = rbm.mean_v_from_h(h)[0].numpy()
    v = rbm.sample_v_from_h(h, tf.constant([3, 5], tf.int64)).numpy()
    variance = np.full(VISIBLE, SIGMA**2) if isinstance(units, Gaussian) else mean * (1 - mean)
    assert (np.abs(v.mean(axis=0) - mean) < 4.5 * np.sqrt(variance / draws)).all()
    np.testing.assert_allclose(np.cov(v.T), np.diag(variance), atol=6 * variance.max() / np.sqrt(draws))
    other = rbm.sample_v_from_h(h, tf.constant([3, 6], tf.int64)).numpy()
    assert abs(np.corrcoef(v[:, 0], other[:, 0])[0, 1]) < 0.03
