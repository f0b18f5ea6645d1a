"""Random numbers of the negative phase: a counter decides every bit, so neither order
nor number of threads can.

Philox4x32-10 (Salmon, Moraes, Dror and Shaw 2011), with the counter (position, stream, 0, 0),
gives four 32-bit words for every position; a word w becomes the uniform number (w >> 8) 2⁻²⁴
in [0, 1), or twice that less 1 in [-1, 1), and words become pairs of normal numbers by Box
and Muller's formula in single precision. TensorFlow draws a normal number in 13 ns, a fifth
of the time of training; this takes one or two. Its logarithm and sine are short polynomials,
since a loop with calls is not vectorized.
"""

import numba
import numpy as np

__all__ = ["normal", "symmetric", "uniform"]

M0, M1 = np.uint64(0xD2511F53), np.uint64(0xCD9E8D57)
W0, W1 = np.uint32(0x9E3779B9), np.uint32(0xBB67AE85)
LOW, HALF = np.uint64(0xFFFFFFFF), np.uint64(32)
CHUNK = 1024


@numba.njit(cache=True, nogil=True, error_model="numpy")
def _words(first: int, stream: int, key: np.ndarray, words: np.ndarray) -> None:
    """Fill ``words`` (4, positions), uint32, from position ``first`` of the ``stream``."""
    for index in range(words.shape[1]):
        c0, c1, c2, c3 = np.uint32(first + index), np.uint32(stream), np.uint32(0), np.uint32(0)
        k0, k1 = key[0], key[1]
        for _ in range(10):
            p0, p1 = M0 * np.uint64(c0), M1 * np.uint64(c2)
            c0, c1, c2, c3 = (
                np.uint32(p1 >> HALF) ^ c1 ^ k0,
                np.uint32(p1 & LOW),
                np.uint32(p0 >> HALF) ^ c3 ^ k1,
                np.uint32(p0 & LOW),
            )
            k0, k1 = np.uint32(k0 + W0), np.uint32(k1 + W1)
        words[0, index], words[1, index], words[2, index], words[3, index] = c0, c1, c2, c3


@numba.njit(cache=True, nogil=True, error_model="numpy")
def _uniform(stream: int, key: np.ndarray, scale: float, offset: float, out: np.ndarray) -> None:
    words = np.empty((4, CHUNK), np.uint32)
    flat = words.reshape(-1)
    for start in range(0, out.size, 4 * CHUNK):
        _words(start // 4, stream, key, words)
        count = min(4 * CHUNK, out.size - start)
        for index in range(count):
            out[start + index] = np.float32(np.int32(flat[index] >> np.uint32(8))) * np.float32(
                scale
            ) - np.float32(offset)


@numba.njit(cache=True, nogil=True, error_model="numpy")
def _normal(stream: int, key: np.ndarray, out: np.ndarray) -> None:
    words = np.empty((4, CHUNK), np.uint32)
    radii, angles = words.reshape(-1)[: 2 * CHUNK], words.reshape(-1)[2 * CHUNK :]
    values = np.empty(2 * CHUNK, np.float32)
    bits = values.view(np.int32)
    pair = np.empty(4 * CHUNK, np.float32)
    half, one = np.float32(0.5), np.float32(1.0)
    for start in range(0, out.size, 4 * CHUNK):
        _words(start // 4, stream, key, words)
        for index in range(2 * CHUNK):
            # 2²⁴ u, u in (0, 1]
            values[index] = np.float32(np.int32(radii[index] >> np.uint32(8)) + np.int32(1))
        for index in range(2 * CHUNK):
            # the exponent such that the mantissa is in [√½, √2)
            shifted = bits[index] - np.int32(0x3F3504F3)
            exponent = shifted >> np.int32(23)
            bits[index] = (shifted & np.int32(0x007FFFFF)) + np.int32(0x3F3504F3)
            radii[index] = np.uint32(exponent)
        for index in range(2 * CHUNK):
            s = (values[index] - one) / (values[index] + one)
            t = s * s
            series = one + t * (
                np.float32(1 / 3)
                + t * (np.float32(1 / 5) + t * (np.float32(1 / 7) + t * np.float32(1 / 9)))
            )
            log = (
                np.float32(np.int32(radii[index]) - np.int32(24)) * np.float32(0.6931471805599453)
                + np.float32(2) * s * series
            )
            radius = np.sqrt(max(np.float32(-2) * log, np.float32(0)))
            x = np.float32(np.pi) * (
                np.float32(np.int32(angles[index] >> np.uint32(8))) * np.float32(2.0**-24) - half
            )
            y = x * x
            sine = x * (one - y * (np.float32(1 / 6) - y * (np.float32(1 / 120)
                   - y * (np.float32(1 / 5040) - y * (np.float32(1 / 362880)
                   - y * np.float32(1 / 39916800))))))  # fmt: skip
            cosine = one - y * (half - y * (np.float32(1 / 24) - y * (np.float32(1 / 720)
                     - y * (np.float32(1 / 40320) - y * (np.float32(1 / 3628800)
                     - y * np.float32(1 / 479001600))))))  # fmt: skip
            pair[index] = radius * (one - np.float32(2) * sine * sine)
            pair[2 * CHUNK + index] = radius * np.float32(2) * sine * cosine
        count = min(4 * CHUNK, out.size - start)
        out[start : start + count] = pair[:count]


def uniform(shape: tuple[int, ...], key: np.ndarray, stream: int) -> np.ndarray:
    """Uniform numbers in [0, 1), float32, the same for the same ``key`` (two uint32)
    and ``stream`` (below 2³²).
    """
    out = np.empty(shape, np.float32)
    _uniform(stream, key, 2.0**-24, 0.0, out.reshape(-1))
    return out


def symmetric(shape: tuple[int, ...], key: np.ndarray, stream: int) -> np.ndarray:
    """Uniform numbers in [-1, 1), float32, the same for the same ``key`` (two uint32)
    and ``stream`` (below 2³²).
    """
    out = np.empty(shape, np.float32)
    _uniform(stream, key, 2.0**-23, 1.0, out.reshape(-1))
    return out


def normal(shape: tuple[int, ...], key: np.ndarray, stream: int) -> np.ndarray:
    """Standard normal numbers, float32, the same for the same ``key`` (two uint32)
    and ``stream`` (below 2³²).
    """
    out = np.empty(shape, np.float32)
    _normal(stream, key, out.reshape(-1))
    return out
