"""The Wolff kernel for large clusters: sixteen chains side by side,
a row of spins in one 64-bit word.

Where clusters fill much of the lattice it is cheaper to draw all bonds at once than to visit
sites one by one. A row of up to 64 spins is a word, the same row of sixteen chains is two
vector registers of AVX-512 (four of AVX2), and nothing below branches on a single chain: bonds
are Bernoulli masks made of random words, a row of the cluster is filled along its open bonds by the
carry of an addition, once in each direction, and rows are swept down and up until none changes.

The stream of a group of sixteen chains, bit for bit
----------------------------------------------------
Every chain has its own words, xoshiro256++ seeded by its `SeedSequence`. With p = 1 - exp(-2/T)
and P = ⌊p 2⁶⁴⌋, an update draws for each chain

1. the bonds, row after row: first from each site to its right neighbour, rows 0 to height - 1,
   then from each site to the one below, rows 0 to height - 1. Bit x of successive words
   is compared with the binary digits of P, the most significant first, for the bond of column x:
   the first word whose bit differs from the digit decides, open if the bit is 0 and the digit 1,
   closed otherwise; equality in all 64 digits closes. A row takes four words at a time until
   all its bonds are decided in all sixteen chains, so a chain's words depend on its group:
   chains 16 g to 16 g + 15 are group g, whether or not all are used;
2. words until one gives a seed site, as in `isingdbn.ising.wolff`.

Bonds between unequal spins are drawn as well and then ignored. A stored sample takes one more word:
its highest bit flips all spins.
"""

import numpy as np
from numba import njit, types
from numba.extending import intrinsic

from isingdbn.ising.xoshiro import advance, next_word, site_below

__all__ = ["LANES", "packed_updates", "threshold_digits"]

LANES = 16
WORDS = 4  # drawn at a time for a row of bonds; divides 64
_ONE = np.uint64(1)


@intrinsic
def _bit_reverse(_context, _word):
    """The 64 bits of a word in reverse order."""
    return (
        types.uint64(types.uint64),
        lambda _target, builder, _signature, arguments: builder.bitreverse(arguments[0]),
    )


@intrinsic
def _bit_count(_context, _word):
    """The number of set bits of a word."""
    return (
        types.uint64(types.uint64),
        lambda _target, builder, _signature, arguments: builder.ctpop(arguments[0]),
    )


def threshold_digits(threshold: np.ndarray) -> np.ndarray:
    """The 64 binary digits of a threshold of `isingdbn.ising.wolff.bond_threshold`,
    most significant first, each a word of equal bits.
    """
    value = int(threshold[0]) << 48 | int(threshold[1])
    return np.array([(value >> (63 - digit) & 1) * (2**64 - 1) for digit in range(64)], np.uint64)


@njit(inline="always")
def _draw_row(state, digits, mask, bonds, undecided):
    """Open each of a row's bonds with the probability of ``digits``, in all chains."""
    for lane in range(LANES):
        bonds[lane] = np.uint64(0)
        undecided[lane] = mask
    first, left = 0, mask
    while left != 0 and first < digits.size:
        left = np.uint64(0)
        for lane in range(LANES):
            s0, s1, s2, s3 = state[0, lane], state[1, lane], state[2, lane], state[3, lane]
            opened, equal = bonds[lane], undecided[lane]
            for digit in range(WORDS):
                word, s0, s1, s2, s3 = advance(s0, s1, s2, s3)
                opened |= equal & digits[first + digit] & ~word
                equal &= ~(word ^ digits[first + digit])
            state[0, lane], state[1, lane], state[2, lane], state[3, lane] = s0, s1, s2, s3
            bonds[lane], undecided[lane] = opened, equal
            left |= equal
        first += WORDS


@njit(inline="always")
def _fill(word, right, left):
    """Spread the set bits of a row along its open bonds, without the bond that wraps around.

    Adding a set bit to a run of open bonds carries through the run to its end, which fills it
    towards higher bits; the reversed word does the same towards lower ones.
    """
    word |= ((word & right) + right) ^ right
    word = _bit_reverse(word)
    word |= ((word & left) + left) ^ left
    return _bit_reverse(word)


