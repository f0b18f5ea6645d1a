"""Whether machines, and physics, tell lattices from surrogates."""

import numpy as np
import pandas as pd
import pytest
import xarray as xr

from isingdbn import storage
from isingdbn.cli import main
from isingdbn.cli.data import load_lattices

MACHINE = (
    "--held-out 150 --units 3 --visible spin --hidden spin --epochs 2 --learning-rate 0.05"
    " --minibatch 25 --initial-scale 0.1"
)
UPPER = (
    "--units 2 --visible spin --hidden spin --epochs 2 --learning-rate 0.05 --minibatch 25"
    " --held-out 150 --initial-scale 0.5"
)
VARIABLES = (
    "machine_auc", "physics_auc", "energy_auc", "plaquette_auc", "abs_magnetization_auc",
)  # fmt: skip


def run(*words):
    assert main([str(word) for word in words]) == 0, words


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    """Cold lattices, surrogates of them, and a machine on each."""
    home = tmp_path_factory.mktemp("discriminate")
    options = ["--size", "5x4", "--temperature", 1.9, "--samples", 600, "--chains", 4]
    run("simulate", *options, "--seed", 7, "--output", home / "lattices.zarr")
    for data in ("independent", "sign_product_2", "gaussian_field"):
        source = ["--lattices", home / "lattices.zarr"]
        run("surrogate", *source, "--data", data, "--output", home / f"{data}.zarr")
    for data in ("lattices", "independent", "sign_product_2"):
        output = ["--output", home / f"machine_{data}.zarr"]
        run("pretrain", "--lattices", home / f"{data}.zarr", *MACHINE.split(), *output)
    return home


def words(home, data, output, **changes):
    options = {
        "layers": home / "machine_lattices.zarr",
        "lattices": home / "lattices.zarr",
        "control-layers": home / f"machine_{data}.zarr",
        "control-lattices": home / f"{data}.zarr",
        "output": output,
        **changes,
    }
    given = [word for name, value in options.items() for word in (f"--{name}", str(value))]
    return ["discriminate", *given]


def weights(home, data):
    layer = xr.open_zarr(home / f"machine_{data}.zarr")
    names = ("weights_0", "visible_bias_0", "hidden_bias_0")
    return [layer[name].values.astype(float) for name in names]


def test_the_machines_auc_is_that_of_their_free_energies(home, tmp_path):
    """Against F(v) = -b·v - Σ log 2 cosh(c + vW), written out."""
    run(*words(home, "sign_product_2", tmp_path / "told.zarr"))
    told = storage.load(tmp_path / "told.zarr", "discrimination").load()
    ratios = []
    for data in ("lattices", "sign_product_2"):
        v = load_lattices(home / f"{data}.zarr", 150).held_out.flat().rows(slice(None))
        likelihoods = [
            v @ b + np.log(2 * np.cosh(c + v @ w)).sum(axis=1)
            for w, b, c in (weights(home, kind) for kind in ("lattices", "sign_product_2"))
        ]
        ratios.append(likelihoods[0] - likelihoods[1])
    expected = np.mean(np.sign(ratios[0][:, None] - ratios[1]) / 2 + 0.5)
    assert float(told["machine_auc"]) == pytest.approx(expected, abs=1e-3)
    assert told.attrs["data"] == "sign_product_2"
    assert told.attrs["held_out_lattices"] == 150


def test_physics_tells_cold_lattices_from_independent_spins(home, tmp_path):
    run(*words(home, "independent", tmp_path / "told.zarr"))
    told = xr.open_zarr(tmp_path / "told.zarr").load()
    assert tuple(sorted(told.data_vars)) == tuple(sorted(VARIABLES))
    for name in ("physics_auc", "energy_auc", "abs_magnetization_auc", "machine_auc"):
        assert 0.97 < float(told[name]) <= 1, name
    table = ["--nets", "N", "--recipes", "r", "--output", tmp_path / "table.csv"]
    run("table", "discrimination", "--inputs", tmp_path / "told.zarr", *table)
    row = pd.read_csv(tmp_path / "table.csv").iloc[0]
    assert row["physics_auc"] == round(float(told["physics_auc"]), 6)
    assert (row["data"], row["units"], row["seed"]) == ("independent", 3, 7)


