"""Exact samples of the Ising torus by coupling from the past (Propp and Wilson, Random Struct.

Algorithms 9, 223 (1996)).

The state is a set of open bonds of the random-cluster model, weight p^open (1 - p)^closed
2^clusters with p = 1 - exp(-2/T) (Fortuin and Kasteleyn 1972). A heat-bath update with the uniform
number u opens a bond where u < p / (2 - p), closes it where u ≥ p, and in between opens it where
other open bonds join its two ends; so it keeps the order of two states one of which contains
the other. All states have become one, by a fixed time 0, as soon as those from all bonds open
and from all bonds closed have. One starts one sweep in the past, and twice as far each time,
always with the same numbers for the same sweep. Clusters that are then coloured ±1 independently
make a sample of exactly the Boltzmann distribution, with no thermalization and no autocorrelation.
"""

import math

import numpy as np
from numba import njit


def exact_samples(
    shape: tuple[int, int], temperature: float, number: int, seed: int
) -> tuple[np.ndarray, np.ndarray]:
    """Independent spins, int8 in {-1, +1} of shape (number, height, width), and how many
    sweeps each had to go back.
    """
    probability = -math.expm1(-2 / temperature)
    rng = np.random.default_rng(seed)
    bonds = bonds_of_sites(*shape)
    samples, sweeps = np.empty((number, math.prod(shape)), np.int8), np.empty(number, int)
    for sample in range(number):
        opened, sweeps[sample] = exact_bonds(bonds, probability, rng)
        samples[sample] = colour(opened, bonds, rng.integers(0, 2, len(bonds)) * 2 - 1)
    return samples.reshape(number, *shape), sweeps


def bonds_of_sites(height: int, width: int) -> np.ndarray:
    """The bonds of every site as pairs (bond, site at its other end),
    shape (N, 4, 2): right, left, down, up.

    Bond i goes from site i to the right and bond N + i from site i down.
    """
    table = np.empty((height * width, 4, 2), np.int64)
    for site in range(height * width):
        y, x = divmod(site, width)
        right, left = y * width + (x + 1) % width, y * width + (x - 1) % width
        down, up = (y + 1) % height * width + x, (y - 1) % height * width + x
        table[site] = (
            (site, right),
            (left, left),
            (height * width + site, down),
            (height * width + up, up),
        )
    return table


def exact_bonds(
    bonds: np.ndarray, probability: float, rng: np.random.Generator
) -> tuple[np.ndarray, int]:
    """Open bonds, bool of shape (2N,), from exactly the random-cluster model,
    and the number of sweeps.
    """
    numbers = rng.random((1, 2 * len(bonds)))
    while True:
        most, least = np.ones(2 * len(bonds), np.bool_), np.zeros(2 * len(bonds), np.bool_)
        sweep(most, bonds, probability, numbers)
        sweep(least, bonds, probability, numbers)
        if (most == least).all():
            return most, len(numbers)
        numbers = np.concatenate([rng.random(numbers.shape), numbers])  # the earlier half is new


@njit(nogil=True)
def sweep(opened, bonds, probability, numbers):
    """A heat-bath update of every bond, for each row of ``numbers`` (sweep, 2N)."""
    sites = len(bonds)
    seen, queues = np.zeros(sites, np.int64), np.empty((2, sites), np.int64)
    search = 0
    for row in numbers:
        for bond, number in enumerate(row):
            opened[bond] = False
            if number < probability / (2 - probability):
                opened[bond] = True
            elif number < probability:
                one, other = bond % sites, bonds[bond % sites, 0 if bond < sites else 2, 1]
                search += 2
                opened[bond] = joined(one, other, opened, bonds, seen, queues, search)


@njit(nogil=True)
def joined(one, other, opened, bonds, seen, queues, search):
    """Whether open bonds join two sites: breadth-first from both, site by site in turn,
    until they meet or one is done.

    ``seen`` holds ``search`` for sites reached from ``one`` and ``search`` + 1
    for sites reached from ``other``.
    """
    queues[0, 0], queues[1, 0] = one, other
    seen[one], seen[other] = search, search + 1
    heads, tails = np.zeros(2, np.int64), np.ones(2, np.int64)
    side = 0
    while heads[side] < tails[side]:
        site = queues[side, heads[side]]
        heads[side] += 1
        for bond, neighbour in bonds[site]:
            if opened[bond] and seen[neighbour] != search + side:
                if seen[neighbour] == search + 1 - side:
                    return True
                seen[neighbour] = search + side
                queues[side, tails[side]] = neighbour
                tails[side] += 1
        side = 1 - side
    return False


@njit(nogil=True)
def colour(opened, bonds, coins):
    """Spins of shape (N,): every cluster takes the coin of its first site."""
    spins, stack = np.zeros(len(bonds), np.int8), np.empty(len(bonds), np.int64)
    for first in range(len(bonds)):
        if spins[first] == 0:
            spins[first] = coins[first]
            stack[0], height = first, 1
            while height > 0:
                height -= 1
                for bond, neighbour in bonds[stack[height]]:
                    if opened[bond] and spins[neighbour] == 0:
                        spins[neighbour] = coins[first]
                        stack[height] = neighbour
                        height += 1
    return spins
