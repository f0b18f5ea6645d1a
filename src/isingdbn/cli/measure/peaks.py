"""``isingdbn measure peaks``: where specific heat and susceptibility are largest,
by reweighting several stores.
"""

import argparse
from pathlib import Path
from typing import Any

import numpy as np
import xarray as xr

from isingdbn import storage
from isingdbn.cli.arguments import Parser, add_output, refuse_repeated, temperature
from isingdbn.cli.quantities import UNITS, chains_of
from isingdbn.errors import InputError
from isingdbn.ising.exact import torus_specific_heat
from isingdbn.ising.reweighting import Samples, peaks, reweighted_peaks
from isingdbn.parameters.data import LATTICES
from isingdbn.parameters.temperature import WIDEST_PEAK
from isingdbn.progress import note

__all__ = ["parser", "run"]

STEP = 2.5e-4  # J/k_B, of the grid on which maxima are sought
CURVES = ("specific_heat", "connected_susceptibility")


def parser() -> argparse.ArgumentParser:
    """The options of the command."""
    parser = Parser(prog="isingdbn measure peaks", description=__doc__)
    parser.add_argument(
        "--lattices",
        type=Path,
        nargs="+",
        required=True,
        help="stores of `isingdbn simulate` of one size",
    )
    parser.add_argument(
        "--between",
        type=temperature,
        nargs=2,
        required=True,
        metavar="T",
        help="two temperatures in J/k_B, lower first",
    )
    add_output(parser, "the Zarr store of the measurement")
    return parser


def run(arguments: argparse.Namespace) -> None:
    """Measure and store."""
    storage.refuse_existing(arguments.output)
    found = _found(arguments)
    for name in CURVES:
        if np.isnan(found[f"{name}_peak"]):
            low, high = arguments.between
            text, _ = UNITS[name]
            note(f"warning: no maximum of the {text} between {low:g} and {high:g} J/k_B")
    storage.save(found, arguments.output)


def _found(arguments: argparse.Namespace) -> xr.Dataset:
    low, high = arguments.between
    if low >= high:
        raise InputError(
            f"--between: {low} {high} is not allowed; give the lower temperature first"
        )
    if high - low > WIDEST_PEAK:
        raise InputError(
            f"--between: {low:g} {high:g} is not allowed; give temperatures at most"
            f" {WIDEST_PEAK:g} J/k_B apart"
        )
    refuse_repeated("--lattices", arguments.lattices)
    stores = [storage.load(store, "lattices") for store in arguments.lattices]
    for path, store in zip(arguments.lattices, stores, strict=True):
        if (data := store.attrs.get("data", LATTICES)) != LATTICES:
            raise InputError(
                f"{path}: holds {data}, which are no Ising lattices and cannot be reweighted;"
                " give stores of `isingdbn simulate`"
            )
    shapes: set[tuple[Any, ...]] = {store["spins"].shape[1:] for store in stores}
    if len(shapes) > 1:
        raise InputError(
            f"--lattices: have the shapes {', '.join(f'{y}x{x}' for y, x in sorted(shapes))};"
            " give stores of one shape"
        )
    seeds = sorted({store.attrs["seed"] for store in stores})
    if len(seeds) > 1:
        raise InputError(
            f"--lattices: have the seeds {', '.join(map(str, seeds))}; give stores of one seed"
        )
    (shape,) = shapes
    sites = shape[0] * shape[1]
    simulations = [
        Samples(
            float(store.attrs["temperature"]),
            np.rint(store["energy"].values * sites),
            store["magnetization"].values,
            chains_of(store),
        )
        for store in stores
    ]
    temperatures = np.linspace(low, high, max(3, round((high - low) / STEP) + 1))
    curves, found, error = reweighted_peaks(simulations, temperatures, sites)
    heat = np.array([torus_specific_heat(shape, value) for value in temperatures])
    variables = {
        "temperature": ("temperature", temperatures, {"long_name": "temperature", "units": "J/k_B"})
    }
    for name, curve, place, spread in zip(CURVES, curves, found, error, strict=True):
        variables |= {
            name: _curve(name, curve),
            **_peak(name, "", place),
            **_peak(name, "_error", spread),
        }
    variables |= {
        "specific_heat_exact": _curve("specific_heat", heat),
        **_peak("specific_heat", "_exact", peaks(temperatures, heat[None])[0]),
    }
    identity = {"height": shape[0], "width": shape[1], "seed": seeds[0]}
    attributes = {
        "kind": "peaks",
        **identity,
        **storage.provenance(__name__, {**identity, "between": [low, high]}, arguments.lattices),
    }
    return xr.Dataset(variables, attrs=attributes)


def _curve(name: str, values: np.ndarray) -> tuple:
    text, unit = UNITS[name]
    return "temperature", values, {"long_name": text, "units": unit}


def _peak(name: str, suffix: str, place: np.ndarray) -> dict:
    """Place and height of a maximum, not numbers if there is none; the ``suffix`` says if
    they are exact, or errors.
    """
    text, unit = UNITS[name]
    return {
        f"{name}_peak_temperature{suffix}": (
            (),
            place[0],
            {"long_name": f"place of the maximum of the {text}{suffix}", "units": "J/k_B"},
        ),
        f"{name}_peak{suffix}": (
            (),
            place[1],
            {"long_name": f"height of the maximum of the {text}{suffix}", "units": unit},
        ),
    }
