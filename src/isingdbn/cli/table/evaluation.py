"""``isingdbn table evaluation``: many machines as models of their lattices."""

import argparse
import re
from collections.abc import Iterator
from typing import Any

import xarray as xr

from isingdbn.cli.csv_tables import gather, network_parser
from isingdbn.cli.pulls import pull

__all__ = ["parser", "run"]


def parser() -> argparse.ArgumentParser:
    """The options of the command."""
    return network_parser("evaluation", "evaluate")


def run(arguments: argparse.Namespace) -> None:
    """Gather and write."""
    gather(__name__, arguments, "evaluation", evaluation_rows)


def evaluation_rows(data: xr.Dataset) -> Iterator[dict]:
    """One row a quantity that has an error, beside its exact value where known;
    correlations at the smallest and largest distance.

    The exact log likelihood is that of the Ising model itself, which no other model exceeds
    on average: it has no pull.
    """
    name: Any
    for name in data:
        if f"{name}_error" not in data:
            continue
        quantity = re.sub("^(random_start|data_start|held_out|training)_", "", name)
        for distance in (None,) if data[name].ndim == 0 else sorted({1, data[name].size - 1}):
            at = () if distance is None else distance
            value, error = float(data[name].values[at]), float(data[f"{name}_error"].values[at])
            label = name if distance is None else f"{name}({distance})"
            row = {
                "quantity": label,
                "value": float(f"{value:.7g}"),
                "standard_error": float(f"{error:.2g}"),
            }
            if f"exact_{quantity}" in data:
                exact = float(data[f"exact_{quantity}"].values[at])
                row |= {"exact": float(f"{exact:.10g}")}
                row |= {} if "likelihood" in quantity else {"pull": pull(value, exact, error)}
            yield row