def test_stacks_are_told_whole_and_cut_after_each_machine(home, tmp_path):
    """Each as the stack of as many machines alone is, the first as the machine is."""
    stacks = {data: [home / f"machine_{data}.zarr"] for data in ("lattices", "sign_product_2")}
    for data, stack in stacks.items():
        for layer in (1, 2):
            output = tmp_path / f"{data}_{layer}.zarr"
            source = ["--lattices", home / f"{data}.zarr", "--below", *stack]
            run("pretrain", *source, *UPPER.split(), "--output", output)
            stack.append(output)
    told = []
    for depth in (1, 2, 3):
        given = [
            "--layers", *stacks["lattices"][:depth],
            "--control-layers", *stacks["sign_product_2"][:depth],
            "--lattices", home / "lattices.zarr",
            "--control-lattices", home / "sign_product_2.zarr",
        ]  # fmt: skip
        run("discriminate", *given, "--output", tmp_path / f"told_{depth}.zarr")
        told.append(storage.load(tmp_path / f"told_{depth}.zarr", "discrimination").load())
    alone, _, whole = told
    assert "stack_auc" not in alone
    for bound in ("stack_auc", "stack_auc_weighted"):
        expected = [float(alone["machine_auc"]), *(float(cut[bound]) for cut in told[1:])]
        assert whole[f"{bound}_by_depth"].values.tolist() == expected
        assert len({*expected}) == 3
    assert whole["depth"].values.tolist() == [1, 2, 3]
    assert whole["stack_auc"] != whole["stack_auc_weighted"]

    stores = [tmp_path / f"told_{depth}.zarr" for depth in (3, 1, 2)]
    names = ["--nets", "C", "A", "B", "--recipes", *"rrr", "--output", tmp_path / "table.csv"]
    run("table", "discrimination", "--inputs", *stores, *names)
    rows = pd.read_csv(tmp_path / "table.csv").set_index("net")
    for bound in ("stack_auc", "stack_auc_weighted"):
        cuts = rows[[f"{bound}_2", f"{bound}_3"]]
        assert cuts.loc["A"].isna().all()
        assert cuts.isna().loc["B"].tolist() == [False, True]
        assert cuts.loc["B", f"{bound}_2"] == cuts.loc["C", f"{bound}_2"] == rows.loc["B", bound]
        assert cuts.loc["C", f"{bound}_3"] == rows.loc["C", bound]


def test_made_again_the_bytes_are_the_same(home, tmp_path):
    manifests = []
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        run(*words(home, "independent", tmp_path / name / "told.zarr"))
        manifests.append((tmp_path / name / "told.zarr.sha256").read_text())
    assert manifests[0] == manifests[1]


def test_what_is_no_pair_is_one_line(home, tmp_path, capsys):
    other = tmp_path / "wider.zarr"
    wider = MACHINE.replace("--units 3", "--units 4").split()
    run("pretrain", "--lattices", home / "independent.zarr", *wider, "--output", other)
    gaussian = tmp_path / "gaussian.zarr"
    visible = MACHINE.replace("--visible spin", "--visible gaussian").split()
    run("pretrain", "--lattices", home / "gaussian_field.zarr", *visible, "--output", gaussian)
    swapped = {
        "layers": home / "machine_independent.zarr",
        "lattices": home / "independent.zarr",
        "control-layers": home / "machine_lattices.zarr",
        "control-lattices": home / "lattices.zarr",
    }
    field = {"control-layers": gaussian, "control-lattices": home / "gaussian_field.zarr"}
    longer = tmp_path / "longer.zarr"
    more = MACHINE.replace("--epochs 2", "--epochs 3").split()
    run("pretrain", "--lattices", home / "independent.zarr", *more, "--output", longer)
    cases = {
        "has epochs 3, and": {"control-layers": longer},
        "is not the pair of": {"control-layers": other},
        "was trained on other lattices": {"control-lattices": home / "sign_product_2.zarr"},
        "trained on independent and lattices": swapped,
        "holds real numbers": field,
    }
    for message, changes in cases.items():
        capsys.readouterr()
        assert main(words(home, "independent", tmp_path / "x.zarr", **changes)) == 2
        (line,) = capsys.readouterr().err.splitlines()
        assert message in line
        assert not (tmp_path / "x.zarr").exists()
