"""Random numbers of the negative phase against a slow Philox, and their distribution."""

import math

import numpy as np
import pytest

from isingdbn.learning import noise

CHUNK = 1024
KEY = np.array([0x2545F491, 0x9E3779B1], np.uint32)
NUMBERS = 1_000_003
NORMAL_CDF = np.vectorize(lambda x: 0.5 * math.erfc(-x / math.sqrt(2)))

# Counter, key and result of Philox4x32-10, from the file kat_vectors of Random123.
KNOWN_ANSWERS = [
    ((0, 0, 0, 0), (0, 0), (0x6627E8D5, 0xE169C58D, 0xBC57AC4C, 0x9B00DBD8)),
    ((0xFFFFFFFF,) * 4, (0xFFFFFFFF,) * 2, (0x408F276D, 0x41C83B0E, 0xA20BC7C6, 0x6D5451FD)),
    (
        (0x243F6A88, 0x85A308D3, 0x13198A2E, 0x03707344),
        (0xA4093822, 0x299F31D0),
        (0xD16CFE09, 0x94FDCCEB, 0x5001E420, 0x24126EA1),
    ),
]


def philox(counter, key):
    """Philox4x32-10 of Salmon et al. (2011), in Python's integers."""
    c, k = list(counter), list(key)
    for _ in range(10):
        left, right = 0xD2511F53 * c[0], 0xCD9E8D57 * c[2]
        c = [
            (right >> 32) ^ c[1] ^ k[0],
            right & 0xFFFFFFFF,
            (left >> 32) ^ c[3] ^ k[1],
            left & 0xFFFFFFFF,
        ]
        k = [(k[0] + 0x9E3779B9) & 0xFFFFFFFF, (k[1] + 0xBB67AE85) & 0xFFFFFFFF]
    return c


def words(chunk, key, stream):
    """The words of a chunk of positions, (4, CHUNK)."""
    positions = range(chunk * CHUNK, (chunk + 1) * CHUNK)
    return np.array(
        [philox((position, stream, 0, 0), [int(part) for part in key]) for position in positions]
    ).T


