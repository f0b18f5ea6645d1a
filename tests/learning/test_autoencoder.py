"""The autoencoder: its unrolling, gradient, training and Keras file."""

import itertools
import subprocess
import sys

import numpy as np
import pytest
import tensorflow as tf

from isingdbn.learning.augmentation import random_symmetry
from isingdbn.learning.autoencoder import Autoencoder, Finetuner, random_layers
from isingdbn.learning.dataset import PackedLattices
from isingdbn.learning.keras_file import save_keras
from isingdbn.learning.stack import StackLayer, copy_unrolled, hidden_means, unroll
from isingdbn.learning.training import DivergenceError, Training
from isingdbn.parameters.finetuning import Finetuning

UNITS = (35, 11, 7, 3)
SETTINGS = {
    "epochs": 30,
    "learning_rate": 0.01,
    "minibatch": 13,
    "l1": 0.0,
    "l1_scale": "per_sample",
    "augment": False,
}


def stack(seed=0):
    rng = np.random.default_rng(seed)
    return [
        StackLayer(
            *(rng.normal(0, 0.7, shape).astype(np.float32) for shape in ((n, m), (n,), (m,))),
            sigma=0.9 if k == 0 else None,
        )
        for k, (n, m) in enumerate(itertools.pairwise(UNITS))
    ]


