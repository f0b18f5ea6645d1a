"""``isingdbn simulate``: lattices of one temperature and seed as a Zarr store."""

import argparse
import dataclasses
from collections.abc import Iterator

import numpy as np
import xarray as xr

from isingdbn import storage
from isingdbn.cli.arguments import (
    Parser,
    add_output,
    add_settings,
    add_threads,
    seed,
    settings_from,
    shape,
    temperature,
)
from isingdbn.ising.equilibrium import check_samples
from isingdbn.ising.observables import energy_per_site, magnetization_per_site
from isingdbn.ising.simulation import Simulation
from isingdbn.parameters.data import LATTICES
from isingdbn.parameters.sampling import Sampling
from isingdbn.progress import progress

__all__ = ["parser", "run"]


def parser() -> argparse.ArgumentParser:
    """The options of the command."""
    parser = Parser(prog="isingdbn simulate", description=__doc__)
    parser.add_argument(
        "--size",
        type=shape,
        required=True,
        help="one side (40) or height x width (24x40), in sites",
    )
    parser.add_argument("--temperature", type=temperature, required=True, help="in units of J/k_B")
    parser.add_argument("--seed", type=seed, required=True, help="names an independent repetition")
    add_settings(
        parser,
        Sampling,
        protocol="chain",
        updates="auto",
        thermalization="auto",
        chains=32,
        max_autocorrelation=0.1,
        kernel="auto",
    )
    add_threads(parser)
    add_output(parser, "the Zarr store to make; its manifest OUTPUT.sha256 is made beside it")
    return parser


def run(arguments: argparse.Namespace) -> None:
    """Simulate and store."""
    sampling = settings_from(arguments, Sampling)
    parameters = {
        "height": arguments.size[0],
        "width": arguments.size[1],
        "temperature": arguments.temperature,
    }
    parameters |= {"seed": arguments.seed, **dataclasses.asdict(sampling)}
    storage.refuse_existing(arguments.output)
    simulation = Simulation(
        arguments.size, arguments.temperature, arguments.seed, sampling, arguments.threads
    )
    lattices = progress(simulation, total=simulation.blocks, label="simulating, blocks of lattices")

    def describe(samples: xr.Dataset) -> dict:
        bound = sampling.max_autocorrelation if sampling.updates == "auto" else None
        observables = samples["energy"].values, samples["magnetization"].values
        checks = check_samples(
            arguments.size, arguments.temperature, *observables, simulation.chains, bound
        )
        return {
            "kind": "lattices",
            "data": LATTICES,
            "title": "Ising lattices, H = -J Σ s_i s_j, J = k_B = 1, square lattice, periodic,"
            " zero field, Wolff single-cluster updates",
            **parameters,
            "kernel": simulation.kernel,
            **{
                name: value
                for name, value in dataclasses.asdict(simulation.plan).items()
                if value is not None
            },
            **checks,
            **storage.provenance(__name__, parameters),
        }

    storage.save_samples(
        "spins",
        _labelled(lattices, simulation.chains),
        sampling.samples,
        describe,
        arguments.output,
    )


def _labelled(lattices: Iterator[np.ndarray], chains: int) -> Iterator[xr.Dataset]:
    first = 0
    for spins in lattices:
        index = np.arange(first, first + len(spins))
        first += len(spins)
        yield xr.Dataset(
            {
                "spins": (("sample", "y", "x"), spins, {"long_name": "spin", "units": "1"}),
                "energy": (
                    "sample",
                    energy_per_site(spins),
                    {"long_name": "energy per site", "units": "J"},
                ),
                "magnetization": (
                    "sample",
                    magnetization_per_site(spins),
                    {"long_name": "magnetization per site", "units": "1"},
                ),
            },
            coords={
                "chain": (
                    "sample",
                    (index % chains).astype(np.int32),
                    {"long_name": "Markov chain"},
                )
            },
        )