@njit(nogil=True, error_model="numpy")
def packed_updates(spins, width, digits, state, updates, energy, magnetization, rows):
    """Apply Wolff updates to each of sixteen chains in place, and observe them at regular points.

    Parameters
    ----------
    spins : uint64 of shape (height, 16); bit x of a row is 1 for spin up at column x;
        bits from ``width`` on are 0. Changed.
    width : columns, 2 to 64.
    digits : uint64 of shape (64,) from `threshold_digits`.
    state : uint64 of shape (4, 16), the random state of every chain; advanced.
    updates : clusters to flip in each chain before each point.
    energy, magnetization : int64 of shape (points, 16), filled with H in J and Σ s.
    rows : uint64 of shape (points, height, 16), filled with the spins under a random global sign,
        or of shape (0, height, 16).

    Returns
    -------
    int64 of shape (16,), the number of spins that each chain has flipped.
    """
    height = spins.shape[0]
    top = np.uint64(width - 1)
    mask = ~np.uint64(0) >> np.uint64(64 - width)
    across, down = np.empty((height, LANES), np.uint64), np.empty((height, LANES), np.uint64)
    right, left, wrap = (
        np.empty((height, LANES), np.uint64),
        np.empty((height, LANES), np.uint64),
        np.empty((height, LANES), np.uint64),
    )
    cluster = np.empty((height, LANES), np.uint64)
    row = np.empty(LANES, np.uint64)
    words = np.empty(4, np.uint64)
    flipped = np.zeros(LANES, np.int64)
    for update in range(updates * len(energy)):
        for drawn in range(2 * height):
            _draw_row(
                state, digits, mask, across[drawn] if drawn < height else down[drawn - height], row
            )
        for y in range(height):
            below = y + 1 if y + 1 < height else 0
            for lane in range(LANES):
                word = spins[y, lane]
                opened = across[y, lane] & ~(word ^ ((word >> _ONE) | (word << top)))
                right[y, lane] = opened & (mask >> _ONE)
                left[y, lane] = _bit_reverse((opened & (mask >> _ONE)) << _ONE)
                wrap[y, lane] = (opened >> top) | (opened & (_ONE << top))
                down[y, lane] &= ~(word ^ spins[below, lane])
                cluster[y, lane] = np.uint64(0)
        for lane in range(LANES):
            words[:] = state[:, lane]
            site = site_below(np.uint64(height * width), words)
            state[:, lane] = words
            y = site // np.uint64(width)
            cluster[y, lane] = _ONE << (site - y * np.uint64(width))
        sweep, changed = 0, np.uint64(1)
        while changed != 0:
            changed = np.uint64(sweep == 0)
            for step in range(height):
                y = step if sweep % 2 == 0 else height - 1 - step
                above = y - 1 if y > 0 else height - 1
                below = y + 1 if y + 1 < height else 0
                joined = np.uint64(0)
                for lane in range(LANES):
                    word = cluster[y, lane]
                    row[lane] = (
                        word
                        | (cluster[above, lane] & down[above, lane])
                        | (cluster[below, lane] & down[y, lane])
                    )
                    row[lane] |= ((word >> top) | (word << top)) & wrap[y, lane]
                    joined |= row[lane] ^ word
                changed |= joined
                if joined != 0 or sweep == 0:
                    for lane in range(LANES):
                        cluster[y, lane] = _fill(row[lane], right[y, lane], left[y, lane])
            sweep += 1
        for y in range(height):
            for lane in range(LANES):
                spins[y, lane] ^= cluster[y, lane]
                flipped[lane] += np.int64(_bit_count(cluster[y, lane]))
        if (update + 1) % updates == 0:
            point = update // updates
            _measure(spins, width, energy[point], magnetization[point])
            if len(rows):
                for lane in range(LANES):
                    words[:] = state[:, lane]
                    sign = np.uint64(0) - (next_word(words) >> np.uint64(63))
                    state[:, lane] = words
                    for y in range(height):
                        rows[point, y, lane] = (spins[y, lane] ^ sign) & mask
    return flipped


@njit(inline="always")
def _measure(spins, width, energy, magnetization):
    height = spins.shape[0]
    top = np.uint64(width - 1)
    mask = ~np.uint64(0) >> np.uint64(64 - width)
    energy[:] = -2 * height * width
    magnetization[:] = -height * width
    for y in range(height):
        below = y + 1 if y + 1 < height else 0
        for lane in range(LANES):
            word = spins[y, lane]
            unequal = _bit_count((word ^ ((word >> _ONE) | (word << top))) & mask) + _bit_count(
                word ^ spins[below, lane]
            )
            energy[lane] += 2 * np.int64(unequal)
            magnetization[lane] += 2 * np.int64(_bit_count(word))
