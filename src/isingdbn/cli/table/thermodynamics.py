"""``isingdbn table thermodynamics``: the physics of many lattices."""

import argparse
from collections.abc import Iterable, Iterator
from typing import Any

import xarray as xr

from isingdbn.cli.csv_tables import gather, store_parser
from isingdbn.cli.pulls import pull

__all__ = ["parser", "run"]


def parser() -> argparse.ArgumentParser:
    """The options of the command."""
    return store_parser("thermodynamics", "measure thermodynamics")


def run(arguments: argparse.Namespace) -> None:
    """Gather and write."""
    gather(__name__, arguments, "thermodynamics", thermodynamics_rows)


def thermodynamics_rows(data: xr.Dataset) -> Iterator[dict]:
    """One row a quantity: measured value, standard error and, exact value and pull where known;
    correlations at five displacements.
    """
    half = data.sizes["dy"] // 2, data.sizes["dx"] // 2
    near, far = min(5, *half), (half[0], half[1])
    displacements = dict.fromkeys([(0, 1), (1, 1), (near, near), (0, far[1]), far])
    names: Iterable[Any] = data
    rows = {
        name: data
        for name in names
        if not name.endswith(("_error", "_exact")) and data[name].ndim == 0
    }
    rows |= {f"correlation({y},{x})": data.isel(dy=y, dx=x) for y, x in displacements}
    for label, at in rows.items():
        name = label.partition("(")[0]
        value, error = float(at[name]), float(at[f"{name}_error"])
        row = {
            "quantity": label,
            "value": float(f"{value:.7g}"),
            "standard_error": float(f"{error:.2g}"),
        }
        if f"{name}_exact" in at:
            exact = float(at[f"{name}_exact"])
            row |= {"exact": float(f"{exact:.10g}"), "pull": pull(value, exact, error)}
        yield row
