"""The units of a small net while it was trained, in store and table."""

import numpy as np
import pandas as pd
import xarray as xr

from isingdbn import storage
from isingdbn.analysis.emergence import MEASURES
from isingdbn.cli.table.emergence import emergence_rows
from tests.cli.commands import run
from tests.cli.conftest import THRESHOLDS


def test_epochs_are_the_first_the_last_and_some_between(small_net):
    found = storage.load(small_net / "units.zarr", "emergence")
    epochs = {
        (stage, layer): [
            int(epoch) for epoch in found["epoch"].sel(stage=stage).isel(layer=layer) if epoch
        ]
        for stage in ("pretrained", "finetuned")
        for layer in (0, 1)
    }
    assert epochs["pretrained", 0] == [1, 2, 3, 4, 5, 7, 9, 12, 15, 20]
    assert epochs["pretrained", 1] == [1, 2]
    assert epochs["finetuned", 0] == epochs["finetuned", 1] == [1, 2, 3, 4, 5]


def test_the_last_record_is_the_trained_net(small_net):
    found = storage.load(small_net / "units.zarr", "emergence").load()
    metrics = storage.load(small_net / "metrics.zarr", "metrics").load()
    for stage in ("pretrained", "finetuned"):
        for layer, units in enumerate((7, 3)):
            at = found.sel(stage=stage).isel(layer=layer, unit=slice(units))
            last = at.isel(record=int(np.flatnonzero(at["epoch"])[-1]))
            for name in ("participation_ratio", "sign_coherence"):
                measured = metrics[name].sel(stage=stage).isel(layer=layer, unit=slice(units))
                known = np.isfinite(measured)
                np.testing.assert_allclose(last[name][known], measured[known], rtol=3e-3)


def test_the_table_ends_with_the_counts_of_the_dead_neurons(small_net, tmp_path):
    names = ["--nets", "Net", "--recipes", "r", "--inputs"]
    run("table", "emergence", *names, small_net / "units.zarr", "--output", tmp_path / "table.csv")
    run("table", "dead-neurons", *names, small_net / "dead.zarr", "--output", tmp_path / "dead.csv")
    rows, dead = pd.read_csv(tmp_path / "table.csv"), pd.read_csv(tmp_path / "dead.csv")
    assert len(rows) == 10 + 2 + 5 + 5
    for (stage, layer), of_layer in rows.groupby(["stage", "layer"]):
        (count,) = dead[(dead["stage"] == stage) & (dead["layer"] == layer)].itertuples()
        last = of_layer.iloc[-1]
        assert last["dead_by_weight"] == count.dead_by_weight
        assert last["below_10_percent"] == count.dead_by_weight
        assert last["dead_by_activity"] == count.dead_by_activity
        assert of_layer["moved"].isna().tolist() == [True] + [False] * (len(of_layer) - 1)


def units(**values):
    """Three units over four records of one layer, as a store has them."""
    shape = (1, 1, 4, 3)
    variables = {name: (("stage", "layer", "record", "unit"), np.ones(shape)) for name in MEASURES}
    variables |= {
        name: (("stage", "layer", "record", "unit"), np.reshape(found, shape).astype(float))
        for name, found in values.items()
    }
    variables["singular_values"] = (("stage", "layer", "record", "rank"), np.ones((1, 1, 4, 2)))
    variables["units"] = ("layer", [3])
    variables["epoch"] = (("stage", "layer", "record"), [[[1, 2, 4, 8]]])
    attributes = {"height": 6, "width": 8, "weight_fraction": 0.1, "activity_fraction": 0.01,
                  "percentile": 100.0}  # fmt: skip
    names = {"stage": np.array(["pretrained"], np.dtypes.StringDType())}
    return xr.Dataset(variables, coords=names, attrs=attributes)


def test_a_unit_that_dies_and_comes_back_is_counted():
    weight = [[1, 1, 1], [1, 0.05, 0], [1, 0.2, 0.02], [1, 0.05, 0.2]]
    rows = list(emergence_rows(units(largest_weight=weight)))
    assert [row["dead_by_weight"] for row in rows] == [0, 2, 1, 1]
    assert [row["revived_by_weight"] for row in rows] == [0, 0, 1, 1]
    assert [row["below_3_percent"] for row in rows] == [0, 1, 1, 0]
    assert [row["below_30_percent"] for row in rows] == [0, 2, 2, 2]
    assert [row["revived_by_activity"] for row in rows] == [0, 0, 0, 0]


def test_fields_become_local_between_two_records():
    """From 19.2 to 1.2 of 48 sites between epochs 2 and 4: a tenth of them after 2·√2 epochs."""
    size = [[21] * 3, [19.2] * 3, [1.2] * 3, [0.6] * 3]
    rows = list(emergence_rows(units(participation_ratio=size)))
    assert {row["local_from_epoch"] for row in rows} == {round(2 * 2**0.5, 5)}
    never = list(emergence_rows(units(participation_ratio=[[21] * 3] * 4)))
    assert {row["local_from_epoch"] for row in never} == {""}
    at_once = list(emergence_rows(units(participation_ratio=[[1.5] * 3] * 4)))
    assert {row["local_from_epoch"] for row in at_once} == {1.0}  # by the first record


def test_singular_values_are_those_of_the_weights(small_net):
    found = storage.load(small_net / "units.zarr", "emergence").load()
    layer = xr.open_zarr(small_net / "layer0.zarr")
    expected = np.linalg.svd(layer["recorded_weights_0"].values[-1].astype(float))[1][:2]
    at = found.sel(stage="pretrained").isel(layer=0)
    last = at["singular_values"][int(np.flatnonzero(at["epoch"])[-1])]
    np.testing.assert_allclose(last, expected, rtol=1e-3)


def test_centres_move_on_the_torus():
    x = [[0.5, 1, 2], [7.5, 1, 2], [7.5, 1, 2], [7.5, 5, 2]]
    rows = list(emergence_rows(units(centre_x=x)))
    assert [row["moved"] for row in rows] == ["", 0, 0, 0]
    rows = list(emergence_rows(units(centre_x=[[value] * 3 for value, *_ in x])))
    assert [row["moved"] for row in rows] == ["", 1, 0, 0]


def test_a_layer_that_diverged_at_once_has_no_rows(small_net, tmp_path):
    options = "--held-out 40 --visible bernoulli --hidden bernoulli --mismatched-units true"
    options += " --divergence result --epochs 3 --learning-rate 10 --minibatch 20"
    run("pretrain", "--lattices", small_net / "spins.zarr", *options.split(), "--initial-scale", 5,
        "--largest-parameter", 1, "--units", 4, "--output", tmp_path / "layer.zarr")  # fmt: skip
    run("analyse", "emergence", "--layers", tmp_path / "layer.zarr", *THRESHOLDS.split(),
        "--lattices", small_net / "spins.zarr", "--output", tmp_path / "units.zarr")  # fmt: skip
    found = storage.load(tmp_path / "units.zarr", "emergence").load()
    assert not found["epoch"].any()
    assert list(emergence_rows(found)) == []
