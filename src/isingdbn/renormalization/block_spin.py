"""Blocks of spins (Kadanoff, Physics 2, 263 (1966)).

The rules `majority`, `decimation` and `kadanoff` take lattices (sample, y, x) of spins
in {-1, +1} and give the block spins (sample, y / block, x / block), int8 in {-1, +1}. They raise
InputError where ``block`` does not divide both sides. A rule that draws takes equally many numbers
for each lattice, so its result does not depend on how lattices are grouped into calls.
"""

from collections.abc import Callable
from typing import Any

import numpy as np

from isingdbn.errors import InputError

__all__ = ["Rule", "block_mean", "decimation", "kadanoff", "majority", "require_tiling"]

# of spins, block and the keyword random, as partial(kadanoff, p=1.0)
Rule = Callable[..., np.ndarray]
Spins = np.ndarray[tuple[int, int, int], np.dtype[Any]]


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


def majority(spins: Spins, block: int, random: np.random.Generator) -> np.ndarray:
    """The sign of most spins of each block; a tie takes either sign with probability ½.

    Where ties are possible, that is for even ``block``, a lattice takes one bit a block, in whole
    64-bit words.
    """
    sums = _block_sums(spins, block)
    signs = np.where(sums > 0, np.int8(1), np.int8(-1))
    if block % 2 == 0:
        signs = np.where(sums == 0, _random_signs(sums.shape, random), signs)
    return signs


def decimation(
    spins: Spins,
    block: int,
    random: np.random.Generator | None = None,  # noqa: ARG001 - one interface for all rules
) -> np.ndarray:
    """The first site of each block; nothing is drawn."""
    require_tiling(*spins.shape[1:], block)
    return spins[:, ::block, ::block].astype(np.int8)


def kadanoff(spins: Spins, block: int, p: float, random: np.random.Generator) -> np.ndarray:
    """A block spin of +1 with probability 1/(1 + exp(-2p Σ v)), Σ v that of its spins
    (Kadanoff, Houghton and Yalabik 1976); `majority` for p → ∞.
    """
    sums = _block_sums(spins, block)
    # at most e^700, which is as good as infinite
    up = 1 / (1 + np.exp(np.minimum(-2 * p * sums, 700.0)))
    return np.where(random.random(sums.shape) < up, np.int8(1), np.int8(-1))


def require_tiling(height: int, width: int, block: int) -> None:
    """Raise InputError where blocks of side ``block`` do not tile the lattice."""
    if block < 1 or height % block or width % block:
        raise InputError(f"block: {block} does not divide the sides of {height}x{width} lattices")


def _block_sums(spins: Spins, block: int) -> np.ndarray:
    """Σ v of each block, int32 of shape (sample, y / block, x / block)."""
    require_tiling(*spins.shape[1:], block)
    rows = np.zeros((len(spins), spins.shape[1] // block, spins.shape[2]), np.int32)
    for y in range(block):
        rows += spins[:, y::block]
    sums: Any = sum(rows[:, :, x::block] for x in range(block))
    return sums


def _random_signs(shape: tuple[int, int, int], random: np.random.Generator) -> np.ndarray:
    """Independent signs, int8 of ``shape`` (sample, y, x), from whole words of each sample."""
    samples, bits = shape[0], shape[1] * shape[2]
    words = random.integers(2**64, size=(samples, -(-bits // 64)), dtype=np.uint64)
    drawn = np.unpackbits(words.astype("<u8").view(np.uint8), axis=1, count=bits)
    return (2 * drawn.astype(np.int8) - 1).reshape(shape)
