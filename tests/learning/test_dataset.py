"""Samples: what is packed comes back, in any order and in minibatches."""

import tracemalloc

import numpy as np
import pytest

from isingdbn.learning.dataset import PackedLattices, Values, in_order, minibatches


def random_spins(samples, *shape):
    return np.random.default_rng(0).choice(np.array([-1, 1], np.int8), (samples, *shape))


@pytest.mark.parametrize("shape", [(3, 5), (2, 4), (7, 11), (1, 1)])
def test_packed_lattices_come_back(shape):
    spins = random_spins(13, *shape)
    lattices = PackedLattices.pack(spins)
    assert lattices.bits.dtype == np.uint8
    assert lattices.bits.shape == (13, -(-shape[0] * shape[1] // 8))
    assert (len(lattices), lattices.shape) == (13, shape)
    for index in (
        slice(None),
        slice(2, 7),
        slice(5, 5),
        np.array([12, 0, 3, 3]),
        np.array([], int),
    ):
        rows = lattices.rows(index)
        assert rows.dtype == np.int8
        assert rows.shape == spins[index].shape
        assert (rows == spins[index]).all()


def test_the_first_spin_is_the_highest_bit():
    spins = np.array([[[1, -1, -1], [-1, -1, 1], [1, 1, 1]]], np.int8)
    assert PackedLattices.pack(spins).bits.tolist() == [[0b10000111, 0b10000000]]


def test_rows_can_be_changed_and_the_lattices_stay():
    spins = random_spins(5, 3, 2)
    lattices = PackedLattices.pack(spins)
    lattices.rows(slice(None))[:] = 0
    assert (lattices.rows(slice(None)) == spins).all()


@pytest.mark.parametrize("sizes", [[13], [1] * 13, [11, 2]])
def test_packing_does_not_depend_on_the_blocks(sizes):
    spins = random_spins(13, 3, 5)
    lattices = PackedLattices.pack_blocks(np.split(spins, np.cumsum(sizes)[:-1]))
    assert lattices.shape == (3, 5)
    assert (lattices.bits == PackedLattices.pack(spins).bits).all()


def test_blocks_are_not_kept_unpacked():
    spins = random_spins(101, 40, 40)
    tracemalloc.start()
    PackedLattices.pack_blocks(spins.copy() for _ in range(31))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 31 * spins.nbytes / 3  # an eighth twice, parts and whole, and a block


def test_taken_and_flat_lattices_are_the_same_spins():
    spins = random_spins(13, 3, 5)
    taken = PackedLattices.pack(spins).take(np.array([7, 2, 11]))
    assert (len(taken), taken.shape) == (3, (3, 5))
    assert (taken.rows(slice(None)) == spins[[7, 2, 11]]).all()
    flat = taken.flat()
    assert flat.shape == (15,)
    assert (flat.rows(slice(1, 3)) == spins[[2, 11]].reshape(2, 15)).all()


@pytest.mark.parametrize("dtype", [np.float32, np.int8])
def test_values_are_samples_too(dtype):
    array = np.random.default_rng(1).normal(0, 50, (13, 7)).astype(dtype)
    values = Values(array)
    assert (len(values), values.shape) == (13, (7,))
    assert values.rows(np.array([3, 1])).dtype == dtype
    assert (values.rows(np.array([3, 1])) == array[[3, 1]]).all()


@pytest.mark.parametrize("block", [5, 13, 17])
def test_values_are_made_block_by_block(monkeypatch, block):
    monkeypatch.setattr(
        "isingdbn.learning.dataset.in_order", lambda samples: in_order(samples, block)
    )
    spins = random_spins(13, 3, 5)
    weights = np.random.default_rng(1).normal(size=(15, 7)).astype(np.float32)
    sizes = []

    def function(rows):
        sizes.append(len(rows))
        return rows.astype(np.float32) @ weights

    values = Values.made_from(PackedLattices.pack(spins).flat(), function)
    assert values.array.dtype == np.float32
    np.testing.assert_allclose(values.array, spins.reshape(13, 15) @ weights, rtol=1e-5, atol=1e-6)
    assert sum(sizes) == 13
    assert max(sizes) <= block


def test_all_samples_in_order():
    spins = random_spins(13, 3, 5)
    blocks = list(in_order(PackedLattices.pack(spins), 5))
    assert [len(block) for block in blocks] == [5, 5, 3]
    assert (np.concatenate(blocks) == spins).all()


@pytest.mark.parametrize(
    ("per_block", "sizes"), [(1, [1] * 5), (2, [2, 2, 1]), (5, [5]), (20, [5])]
)
def test_minibatches_follow_the_order_and_are_whole(per_block, sizes):
    spins = random_spins(17, 2, 5)
    order = np.random.default_rng(2).permutation(17)
    blocks = list(minibatches(PackedLattices.pack(spins), order, 3, per_block))
    assert [block.shape for block in blocks] == [(size, 3, 2, 5) for size in sizes]
    assert (np.concatenate(blocks).reshape(-1, 2, 5) == spins[order[:15]]).all()


def test_minibatches_of_values():
    array = np.arange(22, dtype=np.float32).reshape(11, 2)
    (block,) = minibatches(Values(array), np.arange(11)[::-1], 5)
    assert block.shape == (2, 5, 2)
    assert (block.reshape(10, 2) == array[:0:-1]).all()
