"""``isingdbn sample``: lattices that a trained machine of spins draws itself.

Chains start from held-out lattices and are Gibbs sampled; what is stored is block-transformed,
fitted and measured as any lattices are. Energy, magnetization and plaquette of each lattice stand
beside those of the held-out one that its chain started from.
"""

import argparse
import dataclasses
from collections.abc import Iterator

import numpy as np
import xarray as xr

from isingdbn import storage
from isingdbn.cli.arguments import settings_from
from isingdbn.cli.data import held_out_rows, load_lattices_of
from isingdbn.cli.machine import identity_of, machine_parser
from isingdbn.cli.network import load_layers
from isingdbn.errors import InputError
from isingdbn.ising.observables import energy_per_site, magnetization_per_site, plaquette_per_site
from isingdbn.learning.flow import FLOWING, gibbs_samples
from isingdbn.learning.stack import StackLayer
from isingdbn.parameters.analysis import Sampled
from isingdbn.progress import progress
from isingdbn.seeding import generator

__all__ = ["parser", "run"]

OBSERVABLES = {
    "energy": (energy_per_site, "energy per site", "J"),
    "magnetization": (magnetization_per_site, "magnetization per site", "1"),
    "plaquette": (plaquette_per_site, "mean product of the four spins of a plaquette", "1"),
}


def parser() -> argparse.ArgumentParser:
    """The options of the command."""
    return machine_parser("sample", __doc__, Sampled, "the Zarr store of the lattices")


def run(arguments: argparse.Namespace) -> None:
    """Sample and store."""
    settings = settings_from(arguments, Sampled)
    storage.refuse_existing(arguments.output)
    (layer,), (source,) = load_layers([arguments.layer])
    if layer.visible != "spin" or layer.hidden not in FLOWING:
        raise InputError(
            f"{arguments.layer}: its units are {layer.visible} and {layer.hidden}; give a machine"
            f" of spin visible and {' or '.join(FLOWING)} hidden units"
        )
    lattices = load_lattices_of(arguments.lattices, arguments.layer, source)
    start = held_out_rows(lattices, arguments.lattices, "--chains", settings.chains)
    parameters = {**identity_of(lattices, source), **dataclasses.asdict(settings)}
    random = generator(lattices.seed, "samples", units=source["units"], **lattices.identity)
    attributes = {
        "kind": "samples",
        "title": f"Lattices of a machine trained on {lattices.data}",
        **parameters,
        **storage.provenance(__name__, parameters, [arguments.layer, arguments.lattices]),
    }
    storage.save_samples(
        "spins",
        _drawn(layer, start, settings, lattices.shape, random),
        settings.chains * settings.snapshots,
        lambda _: attributes,
        arguments.output,
    )


def _drawn(
    layer: StackLayer,
    start: np.ndarray,
    settings: Sampled,
    shape: tuple[int, int],
    random: np.random.Generator,
) -> Iterator[xr.Dataset]:
    """Each snapshot of all chains, measured beside what they started from."""
    taken = gibbs_samples(layer, start, settings.sweeps, settings.snapshots, random)
    label = f"sampling, {settings.sweeps} sweeps"
    words = {"long_name": "spin", "units": "1"}
    began = _measured(
        _lattices(start, shape), "held_out_", " of the held-out lattice that its chain started from"
    )
    for values in progress(taken, total=settings.snapshots, label=label):
        spins = _lattices(values, shape)
        yield xr.Dataset(
            {"spins": (("sample", "y", "x"), spins, words), **_measured(spins), **began},
            coords={"chain": ("sample", np.arange(len(spins)), {"long_name": "Markov chain"})},
        )


def _lattices(values: np.ndarray, shape: tuple[int, int]) -> np.ndarray:
    """Visible units (chain, site) as spins, int8 (chain, y, x)."""
    return values.reshape(-1, *shape).astype(np.int8)


def _measured(spins: np.ndarray, prefix: str = "", whose: str = "") -> dict[str, tuple]:
    """The observables of each of the ``spins`` (sample, y, x), as variables."""
    return {
        f"{prefix}{name}": ("sample", of(spins), {"long_name": f"{text}{whose}", "units": unit})
        for name, (of, text, unit) in OBSERVABLES.items()
    }
