"""``isingdbn table dead-neurons|reconstruction-error|training|evaluation|…``: gather one measurement of many stores into a CSV file."""

import argparse
import math
import re
from collections.abc import Iterator
from numbers import Real
from pathlib import Path

import numpy as np
import pandas as pd
import xarray as xr

from isingdbn import storage
from isingdbn.cli.arguments import Parser, add_output, add_points, at_points
from isingdbn.errors import InputError

__all__ = ["parser", "run"]

METHODS = ("zero_output", "block_mean", "pca", "stack", "autoencoder")
STAGES = ("pretrained", "finetuned")


def parser() -> argparse.ArgumentParser:
    """The options of the command."""
    parser = Parser(prog="isingdbn table", description=__doc__)
    parts = parser.add_subparsers(required=True, metavar="MEASUREMENT", parser_class=Parser)
    for name, kind, rows_of, source in (
        ("dead-neurons", "dead_neurons", dead_neuron_rows, "analyse dead-neurons"),
        ("reconstruction-error", "reconstruction", reconstruction_rows, "analyse reconstruction"),
        ("training", "layer", training_rows, "pretrain"),
        ("evaluation", "evaluation", evaluation_rows, "evaluate"),
    ):
        part = parts.add_parser(name, description=f"of `isingdbn {source}`")
        part.add_argument("--nets", nargs="+", required=True, help="the name of each network's architecture")
        part.add_argument("--recipes", nargs="+", required=True, help="the recipe of each network")
        part.add_argument("--inputs", type=Path, nargs="+", required=True, help="stores, in the order of --nets")
        part.set_defaults(kind=kind, rows_of=rows_of)
    part = parts.add_parser("thermodynamics", description="of `isingdbn measure thermodynamics`")
    part.add_argument("--inputs", type=Path, nargs="+", required=True, help="stores")
    part.set_defaults(kind="thermodynamics", rows_of=thermodynamics_rows, nets=None, recipes=None)
    for part in parts.choices.values():
        add_points(part, "--inputs")
        add_output(part, "the CSV file")
    return parser


def run(arguments: argparse.Namespace) -> None:
    """Gather and write."""
    names = {"net": arguments.nets, "recipe": arguments.recipes}
    for name, values in names.items():
        if values is not None and len(values) != len(arguments.inputs):
            raise InputError(f"--{name}s: {len(values)} names for {len(arguments.inputs)} inputs; give one a store")
    inputs = [(index, store) for index, pattern in enumerate(arguments.inputs) for store in at_points(pattern, arguments.points)]
    rows = [
        {
            **{name: values[index] for name, values in names.items() if values is not None},
            "temperature": data.attrs["temperature"],
            "seed": data.attrs["seed"],
            **row,
        }
        for index, store in inputs
        for data in [storage.load(store, arguments.kind)]
        for row in arguments.rows_of(data)
    ]
    with storage.publish_file(arguments.output, storage.provenance(__name__, {}, [store for _, store in inputs])) as temporary:
        pd.DataFrame(rows).to_csv(temporary, index=False, lineterminator="\n")
        _refuse_misread(temporary, rows, arguments.output)


def _refuse_misread(written: Path, rows: list[dict], output: Path) -> None:
    """Raise InputError if ``pandas.read_csv`` reads anything in ``written`` as something else than ``rows`` mean."""
    for row, read in zip(rows, pd.read_csv(written).to_dict("records"), strict=False):
        for column, found in read.items():
            value, named = row.get(column, ""), column in ("net", "recipe")
            if not _same(value, found) or (named and not value):
                where = f"--{column}s" if named else f"{output}: {column}"
                raise InputError(f"{where}: {value!r} is not allowed: pandas.read_csv reads it as {found!r}; give another one")


def _same(meant: object, found: object) -> bool:
    """Whether a cell is read as what it means; an empty text and what is not a number are both missing values."""
    if meant == "" or (isinstance(meant, Real) and math.isnan(meant)):
        return isinstance(found, float) and math.isnan(found)
    if isinstance(meant, str):
        return isinstance(found, str) and found == meant
    return isinstance(found, Real) and not isinstance(found, bool) and found == meant


