"""`isingdbn evaluate` and `table evaluation`: a machine that is the Ising model itself,
trained ones, and refusals.
"""

import csv
import math

import numpy as np
import pytest
import xarray as xr

from isingdbn import storage
from isingdbn.cli import main
from isingdbn.cli.network import layer_dataset
from isingdbn.ising.exact import torus_correlations, torus_energy, torus_free_energy
from isingdbn.learning.stack import StackLayer

TEMPERATURE, SITES = 2.5, 15
SETTINGS = {"chains": "101", "annealing_steps": "53", "sweeps": "200"}


def simulate(output, temperature=TEMPERATURE):
    options = ["--size", "3x5", "--temperature", str(temperature), "--samples", "400",
               "--updates", "auto", "--thermalization", "auto"]  # fmt: skip
    assert (
        main(["simulate", *options, "--chains", "8", "--seed", "0", "--output", str(output)]) == 0
    )
    return output


def store_layer(output, lattices, weights, sigma=None, **kinds):
    """A layer with these ``weights`` and no biases, as if it had been trained on ``lattices``."""
    visible, hidden = np.zeros(len(weights), np.float32), np.zeros(weights.shape[1], np.float32)
    layer = StackLayer(weights.astype(np.float32), visible, hidden, sigma, **kinds)
    attributes = {
        "units": [weights.shape[1]],
        "held_out": 150,
        **storage.provenance("isingdbn.cli.pretrain", {}, [lattices]),
    }
    storage.save(layer_dataset(0, layer, np.zeros(1), attributes), output)
    return output


def bonds(temperature=TEMPERATURE):
    """The weights of a machine of spins that is the Ising model of the torus:
    a hidden spin on each bond (see the tests of `learning`).
    """
    sites = np.arange(SITES).reshape(3, 5)
    pairs = [(sites.ravel(), np.roll(sites, -1, axis).ravel()) for axis in (0, 1)]
    weights = np.zeros((SITES, 2 * SITES))
    weights[np.concatenate(pairs, axis=1), np.arange(2 * SITES)] = (
        math.acosh(math.exp(2 / temperature)) / 2
    )
    return weights


def evaluate(layer, lattices, output, **changes):
    options = [
        part
        for name, value in (SETTINGS | changes).items()
        for part in (f"--{name.replace('_', '-')}", value)
    ]
    return main(
        [
            "evaluate",
            "--layer",
            str(layer),
            "--lattices",
            str(lattices),
            *options,
            "--output",
            str(output),
        ]
    )


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    """Lattices, the machine that is their model, and its evaluation."""
    home = tmp_path_factory.mktemp("evaluate")
    simulate(home / "spins.zarr")
    store_layer(home / "ising.zarr", home / "spins.zarr", bonds(), visible="spin", hidden="spin")
    assert evaluate(home / "ising.zarr", home / "spins.zarr", home / "evaluation.zarr") == 0
    return home


def test_the_ising_model_itself_is_found_perfect(home):
    data = xr.open_zarr(home / "evaluation.zarr").load()
    log_z = (
        2 * SITES * (math.log(2) + 1 / TEMPERATURE)
        - SITES * torus_free_energy((3, 5), TEMPERATURE) / TEMPERATURE
    )
    assert abs(data["log_partition"] - log_z) < 1e-4
    assert data["log_partition_error"] == 0
    assert abs(data["log_partition_ais"] - log_z) < 4 * data["log_partition_ais_error"] < 1
    assert data["log_weight"].shape == (101,)
    entropy = (
        torus_energy((3, 5), TEMPERATURE) - torus_free_energy((3, 5), TEMPERATURE)
    ) / TEMPERATURE
    assert data["exact_log_likelihood_per_site"] == pytest.approx(-entropy)
    for part in ("training", "held_out"):
        per_site, error = (
            data[f"{part}_log_likelihood_per_site"],
            data[f"{part}_log_likelihood_per_site_error"],
        )
        assert abs(per_site + entropy) < 4 * error < 0.2
        assert per_site * SITES == pytest.approx(data[f"{part}_log_likelihood"])
    assert abs(data["free_energy_gap"]) < 4 * data["free_energy_gap_error"]
    assert data["free_energy_gap"] == pytest.approx(
        data["held_out_free_energy"] - data["training_free_energy"]
    )
    correlation = torus_correlations((3, 5), TEMPERATURE)
    np.testing.assert_allclose(data["exact_correlation_y"], correlation[:2, 0])
    np.testing.assert_allclose(data["exact_correlation_x"], correlation[0, :3])
    for source in ("random_start", "data_start", "held_out"):
        for name in ("energy", "magnetization_squared", "correlation_y", "correlation_x"):
            value, error = data[f"{source}_{name}"].values, data[f"{source}_{name}_error"].values
            assert (abs(value - data[f"exact_{name}"].values) <= 4.5 * error + 1e-9).all(), (
                source,
                name,
            )
    assert data["start_distance"] < 4
    assert data.attrs["warnings"] == []


