"""``isingdbn table discrimination``: how well machines, and physics, tell lattices
from surrogates.
"""

import argparse
from collections.abc import Iterator

import xarray as xr

from isingdbn.cli.csv_tables import gather, network_parser

__all__ = ["parser", "run"]


def parser() -> argparse.ArgumentParser:
    """The options of the command."""
    return network_parser("discrimination", "discriminate")


def run(arguments: argparse.Namespace) -> None:
    """Gather and write."""
    gather(__name__, arguments, "discrimination", discrimination_rows)


def discrimination_rows(data: xr.Dataset) -> Iterator[dict]:
    """One row: the area under the curve of each way to tell, on held-out lattices."""
    yield {
        "units": data.attrs["units"][0],
        **{str(name): round(float(data[name]), 6) for name in data.data_vars},
        "held_out_lattices": data.attrs["held_out_lattices"],
    }
