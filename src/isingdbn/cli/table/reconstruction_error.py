"""``isingdbn table reconstruction-error``: held-out errors of many
networks beside the baselines.
"""

import argparse
from collections.abc import Iterator

import numpy as np
import xarray as xr

from isingdbn.analysis.two_point import MEASURES
from isingdbn.cli.csv_tables import gather, network_parser, shown

__all__ = ["parser", "run"]

METHODS = ("zero_output", "block_mean", "pca", "stack", "autoencoder")


def parser() -> argparse.ArgumentParser:
    """The options of the command."""
    return network_parser("reconstruction-error", "analyse reconstruction")


def run(arguments: argparse.Namespace) -> None:
    """Gather and write."""
    gather(__name__, arguments, "reconstruction", reconstruction_rows)


def reconstruction_rows(data: xr.Dataset) -> Iterator[dict]:
    """One row a method: the mean over held-out lattices, and its standard error.

    Differences from principal components are on the same lattices, pair by pair. How smooth
    reconstructions are is a mean over those that have the measure.
    """
    pca = data["error_pca"].values
    epochs = {
        "stack": max(data.attrs["pretraining_epochs"]),
        "autoencoder": data.attrs["finetuning_epochs"],
    }
    for method in (method for method in METHODS if f"error_{method}" in data):
        error = data[f"error_{method}"].values
        yield {
            "method": method,
            "code": data.attrs["units"][-1],
            "held_out_error": round(error.mean(), 6),
            "standard_error": round(standard_error(error), 6),
            "minus_pca": round((error - pca).mean(), 6),
            "minus_pca_standard_error": round(standard_error(error - pca), 6),
            **{name: _mean(data[f"{name}_{method}"].values) for name in MEASURES},
            **{f"{name}_of_lattices": _mean(data[f"{name}_lattice"].values) for name in MEASURES},
            "held_out_lattices": len(error),
            "training_lattices": data.attrs["training_lattices"],
            "epochs": epochs.get(method, 0),
        }


def _mean(values: np.ndarray) -> float | str:
    """Over what is a number; nothing if there is none."""
    values = values[np.isfinite(values)]
    return shown(values.mean()) if len(values) else ""


def standard_error(values: np.ndarray) -> float:
    """Standard error of the mean of independent ``values``."""
    return float(values.std(ddof=1) / np.sqrt(len(values))) if len(values) > 1 else float("nan")
