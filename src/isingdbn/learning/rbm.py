"""The restricted Boltzmann machine: its conditionals, energies and the gradient of its free energy."""

from dataclasses import dataclass

import tensorflow as tf

from isingdbn.learning.units import Bernoulli, Gaussian

__all__ = ["RBM"]


@dataclass(frozen=True)
class RBM:
    """A machine of ``visible`` and Bernoulli hidden units (Hinton 2012, A practical guide to training RBMs).

    Parameters
    ----------
    visible, hidden : the kinds of units.
    weights : (visible, hidden). visible_bias : (visible,). hidden_bias : (hidden,).
    """

    visible: Gaussian | Bernoulli
    hidden: Bernoulli
    weights: tf.Tensor
    visible_bias: tf.Tensor
    hidden_bias: tf.Tensor

    def mean_h_from_v(self, v: tf.Tensor) -> tf.Tensor:
        """⟨h | v⟩, shape (sample, hidden)."""
        return self.hidden.mean(self.visible.statistic(v) @ self.weights, self.hidden_bias)

    def sample_h_from_v(self, v: tf.Tensor, seed: tf.Tensor) -> tf.Tensor:
        """A draw of h given v, shape (sample, hidden)."""
        return self.hidden.sample(self.mean_h_from_v(v), seed)

    def mean_v_from_h(self, h: tf.Tensor) -> tf.Tensor:
        """⟨v | h⟩, shape (sample, visible)."""
        return self.visible.mean(tf.matmul(h, self.weights, transpose_b=True), self.visible_bias)

    def sample_v_from_h(self, h: tf.Tensor, seed: tf.Tensor) -> tf.Tensor:
        """A draw of v given h, shape (sample, visible)."""
        return self.visible.sample(self.mean_v_from_h(h), seed)

    def energy(self, v: tf.Tensor, h: tf.Tensor) -> tf.Tensor:
        """E(v, h) of each row, shape (sample,)."""
        coupling = tf.reduce_sum((self.visible.statistic(v) @ self.weights) * h, axis=-1)
        return self.visible.energy(v, self.visible_bias) + self.hidden.energy(h, self.hidden_bias) - coupling

    def free_energy(self, v: tf.Tensor) -> tf.Tensor:
        """F(v) = -log Σ_h exp(-E(v, h)) of each row, shape (sample,)."""
        cumulant = self.hidden.cumulant(self.visible.statistic(v) @ self.weights, self.hidden_bias)
        return self.visible.energy(v, self.visible_bias) - cumulant

    def free_energy_gradient(self, v: tf.Tensor, mean_h: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor, tf.Tensor]:
        """-∂F/∂(weights, visible_bias, hidden_bias), averaged over the rows of ``v``, given ``mean_h`` = ⟨h | v⟩."""
        samples = tf.cast(tf.shape(v)[0], v.dtype)
        weights = tf.matmul(self.visible.statistic(v), mean_h, transpose_a=True) / samples
        visible_bias = tf.reduce_mean(self.visible.bias_gradient(v, self.visible_bias), axis=0)
        return weights, visible_bias, tf.reduce_mean(mean_h, axis=0)
