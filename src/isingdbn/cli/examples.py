"""An example at the end of each command's help, made of what the command needs."""

import argparse
import shlex
import shutil
import textwrap
from pathlib import Path

__all__ = ["SAMPLES", "add_example", "example"]

# A value of each option that some command needs; a path is the option's name, if it is not here.
SAMPLES = {
    "activity_fraction": "0.01",
    "annealing_steps": "3000",
    "augment": "true",
    "between": "2.2 2.4",
    "block": "8",
    "chains": "100",
    "colormap": "RdBu_r",
    "command": "snakemake --cores 8",
    "comparisons": "comparisons.csv",
    "configfiles": "config.yaml config/quick.yaml",
    "control_layers": "control0.zarr",
    "data": "thresholded_gaussian",
    "draws": "64",
    "epochs": "40",
    "examples": "2",
    "folder": "results",
    "held_out": "2000",
    "hidden": "bernoulli",
    "initial_scale": "0.01",
    "inputs": "one.zarr another.zarr",
    "json": "scorecard.json",
    "keras": "net.keras",
    "l1": "0.0005",
    "l1_scale": "per_sample",
    "label": "'my machine'",
    "labels": "one another",
    "layer": "layer0.zarr",
    "layers": "layer0.zarr",
    "learning_rate": "0.02",
    "minibatch": "100",
    "nets": "One Another",
    "percentile": "99",
    "recipes": "mehta_schwab mehta_schwab",
    "samples": "20000",
    "seed": "0",
    "size": "40",
    "sizes": "metrics.csv",
    "snapshots": "20",
    "stage": "pretrained",
    "starts": "250",
    "steps": "100",
    "sweeps": "200",
    "table": "table.csv",
    "tables": "metrics.csv training.csv",
    "temperature": "2.5",
    "temperatures": "2.2 2.269 2.5",
    "units": "400",
    "visible": "spin",
    "weight_fraction": "0.1",
    "weights": "theirs.npz",
}
SUFFIXES = {"figure": "png", "table": "csv", "scorecard": "csv"}  # of outputs, by group
# What a command needs otherwise.
OF_COMMAND = {
    ("analyse code", "layers"): "layer0.zarr layer1.zarr layer2.zarr",
    ("couplings lattices", "output"): "couplings.zarr",
    ("figure emergence", "dead"): "dead_neurons.csv",
    ("figure fields", "nets"): "One",
    ("figure fields", "output"): "fields.html",
    ("figure film", "output"): "film.gif",
    ("finetune", "learning_rate"): "0.001",
}


def example(parser: argparse.ArgumentParser) -> list[str]:
    """The words of a call of the command: all that it needs, and nothing else."""
    words = parser.prog.split()
    for action in parser._actions:
        if action.required:
            option = [max(action.option_strings, key=len)] if action.option_strings else []
            words += [*option, *shlex.split(_sample(parser.prog, action))]
    return words


def add_example(parser: argparse.ArgumentParser) -> None:
    """End the help of ``parser`` with its `example`, in lines that a shell can take."""
    width = shutil.get_terminal_size().columns - 2
    lines = textwrap.wrap(
        shlex.join(example(parser)), width - 6, break_long_words=False, break_on_hyphens=False
    )
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.description = textwrap.fill(" ".join((parser.description or "").split()), width)
    parser.epilog = "example:\n  " + " \\\n    ".join(lines)


def _sample(prog: str, action: argparse.Action) -> str:
    _, group, *leaf = prog.split()
    own = OF_COMMAND.get((" ".join([group, *leaf]), action.dest))
    if own is not None:
        return own
    if action.dest == "output":
        return f"{(leaf or [group])[0]}.{SUFFIXES.get(group, 'zarr')}"
    named = f"{action.dest}.zarr" if action.type is Path else action.dest.upper()
    return SAMPLES.get(action.dest, named)
