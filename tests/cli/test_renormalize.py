"""Block spins and exponents on the command line."""

import numpy as np
import pytest
import xarray as xr

from isingdbn import storage
from isingdbn.parameters.temperature import CRITICAL_TEMPERATURE
from tests.cli.commands import refused, run


@pytest.fixture(scope="module")
def lattices(tmp_path_factory):
    store = tmp_path_factory.mktemp("renormalize") / "lattices.zarr"
    options = ["--size", "16x32", "--temperature", CRITICAL_TEMPERATURE, "--samples", 6000]
    run("simulate", *options, "--chains", 24, "--seed", 5, "--output", store)
    return store


def test_decimation_keeps_the_first_spin_of_each_block(lattices, tmp_path):
    output = tmp_path / "blocks.zarr"
    run("renormalize", "--lattices", lattices, "--rule", "decimation", "--block", 4,
        "--output", output)  # fmt: skip
    found = storage.load(output, "block_spins").load()
    spins = xr.open_zarr(lattices).load()
    assert (found["spins"].values == spins["spins"].values[:, ::4, ::4]).all()
    assert found["chain"].equals(spins["chain"])
    expected = {"height": 4, "width": 8, "rule": "decimation", "block": 4, "steps": 1}
    assert expected.items() <= found.attrs.items()


def test_majority_is_the_sign_of_the_sum_and_ties_go_both_ways(lattices, tmp_path):
    once, twice = tmp_path / "once.zarr", tmp_path / "twice.zarr"
    run("renormalize", "--lattices", lattices, "--output", once)
    run("renormalize", "--lattices", once, "--output", twice)
    spins = xr.open_zarr(lattices)["spins"].values.astype(int)
    blocks = xr.open_zarr(once)["spins"].values
    sums = spins.reshape(-1, 8, 2, 16, 2).sum(axis=(2, 4))
    assert (blocks[sums != 0] == np.sign(sums[sums != 0])).all()
    ties = blocks[sums == 0]
    assert abs(ties.mean()) < 4.5 / np.sqrt(ties.size)
    assert xr.open_zarr(twice).attrs["steps"] == 2
    assert xr.open_zarr(twice)["spins"].shape == (6000, 4, 8)


def test_couplings_of_block_spins_are_measured(lattices, tmp_path):
    run("renormalize", "--lattices", lattices, "--output", tmp_path / "b.zarr")
    run("couplings", "lattices", "--lattices", tmp_path / "b.zarr", "--output", tmp_path / "K.zarr")
    found = xr.open_zarr(tmp_path / "K.zarr")
    assert 0.3 < float(found["nearest"]) < 0.4  # 0.36 for large lattices
    assert 0.05 < float(found["next_nearest"]) < 0.11


def test_exponents_are_those_of_the_ising_model(lattices, tmp_path):
    output = tmp_path / "exponents.zarr"
    run("exponents", "--lattices", lattices, "--steps", 2, "--output", output)
    found = storage.load(output, "exponents").load()
    assert found["thermal_by_step"].shape == (2, 7)
    assert found["magnetic_by_step"].shape == (2, 4)
    assert found.attrs["jackknife_blocks"] == 24
    for name, exact in (("thermal", 1), ("magnetic", 15 / 8)):
        value, error = float(found[name]), float(found[f"{name}_error"])
        assert abs(value - exact) < 3 * error, name
        assert error < 0.15


def test_what_cannot_be_blocked_is_one_line(lattices, tmp_path, capsys):
    output = ["--output", tmp_path / "x.zarr"]
    line = refused(capsys, "renormalize", "--lattices", lattices, "--block", 3, *output)
    assert "--block: 3 does not divide the sides of 16x32 lattices" in line
    line = refused(capsys, "exponents", "--lattices", lattices, "--steps", 3, *output)
    assert "lattices.zarr: steps: a level of 2x4 sites is too small" in line
    line = refused(capsys, "renormalize", "--lattices", lattices, "--rule", "vote", *output)
    assert "--rule: 'vote' is not allowed" in line
    assert not (tmp_path / "x.zarr").exists()
