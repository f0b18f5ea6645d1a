"""What happens after an epoch, on a trainer whose state is one number
that depends on all that came before.
"""

import numpy as np
import pytest
import tensorflow as tf

from isingdbn.errors import InputError
from isingdbn.learning.callbacks import Checkpoint, EarlyStop, Record, ShowProgress
from isingdbn.learning.training import Training

EPOCHS = 7


class Walk(tf.Module):
    """A random walk with a memory, so that a lost variable, number or random draw shows."""

    def __init__(self):
        super().__init__()
        self.place, self.speed = tf.Variable(tf.zeros(3)), tf.Variable(tf.zeros(3))

    def epoch(self, number, rng):
        self.speed.assign(0.5 * self.speed + rng.normal(size=3) + number)
        self.place.assign_add(self.speed)
        return {"loss": float(self.place[0])}


def training(seed=0):
    return Training(Walk(), np.random.default_rng(seed), EPOCHS)


def stop_after(epochs):
    return lambda training: training.finished == epochs


def records_of(training):
    """A callback that keeps where the walk is, and how fast."""
    of = training.trainer
    return Record(lambda: [(of.place.numpy(), of.speed.numpy())])


def test_a_run_resumed_from_its_checkpoint_equals_the_uninterrupted_one(tmp_path):
    whole = training()
    whole.run([records_of(whole)])
    first = training()
    checkpoint = Checkpoint(tmp_path / "run.npz", "run", seconds=0)
    first.run([records_of(first), checkpoint, stop_after(3)])
    second = training(seed=9)
    Checkpoint(tmp_path / "run.npz", "run").resume(second)
    assert second.finished == 3
    second.run([records_of(second)])
    assert second.history == whole.history
    assert [int(record["epoch"]) for record in second.records] == list(range(1, EPOCHS + 1))
    for ours, theirs in zip(second.records, whole.records, strict=True):
        assert {name: values.tolist() for name, values in ours.items()} == {
            name: values.tolist() for name, values in theirs.items()
        }
    assert [variable.numpy().tolist() for variable in second.trainer.variables] == [
        v.numpy().tolist() for v in whole.trainer.variables
    ]


def test_a_checkpoint_is_written_at_most_once_in_its_time(tmp_path, monkeypatch):
    now = [0.0]
    monkeypatch.setattr("isingdbn.learning.callbacks.time.monotonic", lambda: now[0])
    checkpoint, path = Checkpoint(tmp_path / "run.npz", "run"), tmp_path / "run.npz"
    written = []

    def clock(of):
        now[0] += 25
        checkpoint(of)
        written.append(int(np.load(path)["finished"]) if path.exists() else 0)

    training().run([clock])
    assert written == [0, 0, 3, 3, 3, 6, 6]


def test_nothing_half_written_is_ever_in_place(tmp_path, monkeypatch):
    path = tmp_path / "run.npz"
    run = training()
    run.run([Checkpoint(path, "run", seconds=0), stop_after(2)])
    before = path.read_bytes()

    def full(file, **arrays):
        file.write(b"half")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(np, "savez", full)
    Checkpoint(path, "run", seconds=0)(run)
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize(
    "damage",
    [
        lambda content: content[:200],
        lambda _: b"",
        lambda content: content.replace(b"finished", b"fenished"),
    ],
)
def test_a_damaged_checkpoint_is_one_clear_error(tmp_path, damage):
    path = tmp_path / "run.npz"
    training().run([Checkpoint(path, "run", seconds=0), stop_after(2)])
    path.write_bytes(damage(path.read_bytes()))
    with pytest.raises(
        InputError, match=r"run\.npz: is damaged, .*; remove it to train from the start"
    ) as error:
        Checkpoint(path, "run").resume(training())
    assert "\n" not in str(error.value)


def test_a_checkpoint_of_another_configuration_is_one_clear_error(tmp_path):
    path = tmp_path / "run.npz"
    training().run([Checkpoint(path, "run", seconds=0), stop_after(2)])
    with pytest.raises(
        InputError,
        match=r"run\.npz: is a checkpoint of another configuration, run and not other; remove it",
    ):
        Checkpoint(path, "other").resume(training())


def test_records_are_a_dozen_from_the_first_epoch_to_the_last():
    long = Training(Walk(), np.random.default_rng(0), 400)
    long.run([records_of(long)])
    epochs = [int(record["epoch"]) for record in long.records]
    assert epochs == [1, 2, 3, 5, 9, 15, 26, 45, 78, 135, 232, 400]
    place = np.minimum(long.trainer.place, 65504)  # the largest number in half precision
    np.testing.assert_allclose(long.records[-1]["weights_0"], place, rtol=1e-3)
    np.testing.assert_array_equal(long.records[-1]["bias_0"], long.trainer.speed)


def test_early_stop_waits_for_its_patience():
    losses = iter([5.0, 4.0, 4.5, 3.9, 4.0, 3.9, 4.1, 0.0])
    seen = training()
    seen.epochs = 8
    seen.trainer.epoch = lambda *_: {"loss": next(losses)}
    seen.run([EarlyStop("loss", 3)])
    assert seen.history["loss"] == [5.0, 4.0, 4.5, 3.9, 4.0, 3.9, 4.1]


def test_progress_of_a_resumed_run_counts_from_where_it_was(capsys):
    run = training()
    run.finished = 4
    run.run([ShowProgress("walking, epochs")])
    assert "walking, epochs: 100% 7/7" in capsys.readouterr().err