def test_variables_are_labelled_and_the_origin_is_known(home):
    data = xr.open_zarr(home / "evaluation.zarr").load()
    for name, variable in data.items():
        assert variable.attrs["long_name"], name
        assert variable.attrs["units"] in ("1", "J", "nat"), name
    assert data["random_start_correlation_y"].dims == ("dy",)
    expected = {"kind": "evaluation", "height": 3, "width": 5, "temperature": 2.5, "seed": 0,
                "units": [30], "visible": "spin", "hidden": "spin", "chains": 101,
                "annealing_steps": 53, "sweeps": 200, "log_partition_by": "enumeration",
                "likelihood_is": "probability"}  # fmt: skip
    assert expected.items() <= data.attrs.items()
    assert set(data.attrs["input_sha256"]) == {str(home / "ising.zarr"), str(home / "spins.zarr")}


def test_made_again_the_bytes_are_the_same(home, tmp_path):
    assert evaluate(home / "ising.zarr", home / "spins.zarr", tmp_path / "evaluation.zarr") == 0
    assert (tmp_path / "evaluation.zarr.sha256").read_text() == (
        home / "evaluation.zarr.sha256"
    ).read_text()


def test_table_has_a_row_a_quantity(home, tmp_path):
    names = ["--nets", "Net", "--recipes", "r"]
    assert (
        main(
            [
                "table",
                "evaluation",
                *names,
                "--inputs",
                str(home / "evaluation.zarr"),
                "--output",
                str(tmp_path / "t.csv"),
            ]
        )
        == 0
    )
    with (tmp_path / "t.csv").open() as file:
        rows = {row["quantity"]: row for row in csv.DictReader(file)}
    data = xr.open_zarr(home / "evaluation.zarr").load()
    row = rows["random_start_correlation_x(2)"]
    assert (row["net"], row["recipe"], row["temperature"], row["seed"]) == ("Net", "r", "2.5", "0")
    assert abs(float(row["value"]) - float(data["random_start_correlation_x"][2])) < 1e-6
    assert abs(float(row["exact"]) - float(data["exact_correlation_x"][2])) < 1e-9
    pull = (data["data_start_energy"] - data["exact_energy"]) / data["data_start_energy_error"]
    assert abs(float(rows["data_start_energy"]["pull"]) - float(pull)) < 0.006
    assert rows["held_out_log_likelihood_per_site"]["exact"]
    assert not rows["held_out_log_likelihood_per_site"]["pull"]
    assert not rows["held_out_free_energy"]["exact"]


