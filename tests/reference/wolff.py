"""The Wolff update as its stream specification reads, in plain Python, one decision at a time."""

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


def wolff_update(spins: np.ndarray, probability: int, rng: Xoshiro256PlusPlus) -> int:
    """One update of ``spins`` (height, width) in {0, 1}; ``probability`` is ⌊p 2⁶⁴⌋. Returns the cluster size."""
    height, width = spins.shape
    while True:
        product = (rng.next() >> 32) * spins.size
        if product % 2**32 >= 2**32 % spins.size:
            break
    seed = divmod(product >> 32, width)
    old = spins[seed]
    cluster = [seed]
    spins[seed] = 1 - old
    for y, x in cluster:
        word = rng.next()
        draws = [(word >> shift) & 0xFFFF for shift in (0, 16, 32, 48)]
        opens = []
        for draw in draws:
            ties = draw == probability >> 48
            opens.append(rng.next() >> 16 < probability % 2**48 if ties else draw < probability >> 48)
        around = [(y, (x + 1) % width), (y, (x - 1) % width), ((y + 1) % height, x), ((y - 1) % height, x)]
        for neighbour, bond_opens in zip(around, opens, strict=True):
            if bond_opens and spins[neighbour] == old:
                spins[neighbour] = 1 - old
                cluster.append(neighbour)
    return len(cluster)
