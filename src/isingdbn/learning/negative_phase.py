"""Where the fantasy particles of a gradient step come from."""

import math
from collections.abc import Sequence

import numpy as np
import tensorflow as tf

from isingdbn.learning import noise
from isingdbn.learning.rbm import RBM
from isingdbn.learning.units import Noise, Units, units_of
from isingdbn.parameters.pretraining import Pretraining, block_side

__all__ = [
    "BlockSpins",
    "FromData",
    "MeanField",
    "NegativePhase",
    "Persistent",
    "Tempered",
    "negative_phase",
    "swap",
]

Draws = list[tuple[Noise, tuple[int, ...]]]


class NegativePhase(tf.Module):
    """A way to get fantasy particles.

    Attributes
    ----------
    draws : the arrays of random numbers that a step needs: distribution and shape of each.
    """

    draws: Draws

    def start(self, rbm: RBM, rng: np.random.Generator) -> None:
        """Set the chains, if there are any, before the first step."""

    def particles(self, rbm: RBM, v: tf.Tensor, draws: Sequence[tf.Tensor]) -> tf.Tensor:
        """Fantasy particles (sample, visible), as many as the minibatch ``v`` has rows,
        from random numbers as in `draws`.
        """
        raise NotImplementedError


class FromData(NegativePhase):
    """Contrastive divergence: ``gibbs_steps`` Gibbs steps from the data."""

    def __init__(
        self, settings: Pretraining, visible_units: int, hidden_units: int, rows: int
    ) -> None:
        super().__init__()
        steps = settings.gibbs_steps
        self.draws = [
            (units_of(settings.hidden).noise, (steps, rows, hidden_units)),
            (units_of(settings.visible).noise, (steps, rows, visible_units)),
        ]

    def particles(self, rbm: RBM, v: tf.Tensor, draws: Sequence[tf.Tensor]) -> tf.Tensor:
        """Alternate h and v, both sampled."""
        hidden, visible = draws
        for step in range(hidden.shape[0]):
            v = rbm.sample_v_from_h(rbm.sample_h_from_v(v, hidden[step]), visible[step])
        return v


class Persistent(FromData):
    """Persistent contrastive divergence: the chains go on where the last step left them.

    What goes on are their hidden units, drawn with the same matrix product that gives
    the gradient their means.
    """

    def __init__(
        self, settings: Pretraining, visible_units: int, hidden_units: int, rows: int
    ) -> None:
        super().__init__(settings, visible_units, hidden_units, rows)
        self.chains = tf.Variable(tf.zeros((rows, hidden_units)))

    def start(self, rbm: RBM, rng: np.random.Generator) -> None:
        """Hidden units without input from visible ones."""
        self.chains.assign(_independent(rbm.hidden, rbm.hidden_bias, self.chains.shape, rng))

    def particles(self, rbm: RBM, v: tf.Tensor, draws: Sequence[tf.Tensor]) -> tf.Tensor:
        """Gibbs steps of the chains, v before h."""
        hidden, visible = draws
        h = tf.convert_to_tensor(self.chains)
        for step in range(hidden.shape[0]):
            v = rbm.sample_v_from_h(h, visible[step])
            h = rbm.sample_h_from_v(v, hidden[step])
        self.chains.assign(h)
        return v


class Tempered(FromData):
    """Parallel tempering: every particle has replicas at inverse temperatures from
    ``smallest_beta`` to 1 that Gibbs-sample and then swap.
    """

    def __init__(
        self, settings: Pretraining, visible_units: int, hidden_units: int, rows: int
    ) -> None:
        super().__init__(settings, visible_units, hidden_units, settings.replicas * rows)
        self.rows = rows
        beta = np.linspace(settings.smallest_beta, 1, settings.replicas)
        self.beta = tf.constant(np.repeat(beta, rows)[:, None], tf.float32)
        self.chains = tf.Variable(tf.zeros((settings.replicas * rows, visible_units)))
        self.draws.append(("uniform", (settings.gibbs_steps, 2, settings.replicas, rows)))

    def start(self, rbm: RBM, rng: np.random.Generator) -> None:
        """Visible units without input from hidden ones."""
        self.chains.assign(_independent(rbm.visible, rbm.visible_bias, self.chains.shape, rng))

    def particles(
        self,
        rbm: RBM,
        v: tf.Tensor,  # noqa: ARG002 - they do not start from data
        draws: Sequence[tf.Tensor],
    ) -> tf.Tensor:
        """Gibbs steps of all replicas, each followed by swaps of the neighbours (0, 1), (2, 3),
        … and (1, 2), (3, 4), … .
        """
        *gibbs, swaps = draws
        tempered = rbm.tempered(self.beta)
        chains = tf.convert_to_tensor(self.chains)
        for step in range(swaps.shape[0]):
            chains = super().particles(tempered, chains, [part[step : step + 1] for part in gibbs])
            for parity in (0, 1):
                chains = swap(tempered, chains, parity, swaps[step, parity])
        return self.chains.assign(chains)[-self.rows :]