def lattices(samples=260, seed=0, shape=(5, 7)):
    rng = np.random.default_rng(seed)
    stripes = np.where(np.arange(shape[1]) < shape[1] // 2, 1, -1)
    return (
        stripes * rng.choice([-1, 1], (samples, 1, 1)) * np.ones((1, shape[0], 1), np.int8)
    ).astype(np.int8)


def finetuner(autoencoder=None, shape=(5, 7), training=None, held_out=None, **changes):
    """A trainer of ``autoencoder``, by default the unrolled stack, on stripes."""
    training = lattices(shape=shape) if training is None else training
    held_out = lattices(26, seed=5, shape=shape) if held_out is None else held_out
    autoencoder = autoencoder or Autoencoder(*unroll(stack(), training.reshape(len(training), -1)))
    return Finetuner(
        autoencoder,
        PackedLattices.pack(training),
        PackedLattices.pack(held_out),
        Finetuning(**{**SETTINGS, **changes}),
    )


def test_unrolled_decoder_is_the_mean_field_of_the_stack():
    layers = stack()
    encoder, decoder = unroll(layers, lattices().reshape(-1, 35))
    top = np.random.default_rng(1).random((13, 3)).astype(np.float32)
    expected = top
    for layer in reversed(layers[1:]):
        expected = 1 / (1 + np.exp(-(expected @ layer.weights.T + layer.visible_bias)))
    expected = expected @ layers[0].weights.T + layers[0].visible_bias
    # The autoencoder's code plays the part of the top sigmoid itself; each decoder
    # layer gives a tanh, 2σ - 1.
    reconstruction = Autoencoder(encoder, decoder).decode(tf.constant(top)).numpy()
    np.testing.assert_allclose(reconstruction, np.tanh(expected), atol=1e-5)


def test_unrolled_encoder_keeps_receptive_fields_and_mean_activity():
    layers = stack()
    data = np.random.default_rng(3).choice([-1, 1], (400, 35)).astype(np.int8)
    encoder, _ = unroll(layers, data)
    first, bias = encoder[0]
    scale = first[0] / layers[0].input_weights[0]
    np.testing.assert_allclose(first, layers[0].input_weights * scale, rtol=1e-4, atol=1e-6)
    rectified = np.maximum(data @ first + bias, 0).mean(axis=0)
    sigmoid = hidden_means(data, layers[:1]).mean(axis=0)
    assert (scale > 0).all()
    assert (scale <= 1).all()
    np.testing.assert_allclose(rectified[scale < 1], sigmoid[scale < 1], rtol=1e-4)


def test_copied_unrolling_is_the_weights_and_their_transposes():
    layers = stack()
    encoder, decoder = copy_unrolled(layers)
    for layer, (weights, bias), (back, back_bias) in zip(
        layers, encoder, reversed(decoder), strict=True
    ):
        np.testing.assert_array_equal(weights, layer.weights)
        np.testing.assert_array_equal(bias, layer.hidden_bias)
        np.testing.assert_array_equal(back, layer.weights.T)
        np.testing.assert_array_equal(back_bias, np.full(len(layer.visible_bias), 0.1, np.float32))


def test_random_layers_are_uniform_within_glorots_limits():
    encoder, decoder = random_layers([35, 211, 3], np.random.default_rng(0))
    assert [weights.shape for weights, _ in (*encoder, *decoder)] == [
        (35, 211),
        (211, 3),
        (3, 211),
        (211, 35),
    ]
    for weights, bias in (*encoder, *decoder):
        limit = (6 / sum(weights.shape)) ** 0.5
        assert 0.95 * limit < np.abs(weights).max() <= limit
        assert abs(weights.var() / (limit**2 / 3) - 1) < 0.2
        assert not bias.any()


SHAPES = [(35, 5), (5, 3)]


def random_pairs(tied):
    """Encoder and decoder of float64 arrays; the tied decoder's weights
    are views of the encoder's.
    """
    rng = np.random.default_rng(4)
    encoder = [(rng.normal(0, 0.4, shape), rng.normal(0.1, 0.1, shape[1])) for shape in SHAPES]
    decoder = [
        (
            weights.T if tied else rng.normal(0, 0.4, weights.T.shape),
            rng.normal(0.1, 0.1, len(weights)),
        )
        for weights, _ in encoder[::-1]
    ]
    return encoder, decoder


def stated_cost(encoder, decoder, batch, cost, penalized, strength):
    """Reconstruction error and cost as docs/method.md writes them."""
    values = batch
    for weights, bias in encoder:
        values = np.maximum(values @ weights + bias, 0)
    for weights, bias in decoder:
        values = np.tanh(values @ weights + bias)
    error = ((values - batch) ** 2).mean()
    summed = {
        "weights": [weights for weights, _ in (*encoder, *decoder)],
        "encoder": [array for pair in encoder for array in pair],
    }
    penalty = strength * sum(np.abs(array).sum() for array in summed[penalized])
    return error, penalty, (error if cost == "mse" else error**0.5) + penalty


@pytest.mark.parametrize(("l1_scale", "divisor"), [("per_sample", 35), ("per_pixel", 1)])
@pytest.mark.parametrize("tied", [False, True])
@pytest.mark.parametrize("penalized", ["weights", "encoder"])
@pytest.mark.parametrize("cost", ["mse", "rmse"])
def test_gradient_is_that_of_the_stated_cost(cost, penalized, tied, l1_scale, divisor):
    """Every weight and bias, against central differences in double precision."""
    encoder, decoder = random_pairs(tied)
    batch = np.random.default_rng(5).choice([-1.0, 1.0], (13, 35))
    changes = {"l1": 0.3, "l1_scale": l1_scale, "cost": cost, "penalized": penalized}
    trainer = finetuner(Autoencoder(encoder, decoder, tied=tied), **changes)
    error, gradients = trainer.gradients(tf.constant(batch, tf.float32))

    def stated():
        return stated_cost(encoder, decoder, batch, cost, penalized, 0.3 / divisor)

    np.testing.assert_allclose([float(error), float(trainer.penalty())], stated()[:2], rtol=1e-5)
    by_value = {
        variable.numpy().tobytes(): gradient.numpy()
        for variable, gradient in zip(trainer.parameters, gradients, strict=True)
    }
    own = [array for pair in encoder for array in pair] + [
        array for w, b in decoder for array in ([b] if tied else [w, b])
    ]
    assert len(own) == len(by_value)
    for array in own:
        gradient = by_value[array.astype(np.float32).tobytes()]
        for entry in np.ndindex(array.shape):
            old = array[entry]
            ends = []
            for step in (1e-6, -1e-6):
                array[entry] = old + step
                ends.append(stated()[2])
            array[entry] = old
            assert abs((ends[0] - ends[1]) / 2e-6 - gradient[entry]) < 2e-5


def test_a_perfect_reconstruction_has_a_finite_gradient():
    """Its root has none, and tanh reaches ±1 in single precision."""
    encoder, decoder = [(np.full((7, 1), 3.0), np.zeros(1))], [(np.full((1, 7), 3.0), np.zeros(7))]
    error, gradients = finetuner(Autoencoder(encoder, decoder), (1, 7), cost="rmse").gradients(
        tf.ones((5, 7))
    )
    assert float(error) == 0
    assert all(np.isfinite(gradient).all() for gradient in gradients)


def test_first_adam_step_has_the_size_of_the_learning_rate():
    trainer = finetuner(learning_rate=1e-3)
    before = [variable.numpy() for variable in trainer.parameters]
    batch = tf.constant(lattices(13).reshape(13, 35), tf.float32)
    gradients = [gradient.numpy() for gradient in trainer.gradients(batch)[1]]
    trainer.step(batch)
    for old, variable, gradient in zip(before, trainer.parameters, gradients, strict=True):
        moved = np.abs(gradient) > 5e-4  # the rest feels the epsilon of Adam
        np.testing.assert_allclose(
            (variable.numpy() - old)[moved], -1e-3 * np.sign(gradient[moved]), rtol=0.02
        )


@pytest.mark.parametrize(
    ("schedule", "factor"), [("constant", 1), ("cosine", 0.5 * (1 + np.cos(0.3 * np.pi)))]
)
def test_gradient_descent_follows_the_schedule(schedule, factor):
    trainer = finetuner(learning_rate=0.07, optimizer="sgd", schedule=schedule, epochs=10)
    trainer.steps_done.assign(3.0 * trainer.batches)
    before = [variable.numpy() for variable in trainer.parameters]
    batch = tf.constant(lattices(13).reshape(13, 35), tf.float32)
    gradients = [gradient.numpy() for gradient in trainer.gradients(batch)[1]]
    trainer.step(batch)
    for old, variable, gradient in zip(before, trainer.parameters, gradients, strict=True):
        np.testing.assert_allclose(variable.numpy() - old, -0.07 * factor * gradient, atol=5e-7)


def test_fine_tuning_learns_to_reconstruct_unseen_lattices():
    autoencoder = Autoencoder(*unroll(stack(), lattices().reshape(-1, 35)))
    training = Training(finetuner(autoencoder), np.random.default_rng(0), epochs=30)
    training.run()
    losses = training.history
    assert list(losses) == ["training_error", "penalty", "held_out_error"]
    assert len(losses["training_error"]) == 30
    assert losses["training_error"][-1] < 0.05 < losses["training_error"][0]
    assert losses["held_out_error"][-1] < 0.05
    held_out = lattices(26, seed=5).reshape(26, 35).astype(np.float32)
    error = tf.reduce_mean((autoencoder.decode(autoencoder.encode(held_out)) - held_out) ** 2)
    assert abs(losses["held_out_error"][-1] - float(error)) < 1e-6


def test_every_block_counts_and_a_last_minibatch_that_is_not_full_is_left_out():
    """1601 lattices are 28 minibatches of 57 in two blocks, and five are left;
    2003 held-out ones are two blocks of unlike size.
    """
    training, held_out = (
        lattices(1601),
        np.random.default_rng(8).choice(np.array([-1, 1], np.int8), (2003, 5, 7)),
    )
    trainer = finetuner(
        training=training, held_out=held_out, minibatch=57, learning_rate=1e-9, optimizer="sgd"
    )
    losses = trainer.epoch(0, np.random.default_rng(9))
    taken = training[np.random.default_rng(9).permutation(1601)[:1596]]
    assert trainer.steps_done.numpy() == 28
    for name, data in (("training_error", taken), ("held_out_error", held_out)):
        error = trainer.autoencoder.reconstruction_error(
            tf.constant(data.reshape(-1, 35), tf.float32)
        )
        np.testing.assert_allclose(losses[name], float(error), rtol=1e-5)


@pytest.mark.parametrize("changes", [{}, {"tied": True, "optimizer": "sgd"}])
def test_a_restored_training_ends_like_one_that_was_not_interrupted(changes):
    def fresh(seed):
        tied = changes.get("tied", False)
        trainer = finetuner(
            Autoencoder(*unroll(stack(seed), lattices().reshape(-1, 35)), tied=tied),
            l1=1e-3,
            augment=True,
            **changes,
        )
        return Training(trainer, np.random.default_rng(seed), epochs=4)

    whole, first, second = fresh(0), fresh(0), fresh(1)
    whole.run()
    first.run([lambda training: training.finished == 2])
    second.restore(first.state())
    second.run()
    assert second.history == whole.history
    assert len(second.history["penalty"]) == 4
    for ours, theirs in zip(second.trainer.variables, whole.trainer.variables, strict=True):
        np.testing.assert_array_equal(ours.numpy(), theirs.numpy())


def test_a_tied_decoder_stays_the_encoder_transposed():
    trainer = finetuner(Autoencoder(*random_pairs(tied=True), tied=True))
    trainer.epoch(0, np.random.default_rng(0))
    assert len(trainer.parameters) == 6
    for (weights, _), (back, _) in zip(
        trainer.autoencoder.encoder, reversed(trainer.autoencoder.decoder), strict=True
    ):
        np.testing.assert_array_equal(weights.numpy().T, back.numpy())


def test_divergence_is_one_clear_error():
    encoder, decoder = unroll(stack(), lattices().reshape(-1, 35))
    decoder[0][0][0, 0] = np.nan
    with pytest.raises(
        DivergenceError,
        match=(
            r"^fine-tuning diverged: cost nan in epoch 1 of 30 at learning_rate"
            r" 0\.01; a smaller .*finite$"
        ),
    ):
        finetuner(Autoencoder(encoder, decoder)).epoch(0, np.random.default_rng(0))


@pytest.mark.parametrize("shape", [(5, 5), (5, 7)])
def test_augmentation_draws_every_symmetry_and_nothing_else(shape):
    original = np.random.default_rng(6).choice([-1, 1], shape).astype(np.int8)
    square = shape[0] == shape[1]
    images = set()
    for base in [original, original.T] if square else [original]:
        for sign in (1, -1):
            for flipped in (base, base[::-1], base[:, ::-1], base[::-1, ::-1]):
                images |= {
                    np.roll(sign * flipped, (y, x), (0, 1)).tobytes()
                    for y in range(shape[0])
                    for x in range(shape[1])
                }
    count = 40 * len(images)
    drawn = random_symmetry(np.tile(original, (count, 1, 1)), np.random.default_rng(7))
    seen = {lattice.astype(np.int8).tobytes() for lattice in drawn}
    assert len(images) == (16 if square else 8) * shape[0] * shape[1]
    assert seen == images
    assert drawn.dtype == np.int8


@pytest.mark.parametrize("shape", [(5, 5), (5, 7)])
def test_augmentation_is_what_its_draws_say(shape):
    """More lattices than are turned at once, one by one."""
    rng = np.random.default_rng(10)
    original = rng.choice(np.array([-1, 1], np.int8), (211, *shape))
    drawn = random_symmetry(original, np.random.default_rng(11))
    rng = np.random.default_rng(11)
    y, x = (rng.integers(0, side, 211) for side in shape)
    step_y, step_x, sign = rng.choice([-1, 1], (3, 211))
    transposed = rng.random(211) < 0.5
    for k, lattice in enumerate(original):
        image = sign[k] * np.roll(lattice, (-y[k], -x[k]), (0, 1))[:: step_y[k], :: step_x[k]]
        np.testing.assert_array_equal(
            drawn[k], image.T if transposed[k] and shape[0] == shape[1] else image
        )


def test_keras_files_are_read_by_plain_keras_and_have_the_same_bytes_each_time(tmp_path):
    values = lattices(17).reshape(17, 35).astype(np.float32)
    np.save(tmp_path / "values.npy", values)
    autoencoders = [
        Autoencoder(*unroll(stack(), lattices().reshape(-1, 35)), tied=tied)
        for tied in (False, True)
    ]
    for index, autoencoder in enumerate(autoencoders):
        save_keras(autoencoder, tmp_path / f"net{index}.keras")
        save_keras(autoencoder, tmp_path / "again.keras")
        assert (tmp_path / f"net{index}.keras").read_bytes() == (
            tmp_path / "again.keras"
        ).read_bytes()
    script = (
        "import sys, keras, numpy as np; values = np.load('values.npy');models ="
        " [keras.models.load_model(f'net{index}.keras', safe_mode=True) for index"
        " in range(2)];np.save('out.npy', [model.predict(values, verbose=0) for model"
        " in models]);assert not any(name.startswith('isingdbn') for name in sys.modules)"
    )
    subprocess.run([sys.executable, "-c", script], cwd=tmp_path, check=True, capture_output=True)
    for autoencoder, out in zip(autoencoders, np.load(tmp_path / "out.npy"), strict=True):
        np.testing.assert_allclose(out, autoencoder.decode(autoencoder.encode(values)), atol=1e-5)
