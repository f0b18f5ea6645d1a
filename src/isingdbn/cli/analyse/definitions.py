"""``isingdbn analyse definitions``: whether three definitions of a receptive field agree.

The product of weights, as the paper has it; the mean derivative of a unit by each spin over
held-out lattices (``jacobian``); and the covariance of unit and spin without the correlations of
spins among themselves (``covariance``), over all lattices.
"""

import argparse

import numpy as np
import xarray as xr

from isingdbn import storage
from isingdbn.analysis.metrics import METRICS, measured
from isingdbn.analysis.responses import SLOPES, squared_cosine
from isingdbn.cli.arguments import positive
from isingdbn.cli.data import add_lattices, load_lattices_of
from isingdbn.cli.fields import add_dead, load_dead
from isingdbn.cli.responses import SAMPLES, fields_by_definition, kinds_by_stage
from isingdbn.cli.trained import (
    layers_by_stage,
    load_trained,
    measurement_attributes,
    trained_parser,
)
from isingdbn.errors import InputError
from isingdbn.learning.stack import StackLayer
from isingdbn.parameters.analysis import DEFINITIONS, PRODUCT

__all__ = ["parser", "run"]


def parser() -> argparse.ArgumentParser:
    """The options of the command."""
    parser = trained_parser("definitions", __doc__)
    add_lattices(parser)
    add_dead(parser)
    parser.add_argument(
        "--samples",
        type=positive,
        default=SAMPLES,
        help=f"held-out lattices of the mean derivative, {SAMPLES} by default, or all",
    )
    return parser


def run(arguments: argparse.Namespace) -> None:
    """Measure and store."""
    storage.refuse_existing(arguments.output)
    storage.save(_measured(arguments), arguments.output)


def _measured(arguments: argparse.Namespace) -> xr.Dataset:
    trained = load_trained(arguments)
    layer: StackLayer | int
    for store, layer in zip(arguments.layers, trained.stack, strict=True):
        if layer.hidden not in SLOPES:
            raise InputError(
                f"{store}: has {layer.hidden} hidden units, whose derivative is not known here;"
                " give a stack of spin or bernoulli units"
            )
    dead = load_dead(arguments, trained.last, trained.attributes)
    lattices = load_lattices_of(arguments.lattices, trained.last, trained.attributes)
    sizes = tuple(dead.sizes[name] for name in ("stage", "layer", "unit"))
    by_unit = ("definition", "stage", "layer", "unit")
    dimensions = {
        name: by_unit[:-1] if metric.of_layer else by_unit for name, metric in METRICS.items()
    }
    dimensions["cosine_with_product"] = by_unit
    values = {
        name: np.full((len(DEFINITIONS), *sizes)[: len(over)], np.nan)
        for name, over in dimensions.items()
    }
    living = np.zeros(sizes, bool)
    kinds_of = kinds_by_stage(trained)
    for stage, (name_of_stage, layers) in enumerate(layers_by_stage(trained).items()):
        kinds = kinds_of[name_of_stage]
        fields = fields_by_definition(layers, kinds, lattices, arguments.samples)
        for layer in range(sizes[1]):
            units = slice(len(fields[PRODUCT][layer]))
            masks = dead.isel(stage=stage, layer=layer, unit=units)
            are_dead = (masks["dead_by_weight"] | masks["dead_by_activity"]).values
            living[stage, layer, units] = ~are_dead
            for number, definition in enumerate(DEFINITIONS):
                at = (number, stage, layer, units)
                of_layer = fields[definition][layer]
                for name, metric in METRICS.items():
                    where = at[: len(dimensions[name])]
                    values[name][where] = measured(metric, of_layer, are_dead)
                cosine = squared_cosine(fields[PRODUCT][layer], of_layer)
                values["cosine_with_product"][at] = cosine
    variables = {
        "units": dead["units"].variable,
        "living": (by_unit[1:], living, {"long_name": "dead neither by weight nor activity"}),
        **{
            name: (
                dimensions[name],
                values[name],
                {"long_name": metric.long_name, "units": metric.units},
            )
            for name, metric in METRICS.items()
        },
        "cosine_with_product": (
            by_unit,
            values["cosine_with_product"],
            {"long_name": "squared cosine with the product of weights", "units": "1"},
        ),
    }
    settings = {"samples": arguments.samples}
    inputs = [arguments.lattices, arguments.dead]
    attributes = measurement_attributes(__name__, "definitions", trained, settings, inputs)
    names = {
        "definition": np.array(DEFINITIONS, np.dtypes.StringDType()),
        "stage": dead["stage"],
    }
    return xr.Dataset(variables, coords=names, attrs=attributes)
