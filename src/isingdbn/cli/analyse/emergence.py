"""``isingdbn analyse emergence``: every unit while it was trained, after about a dozen epochs of
each stage: how strong it was, and where its receptive field was.
"""

import argparse
import dataclasses

import numpy as np
import xarray as xr

from isingdbn import storage
from isingdbn.analysis.emergence import MEASURES, largest_singular_values, unit_measures
from isingdbn.analysis.network import activations
from isingdbn.analysis.receptive_fields import receptive_fields
from isingdbn.cli.arguments import add_settings, settings_from
from isingdbn.cli.data import add_lattices, load_lattices_of
from isingdbn.cli.records import recorded
from isingdbn.cli.trained import (
    layers_by_stage,
    load_trained,
    measurement_attributes,
    trained_parser,
)
from isingdbn.parameters.analysis import DeadNeurons

__all__ = ["parser", "run"]

SINGULAR = 2  # singular values of each layer
HELD_OUT = 1000  # lattices at the most, over which activity varies


def parser() -> argparse.ArgumentParser:
    """The options of the command."""
    parser = trained_parser("emergence", __doc__)
    add_lattices(parser)
    add_settings(parser, DeadNeurons)
    return parser


def run(arguments: argparse.Namespace) -> None:
    """Measure and store."""
    storage.refuse_existing(arguments.output)
    storage.save(_measured(arguments), arguments.output)


def _measured(arguments: argparse.Namespace) -> xr.Dataset:
    thresholds = settings_from(arguments, DeadNeurons)
    trained = load_trained(arguments)
    lattices = load_lattices_of(arguments.lattices, trained.last, trained.attributes)
    held_out = lattices.held_out.flat().rows(slice(0, HELD_OUT)).astype(np.float32)
    units = [len(layer.hidden_bias) for layer in trained.stack]
    stages = list(layers_by_stage(trained))
    epochs: dict[tuple[str, int], list[int]] = {
        (stage, k): [] for stage in stages for k in range(len(units))
    }
    found: dict[tuple[str, int], list[dict[str, np.ndarray]]] = {place: [] for place in epochs}
    singular: dict[tuple[str, int], list[np.ndarray]] = {place: [] for place in epochs}
    epoch: int | np.ndarray
    for stage, k, epoch, layers in recorded(arguments, trained):
        fields = receptive_fields([layer[0] for layer in layers], lattices.shape)[k]
        activity = activations(held_out, layers)[k]
        epochs[stage, k].append(epoch)
        found[stage, k].append(unit_measures(layers[k][0], fields, activity))
        singular[stage, k].append(largest_singular_values(layers[k][0], SINGULAR))
    shape = (len(stages), len(units), max(1, *map(len, epochs.values())))
    epoch = np.zeros(shape, int)
    values = {name: np.full((*shape, max(units)), np.nan, np.float32) for name in MEASURES}
    spectrum = np.full((*shape, SINGULAR), np.nan)
    for (stage, k), values_of in singular.items():
        for record, largest in enumerate(values_of):
            spectrum[stages.index(stage), k, record] = largest
    for (stage, k), measured in found.items():
        at = stages.index(stage), k
        epoch[at][: len(measured)] = epochs[stage, k]
        for record, of_units in enumerate(measured):
            for name in MEASURES:
                values[name][at][record, : units[k]] = of_units[name]
    padding = "not a number beyond the units of the layer, and beyond its records"
    dimensions = ("stage", "layer", "record", "unit")
    variables = {
        "units": ("layer", units, {"long_name": "units of the layer", "units": "1"}),
        "epoch": (dimensions[:3], epoch, {"long_name": "epochs done", "padding": "0"}),
    }
    variables["singular_values"] = (
        (*dimensions[:3], "rank"),
        spectrum,
        {"long_name": "largest singular values of the weights", "units": "1"},
    )
    for name, (long_name, unit) in MEASURES.items():
        words = {"long_name": long_name, "units": unit, "padding": padding}
        variables[name] = (dimensions, values[name], words)
    settings = dataclasses.asdict(thresholds)
    attributes = measurement_attributes(
        __name__, "emergence", trained, settings, [arguments.lattices]
    )
    names = {"stage": np.array(stages, np.dtypes.StringDType())}
    return xr.Dataset(variables, coords=names, attrs=attributes)
