"""``isingdbn analyse receptive-fields|dead-neurons|reconstruction``: measure one trained network."""

import argparse
import dataclasses
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
import xarray as xr

from isingdbn import storage
from isingdbn.analysis.dead_neurons import dead_by_activity, dead_by_weight
from isingdbn.analysis.network import activations, relu
from isingdbn.analysis.receptive_fields import receptive_fields
from isingdbn.analysis.reconstruction import PrincipalComponents, squared_error
from isingdbn.cli.arguments import Parser, add_output, add_settings, settings_from
from isingdbn.cli.data import add_lattices, load_lattices_of
from isingdbn.cli.network import Network, load_layers, load_network
from isingdbn.errors import InputError
from isingdbn.learning.dataset import in_order
from isingdbn.learning.stack import MEANS, StackLayer, reconstruct
from isingdbn.parameters.analysis import DeadNeurons, Reconstruction
from isingdbn.renormalization.block_spin import block_mean

__all__ = ["parser", "run"]

IDENTITY = ("height", "width", "temperature", "seed", "units")


def parser() -> argparse.ArgumentParser:
    """The options of the command."""
    parser = Parser(prog="isingdbn analyse", description=__doc__)
    parts = parser.add_subparsers(required=True, metavar="MEASUREMENT", parser_class=Parser)
    fields = parts.add_parser("receptive-fields", description="Ŵ_i = W_0 … W_i of every layer, before and after fine-tuning")
    fields.set_defaults(measure=_receptive_fields)
    dead = parts.add_parser("dead-neurons", description="dead units of every layer by weight and by activity, before and after fine-tuning")
    add_lattices(dead)
    add_settings(dead, DeadNeurons)
    dead.set_defaults(measure=_dead_neurons)
    reconstruction = parts.add_parser("reconstruction", description="held-out reconstruction error beside three baselines, with examples")
    add_lattices(reconstruction)
    add_settings(reconstruction, Reconstruction)
    reconstruction.set_defaults(measure=_reconstruction)
    for part in parts.choices.values():
        part.add_argument("--layers", type=Path, nargs="+", required=True, help="stores of the pre-trained stack, from the lattice inwards")
        part.add_argument("--network", type=Path, nargs="?", help="store of `isingdbn finetune`, if the stack was fine-tuned")
        add_output(part, "the Zarr store of the measurement")
    return parser


def run(arguments: argparse.Namespace) -> None:
    """Measure and store."""
    storage.refuse_existing(arguments.output)
    storage.save(arguments.measure(arguments), arguments.output)


@dataclass(frozen=True)
class _Trained:
    """A stack with its autoencoder, if there is one, the attributes of the last store, and all stores."""

    stack: list[StackLayer]
    network: Network | None
    diverged: list[int]
    attributes: dict
    last: Path
    stores: list[Path]


def _load(arguments: argparse.Namespace) -> _Trained:
    stack, attributes = load_layers(arguments.layers)
    diverged = [of["epochs_done"] + 1 if of["diverged"] else 0 for of in attributes]
    if arguments.network is None:
        return _Trained(stack, None, diverged, attributes[-1], arguments.layers[-1], arguments.layers)
    network, source = load_network(arguments.network)
    if not storage.comes_from(source.attrs, arguments.layers[-1]):
        raise InputError(f"{arguments.network}: was not fine-tuned from {arguments.layers[-1]}; give the layers of its own stack")
    return _Trained(stack, network, diverged, source.attrs, arguments.network, [arguments.network, *arguments.layers])


def _receptive_fields(arguments: argparse.Namespace) -> xr.Dataset:
    trained = _load(arguments)
    stages = {"pretrained": [layer.input_weights for layer in trained.stack]}
    if trained.network is not None:
        stages["finetuned"] = [weights for weights, _ in trained.network.encoder]
    shape = (trained.attributes["height"], trained.attributes["width"])
    variables = {
        f"{stage}_{k}": ((f"unit_{k}", "y", "x"), fields.astype(np.float32), {"long_name": f"receptive field of layer {k}", "units": "1"})
        for stage, weights in stages.items()
        for k, fields in enumerate(receptive_fields(weights, shape))
    }
    attributes = _attributes("receptive_fields", trained, {}, [])
    return xr.Dataset(variables, attrs={**attributes, "diverged": trained.diverged})


