"""Nets on surrogates: what can be trained on what, and which stores belong together."""

import numpy as np
import pytest
import xarray as xr

from isingdbn.cli import main

SETTINGS = (
    "--held-out 10 --units 3 --epochs 1 --learning-rate 0.01 --minibatch 5 --initial-scale 0.1"
)
GAUSSIAN, SPIN = "--visible gaussian --hidden bernoulli", "--visible spin --hidden spin"
TUNING = (
    "--epochs 1 --learning-rate 1e-3 --minibatch 5 --l1 0 --l1-scale per_sample --augment {augment}"
)


def run(words):
    assert main([str(word) for word in words]) == 0, words


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    """Lattices, their surrogates, and a machine on each kind of data."""
    home = tmp_path_factory.mktemp("controls")
    options = ["--size", 4, "--temperature", 2.5, "--samples", 60, "--chains", 4, "--seed", 0]
    run(["simulate", *options, "--output", home / "lattices.zarr"])
    for data in ("gaussian_field", "fixed_permutation", "pixel_shuffle"):
        store = home / f"{data}.zarr"
        run(["surrogate", "--lattices", home / "lattices.zarr", "--data", data, "--output", store])
    for data in ("lattices", "gaussian_field", "fixed_permutation"):
        pretrain = ["pretrain", "--lattices", home / f"{data}.zarr", *SETTINGS.split()]
        run([*pretrain, *GAUSSIAN.split(), "--output", home / f"layer_{data}.zarr"])
    return home


def refused(capsys, words, message):
    capsys.readouterr()
    assert main([str(word) for word in words]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert message in line


def test_a_machine_says_what_it_was_trained_on(home):
    for data in ("lattices", "gaussian_field", "fixed_permutation"):
        assert xr.open_zarr(home / f"layer_{data}.zarr").attrs["data"] == data


def test_real_numbers_are_taken_by_gaussian_units_alone(home, tmp_path, capsys):
    pretrain = ["pretrain", "--lattices", home / "gaussian_field.zarr", *SETTINGS.split()]
    output = ["--output", tmp_path / "x.zarr"]
    message = "--visible: spin units cannot take gaussian_field, real numbers; choose gaussian"
    refused(capsys, [*pretrain, *SPIN.split(), *output], message)
    mismatched = [*pretrain, *SPIN.split(), "--mismatched-units", "true", *output]
    refused(capsys, mismatched, message)
    evaluate = ["evaluate", "--layer", home / "layer_gaussian_field.zarr"]
    settings = ["--chains", "3", "--annealing-steps", "5", "--sweeps", "2"]
    lattices = ["--lattices", home / "gaussian_field.zarr"]
    refused(capsys, [*evaluate, *lattices, *settings, *output], "holds real numbers")


def finetune(home, data, augment, folder):
    files = ["--output", folder / "net.zarr", "--keras", folder / "net.keras"]
    stores = ["--lattices", home / f"{data}.zarr", "--layers", home / f"layer_{data}.zarr"]
    return ["finetune", *stores, *TUNING.format(augment=augment).split(), *files]


def test_symmetries_are_not_drawn_where_there_are_none(home, tmp_path, capsys):
    message = "--augment: true is not allowed on fixed_permutation"
    refused(capsys, finetune(home, "fixed_permutation", "true", tmp_path), message)
    assert list(tmp_path.iterdir()) == []
    run(finetune(home, "fixed_permutation", "false", tmp_path))


@pytest.mark.parametrize("augment", ["true", "false"])
def test_a_real_field_is_fine_tuned_and_measured(home, tmp_path, augment):
    run(finetune(home, "gaussian_field", augment, tmp_path))
    stack = ["--layers", home / "layer_gaussian_field.zarr", "--network", tmp_path / "net.zarr"]
    data = ["--lattices", home / "gaussian_field.zarr"]
    settings = ["--block", "2", "--examples", "1", "--output", tmp_path / "errors.zarr"]
    run(["analyse", "reconstruction", *stack, *data, *settings])
    errors = xr.open_zarr(tmp_path / "errors.zarr").load()
    field = xr.open_zarr(home / "gaussian_field.zarr")["spins"].values
    squares = np.mean(field.astype(float) ** 2, axis=(1, 2))
    assert errors.attrs["data"] == "gaussian_field"
    away = abs(errors["error_zero_output"].values[:, None] - squares).min(axis=1)
    assert (away < 1e-5).all()


def test_fields_are_drawn_with_the_dead_units_of_their_own_net_alone(home, tmp_path, capsys):
    thresholds = ["--weight-fraction", 0.1, "--activity-fraction", 0.01, "--percentile", 99]
    for data in ("lattices", "fixed_permutation"):
        layers = ["--layers", home / f"layer_{data}.zarr"]
        fields, dead = (tmp_path / f"{what}_{data}.zarr" for what in ("fields", "dead"))
        run(["analyse", "receptive-fields", *layers, "--output", fields])
        lattices = ["--lattices", home / f"{data}.zarr"]
        run(["analyse", "dead-neurons", *layers, *lattices, *thresholds, "--output", dead])
    draw = ["figure", "receptive-fields", "--fields", tmp_path / "fields_lattices.zarr"]
    how = ["--stage", "pretrained", "--colormap", "hot", "--label", "x"]
    output = ["--output", tmp_path / "figure.png"]
    run([*draw, "--dead", tmp_path / "dead_lattices.zarr", *how, *output])
    other = ["--dead", tmp_path / "dead_fixed_permutation.zarr"]
    refused(capsys, [*draw, *other, *how, *output], "is of another net than")
    tuned = [word if word != "pretrained" else "finetuned" for word in how]
    own = ["--dead", tmp_path / "dead_lattices.zarr"]
    refused(capsys, [*draw, *own, *tuned, *output], "--stage: finetuned is not in")
