"""The restricted Boltzmann machine: its conditionals, energies
and the gradient of its free energy.
"""

from dataclasses import dataclass, replace

import tensorflow as tf

from isingdbn.learning.units import Units

__all__ = ["OPERANDS", "RBM", "product"]

# What a configuration's `precision` means for `product`.
OPERANDS: dict[str, tf.DType | None] = {"float32": None, "bfloat16": tf.bfloat16}


def product(a: tf.Tensor, b: tf.Tensor, operands: tf.DType | None, **transposed: bool) -> tf.Tensor:
    """Matrix product of ``a`` and ``b``, as they are or with both and the result rounded
    to the type ``operands``; of the type of ``a``.
    """
    if operands is not None:
        return tf.cast(tf.matmul(tf.cast(a, operands), tf.cast(b, operands), **transposed), a.dtype)
    # TensorFlow's product of stacks of matrices, here of one, is a fifth faster for this shape
    if transposed.get("transpose_b"):
        return tf.matmul(a[None], b[None], **transposed)[0]
    return tf.matmul(a, b, **transposed)


@dataclass(frozen=True)
class RBM:
    """A machine of ``visible`` and ``hidden`` units of any two kinds (Hinton 2012,
    A practical guide to training RBMs).

    Parameters
    ----------
    visible, hidden : the kinds of units.
    weights : (visible, hidden). visible_bias : (visible,). hidden_bias : (hidden,).
    beta : inverse temperature that multiplies weights and biases: a number, or (sample, 1)
        where rows differ in it. At zero the units are independent.
    operands : type to which operands and results of matrix products are rounded, or None.
    """

    visible: Units
    hidden: Units
    weights: tf.Tensor
    visible_bias: tf.Tensor
    hidden_bias: tf.Tensor
    beta: tf.Tensor | float = 1.0
    operands: tf.DType | None = None

    def tempered(self, beta: tf.Tensor | float) -> "RBM":
        """The same machine at another inverse temperature."""
        return replace(self, beta=beta)

    def inputs_h_from_v(self, v: tf.Tensor) -> tf.Tensor:
        """What the hidden units feel, shape (sample, hidden)."""
        return self._scaled(product(self.visible.statistic(v), self.weights, self.operands))

    def inputs_v_from_h(self, h: tf.Tensor) -> tf.Tensor:
        """What the visible units feel, shape (sample, visible)."""
        return self._scaled(
            product(self.hidden.statistic(h), self.weights, self.operands, transpose_b=True)
        )

    def mean_h_from_v(self, v: tf.Tensor) -> tf.Tensor:
        """⟨h | v⟩, shape (sample, hidden)."""
        return self.hidden.mean(self.inputs_h_from_v(v), self._scaled(self.hidden_bias))

    def sample_h_from_v(self, v: tf.Tensor, noise: tf.Tensor) -> tf.Tensor:
        """A draw of h given v from ``noise`` (sample, hidden) of the hidden units'
        kind, shape (sample, hidden).
        """
        return self.hidden.sample(self.inputs_h_from_v(v), self._scaled(self.hidden_bias), noise)

    def mean_v_from_h(self, h: tf.Tensor) -> tf.Tensor:
        """⟨v | h⟩, shape (sample, visible)."""
        return self.visible.mean(self.inputs_v_from_h(h), self._scaled(self.visible_bias))

    def sample_v_from_h(self, h: tf.Tensor, noise: tf.Tensor) -> tf.Tensor:
        """A draw of v given h from ``noise`` (sample, visible) of the visible units'
        kind, shape (sample, visible).
        """
        return self.visible.sample(self.inputs_v_from_h(h), self._scaled(self.visible_bias), noise)

    def energy(self, v: tf.Tensor, h: tf.Tensor) -> tf.Tensor:
        """E(v, h) of each row, shape (sample,)."""
        coupling = tf.reduce_sum(self.inputs_h_from_v(v) * self.hidden.statistic(h), axis=-1)
        own = self.visible.energy(v, self._scaled(self.visible_bias)) + self.hidden.energy(
            h, self._scaled(self.hidden_bias)
        )
        return own - coupling

    def free_energy(self, v: tf.Tensor) -> tf.Tensor:
        """F(v) = -log Σ_h exp(-E(v, h)) of each row, an integral where
        h is real; shape (sample,).
        """
        cumulant = self.hidden.cumulant(self.inputs_h_from_v(v), self._scaled(self.hidden_bias))
        return self.visible.energy(v, self._scaled(self.visible_bias)) - cumulant

    def hidden_log_probability(self, h: tf.Tensor) -> tf.Tensor:
        """Log Σ_v exp(-E(v, h)) of each row, an integral where v is real: log p(h) + log Z;
        shape (sample,).
        """
        cumulant = self.visible.cumulant(self.inputs_v_from_h(h), self._scaled(self.visible_bias))
        return cumulant - self.hidden.energy(h, self._scaled(self.hidden_bias))

    def free_energy_gradient(self, v: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor, tf.Tensor]:
        """-∂F/∂(weights, visible_bias, hidden_bias) at inverse temperature 1,
        averaged over the rows of ``v``.
        """
        mean_h = self.mean_h_from_v(v)
        samples = tf.cast(tf.shape(v)[0], v.dtype)
        weights = (
            tf.matmul(self.visible.statistic(v), self.hidden.statistic(mean_h), transpose_a=True)
            / samples
        )
        visible_bias = tf.reduce_mean(self.visible.bias_gradient(v, self.visible_bias), axis=0)
        return (
            weights,
            visible_bias,
            tf.reduce_mean(self.hidden.bias_gradient(mean_h, self.hidden_bias), axis=0),
        )

    def _scaled(self, values: tf.Tensor) -> tf.Tensor:
        return values if isinstance(self.beta, float) and self.beta == 1 else self.beta * values
