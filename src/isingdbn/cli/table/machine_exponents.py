"""``isingdbn table machine-exponents``: the exponents of lattices that many machines draw."""

import argparse
from collections.abc import Iterator

import xarray as xr

from isingdbn.cli.csv_tables import gather, network_parser
from isingdbn.cli.table.exponents import by_step

__all__ = ["parser", "run"]


def parser() -> argparse.ArgumentParser:
    """The options of the command."""
    return network_parser("machine-exponents", "exponents")


def run(arguments: argparse.Namespace) -> None:
    """Gather and write."""
    gather(__name__, arguments, "exponents", machine_rows)


def machine_rows(data: xr.Dataset) -> Iterator[dict]:
    """One row an exponent, step and number of couplings, with its statistical error."""
    yield from by_step(data)
