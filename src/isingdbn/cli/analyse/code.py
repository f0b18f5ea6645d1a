"""``isingdbn analyse code``: the numbers at the end of the funnel, and what of the physics of
lattices a decoder reads from them, beside principal components and random projections.

The decoder is a ridge regression, on the numbers alone and on their products too, fitted to
the training lattices and judged by the held-out ones.
"""

import argparse
from collections.abc import Callable

import numpy as np
import xarray as xr

from isingdbn import storage
from isingdbn.analysis.code import describe, explained, low_modes, quadratic
from isingdbn.analysis.network import activations
from isingdbn.analysis.reconstruction import PrincipalComponents
from isingdbn.cli.data import add_lattices, load_lattices_of
from isingdbn.cli.trained import (
    layers_by_stage,
    load_trained,
    measurement_attributes,
    trained_parser,
)
from isingdbn.errors import InputError
from isingdbn.ising.observables import (
    energy_per_site,
    magnetization_per_site,
    plaquette_per_site,
)
from isingdbn.learning.dataset import Samples, in_order
from isingdbn.parameters.data import LONGEST_CODE, REAL
from isingdbn.seeding import generator

__all__ = ["parser", "run"]

DECODERS: dict[str, Callable[[np.ndarray], np.ndarray]] = {
    "linear": lambda code: code,
    "quadratic": quadratic,
}
TARGETS: dict[str, tuple[str, Callable[[np.ndarray], np.ndarray]]] = {
    "magnetization": ("magnetization", lambda spins: magnetization_per_site(spins)[:, None]),
    "abs_magnetization": ("|m|", lambda spins: np.abs(magnetization_per_site(spins))[:, None]),
    "energy": ("energy", lambda spins: energy_per_site(spins)[:, None]),
    "plaquette": ("plaquette", lambda spins: plaquette_per_site(spins)[:, None]),
    "low_modes": ("waves with |k| ≤ 2", low_modes),
}
DESCRIBED = {
    "varying": "numbers that vary",
    "effective_rank": "effective rank of the covariance",
    "correlation": "mean absolute correlation of two numbers",
    "kurtosis": "median excess kurtosis",
}


def parser() -> argparse.ArgumentParser:
    """The options of the command."""
    parser = trained_parser("code", __doc__)
    add_lattices(parser)
    return parser


def run(arguments: argparse.Namespace) -> None:
    """Measure and store."""
    storage.refuse_existing(arguments.output)
    storage.save(_measured(arguments), arguments.output)


def _measured(arguments: argparse.Namespace) -> xr.Dataset:
    trained = load_trained(arguments)
    length = len(trained.stack[-1].hidden_bias)
    if length > LONGEST_CODE:
        raise InputError(
            f"{arguments.layers[-1]}: has {length} units, a code of at most {LONGEST_CODE}"
            " is needed; give the layers up to the code"
        )
    lattices = load_lattices_of(arguments.lattices, trained.last, trained.attributes)
    if lattices.data in REAL:
        raise InputError(f"{arguments.lattices}: holds real numbers; give lattices of spins")
    parts = (lattices.training, lattices.held_out)
    targets = [_targets(part) for part in parts]
    codes: dict[str, Callable[..., np.ndarray]] = {
        name: lambda spins, layers=layers: activations(spins, layers)[-1]
        for name, layers in layers_by_stage(trained).items()
    }
    principal = PrincipalComponents(in_order(lattices.training.flat()), length)
    codes["pca"] = lambda spins: (spins - principal.mean) @ principal.axes
    random = generator(lattices.seed, "random_projection", length=length, **lattices.identity)
    axes = random.standard_normal((lattices.shape[0] * lattices.shape[1], length), np.float32)
    codes["random_projection"] = lambda spins: spins @ axes
    described: dict[str, list[float]] = {name: [] for name in DESCRIBED}
    r2 = {name: np.zeros((len(codes), len(DECODERS))) for name in TARGETS}
    for index, encode in enumerate(codes.values()):
        code, held_out = (
            np.concatenate([encode(block.astype(np.float32)) for block in in_order(part.flat())])
            for part in parts
        )
        for name, value in describe(code).items():
            described[name].append(value)
        for column, features in enumerate(DECODERS.values()):
            ours, theirs = (features(part.astype(np.float64)) for part in (code, held_out))
            for name in TARGETS:
                r2[name][index, column] = explained(
                    ours, targets[0][name], theirs, targets[1][name]
                )
    variables: dict[str, tuple] = {
        name: ("code", values, {"long_name": DESCRIBED[name], "units": "1"})
        for name, values in described.items()
    }
    for name, values in r2.items():
        words = {"long_name": f"R² of the {TARGETS[name][0]} on held-out lattices", "units": "1"}
        variables[f"r2_{name}"] = (("code", "decoder"), values, words)
    names = {
        "code": np.array(list(codes), np.dtypes.StringDType()),
        "decoder": np.array(list(DECODERS), np.dtypes.StringDType()),
    }
    attributes = measurement_attributes(__name__, "code", trained, {}, [arguments.lattices])
    return xr.Dataset(variables, coords=names, attrs=attributes)


def _targets(samples: Samples) -> dict[str, np.ndarray]:
    """Each of `TARGETS` of all samples, (sample, target)."""
    blocks = list(in_order(samples))
    return {
        name: np.concatenate([of(block) for block in blocks]) for name, (_, of) in TARGETS.items()
    }
