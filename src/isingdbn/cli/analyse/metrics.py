"""``isingdbn analyse metrics``: every metric of the receptive fields of a network,
beside its value at permuted sites.
"""

import argparse

import numpy as np
import xarray as xr

from isingdbn import storage
from isingdbn.analysis.metrics import METRICS, measured, permuted
from isingdbn.cli.arguments import Parser, add_output
from isingdbn.cli.fields import add_fields, fields_of, load_fields
from isingdbn.cli.trained import IDENTITY
from isingdbn.seeding import generator

__all__ = ["parser", "run"]


def parser() -> argparse.ArgumentParser:
    """The options of the command."""
    parser = Parser(prog="isingdbn analyse metrics", description=__doc__)
    add_fields(parser)
    parser.add_argument(
        "--metrics",
        nargs="+",
        choices=METRICS,
        default=list(METRICS),
        metavar="NAME",
        help=f"all, if not given: {', '.join(METRICS)}",
    )
    add_output(parser, "the Zarr store of the measurement")
    return parser


def run(arguments: argparse.Namespace) -> None:
    """Measure and store: for each metric its value a unit, or a layer, and that at
    permuted sites.
    """
    storage.refuse_existing(arguments.output)
    storage.save(_measured(arguments), arguments.output)


def _measured(arguments: argparse.Namespace) -> xr.Dataset:
    fields, dead = load_fields(arguments)
    stages = [str(stage) for stage in dead["stage"].values]
    metrics = [METRICS[name] for name in dict.fromkeys(arguments.metrics)]
    shape = tuple(dead.sizes[name] for name in ("stage", "layer", "unit"))
    living = np.zeros(shape, bool)
    values = {
        (metric.name, null): np.full(shape[:2] if metric.of_layer else shape, np.nan)
        for metric in metrics
        for null in (False, True)
    }
    for stage, layer in np.ndindex(shape[:2]):
        of_layer, are_dead = fields_of(fields, dead, stages[stage], layer)
        units = slice(len(of_layer))
        living[stage, layer, units] = ~are_dead
        random = generator(
            fields.attrs["seed"], "permuted_fields", stage=stages[stage], layer=layer
        )
        for null, data in ((False, of_layer), (True, permuted(of_layer, random))):
            for metric in metrics:
                at = (stage, layer) if metric.of_layer else (stage, layer, units)
                values[metric.name, null][at] = measured(metric, data, are_dead)
    dimensions = ("stage", "layer", "unit")
    variables = {
        "units": dead["units"].variable,
        "living": (dimensions, living, {"long_name": "dead neither by weight nor by activity"}),
    }
    for (name, null), found in values.items():
        metric = METRICS[name]
        words = {"long_name": metric.long_name, "units": metric.units, "local": metric.local}
        if null:
            words["long_name"] += " at permuted sites"
        variables[f"{name}_permuted" if null else name] = (dimensions[: found.ndim], found, words)
    identity = {name: fields.attrs[name] for name in IDENTITY}
    settings = {"metrics": [metric.name for metric in metrics]}
    origin = storage.provenance(
        __name__, {**identity, **settings}, [arguments.fields, arguments.dead]
    )
    attributes = {"kind": "metrics", **identity, **settings, **origin}
    return xr.Dataset(variables, coords={"stage": dead["stage"]}, attrs=attributes)
