"""Tables of fine-tuning and of maxima, and how smooth reconstructions are."""

import numpy as np
import pandas as pd
import pytest
import xarray as xr

from isingdbn.analysis.claims import CLAIMS
from isingdbn.analysis.two_point import MEASURES
from tests.cli.commands import run


def test_the_first_and_last_errors_of_fine_tuning(small_net, tmp_path):
    csv = tmp_path / "finetuning.csv"
    names = ["--nets", "A", "--recipes", "b"]
    run("table", "finetuning", "--inputs", small_net / "net.zarr", *names, "--output", csv)
    row = pd.read_csv(csv).iloc[0]
    net = xr.open_zarr(small_net / "net.zarr")
    for when, at in (("first", 0), ("last", -1)):
        error, penalty = float(net["training_error"][at]), float(net["penalty"][at])
        assert row[f"{when}_training_error"] == pytest.approx(error, abs=1e-6)
        assert row[f"{when}_cost"] == pytest.approx(error + penalty, abs=1e-6)
        assert row[f"{when}_held_out_error"] == pytest.approx(float(net["held_out_error"][at]),
                                                              abs=1e-6)  # fmt: skip
    assert (row["epochs"], row["code"], row["l1_scale"]) == (5, 3, "per_sample")


def test_smoothness_is_the_product_of_neighbours(small_net, tmp_path):
    """Of lattices it is minus half the energy a site; zero output has none."""
    store = tmp_path / "reconstruction.zarr"
    layers = ["--layers", small_net / "layer0.zarr", small_net / "layer1.zarr"]
    trained = [*layers, "--network", small_net / "net.zarr", "--lattices", small_net / "spins.zarr"]
    run("analyse", "reconstruction", *trained, "--block", 2, "--examples", 40, "--output", store)
    found = xr.open_zarr(store).load()
    lattices = found["lattice"].values.astype(float)
    neighbours = sum((lattices * np.roll(lattices, 1, axis)).mean((1, 2)) for axis in (1, 2)) / 2
    np.testing.assert_allclose(found["lag_1_lattice"], neighbours, atol=1e-6)
    assert np.isnan(found["lag_1_zero_output"]).all()
    last = found["reconstruction"].values.astype(float)
    products = sum((last * np.roll(last, 1, axis)).sum((1, 2)) for axis in (1, 2)) / 2
    np.testing.assert_allclose(
        found["lag_1_autoencoder"], products / (last**2).sum((1, 2)), atol=1e-5
    )
    csv = tmp_path / "errors.csv"
    names = ["--nets", "A", "--recipes", "b"]
    run("table", "reconstruction-error", "--inputs", store, *names, "--output", csv)
    table = pd.read_csv(csv).set_index("method")
    assert np.isnan(table.loc["zero_output", "lag_1"])
    assert (table["lag_1_of_lattices"] == round(neighbours.mean(), 6)).all()
    for column in MEASURES:
        for method in ("pca", "autoencoder"):
            expected = float(found[f"{column}_{method}"].mean())
            assert table.loc[method, column] == pytest.approx(expected, rel=1e-5, abs=0)
    assert table.loc["zero_output", ["energy", "sign_energy"]].tolist() == [0, -2]
    assert table.loc["zero_output", [*MEASURES][:-2]].isna().all()
    assert (table["energy_of_lattices"] + 2 * neighbours.mean()).abs().max() < 1e-5
    assert (table["sign_energy_of_lattices"] == table["energy_of_lattices"]).all()
    shares = table.loc[["pca", "autoencoder"], [name for name in MEASURES if "share" in name]]
    np.testing.assert_allclose(shares.sum(axis=1), 1, atol=1e-5)


def test_claims_about_reconstructions_read_columns_that_the_table_has(small_net, tmp_path):
    store, csv = tmp_path / "reconstruction.zarr", tmp_path / "errors.csv"
    layers = ["--layers", small_net / "layer0.zarr", small_net / "layer1.zarr"]
    trained = [*layers, "--network", small_net / "net.zarr", "--lattices", small_net / "spins.zarr"]
    run("analyse", "reconstruction", *trained, "--block", 2, "--examples", 1, "--output", store)
    names = ["--nets", "A", "--recipes", "b"]
    run("table", "reconstruction-error", "--inputs", store, *names, "--output", csv)
    table = pd.read_csv(csv)
    read = {
        (quantity.column, quantity.where["method"])
        for claim in CLAIMS
        for comparison in claim.comparisons
        for side in (comparison.value, comparison.control)
        for quantity in getattr(side, "parts", (side,))
        if quantity.table == "finetuned_reconstruction_error"
    }
    assert {("lag_4", "autoencoder"), ("sign_energy", "pca")} <= read
    for column, method in read:
        assert table.loc[table["method"] == method, column].notna().all(), (column, method)


def test_maxima_are_gathered_with_exact_ones_beside_them(tmp_path):
    stores = []
    for temperature in (2.3, 2.5):
        options = ["--size", 8, "--temperature", temperature, "--samples", 4000, "--chains", 16]
        stores.append(tmp_path / f"T{temperature}.zarr")
        run("simulate", *options, "--seed", 1, "--output", stores[-1])
    peaks, csv = tmp_path / "peaks.zarr", tmp_path / "peaks.csv"
    run("measure", "peaks", "--lattices", *stores, "--between", 2.2, 2.8, "--output", peaks)
    run("table", "peaks", "--inputs", peaks, "--output", csv)
    table = pd.read_csv(csv).set_index("quantity")
    found = xr.open_zarr(peaks)
    heat = table.loc["specific_heat"]
    assert heat["peak_temperature"] == pytest.approx(float(found["specific_heat_peak_temperature"]))
    assert abs(heat["peak_temperature"] - heat["exact_peak_temperature"]) < 0.05
    assert np.isnan(table.loc["connected_susceptibility", "exact_peak_temperature"])
    assert (heat["seed"], heat["side"]) == (1, 8)
