"""The Wolff update as the stream specifications of both kernels read, in plain
Python, one decision at a time.
"""

import numpy as np

MASK64 = 2**64 - 1


def rotate_left(word: int, bits: int) -> int:
    return ((word << bits) | (word >> (64 - bits))) & MASK64


class Xoshiro256PlusPlus:
    """Blackman and Vigna 2021, from their description."""

    def __init__(self, state: np.ndarray) -> None:
        self.s = [int(word) for word in state]

    def next(self) -> int:
        s = self.s
        result = (rotate_left((s[0] + s[3]) & MASK64, 23) + s[0]) & MASK64
        t = (s[1] << 17) & MASK64
        s[2] ^= s[0]
        s[3] ^= s[1]
        s[1] ^= s[2]
        s[0] ^= s[3]
        s[2] ^= t
        s[3] = rotate_left(s[3], 45)
        return result


def seed_site(height: int, width: int, rng: Xoshiro256PlusPlus) -> tuple[int, int]:
    """A uniform site by Lemire's method."""
    sites = height * width
    while True:
        product = (rng.next() >> 32) * sites
        if product % 2**32 >= 2**32 % sites:
            return divmod(product >> 32, width)


def around(y: int, x: int, height: int, width: int) -> list[tuple[int, int]]:
    """The neighbours right, left, down and up."""
    return [
        (y, (x + 1) % width),
        (y, (x - 1) % width),
        ((y + 1) % height, x),
        ((y - 1) % height, x),
    ]


def wolff_update(spins: np.ndarray, probability: int, rng: Xoshiro256PlusPlus) -> int:
    """One update of ``spins`` (height, width) in {0, 1}; ``probability`` is ⌊p 2⁶⁴⌋.

    Returns the cluster size.
    """
    height, width = spins.shape
    seed = seed_site(height, width, rng)
    old = spins[seed]
    cluster = [seed]
    spins[seed] = 1 - old
    for y, x in cluster:
        word = rng.next()
        draws = [(word >> shift) & 0xFFFF for shift in (0, 16, 32, 48)]
        opens = []
        for draw in draws:
            ties = draw == probability >> 48
            opens.append(
                rng.next() >> 16 < probability % 2**48 if ties else draw < probability >> 48
            )
        for neighbour, bond_opens in zip(around(y, x, height, width), opens, strict=True):
            if bond_opens and spins[neighbour] == old:
                spins[neighbour] = 1 - old
                cluster.append(neighbour)
    return len(cluster)


def packed_wolff_update(
    group: np.ndarray, probability: int, rngs: list[Xoshiro256PlusPlus]
) -> list[int]:
    """One update of every chain of ``group`` (chain, height, width) in {0, 1};
    returns the cluster sizes.
    """
    chains, height, width = group.shape
    opens = np.zeros((chains, 2, height, width), bool)
    for direction in range(2):
        for y in range(height):
            decided = np.zeros((chains, width), bool)
            digit = 0
            while not decided.all() and digit < 64:
                for _ in range(4):
                    threshold = probability >> (63 - digit) & 1
                    for chain, rng in enumerate(rngs):
                        word = rng.next()
                        for x in range(width):
                            bit = word >> x & 1
                            if not decided[chain, x] and bit != threshold:
                                decided[chain, x] = True
                                opens[chain, direction, y, x] = bit < threshold
                    digit += 1
    return [
        _flip_cluster(spins, bonds, seed_site(height, width, rng))
        for spins, bonds, rng in zip(group, opens, rngs, strict=True)
    ]


def _flip_cluster(spins: np.ndarray, bonds: np.ndarray, seed: tuple[int, int]) -> int:
    """Flip what the open ``bonds`` (right or down, height, width) between
    equal spins join to ``seed``.
    """
    height, width = spins.shape
    old = spins[seed]
    cluster = [seed]
    for y, x in cluster:
        right, left, down, up = around(y, x, height, width)
        opens = [bonds[0, y, x], bonds[0][left], bonds[1, y, x], bonds[1][up]]
        for neighbour, bond_opens in zip((right, left, down, up), opens, strict=True):
            if bond_opens and spins[neighbour] == old and neighbour not in cluster:
                cluster.append(neighbour)
    for site in cluster:
        spins[site] = 1 - old
    return len(cluster)
