"""Machines made by hand and machines that were never trained, on the command line."""

import numpy as np
import pandas as pd
import pytest
import xarray as xr

from tests.cli.commands import refused, run
from tests.cli.conftest import THRESHOLDS

SPINS = (
    "--held-out 30 --visible spin --hidden spin --zero-field true --passed-up samples --epochs 0"
    " --learning-rate 0.1 --minibatch 10"
)
TEMPERATURE = 2.5


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    """Lattices, the Ising machine, a stack of blocks, and a machine as it was drawn."""
    home = tmp_path_factory.mktemp("made_by_hand")
    options = ["--size", 8, "--temperature", TEMPERATURE, "--samples", 120, "--chains", 4]
    run("simulate", *options, "--seed", 1, "--output", home / "spins.zarr")
    pretrain = ["pretrain", "--lattices", home / "spins.zarr", *SPINS.split()]
    for name, units, scale, kind, below in (
        ("ising", 128, 1, "ising", []),
        ("blocks0", 16, 20, "blocks", []),
        ("blocks1", 4, 20, "blocks", [home / "blocks0.zarr"]),
        ("drawn", 5, 0.01, "normal", []),
    ):
        made = ["--units", units, "--initial-scale", scale, "--initial", kind, "--below", *below]
        run(*pretrain, *made, "--output", home / f"{name}.zarr")
    return home


def test_the_ising_machine_has_the_coupling_of_its_lattices(home, tmp_path):
    output = ["--output", tmp_path / "couplings.zarr"]
    run("couplings", "machine", "--layer", home / "ising.zarr", "--draws", 2, *output)
    found = xr.open_zarr(tmp_path / "couplings.zarr")
    assert float(found["nearest"]) == pytest.approx(1 / TEMPERATURE, abs=1e-6)
    assert float(found["next_nearest"]) == pytest.approx(0, abs=1e-6)


def test_hidden_spins_of_blocks_are_block_spins(home, tmp_path):
    lattices = ["--lattices", home / "spins.zarr"]
    layers = [home / "blocks0.zarr", home / "blocks1.zarr"]
    run("hidden-spins", "--layers", *layers, *lattices, "--output", tmp_path / "hidden.zarr")
    run("renormalize", *lattices, "--block", 2, "--output", tmp_path / "rule.zarr")
    spins = xr.open_zarr(home / "spins.zarr")["spins"].values.astype(int)
    rule = xr.open_zarr(tmp_path / "rule.zarr")["spins"].values
    sums = spins.reshape(-1, 4, 2, 4, 2).sum((2, 4))
    assert np.array_equal(rule[sums != 0], np.sign(sums)[sums != 0])
    first = xr.open_zarr(home / "blocks0.zarr")["weights_0"].values
    assert first[:, 0].reshape(8, 8)[:2, :2].tolist() == [[20, 20], [20, 20]]
    assert np.count_nonzero(first) == 64
    hidden = xr.open_zarr(tmp_path / "hidden.zarr")["spins"].values
    # blocks of blocks without ties on the way
    clear = (sums != 0).reshape(-1, 2, 2, 2, 2).all((2, 4))
    twice = np.sign(sums).reshape(-1, 2, 2, 2, 2).sum((2, 4))
    clear &= twice != 0
    assert clear.sum() > 20
    assert np.array_equal(hidden[clear], np.sign(twice)[clear])


@pytest.mark.parametrize("name", ["ising", "drawn"])
def test_what_was_never_trained_is_measured_as_any_net(name, home, tmp_path):
    layer = ["--layers", home / f"{name}.zarr"]
    spins = ["--lattices", home / "spins.zarr"]
    for measurement, given in (
        ("receptive-fields", []),
        ("dead-neurons", [*spins, *THRESHOLDS.split()]),
        ("emergence", [*spins, *THRESHOLDS.split()]),
        ("reconstruction", [*spins, "--block", 4, "--examples", 1]),
    ):
        output = tmp_path / f"{measurement}.zarr"
        run("analyse", measurement, *layer, *given, "--output", output)
    both = [
        "--fields",
        tmp_path / "receptive-fields.zarr",
        "--dead",
        tmp_path / "dead-neurons.zarr",
    ]
    run("analyse", "metrics", *both, "--output", tmp_path / "metrics.zarr")
    names = ["--nets", "A", "--recipes", "b"]
    csv = tmp_path / "training.csv"
    run("table", "training", "--inputs", home / f"{name}.zarr", *names, "--output", csv)
    row = pd.read_csv(csv).iloc[0]
    assert row["epochs"] == 0
    assert np.isnan(row["last_reconstruction_error"])
    drawn = ["--stage", "pretrained", "--colormap", "hot", "--label", "A"]
    run("figure", "receptive-fields", *both, *drawn, "--output", tmp_path / "fields.png")


