"""``isingdbn table machine-couplings``: the couplings of the first machines of many networks."""

import argparse
from collections.abc import Iterator

import xarray as xr

from isingdbn.cli.csv_tables import gather, network_parser

__all__ = ["NAMES", "coupling_columns", "parser", "run"]

NAMES = ("nearest", "next_nearest", "third_neighbour", "plaquette")


def parser() -> argparse.ArgumentParser:
    """The options of the command."""
    return network_parser("machine-couplings", "couplings machine")


def run(arguments: argparse.Namespace) -> None:
    """Gather and write."""
    gather(__name__, arguments, "machine_couplings", coupling_rows)


def coupling_rows(data: xr.Dataset) -> Iterator[dict]:
    """One row: each coupling with its standard error, beside 1/T of the Ising model."""
    yield {"units": data.attrs["units"][-1], **coupling_columns(data)}


def coupling_columns(data: xr.Dataset) -> dict[str, float]:
    """1/T, and each coupling with its standard error."""
    columns = {"ising_nearest": round(1 / data.attrs["temperature"], 6)}
    for name in NAMES:
        columns[name] = round(float(data[name]), 6)
        columns[f"{name}_error"] = round(float(data[f"{name}_error"]), 6)
    return columns
