"""Three definitions of receptive fields of a small net, in store and table."""

import numpy as np
import pandas as pd
import pytest

from isingdbn import storage
from isingdbn.analysis.metrics import METRICS
from tests.cli.commands import refused, run


def test_the_product_is_that_of_the_receptive_fields(small_net):
    found = storage.load(small_net / "definitions.zarr", "definitions").load()
    fields = storage.load(small_net / "fields.zarr", "receptive_fields").load()
    assert found["definition"].values.tolist() == ["product", "jacobian", "covariance"]
    for stage in ("pretrained", "finetuned"):
        for layer, units in enumerate((7, 3)):
            at = found.sel(definition="product", stage=stage).isel(layer=layer, unit=slice(units))
            expected = METRICS["participation_ratio"](fields[f"{stage}_{layer}"].values)
            defined = np.isfinite(at["participation_ratio"])
            np.testing.assert_allclose(
                at["participation_ratio"][defined], expected[defined], rtol=1e-4
            )
            np.testing.assert_allclose(at["cosine_with_product"][defined], 1, rtol=1e-6)
    first = found.sel(definition="jacobian", stage="pretrained").isel(layer=0)
    np.testing.assert_allclose(first["cosine_with_product"], 1, rtol=1e-5)
    assert found.attrs["data"] == "lattices"


def test_the_table_has_a_row_a_stage_layer_and_definition(small_net, tmp_path):
    names = ["--nets", "Net", "--recipes", "r", "--inputs", small_net / "definitions.zarr"]
    run("table", "definitions", *names, "--output", tmp_path / "table.csv")
    rows = pd.read_csv(tmp_path / "table.csv")
    where = set(zip(rows["stage"], rows["layer"], rows["definition"], strict=True))
    assert len(where) == len(rows) <= 2 * 2 * 3
    found = storage.load(small_net / "definitions.zarr", "definitions").load()
    row = rows[rows["definition"] == "covariance"].iloc[0]
    at = found.sel(definition="covariance", stage=row["stage"]).isel(layer=row["layer"])
    expected = np.median(at["lag_1"].values[at["living"].values])
    assert row["lag_1"] == pytest.approx(expected, rel=1e-5)


def test_dead_units_of_another_net_are_one_line(small_net, tmp_path, capsys):
    spins = ["--lattices", small_net / "spins.zarr"]
    first, both = ([small_net / f"layer{k}.zarr" for k in range(n)] for n in (1, 2))
    for layers in (first, both):  # the dead units are those of the fine-tuned net
        words = ["analyse", "definitions", "--layers", *layers, *spins]
        words += ["--dead", small_net / "dead.zarr"]
        line = refused(capsys, *words, "--output", tmp_path / "x.zarr")
        assert "dead.zarr is of another net than" in line
        assert not (tmp_path / "x.zarr").exists()
