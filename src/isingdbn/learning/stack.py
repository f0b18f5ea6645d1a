"""From a greedy stack of machines to the autoencoder that fine-tuning starts from."""

from dataclasses import dataclass

import numpy as np

__all__ = ["StackLayer", "hidden_means", "unroll"]

CALIBRATION_LATTICES = 2000


@dataclass(frozen=True)
class StackLayer:
    """One trained machine of a stack: weights (visible, hidden), visible_bias, hidden_bias, and σ where it has Gaussian visible units."""

    weights: np.ndarray
    visible_bias: np.ndarray
    hidden_bias: np.ndarray
    sigma: float | None

    @property
    def input_weights(self) -> np.ndarray:
        """What a visible value is multiplied with on the way to a hidden unit: W, or W/σ² for Gaussian visible units."""
        return self.weights if self.sigma is None else self.weights / self.sigma**2


def hidden_means(values: np.ndarray, stack: list[StackLayer]) -> np.ndarray:
    """Pass ``values`` (sample, pixel) up through the conditional means of all layers; float32 (sample, hidden of the last)."""
    means = values.astype(np.float32)
    for layer in stack:
        means = 0.5 * (1 + np.tanh(0.5 * (means @ layer.input_weights + layer.hidden_bias)))
    return means


def unroll(
    stack: list[StackLayer], lattices: np.ndarray
) -> tuple[list[tuple[np.ndarray, np.ndarray]], list[tuple[np.ndarray, np.ndarray]]]:
    """Encoder and decoder, as pairs of weights and biases, that do what the stack's mean field does.

    The stack has sigmoids where the autoencoder has ReLU (encoder) and tanh (decoder). On the way down the change is exact,
    σ(x) = (1 + tanh(x/2))/2, apart from the last layer's tanh. On the way up it cannot be: each ReLU unit is scaled, weights
    and bias alike, down to the mean over ``lattices`` (sample, pixel) of the sigmoid unit which it replaces. A unit whose mean
    is below that is left as it is, since a dead one would be amplified without bound. The shape of a receptive field does not
    change; without the scaling the ReLU code is tens of times too large and saturates the decoder.
    """
    encoder, decoder = [], []
    activity = means = lattices[:CALIBRATION_LATTICES].astype(np.float32)
    for depth, layer in enumerate(stack):
        means = hidden_means(means, [layer])
        rectified = np.maximum(activity @ layer.input_weights + layer.hidden_bias, 0)
        mean = rectified.mean(axis=0)
        scale = np.minimum(means.mean(axis=0) / np.maximum(mean, np.finfo(np.float32).tiny), 1).astype(np.float32)
        activity = rectified * scale
        encoder.append((layer.input_weights * scale, layer.hidden_bias * scale))
        weights, bias = layer.weights.T, layer.visible_bias
        if layer is not stack[-1]:  # its input is a tanh in (-1, 1) for a sigmoid in (0, 1)
            weights, bias = weights / 2, bias + weights.sum(axis=0) / 2
        if depth > 0:  # its output is tanh(x/2) for sigmoid(x)
            weights, bias = weights / 2, bias / 2
        decoder.insert(0, (weights, bias))
    return encoder, decoder
