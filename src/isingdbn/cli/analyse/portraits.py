"""``isingdbn analyse portraits``: what a reader is shown of every unit, in little space: its field
by each definition, in steps of 1/127 of its largest value; its metrics; the held-out lattices that
excite it most; its strength and size after some epochs of its training, and of some units
of each layer the field then.
"""

import argparse
from pathlib import Path
from typing import Any

import numpy as np
import xarray as xr

from isingdbn import storage
from isingdbn.analysis.emergence import MEASURES, unit_measures
from isingdbn.analysis.network import Layer, activations
from isingdbn.analysis.portraits import STEPS, in_steps, most_exciting, turn_of_units
from isingdbn.analysis.receptive_fields import receptive_fields
from isingdbn.cli.data import Lattices, add_lattices, load_lattices_of
from isingdbn.cli.fields import add_dead, load_dead
from isingdbn.cli.records import recorded
from isingdbn.cli.responses import SAMPLES, fields_by_definition, kinds_by_stage
from isingdbn.cli.trained import (
    Trained,
    layers_by_stage,
    load_trained,
    measurement_attributes,
    trained_parser,
)
from isingdbn.errors import InputError
from isingdbn.parameters.analysis import JACOBIAN, PRODUCT
from isingdbn.parameters.data import REAL

__all__ = ["parser", "run"]

HELD_OUT = 1000  # lattices at the most, among which those that excite a unit are sought
EXCITING = 4  # of them for each unit
FOLLOWED = 12  # units of each layer whose fields are kept epoch by epoch
OWN = ("largest_weight", "activity_deviation", "centre_y", "centre_x")
HISTORY = ("participation_ratio", "largest_weight")


def parser() -> argparse.ArgumentParser:
    """The options of the command."""
    parser = trained_parser("portraits", __doc__)
    add_lattices(parser)
    add_dead(parser)
    parser.add_argument(
        "--metrics", type=Path, required=True, help="store of `isingdbn analyse metrics`"
    )
    parser.add_argument(
        "--emergence", type=Path, required=True, help="store of `isingdbn analyse emergence`"
    )
    return parser


def run(arguments: argparse.Namespace) -> None:
    """Measure and store."""
    storage.refuse_existing(arguments.output)
    storage.save(_portrayed(arguments), arguments.output)


def _portrayed(arguments: argparse.Namespace) -> xr.Dataset:
    trained = load_trained(arguments)
    lattices = load_lattices_of(arguments.lattices, trained.last, trained.attributes)
    dead = load_dead(arguments, trained.last, trained.attributes)
    metrics = _of_this_net(arguments.metrics, "metrics", arguments.dead)
    emergence = _of_this_net(arguments.emergence, "emergence", trained.last)
    stages, kinds = layers_by_stage(trained), kinds_by_stage(trained)
    shape = tuple(dead.sizes[name] for name in ("stage", "layer", "unit"))
    held_out = lattices.held_out.flat().rows(slice(0, HELD_OUT)).astype(np.float32)
    exciting = 0 if lattices.data in REAL else min(EXCITING, len(held_out))
    turn = np.full(shape, -1)
    own = {name: np.full(shape, np.nan, np.float32) for name in OWN}
    excites = np.full((*shape, exciting), -1)
    inputs = np.full((*shape, exciting), np.nan, np.float32)
    variables: dict[str, Any] = {}
    for stage, (name, layers) in enumerate(stages.items()):
        with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
            fields: dict[str, Any] = fields_by_definition(layers, kinds[name], lattices, SAMPLES)
        if JACOBIAN in fields:
            fields[JACOBIAN][0] = None  # the product times a number a unit
        for definition, of_layers in fields.items():
            for k, of_layer in enumerate(of_layers):
                if of_layer is not None:
                    variables |= _in_steps(f"{definition}_{name}_{k}", (f"unit_{k}",), of_layer)
        activity = activations(held_out, layers)
        for k, (weights, bias, _) in enumerate(layers):
            at = stage, k, slice(len(bias))
            measured = unit_measures(weights, fields[PRODUCT][k], activity[k])
            turn[at] = turn_of_units(measured["largest_weight"])
            for measure in OWN:
                own[measure][at] = measured[measure]
            into = (activity[k - 1] if k else held_out) @ weights + bias
            chosen = most_exciting(into, exciting)
            excites[at], inputs[at] = chosen, np.take_along_axis(into.T, chosen, axis=1)
    units = ("stage", "layer", "unit")
    variables |= {
        "units": dead["units"].variable,
        "dead_by_weight": dead["dead_by_weight"].variable,
        "dead_by_activity": dead["dead_by_activity"].variable,
        "turn": (units, turn, {"long_name": "turn of the unit if a few are shown"}),
    }
    variables |= {f"metric_{name}": metrics[name].variable for name in _of_units(metrics)}
    for name in OWN:
        words = {"long_name": MEASURES[name][0], "units": MEASURES[name][1]}
        variables[name if name.startswith("centre") else f"metric_{name}"] = (
            units,
            own[name],
            words,
        )
    variables |= _exciting(lattices, excites, inputs)
    variables |= {f"history_{name}": emergence[name].variable for name in HISTORY}
    variables["epoch"] = emergence["epoch"].variable
    variables |= _followed(arguments, trained, turn, list(stages), lattices.shape)
    settings = {"steps": STEPS, "samples": SAMPLES, "searched": len(held_out)}
    sources = [arguments.lattices, arguments.dead, arguments.metrics, arguments.emergence]
    attributes = measurement_attributes(__name__, "portraits", trained, settings, sources)
    attributes["diverged"] = trained.diverged
    return xr.Dataset(variables, coords={"stage": dead["stage"]}, attrs=attributes)


