"""``isingdbn table peaks``: the pseudo-critical temperatures of many seeds."""

import argparse
from collections.abc import Iterator

import xarray as xr

from isingdbn.cli.csv_tables import gather, shown, store_parser
from isingdbn.cli.measure.peaks import CURVES

__all__ = ["parser", "run"]


def parser() -> argparse.ArgumentParser:
    """The options of the command."""
    return store_parser("peaks", "measure peaks")


def run(arguments: argparse.Namespace) -> None:
    """Gather and write."""
    gather(__name__, arguments, "peaks", peaks_rows)


def peaks_rows(data: xr.Dataset) -> Iterator[dict]:
    """One row a quantity: where its maximum is, in J/k_B, and how high; blank if there is none
    between the temperatures. The exact ones are of the same finite lattice.
    """
    for name in CURVES:
        row: dict = {"quantity": name, "side": data.attrs["width"]}
        for column, variable in (
            ("peak_temperature", f"{name}_peak_temperature"),
            ("peak_temperature_error", f"{name}_peak_temperature_error"),
            ("peak", f"{name}_peak"),
            ("peak_error", f"{name}_peak_error"),
            ("exact_peak_temperature", f"{name}_peak_temperature_exact"),
            ("exact_peak", f"{name}_peak_exact"),
        ):
            value = float(data[variable]) if variable in data else float("nan")
            row[column] = shown(value, 7)
        yield row
