"""``isingdbn mixing``: how many Gibbs sweeps a trained machine of spins takes to forget.

Chains of the machine, visible and hidden spins drawn in turn, start from held-out lattices.
In the second half of their sweeps m² and the energy are taken after each sweep; their integrated
autocorrelation times ½ + Σρ, both summed as far as the slower one needs, have errors by jackknife
over chains. Chains shorter than fifty times the longer one give lower bounds.
"""

import argparse
import dataclasses

import numpy as np
import xarray as xr

from isingdbn import storage
from isingdbn.cli.arguments import settings_from
from isingdbn.cli.data import Lattices, load_lattices_of
from isingdbn.cli.machine import identity_of, machine_parser
from isingdbn.cli.network import load_layers
from isingdbn.errors import InputError
from isingdbn.ising.mixing_time import mixing_times
from isingdbn.ising.observables import energy_per_site, magnetization_per_site
from isingdbn.learning.flow import FLOWING, gibbs_samples
from isingdbn.learning.stack import StackLayer
from isingdbn.parameters.mixing import Mixing
from isingdbn.progress import progress
from isingdbn.seeding import generator

__all__ = ["OBSERVABLES", "parser", "run"]

OBSERVABLES = ("m2", "energy")
TRAINING = ("algorithm", "gibbs_steps")


def parser() -> argparse.ArgumentParser:
    """The options of the command."""
    return machine_parser("mixing", __doc__, Mixing, "the Zarr store of the measurement")


def run(arguments: argparse.Namespace) -> None:
    """Measure and store."""
    settings = settings_from(arguments, Mixing)
    storage.refuse_existing(arguments.output)
    (layer,), (source,) = load_layers([arguments.layer])
    if layer.visible != "spin" or layer.hidden not in FLOWING:
        raise InputError(
            f"{arguments.layer}: its units are {layer.visible} and {layer.hidden}; give a machine"
            f" of spin visible and {' or '.join(FLOWING)} hidden units"
        )
    lattices = load_lattices_of(arguments.lattices, arguments.layer, source)
    parameters = {**identity_of(lattices, source), **dataclasses.asdict(settings)}
    random = generator(lattices.seed, "mixing", units=source["units"], **lattices.identity)
    series = _series(layer, _start(lattices, settings, random), settings, lattices.shape, random)
    times = mixing_times(series)
    attributes = {
        "kind": "mixing",
        "title": f"Mixing times of a machine trained on {lattices.data}",
        **parameters,
        **{name: source[name] for name in TRAINING},
        "measured_sweeps": len(series["m2"]),
        "window": times.window,
        "lower_bound": int(times.lower_bound),
        **storage.provenance(__name__, parameters, [arguments.layer, arguments.lattices]),
    }
    words = {
        "tau": ("integrated autocorrelation time", "sweeps"),
        "error": ("standard error of it, over chains", "sweeps"),
    }
    variables = {
        name: (
            "observable",
            np.array([getattr(times, name)[observable] for observable in OBSERVABLES]),
            {"long_name": long_name, "units": units},
        )
        for name, (long_name, units) in words.items()
    }
    coordinates = {"observable": np.array(OBSERVABLES, np.dtypes.StringDType())}
    storage.save(xr.Dataset(variables, coords=coordinates, attrs=attributes), arguments.output)


def _start(lattices: Lattices, settings: Mixing, random: np.random.Generator) -> np.ndarray:
    """A visible layer for each chain, (chain, site): random spins, or held-out lattices in order,
    from the first on again where there are fewer.
    """
    held_out = lattices.held_out.flat()
    if settings.start == "random":
        return random.choice(np.array([-1, 1], np.int8), (settings.chains, *held_out.shape))
    return held_out.rows(np.arange(settings.chains) % len(held_out))


def _series(
    layer: StackLayer,
    start: np.ndarray,
    settings: Mixing,
    shape: tuple[int, int],
    random: np.random.Generator,
) -> dict[str, np.ndarray]:
    """`OBSERVABLES` of each sweep of the second half and chain, (time, chain)."""
    measured = settings.sweeps // 2
    found: dict[str, list[np.ndarray]] = {name: [] for name in OBSERVABLES}
    taken = gibbs_samples(layer, start, settings.sweeps, measured, random)
    for values in progress(taken, total=measured, label="sweeps that are measured"):
        spins = values.reshape(-1, *shape).astype(np.int8)
        found["m2"].append(magnetization_per_site(spins) ** 2)
        found["energy"].append(energy_per_site(spins))
    return {name: np.array(rows) for name, rows in found.items()}
