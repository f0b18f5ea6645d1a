"""Lattices without any spread, through every command: ground states,
no magnetization, and a single lattice.

No quotient by an error, a spread or a height may warn (warnings are errors here),
stop or give what later commands cannot take.
"""

import csv
import math

import numpy as np
import pandas as pd
import pytest
import xarray as xr

from isingdbn import storage
from isingdbn.cli import main
from isingdbn.ising.observables import energy_per_site, magnetization_per_site
from isingdbn.parameters.data import SURROGATES as KINDS

TEMPERATURE = 0.4
STRIPES = np.repeat(np.where(np.arange(8) < 4, 1, -1).astype(np.int8)[:, None], 8, axis=1)


def run(*words):
    assert main([str(word) for word in words]) == 0, words


def store(output, spins, temperature=TEMPERATURE):
    """Lattices of one's own, as if they had been simulated."""
    data = {
        "spins": (("sample", "y", "x"), spins),
        "energy": ("sample", energy_per_site(spins)),
        "magnetization": ("sample", magnetization_per_site(spins)),
    }
    chain = {"chain": ("sample", np.arange(len(spins), dtype=np.int32))}
    identity = {
        "height": 8,
        "width": 8,
        "temperature": temperature,
        "seed": 0,
        "samples": len(spins),
    }
    attributes = {
        "kind": "lattices",
        **identity,
        **storage.provenance("isingdbn.cli.simulate", identity),
    }
    storage.save_samples(
        "spins", [xr.Dataset(data, chain)], len(spins), lambda _: attributes, output
    )


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    """Stores of lattices by name."""
    home = tmp_path_factory.mktemp("alike")
    options = ["--size", 8, "--chains", 4, "--seed", 0]
    run(
        "simulate",
        *options,
        "--temperature",
        TEMPERATURE,
        "--samples",
        60,
        "--output",
        home / "ground.zarr",
    )
    run(
        "simulate",
        *options,
        "--temperature",
        0.3,
        "--samples",
        60,
        "--output",
        home / "colder.zarr",
    )
    run(
        "simulate",
        *options,
        "--temperature",
        TEMPERATURE,
        "--samples",
        1,
        "--output",
        home / "single.zarr",
    )
    assert set(xr.open_zarr(home / "ground.zarr")["energy"].values) == {-2.0}
    store(home / "unmagnetized.zarr", np.stack([STRIPES, STRIPES.T]))
    store(home / "one_of_two.zarr", np.stack([STRIPES, np.ones_like(STRIPES)]))
    for kind in KINDS:
        run(
            "surrogate",
            "--lattices",
            home / "ground.zarr",
            "--data",
            kind,
            "--output",
            home / f"{kind}.zarr",
        )
    return home


# Of ground states, shuffled pixels are the same lattices, and products of signs are signs alike.
SPINS = ["ground", "single", "unmagnetized", "one_of_two", "thresholded_gaussian", "independent"]
# the exact specific heat of the colder ones is zero in floating point
NEAR, COLD = ("0.2", "0.5"), ("0.002", "0.003")


@pytest.mark.parametrize(("name", "between"), [*((name, NEAR) for name in SPINS), ("ground", COLD)])
def test_physics_is_measured_gathered_and_drawn(home, tmp_path, name, between):
    lattices = home / f"{name}.zarr"
    run("measure", "thermodynamics", "--lattices", lattices, "--output", tmp_path / "physics.zarr")
    # surrogates are measured too, but not reweighted
    ising = home / "ground.zarr" if name in KINDS else lattices
    run(
        "measure",
        "peaks",
        "--lattices",
        ising,
        "--between",
        *between,
        "--output",
        tmp_path / "peaks.zarr",
    )
    run("exact", "--size", 8, "--temperatures", *between, "--output", tmp_path / "exact.zarr")
    run(
        "table",
        "thermodynamics",
        "--inputs",
        tmp_path / "physics.zarr",
        "--output",
        tmp_path / "table.csv",
    )
    measured = [
        "--measured",
        tmp_path / "physics.zarr",
        "--exact",
        tmp_path / "exact.zarr",
        "--peaks",
        tmp_path / "peaks.zarr",
    ]
    run("figure", "thermodynamics", *measured, "--output", tmp_path / "figure.png")
    with (tmp_path / "table.csv").open() as file:
        rows = {row["quantity"]: row for row in csv.DictReader(file)}
    for row in rows.values():
        error = float(row["standard_error"])
        assert error >= 0
        assert bool(row["pull"]) == (bool(row["exact"]) and 0 < error < math.inf)
    if name == "ground":
        assert {row["standard_error"] for row in rows.values()} == {"0.0"}
    if name == "unmagnetized":
        assert rows["binder"]["value"] == ""
    if name == "single":
        assert {row["standard_error"] for row in rows.values()} == {"inf"}


