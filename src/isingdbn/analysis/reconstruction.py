"""Reconstruction errors, and principal components as the best linear code to compare with."""

import numpy as np

__all__ = ["PrincipalComponents", "squared_error"]


def squared_error(lattices: np.ndarray, reconstructions: np.ndarray) -> np.ndarray:
    """Mean squared error a pixel of each lattice, shape (sample,); both arguments are (sample, …)."""
    difference = (reconstructions - lattices).reshape(lattices.shape[0], -1)
    return np.mean(difference.astype(np.float64) ** 2, axis=1)


class PrincipalComponents:
    """The linear code of ``components`` numbers with the least squared error on the lattices that it is fitted to.

    Parameters
    ----------
    lattices : (sample, pixel), the training lattices.
    components : length of the code.
    """

    def __init__(self, lattices: np.ndarray, components: int) -> None:
        values = lattices.astype(np.float32)
        self.mean = values.mean(axis=0)
        values -= self.mean
        _, vectors = np.linalg.eigh(values.T @ values / len(values))
        self.axes = vectors[:, ::-1][:, :components]

    def reconstruct(self, lattices: np.ndarray) -> np.ndarray:
        """Projections of ``lattices`` (sample, pixel) onto the components, same shape."""
        return (lattices - self.mean) @ self.axes @ self.axes.T + self.mean