class MeanField(NegativePhase):
    """Means instead of samples, and perhaps one row of noise, cut at two standard deviations,
    that all visible means share.
    """

    def __init__(self, settings: Pretraining, visible_units: int) -> None:
        super().__init__()
        self.settings = settings
        self.draws = (
            []
            if settings.shared_noise is None
            else [("uniform", (settings.gibbs_steps, 1, visible_units))]
        )

    def particles(self, rbm: RBM, v: tf.Tensor, draws: Sequence[tf.Tensor]) -> tf.Tensor:
        """Alternate the means of h and v."""
        for step in range(self.settings.gibbs_steps):
            v = rbm.mean_v_from_h(rbm.mean_h_from_v(v))
            if draws:
                outside = 0.022750131948179195  # Φ(-2)
                v += self.settings.shared_noise * tf.math.ndtri(
                    outside + (1 - 2 * outside) * draws[0][step]
                )
        return v


class BlockSpins(NegativePhase):
    """No fantasy particles, but what the hidden spins of the data are taught to be: block spins by
    the majority rule, with ties by coin.
    """

    def __init__(self, visible_units: int, hidden_units: int, rows: int) -> None:
        super().__init__()
        self.draws = [("uniform", (rows, hidden_units))]
        above, block = math.isqrt(hidden_units), block_side(visible_units, hidden_units)
        self.grid = (-1, above, block, above, block)

    def particles(
        self,
        rbm: RBM,  # noqa: ARG002 - they do not depend on the machine
        v: tf.Tensor,
        draws: Sequence[tf.Tensor],
    ) -> tf.Tensor:
        """Block spins (sample, hidden) of the minibatch ``v``."""
        (coin,) = draws
        sums = tf.reshape(tf.reduce_sum(tf.reshape(v, self.grid), (2, 4)), tf.shape(coin))
        return tf.where((sums > 0) | ((sums == 0) & (coin < 0.5)), 1.0, -1.0)


def negative_phase(settings: Pretraining, visible_units: int, hidden_units: int) -> NegativePhase:
    """The negative phase that ``settings`` name."""
    if settings.mean_field:
        return MeanField(settings, visible_units)
    if settings.algorithm == "taught":
        return BlockSpins(visible_units, hidden_units, settings.minibatch)
    kind = {"cd": FromData, "pcd": Persistent, "pt": Tempered}[settings.algorithm]
    return kind(settings, visible_units, hidden_units, settings.minibatch)


def swap(rbm: RBM, chains: tf.Tensor, parity: int, uniform: tf.Tensor) -> tf.Tensor:
    """Exchange neighbouring replicas by Metropolis' rule.

    Parameters
    ----------
    rbm : with ``beta`` (replica · row, 1). chains : (replica · row, visible), replica by replica.
    parity : replicas (0, 1), (2, 3), … are neighbours if 0, and (1, 2), (3, 4), … if 1.
    uniform : (replica, row); of a pair the number of the lower replica decides.
    """
    replicas, rows = uniform.shape
    lower = np.arange(parity, replicas - 1, 2)
    partner, decider = np.arange(replicas), np.arange(replicas)
    partner[lower], partner[lower + 1], decider[lower + 1] = lower + 1, lower, lower
    beta = tf.gather(tf.reshape(rbm.beta, (replicas, rows, 1)), partner)
    own = tf.reshape(rbm.free_energy(chains), (replicas, rows))
    other = tf.reshape(
        rbm.tempered(tf.reshape(beta, (-1, 1))).free_energy(chains), (replicas, rows)
    )
    gain = own + tf.gather(own, partner) - other - tf.gather(other, partner)
    accepted = tf.math.log(tf.gather(uniform, decider)) < gain
    split = tf.reshape(chains, (replicas, rows, -1))
    return tf.reshape(
        tf.where(accepted[:, :, None], tf.gather(split, partner), split), tf.shape(chains)
    )


def _independent(
    units: Units, bias: tf.Tensor, shape: tuple[int, int], rng: np.random.Generator
) -> tf.Tensor:
    numbers = getattr(noise, units.noise)(
        tuple(shape), rng.integers(0, 2**32, size=2, dtype=np.uint32), 0
    )
    return units.sample(tf.zeros(shape), bias, tf.constant(numbers))
