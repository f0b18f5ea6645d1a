"""How good a trained machine is as a model of its data: log Z, likelihood, pseudolikelihood,
overfitting and lattices of its own.

Free energies and log weights are in double precision, Markov chains in that of the machine's
weights. Logarithms are natural.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import tensorflow as tf

from isingdbn.learning import noise
from isingdbn.learning.averages import mean_and_error
from isingdbn.learning.dataset import Samples, in_order
from isingdbn.learning.rbm import RBM
from isingdbn.learning.units import Bernoulli, Gaussian, NoisyRectifier, Spin, Units
from isingdbn.progress import progress

__all__ = [
    "LARGEST_ENUMERATED",
    "LogPartition",
    "annealing_problem",
    "can_be_enumerated",
    "free_energies",
    "free_energy_gap",
    "independent_bias",
    "independent_samples",
    "log_partition_ais",
    "log_partition_exact",
    "mean_bound",
    "model_samples",
    "pseudolikelihood",
    "stack_log_weights",
    "weighted_bound",
]

LARGEST_ENUMERATED = 20  # units of two values: a million states
# samples; below, an estimate of log Z by importance sampling is too low
# by more than its error tells
FEWEST_EFFECTIVE = 10
SITES = 16  # of each lattice whose conditionals make its pseudolikelihood
SNAPSHOTS = 20  # of a chain, evenly over the second half of its sweeps
STEPS = 50  # annealing steps or sweeps between two reports of progress


@dataclass(frozen=True)
class LogPartition:
    """An estimate of log Z by importance sampling.

    Parameters
    ----------
    log_base : log Z of the machine that the chains start from.
    log_weights : of each chain, float64 (chain,), at least two.
    """

    log_base: float
    log_weights: np.ndarray

    @property
    def value(self) -> float:
        """Log Z_base + log of the mean weight.

        The mean weight is unbiased; its logarithm is too low, by half of `delta_error` squared.
        """
        return (
            self.log_base
            + float(np.logaddexp.reduce(self.log_weights))
            - math.log(len(self.log_weights))
        )

    @property
    def error(self) -> float:
        """Standard error of `value` by the jackknife over chains (Efron 1982)."""
        chains = len(self.log_weights)
        replicas = [
            np.logaddexp.reduce(np.delete(self.log_weights, chain)) for chain in range(chains)
        ]
        return float(np.sqrt((chains - 1) * np.var(replicas)))

    @property
    def delta_error(self) -> float:
        """The same to first order: the standard error of the mean weight over the mean weight.

        It is at most 1.
        """
        weights = np.exp(self.log_weights - self.log_weights.max())
        return float(weights.std(ddof=1) / math.sqrt(len(weights)) / weights.mean())

    @property
    def effective_samples(self) -> float:
        """(Σw)²/Σw², from 1 where one chain has all the weight to the number of chains
        where all weigh the same.
        """
        return float(
            np.exp(
                2 * np.logaddexp.reduce(self.log_weights)
                - np.logaddexp.reduce(2 * self.log_weights)
            )
        )

    @property
    def warning(self) -> str | None:
        """What is wrong with the estimate, and the remedy; None if nothing shows.

        Modes that no chain has found never show.
        """
        if self.effective_samples >= FEWEST_EFFECTIVE:
            return None
        return (
            f"the annealed log Z rests on {self.effective_samples:.1f} effective"
            f" of {len(self.log_weights)} annealed chains, fewer than {FEWEST_EFFECTIVE},"
            " and is probably too low: more annealing steps are needed, or more chains"
        )


def can_be_enumerated(rbm: RBM) -> bool:
    """Whether `log_partition_exact` can do it."""
    return bool(_enumerable(rbm))


def log_partition_exact(rbm: RBM) -> float:
    """Log Z, the integral over Gaussian visible units included: the smaller layer is listed,
    the other one summed in closed form.

    Raises
    ------
    ValueError : neither layer has at most `LARGEST_ENUMERATED` units that are spins or Bernoulli.
    """
    rbm = _double(rbm)
    machines = _enumerable(rbm)
    if not machines:
        visible, hidden = rbm.weights.shape
        raise ValueError(
            f"neither {visible} visible nor {hidden} hidden units can be listed:"
            f" at most {LARGEST_ENUMERATED}, spin or Bernoulli, can"
        )
    listed = min(machines, key=lambda machine: machine.weights.shape[0])
    units = listed.weights.shape[0]
    low = -1.0 if isinstance(listed.visible, Spin) else 0.0
    parts = []
    for first in range(0, 2**units, 2**12):
        bits = (np.arange(first, min(first + 2**12, 2**units))[:, None] >> np.arange(units)) & 1
        parts.append(
            np.logaddexp.reduce(
                -listed.free_energy(tf.constant(np.where(bits == 1, 1.0, low))).numpy()
            )
        )
    return float(np.logaddexp.reduce(parts))


def _enumerable(rbm: RBM) -> list[RBM]:
    """The machine itself and the one with its layers exchanged, as far as their
    visible units can be listed.
    """
    exchanged = RBM(
        rbm.hidden, rbm.visible, tf.transpose(rbm.weights), rbm.hidden_bias, rbm.visible_bias
    )
    return [
        machine
        for machine in (rbm, exchanged)
        if isinstance(machine.visible, Spin | Bernoulli)
        and machine.weights.shape[0] <= LARGEST_ENUMERATED
    ]


def independent_bias(visible: Units, mean: np.ndarray, samples: int) -> np.ndarray:
    """Visible biases of the machine without weights that has the ``mean`` (visible,)
    of the data; zero for units on x ≥ 0.

    The mean of units of two values is that of ``samples`` and of one more of each value,
    so that no bias is infinite.
    """
    shrunk = samples / (samples + 2) * mean
    if isinstance(visible, Spin):
        return np.arctanh(shrunk)
    if isinstance(visible, Bernoulli):
        return np.arctanh(2 * shrunk + 2 / (samples + 2) - 1) * 2
    return mean if isinstance(visible, Gaussian) else np.zeros_like(mean)


def annealing_problem(rbm: RBM) -> str | None:
    """Why log Z cannot be estimated by annealing, or None."""
    kinds = rbm.visible, rbm.hidden
    if any(isinstance(kind, NoisyRectifier) for kind in kinds):
        return (
            "relu units are sampled only near their distribution: log Z cannot be annealed,"
            " and lattices of the model are approximate"
        )
    if any(isinstance(kind, Spin | Bernoulli) for kind in kinds):
        return None
    scaled = rbm.weights.numpy()
    for axis, kind in enumerate(kinds):
        if isinstance(kind, Gaussian):
            scaled = scaled / np.reshape(kind.sigma, (1, -1) if axis else (-1, 1))
    norm = np.linalg.norm(scaled, 2)
    return (
        None
        if norm < 1
        else (
            f"no layer is bounded and the norm of the weights is {norm:.3g}:"
            " Z may be infinite, unless it is below 1"
        )
    )


def log_partition_ais(
    rbm: RBM, base_bias: np.ndarray, chains: int, annealing_steps: int, rng: np.random.Generator
) -> LogPartition:
    """Annealed importance sampling (Neal 2001; Salakhutdinov and Murray 2008),
    with one Gibbs sweep a temperature.

    The machine at β has the weights βW, the visible biases (1 - β) b₀ + βb,
    the hidden biases βc and the σ of ``rbm``. At β = 0 the units are independent,
    so that Z is known and samples are exact.

    Parameters
    ----------
    base_bias : b₀, (visible,), as of `independent_bias`.
    annealing_steps : number of β, evenly from 0 to 1 with both.
    """
    path = _Path(rbm, base_bias)
    key = _key(rng)
    v = independent_samples(rbm, base_bias, chains, rng)
    log_weights = tf.zeros(chains, tf.float64)
    betas = np.linspace(0, 1, annealing_steps)
    blocks = range(0, annealing_steps - 1, STEPS)
    for first in progress(blocks, total=len(blocks), label=f"annealing, {STEPS} steps at a time"):
        v, log_weights = path.anneal(
            v,
            log_weights,
            tf.constant(betas[first : first + STEPS + 1]),
            key,
            tf.constant(first),
        )
    return LogPartition(path.log_base, log_weights.numpy())


class _Path(tf.Module):
    """The machines from independent units (β = 0) to ``rbm`` (β = 1)."""

    def __init__(self, rbm: RBM, base_bias: np.ndarray) -> None:
        super().__init__()
        self.rbm, self.double, self.base_bias = (
            rbm,
            _double(rbm),
            tf.constant(base_bias, tf.float64),
        )

    @property
    def log_base(self) -> float:
        """Log Z at β = 0."""
        no_inputs = [tf.zeros((1, units), tf.float64) for units in self.double.weights.shape]
        visible = self.double.visible.cumulant(no_inputs[0], self.base_bias)
        return float(
            (
                visible
                + self.double.hidden.cumulant(no_inputs[1], tf.zeros_like(self.double.hidden_bias))
            )[0]
        )

    @tf.function(reduce_retracing=True, autograph=False)
    def anneal(
        self,
        v: tf.Tensor,
        log_weights: tf.Tensor,
        betas: tf.Tensor,
        key: tf.Tensor,
        first: tf.Tensor,
    ) -> tuple[tf.Tensor, tf.Tensor]:
        """Take chains ``v`` (chain, visible), samples at the first of ``betas``, to the last,
        and their log weights along; ``first`` is that one's number on the whole path.
        """

        def rise(step: tf.Tensor, v: tf.Tensor, log_weights: tf.Tensor) -> tuple[tf.Tensor, ...]:
            inputs = self.rbm.inputs_h_from_v(v)
            log_weights += self.log_density_gain(v, inputs, betas[step], betas[step + 1])
            return (
                step + 1,
                self.transition(inputs, betas[step + 1], key, first + step),
                log_weights,
            )

        return tf.while_loop(
            lambda step, *_: step < tf.shape(betas)[0] - 1, rise, (0, v, log_weights)
        )[1:]

    def log_density_gain(
        self, v: tf.Tensor, inputs: tf.Tensor, beta: tf.Tensor, higher: tf.Tensor
    ) -> tf.Tensor:
        """-F(v) at β = ``higher`` less that at ``beta``, of each chain, float64 (chain,);
        ``inputs`` Wᵀ s(v) are those at β = 1.
        """
        (visible, hidden), (higher_visible, higher_hidden) = (
            self._biases(of, tf.float64) for of in (beta, higher)
        )
        inputs, units = tf.cast(inputs, tf.float64), self.double.hidden
        gain = units.cumulant(higher * inputs, higher_hidden) - units.cumulant(
            beta * inputs, hidden
        )
        return gain - self.double.visible.energy_gain(v, visible, higher_visible)

    def transition(
        self, inputs: tf.Tensor, beta: tf.Tensor, key: tf.Tensor, step: tf.Tensor
    ) -> tf.Tensor:
        """One Gibbs sweep, number ``step``, at ``beta`` of chains whose hidden units
        feel ``inputs`` at β = 1; new v (chain, visible).
        """
        rbm = self.rbm
        visible, hidden = self._biases(beta, inputs.dtype)
        beta = tf.cast(beta, inputs.dtype)
        h = rbm.hidden.sample(beta * inputs, hidden, _noise(rbm.hidden, inputs, key, 2 * step))
        back = rbm.inputs_v_from_h(h)
        return rbm.visible.sample(
            beta * back, visible, _noise(rbm.visible, back, key, 2 * step + 1)
        )

    def _biases(self, beta: tf.Tensor, dtype: tf.DType) -> tuple[tf.Tensor, tf.Tensor]:
        visible = self.base_bias + beta * (self.double.visible_bias - self.base_bias)
        return tf.cast(visible, dtype), tf.cast(beta * self.double.hidden_bias, dtype)


def independent_samples(
    rbm: RBM, base_bias: np.ndarray, chains: int, rng: np.random.Generator
) -> tf.Tensor:
    """Visible units without weights and with the biases ``base_bias``
    (visible,); (chain, visible).
    """
    none = tf.zeros((chains, len(base_bias)), rbm.weights.dtype)
    numbers = _noise(rbm.visible, none, _key(rng), tf.constant(0))
    return rbm.visible.sample(none, tf.constant(base_bias, none.dtype), numbers)


def free_energies(rbm: RBM, samples: Samples) -> np.ndarray:
    """F(v) of each of ``samples``, float64 (sample,). The log likelihood is -F - log Z."""
    machine = _double(rbm)
    return np.concatenate(
        [machine.free_energy(tf.cast(rows, tf.float64)).numpy() for rows in in_order(samples)]
    )


def stack_log_weights(
    machines: Sequence[RBM], samples: Samples, draws: int, keys: Sequence[np.ndarray]
) -> np.ndarray:
    """Log weights of each of ``samples`` in the generative models that a stack is when it is cut
    after 1, 2, … machines, of which the upper ones replace what each machine says of its hidden
    units by what they say of them (Hinton, Osindero and Teh 2006, Neural Computation 18).

    With h₁ from p₁(h₁ | v), h₂ from p₂(h₂ | h₁) and so on, a weight after n machines is

        log w = -F₁(v) + Σ_{k<n} (-F_{k+1}(h_k) - log p*_k(h_k)),

    where -F and log p*_k are the logarithms of what machines say, not normalized, of their visible
    and of their hidden units. Up to the log Z of the last machine, the logarithm of the mean of w
    is the log likelihood, of which `mean_bound` and `weighted_bound` are lower bounds.

    Parameters
    ----------
    draws : of hidden units, for each sample; cuts share them.
    keys : for each machine but the last, two uint32 that name its random numbers.

    Returns
    -------
    float64 (machine, draw, sample); after the first machine -F₁(v) in every draw.
    """
    doubles = [_double(machine) for machine in machines]
    parts = []
    for block, rows in enumerate(in_order(samples)):
        values = tf.cast(rows, tf.float64)
        # neither depends on the draw
        first = -doubles[0].free_energy(values)
        inputs = doubles[0].inputs_h_from_v(values)
        of_draws = [
            _weights_upwards(doubles, first, inputs, keys, block * draws + draw)
            for draw in range(draws)
        ]
        parts.append(np.stack(of_draws, axis=1))
    return np.concatenate(parts, axis=2)


def _weights_upwards(
    machines: Sequence[RBM],
    weight: tf.Tensor,
    inputs: tf.Tensor,
    keys: Sequence[np.ndarray],
    stream: int,
) -> np.ndarray:
    """Log weights (machine, sample) of one draw, from that after the first machine and
    what its hidden units feel (sample, hidden).
    """
    weights = [weight]
    for (below, above), key in zip(pairwise(machines), keys, strict=True):
        numbers = getattr(noise, below.hidden.noise)(tuple(inputs.shape), key, stream)
        values = below.hidden.sample(inputs, below.hidden_bias, tf.cast(numbers, tf.float64))
        weight += -above.free_energy(values) - below.hidden_log_probability(values)
        inputs = above.inputs_h_from_v(values)
        weights.append(weight)
    return np.stack(weights)


def mean_bound(log_weights: np.ndarray) -> np.ndarray:
    """The mean of ``log_weights`` (…, draw, sample) over draws, (…, sample): as an average over
    draws it is below the logarithm of the mean weight (Jensen).
    """
    return log_weights.mean(axis=-2)


def weighted_bound(log_weights: np.ndarray) -> np.ndarray:
    """The logarithm of the mean weight of all draws together, of ``log_weights``
    (…, draw, sample), (…, sample): as an average over draws a lower bound as well, never below
    `mean_bound` and the tighter the more draws (Burda, Grosse and Salakhutdinov 2016).
    """
    draws = log_weights.shape[-2]
    return np.logaddexp.reduce(log_weights, axis=-2) - math.log(draws)


def free_energy_gap(training: np.ndarray, held_out: np.ndarray) -> tuple[float, float]:
    """Mean free energy of held-out samples minus that of training samples, with its standard error
    (Hinton 2012, section 6).

    It is the mean log likelihood that the training samples have more, whatever Z is:
    it grows with overfitting.
    """
    (ours, error), (theirs, other_error) = mean_and_error(held_out), mean_and_error(training)
    return float(ours - theirs), float(np.hypot(error, other_error))


def pseudolikelihood(
    rbm: RBM, samples: Samples, rng: np.random.Generator, sites: int = SITES
) -> np.ndarray:
    """Mean log p(v_i | all others) over ``sites`` units i of each sample, float64 (sample,);
    all units if there are no more.

    The units are drawn for each sample anew, without repetition, so that the mean is unbiased.
    Of Gaussian visible units it is the probability given that v_i is -1 or +1, which is comparable
    between kinds of units; their density is a mixture of 2^hidden terms.

    Raises
    ------
    ValueError : the visible units are of another kind than Bernoulli, spin or Gaussian.
    """
    machine = _double(rbm)
    if not isinstance(machine.visible, Bernoulli | Spin | Gaussian):
        raise ValueError(
            "visible units that cannot be negative have no pseudolikelihood on spins;"
            " Bernoulli, spin or Gaussian are needed"
        )
    units = machine.weights.shape[0]
    parts = []
    for rows in in_order(samples):
        v = rows.astype(np.float64)
        chosen = np.tile(np.arange(units), (len(v), 1))
        chosen = rng.permuted(chosen, axis=1)[:, :sites] if sites < units else chosen
        parts.append(_log_conditionals(machine, v, chosen).mean(axis=1))
    return np.concatenate(parts)


def _log_conditionals(machine: RBM, v: np.ndarray, chosen: np.ndarray) -> np.ndarray:
    """Log p(v_i | all others) of the units ``chosen`` (sample, n) of each row of ``v``,
    from the free energy after a flip of v_i.
    """
    flipped = 1 - v if isinstance(machine.visible, Bernoulli) else -v
    change = (
        machine.visible.statistic(tf.constant(flipped)) - machine.visible.statistic(tf.constant(v))
    ).numpy()
    inputs = machine.inputs_h_from_v(tf.constant(v))
    cumulant = machine.hidden.cumulant(inputs, machine.hidden_bias)
    logs = []
    for unit in chosen.T:
        step = change[np.arange(len(v)), unit]
        moved = machine.hidden.cumulant(
            inputs + step[:, None] * tf.gather(machine.weights, unit), machine.hidden_bias
        )
        # of -F; |v_i| or U(v_i) is the same after the flip
        gain = step * tf.gather(machine.visible_bias, unit) + moved - cumulant
        logs.append(-tf.nn.softplus(gain).numpy())
    return np.stack(logs, axis=1)


def model_samples(rbm: RBM, start: tf.Tensor, sweeps: int, rng: np.random.Generator) -> np.ndarray:
    """Fantasy particles by Gibbs sampling from ``start`` (chain, visible).

    Returns
    -------
    (snapshot, chain, visible): at most `SNAPSHOTS` states of each chain, evenly over
    the second half of its ``sweeps``.
    """
    key = _key(rng)
    sampler = _Sampler(rbm)
    times = np.unique(np.rint(np.linspace(sweeps / 2, sweeps, SNAPSHOTS + 1)[1:]).astype(int))
    v, done, snapshots = tf.cast(start, rbm.weights.dtype), 0, []
    for time in progress(times, total=len(times), label=f"sampling, {sweeps} sweeps"):
        v = sampler.sweep(v, tf.constant(time - done, tf.int32), key, tf.constant(done))
        snapshots.append(v.numpy())
        done = int(time)
    return np.stack(snapshots)


class _Sampler(tf.Module):
    """Gibbs sampling of ``rbm``."""

    def __init__(self, rbm: RBM) -> None:
        super().__init__()
        self.rbm = rbm

    @tf.function(reduce_retracing=True, autograph=False)
    def sweep(self, v: tf.Tensor, sweeps: tf.Tensor, key: tf.Tensor, done: tf.Tensor) -> tf.Tensor:
        """``v`` (chain, visible) after some ``sweeps``, before which some were ``done``."""
        rbm = self.rbm

        def once(step: tf.Tensor, v: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
            stream = 2 * (done + step)
            inputs = rbm.inputs_h_from_v(v)
            h = rbm.hidden.sample(inputs, rbm.hidden_bias, _noise(rbm.hidden, inputs, key, stream))
            return step + 1, rbm.sample_v_from_h(h, _noise(rbm.visible, v, key, stream + 1))

        return tf.while_loop(lambda step, _: step < sweeps, once, (0, v))[1]


def _double(rbm: RBM) -> RBM:
    """The machine in double precision."""
    weights, b, c = (
        tf.cast(part, tf.float64) for part in (rbm.weights, rbm.visible_bias, rbm.hidden_bias)
    )
    visible, hidden = (
        Gaussian(tf.cast(kind.sigma, tf.float64))
        if isinstance(kind, Gaussian) and tf.is_tensor(kind.sigma)
        else kind
        for kind in (rbm.visible, rbm.hidden)
    )
    return RBM(visible, hidden, weights, b, c)


def _key(rng: np.random.Generator) -> tf.Tensor:
    """Two uint32 that name the random numbers of one use."""
    return tf.constant(rng.integers(0, 2**32, size=2, dtype=np.uint32))


def _noise(units: Units, like: tf.Tensor, key: tf.Tensor, stream: tf.Tensor) -> tf.Tensor:
    """Random numbers of the distribution that ``units`` draw from, of the shape and type
    of ``like``; the same for the same ``key`` and ``stream``.
    """
    draw = getattr(noise, units.noise)
    numbers = tf.numpy_function(
        lambda shape, key, stream: draw(tuple(shape), key, int(stream)),
        [tf.shape(like), key, stream],
        tf.float32,
    )
    return tf.cast(tf.reshape(numbers, tf.shape(like)), like.dtype)
