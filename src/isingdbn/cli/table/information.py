"""``isingdbn table information``: what block spins and hidden spins keep of their lattices."""

import argparse
from collections.abc import Iterator

import xarray as xr

from isingdbn.cli.csv_tables import gather
from isingdbn.cli.table.block_couplings import map_columns, map_parser

__all__ = ["parser", "run"]

FAR = 4  # cells; the distance of the second correlation, or half of the side


def parser() -> argparse.ArgumentParser:
    """The options of the command."""
    return map_parser("information", "information")


def run(arguments: argparse.Namespace) -> None:
    """Gather and write."""
    gather(__name__, arguments, "information", information_rows)


def information_rows(data: xr.Dataset) -> Iterator[dict]:
    """One row a map, step and kind of signs that a decoder reads from; the last two numbers are
    those of the block spins themselves.
    """
    far = min(FAR, data.sizes["distance"] - 1)
    for encoder in range(data.sizes["encoder"]):
        at = data.isel(encoder=encoder)
        numbers = {
            "r2_magnetization": at["r2_magnetization"],
            "r2_low_modes": at["r2_low_modes"],
            "majority_overlap": data["majority_overlap"],
            "nearest_correlation": data["correlation"][1],
            "far_correlation": data["correlation"][far],
        }
        yield {
            **map_columns(data),
            "step": data.attrs["steps"],
            "side": data.attrs["height"],
            "encoder": str(at["encoder"].values),
            **{name: float(f"{float(value):.6g}") for name, value in numbers.items()},
        }
