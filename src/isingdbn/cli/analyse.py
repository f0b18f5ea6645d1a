"""``isingdbn analyse receptive-fields|dead-neurons|reconstruction``: measure one trained network."""

import argparse
import dataclasses
from pathlib import Path

import numpy as np
import xarray as xr

from isingdbn import storage
from isingdbn.analysis.dead_neurons import dead_by_activity, dead_by_weight
from isingdbn.analysis.network import activations, decode, relu, sigmoid
from isingdbn.analysis.receptive_fields import receptive_fields
from isingdbn.analysis.reconstruction import PrincipalComponents, squared_error
from isingdbn.cli.arguments import Parser, add_output, add_settings, settings_from
from isingdbn.cli.data import add_lattices, load_lattices_of
from isingdbn.cli.network import load_layers, load_network
from isingdbn.errors import InputError
from isingdbn.learning.stack import StackLayer
from isingdbn.parameters.analysis import DeadNeurons, Reconstruction
from isingdbn.renormalization.block_spin import block_mean

__all__ = ["parser", "run"]

IDENTITY = ("height", "width", "temperature", "seed", "units")


def parser() -> argparse.ArgumentParser:
    """The options of the command."""
    parser = Parser(prog="isingdbn analyse", description=__doc__)
    parts = parser.add_subparsers(required=True, metavar="MEASUREMENT", parser_class=Parser)
    fields = parts.add_parser("receptive-fields", description="Ŵ_i = W_0 … W_i of every layer, before and after fine-tuning")
    _add_network(fields)
    fields.add_argument("--layers", type=Path, nargs="+", required=True, help="stores of the pre-trained stack")
    fields.set_defaults(measure=_receptive_fields)
    dead = parts.add_parser("dead-neurons", description="dead units of every layer by weight and by activity, before and after fine-tuning")
    _add_network(dead)
    dead.add_argument("--layers", type=Path, nargs="+", required=True, help="stores of the pre-trained stack")
    add_lattices(dead)
    add_settings(dead, DeadNeurons)
    dead.set_defaults(measure=_dead_neurons)
    reconstruction = parts.add_parser("reconstruction", description="held-out reconstruction error beside three baselines, with examples")
    _add_network(reconstruction)
    add_lattices(reconstruction)
    add_settings(reconstruction, Reconstruction)
    reconstruction.set_defaults(measure=_reconstruction)
    return parser


def _add_network(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--network", type=Path, required=True, help="store of `isingdbn finetune`")
    add_output(parser, "the Zarr store of the measurement")


def run(arguments: argparse.Namespace) -> None:
    """Measure and store."""
    storage.refuse_existing(arguments.output)
    storage.save(arguments.measure(arguments), arguments.output)


def _receptive_fields(arguments: argparse.Namespace) -> xr.Dataset:
    network, source = load_network(arguments.network)
    stages = {
        "pretrained": [layer.input_weights for layer in _stack_of(arguments, source)],
        "finetuned": [weights for weights, _ in network.encoder],
    }
    shape = (source.attrs["height"], source.attrs["width"])
    variables = {
        f"{stage}_{k}": ((f"unit_{k}", "y", "x"), fields.astype(np.float32), {"long_name": f"receptive field of layer {k}", "units": "1"})
        for stage, weights in stages.items()
        for k, fields in enumerate(receptive_fields(weights, shape))
    }
    return xr.Dataset(variables, attrs=_attributes("receptive_fields", source, {}, [arguments.network, *arguments.layers]))


def _dead_neurons(arguments: argparse.Namespace) -> xr.Dataset:
    thresholds = settings_from(arguments, DeadNeurons)
    network, source = load_network(arguments.network)
    held_out = load_lattices_of(arguments.lattices, arguments.network, source.attrs).held_out
    values = held_out.reshape(len(held_out), -1).astype(np.float32)
    stack = [(layer.input_weights, layer.hidden_bias) for layer in _stack_of(arguments, source)]
    counts = {"units": ("layer", [len(bias) for _, bias in stack], {"long_name": "units of the layer", "units": "1"})}
    for stage, layers, nonlinearity in (("pretrained", stack, sigmoid), ("finetuned", network.encoder, relu)):
        activity = activations(values, layers, nonlinearity)
        by_weight = [int(dead_by_weight(weights, thresholds).sum()) for weights, _ in layers]
        by_activity = [int(dead_by_activity(layer, thresholds).sum()) for layer in activity]
        counts[f"{stage}_dead_by_weight"] = ("layer", by_weight, {"long_name": f"units dead by weight, {stage}", "units": "1"})
        counts[f"{stage}_dead_by_activity"] = ("layer", by_activity, {"long_name": f"units dead by activity, {stage}", "units": "1"})
    inputs = [arguments.network, *arguments.layers, arguments.lattices]
    return xr.Dataset(counts, attrs=_attributes("dead_neurons", source, dataclasses.asdict(thresholds), inputs))


def _reconstruction(arguments: argparse.Namespace) -> xr.Dataset:
    settings = settings_from(arguments, Reconstruction)
    network, source = load_network(arguments.network)
    lattices = load_lattices_of(arguments.lattices, arguments.network, source.attrs)
    held_out = lattices.held_out
    if settings.examples > len(held_out):
        raise InputError(f"--examples: {settings.examples} is more than the {len(held_out)} held-out lattices; at most that many")
    flat = held_out.reshape(len(held_out), -1).astype(np.float32)
    code = activations(flat, network.encoder, relu)[-1]
    principal = PrincipalComponents(lattices.training.reshape(len(lattices.training), -1), code.shape[1])
    reconstructions = {
        "zero_output": np.zeros_like(flat),
        "block_mean": block_mean(held_out, settings.block).reshape(flat.shape),
        "pca": principal.reconstruct(flat),
        "autoencoder": decode(code, network.decoder),
    }
    shown = slice(0, settings.examples)
    image = ("example", "y", "x")
    variables = {"lattice": (image, held_out[shown], {"long_name": "held-out lattice", "units": "1"})}
    for method, values in reconstructions.items():
        error = squared_error(flat, values)
        variables[f"error_{method}"] = ("held_out", error, {"long_name": "mean squared error a pixel", "units": "1"})
    shape = (-1, *lattices.shape)
    variables["reconstruction"] = (
        image,
        reconstructions["autoencoder"][shown].reshape(shape).astype(np.float32),
        {"long_name": "reconstruction", "units": "1"},
    )
    attributes = _attributes("reconstruction", source, dataclasses.asdict(settings), [arguments.network, arguments.lattices])
    return xr.Dataset(variables, attrs=attributes)


def _stack_of(arguments: argparse.Namespace, source: xr.Dataset) -> list[StackLayer]:
    """The stack that the network in ``source`` was fine-tuned from."""
    layers, _ = load_layers(arguments.layers)
    if not storage.comes_from(source.attrs, arguments.layers[-1]):
        raise InputError(f"{arguments.network}: was not fine-tuned from {arguments.layers[-1]}; give the layers of its own stack")
    return layers


def _attributes(kind: str, source: xr.Dataset, settings: dict, inputs: list[Path]) -> dict:
    identity = {name: source.attrs[name] for name in IDENTITY}
    return {"kind": kind, **identity, **settings, **storage.provenance({**identity, **settings}, inputs)}
