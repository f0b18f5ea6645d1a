"""Couplings of machines and lattices on the command line."""

import dataclasses

import numpy as np
import pandas as pd
import pytest
import xarray as xr

from isingdbn import storage
from isingdbn.cli import main
from isingdbn.cli.network import layer_dataset
from isingdbn.learning.stack import StackLayer
from isingdbn.renormalization.made_by_hand import ising_machine

SHAPE, K = (5, 7), 0.37
IDENTITY = {
    "height": 5, "width": 7, "temperature": 1 / K, "seed": 3, "data": "lattices", "units": [35, 70],
    "epochs_done": 1, "diverged": 0, "held_out": 1, "input_sha256": {},
}  # fmt: skip


def run(*words):
    assert main([str(word) for word in words]) == 0, words


def save(path, **changes):
    """The Ising model as a machine, made by hand: one hidden spin a bond."""
    layer = StackLayer(
        weights=ising_machine(*SHAPE, K).astype(np.float32),
        visible_bias=np.zeros(35, np.float32),
        hidden_bias=np.zeros(70, np.float32),
        sigma=None,
        visible="spin",
        hidden="spin",
    )
    layer = dataclasses.replace(layer, **changes)
    storage.save(layer_dataset(0, layer, np.array([0.5]), IDENTITY), path)
    return path


def test_the_ising_machine_has_one_coupling(tmp_path):
    """The positive control: K between nearest neighbours and nothing else, in store and table."""
    layer = save(tmp_path / "layer.zarr")
    run("couplings", "machine", "--layer", layer, "--draws", 3, "--output", tmp_path / "J.zarr")
    found = storage.load(tmp_path / "J.zarr", "machine_couplings").load()
    expected = np.zeros(SHAPE)
    expected[0, [1, -1]] = expected[[1, -1], 0] = K
    np.testing.assert_allclose(found["pairs"], expected, atol=1e-6)
    for name in ("next_nearest", "third_neighbour", "plaquette"):
        assert float(found[name]) == pytest.approx(0, abs=1e-6)
    table = ["--nets", "N", "--recipes", "r", "--output", tmp_path / "J.csv"]
    run("table", "machine-couplings", "--inputs", tmp_path / "J.zarr", *table)
    row = pd.read_csv(tmp_path / "J.csv").iloc[0]
    assert row["nearest"] == row["ising_nearest"] == pytest.approx(K, abs=1e-6)


def test_a_gaussian_machine_on_spins_has_its_weights_over_the_variance(tmp_path):
    rng = np.random.default_rng(0)
    weights = rng.normal(0, 0.3, (35, 4)).astype(np.float32)
    spins = save(tmp_path / "spin.zarr", weights=weights, hidden_bias=np.zeros(4, np.float32))
    sigma = np.full(35, 2.0, np.float32)
    gaussian = save(
        tmp_path / "gaussian.zarr", weights=weights * 4, hidden_bias=np.zeros(4, np.float32),
        sigma=sigma, visible="gaussian",
    )  # fmt: skip
    values = []
    for name, layer in (("s", spins), ("g", gaussian)):
        output = tmp_path / f"{name}.zarr"
        run("couplings", "machine", "--layer", layer, "--draws", 5, "--output", output)
        values.append(xr.open_zarr(output)["pairs"].values)
    np.testing.assert_allclose(*values, atol=1e-6)


def test_what_has_no_couplings_is_one_line(tmp_path, capsys):
    layer = save(tmp_path / "layer.zarr", visible="bernoulli")
    words = [
        "couplings",
        "machine",
        "--layer",
        layer,
        "--draws",
        3,
        "--output",
        tmp_path / "x.zarr",
    ]
    assert main([str(word) for word in words]) == 2
    assert "has bernoulli visible and spin hidden units; give one" in capsys.readouterr().err
    assert not (tmp_path / "x.zarr").exists()


@pytest.fixture(scope="module")
def lattices(tmp_path_factory):
    home = tmp_path_factory.mktemp("couplings")
    options = ["--size", "12x10", "--temperature", 3.1, "--samples", 4000, "--chains", 20]
    run("simulate", *options, "--seed", 2, "--output", home / "lattices.zarr")
    source = ["--lattices", home / "lattices.zarr"]
    for data in ("thresholded_gaussian", "gaussian_field"):
        run("surrogate", *source, "--data", data, "--output", home / f"{data}.zarr")
    return home


def test_ising_lattices_have_1_over_t_between_neighbours(lattices, tmp_path):
    stores = []
    for data in ("lattices", "thresholded_gaussian"):
        stores.append(tmp_path / f"{data}.zarr")
        source = ["--lattices", lattices / f"{data}.zarr"]
        run("couplings", "lattices", *source, "--output", stores[-1])
    found = storage.load(stores[0], "lattice_couplings").load()
    for name, expected in (("nearest", 1 / 3.1), ("next_nearest", 0), ("plaquette", 0)):
        pull = (float(found[name]) - expected) / float(found[f"{name}_error"])
        assert abs(pull) < 4.5, name
        assert float(found[f"{name}_error"]) < 0.01
    assert found.attrs["blocks"] == 20
    run("table", "lattice-couplings", "--inputs", *stores, "--output", tmp_path / "K.csv")
    table = pd.read_csv(tmp_path / "K.csv")
    assert list(table["data"]) == ["lattices", "thresholded_gaussian"]
    assert table["ising_nearest"].tolist() == [round(1 / 3.1, 6)] * 2
    assert table["nearest"][0] == pytest.approx(float(found["nearest"]), abs=1e-6)


def test_lattices_without_couplings_are_one_line(lattices, tmp_path, capsys):
    cold = tmp_path / "cold.zarr"
    options = ["--size", 6, "--temperature", 0.4, "--samples", 40, "--chains", 2, "--seed", 0]
    run("simulate", *options, "--output", cold)
    single = tmp_path / "single.zarr"
    hot = ["--size", 6, "--temperature", 5, "--samples", 40, "--chains", 1, "--seed", 0]
    run("simulate", *hot, "--output", single)
    for store, message in (
        (cold, "have no finite couplings"),
        (single, "all lattices are of one chain"),
        (lattices / "gaussian_field.zarr", "is of the kind 'field', 'lattices' or"),
    ):
        capsys.readouterr()
        words = ["couplings", "lattices", "--lattices", store, "--output", tmp_path / "x.zarr"]
        assert main([str(word) for word in words]) == 2
        (line,) = capsys.readouterr().err.splitlines()
        assert message in line
