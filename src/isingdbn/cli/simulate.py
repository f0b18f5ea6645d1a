"""``isingdbn simulate``: lattices of one temperature and seed as a Zarr store."""

import argparse
import dataclasses
from collections.abc import Iterator

import numpy as np
import xarray as xr

from isingdbn import storage
from isingdbn.cli.arguments import Parser, add_output, add_settings, add_threads, non_negative, settings_from, shape, temperature
from isingdbn.ising.observables import energy_per_site, magnetization_per_site
from isingdbn.ising.simulation import blocks, simulate
from isingdbn.parameters.sampling import Sampling
from isingdbn.progress import progress

__all__ = ["parser", "run"]


def parser() -> argparse.ArgumentParser:
    """The options of the command."""
    parser = Parser(prog="isingdbn simulate", description=__doc__)
    parser.add_argument("--size", type=shape, required=True, help="one side (40) or height x width (24x40), in sites")
    parser.add_argument("--temperature", type=temperature, required=True, help="in units of J/k_B")
    parser.add_argument("--seed", type=non_negative, required=True, help="names an independent repetition")
    add_settings(parser, Sampling, thermalization=10000, chains=16)
    add_threads(parser)
    add_output(parser, "the Zarr store to make; its manifest OUTPUT.sha256 is made beside it")
    return parser


def run(arguments: argparse.Namespace) -> None:
    """Simulate and store."""
    sampling = settings_from(arguments, Sampling)
    parameters = {"height": arguments.size[0], "width": arguments.size[1], "temperature": arguments.temperature}
    parameters |= {"seed": arguments.seed, **dataclasses.asdict(sampling)}
    attributes = {
        "kind": "lattices",
        "title": "Ising lattices, H = -J Σ s_i s_j, J = k_B = 1, square lattice, periodic, zero field, Wolff single-cluster updates",
        **parameters,
        **storage.provenance(parameters),
    }
    storage.refuse_existing(arguments.output)
    lattices = simulate(arguments.size, arguments.temperature, arguments.seed, sampling, arguments.threads)
    lattices = progress(lattices, total=blocks(arguments.size, sampling), label="simulating, blocks of lattices")
    storage.save_samples("spins", _labelled(lattices, sampling.chains), sampling.samples, attributes, arguments.output)


def _labelled(lattices: Iterator[np.ndarray], chains: int) -> Iterator[xr.Dataset]:
    first = 0
    for spins in lattices:
        index = np.arange(first, first + len(spins))
        first += len(spins)
        yield xr.Dataset(
            {
                "spins": (("sample", "y", "x"), spins, {"long_name": "spin", "units": "1"}),
                "energy": ("sample", energy_per_site(spins), {"long_name": "energy per site", "units": "J"}),
                "magnetization": ("sample", magnetization_per_site(spins), {"long_name": "magnetization per site", "units": "1"}),
            },
            coords={"chain": ("sample", (index % chains).astype(np.int32), {"long_name": "Markov chain"})},
        )
