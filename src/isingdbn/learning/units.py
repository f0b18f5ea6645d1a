"""Kinds of units of a restricted Boltzmann machine, as small types with one interface.

A machine with visible v, hidden h, weights W (visible, hidden) and biases b, c has the energy

    E(v, h) = U_b(v) + U_c(h) - s(v)ᵀ W s(h),

where the kind of a layer decides its self energy U and the statistic s that couples to the weights
(Welling, Rosen-Zvi and Hinton 2004). Given the other layer, a unit feels one number, its input:
W s(h) or Wᵀ s(v). All methods take inputs (sample, unit) and a bias (unit,),
or (sample, unit) where rows differ in it.
"""

import math
from dataclasses import dataclass
from typing import ClassVar, Literal

import tensorflow as tf

__all__ = [
    "Bernoulli",
    "Gaussian",
    "NoisyRectifier",
    "Spin",
    "TruncatedGaussian",
    "Units",
    "units_of",
]

Noise = Literal["uniform", "symmetric", "normal"]  # distributions of random numbers, see `noise`
LOG_SQRT_2PI = 0.5 * math.log(2 * math.pi)


@dataclass(frozen=True)
class Units:
    """What all kinds share: U_b(x) = U(x) - b·x and s(x) = x, over the values that a kind has."""

    noise: ClassVar[Noise] = "uniform"

    def statistic(self, values: tf.Tensor) -> tf.Tensor:
        """What couples to the weights; shape as ``values``. It is linear in them."""
        return values

    def energy(self, values: tf.Tensor, bias: tf.Tensor) -> tf.Tensor:
        """Self energy U_b of each row of ``values`` (sample, unit), shape (sample,)."""
        return tf.reduce_sum(self._own_energy(values) - values * bias, axis=-1)

    def energy_gain(self, values: tf.Tensor, bias: tf.Tensor, other: tf.Tensor) -> tf.Tensor:
        """U_b at the bias ``other`` less that at ``bias``, of each row of ``values``,
        shape (sample,), in the type of the biases.
        """
        return tf.linalg.matvec(tf.cast(values, bias.dtype), bias - other)

    def bias_gradient(
        self,
        values: tf.Tensor,
        bias: tf.Tensor,  # noqa: ARG002 - one interface for all units
    ) -> tf.Tensor:
        """-∂U_b/∂bias, shape as ``values``. It is linear in them."""
        return values

    def mean(self, inputs: tf.Tensor, bias: tf.Tensor) -> tf.Tensor:
        """Conditional mean given the inputs, shape as ``inputs``."""
        raise NotImplementedError

    def sample(self, inputs: tf.Tensor, bias: tf.Tensor, noise: tf.Tensor) -> tf.Tensor:
        """A draw given the inputs, from ``noise`` of the same shape: independent numbers
        of the distribution `noise`.
        """
        raise NotImplementedError

    def cumulant(self, inputs: tf.Tensor, bias: tf.Tensor) -> tf.Tensor:
        """Log Σ_x exp(inputs·s(x) - U_b(x)) for each row, an integral where
        x is real; shape (sample,).
        """
        raise NotImplementedError

    def _own_energy(self, values: tf.Tensor) -> tf.Tensor:
        return tf.zeros_like(values)


@dataclass(frozen=True)
class Bernoulli(Units):
    """Units in {0, 1}."""

    def mean(self, inputs: tf.Tensor, bias: tf.Tensor) -> tf.Tensor:
        """Sigmoid of input and bias."""
        return tf.sigmoid(inputs + bias)

    def sample(self, inputs: tf.Tensor, bias: tf.Tensor, noise: tf.Tensor) -> tf.Tensor:
        """1 where the uniform ``noise`` is below the mean."""
        return tf.cast(noise < self.mean(inputs, bias), inputs.dtype)

    def cumulant(self, inputs: tf.Tensor, bias: tf.Tensor) -> tf.Tensor:
        """Σ log(1 + exp(inputs + bias))."""
        return tf.reduce_sum(tf.nn.softplus(inputs + bias), axis=-1)


@dataclass(frozen=True)
class Spin(Units):
    """Units in {-1, +1}."""

    noise: ClassVar[Noise] = "symmetric"

    def mean(self, inputs: tf.Tensor, bias: tf.Tensor) -> tf.Tensor:
        """Hyperbolic tangent of input and bias."""
        return tf.tanh(inputs + bias)

    def sample(self, inputs: tf.Tensor, bias: tf.Tensor, noise: tf.Tensor) -> tf.Tensor:
        """+1 where the symmetric ``noise`` is below the mean, and -1 elsewhere."""
        up = tf.ones((), inputs.dtype)
        return tf.where(noise < self.mean(inputs, bias), up, -up)

    def cumulant(self, inputs: tf.Tensor, bias: tf.Tensor) -> tf.Tensor:
        """Σ log(2 cosh(inputs + bias))."""
        field = tf.abs(inputs + bias)
        return tf.reduce_sum(field + tf.nn.softplus(-2 * field), axis=-1)


