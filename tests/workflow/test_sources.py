"""The sources that a command's results depend on are the modules that it really imports."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from isingdbn.cli import COMMANDS
from isingdbn.sources import code_digest, sources_of

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "src" / "isingdbn"
TALK = {"cli/__init__.py", "errors.py", "progress.py", "sources.py"}  # they change no result
BY_HAND = {
    "table training": {
        "cli/arguments.py",
        "cli/csv_tables.py",
        "cli/table/training.py",
        "parameters/lattice.py",
        "parameters/numbers.py",
        "storage.py",
        "surroundings.py",
    },
    "figure loss": {
        "cli/arguments.py",
        "cli/csv_files.py",
        "cli/drawing.py",
        "cli/fields.py",
        "cli/figure.py",
        "figures/loss.py",
        "figures/options.py",
        "figures/style.py",
        "parameters/lattice.py",
        "parameters/numbers.py",
        "storage.py",
        "surroundings.py",
    },
    "discriminate-epochs": {
        "analysis/discrimination.py",
        "cli/arguments.py",
        "cli/data.py",
        "cli/discriminate_epochs.py",
        "cli/network.py",
        "cli/pairs.py",
        "cli/spins.py",
        "ising/observables.py",
        "learning/dataset.py",
        "learning/free_energy.py",
        "learning/stack.py",
        "parameters/data.py",
        "parameters/lattice.py",
        "parameters/numbers.py",
        "parameters/pretraining.py",
        "seeding.py",
        "storage.py",
        "surroundings.py",
    },
    "mixing": {
        "cli/arguments.py",
        "cli/data.py",
        "cli/machine.py",
        "cli/mixing.py",
        "cli/network.py",
        "cli/spins.py",
        "ising/autocorrelation.py",
        "ising/mixing_time.py",
        "ising/observables.py",
        "learning/dataset.py",
        "learning/flow.py",
        "learning/stack.py",
        "parameters/data.py",
        "parameters/lattice.py",
        "parameters/mixing.py",
        "parameters/numbers.py",
        "seeding.py",
        "storage.py",
        "surroundings.py",
    },
    "surrogate": {
        "cli/arguments.py",
        "cli/spins.py",
        "cli/surrogate.py",
        "ising/autocorrelation.py",
        "ising/chains.py",
        "ising/equilibrium.py",
        "ising/exact.py",
        "ising/gaussian_fields.py",
        "ising/lattice.py",
        "ising/observables.py",
        "ising/packed.py",
        "ising/pfaffian.py",
        "ising/simulation.py",
        "ising/surrogates.py",
        "ising/wolff.py",
        "ising/xoshiro.py",
        "parameters/data.py",
        "parameters/lattice.py",
        "parameters/numbers.py",
        "parameters/sampling.py",
        "parameters/temperature.py",
        "seeding.py",
        "storage.py",
        "surroundings.py",
    },
}


@pytest.fixture(scope="module")
def imported():
    """The files of this package that are loaded with each command, by its name,
    each found in a fork of a process that has loaded the libraries alone.
    """
    modules = {command.name: command.modules for command in COMMANDS}
    script = """
import importlib, json, os, sys
import keras, matplotlib.figure, numba, pandas, pydantic, scipy.ndimage, tensorflow, xarray, zarr
sys.path.insert(0, sys.argv[1])
for name, modules in json.loads(sys.argv[2]).items():
    assert "isingdbn" not in sys.modules
    if os.fork() == 0:
        for module in modules:
            importlib.import_module(module)
        ours = [m.__file__ for n, m in sys.modules.items() if n.partition(".")[0] == "isingdbn"]
        print(json.dumps([name, ours]), flush=True)
        os._exit(0)
    assert os.wait()[1] == 0