def _dead_neurons(arguments: argparse.Namespace) -> xr.Dataset:
    thresholds = settings_from(arguments, DeadNeurons)
    trained = _load(arguments)
    held_out = load_lattices_of(arguments.lattices, trained.last, trained.attributes).held_out
    stages = {"pretrained": [(layer.input_weights, layer.hidden_bias, MEANS[layer.hidden]) for layer in trained.stack]}
    if trained.network is not None:
        stages["finetuned"] = [(weights, bias, relu) for weights, bias in trained.network.encoder]
    units = [len(layer.hidden_bias) for layer in trained.stack]
    counts = {"units": ("layer", units, {"long_name": "units of the layer", "units": "1"})}
    for stage, layers in stages.items():
        by_block = [activations(spins.astype(np.float32), layers) for spins in in_order(held_out.flat())]
        activity = [np.concatenate(blocks) for blocks in zip(*by_block, strict=True)]
        by_weight = [int(dead_by_weight(weights, thresholds).sum()) for weights, _, _ in layers]
        by_activity = [int(dead_by_activity(layer, thresholds).sum()) for layer in activity]
        counts[f"{stage}_dead_by_weight"] = ("layer", by_weight, {"long_name": f"units dead by weight, {stage}", "units": "1"})
        counts[f"{stage}_dead_by_activity"] = ("layer", by_activity, {"long_name": f"units dead by activity, {stage}", "units": "1"})
    return xr.Dataset(counts, attrs=_attributes("dead_neurons", trained, dataclasses.asdict(thresholds), [arguments.lattices]))


def _reconstruction(arguments: argparse.Namespace) -> xr.Dataset:
    settings = settings_from(arguments, Reconstruction)
    trained = _load(arguments)
    lattices = load_lattices_of(arguments.lattices, trained.last, trained.attributes)
    held_out = lattices.held_out
    if settings.examples > len(held_out):
        raise InputError(f"--examples: {settings.examples} is more than the {len(held_out)} held-out lattices; at most that many")
    principal = PrincipalComponents(in_order(lattices.training.flat()), components=len(trained.stack[-1].hidden_bias))
    reconstructed = partial(_reconstructions, trained=trained, principal=principal, block=settings.block)
    errors = [{method: squared_error(spins, values) for method, values in reconstructed(spins).items()} for spins in in_order(held_out)]
    examples = held_out.rows(slice(0, settings.examples))
    image = ("example", "y", "x")
    variables = {"lattice": (image, examples, {"long_name": "held-out lattice", "units": "1"})}
    for method in errors[0]:
        error = np.concatenate([block[method] for block in errors])
        variables[f"error_{method}"] = ("held_out", error, {"long_name": "mean squared error a pixel", "units": "1"})
    method, shown = list(reconstructed(examples).items())[-1]
    variables["reconstruction"] = (image, shown.astype(np.float32), {"long_name": "reconstruction", "units": "1", "method": method})
    return xr.Dataset(variables, attrs=_attributes("reconstruction", trained, dataclasses.asdict(settings), [arguments.lattices]))


def _reconstructions(spins: np.ndarray, trained: _Trained, principal: PrincipalComponents, block: int) -> dict[str, np.ndarray]:
    """The lattices ``spins`` (sample, y, x) as each baseline, the stack and, last, the fine-tuned network give them back, same shape."""
    flat = spins.reshape(len(spins), -1).astype(np.float32)
    methods = {
        "zero_output": np.zeros_like(flat),
        "block_mean": block_mean(spins, block),
        "pca": principal.reconstruct(flat),
        "stack": reconstruct(flat, trained.stack),
    }
    if trained.network is not None:
        code = activations(flat, [(*layer, relu) for layer in trained.network.encoder])[-1]
        methods["autoencoder"] = activations(code, [(*layer, np.tanh) for layer in trained.network.decoder])[-1]
    return {method: values.reshape(spins.shape) for method, values in methods.items()}


def _attributes(kind: str, trained: _Trained, settings: dict, inputs: list[Path]) -> dict:
    identity = {name: trained.attributes[name] for name in IDENTITY}
    return {"kind": kind, **identity, **settings, **storage.provenance(__name__, {**identity, **settings}, [*trained.stores, *inputs])}
