"""``isingdbn analyse reconstruction``: held-out reconstruction error beside three
baselines, how smooth reconstructions are beside lattices, and examples.
"""

import argparse
import dataclasses
from functools import partial

import numpy as np
import xarray as xr

from isingdbn import storage
from isingdbn.analysis.network import activations, relu
from isingdbn.analysis.reconstruction import PrincipalComponents, squared_error
from isingdbn.analysis.two_point import MEASURES, two_point
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
ERROR = {"error": ("mean squared error a pixel", "1")}


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
            method: {"error": squared_error(spins, values), **two_point(values)}
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
        measures = MEASURES if method == LATTICE else ERROR | MEASURES
        for name, (long_name, units) in measures.items():
            values = np.concatenate([block[method][name] for block in blocks])
            words = {"long_name": long_name, "units": units}
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
