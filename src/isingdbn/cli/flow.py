"""``isingdbn flow``: where a machine takes lattices, and random spins, if its hidden and visible
units are drawn again and again.

The energy is read as the temperature at which the Ising model on the same torus has it; C(r) beside
it says whether the lattices are Ising lattices of that temperature.
"""

import argparse
import dataclasses
from pathlib import Path

import numpy as np
import xarray as xr

from isingdbn import storage
from isingdbn.cli.arguments import (
    Parser,
    add_output,
    add_settings,
    refuse_repeated,
    settings_from,
)
from isingdbn.cli.block_rules import load_spins
from isingdbn.cli.machine import require_flowing
from isingdbn.cli.network import load_layers
from isingdbn.errors import InputError
from isingdbn.ising.thermometer import temperature_of_energy
from isingdbn.learning.averages import lattice_averages, mean_and_error
from isingdbn.learning.flow import flow, recorded_steps
from isingdbn.parameters.analysis import Flow
from isingdbn.progress import progress
from isingdbn.seeding import generator

__all__ = ["parser", "run"]

NAMES = {
    "energy": ("energy a site", "J"),
    "abs_magnetization": ("|m|", "1"),
    "magnetization_squared": ("m²", "1"),
}


def parser() -> argparse.ArgumentParser:
    """The options of the command."""
    parser = Parser(prog="isingdbn flow", description=__doc__)
    parser.add_argument(
        "--layer", type=Path, required=True, help="store of `isingdbn pretrain`, of a first layer"
    )
    parser.add_argument(
        "--lattices",
        type=Path,
        nargs="+",
        required=True,
        help="stores of lattices from which it starts; random spins are one more start",
    )
    add_settings(parser, Flow)
    add_output(parser, "the Zarr store of the flow")
    return parser


def run(arguments: argparse.Namespace) -> None:
    """Follow and store."""
    settings = settings_from(arguments, Flow)
    storage.refuse_existing(arguments.output)
    refuse_repeated("--lattices", arguments.lattices)
    (layer,), (attributes,) = load_layers([arguments.layer])
    require_flowing(arguments.layer, layer)
    shape = (attributes["height"], attributes["width"])
    starts = [
        _start(store, shape, settings.chains, arguments.layer) for store in arguments.lattices
    ]
    identity = {
        name: attributes[name]
        for name in ("height", "width", "temperature", "seed", "data", "units")
    }
    of_pair = {name: value for name, value in identity.items() if name not in ("seed", "data")}
    random = generator(identity["seed"], "flow", **of_pair)
    spins = random.choice(np.array([-1, 1], np.int8), (settings.chains, len(layer.visible_bias)))
    temperatures = [temperature for temperature, _ in starts] + [np.nan]
    chains = np.concatenate([*(lattices for _, lattices in starts), spins])
    steps = recorded_steps(settings.steps)
    taken = flow(layer, chains, settings.steps, random)
    averages = [
        lattice_averages(part[None], shape)
        for _, values in progress(taken, total=len(steps), label="flow, recorded steps")
        for part in np.split(values, len(temperatures))
    ]
    parameters = {**identity, **dataclasses.asdict(settings)}
    attributes = {
        "kind": "flow",
        "title": f"Flow of a machine trained on {identity['data']}",
        **parameters,
        **storage.provenance(__name__, parameters, [arguments.layer, *arguments.lattices]),
    }
    coordinates = {
        "start": (
            "start",
            np.array(temperatures),
            {"long_name": "temperature of the start; not a number for random spins"},
        ),
        "step": ("step", steps),
    }
    variables = _variables(averages, len(steps), len(temperatures), shape)
    storage.save(xr.Dataset(variables, coords=coordinates, attrs=attributes), arguments.output)


def _start(
    store: Path, shape: tuple[int, int], chains: int, layer: Path
) -> tuple[float, np.ndarray]:
    """The temperature of a store, and lattices of it, evenly, as (chain, site)."""
    source = load_spins(store)
    found = (source.attrs["height"], source.attrs["width"])
    if found != shape:
        raise InputError(
            f"{store}: has lattices of {found[0]}x{found[1]} sites, {layer} was trained"
            f" on {shape[0]}x{shape[1]}; give those"
        )
    samples = source.sizes["sample"]
    if samples < chains:
        raise InputError(
            f"--chains: {chains} is more than the {samples} lattices of {store}; give fewer"
        )
    rows = np.arange(chains) * samples // chains
    spins = storage.values_of(source["spins"].isel(sample=rows), store)
    return source.attrs["temperature"], spins.reshape(chains, -1)


def _variables(
    averages: list[dict[str, np.ndarray]], steps: int, starts: int, shape: tuple[int, int]
) -> dict[str, tuple]:
    place = ("start", "step")

    def over_chains(name: str) -> tuple[np.ndarray, np.ndarray]:
        """Means and errors (start, step, …)."""
        each = [mean_and_error(found[name]) for found in averages]
        mean, error = (
            np.array([pair[side] for pair in each]).reshape(steps, starts, *each[0][0].shape)
            for side in (0, 1)
        )
        return mean.swapaxes(0, 1), error.swapaxes(0, 1)

    variables: dict[str, tuple] = {}
    for name, (text, unit) in NAMES.items():
        mean, error = over_chains(name)
        variables[name] = (place, mean, {"long_name": text, "units": unit})
        variables[f"{name}_error"] = (
            place,
            error,
            {"long_name": f"standard error of the {text}", "units": unit},
        )
    for axis in ("y", "x"):
        mean, error = over_chains(f"correlation_{axis}")
        text = f"correlation along {axis}"
        where = (*place, f"distance_{axis}")
        variables[f"correlation_{axis}"] = (where, mean, {"long_name": text, "units": "1"})
        variables[f"correlation_{axis}_error"] = (
            where,
            error,
            {"long_name": f"standard error of the {text}", "units": "1"},
        )
    words = {"long_name": "temperature of the Ising model with this energy", "units": "J/k_B"}
    variables["effective_temperature"] = (
        place,
        temperature_of_energy(variables["energy"][1], shape),
        words,
    )
    return variables
