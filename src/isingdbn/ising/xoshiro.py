"""The random words of every chain: xoshiro256++ (Blackman and Vigna, ACM Trans.

Math. Softw. 47, 36 (2021)) inside Numba.
"""

import numpy as np
from numba import njit

__all__ = ["advance", "next_word", "site_below"]

_MASK32 = np.uint64(0xFFFFFFFF)


@njit(inline="always")
def _rotate_left(word, bits):
    return (word << np.uint64(bits)) | (word >> np.uint64(64 - bits))


@njit(inline="always")
def advance(s0, s1, s2, s3):
    """The next 64-bit word of the state s0 … s3 (uint64), and the state after it."""
    word = _rotate_left(s0 + s3, 23) + s0
    shifted = s1 << np.uint64(17)
    s2 ^= s0
    s3 ^= s1
    s1 ^= s2
    s0 ^= s3
    return word, s0, s1, s2 ^ shifted, _rotate_left(s3, 45)


@njit(inline="always")
def next_word(state):
    """The next 64-bit word; ``state`` is uint64 of shape (4,) and is advanced."""
    word, state[0], state[1], state[2], state[3] = advance(state[0], state[1], state[2], state[3])
    return word


@njit(inline="always")
def site_below(sites, state):
    """A uniform integer below ``sites`` (uint64 ≤ 2³²), without bias, from the upper
    halves of words (Lemire 2019).
    """
    rejected = (_MASK32 + np.uint64(1)) % sites
    while True:
        product = (next_word(state) >> np.uint64(32)) * sites
        if (product & _MASK32) >= rejected:
            return product >> np.uint64(32)
