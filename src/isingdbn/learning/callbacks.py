"""What may happen after an epoch, beside the training: progress, an early stop, records,
checkpoints.
"""

import os
import secrets
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from isingdbn.errors import InputError
from isingdbn.learning.training import DivergenceError, Training
from isingdbn.progress import Meter, note

__all__ = ["Checkpoint", "EarlyStop", "Record", "ShowProgress"]

RECORDS = 12  # in a training, at the most


class ShowProgress:
    """A `Meter` of epochs."""

    def __init__(self, label: str) -> None:
        self.label = label
        self.meter: Meter | None = None

    def __call__(self, training: Training) -> None:
        """One more epoch is done."""
        if self.meter is None:
            self.meter = Meter(training.epochs, self.label, training.finished - 1)
        self.meter.step()
        if training.finished == training.epochs:
            self.meter.close()


class EarlyStop:
    """Ends a training after ``patience`` epochs in which the loss ``name`` did not get
    smaller than ever before.
    """

    def __init__(self, name: str, patience: int) -> None:
        self.name, self.patience = name, patience

    def __call__(self, training: Training) -> bool:
        """Whether to end."""
        losses = training.history[self.name]
        return len(losses) - 1 - int(np.argmin(losses)) >= self.patience


class Record:
    """Keeps the pairs of weights and biases that ``layers`` gives, after a dozen epochs:
    the first, the last, and others evenly over the logarithm of the epoch. A training that ends
    early has those until then.

    Weights are kept in half precision, three digits.
    """

    def __init__(self, layers: Callable[[], Sequence[tuple[np.ndarray, np.ndarray]]]) -> None:
        self.layers = layers

    def __call__(self, training: Training) -> None:
        """Keep them, if this is one of the epochs."""
        if training.finished not in np.geomspace(1, training.epochs, RECORDS).round():
            return
        most = np.finfo(np.float16).max
        record = {"epoch": np.array(training.finished)}
        for k, (weights, bias) in enumerate(self.layers()):
            record[f"weights_{k}"] = np.clip(weights, -most, most).astype(np.float16)
            record[f"bias_{k}"] = bias
        training.records.append(record)


class Checkpoint:
    """Keeps the state of a training in a file, at most once in ``seconds``, so that a killed
    one goes on where it was.

    The file is a NumPy archive without pickled objects. It is written beside
    its place and moved there whole.

    Parameters
    ----------
    path : the file; its name without suffix is the ``key``.
    key : digest of all that determines the result.
    """

    def __init__(self, path: Path, key: str, seconds: float = 60.0) -> None:
        self.path, self.key, self.seconds = path, key, seconds
        self.written = time.monotonic()

    def __call__(self, training: Training) -> None:
        """Write, if the last time is long enough ago and epochs are left."""
        if time.monotonic() - self.written >= self.seconds and training.finished < training.epochs:
            self.write(training)

    def write(self, training: Training) -> None:
        """Write now; if that fails, training goes on without."""
        self.written = time.monotonic()
        partial = self.path.with_name(f".partial.{secrets.token_hex(8)}.{self.path.name}")
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            with partial.open("xb") as file:
                arrays: dict[str, Any] = training.state()
                np.savez(file, key=np.array(self.key), **arrays)
                file.flush()
                os.fsync(file.fileno())
            partial.replace(self.path)
        except OSError as error:
            partial.unlink(missing_ok=True)
            note(f"{self.path}: no checkpoint, {error.strerror or error}; training goes on without")

    def resume(self, training: Training) -> None:
        """Let ``training`` go on from the file, if there is one.

        Raises
        ------
        InputError : the file is damaged, or of another training.
        """
        if not self.path.exists():
            return
        remedy = "remove it to train from the start"
        try:
            with self.path.open("rb") as file, np.load(file, allow_pickle=False) as archive:
                state = dict(archive)
            key = str(state.pop("key"))
            if key == self.key:
                training.restore(state)
        except Exception as error:  # whatever damage does to an archive
            raise InputError(
                f"{self.path}: is damaged,"
                f" {' '.join(str(error).split()) or type(error).__name__}; {remedy}"
            ) from None
        if key != self.key:
            raise InputError(
                f"{self.path}: is a checkpoint of another configuration, {key}"
                f" and not {self.key}; {remedy}"
            )
        note(f"going on after epoch {training.finished} of {training.epochs}, from {self.path}")

    @contextmanager
    def kept_on_divergence(self, training: Training) -> Iterator[None]:
        """Keep the last good epochs of a training that diverges, and say in the error where."""
        try:
            yield
        except DivergenceError as error:
            if not training.finished:
                raise
            self.write(training)
            kept = (
                "epoch 1 is" if training.finished == 1 else f"epochs 1 to {training.finished} are"
            )
            raise DivergenceError(f"{error}; {kept} kept in {self.path}") from None

    def remove(self) -> None:
        """The training is over: the file goes, with what killed processes left half written."""
        for file in (self.path, *self.path.parent.glob(f".partial.*.{self.path.name}")):
            file.unlink(missing_ok=True)
