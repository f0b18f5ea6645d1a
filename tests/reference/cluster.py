"""A short Wolff sampler at the critical point, for tests that need correlated lattices quickly."""

import math

import numpy as np
from numba import njit

CRITICAL_COUPLING = math.log1p(math.sqrt(2)) / 2


@njit
def _flip(spins, start, uniforms):
    height, width = spins.shape
    stack = [start]
    old = spins[start // width, start % width]
    spins[start // width, start % width] = -old
    used = 0
    while stack:
        site = stack.pop()
        y, x = site // width, site % width
        for dy, dx in ((0, 1), (1, 0), (0, -1), (-1, 0)):
            v, u = (y + dy) % height, (x + dx) % width
            if spins[v, u] == old:
                used += 1
                if uniforms[used] < 0.585786437626905:  # 1 - exp(-2 K_c)
                    spins[v, u] = -old
                    stack.append(v * width + u)


def critical_lattices(side: int, chains: int, samples: int, updates: int, seed: int) -> np.ndarray:
    """Lattices (chain, sample, side, side), after 100 updates of each chain from all spins up."""
    random = np.random.default_rng(seed)
    lattices = np.empty((chains, samples, side, side), np.int8)
    for chain in range(chains):
        spins = np.ones((side, side), np.int8)
        for update in range(100 + samples * updates):
            _flip(spins, int(random.integers(side * side)), random.random(4 * side * side + 1))
            if update >= 100 and (update - 100) % updates == 0:
                lattices[chain, (update - 100) // updates] = spins
    return lattices
