"""``isingdbn table mixing``: how many sweeps many machines take to forget."""

import argparse
from collections.abc import Iterator

import xarray as xr

from isingdbn.cli.csv_tables import gather, network_parser, shown

__all__ = ["parser", "run"]


def parser() -> argparse.ArgumentParser:
    """The options of the command."""
    return network_parser("mixing", "mixing")


def run(arguments: argparse.Namespace) -> None:
    """Gather and write."""
    gather(__name__, arguments, "mixing", rows)


def rows(data: xr.Dataset) -> Iterator[dict]:
    """One row: both times with their errors, and whether they are lower bounds."""
    names = ("units", "algorithm", "gibbs_steps", "chains", "sweeps", "measured_sweeps")
    row = {name: data.attrs[name] for name in names}
    row["units"] = data.attrs["units"][0]
    for index, observable in enumerate(map(str, data["observable"].values)):
        at = data.isel(observable=index)
        row |= {
            f"tau_{observable}": shown(float(at["tau"])),
            f"tau_{observable}_error": shown(float(at["error"])),
            f"window_{observable}": int(at["window"]),
            f"lower_bound_{observable}": int(at["lower_bound"]),
        }
    yield row