def _of_this_net(store: Path, kind: str, source: Path) -> xr.Dataset:
    """A measurement of the kind, which is the name of its option, that is made from ``source``."""
    measurement = storage.load(store, kind)
    if not storage.comes_from(measurement.attrs, source):
        raise InputError(f"--{kind}: {store} was not made from {source}; give that of the same net")
    return measurement


def _of_units(metrics: xr.Dataset) -> list[str]:
    """The names of the metrics of a unit in a store of them."""
    return [name for name in metrics.attrs["metrics"] if metrics[name].ndim == 3]


def _in_steps(name: str, dimensions: tuple[str, ...], fields: np.ndarray) -> dict[str, tuple]:
    """The variables of fields with these leading ``dimensions``."""
    steps, largest = in_steps(fields)
    words = {"long_name": "field, in steps of its largest |value|", "units": f"1/{STEPS}"}
    largest_words = {"long_name": "largest |value| of the field", "units": "1"}
    return {
        name: ((*dimensions, "y", "x"), steps, words),
        f"{name}_largest": (dimensions, largest, largest_words),
    }


def _exciting(lattices: Lattices, excites: np.ndarray, inputs: np.ndarray) -> dict[str, tuple]:
    """The lattices that excite some unit, a bit a spin, and of each unit which they are."""
    numbers = np.unique(excites[excites >= 0])
    spins = lattices.held_out.flat().rows(numbers) if len(numbers) else np.zeros((0, 1))
    ranked = ("stage", "layer", "unit", "place")
    return {
        "held_out": ("lattice", numbers, {"long_name": "number among the held-out lattices"}),
        "spins": (
            ("lattice", "byte"),
            np.packbits(spins > 0, axis=1),
            {"long_name": "spins, row by row, highest bit first", "units": "1 is up"},
        ),
        "excites": (
            ranked,
            np.where(excites >= 0, np.searchsorted(numbers, excites), -1),
            {"long_name": "lattices with the largest input to the unit", "padding": "-1"},
        ),
        "input": (ranked, inputs, {"long_name": "their input to the unit", "units": "1"}),
    }


def _followed(
    arguments: argparse.Namespace,
    trained: Trained,
    turn: np.ndarray,
    stages: list[str],
    shape: tuple[int, int],
) -> dict[str, tuple]:
    """The fields of the units whose turn comes first, after the recorded epochs."""
    records: dict[tuple[str, int], list[np.ndarray]] = {}
    for stage, k, _, layers in recorded(arguments, trained):
        first = np.argsort(turn[stages.index(stage), k][: len(layers[k][1])])[:FOLLOWED]
        fields = _fields_of(layers[: k + 1], first, shape)
        records.setdefault((stage, k), []).append(fields)
    variables: dict[str, tuple] = {}
    for (stage, k), of_records in records.items():
        name = f"{stage}_{k}"
        dimensions = (f"record_{name}", f"followed_{k}")
        variables |= _in_steps(f"followed_{name}", dimensions, np.stack(of_records))
    return variables


def _fields_of(layers: list[Layer], units: np.ndarray, shape: tuple[int, int]) -> np.ndarray:
    """The product of weights of some units of the last of ``layers``, (unit, height, width)."""
    weights = [weights for weights, _, _ in layers]
    return receptive_fields([*weights[:-1], weights[-1][:, units]], shape)[-1]
