"""``isingdbn analyse dead-neurons``: dead units of every layer by weight and by activity,
before and after fine-tuning, and how far each unit follows the magnetization.
"""

import argparse
import dataclasses

import numpy as np
import xarray as xr

from isingdbn import storage
from isingdbn.analysis.dead_neurons import (
    dead_by_activity,
    dead_by_weight,
    magnetization_correlation,
)
from isingdbn.analysis.network import activations
from isingdbn.cli.arguments import add_settings, settings_from
from isingdbn.cli.data import add_lattices, load_lattices_of
from isingdbn.cli.trained import (
    layers_by_stage,
    load_trained,
    measurement_attributes,
    trained_parser,
)
from isingdbn.learning.dataset import in_order
from isingdbn.parameters.analysis import DeadNeurons

__all__ = ["parser", "run"]


def parser() -> argparse.ArgumentParser:
    """The options of the command."""
    parser = trained_parser("dead-neurons", __doc__)
    add_lattices(parser)
    add_settings(parser, DeadNeurons)
    return parser


def run(arguments: argparse.Namespace) -> None:
    """Measure and store: a mask of the dead units for each stage, layer and criterion."""
    storage.refuse_existing(arguments.output)
    storage.save(_measured(arguments), arguments.output)


def _measured(arguments: argparse.Namespace) -> xr.Dataset:
    thresholds = settings_from(arguments, DeadNeurons)
    trained = load_trained(arguments)
    held_out = load_lattices_of(arguments.lattices, trained.last, trained.attributes).held_out
    stages = layers_by_stage(trained)
    units = [len(layer.hidden_bias) for layer in trained.stack]
    shape = len(stages), len(units), max(units)
    by_weight, by_activity = np.zeros(shape, bool), np.zeros(shape, bool)
    followed = np.full(shape, np.nan)
    blocks = [spins.astype(np.float32) for spins in in_order(held_out.flat())]
    magnetization = np.concatenate([spins.mean(axis=1, dtype=np.float64) for spins in blocks])
    for stage, layers in enumerate(stages.values()):
        by_block = [activations(spins, layers) for spins in blocks]
        for k, (weights, _, _) in enumerate(layers):
            activity = np.concatenate([block[k] for block in by_block])
            by_weight[stage, k, : units[k]] = dead_by_weight(weights, thresholds)
            by_activity[stage, k, : units[k]] = dead_by_activity(activity, thresholds)
            followed[stage, k, : units[k]] = magnetization_correlation(activity, magnetization)
    masks = ("stage", "layer", "unit")
    padding = "false beyond the units of the layer"
    variables = {
        "units": ("layer", units, {"long_name": "units of the layer", "units": "1"}),
        "dead_by_weight": (masks, by_weight, {"long_name": "dead by weight", "padding": padding}),
        "dead_by_activity": (
            masks,
            by_activity,
            {"long_name": "dead by activity", "padding": padding},
        ),
        "magnetization_correlation": (
            masks,
            followed,
            {
                "long_name": "correlation of activity and magnetization, its size",
                "units": "1",
                "padding": "NaN beyond the units of the layer and where one is constant",
            },
        ),
    }
    settings = dataclasses.asdict(thresholds)
    attributes = measurement_attributes(
        __name__, "dead_neurons", trained, settings, [arguments.lattices]
    )
    names = {"stage": np.array(list(stages), np.dtypes.StringDType())}
    return xr.Dataset(variables, coords=names, attrs=attributes)
