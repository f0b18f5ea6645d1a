"""Everything that can be known of a small Ising torus by listing its states."""

import itertools

import numpy as np


def all_states(height: int, width: int) -> np.ndarray:
    """Every state (2^N, height, width) in {-1, +1}; state number s has site
    i up if bit i of s is set.
    """
    sites = height * width
    bits = (np.arange(2**sites)[:, None] >> np.arange(sites)) & 1
    return (2 * bits - 1).astype(np.int8).reshape(-1, height, width)


def bond_energy(spins: np.ndarray) -> int:
    """-Σ s_i s_j over the bonds to the right and below of every site, one by one."""
    height, width = spins.shape
    return -sum(
        int(spins[y, x]) * (int(spins[(y + 1) % height, x]) + int(spins[y, (x + 1) % width]))
        for y, x in itertools.product(range(height), range(width))
    )


def boltzmann(height: int, width: int, temperature: float) -> np.ndarray:
    """Exact probability of every state, in the order of `all_states`."""
    states = all_states(height, width).astype(np.int64)
    energy = -(states * np.roll(states, -1, 1) + states * np.roll(states, -1, 2)).sum(axis=(1, 2))
    weight = np.exp(-(energy - energy.min()) / temperature)
    return weight / weight.sum()
