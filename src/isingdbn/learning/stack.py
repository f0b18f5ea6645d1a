"""From a greedy stack of machines to the autoencoder that fine-tuning starts from. NumPy alone."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

__all__ = [
    "CALIBRATION_LATTICES",
    "MEANS",
    "StackLayer",
    "copy_unrolled",
    "hidden_means",
    "reconstruct",
    "unroll",
]

Layers = list[tuple[np.ndarray, np.ndarray]]  # pairs of weights and biases

CALIBRATION_LATTICES = 2000


def _sigmoid(field: np.ndarray) -> np.ndarray:
    return 0.5 * (1 + np.tanh(0.5 * field))


def _count(field: np.ndarray) -> np.ndarray:
    slope = _sigmoid(field) * _sigmoid(-field)
    return np.logaddexp(0, field) - slope / 24 + 7 / 5760 * slope * (1 - 6 * slope)


def _cut_normal(field: np.ndarray) -> np.ndarray:
    """Mills' ratio in the shape that neither overflows nor cancels: below -12.5
    by its continued fraction.
    """
    near, far = (
        np.maximum(field, -12.5).astype(np.float64),
        np.minimum(field, -12.5).astype(np.float64),
    )
    ratio = (
        np.exp(-0.5 * near**2)
        * math.sqrt(2 / math.pi)
        / np.vectorize(math.erfc, otypes=[float])(-near / math.sqrt(2))
    )
    tail = -1 / far * (1 - 2 / far**2 + 10 / far**4)
    return np.where(field > -12.5, near + ratio, tail).astype(field.dtype)


# The conditional mean of a unit of each kind, as a function of input and bias together;
# `units` has the same in TensorFlow.
MEANS: dict[str, Callable[[np.ndarray], np.ndarray]] = {
    "bernoulli": _sigmoid,
    "spin": np.tanh,
    "gaussian": lambda field: field,
    "relu": _count,
    "truncated_gaussian": _cut_normal,
}


@dataclass(frozen=True)
class StackLayer:
    """One trained machine of a stack.

    Parameters
    ----------
    weights : (visible, hidden). visible_bias : (visible,). hidden_bias : (hidden,).
    sigma : σ of the visible units, one number or (visible,), where they
        are Gaussian; None elsewhere.
    visible, hidden : the kinds of the units.
    """

    weights: np.ndarray
    visible_bias: np.ndarray
    hidden_bias: np.ndarray
    sigma: np.ndarray | float | None = None
    visible: str = "bernoulli"
    hidden: str = "bernoulli"

    @property
    def input_weights(self) -> np.ndarray:
        """What a visible value is multiplied with on the way to a hidden unit:
        W, or W/σ² for Gaussian visible units.
        """
        return (
            self.weights
            if self.sigma is None
            else self.weights / np.reshape(self.sigma, (-1, 1)).astype(self.weights.dtype) ** 2
        )

    @property
    def upwards(self) -> tuple[np.ndarray, np.ndarray, Callable[[np.ndarray], np.ndarray]]:
        """What values pass through on the way up: weights, biases and the mean of a unit."""
        return self.input_weights, self.hidden_bias, MEANS[self.hidden]

    def hidden_mean(self, values: np.ndarray) -> np.ndarray:
        """⟨h | v⟩ (sample, hidden) of ``values`` (sample, visible)."""
        return MEANS[self.hidden](values @ self.input_weights + self.hidden_bias)

    def visible_mean(self, hidden: np.ndarray) -> np.ndarray:
        """⟨v | h⟩ (sample, visible) of ``hidden`` (sample, hidden)."""
        return MEANS[self.visible](hidden @ self.weights.T + self.visible_bias)


def hidden_means(values: np.ndarray, stack: Sequence[StackLayer]) -> np.ndarray:
    """Pass ``values`` (sample, pixel) up through the conditional means of all layers;
    float32 (sample, hidden of the last).
    """
    means = values.astype(np.float32)
    for layer in stack:
        means = layer.hidden_mean(means)
    return means


def reconstruct(values: np.ndarray, stack: Sequence[StackLayer]) -> np.ndarray:
    """Pass ``values`` (sample, pixel) up and down again through
    the conditional means, same shape.
    """
    means = hidden_means(values, stack)
    for layer in reversed(stack):
        means = layer.visible_mean(means)
    return means


def copy_unrolled(stack: Sequence[StackLayer]) -> tuple[Layers, Layers]:
    """Encoder and decoder with the stack's weights as they are, σ left out, and decoder
    biases of 0.1: blackecho's way.
    """
    encoder = [(layer.weights, layer.hidden_bias) for layer in stack]
    return (
        encoder,
        [
            (weights.T, np.full(len(weights), 0.1, weights.dtype))
            for weights, _ in reversed(encoder)
        ],
    )


def unroll(stack: Sequence[StackLayer], lattices: np.ndarray) -> tuple[Layers, Layers]:
    """Encoder and decoder, as pairs of weights and biases, that do what
    the stack's mean field does.

    The stack has sigmoids where the autoencoder has ReLU (encoder) and tanh (decoder).
    On the way down the change is exact, σ(x) = (1 + tanh(x/2))/2, apart from the last layer's tanh.
    On the way up it cannot be: each ReLU unit is scaled, weights and bias alike,
    down to the mean over ``lattices`` (sample, pixel), of which `CALIBRATION_LATTICES` are enough,
    of the sigmoid unit which it replaces. A unit whose mean is below that is left as it is, since
    a dead one would be amplified without bound. The shape of a receptive field does not change;
    without the scaling the ReLU code is tens of times too large and saturates the decoder.
    """
    encoder: Layers = []
    decoder: Layers = []
    activity = means = lattices.astype(np.float32)
    for depth, layer in enumerate(stack):
        means = hidden_means(means, [layer])
        rectified = np.maximum(activity @ layer.input_weights + layer.hidden_bias, 0)
        mean = rectified.mean(axis=0)
        scale = np.minimum(
            means.mean(axis=0) / np.maximum(mean, np.finfo(np.float32).tiny), 1
        ).astype(np.float32)
        activity = rectified * scale
        encoder.append((layer.input_weights * scale, layer.hidden_bias * scale))
        weights, bias = layer.weights.T, layer.visible_bias
        if layer is not stack[-1]:  # its input is a tanh in (-1, 1) for a sigmoid in (0, 1)
            weights, bias = weights / 2, bias + weights.sum(axis=0) / 2
        if depth > 0:  # its output is tanh(x/2) for sigmoid(x)
            weights, bias = weights / 2, bias / 2
        decoder.insert(0, (weights, bias))
    return encoder, decoder