def test_a_trained_gaussian_machine_has_a_density(home, tmp_path):
    """Log Z against the integral in closed form, and the likelihood against a sum
    over the two hidden states.
    """
    options = ["--held-out", "150", "--units", "1", "--visible", "gaussian",
               "--hidden", "bernoulli", "--sigma", "0.8"]  # fmt: skip
    options += [
        "--epochs",
        "5",
        "--learning-rate",
        "0.01",
        "--minibatch",
        "25",
        "--initial-scale",
        "0.1",
    ]
    assert (
        main(
            [
                "pretrain",
                "--lattices",
                str(home / "spins.zarr"),
                *options,
                "--output",
                str(tmp_path / "layer.zarr"),
            ]
        )
        == 0
    )
    assert evaluate(tmp_path / "layer.zarr", home / "spins.zarr", tmp_path / "e.zarr") == 0
    layer, data = (
        xr.open_zarr(tmp_path / "layer.zarr").load(),
        xr.open_zarr(tmp_path / "e.zarr").load(),
    )
    w, b, c = (
        layer[f"{name}_0"].values.astype(float)
        for name in ("weights", "visible_bias", "hidden_bias")
    )
    up = (w[:, 0] @ (0.5 * w[:, 0] + b)) / 0.64 + c[0]
    log_z = SITES * math.log(0.8 * math.sqrt(2 * math.pi)) + np.logaddexp(0, up)
    assert abs(data["log_partition"] - log_z) < 1e-4
    spins = xr.open_zarr(home / "spins.zarr")["spins"].values.reshape(400, -1).astype(float)
    log_p = (
        np.logaddexp(0, spins @ w[:, 0] / 0.64 + c[0])
        - ((spins - b) ** 2).sum(axis=1) / 1.28
        - log_z
    )
    both = (250 * data["training_log_likelihood"] + 150 * data["held_out_log_likelihood"]) / 400
    assert abs(both - log_p.mean()) < 1e-3
    assert data.attrs["likelihood_is"] == "density"
    assert "exact_log_likelihood_per_site" not in data
    square = (
        0.64 + np.mean(b**2) + (np.mean((b + w[:, 0]) ** 2) - np.mean(b**2)) / (1 + math.exp(-up))
    )
    assert (
        abs(data["random_start_correlation_x"][0] - square)
        < 4.5 * data["random_start_correlation_x_error"][0]
    )
    assert -math.log(2) - 0.1 < data["held_out_log_pseudolikelihood"] < 0


def test_chains_that_have_not_mixed_are_called_so(home, tmp_path, capsys):
    """One sweep of a cold machine from random spins is far from two sweeps later,
    and from ordered lattices.
    """
    lattices = simulate(tmp_path / "cold.zarr", temperature=1)
    layer = store_layer(tmp_path / "layer.zarr", lattices, bonds(1), visible="spin", hidden="spin")
    capsys.readouterr()
    assert evaluate(layer, lattices, tmp_path / "e.zarr", sweeps="2", annealing_steps="2") == 0
    lines = [line for line in capsys.readouterr().err.splitlines() if line.startswith("warning: ")]
    data = xr.open_zarr(tmp_path / "e.zarr").load()
    assert lines == [f"warning: {text}" for text in data.attrs["warnings"]]
    assert len(lines) == 2
    assert "effective of 101 annealed chains" in lines[0]
    assert "they have not mixed" in lines[1]
    assert data["start_distance"] > 4


def test_frozen_chains_that_agree_have_mixed(home, tmp_path):
    """Hidden biases so large that every lattice of the model is all up: no difference,
    and no error to divide it by.
    """
    weights = np.full((SITES, 2), 30.0)
    layer = StackLayer(
        weights, np.full(SITES, 40.0), np.full(2, 900.0), None, visible="spin", hidden="spin"
    )
    attributes = {
        "units": [2],
        "held_out": 150,
        **storage.provenance("isingdbn.cli.pretrain", {}, [home / "spins.zarr"]),
    }
    storage.save(layer_dataset(0, layer, np.zeros(1), attributes), tmp_path / "layer.zarr")
    assert (
        evaluate(tmp_path / "layer.zarr", home / "spins.zarr", tmp_path / "e.zarr", sweeps="2") == 0
    )
    data = xr.open_zarr(tmp_path / "e.zarr").load()
    assert data["random_start_energy"] == data["data_start_energy"] == pytest.approx(-2)
    assert data["start_distance"] == 0


