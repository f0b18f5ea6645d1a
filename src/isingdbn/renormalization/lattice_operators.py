"""Local operators of a spin field on a torus and their sums, fast.

An operator is the sum over all sites and all orientations of a product of spins. It is written as
one set of offsets (y, x); its other orientations follow from the rotations and reflections of
the square, and each distinct set counts once a site. So `nearest` is the sum over the two bonds of
each site, and its coupling is that of the Ising model.
"""

from functools import lru_cache

import numpy as np
from numba import njit

__all__ = ["EVEN", "ODD", "operator_sums", "orientations"]

# By range, since truncated analyses take the first few (Swendsen, Phys. Rev. Lett. 42, 859 (1979)).
EVEN: dict[str, tuple[tuple[int, int], ...]] = {
    "nearest": ((0, 0), (0, 1)),
    "next_nearest": ((0, 0), (1, 1)),
    "plaquette": ((0, 0), (0, 1), (1, 0), (1, 1)),
    "third_neighbour": ((0, 0), (0, 2)),
    "knights_move": ((0, 0), (1, 2)),
    "two_diagonals": ((0, 0), (2, 2)),
    "diamond": ((0, 1), (1, 0), (1, 2), (2, 1)),  # the four neighbours of a site
}
ODD: dict[str, tuple[tuple[int, int], ...]] = {
    "magnetization": ((0, 0),),
    "corner": ((0, 0), (0, 1), (1, 0)),
    "row": ((0, 0), (0, 1), (0, 2)),
    "diagonal_corner": ((0, 0), (1, 1), (0, 2)),
}
REACH = 2  # sites, the largest offset
LARGEST_TERM = 4  # spins


def orientations(offsets: tuple[tuple[int, int], ...]) -> list[tuple[tuple[int, int], ...]]:
    """All distinct sets of ``offsets`` under the symmetries of the square, up to translation, each
    with its least y and x at zero.
    """
    found = set()
    for mirrored in (offsets, tuple((y, -x) for y, x in offsets)):
        turned = mirrored
        for _ in range(4):
            turned = tuple((x, -y) for y, x in turned)
            top, left = (min(column) for column in zip(*turned, strict=True))
            found.add(tuple(sorted((y - top, x - left) for y, x in turned)))
    return sorted(found)


@lru_cache(maxsize=1)
def _terms() -> tuple[np.ndarray, np.ndarray]:
    """The operator that each term belongs to, shape (term,), and its offsets (term, 4, 2),
    (-1, -1) where it has fewer spins.
    """
    owners, offsets = [], []
    for number, operator in enumerate((*EVEN.values(), *ODD.values())):
        for term in orientations(operator):
            owners.append(number)
            offsets.append(term + ((-1, -1),) * (LARGEST_TERM - len(term)))
    return np.array(owners), np.array(offsets)


def operator_sums(spins: np.ndarray) -> np.ndarray:
    """The sums of all operators `EVEN` and then `ODD` over each lattice.

    Parameters
    ----------
    spins : (sample, y, x) in {-1, +1}, of any sides; where an offset wraps around the torus onto
        another, the operator still sums the product of the spins there.

    Returns
    -------
    int64 of shape (sample, 11). About 20 µs a lattice of 64×64 on one core.
    """
    owners, offsets = _terms()
    sums = np.zeros((len(spins), len(EVEN) + len(ODD)), np.int64)
    _add_sums(np.ascontiguousarray(spins, np.int8), owners, offsets, sums)
    return sums


@njit(nogil=True)
def _add_sums(spins, owners, offsets, sums):
    """Each term is the parity of down spins: exclusive ors of whole lattices as bytes.

    Copies of the lattice that are shifted across, with the first rows once more below, make
    each offset a contiguous stretch.
    """
    samples, height, width = spins.shape
    size = height * width
    shifted = np.empty((REACH + 1, (height + REACH) * width), np.uint8)
    parity = np.empty(size, np.uint8)
    for sample in range(samples):
        _shift(spins[sample], shifted)
        for term in range(len(owners)):
            parity[:] = 0
            for spin in range(LARGEST_TERM):
                y, x = offsets[term, spin]
                if y >= 0:
                    down = shifted[x, y * width : y * width + size]
                    for site in range(size):
                        parity[site] ^= down[site]
            odd = np.uint32(0)
            for site in range(size):
                odd += np.uint32(parity[site])
            sums[sample, owners[term]] += size - 2 * np.int64(odd)


@njit(inline="always")
def _shift(lattice, shifted):
    """Fill ``shifted`` (shift, site) with copies of a lattice, 1 for a down spin."""
    height, width = lattice.shape
    for y in range(height + REACH):
        row = lattice[y % height]
        for shift in range(REACH + 1):
            copy = shifted[shift, y * width : (y + 1) * width]
            start = shift % width
            for x in range(width - start):
                copy[x] = row[x + start] < 0
            for x in range(width - start, width):
                copy[x] = row[x + start - width] < 0
