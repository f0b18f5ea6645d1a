"""``isingdbn table metrics``: the metrics of the receptive fields of every layer
of many networks.
"""

import argparse
from collections.abc import Iterator

import numpy as np
import xarray as xr

from isingdbn.cli.csv_tables import gather, network_parser, shown

__all__ = ["parser", "run"]


def parser() -> argparse.ArgumentParser:
    """The options of the command."""
    return network_parser("metrics", "analyse metrics")


def run(arguments: argparse.Namespace) -> None:
    """Gather and write."""
    gather(__name__, arguments, "metrics", metric_rows)


def metric_rows(data: xr.Dataset) -> Iterator[dict]:
    """One row a stage, layer and metric: the median and the quartiles over living
    units, and the median at permuted sites.

    A metric of a layer has no quartiles. One that is defined for no living unit has no median.
    """
    for stage, layer in np.ndindex(data.sizes["stage"], data.sizes["layer"]):
        at = data.isel(stage=stage, layer=layer)
        living = at["living"].values
        for name in at.attrs["metrics"]:
            found, null = (
                _defined(at[variable].values, living) for variable in (name, f"{name}_permuted")
            )
            low, median, high = np.percentile(found, [25, 50, 75]) if len(found) else [np.nan] * 3
            yield {
                "stage": str(at["stage"].values),
                "layer": layer,
                "units": int(at["units"]),
                "living": int(living.sum()),
                "metric": name,
                "median": shown(median),
                "lower_quartile": shown(low) if at[name].ndim else "",
                "upper_quartile": shown(high) if at[name].ndim else "",
                "permuted": shown(np.median(null)) if len(null) else "",
            }


def _defined(values: np.ndarray, living: np.ndarray) -> np.ndarray:
    """Those of the living units that are numbers, or the one number of the layer."""
    values = values[living] if values.ndim else values[None]
    return values[np.isfinite(values)]