def test_a_machine_without_a_distribution_is_called_so(home, tmp_path):
    """Gaussian units on both sides with weights so large that every sweep doubles them."""
    weights = np.random.default_rng(0).normal(0, 0.7, (SITES, 13))
    layer = store_layer(
        tmp_path / "layer.zarr",
        home / "spins.zarr",
        weights,
        np.ones(SITES),
        visible="gaussian",
        hidden="gaussian",
    )
    assert evaluate(layer, home / "spins.zarr", tmp_path / "e.zarr") == 0
    warnings = xr.open_zarr(tmp_path / "e.zarr").attrs["warnings"]
    assert warnings[0].startswith("no layer is bounded and the norm of the weights is ")
    assert warnings[1] == "chains became infinite within 200 sweeps: the model has no distribution"


def test_where_annealing_is_impossible_log_z_is_not_a_number(home, tmp_path):
    weights = np.random.default_rng(0).normal(0, 0.1, (SITES, 23))
    layer = store_layer(
        tmp_path / "layer.zarr",
        home / "spins.zarr",
        weights,
        np.full(SITES, 0.9, np.float32),
        visible="gaussian",
        hidden="relu",
    )
    assert evaluate(layer, home / "spins.zarr", tmp_path / "e.zarr") == 0
    data = xr.open_zarr(tmp_path / "e.zarr").load()
    assert "relu units are sampled only near" in data.attrs["warnings"][0]
    assert data.attrs["log_partition_by"] == "not known"
    for name in (
        "log_partition",
        "log_partition_ais",
        "held_out_log_likelihood",
        "effective_samples",
    ):
        assert np.isnan(data[name]), name
    assert np.isfinite(data["held_out_log_pseudolikelihood"])
    assert main(["table", "evaluation", "--nets", "n", "--recipes", "r",
                 "--inputs", str(tmp_path / "e.zarr"),
                 "--output", str(tmp_path / "t.csv")]) == 0  # fmt: skip


def test_surrogates_have_no_exact_values(home, tmp_path):
    lattices = tmp_path / "surrogates.zarr"
    assert (
        main(
            [
                "surrogate",
                "--lattices",
                str(home / "spins.zarr"),
                "--data",
                "independent",
                "--output",
                str(lattices),
            ]
        )
        == 0
    )
    layer = store_layer(
        tmp_path / "layer.zarr", lattices, bonds(), visible="spin", hidden="bernoulli"
    )
    assert evaluate(layer, lattices, tmp_path / "e.zarr", chains="2", sweeps="1") == 0
    assert not [name for name in xr.open_zarr(tmp_path / "e.zarr") if name.startswith("exact_")]


def test_bad_input_is_one_line_and_exit_status_2(home, tmp_path, capsys):
    def refused(words, layer=home / "ising.zarr", lattices=home / "spins.zarr", **changes):
        before = sorted(tmp_path.iterdir())
        assert evaluate(layer, lattices, tmp_path / "e.zarr", **changes) == 2
        (line,) = capsys.readouterr().err.splitlines()
        assert words in line
        assert sorted(tmp_path.iterdir()) == before

    refused("--chains: '1' is not allowed: Input should be greater than or equal to 2", chains="1")
    refused("--annealing-steps: 'many' is not allowed", annealing_steps="many")
    refused("--sweeps: '0' is not allowed", sweeps="0")
    refused("none.zarr: there is no such store", layer=home / "none.zarr")
    refused("spins.zarr: is of the kind 'lattices', 'layer' is needed", layer=home / "spins.zarr")
    other = simulate(tmp_path / "other.zarr", temperature=2.6)
    store_layer(tmp_path / "bernoulli.zarr", other, bonds(), visible="bernoulli", hidden="spin")
    second = xr.open_zarr(home / "ising.zarr").load().assign_attrs(layer=1)
    storage.save(second, tmp_path / "second.zarr")
    capsys.readouterr()
    refused("ising.zarr: was trained on other lattices than", lattices=other)
    refused(
        "bernoulli.zarr: has bernoulli visible units, which spins are not",
        layer=tmp_path / "bernoulli.zarr",
        lattices=other,
    )
    refused("second.zarr: is layer 1 of a stack, layer 0 is needed", layer=tmp_path / "second.zarr")
    assert evaluate(home / "ising.zarr", home / "spins.zarr", home / "evaluation.zarr") == 2
    assert "exists already" in capsys.readouterr().err
