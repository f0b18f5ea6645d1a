"""The loop of epochs, and that a training goes on from a state as if it had never stopped."""

from dataclasses import replace

import numpy as np
import pytest
import tensorflow as tf

from isingdbn.learning.contrastive_divergence import ContrastiveDivergence
from isingdbn.learning.training import DivergenceError, Training
from isingdbn.parameters.pretraining import Pretraining

VISIBLE, HIDDEN, ROWS, EPOCHS = 11, 3, 7, 5


class Counter(tf.Module):
    """A trainer whose loss is its number of epochs, plus a random part."""

    def __init__(self):
        super().__init__()
        self.total = tf.Variable([0.0])

    def epoch(self, number, rng):
        self.total.assign_add([1.0 + number])
        return {"loss": self.total.numpy().item(), "random": rng.random()}


def counting(epochs=EPOCHS, seed=0):
    return Training(Counter(), np.random.default_rng(seed), epochs)


def test_all_epochs_are_done_in_order_and_their_losses_kept():
    training = counting()
    training.run()
    assert training.finished == EPOCHS
    assert training.history["loss"] == [1, 3, 6, 10, 15]
    np.testing.assert_array_equal(
        training.history["random"], np.random.default_rng(0).random(EPOCHS)
    )


def test_every_callback_is_called_after_every_epoch():
    seen = []
    training = counting()
    training.run(
        [
            lambda now: seen.append(("a", now.finished, len(now.history["loss"]))),
            lambda now: seen.append(("b", now.finished)),
        ]
    )
    assert seen == [
        event for epoch in range(1, EPOCHS + 1) for event in (("a", epoch, epoch), ("b", epoch))
    ]


@pytest.mark.parametrize("position", [0, 1])
def test_a_callback_that_returns_true_ends_the_training_after_the_others_were_called(position):
    seen = []
    callbacks = [lambda now: seen.append(now.finished)]
    callbacks.insert(position, lambda now: now.finished == 3)
    training = counting()
    training.run(callbacks)
    assert training.finished == 3
    assert seen == [1, 2, 3]
    assert len(training.history["loss"]) == 3


def test_a_stopped_training_can_go_on():
    training = counting()
    training.run([lambda now: now.finished == 2])
    training.run()
    straight = counting()
    straight.run()
    assert training.history == straight.history


def test_a_finished_training_does_nothing():
    training = counting()
    training.run()
    training.run([lambda _: pytest.fail("no epoch is left")])
    assert training.finished == EPOCHS


def test_divergence_leaves_the_training_as_it_was_after_the_last_good_epoch():
    class Diverging(Counter):
        def epoch(self, number, rng):
            losses = super().epoch(number, rng)
            if number == 2:
                raise DivergenceError("too large")
            return losses

    training, good = Training(Diverging(), np.random.default_rng(0), EPOCHS), counting()
    good.run([lambda now: now.finished == 2])
    with pytest.raises(DivergenceError, match="too large"):
        training.run()
    assert training.finished == 2
    assert training.history == good.history
    assert training.rng.random() == good.rng.random()
    np.testing.assert_array_equal(training.trainer.total, good.trainer.total)


def test_a_state_holds_arrays_without_objects_and_is_a_copy():
    training = counting()
    training.run([lambda now: now.finished == 2])
    state = training.state()
    assert all(isinstance(value, np.ndarray) and value.dtype != object for value in state.values())
    before = {name: value.copy() for name, value in state.items()}
    training.run()
    for name, value in state.items():
        np.testing.assert_array_equal(value, before[name])


class Rows:
    """Spins, or real numbers, in memory."""

    def __init__(self, real):
        rng = np.random.default_rng(0)
        fields = rng.normal(size=(23 * ROWS + 2, 2)) @ rng.normal(size=(2, VISIBLE)) + rng.normal(
            size=VISIBLE
        )
        self.values = (
            fields.astype(np.float32) if real else np.where(fields > 0, 1, -1).astype(np.int8)
        )

    @property
    def shape(self):
        return self.values.shape[1:]

    def __len__(self):
        return len(self.values)

    def rows(self, index):
        return self.values[index]


MACHINES = {
    "cd with momentum": ("spin", {"momentum": 0.7, "l1": 0.01}),
    "pcd": ("spin", {"algorithm": "pcd", "momentum": 0.5, "schedule": "linear"}),
    "pt": ("spin", {"algorithm": "pt", "replicas": 3}),
    "centering": ("spin", {"centering": True, "schedule": "cosine"}),
    "learned sigma": ("gaussian", {"learn_sigma": True, "momentum": 0.5}),
}


def training_of(machine, seed):
    visible, changes = MACHINES[machine]
    chosen = Pretraining(
        visible=visible,
        hidden="bernoulli",
        epochs=3,
        learning_rate=0.03,
        minibatch=ROWS,
        initial_scale=0.1,
        **changes,
    )
    trainer = ContrastiveDivergence(
        Rows(visible == "gaussian"), HIDDEN, chosen, np.random.default_rng(seed)
    )
    return Training(trainer, np.random.default_rng(seed + 100), chosen.epochs)


@pytest.mark.parametrize(
    ("machine", "epoch"), [*((machine, 1) for machine in MACHINES), ("pcd", 2)]
)
def test_a_training_restored_in_another_trainer_goes_on_bit_for_bit(machine, epoch):
    """The other starts from other weights, chains and random numbers, and all
    of these come from the state.
    """
    straight = training_of(machine, 1)
    states = []
    straight.run([lambda now: states.append(now.state())])
    other = training_of(machine, 2)
    other.restore(states[epoch - 1])
    assert other.finished == epoch
    assert other.history == {name: losses[:epoch] for name, losses in straight.history.items()}
    other.run()
    assert other.history == straight.history
    expected, found = straight.state(), other.state()
    assert found.keys() == expected.keys()
    for name, value in expected.items():
        np.testing.assert_array_equal(found[name], value, err_msg=name)


def test_a_machine_that_diverges_is_again_that_of_the_last_good_epoch():
    training = training_of("pcd", 1)
    training.run([lambda now: now.finished == 1])
    good = {name: value.copy() for name, value in training.state().items()}
    training.trainer.settings = replace(training.trainer.settings, largest_parameter=1e-6)
    with pytest.raises(DivergenceError):
        training.run()
    for name, value in training.state().items():
        np.testing.assert_array_equal(value, good[name], err_msg=name)


@pytest.mark.parametrize("machine", MACHINES)
def test_the_variables_are_all_that_a_next_epoch_depends_on(machine):
    """As many as there are: parameters, log σ², two offsets, steps, and chains;
    a new one is in the state by itself.
    """
    trainer = training_of(machine, 1).trainer
    chains = MACHINES[machine][1].get("algorithm", "cd") != "cd"
    assert len(trainer.variables) == 4 + 2 + len(trainer.learned) + chains
