"""``isingdbn table fixed-points``: where the means of many machines go without noise."""

import argparse
from collections.abc import Iterator

import numpy as np
import xarray as xr

from isingdbn.cli.csv_tables import gather, network_parser
from isingdbn.cli.fixed_points import MEASURES

__all__ = ["parser", "run"]


def parser() -> argparse.ArgumentParser:
    """The options of the command."""
    return network_parser("fixed-points", "fixed-points")


def run(arguments: argparse.Namespace) -> None:
    """Gather and write."""
    gather(__name__, arguments, "fixed_points", fixed_point_rows)


def fixed_point_rows(data: xr.Dataset) -> Iterator[dict]:
    """One row a machine, the trained one or the Ising model, and kind of start."""
    for machine, start in np.ndindex(data.sizes["machine"], data.sizes["start"]):
        at = data.isel(machine=machine, start=start)
        largest = float(data["largest_singular_value"])
        yield {
            "machine": str(at["machine"].values),
            "start": str(at["start"].values),
            "starts": data.attrs["starts"],
            **{name: float(f"{float(at[name]):.6g}") for name in MEASURES},
            "largest_singular_value": "" if machine else float(f"{largest:.6g}"),
        }
