"""``isingdbn table dead-neurons|reconstruction-error``: gather one measurement of many networks into a CSV file."""

import argparse
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd
import xarray as xr

from isingdbn import storage
from isingdbn.cli.arguments import Parser, add_output
from isingdbn.errors import InputError

__all__ = ["parser", "run"]

METHODS = ("zero_output", "block_mean", "pca", "autoencoder")


def parser() -> argparse.ArgumentParser:
    """The options of the command."""
    parser = Parser(prog="isingdbn table", description=__doc__)
    parser.add_argument("measurement", choices=("dead-neurons", "reconstruction-error"))
    parser.add_argument("--nets", nargs="+", required=True, help="the name of each network's architecture")
    parser.add_argument("--recipes", nargs="+", required=True, help="the recipe of each network")
    parser.add_argument("--inputs", type=Path, nargs="+", required=True, help="stores of `isingdbn analyse`, in the order of --nets")
    add_output(parser, "the CSV file")
    return parser


def run(arguments: argparse.Namespace) -> None:
    """Gather and write."""
    for option, names in (("--nets", arguments.nets), ("--recipes", arguments.recipes)):
        if len(names) != len(arguments.inputs):
            raise InputError(f"{option}: {len(names)} names for {len(arguments.inputs)} inputs; give one a store")
    kind, rows_of = {
        "dead-neurons": ("dead_neurons", dead_neuron_rows),
        "reconstruction-error": ("reconstruction", reconstruction_rows),
    }[arguments.measurement]
    stores = [storage.load(store, kind) for store in arguments.inputs]
    rows = [
        {"net": net, "recipe": recipe, "temperature": data.attrs["temperature"], "seed": data.attrs["seed"], **row}
        for net, recipe, data in zip(arguments.nets, arguments.recipes, stores, strict=True)
        for row in rows_of(data)
    ]
    with storage.publish_file(arguments.output) as temporary:
        pd.DataFrame(rows).to_csv(temporary, index=False, lineterminator="\n")


def dead_neuron_rows(data: xr.Dataset) -> Iterator[dict]:
    """One row a stage and layer."""
    for stage in ("pretrained", "finetuned"):
        for layer in range(data.sizes["layer"]):
            at = data.isel(layer=layer)
            counts = {f"dead_by_{how}": int(at[f"{stage}_dead_by_{how}"]) for how in ("weight", "activity")}
            yield {"stage": stage, "layer": layer, "units": int(at["units"]), **counts}


def reconstruction_rows(data: xr.Dataset) -> Iterator[dict]:
    """One row a method: the mean over held-out lattices, and its standard error.

    The last two columns compare with principal components on the same lattices, pair by pair.
    """
    pca = data["error_pca"].values
    for method in METHODS:
        error = data[f"error_{method}"].values
        yield {
            "method": method,
            "code": data.attrs["units"][-1],
            "held_out_error": round(error.mean(), 6),
            "standard_error": round(standard_error(error), 6),
            "minus_pca": round((error - pca).mean(), 6),
            "minus_pca_standard_error": round(standard_error(error - pca), 6),
            "held_out_lattices": len(error),
        }


def standard_error(values: np.ndarray) -> float:
    """Standard error of the mean of independent ``values``."""
    return float(values.std(ddof=1) / np.sqrt(len(values))) if len(values) > 1 else float("nan")
