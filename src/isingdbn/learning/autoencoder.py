"""The deep autoencoder: a stack of machines unrolled (Hinton and Salakhutdinov
2006), and its fine-tuning.
"""

import itertools
from collections.abc import Sequence
from typing import Any

import numpy as np
import tensorflow as tf

from isingdbn.learning.augmentation import random_symmetry
from isingdbn.learning.dataset import Samples, in_order, minibatches
from isingdbn.learning.rbm import OPERANDS, product
from isingdbn.learning.stack import CALIBRATION_LATTICES, StackLayer, copy_unrolled, unroll
from isingdbn.learning.training import DivergenceError
from isingdbn.parameters.finetuning import Finetuning

__all__ = ["Autoencoder", "Finetuner", "random_layers", "untrained"]

Layers = list[tuple[np.ndarray, np.ndarray]]


class Autoencoder(tf.Module):
    """ReLU encoder and tanh decoder.

    Parameters
    ----------
    encoder : pairs of weights (units of layer k, units of layer k+1) and biases
        (units of layer k+1), from the lattice inwards.
    decoder : pairs of weights (units of layer k+1, units of layer k) and biases
        (units of layer k), from the code outwards.
    tied : the decoder's weights are the encoder's, transposed; those in ``decoder`` are not used.
    """

    def __init__(self, encoder: Layers, decoder: Layers, tied: bool = False) -> None:
        super().__init__()
        self.encoder = [
            (tf.Variable(w, dtype=tf.float32), tf.Variable(b, dtype=tf.float32)) for w, b in encoder
        ]
        self.decoder_biases = [tf.Variable(b, dtype=tf.float32) for _, b in decoder]
        self.decoder_weights = (
            None if tied else [tf.Variable(w, dtype=tf.float32) for w, _ in decoder]
        )

    @property
    def tied(self) -> bool:
        """Whether the decoder has no weights of its own."""
        return self.decoder_weights is None

    @property
    def decoder(self) -> list[tuple[tf.Variable | tf.Tensor, tf.Variable]]:
        """Weights and biases from the code outwards."""
        weights = (
            [tf.transpose(w) for w, _ in reversed(self.encoder)]
            if self.decoder_weights is None
            else self.decoder_weights
        )
        return list(zip(weights, self.decoder_biases, strict=True))

    def encode(self, lattices: tf.Tensor, operands: tf.DType | None = None) -> tf.Tensor:
        """The code (sample, code units) of ``lattices`` (sample, pixel);
        ``operands`` as in `isingdbn.learning.rbm.product`.
        """
        for weights, bias in self.encoder:
            lattices = tf.nn.relu(product(lattices, weights, operands) + bias)
        return lattices

    def decode(self, code: tf.Tensor, operands: tf.DType | None = None) -> tf.Tensor:
        """Reconstructions (sample, pixel) in (-1, 1) of ``code`` (sample, code units)."""
        for weights, bias in self.decoder:
            code = tf.tanh(product(code, weights, operands) + bias)
        return code

    def reconstruction_error(
        self, lattices: tf.Tensor, operands: tf.DType | None = None
    ) -> tf.Tensor:
        """Mean squared error a pixel over ``lattices`` (sample, pixel)."""
        return tf.reduce_mean(
            (self.decode(self.encode(lattices, operands), operands) - lattices) ** 2
        )


def random_layers(units: list[int], rng: np.random.Generator) -> tuple[Layers, Layers]:
    """Encoder and decoder with weights uniform in ±√(6/(inputs + outputs))
    (Glorot and Bengio 2010) and biases zero.
    """
    shapes = list(itertools.pairwise(units))

    def layer(inputs: int, outputs: int) -> tuple[np.ndarray, np.ndarray]:
        limit = np.sqrt(6 / (inputs + outputs))
        return (
            rng.uniform(-limit, limit, (inputs, outputs)).astype(np.float32),
            np.zeros(outputs, np.float32),
        )

    return [layer(n, m) for n, m in shapes], [layer(m, n) for n, m in reversed(shapes)]


