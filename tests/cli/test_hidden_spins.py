"""A stack as a block-spin map: hand-made machines whose hidden spins are known."""

import numpy as np
import pytest
import xarray as xr

from isingdbn import storage
from isingdbn.cli.network import layer_dataset
from isingdbn.learning.stack import StackLayer
from isingdbn.parameters.temperature import CRITICAL_TEMPERATURE
from tests.cli.commands import refused, run

SIDE = 12


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    home = tmp_path_factory.mktemp("hidden")
    options = ["--size", SIDE, "--temperature", CRITICAL_TEMPERATURE, "--samples", 4000]
    run("simulate", *options, "--chains", 20, "--seed", 5, "--output", home / "lattices.zarr")
    return home


def machine(path, weights, k=0, below=(), kind="spin", passed_up="samples"):
    """The store of a layer with these weights (visible, hidden)."""
    sites, units = weights.shape
    layer = StackLayer(
        weights.astype(np.float32), np.zeros(sites, np.float32), np.zeros(units, np.float32),
        visible="spin", hidden=kind,
    )  # fmt: skip
    attributes = {
        "data": "lattices", "units": [sites, units], "seed": 0, "temperature": 2.5,
        "passed_up": passed_up, "epochs_done": 1, "diverged": 0,
        **storage.provenance("isingdbn.cli.pretrain", {}, list(below)),
    }  # fmt: skip
    storage.save(layer_dataset(k, layer, np.zeros(1), attributes), path)
    return path


