"""``isingdbn pretrain``: one restricted Boltzmann machine of a stack, on lattices passed up
through the layers below it.
"""

import argparse
import dataclasses
from pathlib import Path

import numpy as np

from isingdbn import storage
from isingdbn.cli.arguments import (
    Parser,
    add_output,
    add_settings,
    add_threads,
    positive,
    settings_from,
)
from isingdbn.cli.checkpoints import checkpoint_of
from isingdbn.cli.data import (
    Lattices,
    add_lattices,
    load_lattices,
    load_lattices_of,
    require_fitting,
    require_minibatch,
)
from isingdbn.cli.network import layer_dataset, load_layers, records_dataset
from isingdbn.errors import InputError
from isingdbn.learning.callbacks import EarlyStop, Record, ShowProgress
from isingdbn.learning.contrastive_divergence import ContrastiveDivergence
from isingdbn.learning.dataset import Samples
from isingdbn.learning.propagation import pass_up
from isingdbn.learning.runtime import use_threads
from isingdbn.learning.stack import StackLayer
from isingdbn.learning.training import DivergenceError, Training
from isingdbn.parameters.pretraining import Pretraining, initial_problem, unit_problem
from isingdbn.progress import note
from isingdbn.renormalization.made_by_hand import weights_made_by_hand
from isingdbn.seeding import generator

__all__ = ["parser", "run"]


def parser() -> argparse.ArgumentParser:
    """The options of the command."""
    parser = Parser(prog="isingdbn pretrain", description=__doc__)
    add_lattices(parser)
    parser.add_argument(
        "--held-out",
        type=positive,
        required=True,
        help="number of lattices held out from all training",
    )
    parser.add_argument(
        "--below",
        type=Path,
        nargs="*",
        default=[],
        help="stores of the layers below, from the lattice inwards",
    )
    parser.add_argument("--units", type=positive, required=True, help="number of hidden units")
    add_settings(parser, Pretraining)
    add_threads(parser)
    add_output(parser, "the Zarr store of the trained layer")
    return parser


def run(arguments: argparse.Namespace) -> None:
    """Train and store."""
    settings = settings_from(arguments, Pretraining)
    storage.refuse_existing(arguments.output)
    use_threads(arguments.threads)
    attributes: list[dict] | dict
    below, attributes = load_layers(arguments.below)
    if problem := unit_problem(settings, below[-1].hidden if below else "spin"):
        raise InputError(f"--{problem}")
    lattices = _lattices(arguments, attributes)
    require_fitting(lattices, visible=None if below else settings.visible)
    require_minibatch(settings.minibatch, lattices)
    units = [layer.weights.shape[1] for layer in below] + [arguments.units]
    data = _data(lattices, below, attributes, units)
    (visible,) = data.shape
    if problem := initial_problem(settings, len(below), visible, arguments.units):
        raise InputError(f"--{problem}")
    rng = generator(lattices.seed, "pretrain", units=units, **lattices.identity)
    weights = weights_made_by_hand(
        settings, lattices.shape, lattices.temperature, (*data.shape, arguments.units)
    )
    trainer = ContrastiveDivergence(data, arguments.units, settings, rng, weights)
    inputs = [arguments.lattices, *arguments.below]
    parameters = {
        **lattices.identity,
        "seed": lattices.seed,
        "data": lattices.data,
        "units": units,
        "held_out": arguments.held_out,
        **dataclasses.asdict(settings),
    }

    def layer() -> StackLayer:
        kinds = {"visible": settings.visible, "hidden": settings.hidden}
        return StackLayer(**dataclasses.asdict(trainer.parameters), **kinds)

    training = Training(trainer, rng, settings.epochs)
    checkpoint = checkpoint_of(arguments.output, __name__, parameters, inputs)
    checkpoint.resume(training)
    with checkpoint.kept_on_divergence(training):
        outcome = _train(
            training,
            settings,
            [
                Record(lambda: [layer().upwards[:2]]),
                ShowProgress(f"pre-training layer {len(below)}, epochs"),
                checkpoint,
            ],
        )
    attributes = {
        "title": f"Restricted Boltzmann machine, layer {len(below)} of a stack",
        **parameters,
        "training_lattices": len(lattices.training),
        "l1_effective": settings.l1_effective,
        **outcome,
        **storage.provenance(__name__, parameters, inputs),
    }
    errors = np.array(training.history.get("reconstruction_error", []))
    trained = layer_dataset(len(below), layer(), errors, attributes)
    storage.save(trained.assign(records_dataset(training.records, len(below))), arguments.output)
    checkpoint.remove()


def _lattices(arguments: argparse.Namespace, attributes: list[dict]) -> Lattices:
    if not attributes:
        return load_lattices(arguments.lattices, arguments.held_out)
    if attributes[-1]["held_out"] != arguments.held_out:
        raise InputError(
            f"--held-out: {arguments.held_out}, but the layers below were trained"
            f" with {attributes[-1]['held_out']}; give the same"
        )
    return load_lattices_of(arguments.lattices, arguments.below[-1], attributes[-1])


def _data(
    lattices: Lattices, below: list[StackLayer], attributes: list[dict], units: list[int]
) -> Samples:
    """The training lattices, passed up through the layers ``below`` as each says."""
    if not below:
        return lattices.training.flat()
    streams = [
        generator(lattices.seed, "pass_up", units=units[: k + 1], **lattices.identity)
        for k in range(len(below))
    ]
    keys = [stream.integers(0, 2**32, size=2, dtype=np.uint32) for stream in streams]
    return pass_up(
        lattices.training.flat(), below, [of["passed_up"] == "samples" for of in attributes], keys
    )


def _train(training: Training, settings: Pretraining, callbacks: list) -> dict:
    """Run to the end, or to a divergence that counts as a result;
    returns how it ended, as attributes.
    """
    if settings.patience is not None:
        callbacks.append(EarlyStop("reconstruction_error", settings.patience))
    try:
        training.run(callbacks)
    except DivergenceError as error:
        if settings.divergence == "error":
            raise
        note(
            f"{error}; what is stored is the machine before that epoch, as divergence: result says"
        )
        return {"epochs_done": training.finished, "diverged": 1, "divergence_message": str(error)}
    return {"epochs_done": training.finished, "diverged": 0}
