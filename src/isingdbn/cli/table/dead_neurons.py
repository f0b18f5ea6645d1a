"""``isingdbn table dead-neurons``: dead units of every layer of many networks."""

import argparse
from collections.abc import Iterator

import xarray as xr

from isingdbn.cli.csv_tables import gather, network_parser

__all__ = ["parser", "run"]

CRITERIA = ("weight", "activity")


def parser() -> argparse.ArgumentParser:
    """The options of the command."""
    return network_parser("dead-neurons", "analyse dead-neurons")


def run(arguments: argparse.Namespace) -> None:
    """Gather and write."""
    gather(__name__, arguments, "dead_neurons", dead_neuron_rows)


def dead_neuron_rows(data: xr.Dataset) -> Iterator[dict]:
    """One row a stage and layer."""
    for stage in data["stage"].values:
        for layer in range(data.sizes["layer"]):
            at = data.sel(stage=stage).isel(layer=layer)
            pretraining, tuning = data.attrs["pretraining_epochs"], data.attrs["finetuning_epochs"]
            epochs = tuning if stage == "finetuned" else pretraining[layer]
            trained = {"training_lattices": data.attrs["training_lattices"], "epochs": epochs}
            counts = {f"dead_by_{how}": int(at[f"dead_by_{how}"].sum()) for how in CRITERIA}
            where = {"stage": str(stage), "layer": layer, "units": int(at["units"])}
            yield where | trained | counts | _followed(at)


def _followed(at: xr.Dataset) -> dict[str, float]:
    """The mean correlation with the magnetization of the units that are dead by weight, and of
    the others; NaN if there are none.
    """
    dead = at["dead_by_weight"]
    of = at["magnetization_correlation"]
    return {
        "magnetization_correlation_of_dead": float(of.where(dead).mean()),
        "magnetization_correlation_of_others": float(of.where(~dead).mean()),
    }
