"""A trained network as the commands that measure it take it: its stack, its autoencoder,
and what their stores say.
"""

import argparse
from dataclasses import dataclass
from pathlib import Path

from isingdbn import storage
from isingdbn.analysis.network import Layer, relu
from isingdbn.cli.arguments import Parser, add_output
from isingdbn.cli.network import Network, load_layers, load_network
from isingdbn.errors import InputError
from isingdbn.learning.stack import StackLayer

__all__ = [
    "IDENTITY",
    "Trained",
    "layers_by_stage",
    "load_trained",
    "measurement_attributes",
    "trained_parser",
]

IDENTITY = ("height", "width", "temperature", "seed", "data", "units")


def trained_parser(name: str, description: str) -> argparse.ArgumentParser:
    """The options of ``isingdbn analyse NAME`` that say which network."""
    parser = Parser(prog=f"isingdbn analyse {name}", description=description)
    parser.add_argument(
        "--layers",
        type=Path,
        nargs="+",
        required=True,
        help="stores of the pre-trained stack, from the lattice inwards",
    )
    parser.add_argument(
        "--network",
        type=Path,
        nargs="?",
        help="store of `isingdbn finetune`, if the stack was fine-tuned",
    )
    add_output(parser, "the Zarr store of the measurement")
    return parser


@dataclass(frozen=True)
class Trained:
    """A stack with its autoencoder, if there is one, how long each layer was trained,
    the attributes of the last store, and all stores.
    """

    stack: list[StackLayer]
    network: Network | None
    epochs: list[int]
    diverged: list[int]
    attributes: dict
    last: Path
    stores: list[Path]


def load_trained(arguments: argparse.Namespace) -> Trained:
    """The network of the options of `trained_parser`.

    Raises
    ------
    InputError : a store is missing or damaged, or they are not those of one network.
    """
    stack, attributes = load_layers(arguments.layers)
    epochs = [of["epochs_done"] for of in attributes]
    diverged = [of["epochs_done"] + 1 if of["diverged"] else 0 for of in attributes]
    if arguments.network is None:
        last = arguments.layers[-1]
        return Trained(stack, None, epochs, diverged, attributes[-1], last, arguments.layers)
    network, source = load_network(arguments.network)
    if not storage.comes_from(source.attrs, arguments.layers[-1]):
        raise InputError(
            f"{arguments.network}: was not fine-tuned from {arguments.layers[-1]};"
            " give the layers of its own stack"
        )
    return Trained(
        stack,
        network,
        epochs,
        diverged,
        source.attrs,
        arguments.network,
        [arguments.network, *arguments.layers],
    )


def layers_by_stage(trained: Trained) -> dict[str, list[Layer]]:
    """What spins pass through before and, if there is an autoencoder, after fine-tuning."""
    stages = {"pretrained": [layer.upwards for layer in trained.stack]}
    if trained.network is not None:
        stages["finetuned"] = [(weights, bias, relu) for weights, bias in trained.network.encoder]
    return stages


def measurement_attributes(
    module: str, kind: str, trained: Trained, settings: dict, inputs: list[Path]
) -> dict:
    """The attributes of a measurement: its ``kind``, network and ``settings``, and its provenance.

    Parameters
    ----------
    module : the ``__name__`` of the command.
    inputs : stores that it is made from, other than those of the network.
    """
    identity = {name: trained.attributes[name] for name in IDENTITY}
    identity |= {
        "training_lattices": trained.attributes["training_lattices"],
        "pretraining_epochs": trained.epochs,
        "finetuning_epochs": 0 if trained.network is None else trained.attributes["epochs"],
    }
    origin = storage.provenance(module, {**identity, **settings}, [*trained.stores, *inputs])
    return {"kind": kind, **identity, **settings, **origin}