@dataclass(frozen=True)
class Gaussian(Units):
    """Real units of standard deviation σ: U_b(x) = |x - b|²/2σ² and s(x) = x/σ²,
    so that x ~ N(b + input, σ²).

    Parameters
    ----------
    sigma : σ of all units, or of each: a tensor (unit,).
    """

    noise: ClassVar[Noise] = "normal"
    sigma: float | tf.Tensor = 1.0

    def statistic(self, values: tf.Tensor) -> tf.Tensor:
        """The values over σ²."""
        return (
            values if isinstance(self.sigma, float) and self.sigma == 1 else values / self.sigma**2
        )

    def energy(self, values: tf.Tensor, bias: tf.Tensor) -> tf.Tensor:
        """Σ (values - bias)²/2σ²."""
        return tf.reduce_sum(tf.square(values - bias) / (2 * self.sigma**2), axis=-1)

    def energy_gain(self, values: tf.Tensor, bias: tf.Tensor, other: tf.Tensor) -> tf.Tensor:
        """Σ (bias - other)·(values - (bias + other)/2)/σ²."""
        change = (bias - other) / self.sigma**2
        linear = tf.linalg.matvec(tf.cast(values, bias.dtype), change)
        return linear - tf.reduce_sum(change * (bias + other) / 2)

    def bias_gradient(self, values: tf.Tensor, bias: tf.Tensor) -> tf.Tensor:
        """(values - bias)/σ²."""
        return self.statistic(values - bias)

    def mean(self, inputs: tf.Tensor, bias: tf.Tensor) -> tf.Tensor:
        """Input plus bias."""
        return inputs + bias

    def sample(self, inputs: tf.Tensor, bias: tf.Tensor, noise: tf.Tensor) -> tf.Tensor:
        """The mean plus σ times normal ``noise``."""
        return inputs + bias + self.sigma * noise

    def cumulant(self, inputs: tf.Tensor, bias: tf.Tensor) -> tf.Tensor:
        """Σ (inputs²/2 + inputs·bias)/σ² + log(√(2π) σ)."""
        sigma = tf.convert_to_tensor(self.sigma, inputs.dtype)
        return tf.reduce_sum(
            inputs * (0.5 * inputs + bias) / sigma**2 + LOG_SQRT_2PI + tf.math.log(sigma), axis=-1
        )

    def log_variance_gradient(
        self, values: tf.Tensor, bias: tf.Tensor, inputs: tf.Tensor
    ) -> tf.Tensor:
        """-∂E/∂(log σ²) of each unit, for inputs W s(h) which do not depend
        on this σ; shape as ``values``.
        """
        return (0.5 * (values - bias) ** 2 - values * inputs) / self.sigma**2


@dataclass(frozen=True)
class TruncatedGaussian(Units):
    """Real units x ≥ 0 with U(x) = x²/2: a normal distribution of variance 1 around input
    and bias, cut off below zero.
    """

    def _own_energy(self, values: tf.Tensor) -> tf.Tensor:
        return 0.5 * values**2

    def mean(self, inputs: tf.Tensor, bias: tf.Tensor) -> tf.Tensor:
        """Of the field a = inputs + bias: a + φ(a)/Φ(a); far below zero,
        where that cancels, its asymptotic series.
        """
        field = inputs + bias
        limit = -11.0 if field.dtype == tf.float32 else -30.0
        near, far = tf.maximum(field, limit), tf.minimum(field, limit)
        tail = -1 / far * (1 - 2 / far**2 + 10 / far**4 - 74 / far**6)
        return tf.where(
            field > limit,
            near + tf.exp(-0.5 * near**2 - LOG_SQRT_2PI - _log_normal_cdf(near)),
            tail,
        )

    def sample(self, inputs: tf.Tensor, bias: tf.Tensor, noise: tf.Tensor) -> tf.Tensor:
        """The inverse of the cumulative distribution at uniform ``noise``; below -11,
        of its tail, good to 1 %.
        """
        field = inputs + bias
        survival = tf.minimum(1 - noise, 1 - 2.0**-24)  # in (0, 1)
        near = tf.maximum(field, -11.0)
        body = near - tf.math.ndtri(survival * tf.exp(_log_normal_cdf(near)))
        far = tf.minimum(field, -11.0)
        tail = -2 * tf.math.log(survival) / (tf.sqrt(far**2 - 2 * tf.math.log(survival)) - far)
        return tf.maximum(tf.where(field > -11, body, tail), 0)

    def cumulant(self, inputs: tf.Tensor, bias: tf.Tensor) -> tf.Tensor:
        """Σ a²/2 + log Φ(a) + log √(2π)."""
        field = inputs + bias
        return tf.reduce_sum(0.5 * field**2 + _log_normal_cdf(field) + LOG_SQRT_2PI, axis=-1)