def test_a_net_without_a_living_unit_is_measured_and_gathered(home, tmp_path):
    """A penalty that leaves no weight: no unit has a size, and tables say how many live."""
    spins = ["--lattices", home / "spins.zarr"]
    options = SPINS.replace("--epochs 0", "--epochs 2").split()
    run("pretrain", *spins, *options, "--l1", 1000, "--initial-scale", 0.01, "--units", 5,
        "--output", tmp_path / "dead.zarr")  # fmt: skip
    layer = ["--layers", tmp_path / "dead.zarr"]
    thresholds = [*spins, *THRESHOLDS.split()]
    run("analyse", "receptive-fields", *layer, "--output", tmp_path / "fields.zarr")
    run("analyse", "dead-neurons", *layer, *thresholds, "--output", tmp_path / "counts.zarr")
    run("analyse", "emergence", *layer, *thresholds, "--output", tmp_path / "units.zarr")
    both = ["--fields", tmp_path / "fields.zarr", "--dead", tmp_path / "counts.zarr"]
    run("analyse", "metrics", *both, "--output", tmp_path / "metrics.zarr")
    names = ["--nets", "A", "--recipes", "b", "--output"]
    run("table", "metrics", "--inputs", tmp_path / "metrics.zarr", *names, tmp_path / "m.csv")
    table = pd.read_csv(tmp_path / "m.csv")
    assert set(table["living"]) == {0}
    assert table["median"].isna().all()
    run("table", "emergence", "--inputs", tmp_path / "units.zarr", *names, tmp_path / "e.csv")
    assert set(pd.read_csv(tmp_path / "e.csv")["dead_by_weight"]) == {5}


def test_a_table_to_which_no_store_gives_a_row_has_its_head(home, tmp_path):
    layer = ["--layers", home / "ising.zarr", "--lattices", home / "spins.zarr"]
    run("analyse", "emergence", *layer, *THRESHOLDS.split(), "--output", tmp_path / "u.zarr")
    names = ["--nets", "A", "--recipes", "b", "--output", tmp_path / "e.csv"]
    run("table", "emergence", "--inputs", tmp_path / "u.zarr", *names)
    table = pd.read_csv(tmp_path / "e.csv")
    assert len(table) == 0
    assert {"net", "recipe", "seed"} <= set(table.columns)


def test_surrogates_have_no_specific_heat(home, tmp_path, capsys):
    made = ["--data", "independent", "--output", tmp_path / "twins.zarr"]
    run("surrogate", "--lattices", home / "spins.zarr", *made)
    words = ["measure", "peaks", "--lattices", tmp_path / "twins.zarr", "--between", 2.2, 2.8]
    line = refused(capsys, *words, "--output", tmp_path / "x.zarr")
    assert "holds independent, which are no Ising lattices" in line


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (["--initial", "ising", "--units", 100], "one hidden spin a bond, 128 units, not 100"),
        (["--initial", "blocks", "--units", 5], "into 5 square blocks"),
        (["--initial", "ones", "--units", 5], "--initial"),
    ],
)
def test_a_machine_that_cannot_be_made_is_one_line(given, message, home, tmp_path, capsys):
    output = ["--initial-scale", 1, "--output", tmp_path / "x.zarr"]
    pretrain = ["pretrain", "--lattices", home / "spins.zarr", *SPINS.split(), *given, *output]
    assert message in refused(capsys, *pretrain)
    assert not (tmp_path / "x.zarr").exists()
