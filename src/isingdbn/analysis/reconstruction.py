"""Reconstruction errors, and principal components as the best linear code to compare with."""

from collections.abc import Iterable
from typing import Any

import numpy as np

__all__ = ["PrincipalComponents", "squared_error"]


def squared_error(lattices: np.ndarray, reconstructions: np.ndarray) -> np.ndarray:
    """Mean squared error a pixel of each lattice, shape (sample,);
    both arguments are (sample, …).
    """
    difference = (reconstructions - lattices).reshape(lattices.shape[0], -1)
    return np.mean(difference.astype(np.float64) ** 2, axis=1)


class PrincipalComponents:
    """The linear code of ``components`` numbers with the least squared error
    on the lattices that it is fitted to.

    Parameters
    ----------
    blocks : the training lattices, arrays (sample, pixel) that are taken one after the other.
        Products within a block are summed in float32, which for spins
        is exact, and blocks in float64.
    components : length of the code.
    """

    def __init__(self, blocks: Iterable[np.ndarray], components: int) -> None:
        samples = 0
        total: Any = 0.0
        products: Any = 0.0
        for block in blocks:
            values = block.astype(np.float32)
            samples += len(values)
            total += values.sum(axis=0, dtype=np.float64)
            products += (values.T @ values).astype(np.float64)
        mean = total / samples
        _, vectors = np.linalg.eigh(products / samples - np.outer(mean, mean))
        self.mean = mean.astype(np.float32)
        self.axes = vectors[:, ::-1][:, :components].astype(np.float32)

    def reconstruct(self, lattices: np.ndarray) -> np.ndarray:
        """Projections of ``lattices`` (sample, pixel) onto the components, same shape."""
        return (lattices - self.mean) @ self.axes @ self.axes.T + self.mean
