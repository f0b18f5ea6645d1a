"""``isingdbn table mixing``: how many sweeps many machines take to forget."""

import argparse
from collections.abc import Iterator

import xarray as xr

from isingdbn.cli.csv_tables import gather, network_parser, shown

__all__ = ["parser", "run"]

NAMES = (
    "algorithm", "gibbs_steps", "chains", "sweeps", "measured_sweeps", "window", "lower_bound",
)  # fmt: skip


def parser() -> argparse.ArgumentParser:
    """The options of the command."""
    return network_parser("mixing", "mixing")


def run(arguments: argparse.Namespace) -> None:
    """Gather and write."""
    gather(__name__, arguments, "mixing", rows)


def rows(data: xr.Dataset) -> Iterator[dict]:
    """One row: both times with their errors, and whether the chains were too short for them."""
    row = {"units": data.attrs["units"][0], **{name: data.attrs[name] for name in NAMES}}
    for index, observable in enumerate(map(str, data["observable"].values)):
        at = data.isel(observable=index)
        row |= {
            f"tau_{observable}": shown(float(at["tau"])),
            f"tau_{observable}_error": shown(float(at["error"])),
        }
    yield row
