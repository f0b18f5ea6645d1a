"""Training one restricted Boltzmann machine by contrastive divergence (Hinton 2002)
and its relatives with persistent chains.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import tensorflow as tf

from isingdbn.learning import noise
from isingdbn.learning.dataset import Samples, minibatches
from isingdbn.learning.negative_phase import NegativePhase, negative_phase
from isingdbn.learning.rbm import OPERANDS, RBM, product
from isingdbn.learning.training import DivergenceError
from isingdbn.learning.units import Gaussian, units_of
from isingdbn.parameters.pretraining import Pretraining

__all__ = ["ContrastiveDivergence", "Parameters"]

BATCHES_IN_BLOCK = 20
OFFSET_RATE = 0.01  # of the running mean of the hidden units, with centering


@dataclass(frozen=True)
class Parameters:
    """Weights (visible, hidden), biases, and σ of each visible unit where they
    are Gaussian; float32 arrays.
    """

    weights: np.ndarray
    visible_bias: np.ndarray
    hidden_bias: np.ndarray
    sigma: np.ndarray | None = None


class ContrastiveDivergence(tf.Module):
    """A machine and its gradient descent: CD-k, persistent CD (Tieleman 2008),
    or parallel tempering (Desjardins et al. 2010).

    With the free-energy gradients ∂F⁺ of a minibatch and ∂F⁻ of as many fantasy particles,
    averaged, and with l1_step proximal, a step is

        Δ ← momentum Δ + (∂F⁺ - ∂F⁻ + l2 W), W ← S(W - rate Δ_W, t), b,
        c ← b - rate Δ_b, c - rate Δ_c,

    where S(w, t) = sign(w) max(|w| - t, 0) leaves true zeros, and t = rate·l1 or l1.
    What this minimizes is -log p + λ_eff Σ|W| + …, see `Pretraining.l1_effective`.
    A last minibatch that is not full is left out of its epoch.
    With the algorithm taught, ∂F⁺ - ∂F⁻ is the gradient of -log p(h | v) for given block spins h.

    Parameters
    ----------
    data : samples of the visible units.
    hidden_units : number of hidden units.
    rng : draws the initial weights.
    weights : float32 (visible, hidden), the initial weights if they are not drawn.
    """

    def __init__(
        self,
        data: Samples,
        hidden_units: int,
        settings: Pretraining,
        rng: np.random.Generator,
        weights: np.ndarray | None = None,
    ) -> None:
        super().__init__()
        self.data, self.settings = data, settings
        first = data.rows(slice(0, 2000))
        visible_units = first.shape[1]
        self.weights = tf.Variable(
            _drawn((visible_units, hidden_units), settings, rng) if weights is None else weights
        )
        self.visible_bias = tf.Variable(tf.fill([visible_units], settings.initial_bias))
        self.hidden_bias = tf.Variable(tf.fill([hidden_units], settings.initial_bias))
        self.log_variance = tf.Variable(
            tf.fill([visible_units], np.float32(2 * np.log(settings.sigma)))
        )
        self.visible_offset = tf.Variable(first.mean(axis=0, dtype=np.float32))
        # see `gradients`
        self.hidden_offset = tf.Variable(
            self.rbm.mean_h_from_v(tf.repeat(self.visible_offset[None], 2, 0))[0]
        )
        self.steps = [tf.Variable(tf.zeros_like(parameter)) for parameter in self.learned]
        self.negative: NegativePhase = negative_phase(settings, visible_units, hidden_units)
        self.negative.start(self.rbm, rng)

    @property
    def learned(self) -> list[tf.Variable]:
        """The parameters that a step changes, the weights first."""
        biases = [] if self.settings.zero_field else [self.visible_bias, self.hidden_bias]
        sigma = [self.log_variance] if self.settings.learn_sigma else []
        return [self.weights, *biases, *sigma]

    @property
    def rbm(self) -> RBM:
        """The machine with the present parameters."""
        settings = self.settings
        visible = (
            Gaussian(tf.exp(0.5 * self.log_variance))
            if settings.learn_sigma
            else units_of(settings.visible, settings.sigma)
        )
        weights, visible_bias, hidden_bias = (
            tf.convert_to_tensor(part)
            for part in (self.weights, self.visible_bias, self.hidden_bias)
        )
        return RBM(
            visible,
            units_of(settings.hidden),
            weights,
            visible_bias,
            hidden_bias,
            operands=OPERANDS[settings.precision],
        )

    @property
    def parameters(self) -> Parameters:
        """The present parameters as arrays."""
        sigma = (
            np.exp(0.5 * self.log_variance.numpy()) if self.settings.visible == "gaussian" else None
        )
        return Parameters(
            self.weights.numpy(), self.visible_bias.numpy(), self.hidden_bias.numpy(), sigma
        )

    def epoch(self, number: int, rng: np.random.Generator) -> dict[str, float]:
        """Go once through the data in a random order; returns the mean squared error a unit
        of mean-field reconstructions.

        The error is that of the first minibatch of every block of twenty, before its step.

        Raises
        ------
        DivergenceError : a parameter is beyond its limit, infinite or not a number.
        """
        settings = self.settings
        order = rng.permutation(len(self.data))
        key = rng.integers(0, 2**32, size=2, dtype=np.uint32)
        errors = []
        for block, values in enumerate(
            minibatches(self.data, order, settings.minibatch, BATCHES_IN_BLOCK)
        ):
            draws = [
                getattr(noise, kind)(
                    (len(values), *shape), key, block * len(self.negative.draws) + index
                )
                for index, (kind, shape) in enumerate(self.negative.draws)
            ]
            errors.append(float(self.block(values, np.float32(settings.rate(number)), draws)))
        error = float(np.mean(errors))
        self._check(number, error)
        return {"reconstruction_error": error}

    @tf.function(reduce_retracing=True, autograph=False)
    def block(self, values: tf.Tensor, rate: tf.Tensor, draws: Sequence[tf.Tensor]) -> tf.Tensor:
        """A step on each minibatch of ``values`` (batch, sample, visible);
        returns the reconstruction error before the first.
        """
        first = tf.cast(values[0], tf.float32)
        rbm = self.rbm
        error = tf.reduce_mean((rbm.mean_v_from_h(rbm.mean_h_from_v(first)) - first) ** 2)

        def step(batch: tf.Tensor) -> tuple[tf.Tensor]:
            self.step(tf.cast(values[batch], tf.float32), rate, [part[batch] for part in draws])
            return (batch + 1,)

        tf.while_loop(lambda batch: batch < tf.shape(values)[0], step, (0,))
        return error

    def step(self, v: tf.Tensor, rate: tf.Tensor, draws: Sequence[tf.Tensor]) -> None:
        """One gradient step on a minibatch ``v`` (sample, visible)."""
        rbm = self.rbm
        fantasy = self.negative.particles(rbm, v, draws)
        taught = self.settings.algorithm == "taught"
        gradients = (self.taught_gradients if taught else self.gradients)(rbm, v, fantasy)
        if self.settings.largest_gradient is not None:
            gradients, _ = tf.clip_by_global_norm(gradients, self.settings.largest_gradient)
        for parameter, step, gradient in zip(self.learned, self.steps, gradients, strict=True):
            self._descend(parameter, step, gradient, rate)
        if self.settings.learn_sigma:
            low, high = (
                2 * np.log(bound)
                for bound in (self.settings.smallest_sigma, self.settings.largest_sigma)
            )
            self.log_variance.assign(tf.clip_by_value(self.log_variance, low, high))

    def gradients(self, rbm: RBM, v: tf.Tensor, fantasy: tf.Tensor) -> list[tf.Tensor]:
        """∂F averaged over the rows of ``v`` minus the same over ``fantasy`` (as many),
        for each of `learned`, with L2 and subgradient.

        Both terms of the weights are one matrix product, of twice the length.
        """
        settings = self.settings
        scale = 1 / tf.cast(tf.shape(v)[0], tf.float32)
        data_h, model_h = rbm.mean_h_from_v(v), rbm.mean_h_from_v(fantasy)
        visible_offset, hidden_offset = (
            (self.visible_offset, self.hidden_offset) if settings.centering else (0.0, 0.0)
        )
        both_v = tf.concat([v - visible_offset, fantasy - visible_offset], 0)
        both_h = tf.concat([scale * (hidden_offset - data_h), scale * (model_h - hidden_offset)], 0)
        weights = product(
            rbm.visible.statistic(both_v),
            rbm.hidden.statistic(both_h),
            rbm.operands,
            transpose_a=True,
        )
        visible = _mean_difference(
            rbm.visible.bias_gradient(fantasy, rbm.visible_bias),
            rbm.visible.bias_gradient(v, rbm.visible_bias),
        )
        hidden = _mean_difference(
            rbm.hidden.bias_gradient(model_h, rbm.hidden_bias),
            rbm.hidden.bias_gradient(data_h, rbm.hidden_bias),
        )
        if settings.centering:
            visible -= tf.linalg.matvec(weights, rbm.hidden.statistic(hidden_offset))
            # Not a product of one row: the order of its sums would depend on the number of threads.
            hidden -= tf.reduce_sum(weights * rbm.visible.statistic(visible_offset)[:, None], 0)
            self.hidden_offset.assign_add(
                OFFSET_RATE * (tf.reduce_mean(data_h, 0) - self.hidden_offset)
            )
        biases = [] if settings.zero_field else [visible, hidden]
        gradients = [self._penalized(rbm, weights), *biases]
        if settings.learn_sigma:
            data_inputs, model_inputs = rbm.inputs_v_from_h(data_h), rbm.inputs_v_from_h(model_h)
            gaussian: Any = rbm.visible
            slope = gaussian.log_variance_gradient
            gradients.append(
                _mean_difference(
                    slope(fantasy, rbm.visible_bias, model_inputs),
                    slope(v, rbm.visible_bias, data_inputs),
                )
            )
        return gradients

    def taught_gradients(self, rbm: RBM, v: tf.Tensor, h: tf.Tensor) -> list[tf.Tensor]:
        """The gradient of the mean of -log p(h | v) over the rows of ``v`` (sample, visible) and
        given ``h`` (sample, hidden), for the weights, with L2 and subgradient: v (⟨h | v⟩ - h).
        """
        scale = 1 / tf.cast(tf.shape(v)[0], tf.float32)
        wrong = scale * (rbm.mean_h_from_v(v) - h)
        return [self._penalized(rbm, product(v, wrong, rbm.operands, transpose_a=True))]

    def _penalized(self, rbm: RBM, gradient: tf.Tensor) -> tf.Tensor:
        """The ``gradient`` of the weights with those of L2 and of a subgradient L1."""
        settings = self.settings
        if settings.l2:
            gradient += settings.l2 * rbm.weights
        if settings.l1_step == "subgradient" and settings.l1_scaling == "learning_rate":
            gradient += settings.l1 * tf.sign(rbm.weights)
        return gradient

    def _descend(
        self, parameter: tf.Variable, step: tf.Variable, gradient: tf.Tensor, rate: tf.Tensor
    ) -> None:
        """Δ ← momentum Δ + gradient and θ ← θ - rate Δ, the weights with their L1 step;
        in TensorFlow's fused passes over memory.
        """
        settings, ops = self.settings, tf.raw_ops
        l1 = settings.l1 if settings.l1_step != "none" and parameter is self.weights else 0.0
        var, accum = parameter.handle, step.handle
        if l1 and settings.l1_step == "proximal":
            # only Δ
            ops.ResourceApplyMomentum(
                var=var, accum=accum, lr=0.0, grad=gradient, momentum=settings.momentum
            )
            strength = l1 if settings.l1_scaling == "learning_rate" else l1 / rate
            ops.ResourceApplyProximalGradientDescent(
                var=var, alpha=rate, l1=strength, l2=0.0, delta=step.read_value()
            )
            return
        ops.ResourceApplyMomentum(
            var=var, accum=accum, lr=rate, grad=gradient, momentum=settings.momentum
        )
        if l1 and settings.l1_scaling == "absolute":
            parameter.assign_sub(l1 * tf.sign(parameter))

    def _check(self, number: int, error: float) -> None:
        # of Python's max a nan may be lost
        largest = float(np.max([np.max(np.abs(parameter.numpy())) for parameter in self.learned]))
        finite = all(
            bool(tf.reduce_all(tf.math.is_finite(parameter))) for parameter in self.learned
        )
        if not (finite and np.isfinite(error) and largest <= self.settings.largest_parameter):
            raise DivergenceError(
                f"pre-training diverged: reconstruction error {error:.4g} and largest"
                f" parameter {largest:.4g}, of at most {self.settings.largest_parameter:g},"
                f" in epoch {number + 1} of {self.settings.epochs}"
                f" at learning_rate {self.settings.learning_rate}; a smaller learning_rate"
                " or initial_scale keeps it finite"
            )


def _drawn(shape: tuple[int, int], settings: Pretraining, rng: np.random.Generator) -> np.ndarray:
    weights = rng.normal(size=shape)
    while settings.initial_cut and (beyond := np.abs(weights) > 2).any():
        weights[beyond] = rng.normal(size=int(beyond.sum()))
    return (settings.initial_scale * weights).astype(np.float32)


def _mean_difference(data: tf.Tensor, model: tf.Tensor) -> tf.Tensor:
    return tf.reduce_mean(data, 0) - tf.reduce_mean(model, 0)
