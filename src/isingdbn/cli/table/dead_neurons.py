"""``isingdbn table dead-neurons``: dead units of every layer of many networks."""

import argparse
from collections.abc import Iterator

import xarray as xr

from isingdbn.cli.csv_tables import gather, network_parser

__all__ = ["parser", "run"]

STAGES = ("pretrained", "finetuned")


def parser() -> argparse.ArgumentParser:
    """The options of the command."""
    return network_parser("dead-neurons", "analyse dead-neurons")


def run(arguments: argparse.Namespace) -> None:
    """Gather and write."""
    gather(__name__, arguments, "dead_neurons", dead_neuron_rows)


def dead_neuron_rows(data: xr.Dataset) -> Iterator[dict]:
    """One row a stage and layer."""
    for stage in (stage for stage in STAGES if f"{stage}_dead_by_weight" in data):
        for layer in range(data.sizes["layer"]):
            at = data.isel(layer=layer)
            counts = {
                f"dead_by_{how}": int(at[f"{stage}_dead_by_{how}"])
                for how in ("weight", "activity")
            }
            yield {"stage": stage, "layer": layer, "units": int(at["units"]), **counts}
