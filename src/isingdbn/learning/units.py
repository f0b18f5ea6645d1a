"""Kinds of units of a restricted Boltzmann machine, as small types with one interface.

A machine with visible v, hidden h, weights W (visible, hidden) and biases b, c has the energy

    E(v, h) = U_b(v) + U_c(h) - s(v)ᵀ W h,

where the kind of the visible units decides the self energy U and the statistic s that couples to W.
"""

from dataclasses import dataclass

import tensorflow as tf

__all__ = ["Bernoulli", "Gaussian"]


@dataclass(frozen=True)
class Bernoulli:
    """Units in {0, 1}: U_b(v) = -b·v and s(v) = v."""

    def statistic(self, values: tf.Tensor) -> tf.Tensor:
        """What couples to the weights; shape as ``values``."""
        return values

    def energy(self, values: tf.Tensor, bias: tf.Tensor) -> tf.Tensor:
        """Self energy of each row of ``values`` (sample, unit), shape (sample,)."""
        return -tf.linalg.matvec(values, bias)

    def bias_gradient(self, values: tf.Tensor, bias: tf.Tensor) -> tf.Tensor:  # noqa: ARG002 - one interface for all units
        """-∂U/∂bias, shape as ``values``."""
        return values

    def mean(self, inputs: tf.Tensor, bias: tf.Tensor) -> tf.Tensor:
        """Conditional mean given the inputs from the other layer (sample, unit)."""
        return tf.sigmoid(inputs + bias)

    def sample(self, mean: tf.Tensor, seed: tf.Tensor) -> tf.Tensor:
        """A draw with the given conditional mean; ``seed`` is of shape (2,), int64."""
        return tf.cast(tf.random.stateless_uniform(tf.shape(mean), seed, dtype=mean.dtype) < mean, mean.dtype)

    def cumulant(self, inputs: tf.Tensor, bias: tf.Tensor) -> tf.Tensor:
        """Log Σ_h exp(h·(inputs + bias)) for each row, shape (sample,)."""
        return tf.reduce_sum(tf.nn.softplus(inputs + bias), axis=-1)


@dataclass(frozen=True)
class Gaussian:
    """Real visible units of standard deviation σ: U_b(v) = |v - b|²/2σ² and s(v) = v/σ², so that v | h ~ N(b + W h, σ²)."""

    sigma: float

    def statistic(self, values: tf.Tensor) -> tf.Tensor:
        """What couples to the weights; shape as ``values``."""
        return values / self.sigma**2

    def energy(self, values: tf.Tensor, bias: tf.Tensor) -> tf.Tensor:
        """Self energy of each row of ``values`` (sample, unit), shape (sample,)."""
        return tf.reduce_sum((values - bias) ** 2, axis=-1) / (2 * self.sigma**2)

    def bias_gradient(self, values: tf.Tensor, bias: tf.Tensor) -> tf.Tensor:
        """-∂U/∂bias, shape as ``values``."""
        return (values - bias) / self.sigma**2

    def mean(self, inputs: tf.Tensor, bias: tf.Tensor) -> tf.Tensor:
        """Conditional mean given the inputs from the other layer (sample, unit)."""
        return inputs + bias

    def sample(self, mean: tf.Tensor, seed: tf.Tensor) -> tf.Tensor:
        """A draw with the given conditional mean; ``seed`` is of shape (2,), int64."""
        return mean + self.sigma * tf.random.stateless_normal(tf.shape(mean), seed, dtype=mean.dtype)
