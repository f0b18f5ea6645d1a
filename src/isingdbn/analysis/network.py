"""Forward passes of a stack given as arrays."""

from collections.abc import Callable

import numpy as np

__all__ = ["Layer", "activations", "decode", "relu", "sigmoid"]

Layer = tuple[np.ndarray, np.ndarray]  # weights (units below, units above), biases (units above)


def sigmoid(inputs: np.ndarray) -> np.ndarray:
    """Mean of a Bernoulli unit with the given inputs."""
    return 0.5 * (1 + np.tanh(0.5 * inputs))


def relu(inputs: np.ndarray) -> np.ndarray:
    """Rectified linear unit."""
    return np.maximum(inputs, 0)


def activations(values: np.ndarray, layers: list[Layer], nonlinearity: Callable[[np.ndarray], np.ndarray]) -> list[np.ndarray]:
    """The activations of every layer, each (sample, units), for ``values`` (sample, units of the lowest layer)."""
    results = []
    for weights, bias in layers:
        values = nonlinearity(values @ weights + bias)
        results.append(values)
    return results


def decode(code: np.ndarray, layers: list[Layer]) -> np.ndarray:
    """Reconstruction (sample, pixel) by the tanh ``layers`` from ``code`` (sample, units)."""
    return activations(code, layers, np.tanh)[-1]
