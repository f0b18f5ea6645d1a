"""Ours. `trainer_of` is the one place that says what is trained; the library's own
training loop is what is timed.
"""

import os

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

from importlib.metadata import version

import numpy as np
from trainer import (
    ADAM_L1,
    ADAM_RATE,
    INITIAL_SCALE,
    L1,
    MINIBATCH,
    MOMENTUM,
    RATE,
    Clock,
    Work,
    arguments,
    report,
)

from isingdbn.learning.autoencoder import Autoencoder, Finetuner, random_layers
from isingdbn.learning.contrastive_divergence import ContrastiveDivergence
from isingdbn.learning.dataset import PackedLattices, Values
from isingdbn.learning.runtime import use_threads
from isingdbn.learning.training import Training
from isingdbn.parameters.finetuning import Finetuning
from isingdbn.parameters.pretraining import Pretraining

MACHINES = {
    "gaussian": {"visible": "gaussian", "hidden": "bernoulli", "momentum": MOMENTUM, "l1": L1},
    "spin": {"visible": "spin", "hidden": "spin", "momentum": MOMENTUM, "l1": L1},
    "bernoulli": {"visible": "bernoulli", "hidden": "bernoulli", "algorithm": "pcd"},
}


def trainer_of(
    work: Work, precision: str, rng: np.random.Generator
) -> ContrastiveDivergence | Finetuner:
    """The trainer of a machine or of the autoencoder, with matrix
    products of this ``precision``.
    """
    if work.machine == "autoencoder":
        common = {
            "epochs": work.epochs,
            "learning_rate": ADAM_RATE,
            "minibatch": MINIBATCH,
            "precision": precision,
        }
        settings = Finetuning(**common, l1=ADAM_L1, l1_scale="per_pixel", augment=False)
        lattices = PackedLattices.pack(work.values.reshape(len(work.values), 40, 40))
        held_out = lattices.take(np.arange(MINIBATCH))
        return Finetuner(
            Autoencoder(*random_layers(work.layers, rng)), lattices, held_out, settings
        )
    common = {
        "epochs": work.epochs,
        "learning_rate": RATE,
        "minibatch": MINIBATCH,
        "precision": precision,
    }
    settings = Pretraining(**common, initial_scale=INITIAL_SCALE, **MACHINES[work.machine])
    data = Values(work.values) if work.machine == "bernoulli" else PackedLattices.pack(work.values)
    return ContrastiveDivergence(data, work.layers[1], settings, rng)


def learnt(trainer: ContrastiveDivergence | Finetuner) -> list:
    """The parameters as `report` takes them."""
    if isinstance(trainer, Finetuner):
        layers = (*trainer.autoencoder.encoder, *trainer.autoencoder.decoder)
        return [(weights.numpy(), bias.numpy()) for weights, bias in layers]
    parameters = trainer.parameters
    return [parameters.weights, parameters.visible_bias, parameters.hidden_bias]


def main(precision: str) -> None:
    """Train and report."""
    work, rng = arguments(), np.random.default_rng(0)
    use_threads(work.threads)
    trainer, clock = trainer_of(work, precision, rng), Clock()
    Training(trainer, rng, work.epochs).run([clock.tick])
    report(work, version("isingdbn"), clock, learnt(trainer))


if __name__ == "__main__":
    main("float32")