def dead_neuron_rows(data: xr.Dataset) -> Iterator[dict]:
    """One row a stage and layer."""
    for stage in (stage for stage in STAGES if f"{stage}_dead_by_weight" in data):
        for layer in range(data.sizes["layer"]):
            at = data.isel(layer=layer)
            counts = {f"dead_by_{how}": int(at[f"{stage}_dead_by_{how}"]) for how in ("weight", "activity")}
            yield {"stage": stage, "layer": layer, "units": int(at["units"]), **counts}


def reconstruction_rows(data: xr.Dataset) -> Iterator[dict]:
    """One row a method: the mean over held-out lattices, and its standard error.

    The last two columns compare with principal components on the same lattices, pair by pair.
    """
    pca = data["error_pca"].values
    for method in (method for method in METHODS if f"error_{method}" in data):
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


def training_rows(data: xr.Dataset) -> Iterator[dict]:
    """One row: how the training of a layer ended."""
    k = data.attrs["layer"]
    errors = data[f"reconstruction_error_{k}"].values
    yield {
        "layer": k,
        "units": data.attrs["units"][-1],
        "visible": data.attrs["visible"],
        "hidden": data.attrs["hidden"],
        "epochs": data.attrs["epochs_done"],
        "diverged_in_epoch": data.attrs["epochs_done"] + 1 if data.attrs["diverged"] else "",
        "first_reconstruction_error": round(float(errors[0]), 6) if len(errors) else "",
        "last_reconstruction_error": round(float(errors[-1]), 6) if len(errors) else "",
        "largest_weight": round(float(np.abs(data[f"weights_{k}"].values).max()), 4),
        "zero_weights": round(float((data[f"weights_{k}"].values == 0).mean()), 4),
        "l1_effective": data.attrs["l1_effective"],
    }


def evaluation_rows(data: xr.Dataset) -> Iterator[dict]:
    """One row a quantity that has an error, beside its exact value where known; correlations at the smallest and largest distance.

    The exact log likelihood is that of the Ising model itself, which no other model exceeds on average: it has no pull.
    """
    for name in data:
        if f"{name}_error" not in data:
            continue
        quantity = re.sub("^(random_start|data_start|held_out|training)_", "", name)
        for distance in (None,) if data[name].ndim == 0 else sorted({1, data[name].size - 1}):
            at = () if distance is None else distance
            value, error = float(data[name].values[at]), float(data[f"{name}_error"].values[at])
            label = name if distance is None else f"{name}({distance})"
            row = {"quantity": label, "value": float(f"{value:.7g}"), "standard_error": float(f"{error:.2g}")}
            if f"exact_{quantity}" in data:
                exact = float(data[f"exact_{quantity}"].values[at])
                row |= {"exact": float(f"{exact:.10g}")}
                row |= {} if "likelihood" in quantity else {"pull": pull(value, exact, error)}
            yield row


def thermodynamics_rows(data: xr.Dataset) -> Iterator[dict]:
    """One row a quantity: measured value, standard error and, exact value and pull where known; correlations at five displacements."""
    half = data.sizes["dy"] // 2, data.sizes["dx"] // 2
    near, far = min(5, *half), (half[0], half[1])
    displacements = dict.fromkeys([(0, 1), (1, 1), (near, near), (0, far[1]), far])
    rows = {name: data for name in data if not name.endswith(("_error", "_exact")) and data[name].ndim == 0}
    rows |= {f"correlation({y},{x})": data.isel(dy=y, dx=x) for y, x in displacements}
    for label, at in rows.items():
        name = label.partition("(")[0]
        value, error = float(at[name]), float(at[f"{name}_error"])
        row = {"quantity": label, "value": float(f"{value:.7g}"), "standard_error": float(f"{error:.2g}")}
        if f"{name}_exact" in at:
            exact = float(at[f"{name}_exact"])
            row |= {"exact": float(f"{exact:.10g}"), "pull": pull(value, exact, error)}
        yield row


def pull(value: float, exact: float, error: float) -> float:
    """(value - exact)/error to two places; not a number, which is an empty cell, where there is no error or no estimate of it."""
    return round((value - exact) / error, 2) if 0 < error < math.inf else math.nan


def standard_error(values: np.ndarray) -> float:
    """Standard error of the mean of independent ``values``."""
    return float(values.std(ddof=1) / np.sqrt(len(values))) if len(values) > 1 else float("nan")
