"""How strong the weights of receptive fields (unit, height, width) are, beside the largest
of their own unit, which is not zero.
"""

import numpy as np

__all__ = ["scaled", "strong"]


def scaled(fields: np.ndarray) -> np.ndarray:
    """Fields whose largest |w| is 1, so that the squares of small weights do not vanish;
    float64, shape as ``fields``.
    """
    return (fields / np.abs(fields).max(axis=(1, 2), keepdims=True)).astype(np.float64)


def strong(fields: np.ndarray, fraction: float) -> np.ndarray:
    """Which sites have |w| of at least a ``fraction`` of the unit's largest; bool, same shape."""
    size = np.abs(fields)
    return size >= fraction * size.max(axis=(1, 2), keepdims=True)
