"""``isingdbn table definitions``: the fields of many networks by each definition."""

import argparse
from collections.abc import Iterator

import numpy as np
import xarray as xr

from isingdbn.cli.csv_tables import gather, median_shown, network_parser

__all__ = ["parser", "run"]

PARTS = ("units", "living")


def parser() -> argparse.ArgumentParser:
    """The options of the command."""
    return network_parser("definitions", "analyse definitions")


def run(arguments: argparse.Namespace) -> None:
    """Gather and write."""
    gather(__name__, arguments, "definitions", definition_rows)


def definition_rows(data: xr.Dataset) -> Iterator[dict]:
    """One row a stage, layer and definition: medians over living units, blank where none lives."""
    measures = [str(name) for name in data.data_vars if name not in PARTS]
    for stage, layer in np.ndindex(data.sizes["stage"], data.sizes["layer"]):
        living = data["living"].isel(stage=stage, layer=layer).values
        for definition in data["definition"].values:
            at = data.sel(definition=definition).isel(stage=stage, layer=layer, unit=living)
            yield {
                "stage": str(at["stage"].values),
                "layer": layer,
                "definition": str(definition),
                "living": int(living.sum()),
                **{name: median_shown(at[name].values) for name in measures},
            }
