"""``isingdbn couplings machine``: the couplings between spins that the first machine of a stack has
learnt, from its weights alone.

Summing over the hidden units leaves -H(v) = Σ_S J_S v_S; the Ising model has J = 1/T between
nearest neighbours and nothing else.
"""

import argparse
import dataclasses
from pathlib import Path
from typing import Any

import numpy as np
import xarray as xr

from isingdbn import storage
from isingdbn.cli.arguments import Parser, add_output, add_settings, settings_from
from isingdbn.cli.network import load_layers
from isingdbn.cli.trained import IDENTITY
from isingdbn.errors import InputError
from isingdbn.learning.stack import StackLayer
from isingdbn.parameters.analysis import MachineCouplings as Settings
from isingdbn.parameters.data import MODELS_OF_SPINS
from isingdbn.renormalization.hamiltonians import Machine
from isingdbn.renormalization.machine_couplings import MachineCouplings, machine_couplings
from isingdbn.seeding import generator

__all__ = ["parser", "run"]

# Displacements of pairs that are the same by symmetry, by name.
PAIRS = {
    "nearest": ((0, 1), (1, 0)),
    "next_nearest": ((1, 1), (1, -1)),
    "third_neighbour": ((0, 2), (2, 0)),
}
HIDDEN = ("spin", "bernoulli")


def parser() -> argparse.ArgumentParser:
    """The options of the command."""
    parser = Parser(prog="isingdbn couplings machine", description=__doc__)
    parser.add_argument(
        "--layer",
        type=Path,
        required=True,
        help="store of `isingdbn pretrain`, the first layer of a stack",
    )
    add_settings(parser, Settings)
    add_output(parser, "the Zarr store of the couplings")
    return parser


def run(arguments: argparse.Namespace) -> None:
    """Read and store."""
    settings = settings_from(arguments, Settings)
    storage.refuse_existing(arguments.output)
    (layer,), (source,) = load_layers([arguments.layer])
    if layer.visible not in MODELS_OF_SPINS or layer.hidden not in HIDDEN:
        raise InputError(
            f"{arguments.layer}: has {layer.visible} visible and {layer.hidden} hidden units;"
            f" give one with {' or '.join(MODELS_OF_SPINS)} visible"
            f" and {' or '.join(HIDDEN)} hidden units"
        )
    identity = {name: source[name] for name in IDENTITY}
    random = generator(
        source["seed"],
        "machine_couplings",
        **{name: identity[name] for name in ("height", "width", "temperature", "units")},
    )
    shape = identity["height"], identity["width"]
    found = machine_couplings(_of_spins(layer), shape, settings.draws, random)
    parameters = {**identity, **dataclasses.asdict(settings)}
    attributes = {
        "kind": "machine_couplings",
        "title": "Couplings between the visible spins of a machine, without unit",
        **parameters,
        **storage.provenance(__name__, parameters, [arguments.layer]),
    }
    storage.save(xr.Dataset(_variables(found), attrs=attributes), arguments.output)


def _of_spins(layer: StackLayer) -> Machine:
    """The machine on spins; one of Gaussian units, restricted to v = ±1, has its visible
    biases and weights over the variance.
    """
    sigma: Any = layer.sigma
    scale = 1.0 if sigma is None else sigma.astype(np.float64) ** 2
    return Machine(
        (layer.weights.T.astype(np.float64) / scale).T,
        layer.visible_bias.astype(np.float64) / scale,
        layer.hidden_bias.astype(np.float64),
        hidden=layer.hidden,
    )


def _variables(found: MachineCouplings) -> dict[str, tuple]:
    values = {name: found.pairs[tuple(zip(*at, strict=True))].mean() for name, at in PAIRS.items()}
    errors = {  # of a mean of both axes, which share their draws: no smaller than of one
        name: np.sqrt((found.pair_errors[tuple(zip(*at, strict=True))] ** 2).mean())
        for name, at in PAIRS.items()
    }
    values, errors = values | found.sets, errors | found.set_errors
    words = {"long_name": "coupling at the displacement (dy, dx)", "units": "1"}
    of_error = words | {"long_name": f"standard error of the {words['long_name']}"}
    variables: dict[str, tuple] = {
        "pairs": (("dy", "dx"), found.pairs, words),
        "pairs_error": (("dy", "dx"), found.pair_errors, of_error),
    }
    for name, value in values.items():
        text = f"{name.replace('_', ' ')} coupling"
        variables[name] = ((), value, {"long_name": text, "units": "1"})
        variables[f"{name}_error"] = (
            (),
            errors[name],
            {"long_name": f"standard error of the {text}", "units": "1"},
        )
    return variables
