"""What block spins keep of their lattices, on the command line."""

import numpy as np
import pandas as pd
import pytest
import xarray as xr

from isingdbn.analysis.code import longest_waves, low_modes
from isingdbn.cli.information import _overlap
from tests.cli.commands import refused, run


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    home = tmp_path_factory.mktemp("information")
    options = ["--size", 8, "--temperature", 2.5, "--samples", 2000, "--chains", 16]
    run("simulate", *options, "--seed", 1, "--output", home / "spins.zarr")
    for rule, block in (("majority", 2), ("decimation", 2), ("majority", 4)):
        made = ["--rule", rule, "--block", block, "--output", home / f"{rule}{block}.zarr"]
        run("renormalize", "--lattices", home / "spins.zarr", *made)
    return home


def measured(home, blocks, folder):
    store = folder / f"{blocks}_information.zarr"
    given = ["--blocks", home / f"{blocks}.zarr", "--lattices", home / "spins.zarr"]
    run("information", *given, "--output", store)
    return xr.open_zarr(store).load()


def test_the_majority_keeps_more_than_one_spin_of_each_block(home, tmp_path):
    majority, decimation = (measured(home, name, tmp_path) for name in ("majority2", "decimation2"))
    for name in ("r2_magnetization", "r2_low_modes"):
        assert float(majority[name][0]) > float(decimation[name][0])
    assert float(majority["majority_overlap"]) > float(decimation["majority_overlap"])
    assert 0.8 < float(majority["majority_overlap"]) < 1  # ties go by coin
    assert majority["encoder"].values.tolist() == [
        "block spins", "longest waves", "random projections"]  # fmt: skip
    coarse = measured(home, "majority4", tmp_path)
    assert float(coarse["r2_low_modes"][0]) < float(majority["r2_low_modes"][0])


def test_the_overlap_with_majorities_does_not_depend_on_where_the_blocks_are(home, tmp_path):
    """Of the same block spins, and of these after the lattices were moved on the torus."""
    lattices = xr.open_zarr(home / "spins.zarr").load()
    found = []
    for shift in ((0, 0), (1, 0), (3, 2)):
        spins = np.roll(lattices["spins"].values, shift, (1, 2))
        found.append(_overlap(majority_of(lattices["spins"].values, 4), spins, 4))
    assert found[0] > 0.8
    assert found[1] == pytest.approx(found[0], abs=1e-6)
    assert found[2] == pytest.approx(found[0], abs=1e-6)


def majority_of(spins, block):
    """Signs of sums; ties up."""
    side = spins.shape[1] // block
    sums = spins.reshape(-1, side, block, side, block).sum((2, 4))
    return np.where(sums < 0, -1, 1)


def test_numbers_are_those_of_the_spins(home, tmp_path):
    found = measured(home, "majority2", tmp_path)
    spins, cells = (
        xr.open_zarr(home / f"{name}.zarr")["spins"].values.astype(float)
        for name in ("spins", "majority2")
    )
    neighbours = sum((cells * np.roll(cells, 1, axis)).mean() for axis in (1, 2)) / 2
    assert float(found["correlation"][1]) == pytest.approx(neighbours)
    features, targets = cells.reshape(2000, 16), spins.mean(axis=(1, 2))
    weights = np.linalg.lstsq(features[::2], targets[::2], rcond=None)[0]
    rest = targets[1::2] - features[1::2] @ weights
    expected = 1 - np.sum(rest**2) / np.sum((targets[1::2] - targets[1::2].mean()) ** 2)
    assert float(found["r2_magnetization"][0]) == pytest.approx(expected, abs=0.003)
    names = ["--nets", "Majority", "--output", tmp_path / "table.csv"]
    run("table", "information", "--inputs", tmp_path / "majority2_information.zarr", *names)
    table = pd.read_csv(tmp_path / "table.csv")
    assert list(table["encoder"]) == ["block spins", "longest waves", "random projections"]
    assert set(table["net"]) == {"Majority"}
    assert table["nearest_correlation"][0] == pytest.approx(neighbours, rel=1e-5)


def test_the_longest_waves_span_the_low_modes():
    spins = np.random.default_rng(0).choice([-1.0, 1.0], (30, 8, 8))
    waves, modes = longest_waves(spins, 25), low_modes(spins)
    # those with |k| ≤ 2 along an axis, (1, 1) and (2, 1) kinds are among the first 21
    first = longest_waves(spins, 21)
    fitted = np.linalg.lstsq(modes, first, rcond=None)
    np.testing.assert_allclose(modes @ fitted[0], first, atol=1e-9)
    np.testing.assert_allclose(waves[:, 0], spins.sum(axis=(1, 2)) / 8, atol=1e-12)


def test_block_spins_of_other_lattices_are_one_line(home, tmp_path, capsys):
    options = ["--size", 8, "--temperature", 2.5, "--samples", 2000, "--chains", 16]
    run("simulate", *options, "--seed", 2, "--output", tmp_path / "other.zarr")
    given = ["--blocks", home / "majority2.zarr", "--lattices", tmp_path / "other.zarr"]
    assert "are not those of" in refused(capsys, "information", *given, "--output",
                                         tmp_path / "x.zarr")  # fmt: skip
    for blocks, lattices, message in (
        ("majority2", "twins", "are not those of"),
        ("majority8", "spins", "has 1x1 cells of 8x8 sites; give at least 2"),
    ):
        if blocks == "majority8":
            made = ["--block", 8, "--output", tmp_path / "majority8.zarr"]
            run("renormalize", "--lattices", home / "spins.zarr", *made)
        else:
            made = ["--data", "thresholded_gaussian", "--output", tmp_path / "twins.zarr"]
            run("surrogate", "--lattices", home / "spins.zarr", *made)
        folder = {name: tmp_path if (tmp_path / f"{name}.zarr").exists() else home
                  for name in (blocks, lattices)}  # fmt: skip
        given = ["--blocks", folder[blocks] / f"{blocks}.zarr"]
        given += ["--lattices", folder[lattices] / f"{lattices}.zarr"]
        assert message in refused(capsys, "information", *given, "--output", tmp_path / "x.zarr")
