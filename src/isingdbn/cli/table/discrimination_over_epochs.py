"""``isingdbn table discrimination-over-epochs``: how well machines tell lattices from surrogates
after some epochs of their training, and how well physics does.
"""

import argparse
from collections.abc import Iterator

import xarray as xr

from isingdbn.cli.csv_tables import gather, network_parser, shown

__all__ = ["parser", "run"]


def parser() -> argparse.ArgumentParser:
    """The options of the command."""
    return network_parser("discrimination-over-epochs", "discriminate-epochs")


def run(arguments: argparse.Namespace) -> None:
    """Gather and write."""
    gather(__name__, arguments, "discrimination_over_epochs", rows)


def rows(data: xr.Dataset) -> Iterator[dict]:
    """One row a recorded epoch; physics is the same in all."""
    for epoch, auc in zip(data["epoch"].values, data["machine_auc"].values, strict=True):
        yield {
            "units": data.attrs["units"][0],
            "algorithm": data.attrs["algorithm"],
            "gibbs_steps": data.attrs["gibbs_steps"],
            "epoch": int(epoch),
            "machine_auc": shown(float(auc)),
            "physics_auc": shown(float(data["physics_auc"])),
            "held_out_lattices": data.attrs["held_out_lattices"],
        }
