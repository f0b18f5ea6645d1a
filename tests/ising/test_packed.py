"""The bit-packed kernel against its specification in plain Python."""

import math

import numpy as np
import pytest

from isingdbn.ising.packed import LANES, packed_updates, threshold_digits
from isingdbn.ising.wolff import bond_threshold
from isingdbn.seeding import seed_sequence
from tests.reference.enumeration import bond_energy
from tests.reference.wolff import Xoshiro256PlusPlus, packed_wolff_update


def unpack(rows, width):
    """Spins in {0, 1}, shape (chain, height, width), of ``rows`` (height, chain)."""
    return ((rows.T[:, :, None] >> np.arange(width, dtype=np.uint64)) & np.uint64(1)).astype(
        np.int8
    )


def streams(*name):
    states = [
        seed_sequence(7, "test", name=list(name), chain=chain).generate_state(4, np.uint64)
        for chain in range(LANES)
    ]
    return np.ascontiguousarray(np.array(states).T)


@pytest.mark.parametrize(
    ("height", "width", "temperature"),
    [(5, 7, 2.5), (3, 11, 1.2), (2, 3, 3.0), (3, 2, 2.2), (3, 64, 1.7), (11, 40, 2.269)],
)
def test_kernel_follows_its_stream_specification_bit_for_bit(height, width, temperature):
    updates = 40 if height * width < 100 else 5
    state, threshold = streams(height, width), bond_threshold(temperature)
    spins = np.random.default_rng(1).integers(
        0, 2**width - 1, (height, LANES), np.uint64, endpoint=True
    )
    twin = unpack(spins, width)
    rngs = [Xoshiro256PlusPlus(lane) for lane in state.T]
    probability = int(threshold[0]) * 2**48 + int(threshold[1])
    for _ in range(updates):
        rows = np.empty((1, height, LANES), np.uint64)
        energy, magnetization = np.empty((1, LANES), np.int64), np.empty((1, LANES), np.int64)
        flipped = packed_updates(
            spins, width, threshold_digits(threshold), state, 1, energy, magnetization, rows
        )
        assert flipped.tolist() == packed_wolff_update(twin, probability, rngs)
        assert (unpack(spins, width) == twin).all()
        assert energy[0].tolist() == [bond_energy(2 * lattice - 1) for lattice in twin]
        assert magnetization[0].tolist() == (2 * twin - 1).sum(axis=(1, 2), dtype=int).tolist()
        signs = [rng.next() >> 63 for rng in rngs]
        assert (
            unpack(rows[0], width)
            == [lattice ^ sign for lattice, sign in zip(twin, signs, strict=True)]
        ).all()
        assert (rows[0] >> np.uint64(width - 1) >> np.uint64(1) == 0).all()
    assert [[int(word) for word in lane] for lane in state.T] == [rng.s for rng in rngs]


@pytest.mark.parametrize("temperature", [0.5, 2.269, 1e6])
def test_digits_are_those_of_the_threshold(temperature):
    threshold = bond_threshold(temperature)
    digits = threshold_digits(threshold)
    assert set(digits.tolist()) <= {0, 2**64 - 1}
    value = sum(2.0 ** -(place + 1) for place in range(64) if digits[place])
    assert math.isclose(value, -math.expm1(-2 / temperature), rel_tol=1e-15, abs_tol=2**-63)