def untrained(
    stack: Sequence[StackLayer], lattices: Samples, settings: Finetuning, rng: np.random.Generator
) -> Autoencoder:
    """The autoencoder before it is fine-tuned: with random weights, which ``rng`` draws, or with
    those of the ``stack``, unrolled as the ``settings`` say.

    Parameters
    ----------
    lattices : to train on, (sample, pixel), of which the first calibrate the encoder.
    """
    if settings.initial == "random":
        units = [len(stack[0].weights), *(layer.weights.shape[1] for layer in stack)]
        return Autoencoder(*random_layers(units, rng), tied=settings.tied)
    if settings.unrolling == "copied":
        return Autoencoder(*copy_unrolled(stack), tied=settings.tied)
    first = lattices.rows(slice(0, CALIBRATION_LATTICES))
    return Autoencoder(*unroll(stack, first), tied=settings.tied)


class _GradientDescent:
    """Steps against the gradient; nothing is remembered."""

    def __init__(self, variables: list[tf.Variable]) -> None:
        self.variables = variables
        self.moments: list[tuple[tf.Variable, tf.Variable]] = []

    def apply(
        self,
        gradients: list[tf.Tensor],
        learning_rate: tf.Tensor,
        step: tf.Tensor,  # noqa: ARG002
    ) -> None:
        """Apply step number ``step`` (float, from 1)."""
        for variable, gradient in zip(self.variables, gradients, strict=True):
            tf.raw_ops.ResourceApplyGradientDescent(
                var=variable.handle, alpha=learning_rate, delta=gradient
            )


class _Adam:
    """Adam (Kingma and Ba 2015) through TensorFlow's fused kernel, one pass over memory a step."""

    def __init__(self, variables: list[tf.Variable]) -> None:
        self.variables = variables
        self.moments = [
            (tf.Variable(tf.zeros_like(v)), tf.Variable(tf.zeros_like(v))) for v in variables
        ]

    def apply(self, gradients: list[tf.Tensor], learning_rate: tf.Tensor, step: tf.Tensor) -> None:
        """Apply step number ``step`` (float, from 1)."""
        beta1, beta2 = 0.9, 0.999
        for variable, (m, v), gradient in zip(self.variables, self.moments, gradients, strict=True):
            tf.raw_ops.ResourceApplyAdam(
                var=variable.handle, m=m.handle, v=v.handle, grad=gradient, lr=learning_rate,
                beta1_power=beta1**step, beta2_power=beta2**step,
                beta1=beta1, beta2=beta2, epsilon=1e-7,
            )  # fmt: skip


OPTIMIZERS: dict[str, type[_Adam | _GradientDescent]] = {"adam": _Adam, "sgd": _GradientDescent}