def blocks(side, block, strength, order):
    """Weights of ``strength`` on the blocks that tile a lattice, units in this ``order``, every
    second of them negative.
    """
    cells = np.arange(side) // block
    of_site = cells[:, None] * (side // block) + cells
    weights = strength * (of_site.reshape(-1, 1) == order)
    weights[:, 1::2] *= -1
    return weights


def test_strong_weights_on_tiles_are_the_majority_rule(home):
    order = np.random.default_rng(2).permutation(16)
    layer = machine(home / "strong.zarr", blocks(SIDE, 3, 20.0, order))
    run("hidden-spins", "--layers", layer, "--lattices", home / "lattices.zarr",
        "--output", home / "hidden.zarr")  # fmt: skip
    run("renormalize", "--lattices", home / "lattices.zarr", "--block", 3,
        "--output", home / "majority.zarr")  # fmt: skip
    found = storage.load(home / "hidden.zarr", "block_spins").load()
    expected = storage.load(home / "majority.zarr", "block_spins").load()
    assert (found["spins"].values == expected["spins"].values).all()
    assert found["chain"].equals(expected["chain"])
    assert found.attrs["sites_a_cell"] == 3
    assert found.attrs["units_left_over"] == 0
    assert found.attrs["distance_from_cell"] == pytest.approx(0, abs=1e-6)


@pytest.mark.parametrize("kind", ["spin", "bernoulli"])
def test_weak_weights_are_kadanoff_s_rule(home, tmp_path, kind):
    """P(h = 1 | v) = 1/(1 + e^(-2p Σv)), twice the weights for 0 and 1."""
    strength = 0.3 * (1 if kind == "spin" else 2)
    layer = machine(tmp_path / "weak.zarr", blocks(SIDE, 2, strength, np.arange(36)), kind=kind)
    run("hidden-spins", "--layers", layer, "--lattices", home / "lattices.zarr",
        "--output", tmp_path / "hidden.zarr")  # fmt: skip
    hidden = xr.open_zarr(tmp_path / "hidden.zarr")["spins"].values
    spins = xr.open_zarr(home / "lattices.zarr")["spins"].values.astype(int)
    sums = spins.reshape(-1, 6, 2, 6, 2).sum(axis=(2, 4))
    for total in (-4, -2, 0, 2, 4):
        drawn = hidden[sums == total]
        error = 1 / np.sqrt(drawn.size)
        assert drawn.mean() == pytest.approx(np.tanh(0.3 * total), abs=4.5 * error)


@pytest.mark.parametrize("passed_up", ["samples", "means"])
def test_a_second_layer_is_a_second_step_of_the_first_s_own_spins(
    home, tmp_path, capsys, passed_up
):
    """Also where the first draws at random, and was trained to pass up means."""
    first = machine(
        tmp_path / "0.zarr", blocks(SIDE, 3, 0.3, np.arange(16)[::-1]), passed_up=passed_up
    )
    below = blocks(SIDE, 3, 1.0, np.arange(16)[::-1])
    # blocks of 2×2 hidden spins, whatever cell and sign each unit has
    cells = np.arange(16)[::-1]
    of_unit = (cells // 4 // 2) * 2 + cells % 4 // 2
    signs = np.sign(below.sum(axis=0))
    second = machine(tmp_path / "1.zarr", 20.0 * signs[:, None] * (of_unit[:, None] == range(4)),
                     k=1, below=[first])  # fmt: skip
    lattices = home / "lattices.zarr"
    for name, layers in (("h0", [first]), ("h1", [first, second])):
        run("hidden-spins", "--layers", *layers, "--lattices", lattices,
            "--output", tmp_path / f"{name}.zarr")  # fmt: skip
    one, two = (xr.open_zarr(tmp_path / f"{name}.zarr")["spins"].values for name in ("h0", "h1"))
    sums = one.astype(int).reshape(-1, 2, 2, 2, 2).sum(axis=(2, 4))
    assert two.shape == (4000, 2, 2)
    assert (two[sums != 0] == np.sign(sums[sums != 0])).all()
    line = refused(capsys, "exponents", "--lattices", lattices, "--levels", tmp_path / "h0.zarr",
                   tmp_path / "h1.zarr", "--output", tmp_path / "y.zarr")  # fmt: skip
    assert "--levels: the sides fall by factors of 2, 3; one whole factor" in line


def test_exponents_of_levels_are_those_of_the_rule_that_made_them(home, tmp_path, capsys):
    lattices, levels = home / "lattices.zarr", ["--levels", home / "majority.zarr"]
    if not (home / "majority.zarr").exists():
        run("renormalize", "--lattices", lattices, "--block", 3, "--output", levels[1])
    run("exponents", "--lattices", lattices, *levels, "--output", tmp_path / "levels.zarr")
    run("exponents", "--lattices", lattices, "--steps", 1, "--block", 3,
        "--output", tmp_path / "rule.zarr")  # fmt: skip
    found, expected = (xr.open_zarr(tmp_path / f"{name}.zarr") for name in ("levels", "rule"))
    assert found["thermal"] == pytest.approx(float(expected["thermal"]), abs=1e-12)
    assert found["magnetic_error"] == pytest.approx(float(expected["magnetic_error"]), abs=1e-12)
    assert found.attrs["trained_on"] == "no net"
    run("simulate", "--size", SIDE, "--temperature", 2.5, "--samples", 100, "--chains", 5,
        "--seed", 6, "--output", tmp_path / "other.zarr")  # fmt: skip
    line = refused(capsys, "exponents", "--lattices", tmp_path / "other.zarr", *levels,
                   "--output", tmp_path / "y.zarr")  # fmt: skip
    assert "was not made from" in line


def test_a_dead_unit_is_a_coin_on_the_cell_that_is_left(home, tmp_path):
    weights = blocks(SIDE, 3, 20.0, np.arange(16))
    weights[:, 6] = 0
    layer = machine(tmp_path / "layer.zarr", weights)
    run("hidden-spins", "--layers", layer, "--lattices", home / "lattices.zarr",
        "--output", tmp_path / "hidden.zarr")  # fmt: skip
    found = storage.load(tmp_path / "hidden.zarr", "block_spins").load()
    spins = xr.open_zarr(home / "lattices.zarr")["spins"].values.astype(int)
    majority = np.sign(spins.reshape(-1, 4, 3, 4, 3).sum(axis=(2, 4)))
    agree = (found["spins"].values == majority).mean(axis=0)
    assert agree[1, 2] == pytest.approx(0.5, abs=0.04)
    agree[1, 2] = 1
    assert (agree == 1).all()
    assert found.attrs["dead_units"] == 1


def test_a_layer_of_dead_units_gives_coins(home, tmp_path):
    layer = machine(tmp_path / "layer.zarr", np.zeros((SIDE**2, 16)))
    run("hidden-spins", "--layers", layer, "--lattices", home / "lattices.zarr",
        "--output", tmp_path / "hidden.zarr")  # fmt: skip
    found = storage.load(tmp_path / "hidden.zarr", "block_spins").load()
    assert abs(float(found["spins"].mean())) < 4.5 / np.sqrt(found["spins"].size)
    assert found.attrs["dead_units"] == 16
    assert np.isnan(found.attrs["distance_from_cell"])


def test_what_cannot_be_laid_on_a_grid_is_one_line(home, tmp_path, capsys):
    weights = blocks(SIDE, 3, 1.0, np.arange(16))
    to = ["--lattices", home / "lattices.zarr", "--output", tmp_path / "hidden.zarr"]
    layer = machine(tmp_path / "layer.zarr", weights)
    line = refused(capsys, "hidden-spins", "--layers", layer, "--grid", 5, *to)
    assert "--grid: 16 units do not tile a grid of 5x5 cells; give a smaller one" in line
    real = machine(tmp_path / "real.zarr", weights, kind="gaussian")
    line = refused(capsys, "hidden-spins", "--layers", real, *to)
    assert "its hidden units are gaussian, not spins" in line
    small = machine(tmp_path / "small.zarr", blocks(6, 3, 1.0, np.arange(4)))
    line = refused(capsys, "hidden-spins", "--layers", small, *to)
    assert "has lattices of 12x12 sites, square ones of 36 are needed by" in line
