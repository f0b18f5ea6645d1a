"""``isingdbn finetune``: unroll a stack into an autoencoder, fine-tune it, and write it as a Zarr store and a Keras file."""

import argparse
import dataclasses
from pathlib import Path

import numpy as np

from isingdbn import storage
from isingdbn.cli.arguments import Parser, add_output, add_settings, add_threads, settings_from
from isingdbn.cli.data import add_lattices, load_lattices_of, require_minibatch
from isingdbn.cli.network import Network, load_layers, network_dataset
from isingdbn.errors import InputError
from isingdbn.learning.autoencoder import Autoencoder, finetune
from isingdbn.learning.keras_file import save_keras
from isingdbn.learning.runtime import use_threads
from isingdbn.learning.stack import unroll
from isingdbn.parameters.finetuning import Finetuning
from isingdbn.progress import progress
from isingdbn.seeding import generator

__all__ = ["parser", "run"]


def parser() -> argparse.ArgumentParser:
    """The options of the command."""
    parser = Parser(prog="isingdbn finetune", description=__doc__)
    add_lattices(parser)
    parser.add_argument("--layers", type=Path, nargs="+", required=True, help="stores of the stack, from the lattice inwards")
    add_settings(parser, Finetuning)
    add_threads(parser)
    add_output(parser, "the Zarr store of the network")
    parser.add_argument("--keras", type=Path, required=True, help="the .keras file of the same network")
    return parser


def run(arguments: argparse.Namespace) -> None:
    """Fine-tune and store."""
    settings = settings_from(arguments, Finetuning)
    if arguments.keras.suffix != ".keras":
        raise InputError(f"--keras: {arguments.keras} must end in .keras, or Keras does not load it")
    storage.refuse_existing(arguments.output, arguments.keras)
    use_threads(arguments.threads)
    stack, attributes = load_layers(arguments.layers)
    lattices = load_lattices_of(arguments.lattices, arguments.layers[-1], attributes)
    pixels = lattices.shape[0] * lattices.shape[1]
    require_minibatch(settings.minibatch, lattices)
    autoencoder = Autoencoder(*unroll(stack, lattices.training.reshape(-1, pixels)))
    units = [pixels] + [layer.weights.shape[1] for layer in stack]
    rng = generator(lattices.seed, "finetune", units=units, **lattices.identity)
    epochs = finetune(autoencoder, lattices.training, lattices.held_out, settings, rng)
    losses = list(progress(epochs, total=settings.epochs, label="fine-tuning, epochs"))
    history = {
        "training_error": np.array([epoch.training for epoch in losses]),
        "penalty": np.array([epoch.penalty for epoch in losses]),
        "held_out_error": np.array([epoch.held_out for epoch in losses]),
    }
    parameters = {
        **lattices.identity,
        "seed": lattices.seed,
        "units": units,
        "held_out": len(lattices.held_out),
        **dataclasses.asdict(settings),
    }
    attributes = {"title": "Deep autoencoder, ReLU encoder and tanh decoder", **parameters}
    attributes |= storage.provenance(parameters, [arguments.lattices, *arguments.layers])
    network = Network(_arrays(autoencoder.encoder), _arrays(autoencoder.decoder))
    storage.save(network_dataset(network, history, attributes), arguments.output)
    with storage.publish_file(arguments.keras) as temporary:
        save_keras(autoencoder, temporary)


def _arrays(pairs: list) -> list[tuple[np.ndarray, np.ndarray]]:
    return [(weights.numpy(), bias.numpy()) for weights, bias in pairs]
