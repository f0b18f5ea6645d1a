"""Training one restricted Boltzmann machine by contrastive divergence (Hinton 2002), one graph-mode call an epoch."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import tensorflow as tf

from isingdbn.errors import JobError
from isingdbn.learning.rbm import RBM
from isingdbn.learning.units import Bernoulli, Gaussian
from isingdbn.parameters.pretraining import Pretraining

__all__ = ["ContrastiveDivergence", "TrainedRBM", "train_rbm"]


@dataclass(frozen=True)
class TrainedRBM:
    """Weights (visible, hidden) and biases as float32 arrays, and the reconstruction error of each epoch."""

    weights: np.ndarray
    visible_bias: np.ndarray
    hidden_bias: np.ndarray
    reconstruction_error: np.ndarray


class ContrastiveDivergence(tf.Module):
    """CD-k with momentum and a proximal L1 step.

    With the positive and negative free-energy gradients g⁺ and g⁻, a step is

        Δ ← momentum Δ + lr (g⁺ - g⁻),   W ← S(W + Δ_W, lr λ),   b ← b + Δ_b,   c ← c + Δ_c,

    where S(w, t) = sign(w) max(|w| - t, 0) shrinks towards zero, so that unused weights are exactly zero. Momentum multiplies
    the gradient's part of a step by 1/(1 - momentum) in the long run, and the shrinking not: what is minimized is
    -log p + λ_eff Σ|W| with λ_eff = (1 - momentum) λ.
    """

    def __init__(self, visible: Gaussian | Bernoulli, initial_weights: np.ndarray, settings: Pretraining) -> None:
        super().__init__()
        visible_units, hidden_units = initial_weights.shape
        self.settings = settings
        self.units = visible
        self.parameters = [
            tf.Variable(initial_weights, dtype=tf.float32),
            tf.Variable(tf.zeros(visible_units)),
            tf.Variable(tf.zeros(hidden_units)),
        ]
        self.steps = [tf.Variable(tf.zeros_like(parameter)) for parameter in self.parameters]

    @property
    def rbm(self) -> RBM:
        """The machine with the present parameters."""
        return RBM(self.units, Bernoulli(), *self.parameters)

    def negative_phase(self, rbm: RBM, mean_h: tf.Tensor, seed: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
        """Fantasy particles (sample, visible) after k Gibbs steps from the data, and the mean of the first step's v."""
        first_mean = mean_v = rbm.mean_v_from_h(rbm.hidden.sample(mean_h, seed))
        for step in range(1, self.settings.gibbs_steps):
            v = rbm.visible.sample(mean_v, seed + tf.constant([0, 2 * step - 1], tf.int64))
            mean_v = rbm.mean_v_from_h(rbm.sample_h_from_v(v, seed + tf.constant([0, 2 * step], tf.int64)))
        return rbm.visible.sample(mean_v, seed + tf.constant([0, 2 * self.settings.gibbs_steps - 1], tf.int64)), first_mean

    def step(self, v: tf.Tensor, seed: tf.Tensor) -> tf.Tensor:
        """One gradient step on a minibatch ``v`` (sample, visible); returns the mean squared reconstruction error a unit."""
        rbm = self.rbm
        mean_h = rbm.mean_h_from_v(v)
        fantasy, reconstruction = self.negative_phase(rbm, mean_h, seed)
        data = rbm.free_energy_gradient(v, mean_h)
        model = rbm.free_energy_gradient(fantasy, rbm.mean_h_from_v(fantasy))
        rate, momentum = self.settings.learning_rate, self.settings.momentum
        for parameter, step, positive, negative in zip(self.parameters, self.steps, data, model, strict=True):
            step.assign(momentum * step + rate * (positive - negative))
            parameter.assign_add(step)
        weights = self.parameters[0]
        weights.assign(tf.sign(weights) * tf.nn.relu(tf.abs(weights) - rate * self.settings.l1))
        return tf.reduce_mean((reconstruction - v) ** 2)

    @tf.function
    def epoch(self, data: tf.Tensor, order: tf.Tensor, seed: tf.Tensor) -> tf.Tensor:
        """Go once through ``data`` (sample, visible) in the minibatches of ``order`` (batch, sample in batch).

        Returns the mean squared reconstruction error a unit, averaged over the minibatches.
        """
        error = tf.constant(0.0)
        for batch in tf.range(tf.shape(order)[0]):
            v = tf.cast(tf.gather(data, order[batch]), tf.float32)
            error += self.step(v, seed + tf.stack([tf.cast(batch, tf.int64), tf.constant(0, tf.int64)]))
        return error / tf.cast(tf.shape(order)[0], tf.float32)


def train_rbm(
    data: np.ndarray, visible: Gaussian | Bernoulli, hidden_units: int, settings: Pretraining, rng: np.random.Generator
) -> Iterator[TrainedRBM]:
    """Train a machine on ``data`` (sample, visible), any real type; yields it after every epoch.

    A last minibatch that is not full is left out of its epoch; every epoch has its own random order.

    Raises
    ------
    JobError : the reconstruction error became infinite or not a number.
    """
    initial = rng.normal(0, settings.initial_scale, (data.shape[1], hidden_units))
    trainer = ContrastiveDivergence(visible, initial, settings)
    data = tf.constant(data)
    batches = data.shape[0] // settings.minibatch
    errors = []
    for epoch in range(settings.epochs):
        order = rng.permutation(data.shape[0])[: batches * settings.minibatch].reshape(batches, -1)
        seed = rng.integers(0, 2**62, size=2)
        errors.append(float(trainer.epoch(data, tf.constant(order), tf.constant(seed))))
        finite = tf.reduce_all([tf.reduce_all(tf.math.is_finite(parameter)) for parameter in trainer.parameters])
        if not (np.isfinite(errors[-1]) and finite):
            raise JobError(
                f"pre-training diverged: reconstruction error {errors[-1]} or infinite weights in epoch {epoch + 1} of {settings.epochs} at"
                f" learning_rate {settings.learning_rate}; a smaller learning_rate or initial_scale keeps it finite"
            )
        yield TrainedRBM(*(parameter.numpy() for parameter in trainer.parameters), np.array(errors))
