"""``isingdbn pretrain``: one restricted Boltzmann machine of a stack, on lattices passed up through the layers below it."""

import argparse
import dataclasses
from pathlib import Path

from isingdbn import storage
from isingdbn.cli.arguments import Parser, add_output, add_settings, add_threads, positive, settings_from
from isingdbn.cli.data import add_lattices, load_lattices, load_lattices_of, require_minibatch
from isingdbn.cli.network import layer_dataset, load_layers
from isingdbn.errors import InputError
from isingdbn.learning.contrastive_divergence import train_rbm
from isingdbn.learning.runtime import use_threads
from isingdbn.learning.stack import StackLayer, hidden_means
from isingdbn.learning.units import Bernoulli, Gaussian
from isingdbn.parameters.pretraining import GaussianPretraining, Pretraining
from isingdbn.progress import progress
from isingdbn.seeding import generator

__all__ = ["parser", "run"]


def parser() -> argparse.ArgumentParser:
    """The options of the command."""
    parser = Parser(prog="isingdbn pretrain", description=__doc__)
    add_lattices(parser)
    parser.add_argument("--held-out", type=positive, required=True, help="number of lattices held out from all training")
    parser.add_argument("--below", type=Path, nargs="*", default=[], help="stores of the layers below, from the lattice inwards")
    parser.add_argument("--hidden", type=positive, required=True, help="hidden units")
    add_settings(parser, Pretraining)
    parser.add_argument("--sigma", help="standard deviation of the Gaussian visible units of the first layer")
    add_threads(parser)
    add_output(parser, "the Zarr store of the trained layer")
    return parser


def run(arguments: argparse.Namespace) -> None:
    """Train and store."""
    if (arguments.sigma is None) != bool(arguments.below):
        raise InputError("--sigma: spins need Gaussian units, so give it for the first layer, and only there (without --below)")
    settings = settings_from(arguments, Pretraining if arguments.sigma is None else GaussianPretraining)
    storage.refuse_existing(arguments.output)
    use_threads(arguments.threads)
    below, attributes = load_layers(arguments.below)
    if below and attributes["held_out"] != arguments.held_out:
        raise InputError(
            f"--held-out: {arguments.held_out}, but the layers below were trained with {attributes['held_out']}; give the same"
        )
    if below:
        lattices = load_lattices_of(arguments.lattices, arguments.below[-1], attributes)
    else:
        lattices = load_lattices(arguments.lattices, arguments.held_out)
    k = len(below)
    data = lattices.training.reshape(len(lattices.training), -1)
    require_minibatch(settings.minibatch, lattices)
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
