"""Training of one machine."""

import numpy as np
import pytest
import tensorflow as tf

from isingdbn.errors import JobError
from isingdbn.learning.contrastive_divergence import ContrastiveDivergence, train_rbm
from isingdbn.learning.rbm import RBM
from isingdbn.learning.units import Bernoulli, Gaussian
from isingdbn.parameters.pretraining import Pretraining
from tests.learning.test_rbm import binary

SETTINGS = {"epochs": 60, "learning_rate": 0.1, "momentum": 0.5, "minibatch": 11, "gibbs_steps": 1, "l1": 0.0, "initial_scale": 0.01}


def settings(**changes):
    return Pretraining(**{**SETTINGS, **changes})


def patterns(samples=550, seed=0):
    """Two patterns of seven units with a little noise: far from independent units."""
    rng = np.random.default_rng(seed)
    clean = np.array([[1, 1, 1, 0, 0, 0, 1], [0, 0, 1, 1, 1, 0, 0]])[rng.integers(0, 2, samples)]
    return np.abs(clean - (rng.random(clean.shape) < 0.05)).astype(np.float32)


def last(epochs):
    return list(epochs)[-1]


def mean_log_likelihood(trained, v):
    rbm = RBM(Bernoulli(), Bernoulli(), *(tf.constant(part) for part in (trained.weights, trained.visible_bias, trained.hidden_bias)))
    log_z = np.logaddexp.reduce(-rbm.free_energy(tf.constant(binary(7), tf.float32)).numpy())
    return float(-rbm.free_energy(tf.constant(v)).numpy().mean() - log_z)


@pytest.mark.parametrize("gibbs_steps", [1, 3])
def test_training_reaches_the_likelihood_of_the_source(gibbs_steps):
    """Independent units reach the sum of the unit entropies; the source has log 2 + 7 noise entropies."""
    v = patterns()
    trained = last(train_rbm(v, Bernoulli(), 3, settings(gibbs_steps=gibbs_steps), np.random.default_rng(1)))
    mean = v.mean(axis=0)
    independent = (mean * np.log(mean) + (1 - mean) * np.log(1 - mean)).sum()
    source = -np.log(2) - 7 * -(0.05 * np.log(0.05) + 0.95 * np.log(0.95))
    likelihood = mean_log_likelihood(trained, patterns(seed=5))
    assert likelihood > independent + 0.85 * (source - independent)
    assert trained.reconstruction_error[-1] < 0.5 * trained.reconstruction_error[0]


def test_one_step_is_the_written_update():
    """Momentum, learning rate and proximal step against NumPy, with the random draws of the step itself."""
    rng = np.random.default_rng(2)
    weights, v = rng.normal(0, 0.5, (7, 3)).astype(np.float32), rng.normal(size=(11, 7)).astype(np.float32)
    trainer = ContrastiveDivergence(Gaussian(0.8), weights, settings(learning_rate=0.05, momentum=0.4, l1=0.7))
    velocity = np.zeros_like(weights)
    for step in range(3):
        seed = tf.constant([step, 5], tf.int64)
        rbm = trainer.rbm
        mean_h = rbm.mean_h_from_v(tf.constant(v))
        before = trainer.parameters[0].numpy()
        fantasy, _ = trainer.negative_phase(rbm, mean_h, seed)
        fantasy_h = rbm.mean_h_from_v(fantasy).numpy()
        gradient = (v.T @ mean_h.numpy() - fantasy.numpy().T @ fantasy_h) / 11 / 0.8**2
        velocity = 0.4 * velocity + 0.05 * gradient
        moved = before + velocity
        trainer.step(tf.constant(v), seed)
        expected = np.sign(moved) * np.maximum(np.abs(moved) - 0.05 * 0.7, 0)
        np.testing.assert_allclose(trainer.parameters[0].numpy(), expected, atol=1e-6)
    assert (trainer.parameters[0].numpy() == 0).any()


def test_a_strong_penalty_gives_true_zeros():
    trained = last(train_rbm(patterns(), Bernoulli(), 3, settings(l1=5.0, epochs=5), np.random.default_rng(1)))
    assert (trained.weights == 0).all()


def test_the_same_seed_gives_the_same_bits_and_another_seed_does_not():
    runs = [last(train_rbm(patterns(), Bernoulli(), 3, settings(epochs=3), np.random.default_rng(seed))).weights for seed in (1, 1, 2)]
    assert (runs[0] == runs[1]).all()
    assert (runs[0] != runs[2]).any()


def test_divergence_is_one_clear_error():
    data = 1000 * np.random.default_rng(0).normal(size=(110, 7)).astype(np.float32)
    with pytest.raises(
        JobError, match=r"diverged: reconstruction error (inf|nan) or infinite weights in epoch \d+ of 60 at learning_rate 10"
    ):
        last(train_rbm(data, Gaussian(1.0), 3, settings(learning_rate=10.0), np.random.default_rng(0)))
