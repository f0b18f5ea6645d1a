"""Machines made by hand, against what they are meant to be."""

import numpy as np

from isingdbn.learning.rbm import RBM
from isingdbn.learning.units import units_of
from isingdbn.renormalization.made_by_hand import block_machine, ising_machine
from tests.learning.test_rbm import binary


def machine(weights):
    visible, hidden = weights.shape
    zero = [np.zeros(units, np.float32) for units in (visible, hidden)]
    return RBM(units_of("spin"), units_of("spin"), weights, *zero)


def test_the_ising_machine_is_the_ising_model():
    side, temperature = 3, 2.2976
    spins = 2 * binary(side**2).astype(np.float32) - 1
    lattices = spins.reshape(-1, side, side)
    bonds = sum((lattices * np.roll(lattices, -1, axis)).sum((1, 2)) for axis in (1, 2))
    free = (
        machine(ising_machine(side, side, 1 / temperature).astype(np.float32))
        .free_energy(spins)
        .numpy()
    )
    difference = free + bonds / temperature
    assert np.ptp(difference) < 1e-4
    assert np.ptp(free) > 1


def test_hidden_units_of_blocks_are_their_majorities():
    rng = np.random.default_rng(1)
    spins = rng.choice([-1.0, 1.0], (50, 6, 6)).astype(np.float32)
    weights = block_machine(36, 4, 5.0).astype(np.float32)
    sums = spins.reshape(50, 2, 3, 2, 3).sum((2, 4)).reshape(50, 4)
    means = machine(weights).mean_h_from_v(spins.reshape(50, 36)).numpy()
    assert np.array_equal(np.sign(means), np.sign(sums))  # blocks of nine have no ties
    assert np.abs(means).min() > 0.99
    assert set(np.unique(weights)) == {0, 5}


def test_dead_units_have_no_weights_and_the_others_are_as_without_them():
    whole, some = block_machine(1600, 400, 1.0), block_machine(1600, 400, 1.0, 34)
    dead = ~some.any(axis=0)
    assert dead.sum() == 34
    assert np.array_equal(some[:, ~dead], whole[:, ~dead])
    assert set(np.diff(np.flatnonzero(dead))) <= {11, 12}  # evenly spread
    coins = machine(some.astype(np.float32)).mean_h_from_v(np.ones((1, 1600), np.float32)).numpy()
    assert np.array_equal(coins[0, dead], np.zeros(34))
