"""``isingdbn measure thermodynamics|peaks``: the physics of stored lattices, with errors and exact values."""

import argparse
from pathlib import Path

import numpy as np
import xarray as xr

from isingdbn import storage
from isingdbn.cli.arguments import Parser, add_output, temperature
from isingdbn.errors import InputError
from isingdbn.ising.exact import LARGEST_CORRELATED, torus_correlations, torus_energy, torus_specific_heat
from isingdbn.ising.reweighting import Samples, peaks, reweighted_peaks
from isingdbn.ising.thermodynamics import averages, blocks_of, correlations

__all__ = ["parser", "run"]

UNITS = {
    "energy": ("energy a site", "J"),
    "specific_heat": ("specific heat a site", "k_B"),
    "abs_magnetization": ("mean size of the magnetization a site", "1"),
    "magnetization_squared": ("mean squared magnetization a site", "1"),
    "susceptibility": ("susceptibility N⟨m²⟩/T", "1/J"),
    "connected_susceptibility": ("susceptibility N(⟨m²⟩ - ⟨|m|⟩²)/T", "1/J"),
    "binder": ("Binder's 1 - ⟨m⁴⟩/3⟨m²⟩²", "1"),
    "correlation": ("spin correlation", "1"),
}
STEP = 2.5e-4  # J/k_B, of the grid on which maxima are sought
CURVES = ("specific_heat", "connected_susceptibility")


def parser() -> argparse.ArgumentParser:
    """The options of the command."""
    parser = Parser(prog="isingdbn measure", description=__doc__)
    parts = parser.add_subparsers(required=True, metavar="MEASUREMENT", parser_class=Parser)
    one = parts.add_parser("thermodynamics", description="energy, specific heat, magnetization, susceptibility, U4 and G(r) of one store")
    one.add_argument("--lattices", type=Path, required=True, help="store of `isingdbn simulate`")
    one.set_defaults(measure=_thermodynamics)
    many = parts.add_parser("peaks", description="where specific heat and susceptibility are largest, by reweighting several stores")
    many.add_argument("--lattices", type=Path, nargs="+", required=True, help="stores of `isingdbn simulate` of one size")
    many.add_argument("--between", type=temperature, nargs=2, required=True, metavar="T", help="two temperatures in J/k_B, lower first")
    many.set_defaults(measure=_peaks)
    for part in (one, many):
        add_output(part, "the Zarr store of the measurement")
    return parser


def run(arguments: argparse.Namespace) -> None:
    """Measure and store."""
    storage.refuse_existing(arguments.output)
    storage.save(arguments.measure(arguments), arguments.output)


def _thermodynamics(arguments: argparse.Namespace) -> xr.Dataset:
    data = storage.load(arguments.lattices, "lattices")
    temperature, shape = float(data.attrs["temperature"]), data["spins"].shape[1:]
    sites = shape[0] * shape[1]
    block = blocks_of(_chains(data))
    measured = {
        name: (np.array(value), np.array(error))
        for name, (value, error) in averages(data["energy"].values, data["magnetization"].values, block, sites, temperature).items()
    }
    measured["correlation"] = correlations(data["spins"].values, block)
    exact = {"energy": torus_energy(shape, temperature), "specific_heat": torus_specific_heat(shape, temperature)}
    if max(shape) <= LARGEST_CORRELATED:
        correlation = torus_correlations(shape, temperature)
        squared = correlation.mean()
        exact |= {"magnetization_squared": squared, "susceptibility": sites * squared / temperature, "correlation": correlation}
    variables = {}
    for name, (value, error) in measured.items():
        dimensions = ("dy", "dx")[: value.ndim]
        text, unit = UNITS[name]
        variables[name] = (dimensions, value, {"long_name": text, "units": unit})
        variables[f"{name}_error"] = (dimensions, error, {"long_name": f"standard error of {text}", "units": unit})
        if name in exact:
            variables[f"{name}_exact"] = (dimensions, exact[name], {"long_name": f"exact {text}", "units": unit})
    identity = {name: data.attrs[name] for name in ("height", "width", "temperature", "seed", "samples")}
    return xr.Dataset(
        variables, attrs={"kind": "thermodynamics", **identity, **storage.provenance(__name__, identity, [arguments.lattices])}
    )


def _chains(data: xr.Dataset) -> np.ndarray:
    """The chain of each lattice, (sample,); each has its own where none is named, as in surrogates drawn one by one."""
    return data["chain"].values if "chain" in data.coords else np.arange(data.sizes["sample"])


def _peaks(arguments: argparse.Namespace) -> xr.Dataset:
    low, high = arguments.between
    if low >= high:
        raise InputError(f"--between: {low} {high} is not allowed; give the lower temperature first")
    stores = [storage.load(store, "lattices") for store in arguments.lattices]
    shapes = {store["spins"].shape[1:] for store in stores}
    if len(shapes) > 1:
        raise InputError(f"--lattices: have the shapes {', '.join(f'{y}x{x}' for y, x in sorted(shapes))}; give stores of one shape")
    seeds = sorted({store.attrs["seed"] for store in stores})
    if len(seeds) > 1:
        raise InputError(f"--lattices: have the seeds {', '.join(map(str, seeds))}; give stores of one seed")
    (shape,) = shapes
    sites = shape[0] * shape[1]
    simulations = [
        Samples(
            float(store.attrs["temperature"]),
            np.rint(store["energy"].values * sites),
            store["magnetization"].values,
            _chains(store),
        )
        for store in stores
    ]
    temperatures = np.linspace(low, high, max(3, round((high - low) / STEP) + 1))
    curves, found, error = reweighted_peaks(simulations, temperatures, sites)
    heat = np.array([torus_specific_heat(shape, value) for value in temperatures])
    variables = {"temperature": ("temperature", temperatures, {"long_name": "temperature", "units": "J/k_B"})}
    for name, curve, place, spread in zip(CURVES, curves, found, error, strict=True):
        variables |= {name: _curve(name, curve), **_peak(name, "", place), **_peak(name, "_error", spread)}
    variables |= {
        "specific_heat_exact": _curve("specific_heat", heat),
        **_peak("specific_heat", "_exact", peaks(temperatures, heat[None])[0]),
    }
    identity = {"height": shape[0], "width": shape[1], "seed": seeds[0]}
    attributes = {"kind": "peaks", **identity, **storage.provenance(__name__, {**identity, "between": [low, high]}, arguments.lattices)}
    return xr.Dataset(variables, attrs=attributes)


def _curve(name: str, values: np.ndarray) -> tuple:
    text, unit = UNITS[name]
    return "temperature", values, {"long_name": text, "units": unit}


def _peak(name: str, suffix: str, place: np.ndarray) -> dict:
    """Place and height of a maximum; the ``suffix`` says if they are exact, or errors."""
    text, unit = UNITS[name]
    return {
        f"{name}_peak_temperature{suffix}": ((), place[0], {"long_name": f"place of the maximum of the {text}{suffix}", "units": "J/k_B"}),
        f"{name}_peak{suffix}": ((), place[1], {"long_name": f"height of the maximum of the {text}{suffix}", "units": unit}),
    }
