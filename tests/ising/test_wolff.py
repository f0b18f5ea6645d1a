"""The Wolff kernel against enumeration, exact values and a plain-Python twin."""

import json
import math
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from isingdbn.ising.lattice import neighbour_table
from isingdbn.ising.simulation import Chain
from isingdbn.ising.wolff import bond_threshold, next_word, wolff_updates
from isingdbn.seeding import seed_sequence
from tests.reference.enumeration import boltzmann
from tests.reference.wolff import Xoshiro256PlusPlus, wolff_update

EXACT = json.loads((Path(__file__).parents[1] / "reference" / "ising_exact.json").read_text())
CRITICAL = 2 / math.log1p(math.sqrt(2))


class Kernel:
    """A chain with its arguments in place, from all spins up."""

    def __init__(self, height, width, temperature, seed=0):
        self.neighbours = neighbour_table(height, width)
        self.threshold = bond_threshold(temperature)
        self.state = seed_sequence(seed, "test", height=height, width=width, temperature=temperature).generate_state(4, np.uint64)
        self.spins = np.ones(height * width, np.uint8)
        self.queue = np.empty(height * width + 1, self.neighbours.dtype)

    def update(self, updates=1):
        return wolff_updates(self.spins, self.neighbours, self.threshold, self.state, self.queue, updates)


@pytest.mark.parametrize(("height", "width"), [(5, 7), (3, 11), (2, 3)])
def test_kernel_follows_its_stream_specification_bit_for_bit(height, width):
    kernel = Kernel(height, width, 2.5)
    twin = kernel.spins.reshape(height, width).copy()
    rng = Xoshiro256PlusPlus(kernel.state)
    probability = int(kernel.threshold[0]) * 2**48 + int(kernel.threshold[1])
    for _ in range(500):
        assert kernel.update() == wolff_update(twin, probability, rng)
        assert (kernel.spins.reshape(height, width) == twin).all()
    assert [int(word) for word in kernel.state] == rng.s


def test_generator_matches_a_published_value():
    # First outputs of xoshiro256++ from the state (1, 2, 3, 4), as in the test of the Rust crate rand_xoshiro.
    state = np.array([1, 2, 3, 4], np.uint64)
    assert [int(next_word(state)) for _ in range(4)] == [41943041, 58720359, 3588806011781223, 3591011842654386]


@pytest.mark.parametrize("temperature", [0.5, 1.0, CRITICAL, 5.0, 1e6])
def test_threshold_is_the_bond_probability(temperature):
    upper, lower = (int(part) for part in bond_threshold(temperature))
    assert math.isclose((upper * 2**48 + lower) / 2**64, -math.expm1(-2 / temperature), rel_tol=1e-15, abs_tol=2**-63)


def test_threshold_stays_in_range_when_all_bonds_open():
    assert bond_threshold(1e-3).tolist() == [2**16 - 1, 2**48 - 1]


def _visits(height, width, temperature, samples, updates_between):
    chain = Chain((height, width), temperature, seed=0, chain=0)
    chain.update(100)
    spins = np.empty((samples, height * width), np.int8)
    chain.sample(spins, updates_between)
    return np.bincount((spins > 0) @ (2 ** np.arange(height * width)), minlength=2 ** (height * width))


@pytest.mark.parametrize(("height", "width", "temperature"), [(4, 4, CRITICAL), (3, 5, 3.0), (2, 5, 2.0)])
def test_all_states_have_their_boltzmann_weight(height, width, temperature):
    """χ² over every state of a torus; states that are too rare for a count are taken together.

    With a million samples it sees a shift of 0.5 % in the weight of the energy levels.
    """
    samples = 1_000_000
    counts = _visits(height, width, temperature, samples, updates_between=5)
    expected = boltzmann(height, width, temperature) * samples
    common = expected >= 10
    observed = np.append(counts[common], counts[~common].sum())
    expected = np.append(expected[common], expected[~common].sum())
    kept = expected > 0
    chi2 = ((observed - expected)[kept] ** 2 / expected[kept]).sum()
    freedom = kept.sum() - 1
    assert abs(chi2 - freedom) < 4.5 * math.sqrt(2 * freedom)


def test_every_state_is_reached():
    assert (_visits(3, 3, 5.0, 50_000, 1) > 0).all()


@pytest.mark.parametrize(
    ("temperature", "updates", "precision"), [(2.0, 1_000_000, 1e-3), (CRITICAL, 10_000_000, 6e-4), (3.0, 10_000_000, 1e-3)]
)
def test_mean_cluster_size_is_exact_at_L40(temperature, updates, precision):
    """Mean cluster size = N⟨m²⟩ (Wolff 1989).

    The error comes from 80 blocks, 20 of each of four chains. At T_c, ten million updates see a bias of 0.25 %: two wrap-around
    bugs that hardly moved energy or m² gave 692.0 instead of 694.58, 0.37 %.
    """
    kernels = [Kernel(40, 40, temperature, seed) for seed in range(4)]

    def blocks(kernel):
        kernel.update(20_000)
        return [kernel.update(updates // 80) / (updates // 80) for _ in range(20)]

    with ThreadPoolExecutor(2) as pool:
        means = np.concatenate(list(pool.map(blocks, kernels)))
    error = means.std(ddof=1) / math.sqrt(len(means))
    exact = EXACT["L40"][repr(temperature)]["mean_cluster_size"]
    assert error < precision * exact
    assert abs(means.mean() - exact) < 4 * error


def test_ties_of_the_16_bit_draw_open_with_the_right_probability():
    """With p = 1.5/65536, half of all ties must open a bond: taking ties as closed would lose a third of the joins."""
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
