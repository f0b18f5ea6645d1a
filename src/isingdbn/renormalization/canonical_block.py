"""A block-spin rule that is learnt: the sum of the spins of a block, each with its weight, that
says most about the spins around the block.

Lenggenhager et al. (2020, Phys. Rev. X 10, 011037) ask the same of mutual information; here it is
the canonical correlation (Hotelling 1936, Biometrika 28, 321).

It depends on the two-point function alone. Twins of lattices, which share that, have the same rule.
"""

import numpy as np

__all__ = ["canonical_block", "two_point_function"]


def two_point_function(spins: np.ndarray) -> np.ndarray:
    """⟨s(x) s(x + r)⟩ of ``spins`` (sample, y, x) on the torus, averaged over samples, sites and
    the symmetries of the square; (height, width) by displacement.
    """
    power = np.mean(np.abs(np.fft.fft2(spins.astype(np.float64))) ** 2, axis=0)
    correlation = np.fft.ifft2(power).real / power.size
    images = [correlation, np.roll(correlation[::-1], 1, 0), np.roll(correlation[:, ::-1], 1, 1)]
    images.append(np.roll(images[1][:, ::-1], 1, 1))
    if correlation.shape[0] == correlation.shape[1]:
        images += [image.T for image in images]
    return np.mean(images, axis=0)


def canonical_block(
    correlation: np.ndarray, block: int, buffer: int, width: int
) -> tuple[np.ndarray, float]:
    """The weights of the spins of a block whose sum is correlated most with some sum of the spins
    of its environment, and that correlation.

    Parameters
    ----------
    correlation : of `two_point_function`.
    block : sites a side.
    buffer : sites between block and environment, on each side.
    width : of the environment, a square ring, in sites.

    Returns
    -------
    weights (block, block), of mean 1, and the canonical correlation, between 0 and 1.
    """
    first = buffer + width
    side = block + 2 * first
    y, x = (part.ravel() for part in np.mgrid[0:side, 0:side])
    distance = np.abs(np.stack([y, x]) - (side - 1) / 2).max(axis=0)
    inner, near = distance < block / 2, distance < block / 2 + buffer

    def covariance(some: np.ndarray, others: np.ndarray) -> np.ndarray:
        rows, columns = correlation.shape
        return correlation[
            np.subtract.outer(y[some], y[others]) % rows,
            np.subtract.outer(x[some], x[others]) % columns,
        ]

    whitened = _inverse_root(covariance(inner, inner))
    across = whitened @ covariance(inner, ~near) @ _inverse_root(covariance(~near, ~near))
    left, values, _ = np.linalg.svd(across, full_matrices=False)
    weights = (whitened @ left[:, 0]).reshape(block, block)
    return weights / weights.mean(), float(values[0])


def _inverse_root(matrix: np.ndarray) -> np.ndarray:
    """The inverse square root of a symmetric positive matrix."""
    values, vectors = np.linalg.eigh(matrix)
    return vectors / np.sqrt(values) @ vectors.T
