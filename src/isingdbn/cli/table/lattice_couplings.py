"""``isingdbn table lattice-couplings``: the effective couplings of lattices and surrogates."""

import argparse
from collections.abc import Iterator

import xarray as xr

from isingdbn.cli.csv_tables import gather, store_parser
from isingdbn.cli.table.machine_couplings import coupling_columns

__all__ = ["parser", "run"]


def parser() -> argparse.ArgumentParser:
    """The options of the command."""
    return store_parser("lattice-couplings", "couplings lattices")


def run(arguments: argparse.Namespace) -> None:
    """Gather and write."""
    gather(__name__, arguments, "lattice_couplings", coupling_rows)


def coupling_rows(data: xr.Dataset) -> Iterator[dict]:
    """One row: what they are, and each coupling with its standard error."""
    yield {"data": data.attrs["data"], **coupling_columns(data)}