@dataclass(frozen=True)
class NoisyRectifier(Units):
    """Rectified linear units of Nair and Hinton (2010): the sum of copies of a Bernoulli unit
    with biases -1/2, -3/2, … .

    The sum counts n = 0, 1, 2, … with p(n) ∝ exp(a n - n²/2) / Π_{j≤n} (1 - e^-j),
    a = inputs + bias (the q-binomial theorem with q = 1/e), which gives energy, cumulant and mean;
    the sums over copies are Euler and Maclaurin's, good to 1e-5. A draw is Nair
    and Hinton's max(0, a + N(0, sigmoid(a))): real, cheap, and crude where it matters most
    (at a = 0 its mean is 0.28, that of the count 0.68), so that Gibbs sampling with it only comes
    near the distribution of the energy. The energy of a real value is that of the nearest count.
    """

    noise: ClassVar[Noise] = "normal"
    counts: ClassVar[int] = 64  # from here on log Π (1 - e^-j) is constant in double precision

    def _own_energy(self, values: tf.Tensor) -> tf.Tensor:
        counts = tf.round(values)
        factors = tf.constant(
            [0.0] + [math.log1p(-math.exp(-j)) for j in range(1, self.counts)], values.dtype
        )
        table = tf.cumsum(factors)
        return 0.5 * counts**2 + tf.gather(
            table, tf.cast(tf.clip_by_value(counts, 0, self.counts - 1), tf.int32)
        )

    def mean(self, inputs: tf.Tensor, bias: tf.Tensor) -> tf.Tensor:
        """Σ_i sigmoid(a - i + 1/2) = log(1 + e^a) - σ'/24 + 7σ'''/5760, σ the sigmoid."""
        field = inputs + bias
        slope = tf.sigmoid(field) * tf.sigmoid(-field)
        return tf.nn.softplus(field) - slope / 24 + 7 / 5760 * slope * (1 - 6 * slope)

    def sample(self, inputs: tf.Tensor, bias: tf.Tensor, noise: tf.Tensor) -> tf.Tensor:
        """max(0, a + √sigmoid(a) · ``noise``), the noise normal."""
        field = inputs + bias
        return tf.nn.relu(field + tf.sqrt(tf.sigmoid(field)) * noise)

    def cumulant(self, inputs: tf.Tensor, bias: tf.Tensor) -> tf.Tensor:
        """Σ_i log(1 + exp(a - i + 1/2)) = -Li₂(-e^a) - σ/24 + 7σ''/5760, summed over units."""
        field = inputs + bias
        below = -tf.math.special.spence(1 + tf.exp(-tf.abs(field)))
        dilogarithm = tf.where(field > 0, math.pi**2 / 6 + 0.5 * field**2 - below, below)
        sigmoid = tf.sigmoid(field)
        curvature = sigmoid * tf.sigmoid(-field) * (1 - 2 * sigmoid)
        return tf.reduce_sum(dilogarithm - sigmoid / 24 + 7 / 5760 * curvature, axis=-1)


def _log_normal_cdf(x: tf.Tensor) -> tf.Tensor:
    """Log Φ(x), by the asymptotic series of the tail below -12.5."""
    near = tf.math.log(0.5 * tf.math.erfc(-tf.maximum(x, -12.5) / math.sqrt(2)))
    far = tf.minimum(x, -12.5)
    series = term = tf.ones_like(x)
    for k in range(1, 8):
        term = -term * (2 * k - 1) / far**2
        series += term
    return tf.where(
        x > -12.5, near, -0.5 * far**2 - LOG_SQRT_2PI - tf.math.log(-far) + tf.math.log(series)
    )


def units_of(kind: str, sigma: float = 1.0) -> Units:
    """The units of the ``kind`` of a configuration; ``sigma`` counts for Gaussian ones."""
    if kind == "gaussian":
        return Gaussian(float(sigma))
    return {
        "bernoulli": Bernoulli,
        "spin": Spin,
        "relu": NoisyRectifier,
        "truncated_gaussian": TruncatedGaussian,
    }[kind]()
