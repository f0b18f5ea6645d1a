"""``isingdbn table discrimination``: how well machines, and physics, tell lattices
from surrogates.
"""

import argparse
from collections.abc import Iterator

import xarray as xr

from isingdbn.cli.csv_tables import gather, network_parser

__all__ = ["parser", "run"]

BY_DEPTH = "_by_depth"  # ends the names of variables of stacks that are cut


def parser() -> argparse.ArgumentParser:
    """The options of the command."""
    return network_parser("discrimination", "discriminate")


def run(arguments: argparse.Namespace) -> None:
    """Gather and write."""
    gather(__name__, arguments, "discrimination", discrimination_rows)


def discrimination_rows(data: xr.Dataset) -> Iterator[dict]:
    """One row: the area under the curve of each way to tell, on held-out lattices; of stacks
    also when they are cut after 2, 3, … machines, which the last part of a column's name says.
    """
    told = {str(name): data[name] for name in data.data_vars}
    cut = {
        f"{name.removesuffix(BY_DEPTH)}_{int(depth)}": auc.sel(depth=depth)
        for name, auc in told.items()
        if name.endswith(BY_DEPTH)
        for depth in data["depth"].values[1:]
    }
    whole = {name: auc for name, auc in told.items() if not auc.dims}
    yield {
        "units": data.attrs["units"][0],
        **{name: round(float(auc), 6) for name, auc in (whole | cut).items()},
        "held_out_lattices": data.attrs["held_out_lattices"],
    }
