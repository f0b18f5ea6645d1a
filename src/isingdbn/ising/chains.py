"""Groups of Markov chains on either kernel, with one interface: one chain on the scalar kernel,
sixteen on the bit-packed one.
"""

import math
from typing import Protocol

import numpy as np
from numba import njit

from isingdbn.ising.lattice import neighbour_table
from isingdbn.ising.packed import LANES, packed_updates, threshold_digits
from isingdbn.ising.wolff import bond_threshold, wolff_updates
from isingdbn.ising.xoshiro import next_word
from isingdbn.parameters.sampling import WIDEST_PACKED
from isingdbn.parameters.temperature import CRITICAL_TEMPERATURE
from isingdbn.seeding import seed_sequence

__all__ = ["ChainGroup", "chain_group", "choose_kernel", "expected_cluster_size", "lanes"]

SMALLEST_PACKED_CLUSTER = 100  # sites; where both kernels are equally fast


class ChainGroup(Protocol):
    """Chains that are updated together."""

    def update(self, updates: int) -> int:
        """Apply Wolff updates to each chain; returns the number of flipped spins of all of them."""

    def measure(self, points: int, updates: int) -> tuple[np.ndarray, np.ndarray]:
        """Energy H in J and magnetization Σ s, int64 of shape (points, chains),
        each after ``updates`` more updates.
        """

    def sample(self, samples: np.ndarray, updates: int) -> None:
        """Fill ``samples`` (n, chains, N), int8 in {-1, +1}, each after ``updates`` more updates
        and under a random global sign.

        The sign is the highest bit of one more word of each chain, 1 for a flip.
        """


def lanes(kernel: str) -> int:
    """Chains a group of ``kernel``, ``"scalar"`` or ``"packed"``."""
    return LANES if kernel == "packed" else 1


def expected_cluster_size(shape: tuple[int, int], temperature: float) -> float:
    """About the mean Wolff cluster size N⟨m²⟩ in sites; good to some ten percent,
    for choices of speed only.

    Below T_c, N m² of Yang (1952); above, 0.9626 t^(-7/4) with t = 1 - T_c/T
    (Wu, McCoy, Tracy and Barouch 1976); neither beyond its value at T_c, 1.0921 N/L^(1/4)
    (Salas and Sokal 2000), L the geometric mean of the sides.
    """
    sites = shape[0] * shape[1]
    at_critical = 1.0921 * sites / sites**0.125
    if temperature < CRITICAL_TEMPERATURE:
        return max(at_critical, sites * (1 - math.sinh(min(2 / temperature, 300)) ** -4) ** 0.25)
    reduced = 1 - CRITICAL_TEMPERATURE / temperature
    return max(1.0, min(at_critical, 0.9626 * reduced**-1.75 if reduced else math.inf))


