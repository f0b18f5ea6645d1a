"""Forward passes of a stack given as arrays."""

from collections.abc import Callable

import numpy as np

__all__ = ["Layer", "activations", "relu"]

# weights (below, above), biases (above), nonlinearity
Layer = tuple[np.ndarray, np.ndarray, Callable[[np.ndarray], np.ndarray]]


def relu(inputs: np.ndarray) -> np.ndarray:
    """Rectified linear unit."""
    return np.maximum(inputs, 0)


def activations(values: np.ndarray, layers: list[Layer]) -> list[np.ndarray]:
    """The activations of every layer, each (sample, units), for ``values``
    (sample, units of the lowest layer).
    """
    results = []
    for weights, bias, nonlinearity in layers:
        values = nonlinearity(values @ weights + bias)
        results.append(values)
    return results
