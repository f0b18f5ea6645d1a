"""Metrics of a network's fields as stores and as a table: planted fields and planted dead units."""

import numpy as np
import pandas as pd
import pytest
import xarray as xr

from isingdbn import storage
from isingdbn.analysis.metrics import METRICS
from isingdbn.cli import main

IDENTITY = {"height": 8, "width": 8, "temperature": 2.5, "seed": 3, "data": "lattices"}
NET = {"network.zarr": "ab" * 32}


def block(side, y=0, x=0):
    field = np.zeros((8, 8))
    field[y : y + side, x : x + side] = 1
    return field


@pytest.fixture
def stores(tmp_path):
    """Fields of three and of two units: of the first layer one is dead by activity
    alone, and of the second both are zero.
    """
    attributes = {
        **IDENTITY, "units": [64, 3, 2], "input_sha256": NET, "diverged": [0, 0],
        **storage.provenance("isingdbn.cli.verify", {}),
    }  # fmt: skip
    attributes["input_sha256"] = NET
    first = np.array([block(2), block(4, 1, 3), block(8)], np.float32)
    fields = xr.Dataset(
        {
            "pretrained_0": (("unit_0", "y", "x"), first),
            "pretrained_1": (("unit_1", "y", "x"), np.zeros((2, 8, 8), np.float32)),
        },
        attrs={**attributes, "kind": "receptive_fields"},
    )
    masks = ("stage", "layer", "unit")
    dead = xr.Dataset(
        {
            "units": ("layer", [3, 2]),
            "dead_by_weight": (masks, [[[False] * 3, [True, True, False]]]),
            "dead_by_activity": (masks, [[[False, False, True], [False] * 3]]),
        },
        coords={"stage": np.array(["pretrained"], np.dtypes.StringDType())},
        attrs={**attributes, "kind": "dead_neurons"},
    )
    storage.save(fields, tmp_path / "fields.zarr")
    storage.save(dead, tmp_path / "dead.zarr")
    return ["--fields", tmp_path / "fields.zarr", "--dead", tmp_path / "dead.zarr"]


def run(*words):
    return main([str(word) for word in words])


def test_metrics_of_planted_fields(stores, tmp_path):
    store = tmp_path / "metrics.zarr"
    assert run("analyse", "metrics", *stores, "--output", store) == 0
    found = xr.open_zarr(store).load()
    assert found.attrs["metrics"] == list(METRICS)
    for name, metric in METRICS.items():
        for variable in (name, f"{name}_permuted"):
            dimensions = ("stage", "layer") if metric.of_layer else ("stage", "layer", "unit")
            assert found[variable].dims == dimensions
            assert found[variable].attrs["units"] == metric.units
    assert found["participation_ratio"].values.tolist()[0][0] == [4, 16, 64]
    assert np.isnan(found["participation_ratio"].values[0, 1]).all()
    assert found["participation_ratio_permuted"].values.tolist()[0][0] == [4, 16, 64]
    assert found["lag_1_permuted"].values[0, 0, 1] < found["lag_1"].values[0, 0, 1]
    assert found["living"].values.tolist() == [[[True, True, False], [False] * 3]]
    assert found["coverage"].values[0, 0] == (4 + 16) / 64, "of the living units"
    assert np.isnan(found["coverage"].values[0, 1])


def test_the_table_has_medians_over_living_units_and_none_without_any(stores, tmp_path):
    store, table = tmp_path / "metrics.zarr", tmp_path / "table.csv"
    assert run("analyse", "metrics", *stores, "--output", store) == 0
    names = ["--nets", "Net", "--recipes", "r", "--inputs", store, "--output", table]
    assert run("table", "metrics", *names) == 0
    rows = pd.read_csv(table).set_index(["layer", "metric"])
    assert rows.loc[1, "median"].isna().all()
    assert set(rows.loc[1, "living"]) == {0}
    ratio = rows.loc[(0, "participation_ratio")]
    assert (ratio["units"], ratio["living"], ratio["median"]) == (3, 2, 10)
    assert (ratio["lower_quartile"], ratio["upper_quartile"], ratio["permuted"]) == (7, 13, 10)
    assert np.isnan(rows.loc[(0, "coverage")]["lower_quartile"])
    assert set(rows.loc[0].index) == set(METRICS)


def test_metrics_that_are_asked_for_alone(stores, tmp_path):
    store = tmp_path / "metrics.zarr"
    asked = ["--metrics", "lag_1", "coverage"]
    assert run("analyse", "metrics", *stores, *asked, "--output", store) == 0
    found = xr.open_zarr(store)
    expected = {"lag_1", "coverage", "lag_1_permuted", "coverage_permuted", "units", "living"}
    assert set(found.data_vars) == expected


def test_an_unknown_metric_is_one_line(stores, tmp_path, capsys):
    output = ["--output", tmp_path / "x.zarr"]
    assert run("analyse", "metrics", *stores, "--metrics", "beauty", *output) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert "beauty" in line
    assert all(name in line for name in METRICS)


def test_the_null_follows_the_seed_alone(stores, tmp_path):
    names = [tmp_path / "one.zarr", tmp_path / "two.zarr"]
    for name in names:
        assert run("analyse", "metrics", *stores, "--output", name) == 0
    one, two = (name.with_suffix(".zarr.sha256").read_text() for name in names)
    assert one.replace("one.zarr", "two.zarr") == two