def choose_kernel(shape: tuple[int, int], temperature: float, chains: int) -> str:
    """The faster kernel: packed where rows fit into a word and the expected cluster,
    for the share of lanes in use, is large.
    """
    share = chains / (-(-chains // LANES) * LANES)
    large = expected_cluster_size(shape, temperature) * share >= SMALLEST_PACKED_CLUSTER
    return "packed" if shape[1] <= WIDEST_PACKED and large else "scalar"


def chain_group(
    kernel: str,
    shape: tuple[int, int],
    temperature: float,
    seed: int,
    protocol: str,
    chains: range,
    total: int,
) -> ChainGroup:
    """The chains of one group, at their start.

    Every chain has its own stream. It starts with the words of its random spins,
    one bit a site in row-major order, lowest bit first; under ``protocol`` ``"chain"`` the odd
    chains start with all spins up instead and draw nothing.

    Parameters
    ----------
    kernel : ``"scalar"`` or ``"packed"``.
    shape : height and width.
    chains : the numbers of the group's chains, as many as `lanes`.
    total : chains in use; those of the group from this number on are updated but
        neither measured nor sampled.
    """
    identity = {
        "height": shape[0],
        "width": shape[1],
        "temperature": temperature,
        "kernel": kernel,
        "protocol": protocol,
    }
    states = np.stack(
        [
            seed_sequence(seed, "wolff", **identity, chain=chain).generate_state(4, np.uint64)
            for chain in chains
        ]
    )
    spins = np.ones((len(chains), shape[0] * shape[1]), np.uint8)
    for chain, state, row in zip(chains, states, spins, strict=True):
        if protocol == "independent" or chain % 2 == 0:
            _randomize(row, state)
    threshold = bond_threshold(temperature)
    if kernel == "scalar":
        return _ScalarGroup(shape, threshold, states[0], spins[0])
    return _PackedGroup(shape, threshold, states, spins, min(LANES, total - chains.start))


@njit
def _randomize(spins, state):
    for first in range(0, spins.size, 64):
        word = next_word(state)
        for site in range(first, min(first + 64, spins.size)):
            spins[site] = np.uint8(word & np.uint64(1))
            word >>= np.uint64(1)


class _ScalarGroup:
    """One chain on `isingdbn.ising.wolff`."""

    def __init__(
        self, shape: tuple[int, int], threshold: np.ndarray, state: np.ndarray, spins: np.ndarray
    ) -> None:
        neighbours = neighbour_table(*shape)
        queue = np.empty(spins.size + 1, neighbours.dtype)
        self._chain = (spins, neighbours, shape[1], threshold, state, queue)

    def update(self, updates: int) -> int:
        return wolff_updates(*self._chain, updates)

    def measure(self, points: int, updates: int) -> tuple[np.ndarray, np.ndarray]:
        energy, magnetization = np.empty((points, 1), np.int64), np.empty((points, 1), np.int64)
        _scalar_series(energy[:, 0], magnetization[:, 0], *self._chain, updates)
        return energy, magnetization

    def sample(self, samples: np.ndarray, updates: int) -> None:
        _scalar_samples(samples[:, 0], *self._chain, updates)


@njit(nogil=True)
def _scalar_series(
    energy, magnetization, spins, neighbours, width, threshold, state, queue, updates
):
    for point in range(energy.size):
        wolff_updates(spins, neighbours, width, threshold, state, queue, updates)
        unequal, up = 0, 0
        above = spins[spins.size - width :]
        for first in range(0, spins.size, width):
            row = spins[first : first + width]
            for x in range(1, width):
                unequal += (row[x] ^ row[x - 1]) + (row[x] ^ above[x])
                up += row[x]
            unequal += (row[0] ^ row[width - 1]) + (row[0] ^ above[0])
            up += row[0]
            above = row
        energy[point] = 2 * unequal - 2 * spins.size
        magnetization[point] = 2 * up - spins.size


@njit(nogil=True)
def _scalar_samples(samples, spins, neighbours, width, threshold, state, queue, updates):
    for sample in samples:
        wolff_updates(spins, neighbours, width, threshold, state, queue, updates)
        down = np.uint8(next_word(state) >> np.uint64(63))
        for site in range(spins.size):
            sample[site] = 2 * np.int8(spins[site] ^ down) - 1


class _PackedGroup:
    """Sixteen chains on `isingdbn.ising.packed`."""

    def __init__(
        self,
        shape: tuple[int, int],
        threshold: np.ndarray,
        states: np.ndarray,
        spins: np.ndarray,
        used: int,
    ) -> None:
        height, width = shape
        bits = np.uint64(1) << np.arange(width, dtype=np.uint64)
        rows = (spins.reshape(LANES, height, width) * bits).sum(axis=2, dtype=np.uint64)
        self._chains = (
            np.ascontiguousarray(rows.T),
            width,
            threshold_digits(threshold),
            np.ascontiguousarray(states.T),
        )
        self._used = used

    def update(self, updates: int) -> int:
        return int(self._run(1, updates)[0][: self._used].sum()) if updates else 0

    def measure(self, points: int, updates: int) -> tuple[np.ndarray, np.ndarray]:
        _, energy, magnetization, _ = self._run(points, updates)
        return energy[:, : self._used], magnetization[:, : self._used]

    def sample(self, samples: np.ndarray, updates: int) -> None:
        rows = self._run(len(samples), updates, keep=True)[3]
        _unpack(samples, rows, self._chains[1])

    def _run(self, points: int, updates: int, keep: bool = False) -> tuple[np.ndarray, ...]:
        energy, magnetization = (
            np.empty((points, LANES), np.int64),
            np.empty((points, LANES), np.int64),
        )
        rows = np.empty((points if keep else 0, *self._chains[0].shape), np.uint64)
        return (
            packed_updates(*self._chains, updates, energy, magnetization, rows),
            energy,
            magnetization,
            rows,
        )


@njit(nogil=True)
def _unpack(samples, rows, width):
    """Spins in {-1, +1} from the bits of ``rows``."""
    for point in range(len(samples)):
        for lane in range(samples.shape[1]):
            sample = samples[point, lane]
            for y in range(rows.shape[1]):
                word = rows[point, y, lane]
                for x in range(width):
                    sample[y * width + x] = np.int8(
                        2 * np.int64((word >> np.uint64(x)) & np.uint64(1)) - 1
                    )