"""
    done = subprocess.run(
        [sys.executable, "-I", "-c", script, str(ROOT / "src"), json.dumps(modules)],
        capture_output=True,
        text=True,
        check=True,
    )
    return {
        name: {Path(file).relative_to(PACKAGE).as_posix() for file in files}
        for name, files in map(json.loads, done.stdout.splitlines())
    }


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.name)
def test_sources_are_the_modules_that_are_imported(command, imported):
    found = imported[command.name]
    fronts = {name for name in found if name.endswith("__init__.py")}
    by_every_command = {"figures/register.py"}
    read = (
        {"figures/fields.html", "figures/fields.js"} if command.name == "figure fields" else set()
    )
    by_every_command |= set() if command.name == "warm" else {"cli/warm_client.py"}
    assert (
        set(sources_of(*command.modules))
        == (found | read | {"surroundings.py"}) - fronts - TALK - by_every_command
    )


@pytest.mark.parametrize("command", BY_HAND)
def test_sources_are_those_of_a_list_by_hand(command):
    (modules,) = [known.modules for known in COMMANDS if known.name == command]
    assert set(sources_of(*modules)) == BY_HAND[command]


def test_the_digest_of_a_command_follows_its_sources_alone(tmp_path):
    """Each copy of the package differs in one thing; asked in a process of its own,
    since a process keeps the first answer.
    """

    def digest(name, change):
        folder = tmp_path / name
        subprocess.run(["cp", "-r", PACKAGE.parent, folder], check=True)
        change(folder / "isingdbn")
        script = (
            f"import sys; sys.path.insert(0, {str(folder)!r}); from isingdbn.sources import"
            f" code_digest; print(code_digest({COMMAND!r}))"
        )
        return subprocess.run(
            [sys.executable, "-I", "-c", script], capture_output=True, text=True, check=True
        ).stdout.strip()

    def append(name):
        def edit(package):
            with (package / name).open("a") as source:
                source.write("# an edit\n")

        return edit

    here = code_digest(COMMAND)
    assert digest("same", lambda _: None) == here
    assert digest("verify", append("cli/verify.py")) == here
    assert (
        digest("swap", lambda package: (package / "ising" / ".wolff.py.swp").write_text("x"))
        == here
    )
    assert digest("wolff", append("ising/wolff.py")) != here
    assert digest("storage", append("storage.py")) != here
    assert digest("indirect", append("parameters/sampling.py")) != here


COMMAND = "isingdbn.cli.simulate"


def test_the_program_of_the_page_is_a_source_of_it():
    names = {name for command in COMMANDS for name in sources_of(*command.modules)}
    beside = {path.relative_to(PACKAGE).as_posix() for path in PACKAGE.rglob("*.[hj]*[ls]")}
    assert names & beside == beside == {"figures/fields.html", "figures/fields.js"}


def test_package_fronts_hold_no_code():
    for path in PACKAGE.rglob("__init__.py"):
        if path.relative_to(PACKAGE).as_posix() not in TALK | {"__init__.py"}:
            assert len([line for line in path.read_text().splitlines() if line]) <= 3, path


def test_every_rule_logs_benchmarks_and_has_the_command_whose_sources_it_depends_on():
    """What the base rule has, all have."""
    rules = ROOT / "workflow" / "rules"
    base = (rules / "base.smk").read_text()
    for word in ("log:", "threads:", "resources:", "conda:", "shell:"):
        assert word in base
    names = []
    for path in rules.glob("*.smk"):
        text = path.read_text()
        assert "\nrule " not in text or path.name == "base.smk"
        for rule in text.split("\nuse rule isingdbn as ")[1:]:
            name = rule.split()[0]
            names.append(name)
            for word in ('"""', "output:", "log:", "benchmark:", "params:", "command("):
                assert word in rule, f"{path.name}: rule {name} has no {word}"
    assert len(names) == len(set(names)) == 62


def test_the_tiny_experiment_replaces_every_block_of_the_default():
    assert (
        yaml.safe_load((ROOT / "config.yaml").read_text()).keys()
        == yaml.safe_load((ROOT / "tests/workflow/tiny.yaml").read_text()).keys()
    )
