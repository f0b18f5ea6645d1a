"""The code of a small net, in store and table."""

import numpy as np
import pandas as pd
import pytest

from isingdbn import storage
from isingdbn.analysis.code import explained
from isingdbn.cli.data import load_lattices
from isingdbn.ising.observables import magnetization_per_site
from tests.cli.commands import refused, run


def test_codes_are_those_of_both_stages_and_of_two_linear_ones(small_net, tmp_path):
    layers = [small_net / "layer0.zarr", small_net / "layer1.zarr"]
    spins = ["--lattices", small_net / "spins.zarr"]
    run("analyse", "code", "--layers", *layers, "--network", small_net / "net.zarr", *spins,
        "--output", tmp_path / "code.zarr")  # fmt: skip
    found = storage.load(tmp_path / "code.zarr", "code").load()
    names = ["pretrained", "finetuned", "pca", "random_projection"]
    assert found["code"].values.tolist() == names
    assert found["decoder"].values.tolist() == ["linear", "quadratic"]
    run("table", "code", "--nets", "Net", "--recipes", "r", "--inputs", tmp_path / "code.zarr",
        "--output", tmp_path / "code.csv")  # fmt: skip
    rows = pd.read_csv(tmp_path / "code.csv")
    assert list(zip(rows["encoder"], rows["decoder"], strict=True)) == [
        (code, decoder) for code in names for decoder in ("linear", "quadratic")
    ]
    assert (rows["numbers"] == 3).all()
    # the pre-trained code by hand
    machines = [storage.load(path, "layer").load() for path in layers]

    def encode(values):
        for k, layer in enumerate(machines):
            inputs = values @ layer[f"weights_{k}"].values + layer[f"hidden_bias_{k}"].values
            values = 1 / (1 + np.exp(-inputs))
        return values

    split = load_lattices(small_net / "spins.zarr", 40)
    sides = [part.rows(slice(None)) for part in (split.training, split.held_out)]
    codes = [encode(spins.reshape(len(spins), -1).astype(np.float32)) for spins in sides]
    m = [magnetization_per_site(spins)[:, None] for spins in sides]
    at = found.sel(code="pretrained", decoder="linear")
    expected = explained(codes[0], m[0], codes[1], m[1])
    assert float(at["r2_magnetization"]) == pytest.approx(expected, abs=1e-3)
    assert float(found.sel(code="pca", decoder="linear")["r2_magnetization"]) > 0.9


def test_what_is_no_code_is_one_line(small_net, tmp_path, capsys):
    run("pretrain", "--lattices", small_net / "spins.zarr", "--held-out", 40, "--visible", "spin",
        "--hidden", "spin", "--units", 33, "--epochs", 1, "--learning-rate", 0.01,
        "--minibatch", 20, "--initial-scale", 0.1, "--output", tmp_path / "wide.zarr")  # fmt: skip
    line = refused(capsys, "analyse", "code", "--layers", tmp_path / "wide.zarr",
                   "--lattices", small_net / "spins.zarr",
                   "--output", tmp_path / "code.zarr")  # fmt: skip
    assert "wide.zarr: has 33 units, a code of at most 32 is needed" in line
