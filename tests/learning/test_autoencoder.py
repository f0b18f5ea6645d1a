"""The autoencoder: its unrolling, gradient, training and Keras file."""

import itertools
import subprocess
import sys

import numpy as np
import pytest
import tensorflow as tf

from isingdbn.errors import JobError
from isingdbn.learning.augmentation import random_symmetry
from isingdbn.learning.autoencoder import Autoencoder, _Trainer, finetune
from isingdbn.learning.keras_file import save_keras
from isingdbn.learning.stack import StackLayer, hidden_means, unroll
from isingdbn.parameters.finetuning import Finetuning

UNITS = (35, 11, 7, 3)
SETTINGS = {"epochs": 30, "learning_rate": 0.01, "minibatch": 13, "l1": 0.0, "l1_scale": "per_sample", "augment": False}


def settings(**changes):
    return Finetuning(**{**SETTINGS, **changes})


def stack(seed=0):
    rng = np.random.default_rng(seed)
    return [
        StackLayer(*(rng.normal(0, 0.7, shape).astype(np.float32) for shape in ((n, m), (n,), (m,))), sigma=0.9 if k == 0 else None)
        for k, (n, m) in enumerate(itertools.pairwise(UNITS))
    ]


def lattices(samples=260, seed=0, shape=(5, 7)):
    rng = np.random.default_rng(seed)
    stripes = np.where(np.arange(shape[1]) < shape[1] // 2, 1, -1)
    return (stripes * rng.choice([-1, 1], (samples, 1, 1)) * np.ones((1, shape[0], 1), np.int8)).astype(np.int8)


def test_unrolled_decoder_is_the_mean_field_of_the_stack():
    layers = stack()
    encoder, decoder = unroll(layers, lattices().reshape(-1, 35))
    top = np.random.default_rng(1).random((13, 3)).astype(np.float32)
    expected = top
    for layer in reversed(layers[1:]):
        expected = 1 / (1 + np.exp(-(expected @ layer.weights.T + layer.visible_bias)))
    expected = expected @ layers[0].weights.T + layers[0].visible_bias
    # The autoencoder's code plays the part of the top sigmoid itself; each decoder layer gives a tanh, 2σ - 1.
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


@pytest.mark.parametrize(("l1_scale", "divisor"), [("per_sample", 35), ("per_pixel", 1)])
def test_gradient_is_that_of_the_stated_cost(l1_scale, divisor):
    """Every weight and bias, against central differences of the cost as docs/method.md writes it."""
    rng = np.random.default_rng(4)
    pairs = [[(rng.normal(0, 0.4, s), rng.normal(0.1, 0.1, s[1])) for s in shapes] for shapes in ([(35, 5), (5, 3)], [(3, 5), (5, 35)])]
    batch = rng.choice([-1.0, 1.0], (13, 35))

    def cost():
        values = batch
        for weights, bias in pairs[0]:
            values = np.maximum(values @ weights + bias, 0)
        for weights, bias in pairs[1]:
            values = np.tanh(values @ weights + bias)
        penalty = sum(np.abs(weights).sum() for part in pairs for weights, _ in part)
        return ((values - batch) ** 2).mean() + 0.3 / divisor * penalty

    trainer = _Trainer(Autoencoder(*pairs), settings(l1=0.3, l1_scale=l1_scale), batches=1)
    error, gradients = trainer.gradients(tf.constant(batch, tf.float32))
    penalty = sum(np.abs(weights).sum() for part in pairs for weights, _ in part)
    np.testing.assert_allclose(float(error), cost() - 0.3 / divisor * penalty, rtol=1e-5)
    by_value = {variable.numpy().tobytes(): gradient.numpy() for variable, gradient in zip(trainer.adam.variables, gradients, strict=True)}
    for array in (array for part in pairs for pair in part for array in pair):
        gradient = by_value[array.astype(np.float32).tobytes()]
        for entry in np.ndindex(array.shape):
            old = array[entry]
            ends = []
            for step in (1e-6, -1e-6):
                array[entry] = old + step
                ends.append(cost())
            array[entry] = old
            assert abs((ends[0] - ends[1]) / 2e-6 - gradient[entry]) < 2e-5


def test_first_adam_step_has_the_size_of_the_learning_rate():
    autoencoder = Autoencoder(*unroll(stack(), lattices().reshape(-1, 35)))
    trainer = _Trainer(autoencoder, settings(learning_rate=1e-3), batches=1)
    before = [variable.numpy() for variable in trainer.adam.variables]
    batch = tf.constant(lattices(13).reshape(13, 35), tf.float32)
    gradients = [gradient.numpy() for gradient in trainer.gradients(batch)[1]]
    trainer.step(batch)
    for old, variable, gradient in zip(before, trainer.adam.variables, gradients, strict=True):
        moved = np.abs(gradient) > 5e-4  # the rest feels the epsilon of Adam
        np.testing.assert_allclose((variable.numpy() - old)[moved], -1e-3 * np.sign(gradient[moved]), rtol=0.02)


def test_fine_tuning_learns_to_reconstruct_unseen_lattices():
    autoencoder = Autoencoder(*unroll(stack(), lattices().reshape(-1, 35)))
    losses = list(finetune(autoencoder, lattices(), lattices(26, seed=5), settings(), np.random.default_rng(0)))
    assert len(losses) == 30
    assert losses[-1].training < 0.05 < losses[0].training
    assert losses[-1].held_out < 0.05
    error = tf.reduce_mean((autoencoder.decode(autoencoder.encode(lattices(26, seed=5).reshape(26, 35).astype(np.float32)))
                            - lattices(26, seed=5).reshape(26, 35)) ** 2)  # fmt: skip
    assert abs(losses[-1].held_out - float(error)) < 1e-6


def test_divergence_is_one_clear_error():
    encoder, decoder = unroll(stack(), lattices().reshape(-1, 35))
    decoder[0][0][0, 0] = np.nan
    with pytest.raises(JobError, match=r"fine-tuning diverged: cost nan in epoch 1 of 30 at learning_rate 0\.01"):
        next(finetune(Autoencoder(encoder, decoder), lattices(), lattices(26), settings(), np.random.default_rng(0)))


@pytest.mark.parametrize("shape", [(5, 5), (5, 7)])
def test_augmentation_draws_every_symmetry_and_nothing_else(shape):
    original = np.random.default_rng(6).choice([-1, 1], shape).astype(np.int8)
    square = shape[0] == shape[1]
    images = set()
    for base in [original, original.T] if square else [original]:
        for sign in (1, -1):
            for flipped in (base, base[::-1], base[:, ::-1], base[::-1, ::-1]):
                images |= {np.roll(sign * flipped, (y, x), (0, 1)).tobytes() for y in range(shape[0]) for x in range(shape[1])}
    count = 40 * len(images)
    drawn = random_symmetry(np.tile(original, (count, 1, 1)), np.random.default_rng(7))
    seen = {lattice.astype(np.int8).tobytes() for lattice in drawn}
    assert len(images) == (16 if square else 8) * shape[0] * shape[1]
    assert seen == images
    assert drawn.dtype == np.int8


def test_keras_file_is_read_by_plain_keras_and_has_the_same_bytes_each_time(tmp_path):
    autoencoder = Autoencoder(*unroll(stack(), lattices().reshape(-1, 35)))
    save_keras(autoencoder, tmp_path / "net.keras")
    save_keras(autoencoder, tmp_path / "again.keras")
    assert (tmp_path / "net.keras").read_bytes() == (tmp_path / "again.keras").read_bytes()
    values = lattices(17).reshape(17, 35).astype(np.float32)
    np.save(tmp_path / "values.npy", values)
    script = (
        "import sys, keras, numpy as np; model = keras.models.load_model(sys.argv[1] + '/net.keras', safe_mode=True);"
        "np.save(sys.argv[1] + '/out.npy', model.predict(np.load(sys.argv[1] + '/values.npy'), verbose=0));"
        "assert not any(name.startswith('isingdbn') for name in sys.modules)"
    )
    subprocess.run([sys.executable, "-c", script, str(tmp_path)], check=True, capture_output=True)
    np.testing.assert_allclose(np.load(tmp_path / "out.npy"), autoencoder.decode(autoencoder.encode(values)), atol=1e-5)
