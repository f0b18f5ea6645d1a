"""``isingdbn measure thermodynamics``: energy, specific heat, magnetization, susceptibility,
U4 and G(r) of one store.

Each with its standard error, and beside exact values of the same torus where they are known.
"""

import argparse
from pathlib import Path
from typing import Any

import numpy as np
import xarray as xr

from isingdbn import storage
from isingdbn.cli.arguments import Parser, add_output
from isingdbn.cli.quantities import UNITS, chains_of
from isingdbn.cli.spins import spin_blocks
from isingdbn.ising.exact import (
    LARGEST_CORRELATED,
    torus_correlations,
    torus_energy,
    torus_specific_heat,
)
from isingdbn.ising.thermodynamics import averages, blocks_of, correlations

__all__ = ["parser", "run"]


def parser() -> argparse.ArgumentParser:
    """The options of the command."""
    parser = Parser(prog="isingdbn measure thermodynamics", description=__doc__)
    parser.add_argument("--lattices", type=Path, required=True, help="store of `isingdbn simulate`")
    add_output(parser, "the Zarr store of the measurement")
    return parser


def run(arguments: argparse.Namespace) -> None:
    """Measure and store."""
    storage.refuse_existing(arguments.output)
    storage.save(_measured(arguments), arguments.output)


def _measured(arguments: argparse.Namespace) -> xr.Dataset:
    data = storage.load(arguments.lattices, "lattices")
    temperature = float(data.attrs["temperature"])
    shape: tuple[Any, ...] = data["spins"].shape[1:]
    sites = shape[0] * shape[1]
    block = blocks_of(chains_of(data))
    measured = {
        name: (np.array(value), np.array(error))
        for name, (value, error) in averages(
            data["energy"].values, data["magnetization"].values, block, sites, temperature
        ).items()
    }
    measured["correlation"] = correlations(
        np.concatenate(list(spin_blocks(data["spins"], arguments.lattices))), block
    )
    exact: dict[str, Any] = {
        "energy": torus_energy(shape, temperature),
        "specific_heat": torus_specific_heat(shape, temperature),
    }
    if max(shape) <= LARGEST_CORRELATED:
        correlation = torus_correlations(shape, temperature)
        squared = correlation.mean()
        exact |= {
            "magnetization_squared": squared,
            "susceptibility": sites * squared / temperature,
            "correlation": correlation,
        }
    variables: dict[str, tuple] = {}
    for name, (value, error) in measured.items():
        dimensions = ("dy", "dx")[: value.ndim]
        text, unit = UNITS[name]
        variables[name] = (dimensions, value, {"long_name": text, "units": unit})
        variables[f"{name}_error"] = (
            dimensions,
            error,
            {"long_name": f"standard error of {text}", "units": unit},
        )
        if name in exact:
            variables[f"{name}_exact"] = (
                dimensions,
                exact[name],
                {"long_name": f"exact {text}", "units": unit},
            )
    identity = {
        name: data.attrs[name] for name in ("height", "width", "temperature", "seed", "samples")
    }
    return xr.Dataset(
        variables,
        attrs={
            "kind": "thermodynamics",
            **identity,
            **storage.provenance(__name__, identity, [arguments.lattices]),
        },
    )
