"""A small net, trained and measured once for all tests of commands that only read it."""

import pytest

from tests.cli.commands import run

MACHINE = "--held-out 40 --hidden bernoulli --learning-rate 0.05 --minibatch 20 --initial-scale 0.1"
TUNING = (
    "--epochs 5 --learning-rate 1e-3 --minibatch 20 --l1 0 --l1-scale per_sample --augment true"
)
THRESHOLDS = "--weight-fraction 0.1 --activity-fraction 0.01 --percentile 99"


@pytest.fixture(scope="session")
def small_net(tmp_path_factory):
    """The folder of a net of 20, 7 and 3 units: ``spins.zarr``, ``layer0.zarr``, ``layer1.zarr``,
    ``net.zarr``, and what is measured on it.
    """
    home = tmp_path_factory.mktemp("small_net")
    options = ["--size", "5x4", "--temperature", 2.5, "--samples", 200, "--chains", 4, "--seed", 1]
    run("simulate", *options, "--output", home / "spins.zarr")
    spins = ["--lattices", home / "spins.zarr"]
    first, second = home / "layer0.zarr", home / "layer1.zarr"
    run("pretrain", *spins, *MACHINE.split(), "--visible", "gaussian", "--units", 7,
        "--epochs", 20, "--output", first)  # fmt: skip
    run("pretrain", *spins, *MACHINE.split(), "--visible", "bernoulli", "--units", 3,
        "--epochs", 2, "--below", first, "--output", second)  # fmt: skip
    net = ["--output", home / "net.zarr", "--keras", home / "net.keras"]
    run("finetune", *spins, "--layers", first, second, *TUNING.split(), *net)
    trained = ["--layers", first, second, "--network", home / "net.zarr"]
    run("analyse", "dead-neurons", *trained, *spins, *THRESHOLDS.split(),
        "--output", home / "dead.zarr")  # fmt: skip
    run("analyse", "receptive-fields", *trained, "--output", home / "fields.zarr")
    run("analyse", "metrics", "--fields", home / "fields.zarr", "--dead", home / "dead.zarr",
        "--output", home / "metrics.zarr")  # fmt: skip
    run("analyse", "definitions", *trained, *spins, "--dead", home / "dead.zarr",
        "--samples", 30, "--output", home / "definitions.zarr")  # fmt: skip
    run("analyse", "emergence", *trained, *spins, *THRESHOLDS.split(),
        "--output", home / "units.zarr")  # fmt: skip
    return home
