"""``isingdbn import-weights``: receptive fields and dead units of a net that others have trained,
from a file of its weights, as stores for `isingdbn analyse metrics` and
`isingdbn figure receptive-fields`.

Arrays of two dimensions are taken as layers, from the lattice inwards; one that is transposed is
turned. Dead units are those by weight alone: without lattices there is no activity.
"""

import argparse
import dataclasses
from pathlib import Path

import numpy as np
import xarray as xr

from isingdbn import storage
from isingdbn.analysis.dead_neurons import dead_by_weight
from isingdbn.analysis.receptive_fields import receptive_fields
from isingdbn.cli.arguments import (
    Parser,
    add_settings,
    refuse_repeated,
    seed,
    settings_from,
    shape,
    temperature,
)
from isingdbn.cli.weights_file import SUFFIXES, read_matrices, stack_of
from isingdbn.errors import InputError
from isingdbn.parameters.analysis import DeadNeurons
from isingdbn.parameters.data import DATA, LATTICES

__all__ = ["parser", "run"]


def parser() -> argparse.ArgumentParser:
    """The options of the command."""
    parser = Parser(prog="isingdbn import-weights", description=__doc__)
    parser.add_argument("--weights", type=Path, required=True, help=f"one of {', '.join(SUFFIXES)}")
    parser.add_argument(
        "--arrays",
        nargs="+",
        help="the names of the layers' arrays; all, if not given",
    )
    parser.add_argument(
        "--size", type=shape, required=True, help="one side (40) or height x width of the lattice"
    )
    parser.add_argument(
        "--temperature", type=temperature, required=True, help="of its lattices, in J/k_B"
    )
    parser.add_argument("--seed", type=seed, default=0, help="names the net, 0 by default")
    parser.add_argument(
        "--data", choices=DATA, default=LATTICES, help="what it was trained on, lattices by default"
    )
    add_settings(parser, DeadNeurons)
    parser.add_argument("--fields", type=Path, required=True, help="the Zarr store of the fields")
    parser.add_argument("--dead", type=Path, required=True, help="the Zarr store of the dead units")
    return parser


def run(arguments: argparse.Namespace) -> None:
    """Read and store."""
    thresholds = settings_from(arguments, DeadNeurons)
    outputs = [arguments.fields, arguments.dead]
    refuse_repeated("--fields and --dead", outputs)
    storage.refuse_existing(*outputs)
    stack = stack_of(_matrices(arguments), np.prod(arguments.size), arguments.weights)
    height, width = arguments.size
    identity = {
        "height": height,
        "width": width,
        "temperature": arguments.temperature,
        "seed": arguments.seed,
        "data": arguments.data,
        "units": [height * width, *(weights.shape[1] for weights in stack)],
        "training_lattices": 0,
        "pretraining_epochs": [0] * len(stack),
        "finetuning_epochs": 0,
    }
    origin = storage.provenance(__name__, {**identity, "arrays": arguments.arrays or []})
    origin["input_sha256"] = {arguments.weights.as_posix(): storage.digest(arguments.weights)}
    fields = {
        f"pretrained_{k}": (
            (f"unit_{k}", "y", "x"),
            of_layer.astype(np.float32),
            {"long_name": f"receptive field of layer {k}", "units": "1"},
        )
        for k, of_layer in enumerate(receptive_fields(stack, arguments.size))
    }
    attributes = {"kind": "receptive_fields", **identity, "diverged": [0] * len(stack), **origin}
    storage.save(xr.Dataset(fields, attrs=attributes), arguments.fields)
    settings = dataclasses.asdict(thresholds)
    attributes = {"kind": "dead_neurons", **identity, **settings, **origin}
    storage.save(_dead(stack, thresholds).assign_attrs(attributes), arguments.dead)


def _matrices(arguments: argparse.Namespace) -> dict[str, np.ndarray]:
    found = read_matrices(arguments.weights)
    for name in arguments.arrays or []:
        if name not in found:
            raise InputError(
                f"--arrays: {arguments.weights} has no array {name} of two dimensions;"
                f" it has {', '.join(found)}"
            )
    return {name: found[name] for name in arguments.arrays or found}


def _dead(stack: list[np.ndarray], thresholds: DeadNeurons) -> xr.Dataset:
    units = [weights.shape[1] for weights in stack]
    by_weight = np.zeros((1, len(units), max(units)), bool)
    for k, weights in enumerate(stack):
        by_weight[0, k, : units[k]] = dead_by_weight(weights, thresholds)
    masks = ("stage", "layer", "unit")
    words = {"padding": "false beyond the units of the layer"}
    return xr.Dataset(
        {
            "units": ("layer", units, {"long_name": "units of the layer", "units": "1"}),
            "dead_by_weight": (masks, by_weight, {"long_name": "dead by weight", **words}),
            "dead_by_activity": (
                masks,
                np.zeros_like(by_weight),
                {"long_name": "not known: no lattices were given", **words},
            ),
        },
        coords={"stage": np.array(["pretrained"], np.dtypes.StringDType())},
    )
