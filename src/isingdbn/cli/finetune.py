"""``isingdbn finetune``: unroll a stack into an autoencoder, fine-tune it, and write it
as a Zarr store and a Keras file.
"""

import argparse
import dataclasses
from pathlib import Path

import numpy as np

from isingdbn import storage
from isingdbn.cli.arguments import Parser, add_output, add_settings, add_threads, settings_from
from isingdbn.cli.checkpoints import checkpoint_of
from isingdbn.cli.data import (
    add_lattices,
    load_lattices_of,
    require_fitting,
    require_minibatch,
)
from isingdbn.cli.network import Network, load_layers, network_dataset, records_dataset
from isingdbn.errors import InputError
from isingdbn.learning.autoencoder import Finetuner, untrained
from isingdbn.learning.callbacks import Record, ShowProgress
from isingdbn.learning.keras_file import save_keras
from isingdbn.learning.runtime import use_threads
from isingdbn.learning.stack import StackLayer
from isingdbn.learning.training import Training
from isingdbn.parameters.finetuning import Finetuning
from isingdbn.seeding import generator

__all__ = ["parser", "run"]


def parser() -> argparse.ArgumentParser:
    """The options of the command."""
    parser = Parser(prog="isingdbn finetune", description=__doc__)
    add_lattices(parser)
    parser.add_argument(
        "--layers",
        type=Path,
        nargs="+",
        required=True,
        help="stores of the stack, from the lattice inwards",
    )
    add_settings(parser, Finetuning)
    add_threads(parser)
    add_output(parser, "the Zarr store of the network")
    parser.add_argument(
        "--keras", type=Path, required=True, help="the .keras file of the same network"
    )
    return parser


def run(arguments: argparse.Namespace) -> None:
    """Fine-tune and store."""
    settings = settings_from(arguments, Finetuning)
    if arguments.keras.suffix != ".keras":
        raise InputError(
            f"--keras: {arguments.keras} must end in .keras, or Keras does not load it"
        )
    storage.refuse_existing(arguments.output, arguments.keras)
    use_threads(arguments.threads)
    stack, layers = load_layers(arguments.layers)
    lattices = load_lattices_of(arguments.lattices, arguments.layers[-1], layers[-1])
    require_fitting(lattices, augment=settings.augment)
    require_minibatch(settings.minibatch, lattices)
    units = [lattices.shape[0] * lattices.shape[1]] + [layer.weights.shape[1] for layer in stack]
    rng = generator(lattices.seed, "finetune", units=units, **lattices.identity)
    if settings.initial == "stack":
        _require_bernoulli(stack)
    autoencoder = untrained(stack, lattices.training.flat(), settings, rng)
    inputs = [arguments.lattices, *arguments.layers]
    parameters = {
        **lattices.identity,
        "seed": lattices.seed,
        "data": lattices.data,
        "units": units,
        "held_out": len(lattices.held_out),
        **dataclasses.asdict(settings),
    }
    training = Training(
        Finetuner(autoencoder, lattices.training, lattices.held_out, settings), rng, settings.epochs
    )
    record = Record(lambda: _arrays(autoencoder.encoder))
    checkpoint = checkpoint_of(arguments.output, __name__, parameters, inputs)
    checkpoint.resume(training)
    with checkpoint.kept_on_divergence(training):
        training.run([record, ShowProgress("fine-tuning, epochs"), checkpoint])
    attributes = {
        "title": "Deep autoencoder, ReLU encoder and tanh decoder",
        **parameters,
        "training_lattices": len(lattices.training),
        **storage.provenance(__name__, parameters, inputs),
    }
    network = Network(_arrays(autoencoder.encoder), _arrays(autoencoder.decoder))
    history = {name: np.array(losses) for name, losses in training.history.items()}
    trained = network_dataset(network, history, attributes)
    storage.save(trained.assign(records_dataset(training.records)), arguments.output)
    with storage.publish_file(
        arguments.keras, storage.provenance(__name__, parameters, [arguments.output])
    ) as temporary:
        save_keras(autoencoder, temporary)
    checkpoint.remove()


def _require_bernoulli(stack: list[StackLayer]) -> None:
    if {layer.hidden for layer in stack} != {"bernoulli"}:
        kinds = ", ".join(layer.hidden for layer in stack)
        remedy = "pre-train with --hidden bernoulli"
        raise InputError(
            "--layers: a ReLU encoder starts from Bernoulli hidden units only,"
            f" these are {kinds}; {remedy}"
        )


def _arrays(pairs: list) -> list[tuple[np.ndarray, np.ndarray]]:
    return [(weights.numpy(), bias.numpy()) for weights, bias in pairs]
