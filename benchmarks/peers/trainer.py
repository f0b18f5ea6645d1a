"""What every trainer shares: its arguments, the settings, its clock, the error of what it learnt
and the one line of JSON that it prints.

A trainer is run by its peer's interpreter, `python NAME_trainer.py MACHINE LAYERS THREADS
EPOCHS LATTICES`, such as `gaussian 1600-400 1 3 lattices.npy`. It trains for EPOCHS epochs;
the first is not timed, because graphs are traced and memory is touched in it.
Some peers do only ten minibatches in it.
"""

import json
import statistics
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from common import peak_memory_mb

MINIBATCH = 100
# of a machine; L1 is a proximal step by RATE · L1
RATE, MOMENTUM, L1, INITIAL_SCALE = 0.01, 0.5, 5e-4, 0.01
# of the autoencoder: cosine decay to zero; mean squared error a pixel + ADAM_L1 Σ|W|
ADAM_RATE, ADAM_L1 = 1e-3, 5e-4 / 1600
JUDGED = 2000  # lattices that the error is measured on


@dataclass(frozen=True)
class Work:
    """What is to be trained: `gaussian`, `bernoulli`, `spin` (kinds of visible units)
    or `autoencoder`, its layers, and on what.

    ``values`` is (sample, unit), int8, in {0, 1} for Bernoulli units and else in {-1, +1}.
    """

    machine: str
    layers: tuple[int, ...]
    threads: int
    epochs: int
    values: np.ndarray

    @property
    def floats(self) -> np.ndarray:
        """``values`` in float32."""
        return self.values.astype(np.float32)

    @property
    def steps(self) -> int:
        """Gradient steps of one epoch."""
        return len(self.values) // MINIBATCH


def arguments() -> Work:
    """The work that the command line says."""
    machine, layers, threads, epochs, lattices = sys.argv[1:]
    spins = np.load(lattices)
    values = (spins > 0).astype(np.int8) if machine == "bernoulli" else spins
    return Work(machine, tuple(map(int, layers.split("-"))), int(threads), int(epochs), values)


class Clock:
    """Seconds of each epoch; `tick` ends one, whatever it is called with."""

    def __init__(self) -> None:
        self.marks = [time.perf_counter()]

    def tick(self, *_: object) -> None:
        """An epoch has ended."""
        self.marks.append(time.perf_counter())

    @property
    def seconds(self) -> float:
        """Median seconds of an epoch, the first left out."""
        return statistics.median(np.diff(self.marks)[1:])


def sigmoid(x: np.ndarray) -> np.ndarray:
    """The logistic function."""
    return 0.5 * (1 + np.tanh(0.5 * x))


def machine_error(
    work: Work, weights: np.ndarray, visible_bias: np.ndarray, hidden_bias: np.ndarray
) -> float:
    """Mean squared error a unit of mean-field reconstructions, the same for every peer;
    ``weights`` is (visible, hidden).
    """
    values = work.floats[:JUDGED]
    hidden = (np.tanh if work.machine == "spin" else sigmoid)(values @ weights + hidden_bias)
    mean = {"gaussian": np.asarray, "bernoulli": sigmoid, "spin": np.tanh}[work.machine](
        hidden @ weights.T + visible_bias
    )
    return float(np.mean((mean - values) ** 2))


def network_error(work: Work, layers: Sequence[tuple[np.ndarray, np.ndarray]]) -> float:
    """Mean squared error a pixel of the autoencoder of ``layers``,
    pairs of weights (in, out) and biases.
    """
    values = output = work.floats[:JUDGED]
    for depth, (weights, bias) in enumerate(layers):
        inputs = output @ weights + bias
        output = np.maximum(inputs, 0) if 2 * depth < len(layers) else np.tanh(inputs)
    return float(np.mean((output - values) ** 2))


def report(work: Work, version: str, clock: Clock, learnt: Sequence, note: str = "") -> None:
    """Print the line of JSON.

    Parameters
    ----------
    learnt : weights (visible, hidden), visible bias and hidden bias of a machine,
        or pairs of weights and biases of the autoencoder.
    note : how the peer's mathematics differs, if it does.
    """
    memory = peak_memory_mb()
    error = (
        network_error(work, learnt)
        if work.machine == "autoencoder"
        else machine_error(work, *learnt)
    )
    print(
        json.dumps(
            {
                "version": version,
                "seconds": clock.seconds,
                "peak_memory_mb": memory,
                "error": error,
                "note": note,
            }
        )
    )
