"""Three definitions of receptive fields of a small net, in store and table."""

import numpy as np
import pandas as pd
import pytest

from isingdbn import storage
from isingdbn.analysis.metrics import METRICS
from isingdbn.cli import main

MACHINE = (
    "--held-out 40 --hidden bernoulli --epochs 2 --learning-rate 0.05 --minibatch 20"
    " --initial-scale 0.1"
)
TUNING = (
    "--epochs 1 --learning-rate 1e-3 --minibatch 20 --l1 0 --l1-scale per_sample --augment true"
)
THRESHOLDS = "--weight-fraction 0.1 --activity-fraction 0.01 --percentile 99"


def run(*words):
    assert main([str(word) for word in words]) == 0, words


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    home = tmp_path_factory.mktemp("definitions")
    options = ["--size", "5x4", "--temperature", 2.5, "--samples", 200, "--chains", 4, "--seed", 1]
    run("simulate", *options, "--output", home / "spins.zarr")
    spins = ["--lattices", home / "spins.zarr"]
    first, second = home / "layer0.zarr", home / "layer1.zarr"
    run("pretrain", *spins, *MACHINE.split(), "--visible", "gaussian", "--units", 7,
        "--output", first)  # fmt: skip
    run("pretrain", *spins, *MACHINE.split(), "--visible", "bernoulli", "--units", 3,
        "--below", first, "--output", second)  # fmt: skip
    net = ["--output", home / "net.zarr", "--keras", home / "net.keras"]
    run("finetune", *spins, "--layers", first, second, *TUNING.split(), *net)
    trained = ["--layers", first, second, "--network", home / "net.zarr"]
    run("analyse", "dead-neurons", *trained, *spins, *THRESHOLDS.split(),
        "--output", home / "dead.zarr")  # fmt: skip
    run("analyse", "receptive-fields", *trained, "--output", home / "fields.zarr")
    run("analyse", "definitions", *trained, *spins, "--dead", home / "dead.zarr",
        "--samples", 30, "--output", home / "definitions.zarr")  # fmt: skip
    return home


def test_the_product_is_that_of_the_receptive_fields(home):
    found = storage.load(home / "definitions.zarr", "definitions").load()
    fields = storage.load(home / "fields.zarr", "receptive_fields").load()
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


def test_the_table_has_a_row_a_stage_layer_and_definition(home, tmp_path):
    names = ["--nets", "Net", "--recipes", "r", "--inputs", home / "definitions.zarr"]
    run("table", "definitions", *names, "--output", tmp_path / "table.csv")
    rows = pd.read_csv(tmp_path / "table.csv")
    where = set(zip(rows["stage"], rows["layer"], rows["definition"], strict=True))
    assert len(where) == len(rows) <= 2 * 2 * 3
    found = storage.load(home / "definitions.zarr", "definitions").load()
    row = rows[rows["definition"] == "covariance"].iloc[0]
    at = found.sel(definition="covariance", stage=row["stage"]).isel(layer=row["layer"])
    expected = np.median(at["lag_1"].values[at["living"].values])
    assert row["lag_1"] == pytest.approx(expected, rel=1e-5)


def test_dead_units_of_another_net_are_one_line(home, tmp_path, capsys):
    spins = ["--lattices", home / "spins.zarr"]
    first, both = ([home / f"layer{k}.zarr" for k in range(n)] for n in (1, 2))
    for layers in (first, both):  # the dead units are those of the fine-tuned net
        words = ["analyse", "definitions", "--layers", *layers, *spins]
        words += ["--dead", home / "dead.zarr"]
        assert main([str(word) for word in [*words, "--output", tmp_path / "x.zarr"]]) == 2
        (line,) = capsys.readouterr().err.splitlines()
        assert "dead.zarr is of another net than" in line
        assert not (tmp_path / "x.zarr").exists()
