"""The Wolff single-cluster kernel (U.

Wolff, Phys. Rev. Lett. 62, 361 (1989)), scalar and free of unpredictable branches.

One update picks a uniform seed site and grows its cluster breadth-first:
each bond to a site that still has the old spin is opened with probability p = 1 - exp(-2/T),
and every site that joins is flipped at once. What costs in the textbook form is branch
misprediction, so here the push is unconditional (``queue[n] = site; n += accepted``)
and the four bonds of a site are judged on four 16-bit draws from one 64-bit word.

The stream of a chain, bit for bit
----------------------------------
Words come from xoshiro256++, whose 256-bit state is the chain's `SeedSequence`. An update draws

1. words until one gives a seed site: the upper 32 bits x by Lemire's method,
  site = x N / 2³², redrawn where biased;
2. for every site of the cluster, in the order of joining, one word;
   its bits 0-15, 16-31, 32-47 and 48-63 judge the bonds to the right, left, down and up:
   the bond opens if the draw is below the upper 16 bits of ⌊p 2⁶⁴⌋, and if the draw equals them,
   by the upper 48 bits of one more word against the lower 48, so p has the precision of a double.
   Extra words are drawn in the order of the bonds.
"""

import numpy as np
from numba import njit

from isingdbn.ising.xoshiro import next_word, site_below

__all__ = ["bond_threshold", "wolff_updates"]

_MASK16 = np.uint64(0xFFFF)


def bond_threshold(temperature: float) -> np.ndarray:
    """The bond probability 1 - exp(-2/T) as the integer ⌊p 2⁶⁴⌋, split into its upper 16
    and lower 48 bits (uint64, shape (2,)).
    """
    probability = -np.expm1(-2.0 / temperature)
    threshold = min(int(probability * 2.0**64), 2**64 - 1)
    return np.array([threshold >> 48, threshold & (2**48 - 1)], dtype=np.uint64)


@njit(inline="always")
def _opens(draw, threshold, state):
    """Whether a bond opens on a 16-bit draw; a tie is settled by 48 further bits."""
    if draw == threshold[0]:
        return (next_word(state) >> np.uint64(16)) < threshold[1]
    return draw < threshold[0]


@njit(inline="always")
def _neighbours(site, width, sites):
    """The sites right, left, down and up of ``site``; all uint32."""
    one = np.uint32(1)
    column, last_row = np.uint32(site % width), np.uint32(sites - width)
    right = np.uint32(site + one if column + one < width else site + one - width)
    left = np.uint32(site - one if column > 0 else site + width - one)
    down = np.uint32(site + width if site < last_row else site - last_row)
    up = np.uint32(site - width if site >= width else site + last_row)
    return right, left, down, up


@njit(nogil=True)
def wolff_updates(spins, neighbours, width, threshold, state, queue, updates):
    """Apply ``updates`` Wolff updates in place.

    Parameters
    ----------
    spins : uint8 of shape (N,), 0 for spin down and 1 for spin up; changed.
    neighbours : from `isingdbn.ising.lattice.neighbour_table`; computed where that is empty.
    width : columns.
    threshold : uint64 of shape (2,) from `bond_threshold`.
    state : uint64 of shape (4,), the chain's random state; advanced.
    queue : integers of shape (N + 1,), work space.
    updates : number of clusters to flip, fixed beforehand
        (a stop rule by flipped spins would be biased).

    Returns
    -------
    number of spins flipped, the sum of the cluster sizes.
    """
    sites = np.uint64(spins.size)
    flipped = 0
    for _ in range(updates):
        seed = site_below(sites, state)
        old = spins[seed]
        spins[seed] = old ^ np.uint8(1)
        queue[0] = seed
        head, tail = 0, 1
        while head < tail:
            site = queue[head]
            head += 1
            if len(neighbours):
                right, left, down, up = (
                    neighbours[site, 0],
                    neighbours[site, 1],
                    neighbours[site, 2],
                    neighbours[site, 3],
                )
            else:
                right, left, down, up = _neighbours(
                    np.uint32(site), np.uint32(width), np.uint32(sites)
                )
            word = next_word(state)
            d0, d1 = word & _MASK16, (word >> np.uint64(16)) & _MASK16
            d2, d3 = (word >> np.uint64(32)) & _MASK16, word >> np.uint64(48)
            upper = threshold[0]
            a0, a1, a2, a3 = d0 < upper, d1 < upper, d2 < upper, d3 < upper
            if (d0 == upper) | (d1 == upper) | (d2 == upper) | (d3 == upper):
                a0, a1 = _opens(d0, threshold, state), _opens(d1, threshold, state)
                a2, a3 = _opens(d2, threshold, state), _opens(d3, threshold, state)
            for neighbour, opens in ((right, a0), (left, a1), (down, a2), (up, a3)):
                joins = np.uint8(opens) & np.uint8(spins[neighbour] == old)
                queue[tail] = neighbour
                tail += joins
                spins[neighbour] ^= joins
        flipped += tail
    return flipped
