"""``isingdbn table training``: how the training of the layers of many networks ended."""

import argparse
from collections.abc import Iterator

import numpy as np
import xarray as xr

from isingdbn.cli.csv_tables import gather, network_parser

__all__ = ["parser", "run"]


def parser() -> argparse.ArgumentParser:
    """The options of the command."""
    return network_parser("training", "pretrain")


def run(arguments: argparse.Namespace) -> None:
    """Gather and write."""
    gather(__name__, arguments, "layer", training_rows)


def training_rows(data: xr.Dataset) -> Iterator[dict]:
    """One row: how the training of a layer ended."""
    k = data.attrs["layer"]
    errors = data[f"reconstruction_error_{k}"].values
    yield {
        "layer": k,
        "units": data.attrs["units"][-1],
        "visible": data.attrs["visible"],
        "hidden": data.attrs["hidden"],
        "epochs": data.attrs["epochs_done"],
        "diverged_in_epoch": data.attrs["epochs_done"] + 1 if data.attrs["diverged"] else "",
        "first_reconstruction_error": round(float(errors[0]), 6) if len(errors) else "",
        "last_reconstruction_error": round(float(errors[-1]), 6) if len(errors) else "",
        "largest_weight": round(float(np.abs(data[f"weights_{k}"].values).max()), 4),
        "zero_weights": round(float((data[f"weights_{k}"].values == 0).mean()), 4),
        "l1_effective": data.attrs["l1_effective"],
    }
