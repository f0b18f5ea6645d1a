"""The lattices of a job: the split is pinned, what cannot be trained on is refused,
and spins are not all unpacked at once.
"""

import tracemalloc

import numpy as np
import pytest
import xarray as xr

from isingdbn import storage
from isingdbn.cli.data import load_lattices, load_lattices_of, require_minibatch
from isingdbn.errors import InputError
from isingdbn.seeding import generator


def random_spins(samples, shape=(3, 5)):
    return np.random.default_rng(0).choice(np.array([-1, 1], np.int8), (samples, *shape))


def save_lattices(store, spins, **changes):
    attributes = {"kind": "lattices", "temperature": 2.5, "seed": 3} | changes
    if len(spins):
        block = xr.Dataset({"spins": (("sample", "y", "x"), spins)})
        storage.save_samples("spins", [block], len(spins), lambda _: attributes, store)
    else:
        storage.save(xr.Dataset({"spins": (("sample", "y", "x"), spins)}, attrs=attributes), store)
    return store


@pytest.mark.parametrize("shard", [2**22, 15 * 16, 15 * 4])
def test_the_split_is_the_same_whatever_the_shards(tmp_path, monkeypatch, shard):
    """A random order by seed and number of lattices is cut into held-out and training
    ones, and each part is sorted.
    """
    monkeypatch.setattr(storage, "SHARD_BYTES", shard)
    spins = random_spins(97)
    lattices = load_lattices(save_lattices(tmp_path / "s.zarr", spins), 11)
    order = generator(3, "split", samples=97).permutation(97)
    assert (lattices.held_out.rows(slice(None)) == spins[np.sort(order[:11])]).all()
    assert (lattices.training.rows(slice(None)) == spins[np.sort(order[11:])]).all()
    assert lattices.shape == (3, 5)
    assert lattices.identity == {"height": 3, "width": 5, "temperature": 2.5}
    assert lattices.seed == 3


def test_the_split_is_pinned():
    assert generator(3, "split", samples=97).permutation(97)[:7].tolist() == [
        26,
        2,
        56,
        93,
        62,
        54,
        40,
    ]


def test_a_store_of_one_chunk_is_read_as_well(tmp_path):
    spins = random_spins(7)
    dataset = xr.Dataset(
        {"spins": (("sample", "y", "x"), spins)},
        attrs={"kind": "lattices", "temperature": 2.5, "seed": 3},
    )
    storage.save(dataset, tmp_path / "s.zarr")
    assert len(load_lattices(tmp_path / "s.zarr", 2).training) == 5


def test_spins_are_never_all_unpacked(tmp_path, monkeypatch):
    monkeypatch.setattr(storage, "SHARD_BYTES", 2**18)
    spins = random_spins(5003, (40, 40))
    store = save_lattices(tmp_path / "s.zarr", spins)
    tracemalloc.start()
    load_lattices(store, 503)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < spins.nbytes / 2


def refused(words, function, *arguments):
    with pytest.raises(InputError) as raised:
        function(*arguments)
    assert "\n" not in str(raised.value)
    for word in words:
        assert word in str(raised.value)


@pytest.mark.parametrize("wrong", [0, 2, -128])
@pytest.mark.parametrize("place", [0, 41, 96])
def test_other_values_than_spins_are_refused(tmp_path, monkeypatch, place, wrong):
    monkeypatch.setattr(storage, "SHARD_BYTES", 15 * 16)
    spins = random_spins(97)
    spins[place, 1, 2] = wrong
    store = save_lattices(tmp_path / "s.zarr", spins)
    refused(
        [f"s.zarr: has a spin {wrong},", "-1 and +1", "`isingdbn simulate`"],
        load_lattices,
        store,
        11,
    )


@pytest.mark.parametrize("samples", [0, 1])
def test_too_few_lattices_are_refused(tmp_path, samples):
    store = save_lattices(tmp_path / "s.zarr", random_spins(samples))
    refused(
        [f"s.zarr: holds {samples} lattices", "at least 2", "`isingdbn simulate`"],
        load_lattices,
        store,
        1,
    )


@pytest.mark.parametrize("held_out", [13, 14])
def test_something_must_be_left_to_train_on(tmp_path, held_out):
    store = save_lattices(tmp_path / "s.zarr", random_spins(13))
    refused(
        [f"s.zarr: {held_out} held-out lattices of 13", "at most 12"],
        load_lattices,
        store,
        held_out,
    )


def test_a_minibatch_larger_than_the_training_set_is_refused(tmp_path):
    lattices = load_lattices(save_lattices(tmp_path / "s.zarr", random_spins(13)), 2)
    require_minibatch(11, lattices)
    refused(
        ["--minibatch: 12 is more than the 11 training lattices", "at most"],
        require_minibatch,
        12,
        lattices,
    )


def test_lattices_that_a_net_was_not_trained_on_are_refused(tmp_path):
    first, other = (
        save_lattices(tmp_path / f"{name}.zarr", random_spins(13), seed=seed)
        for name, seed in (("first", 3), ("other", 4))
    )
    attributes = {"held_out": 2, **storage.provenance("isingdbn.cli.pretrain", {}, [first])}
    assert len(load_lattices_of(first, tmp_path / "net.zarr", attributes).held_out) == 2
    refused(
        ["net.zarr: was trained on other lattices", "other.zarr"],
        load_lattices_of,
        other,
        tmp_path / "net.zarr",
        attributes,
    )
