"""``isingdbn fixed-points``: where the means of a machine go, if hidden and visible means are taken
in turn without noise, from held-out lattices and from random spins; beside it, where the machine
goes that is made by hand as the Ising model of the same temperature.

Near zero a machine of spins without biases multiplies by W Wᵀ: zero is a stable fixed point if
the largest singular value of W is below 1, and the first others appear where it passes 1.
How stable a point is the spectral radius of the linearized map says: below 1, perturbations shrink.
"""

import argparse
import dataclasses
from collections.abc import Callable

import numpy as np
import xarray as xr

from isingdbn import storage
from isingdbn.analysis.emergence import largest_singular_values
from isingdbn.analysis.fixed_points import distinct
from isingdbn.cli.arguments import settings_from
from isingdbn.cli.data import held_out_rows, load_lattices_of
from isingdbn.cli.machine import identity_of, machine_parser, require_flowing
from isingdbn.cli.network import load_layers
from isingdbn.learning.flow import ising_means, machine_means, rest, spectral_radius
from isingdbn.parameters.analysis import FixedPoints
from isingdbn.seeding import generator

__all__ = ["parser", "run"]

Map = Callable[[np.ndarray], np.ndarray]  # of (sample, unit)

STARTS = ("lattices", "random spins")
MACHINES = ("trained", "Ising model")
MEASURES = {
    "fixed_points": "distinct fixed points that are reached",
    "largest_basin": "part of the starts that goes to the commonest one",
    "rested": "part of the starts that has come to rest",
    "abs_magnetization": "|m| of the final means",
    "overlap": "mean product of start and final means",
    "norm": "root mean square of the final means",
    "spectral_radius": "spectral radius of the linearized map at the end, mean over starts",
}


def parser() -> argparse.ArgumentParser:
    """The options of the command."""
    return machine_parser("fixed-points", __doc__, FixedPoints, "the Zarr store of the measurement")


def run(arguments: argparse.Namespace) -> None:
    """Measure and store."""
    settings = settings_from(arguments, FixedPoints)
    storage.refuse_existing(arguments.output)
    (layer,), (source,) = load_layers([arguments.layer])
    require_flowing(arguments.layer, layer)
    lattices = load_lattices_of(arguments.lattices, arguments.layer, source)
    held_out = held_out_rows(lattices, arguments.lattices, "--starts", settings.starts)
    identity = identity_of(lattices, source)
    random = generator(lattices.seed, "fixed_points", units=source["units"], **lattices.identity)
    spins = random.choice(np.array([-1, 1], np.int8), held_out.shape)
    start = np.concatenate([held_out, spins]).astype(np.float32)
    shape, temperature = lattices.shape, lattices.temperature
    maps: tuple[Map, ...] = (
        lambda values: machine_means(layer, values),
        lambda values: ising_means(values, shape, temperature),
    )
    directions = generator(
        lattices.seed, "spectral_radius", units=source["units"], **lattices.identity
    )
    by_machine = [_by_start(step, start, settings.steps, directions) for step in maps]
    parameters = {**identity, **dataclasses.asdict(settings)}
    attributes = {
        "kind": "fixed_points",
        "title": f"Fixed points of the means of a machine trained on {lattices.data}",
        **parameters,
        **storage.provenance(__name__, parameters, [arguments.layer, arguments.lattices]),
    }
    largest = largest_singular_values(layer.input_weights, 1)[0]
    variables = {
        **{
            name: (
                ("machine", "start"),
                np.array([found[name] for found in by_machine]),
                {"long_name": long_name, "units": "1"},
            )
            for name, long_name in MEASURES.items()
        },
        "largest_singular_value": ((), largest, {"long_name": "of the weights", "units": "1"}),
    }
    coordinates = {
        "machine": np.array(MACHINES, np.dtypes.StringDType()),
        "start": np.array(STARTS, np.dtypes.StringDType()),
    }
    storage.save(xr.Dataset(variables, coords=coordinates, attrs=attributes), arguments.output)


def _by_start(
    step: Map, start: np.ndarray, steps: int, directions: np.random.Generator
) -> dict[str, list]:
    """What becomes of each kind of start under a map."""
    states, rested = rest(step, start, steps)
    found: dict[str, list] = {name: [] for name in MEASURES}
    half = len(start) // len(STARTS)
    for part in (slice(0, half), slice(half, None)):
        begun, ended = start[part], states[part]
        labels = distinct(ended)
        found["fixed_points"].append(labels.max() + 1)
        found["largest_basin"].append(np.mean(labels == 0))
        found["rested"].append(rested[part].mean())
        found["abs_magnetization"].append(np.abs(ended.mean(axis=1)).mean())
        found["overlap"].append(np.mean(begun * ended))
        found["norm"].append(np.sqrt(np.mean(ended.astype(np.float64) ** 2)))
        found["spectral_radius"].append(spectral_radius(step, ended, directions).mean())
    return found
