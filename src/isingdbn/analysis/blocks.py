"""How much a receptive field is a block, as block-spin renormalization has it.

``fields`` are arrays (unit, height, width) of which no unit is zero; sites are those of a torus.
"""

import numpy as np
from scipy.ndimage import uniform_filter

from isingdbn.analysis.metric import metric
from isingdbn.analysis.modes import orthonormal
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
    the 8×8 blocks that tile the lattice, laid where it is largest; not a number where they do not
    tile it.
    """
    height, width = fields.shape[1:]
    if height % 8 or width % 8:
        return np.nan
    basis = orthonormal(fields.reshape(len(fields), -1)).reshape(-1, height, width)
    with_block = uniform_filter(basis, size=(1, 8, 8), mode="wrap") * 8  # of unit length, anywhere
    by_place = np.sum(with_block**2, axis=0).reshape(height // 8, 8, width // 8, 8).sum(axis=(0, 2))
    return float(by_place.max() / min(len(basis), height * width // 64))


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
