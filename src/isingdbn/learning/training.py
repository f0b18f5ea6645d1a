"""The loop that all training shares: epochs, what is told after each, and the state that the rest
of a training depends on.
"""

import json
from collections.abc import Callable, Sequence
from typing import Protocol

import numpy as np
import tensorflow as tf

from isingdbn.errors import JobError

__all__ = ["Callback", "DivergenceError", "Trainer", "Training"]


class DivergenceError(JobError):
    """A loss or parameter became infinite, not a number, or larger than allowed."""


class Trainer(Protocol):
    """Something trained in epochs. All its state is in ``variables``, as of every `tf.Module`."""

    @property
    def variables(self) -> Sequence[tf.Variable]:
        """Parameters, and whatever else a next epoch depends on."""

    def epoch(self, number: int, rng: np.random.Generator) -> dict[str, float]:
        """Do epoch ``number``, from 0; returns the losses of the epoch by name,
        or raises DivergenceError.
        """


class Training:
    """A training in progress: the trainer, its random stream, the losses of every finished epoch
    by name, and the records, arrays by name, that a callback takes after some epochs.

    Parameters
    ----------
    epochs : number of epochs in all.
    """

    def __init__(self, trainer: Trainer, rng: np.random.Generator, epochs: int) -> None:
        self.trainer, self.rng, self.epochs = trainer, rng, epochs
        self.finished = 0
        self.history: dict[str, list[float]] = {}
        self.records: list[dict[str, np.ndarray]] = []

    def run(self, callbacks: Sequence["Callback"] = ()) -> None:
        """Do the epochs that are left; after each every callback is called,
        and any that returns True ends the training.

        Raises
        ------
        DivergenceError : from the trainer, which is then as it was after the last good epoch.
        """
        while self.finished < self.epochs:
            good = self.state()
            try:
                losses = self.trainer.epoch(self.finished, self.rng)
            except DivergenceError:
                self.restore(good)
                raise
            for name, loss in losses.items():
                self.history.setdefault(name, []).append(loss)
            self.finished += 1
            wishes = [callback(self) for callback in callbacks]
            if any(wishes):
                break

    def state(self) -> dict[str, np.ndarray]:
        """All that the epochs to come depend on, as arrays by name."""
        variables = {
            f"variable_{index}": variable.numpy()
            for index, variable in enumerate(self.trainer.variables)
        }
        losses = {f"history_{name}": np.array(values) for name, values in self.history.items()}
        records = {
            f"record_{index}_{name}": values
            for index, record in enumerate(self.records)
            for name, values in record.items()
        }
        stream = np.frombuffer(json.dumps(self.rng.bit_generator.state).encode(), np.uint8)
        return {
            "finished": np.array(self.finished),
            "stream": stream,
            **variables,
            **losses,
            **records,
        }

    def restore(self, state: dict[str, np.ndarray]) -> None:
        """Go on from ``state``, which is of a training of the same trainer."""
        self.finished = int(state["finished"])
        self.rng.bit_generator.state = json.loads(state["stream"].tobytes())
        self.history = {
            name.removeprefix("history_"): list(values)
            for name, values in state.items()
            if name.startswith("history_")
        }
        self.records = []
        index: str | int
        for name, values in state.items():  # in the order in which they were taken
            if name.startswith("record_"):
                _, index, of = name.split("_", 2)
                if int(index) == len(self.records):
                    self.records.append({})
                self.records[int(index)][of] = values
        for index, variable in enumerate(self.trainer.variables):
            variable.assign(state[f"variable_{index}"])


Callback = Callable[[Training], bool | None]
