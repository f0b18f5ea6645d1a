"""``isingdbn analyse reconstruction``: held-out reconstruction error beside three
baselines, how smooth reconstructions are beside lattices, and examples.
"""

import argparse
import dataclasses
from functools import partial
from typing import Any

import numpy as np
import xarray as xr

from isingdbn import storage
from isingdbn.analysis.modes import low_mode_share
from isingdbn.analysis.network import activations, relu
from isingdbn.analysis.reconstruction import PrincipalComponents, squared_error
from isingdbn.analysis.smoothness import lag_1
from isingdbn.cli.arguments import add_settings, settings_from
from isingdbn.cli.data import add_lattices, load_lattices_of
from isingdbn.cli.trained import Trained, load_trained, measurement_attributes, trained_parser
from isingdbn.errors import InputError
from isingdbn.learning.dataset import in_order
from isingdbn.learning.stack import reconstruct
from isingdbn.parameters.analysis import Reconstruction
from isingdbn.renormalization.block_spin import block_mean

__all__ = ["parser", "run"]

LATTICE = "lattice"  # beside the methods: the lattices themselves
MEASURES = {
    "error": "mean squared error a pixel",
    "lag_1": "product of neighbours over the mean square; not a number of zero output",
    "low_mode_share": "share of the power in |k| ≤ 2; not a number of zero output",
}


def parser() -> argparse.ArgumentParser:
    """The options of the command."""
    parser = trained_parser("reconstruction", __doc__)
    add_lattices(parser)
    add_settings(parser, Reconstruction)
    return parser


def run(arguments: argparse.Namespace) -> None:
    """Measure and store."""
    storage.refuse_existing(arguments.output)
    storage.save(_measured(arguments), arguments.output)


def _measured(arguments: argparse.Namespace) -> xr.Dataset:
    settings = settings_from(arguments, Reconstruction)
    trained = load_trained(arguments)
    lattices = load_lattices_of(arguments.lattices, trained.last, trained.attributes)
    held_out = lattices.held_out
    if settings.examples > len(held_out):
        raise InputError(
            f"--examples: {settings.examples} is more than the {len(held_out)} held-out"
            " lattices; at most that many"
        )
    principal = PrincipalComponents(
        in_order(lattices.training.flat()), components=len(trained.stack[-1].hidden_bias)
    )
    reconstructed = partial(
        _reconstructions, trained=trained, principal=principal, block=settings.block
    )
    blocks = [
        {
            method: (squared_error(spins, values), *_smoothness(values))
            for method, values in {**reconstructed(spins), LATTICE: spins}.items()
        }
        for spins in in_order(held_out)
    ]
    examples = held_out.rows(slice(0, settings.examples))
    image = ("example", "y", "x")
    variables: dict[str, tuple] = {
        "lattice": (image, examples, {"long_name": "held-out lattice", "units": "1"})
    }
    for method in blocks[0]:
        of_lattices = map(np.concatenate, zip(*(block[method] for block in blocks), strict=True))
        for (name, long_name), values in zip(MEASURES.items(), of_lattices, strict=True):
            if name != "error" or method != LATTICE:
                words = {"long_name": long_name, "units": "1"}
                variables[f"{name}_{method}"] = ("held_out", values, words)
    method, shown = list(reconstructed(examples).items())[-1]
    variables["reconstruction"] = (
        image,
        shown.astype(np.float32),
        {"long_name": "reconstruction", "units": "1", "method": method},
    )
    recorded = dataclasses.asdict(settings)
    attributes = measurement_attributes(
        __name__, "reconstruction", trained, recorded, [arguments.lattices]
    )
    return xr.Dataset(variables, attrs=attributes)


def _smoothness(values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """How smooth each of ``values`` (sample, y, x) is; not numbers where it is zero everywhere."""
    some = values.any(axis=(1, 2))
    found = np.full((2, len(values)), np.nan)
    if some.any():
        fields = values[some].astype(np.float32)
        found[:, some] = lag_1(fields), low_mode_share(fields)
    both: tuple[Any, ...] = tuple(found)
    return both


def _reconstructions(
    spins: np.ndarray, trained: Trained, principal: PrincipalComponents, block: int
) -> dict[str, np.ndarray]:
    """The lattices ``spins`` (sample, y, x) as each baseline, the stack and, last,
    the fine-tuned network give them back, same shape.
    """
    flat = spins.reshape(len(spins), -1).astype(np.float32)
    methods = {
        "zero_output": np.zeros_like(flat),
        "block_mean": block_mean(spins, block),
        "pca": principal.reconstruct(flat),
        "stack": reconstruct(flat, trained.stack),
    }
    if trained.network is not None:
        code = activations(flat, [(*layer, relu) for layer in trained.network.encoder])[-1]
        methods["autoencoder"] = activations(
            code, [(*layer, np.tanh) for layer in trained.network.decoder]
        )[-1]
    return {method: values.reshape(spins.shape) for method, values in methods.items()}
