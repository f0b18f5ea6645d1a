"""``isingdbn table exponents``: exponents by the Monte Carlo renormalization group."""

import argparse
from collections.abc import Iterator

import numpy as np
import xarray as xr

from isingdbn.cli.csv_tables import gather, shown
from isingdbn.cli.table.block_couplings import map_columns, map_parser

__all__ = ["by_step", "parser", "run"]


def parser() -> argparse.ArgumentParser:
    """The options of the command."""
    return map_parser("exponents", "exponents")


def run(arguments: argparse.Namespace) -> None:
    """Gather and write."""
    gather(__name__, arguments, "exponents", exponent_rows)


def exponent_rows(data: xr.Dataset) -> Iterator[dict]:
    """One row a map, exponent, step and number of couplings, with its statistical error."""
    for row in by_step(data):
        yield {**map_columns(data), **row}


def by_step(data: xr.Dataset) -> Iterator[dict]:
    """One row an exponent, step and number of couplings, with its statistical error."""
    for name in ("thermal", "magnetic"):
        values, errors = data[f"{name}_by_step"].values, data[f"{name}_by_step_error"].values
        step: int
        couplings: int
        for step, couplings in np.ndindex(values.shape):
            yield {
                "exponent": name,
                "step": step + 1,
                "couplings": couplings + 1,
                "value": shown(values[step, couplings], 6),
                "statistical_error": shown(errors[step, couplings], 2),
            }