class Finetuner(tf.Module):
    """Minimizes a reconstruction error + λ' Σ|W|; a trainer
    for `isingdbn.learning.training.Training`.

    With N pixels, λ' is λ/N for ``per_sample`` and λ for ``per_pixel``.
    The error is the mean square a pixel of the minibatch, or its root. Lattices are taken,
    turned and fed a block of minibatches at a time, so that their number costs no memory here.

    Parameters
    ----------
    training, held_out : lattices (y, x), int8 in {-1, +1} or a float32 field. Those that do not
        fill a last minibatch are left out of an epoch; every epoch has its own random order.
    """

    def __init__(
        self, autoencoder: Autoencoder, training: Samples, held_out: Samples, settings: Finetuning
    ) -> None:
        super().__init__()
        self.autoencoder, self.training, self.held_out, self.settings = (
            autoencoder,
            training,
            held_out,
            settings,
        )
        self.pixels = autoencoder.encoder[0][0].shape[0]
        self.batches = len(training) // settings.minibatch
        self.steps_done = tf.Variable(0.0)
        self.parameters = list(autoencoder.trainable_variables)
        self.optimizer = OPTIMIZERS[settings.optimizer](self.parameters)
        self.moments = self.optimizer.moments  # here, where tf.Module finds them
        values = training.rows(slice(0, 0)).dtype
        batches, lattices = (
            tf.TensorSpec((None, settings.minibatch, self.pixels), values),
            tf.TensorSpec((None, self.pixels), values),
        )
        self.train = tf.function(self._train, input_signature=[batches], autograph=False)
        self.error = tf.function(self._error, input_signature=[lattices], autograph=False)

    @property
    def penalized(self) -> list[tuple[tf.Variable, float]]:
        """What the penalty sums, each with its λ'.

        A tied weight stands in encoder and decoder, so it counts twice.
        """
        strength = self.settings.l1 / (self.pixels if self.settings.l1_scale == "per_sample" else 1)
        encoder = self.autoencoder.encoder
        if self.settings.penalized == "encoder":
            return [(variable, strength) for pair in encoder for variable in pair]
        if self.autoencoder.tied:
            return [(weights, 2 * strength) for weights, _ in encoder]
        decoder_weights: Any = self.autoencoder.decoder_weights
        return [
            (weights, strength)
            for weights in (*(weights for weights, _ in encoder), *decoder_weights)
        ]

    def penalty(self) -> tf.Tensor:
        """λ' Σ|W|."""
        return tf.add_n(
            [strength * tf.reduce_sum(tf.abs(variable)) for variable, strength in self.penalized]
        )

    def gradients(self, lattices: tf.Tensor) -> tuple[tf.Tensor, list[tf.Tensor]]:
        """Mean squared error a pixel on ``lattices`` (sample, pixel), and the gradient of the cost
        for each of ``parameters``.
        """
        with tf.GradientTape() as tape:
            error = self.autoencoder.reconstruction_error(
                lattices, OPERANDS[self.settings.precision]
            )
            # The bound matters where tanh has reached ±1 everywhere:
            # the root has no derivative at zero.
            cost = error if self.settings.cost == "mse" else tf.sqrt(tf.maximum(error, 1e-12))
        gradients = tape.gradient(cost, self.parameters)
        # The penalty's gradient by hand: a taped Σ|W| would cost a tenth of the epoch.
        strengths = (
            {variable.ref(): strength for variable, strength in self.penalized}
            if self.settings.l1
            else {}
        )
        for index, variable in enumerate(self.parameters):
            if variable.ref() in strengths:
                gradients[index] += strengths[variable.ref()] * tf.sign(variable)
        return error, gradients

    def step(self, lattices: tf.Tensor) -> tf.Tensor:
        """One gradient step on ``lattices`` (sample, pixel); returns the mean
        squared error a pixel before it.
        """
        error, gradients = self.gradients(lattices)
        self.optimizer.apply(gradients, self._learning_rate(), self.steps_done.assign_add(1.0))
        return error

    def _learning_rate(self) -> tf.Tensor:
        peak = tf.constant(self.settings.learning_rate)
        if self.settings.schedule == "constant":
            return peak
        return (
            0.5
            * peak
            * (1 + tf.cos(np.pi * self.steps_done / (self.settings.epochs * self.batches)))
        )

    def _train(self, batches: tf.Tensor) -> tf.Tensor:
        """Go once through ``batches`` (batch, sample, pixel); returns the sum
        of their mean squared errors.
        """

        def step(index: tf.Tensor, total: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
            return index + 1, total + self.step(tf.cast(batches[index], tf.float32))

        return tf.while_loop(
            lambda index, _: index < tf.shape(batches)[0], step, (0, tf.constant(0.0))
        )[1]

    def _error(self, lattices: tf.Tensor) -> tf.Tensor:
        """Mean squared error a pixel of ``lattices`` (sample, pixel)."""
        return self.autoencoder.reconstruction_error(tf.cast(lattices, tf.float32))

    def held_out_error(self) -> float:
        """Mean squared error a pixel over the held-out lattices."""
        total = sum(
            len(rows) * float(self.error(rows.reshape(len(rows), -1)))
            for rows in in_order(self.held_out)
        )
        return total / len(self.held_out)

    def epoch(self, number: int, rng: np.random.Generator) -> dict[str, float]:
        """One pass through the training lattices.

        Returns
        -------
        ``training_error`` (average over the epoch while the weights move),
        ``penalty`` (λ' Σ|W| at its end) and ``held_out_error`` (at its end).
        Both errors are mean squares a pixel, whatever the cost.

        Raises
        ------
        DivergenceError : one of these became infinite or not a number.
        """
        total = 0.0
        for batches in minibatches(
            self.training, rng.permutation(len(self.training)), self.settings.minibatch
        ):
            lattices = batches.reshape(-1, *self.training.shape)
            if self.settings.augment:
                lattices = random_symmetry(lattices, rng)
            total += float(self.train(lattices.reshape(*batches.shape[:2], -1)))
        losses = {
            "training_error": total / self.batches,
            "penalty": float(self.penalty()),
            "held_out_error": self.held_out_error(),
        }
        if not np.isfinite(sum(losses.values())):
            raise DivergenceError(
                f"fine-tuning diverged: cost {losses['training_error'] + losses['penalty']}"
                f" in epoch {number + 1} of {self.settings.epochs} at learning_rate"
                f" {self.settings.learning_rate}; a smaller learning_rate keeps it finite"
            )
        return losses