def slow_uniform(count, key, stream):
    chunks = -(-count // (4 * CHUNK))
    return np.concatenate(
        [(words(chunk, key, stream) >> 8).ravel() / 2**24 for chunk in range(chunks)]
    )[:count]


def slow_normal(count, key, stream):
    """Box and Muller's formula with the functions of NumPy in double precision."""
    parts = []
    for chunk in range(-(-count // (4 * CHUNK))):
        w = words(chunk, key, stream) >> 8
        radius = np.sqrt(-2 * np.log((w[:2].ravel() + 1) / 2**24))
        angle = 2 * np.pi * (w[2:].ravel() / 2**24 - 0.5)
        parts += [radius * np.cos(angle), radius * np.sin(angle)]
    return np.concatenate(parts)[:count]


@pytest.mark.parametrize(("counter", "key", "result"), KNOWN_ANSWERS)
def test_the_slow_philox_gives_the_known_answers(counter, key, result):
    assert tuple(philox(counter, key)) == result


def test_the_first_position_gives_the_known_answer():
    uniform = noise.uniform((4 * CHUNK,), np.zeros(2, np.uint32), 0)[::CHUNK]
    assert [int(number * 2**24) for number in uniform] == [
        word >> 8 for word in KNOWN_ANSWERS[0][2]
    ]


@pytest.mark.parametrize("first", [0, 3, 0xFFFFFFFF - 5, 0x243F6A88])
def test_words_of_any_position_are_those_of_the_slow_philox(first):
    out = np.empty((4, 5), np.uint32)
    noise._words(first, 0x85A308D3, KEY, out)
    slow = [
        philox((first + index, 0x85A308D3, 0, 0), [int(part) for part in KEY]) for index in range(5)
    ]
    assert out.T.tolist() == slow


@pytest.mark.parametrize("stream", [0, 5, 0xFFFFFFFF])
def test_uniform_numbers_are_the_slow_ones_bit_for_bit(stream):
    shape = (7, 11, 113)  # three chunks, the last not full
    fast = noise.uniform(shape, KEY, stream)
    assert fast.dtype == np.float32
    assert fast.shape == shape
    np.testing.assert_array_equal(fast.ravel(), slow_uniform(fast.size, KEY, stream))


@pytest.mark.parametrize("stream", [0, 5, 0xFFFFFFFF])
def test_symmetric_numbers_are_twice_the_slow_uniform_ones_less_one(stream):
    fast = noise.symmetric((7, 11, 113), KEY, stream)
    assert fast.dtype == np.float32
    assert fast.shape == (7, 11, 113)
    np.testing.assert_array_equal(fast.ravel(), 2 * slow_uniform(fast.size, KEY, stream) - 1)


@pytest.mark.parametrize("stream", [0, 5])
def test_normal_numbers_are_the_slow_ones_to_a_millionth(stream):
    shape = (7, 11, 113)
    fast = noise.normal(shape, KEY, stream)
    assert fast.dtype == np.float32
    np.testing.assert_allclose(
        fast.ravel(), slow_normal(fast.size, KEY, stream), rtol=1e-6, atol=1e-6
    )


@pytest.mark.parametrize("draw", [noise.uniform, noise.symmetric, noise.normal])
@pytest.mark.parametrize("length", [1, 1023, 1025, 4096, 4099, 8209])
def test_the_first_numbers_do_not_depend_on_how_many_are_asked_for(draw, length):
    np.testing.assert_array_equal(draw((length,), KEY, 3), draw((12_289,), KEY, 3)[:length])


@pytest.mark.parametrize("draw", [noise.uniform, noise.symmetric, noise.normal])
def test_every_stream_and_every_half_of_the_key_matters(draw):
    def deviates(key, stream):
        values = draw((100_003,), np.array(key, np.uint32), stream).astype(float)
        return (values - values.mean()) / values.std()

    sequences = [
        deviates(*source)
        for source in (
            ((1, 2), 0),
            ((1, 2), 1),
            ((1, 2), 256),
            ((0, 2), 0),
            ((1, 3), 0),
            ((2, 1), 0),
        )
    ]
    for index, one in enumerate(sequences):
        for other in sequences[:index]:
            assert abs((one * other).mean()) < 4.5 / math.sqrt(len(one))


@pytest.mark.parametrize("draw", [noise.uniform, noise.symmetric, noise.normal])
def test_no_numbers_are_an_empty_array(draw):
    assert draw((0, 5), KEY, 0).shape == (0, 5)
    assert draw((5, 0), KEY, 0).shape == (5, 0)


def kolmogorov_smirnov(values, cdf):
    """√n D; beyond 1.95 with a probability of 1/1000."""
    ranks = np.arange(len(values) + 1) / len(values)
    below = cdf(np.sort(values))
    return math.sqrt(len(values)) * max((ranks[1:] - below).max(), (below - ranks[:-1]).max())


def test_uniform_numbers_are_uniform():
    values = noise.uniform((NUMBERS,), KEY, 7).astype(float)
    assert values.min() >= 0
    assert values.max() < 1
    assert kolmogorov_smirnov(values, lambda x: x) < 1.95
    assert abs(values.mean() - 0.5) < 4.5 * math.sqrt(1 / 12 / NUMBERS)
    assert abs(values.var() - 1 / 12) < 4.5 * math.sqrt(1 / 180 / NUMBERS)


def test_normal_numbers_are_normal():
    values = noise.normal((NUMBERS,), KEY, 7).astype(float)
    assert kolmogorov_smirnov(values, NORMAL_CDF) < 1.95
    for power, moment, variance in ((1, 0, 1), (2, 1, 2), (3, 0, 15), (4, 3, 96), (6, 15, 10170)):
        assert abs((values**power).mean() - moment) < 4.5 * math.sqrt(variance / NUMBERS)


def test_numbers_are_independent_of_their_neighbours_and_of_their_partners():
    """At a lag of 2048 are the two numbers of a pair; their squares would show
    a radius that they share.
    """
    values = noise.normal((NUMBERS,), KEY, 11).astype(float)
    for lag in (1, 2, CHUNK, 2 * CHUNK, 4 * CHUNK):
        one, other = values[:-lag], values[lag:]
        for f, variance in ((lambda x: x, 1), (lambda x: x**2 - 1, 4)):
            assert abs((f(one) * f(other)).mean()) < 4.5 * math.sqrt(variance / len(one))