def test_a_peak_is_measured_beside_a_single_lattice(home, tmp_path):
    stores = [home / f"{name}.zarr" for name in ("ground", "colder", "single")]
    run("measure", "peaks", "--lattices", *stores, "--between", "0.2", "0.5",
        "--output", tmp_path / "peaks.zarr")  # fmt: skip
    data = xr.open_zarr(tmp_path / "peaks.zarr").load()
    for name in ("specific_heat", "connected_susceptibility"):
        assert (data[name] == 0).all()
        assert np.isnan(data[f"{name}_peak"])
        assert np.isinf(data[f"{name}_peak_error"])


TRAIN = ["--epochs", 2, "--learning-rate", 0.01, "--minibatch", 10, "--initial-scale", 0.01]
KINDS_OF_UNITS = {"spin": ["--hidden", "spin"], "gaussian": ["--hidden", "bernoulli"]}


@pytest.mark.parametrize("visible", KINDS_OF_UNITS)
@pytest.mark.parametrize("held_out", [1, 20])
def test_nets_are_trained_measured_gathered_and_drawn(
    home, tmp_path, monkeypatch, visible, held_out
):
    monkeypatch.chdir(tmp_path)
    data = ["--lattices", home / "ground.zarr"]
    options = [
        "--held-out",
        held_out,
        "--units",
        5,
        *TRAIN,
        "--visible",
        visible,
        *KINDS_OF_UNITS[visible],
    ]
    run("pretrain", *data, *options, "--output", "layer.zarr")
    stack, stages = ["--layers", "layer.zarr", "--network"], ["pretrained"]
    if visible == "gaussian":
        tuning = ["--epochs", 2, "--learning-rate", 1e-3, "--minibatch", 10, "--l1", 5e-4,
                  "--l1-scale", "per_sample", "--augment", "true"]  # fmt: skip
        run("finetune", *data, "--layers", "layer.zarr", *tuning, "--output", "net.zarr",
            "--keras", "net.keras")  # fmt: skip
        stack, stages = [*stack, "net.zarr"], ["pretrained", "finetuned"]
    thresholds = ["--weight-fraction", 0.1, "--activity-fraction", 0.01, "--percentile", 99]
    run("analyse", "receptive-fields", *stack, "--output", "fields.zarr")
    run("analyse", "dead-neurons", *stack, *data, *thresholds, "--output", "dead.zarr")
    run("analyse", "reconstruction", *stack, *data, "--block", 4, "--examples", 1,
        "--output", "errors.zarr")  # fmt: skip
    run("evaluate", "--layer", "layer.zarr", *data, "--chains", 3, "--annealing-steps", 11,
        "--sweeps", 5, "--output", "evaluation.zarr")  # fmt: skip
    sources = {
        "dead-neurons": "dead",
        "reconstruction-error": "errors",
        "training": "layer",
        "evaluation": "evaluation",
    }
    for table, source in sources.items():
        run("table", table, "--nets", "Net", "--recipes", "r", "--inputs", f"{source}.zarr",
            "--output", f"{table}.csv")  # fmt: skip
        assert len(pd.read_csv(f"{table}.csv")) > 0
    for table in ("dead-neurons", "reconstruction-error"):
        run("figure", table, "--table", f"{table}.csv", "--output", f"{table}.png")
    run(
        "figure",
        "reconstructions",
        "--inputs",
        "errors.zarr",
        "--labels",
        "Net",
        "--output",
        "reconstructions.png",
    )
    for stage in stages:
        fields = ["--fields", "fields.zarr", "--dead", "dead.zarr", "--stage", stage,
                  "--colormap", "hot", "--label", "x"]  # fmt: skip
        run("figure", "receptive-fields", *fields, "--output", f"{stage}.png")
    if visible == "gaussian":
        run("figure", "loss", "--network", "net.zarr", "--reconstruction", "errors.zarr",
            "--label", "x", "--output", "loss.png")  # fmt: skip
