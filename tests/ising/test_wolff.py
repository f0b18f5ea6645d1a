"""The scalar Wolff kernel against its specification in plain Python, and its single parts."""

import math

import numpy as np
import pytest

from isingdbn.ising.lattice import neighbour_table
from isingdbn.ising.wolff import bond_threshold, wolff_updates
from isingdbn.ising.xoshiro import next_word
from isingdbn.seeding import seed_sequence
from tests.reference.wolff import Xoshiro256PlusPlus, wolff_update

CRITICAL = 2 / math.log1p(math.sqrt(2))


class Kernel:
    """A chain with its arguments in place, from all spins up."""

    def __init__(self, height, width, temperature, seed=0):
        self.neighbours, self.width = neighbour_table(height, width), width
        self.threshold = bond_threshold(temperature)
        self.state = seed_sequence(
            seed, "test", height=height, width=width, temperature=temperature
        ).generate_state(4, np.uint64)
        self.spins = np.ones(height * width, np.uint8)
        self.queue = np.empty(height * width + 1, self.neighbours.dtype)

    def update(self, updates=1):
        return wolff_updates(
            self.spins, self.neighbours, self.width, self.threshold, self.state, self.queue, updates
        )


@pytest.mark.parametrize("computed", [False, True])
@pytest.mark.parametrize(("height", "width"), [(5, 7), (3, 11), (2, 3), (3, 2)])
def test_kernel_follows_its_stream_specification_bit_for_bit(height, width, computed):
    """With neighbours from the table and, as on large lattices, computed."""
    kernel = Kernel(height, width, 2.5)
    if computed:
        kernel.neighbours, kernel.queue = (
            np.empty((0, 4), np.uint32),
            kernel.queue.astype(np.uint32),
        )
    twin = kernel.spins.reshape(height, width).copy()
    rng = Xoshiro256PlusPlus(kernel.state)
    probability = int(kernel.threshold[0]) * 2**48 + int(kernel.threshold[1])
    for _ in range(500):
        assert kernel.update() == wolff_update(twin, probability, rng)
        assert (kernel.spins.reshape(height, width) == twin).all()
    assert [int(word) for word in kernel.state] == rng.s


def test_generator_matches_a_published_value():
    # First outputs of xoshiro256++ from the state (1, 2, 3, 4), as in the test
    # of the Rust crate rand_xoshiro.
    state = np.array([1, 2, 3, 4], np.uint64)
    assert [int(next_word(state)) for _ in range(4)] == [
        41943041,
        58720359,
        3588806011781223,
        3591011842654386,
    ]


@pytest.mark.parametrize("temperature", [0.5, 1.0, CRITICAL, 5.0, 1e6])
def test_threshold_is_the_bond_probability(temperature):
    upper, lower = (int(part) for part in bond_threshold(temperature))
    assert math.isclose(
        (upper * 2**48 + lower) / 2**64,
        -math.expm1(-2 / temperature),
        rel_tol=1e-15,
        abs_tol=2**-63,
    )


def test_threshold_stays_in_range_when_all_bonds_open():
    assert bond_threshold(1e-3).tolist() == [2**16 - 1, 2**48 - 1]


def test_ties_of_the_16_bit_draw_open_with_the_right_probability():
    """With p = 1.5/65536, half of all ties must open a bond: taking ties as closed would
    lose a third of the joins.
    """
    kernel = Kernel(1009, 1013, 2.0)
    kernel.threshold = np.array([1, 2**47], np.uint64)
    rounds, updates = 2000, 2000
    joins = 0
    for _ in range(rounds):
        kernel.spins.fill(1)  # so that nearly every neighbour may join
        joins += kernel.update(updates) - updates
    expected = rounds * updates * 4 * 1.5 / 65536
    assert abs(joins - expected) < 4 * math.sqrt(expected)


def test_seed_sites_are_uniform():
    kernel = Kernel(3, 5, 1e9)  # p ≈ 0: every cluster is its seed alone
    flips = np.zeros(15, np.int64)
    for _ in range(30_000):
        before = kernel.spins.copy()
        kernel.update()
        flips += before != kernel.spins
    assert flips.sum() == 30_000
    assert ((flips - 2000) ** 2 / 2000).sum() < 14 + 4.5 * math.sqrt(28)
