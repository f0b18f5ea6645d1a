"""Chains of Wolff updates that give samples, independent of threads and of how the output is cut into blocks."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import numpy as np
from numba import njit

from isingdbn.ising.lattice import neighbour_table
from isingdbn.ising.wolff import bond_threshold, next_word, wolff_updates
from isingdbn.parameters.sampling import Sampling
from isingdbn.seeding import seed_sequence

__all__ = ["Chain", "blocks", "simulate"]

BLOCK_BYTES = 2**21


class Chain:
    """One Markov chain: its spins, its random stream and its work space.

    The stream starts with the words of the random initial spins, one bit a site, lowest bit first.
    """

    def __init__(self, shape: tuple[int, int], temperature: float, seed: int, chain: int) -> None:
        identity = {"height": shape[0], "width": shape[1], "temperature": temperature, "chain": chain}
        self.neighbours = neighbour_table(*shape)
        self.threshold = bond_threshold(temperature)
        self.state = seed_sequence(seed, "wolff", **identity).generate_state(4, np.uint64)
        self.spins = np.empty(self.neighbours.shape[0], np.uint8)
        self.queue = np.empty(self.spins.size + 1, self.neighbours.dtype)
        _randomize(self.spins, self.state)

    def update(self, updates: int) -> int:
        """Apply Wolff updates; returns the number of flipped spins."""
        return wolff_updates(self.spins, self.neighbours, self.threshold, self.state, self.queue, updates)

    def sample(self, samples: np.ndarray, updates: int) -> None:
        """Fill ``samples`` (n, N) with spins in {-1, +1}, int8, each after ``updates`` more updates and under a random global sign."""
        _sample(samples, self.spins, self.neighbours, self.threshold, self.state, self.queue, updates)


@njit(nogil=True)
def _randomize(spins, state):
    for first in range(0, spins.size, 64):
        word = next_word(state)
        for site in range(first, min(first + 64, spins.size)):
            spins[site] = np.uint8(word & np.uint64(1))
            word >>= np.uint64(1)


@njit(nogil=True)
def _sample(samples, spins, neighbours, threshold, state, queue, updates):
    for sample in samples:
        wolff_updates(spins, neighbours, threshold, state, queue, updates)
        down = np.uint8(next_word(state) >> np.uint64(63))
        for site in range(spins.size):
            sample[site] = 2 * np.int8(spins[site] ^ down) - 1


def _rounds_in_block(shape: tuple[int, int], sampling: Sampling) -> int:
    return max(1, BLOCK_BYTES // (shape[0] * shape[1] * sampling.chains))


def blocks(shape: tuple[int, int], sampling: Sampling) -> int:
    """Number of blocks that `simulate` yields."""
    return -(-sampling.samples // (sampling.chains * _rounds_in_block(shape, sampling)))


def simulate(shape: tuple[int, int], temperature: float, seed: int, sampling: Sampling, threads: int = 1) -> Iterator[np.ndarray]:
    """Draw lattices from the Boltzmann distribution at ``temperature`` (in J/k_B).

    Parameters
    ----------
    shape : height and width of the torus, each ≥ 2.
    temperature : > 0, in units of J/k_B.
    seed : the experiment's seed.
    sampling : numbers of samples, updates, thermalization and chains.
    threads : chains that run at the same time; the result does not depend on it.

    Yields
    ------
    int8 arrays of shape (n, height, width) in {-1, +1}, in the order of the samples: sample i is the (i // chains)-th of chain
    i % chains. The n add up to ``sampling.samples``.
    """
    chains = [Chain(shape, temperature, seed, chain) for chain in range(sampling.chains)]
    rounds = _rounds_in_block(shape, sampling)
    with ThreadPoolExecutor(threads) as pool:
        for _ in pool.map(lambda chain: chain.update(sampling.thermalization), chains):
            pass
        for left in range(sampling.samples, 0, -rounds * sampling.chains):
            block = np.empty((min(rounds, -(-left // sampling.chains)), sampling.chains, shape[0] * shape[1]), np.int8)
            work = [pool.submit(chain.sample, block[:, index], sampling.updates) for index, chain in enumerate(chains)]
            for job in work:
                job.result()
            yield block.reshape(-1, *shape)[:left]
