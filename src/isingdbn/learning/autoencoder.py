"""The deep autoencoder: a stack of machines unrolled (Hinton and Salakhutdinov 2006) and fine-tuned, one graph call an epoch."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import tensorflow as tf

from isingdbn.errors import JobError
from isingdbn.learning.augmentation import random_symmetry
from isingdbn.parameters.finetuning import Finetuning

__all__ = ["Autoencoder", "EpochLosses", "finetune"]


@dataclass(frozen=True)
class EpochLosses:
    """What one epoch of fine-tuning cost.

    ``training`` and ``held_out`` are mean squared reconstruction errors a pixel, ``penalty`` is the L1 term in the same unit;
    the total cost is ``training + penalty``. The training error is the average over the epoch while the weights move, the
    penalty and the held-out error are those at its end.
    """

    training: float
    penalty: float
    held_out: float


class Autoencoder(tf.Module):
    """ReLU encoder and tanh decoder with untied weights.

    Parameters
    ----------
    encoder : pairs of weights (units of layer k, units of layer k+1) and biases (units of layer k+1), from the lattice inwards.
    decoder : pairs of weights (units of layer k+1, units of layer k) and biases (units of layer k), from the code outwards.
    """

    def __init__(self, encoder: list[tuple[np.ndarray, np.ndarray]], decoder: list[tuple[np.ndarray, np.ndarray]]) -> None:
        super().__init__()
        self.encoder = [(tf.Variable(w, dtype=tf.float32), tf.Variable(b, dtype=tf.float32)) for w, b in encoder]
        self.decoder = [(tf.Variable(w, dtype=tf.float32), tf.Variable(b, dtype=tf.float32)) for w, b in decoder]

    def encode(self, lattices: tf.Tensor) -> tf.Tensor:
        """The code (sample, code units) of ``lattices`` (sample, pixel)."""
        for weights, bias in self.encoder:
            lattices = tf.nn.relu(lattices @ weights + bias)
        return lattices

    def decode(self, code: tf.Tensor) -> tf.Tensor:
        """Reconstructions (sample, pixel) in (-1, 1) of ``code`` (sample, code units)."""
        for weights, bias in self.decoder:
            code = tf.tanh(code @ weights + bias)
        return code

    def reconstruction_error(self, lattices: tf.Tensor) -> tf.Tensor:
        """Mean squared error a pixel over ``lattices`` (sample, pixel)."""
        return tf.reduce_mean((self.decode(self.encode(lattices)) - lattices) ** 2)

    def penalty(self) -> tf.Tensor:
        """Σ|W| over all encoder and decoder weights, biases left out."""
        return tf.add_n([tf.reduce_sum(tf.abs(weights)) for weights, _ in (*self.encoder, *self.decoder)])


class _Adam:
    """Adam (Kingma and Ba 2015) through TensorFlow's fused kernel, one pass over memory a step."""

    def __init__(self, variables: list[tf.Variable]) -> None:
        self.variables = variables
        self.moments = [(tf.Variable(tf.zeros_like(v)), tf.Variable(tf.zeros_like(v))) for v in variables]

    def apply(self, gradients: list[tf.Tensor], learning_rate: tf.Tensor, step: tf.Tensor) -> None:
        """Apply step number ``step`` (float, from 1)."""
        beta1, beta2 = 0.9, 0.999
        for variable, (m, v), gradient in zip(self.variables, self.moments, gradients, strict=True):
            tf.raw_ops.ResourceApplyAdam(
                var=variable.handle, m=m.handle, v=v.handle, grad=gradient, lr=learning_rate,
                beta1_power=beta1**step, beta2_power=beta2**step, beta1=beta1, beta2=beta2, epsilon=1e-7,
            )  # fmt: skip


class _Trainer(tf.Module):
    """Minimizes mean squared error a pixel + λ' Σ|W|, where λ' = λ/pixels for ``per_sample`` and λ for ``per_pixel``."""

    def __init__(self, autoencoder: Autoencoder, settings: Finetuning, batches: int) -> None:
        super().__init__()
        pixels = autoencoder.encoder[0][0].shape[0]
        self.autoencoder = autoencoder
        self.l1 = settings.l1 / (pixels if settings.l1_scale == "per_sample" else 1)
        self.peak_rate = settings.learning_rate
        self.total_steps = float(settings.epochs * batches)
        self.steps_done = tf.Variable(0.0)
        self.adam = _Adam(list(autoencoder.trainable_variables))

    def gradients(self, lattices: tf.Tensor) -> tuple[tf.Tensor, list[tf.Tensor]]:
        """Reconstruction error on ``lattices`` (sample, pixel), and the gradient of the cost for each variable of `adam`."""
        variables = self.adam.variables
        with tf.GradientTape() as tape:
            error = self.autoencoder.reconstruction_error(lattices)
        gradients = tape.gradient(error, variables)
        for index, variable in enumerate(variables):
            if variable.shape.rank == 2:  # the penalty's gradient by hand: a taped Σ|W| would cost a tenth of the epoch
                gradients[index] += self.l1 * tf.sign(variable)
        return error, gradients

    def step(self, lattices: tf.Tensor) -> tf.Tensor:
        """One gradient step on ``lattices`` (sample, pixel); returns the reconstruction error before it."""
        error, gradients = self.gradients(lattices)
        rate = 0.5 * self.peak_rate * (1 + tf.cos(np.pi * self.steps_done / self.total_steps))
        self.adam.apply(gradients, rate, self.steps_done.assign_add(1.0))
        return error

    @tf.function
    def epoch(self, batches: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
        """Go once through ``batches`` (batch, sample, pixel), int8; returns the mean error, and the penalty at the end."""
        error = tf.constant(0.0)
        for batch in batches:
            error += self.step(tf.cast(batch, tf.float32))
        return error / tf.cast(tf.shape(batches)[0], tf.float32), self.l1 * self.autoencoder.penalty()

    @tf.function
    def held_out_error(self, lattices: tf.Tensor) -> tf.Tensor:
        """Mean squared error a pixel over ``lattices`` (sample, pixel), int8."""
        return self.autoencoder.reconstruction_error(tf.cast(lattices, tf.float32))


def finetune(
    autoencoder: Autoencoder, training: np.ndarray, held_out: np.ndarray, settings: Finetuning, rng: np.random.Generator
) -> Iterator[EpochLosses]:
    """Train ``autoencoder`` in place; yields the losses after every epoch.

    Parameters
    ----------
    training, held_out : lattices (sample, y, x), int8 in {-1, +1}. Training lattices that do not fill a last minibatch are left
        out of an epoch; every epoch has its own random order.

    Raises
    ------
    JobError : the cost became infinite or not a number.
    """
    batches = training.shape[0] // settings.minibatch
    trainer = _Trainer(autoencoder, settings, batches)
    held_out = held_out.reshape(held_out.shape[0], -1)
    for epoch in range(settings.epochs):
        lattices = training[rng.permutation(training.shape[0])[: batches * settings.minibatch]]
        if settings.augment:
            lattices = random_symmetry(lattices, rng)
        error, penalty = trainer.epoch(tf.constant(lattices.reshape(batches, settings.minibatch, -1)))
        losses = EpochLosses(float(error), float(penalty), float(trainer.held_out_error(tf.constant(held_out))))
        if not np.isfinite(losses.training + losses.penalty + losses.held_out):
            raise JobError(
                f"fine-tuning diverged: cost {losses.training + losses.penalty} in epoch {epoch + 1} of {settings.epochs} at"
                f" learning_rate {settings.learning_rate}; a smaller learning_rate keeps it finite"
            )
        yield losses
