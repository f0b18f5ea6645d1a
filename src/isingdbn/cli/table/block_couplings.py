"""``isingdbn table block-couplings``: the effective couplings of block and hidden spins."""

import argparse
from collections.abc import Iterator

import xarray as xr

from isingdbn.cli.csv_tables import gather, store_parser
from isingdbn.cli.table.machine_couplings import coupling_columns

__all__ = ["map_columns", "map_parser", "parser", "run"]


def parser() -> argparse.ArgumentParser:
    """The options of the command."""
    return map_parser("block-couplings", "couplings lattices")


def run(arguments: argparse.Namespace) -> None:
    """Gather and write."""
    gather(__name__, arguments, "lattice_couplings", block_rows)


def block_rows(data: xr.Dataset) -> Iterator[dict]:
    """One row: the map, of what and how often, and each coupling with its standard error."""
    columns = coupling_columns(data)
    del columns["ising_nearest"]  # of lattices, not of their block spins
    yield {
        **map_columns(data),
        "step": data.attrs["steps"],
        "side": data.attrs["height"],
        **columns,
    }


def map_parser(name: str, source: str) -> argparse.ArgumentParser:
    """The options of a table of maps."""
    parser = store_parser(name, source)
    parser.add_argument(
        "--nets", nargs="+", required=True, help="whose map each is: the name of a net or rule"
    )
    return parser


def map_columns(data: xr.Dataset) -> dict:
    """What is mapped, by what, and what that was trained on."""
    return {name: data.attrs[name] for name in ("data", "map", "trained_on")}
