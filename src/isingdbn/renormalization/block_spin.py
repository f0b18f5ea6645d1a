"""Blocks of spins (Kadanoff, Physics 2, 263 (1966))."""

import numpy as np

__all__ = ["block_mean"]


def block_mean(spins: np.ndarray, block: int) -> np.ndarray:
    """The mean spin of each ``block`` × ``block`` square, laid over its own sites.

    It is the best reconstruction, in squared error, from one number a block.
    Where ``block`` does not divide a side, the last blocks are narrower.

    Parameters
    ----------
    spins : (sample, y, x).

    Returns
    -------
    float64 of the same shape, constant within each block.
    """
    mean = spins.astype(np.float64)
    for axis in (1, 2):
        starts = np.arange(0, spins.shape[axis], block)
        widths = np.diff(np.append(starts, spins.shape[axis]))
        sums = np.add.reduceat(mean, starts, axis=axis)
        mean = np.repeat(
            sums / np.expand_dims(widths, tuple({0, 1, 2} - {axis})), widths, axis=axis
        )
    return mean
