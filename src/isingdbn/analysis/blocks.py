"""How much a receptive field is a block, as block-spin renormalization has it.

``fields`` are arrays (unit, height, width) of which no unit is zero; sites are those of a torus.
"""

import numpy as np
from scipy.ndimage import uniform_filter

from isingdbn.analysis.metric import metric
from isingdbn.analysis.modes import principal_overlap
from isingdbn.analysis.strength import scaled

__all__ = ["block_cosine_2", "block_cosine_4", "block_cosine_8", "block_overlap"]


@metric("squared cosine with the best 2×2 block", local="higher")
def block_cosine_2(fields: np.ndarray) -> np.ndarray:
    """That of `block_cosine` with blocks of 2×2."""
    return block_cosine(fields, 2)


@metric("squared cosine with the best 4×4 block", local="higher")
def block_cosine_4(fields: np.ndarray) -> np.ndarray:
    """That of `block_cosine` with blocks of 4×4."""
    return block_cosine(fields, 4)


@metric("squared cosine with the best 8×8 block", local="higher")
def block_cosine_8(fields: np.ndarray) -> np.ndarray:
    """That of `block_cosine` with blocks of 8×8."""
    return block_cosine(fields, 8)


@metric("overlap with the space of 8×8 blocks", local="higher", of_layer=True)
def block_overlap(fields: np.ndarray) -> float:
    """Mean squared cosine of the principal angles between the fields of a layer and
    the 8×8 blocks that tile the lattice from its first site; not a number where they do not tile
    it. Perfect blocks that lie elsewhere have less, 0.25 to 1.
    """
    height, width = fields.shape[1:]
    if height % 8 or width % 8:
        return np.nan
    y, x = np.arange(height)[:, None] // 8, np.arange(width) // 8
    block = (y * (width // 8) + x).ravel()
    tiles = np.equal(block, np.arange(block.max() + 1)[:, None]).astype(np.float64)
    return principal_overlap(fields.reshape(len(fields), -1), tiles)


def block_cosine(fields: np.ndarray, side: int) -> np.ndarray:
    """(Σ_block w)² / (side² Σ w²) at the best place of the block: 1 for a uniform block,
    not a number where the lattice is smaller than the block.
    """
    if side > min(fields.shape[1:]):
        return np.full(len(fields), np.nan)
    fields = scaled(fields)
    means = uniform_filter(fields, size=(1, side, side), mode="wrap")
    best = np.max(means**2, axis=(1, 2)) * side**2
    return best / np.sum(fields**2, axis=(1, 2))
