"""``isingdbn table finetuning``: how the errors of many networks fell in fine-tuning."""

import argparse
from collections.abc import Iterator

import xarray as xr

from isingdbn.cli.csv_tables import gather, network_parser

__all__ = ["parser", "run"]


def parser() -> argparse.ArgumentParser:
    """The options of the command."""
    return network_parser("finetuning", "finetune")


def run(arguments: argparse.Namespace) -> None:
    """Gather and write."""
    gather(__name__, arguments, "network", finetuning_rows)


def finetuning_rows(data: xr.Dataset) -> Iterator[dict]:
    """One row: mean squared errors a pixel in the first and in the last epoch, and the whole cost
    with the L1 term, on the same scale.
    """
    curves = {name: data[name].values for name in ("training_error", "held_out_error")}
    curves["cost"] = curves["training_error"] + data["penalty"].values
    yield {
        "code": data.attrs["units"][-1],
        "epochs": data.sizes["epoch"],
        "l1": data.attrs["l1"],
        "l1_scale": data.attrs["l1_scale"],
        **{
            f"{when}_{name}": round(float(curve[at]), 6)
            for name, curve in curves.items()
            for when, at in (("first", 0), ("last", -1))
        },
    }
