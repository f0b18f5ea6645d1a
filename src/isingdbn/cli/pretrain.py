"""``isingdbn pretrain``: one restricted Boltzmann machine of a stack, on lattices passed up through the layers below it."""

import argparse
import dataclasses
from pathlib import Path

from isingdbn import storage
from isingdbn.cli.arguments import Parser, add_output, add_settings, add_threads, positive, settings_from
from isingdbn.cli.data import add_lattices, load_lattices
from isingdbn.cli.network import layer_dataset, load_layers
from isingdbn.errors import InputError
from isingdbn.learning.contrastive_divergence import train_rbm
from isingdbn.learning.runtime import use_threads
from isingdbn.learning.stack import StackLayer, hidden_means
from isingdbn.learning.units import Bernoulli, Gaussian
from isingdbn.parameters.training import GaussianPretraining, Pretraining
from isingdbn.progress import progress
from isingdbn.seeding import generator

__all__ = ["parser", "run"]


def parser() -> argparse.ArgumentParser:
    """The options of the command."""
    parser = Parser(prog="isingdbn pretrain", description=__doc__)
    add_lattices(parser)
    parser.add_argument("--below", type=Path, nargs="*", default=[], help="stores of the layers below, from the lattice inwards")
    parser.add_argument("--hidden", type=positive, required=True, help="hidden units")
    add_settings(parser, Pretraining)
    parser.add_argument("--sigma", help="standard deviation of Gaussian visible units; without it they are Bernoulli units")
    add_threads(parser)
    add_output(parser, "the Zarr store of the trained layer")
    return parser


def run(arguments: argparse.Namespace) -> None:
    """Train and store."""
    settings = settings_from(arguments, Pretraining if arguments.sigma is None else GaussianPretraining)
    use_threads(arguments.threads)
    lattices = load_lattices(arguments)
    below = load_layers(arguments.below)
    k = len(below)
    data = lattices.training.reshape(len(lattices.training), -1)
    if settings.minibatch > len(data):
        raise InputError(f"--minibatch: {settings.minibatch} is more than the {len(data)} training lattices; at most that many")
    if below and below[0].weights.shape[0] != data.shape[1]:
        raise InputError(f"{arguments.below[0]}: has {below[0].weights.shape[0]} visible units, a lattice has {data.shape[1]} sites")
    units = [layer.weights.shape[1] for layer in below] + [arguments.hidden]
    rng = generator(lattices.seed, "pretrain", units=units, **lattices.identity)
    sigma = settings.sigma if isinstance(settings, GaussianPretraining) else None
    visible = Bernoulli() if sigma is None else Gaussian(sigma)
    values = hidden_means(data, below) if below else data
    epochs = train_rbm(values, visible, arguments.hidden, settings, rng)
    for trained in progress(epochs, total=settings.epochs, label=f"pre-training layer {k}, epochs"):  # noqa: B007
        pass
    parameters = {
        **lattices.identity,
        "seed": lattices.seed,
        "units": units,
        "held_out": arguments.held_out,
        **dataclasses.asdict(settings),
    }
    attributes = {"title": f"Restricted Boltzmann machine, layer {k} of a stack", **parameters}
    attributes |= storage.provenance(parameters, [arguments.lattices, *arguments.below])
    layer = StackLayer(trained.weights, trained.visible_bias, trained.hidden_bias, sigma)
    storage.save(layer_dataset(k, layer, trained.reconstruction_error, attributes), arguments.output)
