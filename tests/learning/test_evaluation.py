"""Evaluation of small machines against enumeration, closed forms, and an Ising torus
that a machine represents exactly.
"""

import itertools
import math

import numpy as np
import pytest
import tensorflow as tf

from isingdbn.ising.exact import torus_correlations, torus_energy, torus_free_energy
from isingdbn.learning import evaluation
from isingdbn.learning.averages import lattice_averages, mean_and_error
from isingdbn.learning.dataset import Values
from isingdbn.learning.evaluation import (
    LogPartition,
    annealing_problem,
    can_be_enumerated,
    free_energies,
    free_energy_gap,
    independent_bias,
    independent_samples,
    log_partition_ais,
    log_partition_exact,
    mean_bound,
    model_samples,
    pseudolikelihood,
    stack_log_weights,
    weighted_bound,
)
from isingdbn.learning.rbm import RBM
from isingdbn.learning.units import Bernoulli, Gaussian, NoisyRectifier, Spin, TruncatedGaussian

SIGMA = np.array([0.7, 0.9, 1.1, 0.8, 1.3])
WIDE = Gaussian(tf.constant(SIGMA, tf.float64))
VALUES = {Spin: (-1.0, 1.0), Bernoulli: (0.0, 1.0)}
KINDS = pytest.mark.parametrize(
    ("visible", "hidden"),
    [
        (Spin(), Spin()),
        (Bernoulli(), Bernoulli()),
        (Spin(), Bernoulli()),
        (WIDE, Bernoulli()),
        (WIDE, Spin()),
        (Bernoulli(), Gaussian(0.6)),
    ],
    ids=[
        "spin-spin",
        "bernoulli-bernoulli",
        "spin-bernoulli",
        "gaussian-bernoulli",
        "gaussian-spin",
        "bernoulli-gaussian",
    ],
)


def machine(visible, hidden, units=(5, 3), scale=0.7, seed=0):
    rng = np.random.default_rng(seed)
    return RBM(
        visible,
        hidden,
        *(
            tf.constant(rng.normal(0, scale, shape), tf.float64)
            for shape in (units, units[:1], units[1:])
        ),
    )


def parameters(rbm):
    return rbm.weights.numpy(), rbm.visible_bias.numpy(), rbm.hidden_bias.numpy()


def states(kind, units):
    return np.array(list(itertools.product(VALUES[type(kind)], repeat=units)))


def log_gaussian(bias, inputs, sigma):
    """Log of ∫ dx exp(-(x - b)²/2σ² + x·input/σ²), summed over units: complete the square."""
    return (
        ((bias + inputs) ** 2 - bias**2) / (2 * sigma**2) + 0.5 * np.log(2 * np.pi * sigma**2)
    ).sum(axis=1)


def log_joint(rbm):
    """Every pair of states with the logarithm of its weight, all sums written out:
    v (n, visible), h (m, hidden), (n, m).
    """
    w, b, c = parameters(rbm)
    v, h = states(rbm.visible, len(b)), states(rbm.hidden, len(c))
    return v, h, (v @ b)[:, None] + h @ c + v @ w @ h.T


def brute_force(rbm):
    w, b, c = parameters(rbm)
    if isinstance(rbm.visible, Gaussian):
        h = states(rbm.hidden, len(c))
        return np.logaddexp.reduce(h @ c + log_gaussian(b, h @ w.T, SIGMA))
    if isinstance(rbm.hidden, Gaussian):
        v = states(rbm.visible, len(b))
        return np.logaddexp.reduce(v @ b + log_gaussian(c, v @ w, 0.6))
    return np.logaddexp.reduce(log_joint(rbm)[2], axis=None)


@KINDS
@pytest.mark.parametrize("units", [(5, 3), (5, 7)])
def test_exact_log_partition_is_that_of_the_listed_states(visible, hidden, units):
    rbm = machine(visible, hidden, units)
    assert can_be_enumerated(rbm)
    assert abs(log_partition_exact(rbm) - brute_force(rbm)) < 1e-11


def test_exact_log_partition_joins_its_blocks():
    """Two layers of 13 spins without weights have the same log Z by hand;
    2^13 states are two blocks.
    """
    b, c = np.random.default_rng(1).normal(size=(2, 13))
    rbm = RBM(Spin(), Spin(), tf.zeros((13, 13), tf.float64), tf.constant(b), tf.constant(c))
    assert abs(log_partition_exact(rbm) - np.log(4 * np.cosh(b) * np.cosh(c)).sum()) < 1e-11


def test_machines_too_large_to_list_are_refused():
    for visible, hidden in ((Spin(), Bernoulli()), (Gaussian(), Gaussian())):
        large = machine(visible, hidden, (23, 29))
        assert not can_be_enumerated(large)
        with pytest.raises(
            ValueError, match="neither 23 visible nor 29 hidden units can be listed: at most 20"
        ):
            log_partition_exact(large)


@KINDS
def test_annealing_agrees_with_the_exact_value_within_its_own_error(visible, hidden):
    """Sixty estimates of 37 chains: their pulls have mean 0 and variance 1."""
    rbm = machine(visible, hidden)
    whole = log_partition_ais(rbm, np.full(5, 0.2), 60 * 37, 23, np.random.default_rng(3))
    exact = log_partition_exact(rbm)
    assert abs(whole.value - exact) < 4 * whole.error < 0.2
    estimates = [LogPartition(whole.log_base, part) for part in whole.log_weights.reshape(60, 37)]
    pulls = np.array([(estimate.value - exact) / estimate.error for estimate in estimates])
    # the logarithm is biased by a small part of its error
    assert abs(pulls.mean()) < 4 / math.sqrt(60) + 0.1
    assert 0.5 < pulls.std() < 1.6
    assert (
        abs(np.median([estimate.delta_error / estimate.error for estimate in estimates]) - 1) < 0.1
    )
    for estimate in estimates:
        assert (estimate.warning is None) == (estimate.effective_samples >= 10)
    assert 10 < np.median([estimate.effective_samples for estimate in estimates]) < 37


class Hot(evaluation._Path):
    """Moves at the full machine all the time."""

    def transition(self, inputs, beta, key, step):
        return super().transition(inputs, tf.ones_like(beta), key, step)


class Biased(evaluation._Path):
    """The hidden bias does not grow with β."""

    def _biases(self, beta, dtype):
        return super()._biases(beta, dtype)[0], tf.cast(self.double.hidden_bias, dtype)


class Stale(evaluation._Path):
    """The density leaves the visible bias where it was in the beginning."""

    def log_density_gain(self, v, inputs, beta, higher):
        return super().log_density_gain(v, inputs, beta, higher) - tf.linalg.matvec(
            v, (higher - beta) * (self.double.visible_bias - self.base_bias)
        )


@pytest.mark.parametrize("broken", [Hot, Biased, Stale])
def test_a_broken_path_is_seen(broken, monkeypatch):
    monkeypatch.setattr(evaluation, "_Path", broken)
    rbm = machine(Spin(), Bernoulli())
    estimate = log_partition_ais(rbm, np.full(5, 0.2), 2003, 11, np.random.default_rng(3))
    assert abs(estimate.value - log_partition_exact(rbm)) > 6 * estimate.error


def test_annealing_depends_on_the_stream_alone(monkeypatch):
    rbm = machine(Spin(), Bernoulli())
    one, other = (
        log_partition_ais(rbm, np.zeros(5), 7, 23, np.random.default_rng(seed)).log_weights
        for seed in (3, 4)
    )
    assert not np.isclose(one, other).any()
    monkeypatch.setattr(evaluation, "STEPS", 5)
    again = log_partition_ais(rbm, np.zeros(5), 7, 23, np.random.default_rng(3)).log_weights
    np.testing.assert_allclose(again, one, rtol=1e-12)


def test_single_precision_changes_log_weights_by_rounding_alone():
    rbm = machine(Gaussian(), Bernoulli(), (67, 31), scale=0.1)
    single = RBM(
        rbm.visible,
        rbm.hidden,
        *(tf.cast(part, tf.float32) for part in (rbm.weights, rbm.visible_bias, rbm.hidden_bias)),
    )
    estimates = [
        log_partition_ais(each, np.zeros(67), 101, 101, np.random.default_rng(0))
        for each in (rbm, single)
    ]
    assert estimates[0].log_weights.dtype == estimates[1].log_weights.dtype == np.float64
    assert (
        abs(estimates[0].value - estimates[1].value)
        < 4 * math.hypot(*(estimate.error for estimate in estimates))
        < 0.5
    )


def test_errors_of_an_estimate():
    """Log-normal weights: the jackknife against the spread over many repetitions,
    and both limits of the effective number.
    """
    rng = np.random.default_rng(0)
    estimates = [LogPartition(2.0, weights) for weights in rng.normal(0, 0.5, (401, 61))]
    values = np.array([estimate.value for estimate in estimates])
    assert abs(values.mean() - 2.125) < 0.02
    for name in ("error", "delta_error"):
        assert (
            abs(np.mean([getattr(estimate, name) for estimate in estimates]) / values.std() - 1)
            < 0.15
        )
    same, dominated = (
        LogPartition(0.0, np.full(13, 7.0)),
        LogPartition(0.0, np.array([900.0] + 12 * [0.0])),
    )
    assert (same.value, same.error, same.warning) == (
        pytest.approx(7),
        pytest.approx(0, abs=1e-12),
        None,
    )
    assert same.effective_samples == pytest.approx(13)
    assert dominated.value == pytest.approx(900 - math.log(13))
    assert dominated.delta_error == pytest.approx(1)
    assert dominated.effective_samples == pytest.approx(1)
    assert "rests on 1.0 effective of 13 annealed chains" in dominated.warning


def test_machines_that_cannot_be_annealed_say_why():
    assert annealing_problem(machine(Spin(), Gaussian(), scale=9)) is None
    assert "relu units are sampled only near" in annealing_problem(
        machine(Spin(), NoisyRectifier())
    )
    weights = np.zeros((5, 3))
    weights[1, 2] = 0.81
    biases = tf.zeros(5, tf.float64), tf.zeros(3, tf.float64)
    for hidden in (Gaussian(), TruncatedGaussian()):
        # σ is 0.9 there
        assert annealing_problem(RBM(WIDE, hidden, tf.constant(weights), *biases)) is None
        assert "norm of the weights is 1.02" in annealing_problem(
            RBM(WIDE, hidden, tf.constant(1.13 * weights), *biases)
        )
    assert annealing_problem(RBM(WIDE, Gaussian(1.1), tf.constant(1.13 * weights), *biases)) is None


@pytest.mark.parametrize(
    ("visible", "low", "high"), [(Spin(), -1, 1), (Bernoulli(), 0, 1), (Gaussian(0.7), -9, 9)]
)
def test_independent_units_have_the_means_of_the_data(visible, low, high):
    """With one more sample of each value where there are two; units that were never seen
    otherwise keep a finite bias.
    """
    mean = np.array([low, high, (low + 3 * high) / 4])
    bias = independent_bias(visible, mean, 97)
    expected = mean if isinstance(visible, Gaussian) else (97 * mean + low + high) / 99
    np.testing.assert_allclose(
        visible.mean(tf.zeros((1, 3), tf.float64), tf.constant(bias))[0],
        expected,
        rtol=1e-12,
        atol=1e-12,
    )
    rbm = machine(visible, Spin(), (3, 2))
    drawn = independent_samples(rbm, bias, 20_011, np.random.default_rng(0)).numpy()
    assert (abs(drawn.mean(axis=0) - expected) < 4.5 * drawn.std(axis=0) / math.sqrt(20_011)).all()
    assert (independent_bias(TruncatedGaussian(), mean, 97) == 0).all()


def log_conditionals(rbm, v):
    """Log p(v_i | others) of every row and unit, from sums over all hidden states;
    v_i is one of two values.
    """
    w, b, c = parameters(rbm)
    h = states(rbm.hidden, len(c))

    def log_p(v):
        if isinstance(rbm.visible, Gaussian):
            own, coupled = -((v - b) ** 2 / (2 * SIGMA**2)).sum(axis=1), v / SIGMA**2
        else:
            own, coupled = v @ b, v
        return np.logaddexp.reduce(own[:, None] + h @ c + coupled @ w @ h.T, axis=1)

    logs = []
    for unit in range(len(b)):
        flipped = v.copy()
        flipped[:, unit] = 1 - v[:, unit] if isinstance(rbm.visible, Bernoulli) else -v[:, unit]
        logs.append(log_p(v) - np.logaddexp(log_p(v), log_p(flipped)))
    return np.stack(logs, axis=1)


@pytest.mark.parametrize(
    "visible", [Spin(), Bernoulli(), WIDE], ids=["spin", "bernoulli", "gaussian"]
)
def test_pseudolikelihood_is_that_of_the_listed_states(visible):
    rbm = machine(visible, Bernoulli())
    v = states(Bernoulli() if isinstance(visible, Bernoulli) else Spin(), 5)
    expected = log_conditionals(rbm, v)
    data = Values(v.astype(np.int8))
    rng = np.random.default_rng(0)
    for sites in (5, 16):
        np.testing.assert_allclose(
            pseudolikelihood(rbm, data, rng, sites), expected.mean(axis=1), rtol=1e-12
        )
    drawn = np.array([pseudolikelihood(rbm, data, rng, 2) for _ in range(101)])
    mean, error = mean_and_error(drawn)
    assert (abs(mean - expected.mean(axis=1)) < 4.5 * error).all()
    # two distinct units
    pairs = [(expected[:, i] + expected[:, j]) / 2 for i, j in itertools.combinations(range(5), 2)]
    assert abs(drawn[:, :, None] - np.stack(pairs, axis=1)).min(axis=2).max() < 1e-12


def test_pseudolikelihood_of_units_that_are_not_negative_is_refused():
    with pytest.raises(ValueError, match="have no pseudolikelihood on spins"):
        pseudolikelihood(
            machine(TruncatedGaussian(), Spin()), Values(np.ones((2, 5))), np.random.default_rng(0)
        )


def test_free_energy_gap():
    """Over more samples than a block takes, in double precision for a machine in single."""
    rbm = machine(WIDE, Bernoulli())
    single = RBM(
        Gaussian(tf.constant(SIGMA, tf.float32)),
        Bernoulli(),
        *(tf.constant(part, tf.float32) for part in parameters(rbm)),
    )
    v = states(Spin(), 5)[np.random.default_rng(0).integers(32, size=2503)]
    free = free_energies(single, Values(v.astype(np.int8)))
    np.testing.assert_allclose(free, rbm.free_energy(tf.constant(v)), atol=1e-6)
    gap, error = free_energy_gap(free[:2003], free[2003:])
    assert gap == pytest.approx(free[2003:].mean() - free[:2003].mean())
    assert error == pytest.approx(
        math.sqrt(free[2003:].var(ddof=1) / 500 + free[:2003].var(ddof=1) / 2003)
    )


def test_mean_of_one_value_has_no_error():
    assert mean_and_error(np.array([3.0]))[0] == 3
    assert np.isnan(mean_and_error(np.array([3.0]))[1])


@pytest.mark.parametrize("hidden", [Spin(), Bernoulli()])
def test_samples_are_of_the_model(hidden):
    """All moments ⟨v_i v_j⟩ and ⟨v_i⟩ of a machine against its listed states,
    from a start that is far from them.
    """
    rbm = machine(Spin(), hidden)
    v, _, log_weights = log_joint(rbm)
    p = np.exp(np.logaddexp.reduce(log_weights, axis=1) - brute_force(rbm))
    snapshots = model_samples(rbm, tf.ones((2003, 5), tf.float64), 40, np.random.default_rng(0))
    assert snapshots.shape == (20, 2003, 5)
    for values, expected in (
        (snapshots, p @ v),
        (snapshots[..., [0, 1, 2, 0]] * snapshots[..., [1, 2, 4, 3]], None),
    ):
        exact = p @ (v[:, [0, 1, 2, 0]] * v[:, [1, 2, 4, 3]]) if expected is None else expected
        mean, error = mean_and_error(values.mean(axis=0))
        assert (abs(mean - exact) < 4.5 * error).all()


def test_snapshots_are_of_the_second_half():
    rbm = machine(Spin(), Spin())
    start = tf.ones((7, 5), tf.float64)
    one, many = (model_samples(rbm, start, sweeps, np.random.default_rng(0)) for sweeps in (1, 53))
    assert (len(one), len(many)) == (1, 20)
    np.testing.assert_array_equal(
        many[0], model_samples(rbm, start, 28, np.random.default_rng(0))[-1]
    )


def test_averages_of_gaussian_lattices_are_free_of_noise():
    """A mixture of two Gaussians over a 3×5 torus: products of different sites are those
    of the means, which are ±μ.
    """
    mean = np.random.default_rng(0).normal(0, 0.5, 15)
    rbm = RBM(
        Gaussian(0.8),
        Spin(),
        tf.constant(mean[:, None]),
        tf.zeros(15, tf.float64),
        tf.zeros(1, tf.float64),
    )
    start = independent_samples(rbm, np.zeros(15), 4001, np.random.default_rng(1))
    averages = lattice_averages(model_samples(rbm, start, 20, np.random.default_rng(2)), (3, 5))
    pattern = mean.reshape(3, 5)
    along = [np.mean(pattern * np.roll(pattern, -r, axis)) for axis, r in ((0, 1), (1, 1), (1, 2))]
    exact = {
        "energy": -along[0] - along[1],
        "magnetization_squared": (mean.sum() ** 2 - (mean**2).sum() + 15) / 15**2,
        "correlation_y": [np.mean(mean**2) + 0.8**2, along[0]],
        "correlation_x": [np.mean(mean**2) + 0.8**2, along[1], along[2]],
    }
    for name, expected in exact.items():
        value, error = mean_and_error(averages[name])
        assert (abs(value - expected) < 4.5 * error).all(), name


@pytest.fixture(scope="module")
def torus():
    """A machine that is the Ising model of a 3×5 torus: a hidden spin h on each bond,
    exp(w h (s_i + s_j)) summed over h.

    That is 2 cosh 2w for equal spins and 2 for others, which is 2 exp(K)
    times exp(K s_i s_j) if cosh 2w = exp 2K.
    """
    temperature, sites = 2.5, np.arange(15).reshape(3, 5)
    bonds = [(sites.ravel(), np.roll(sites, -1, axis).ravel()) for axis in (0, 1)]
    ends = np.concatenate([np.stack(pair, axis=1) for pair in bonds])
    weights = np.zeros((15, 30))
    weights[ends, np.arange(30)[:, None]] = math.acosh(math.exp(2 / temperature)) / 2
    rbm = RBM(
        Spin(), Spin(), tf.constant(weights), tf.zeros(15, tf.float64), tf.zeros(30, tf.float64)
    )
    return rbm, temperature


def test_exact_mapping_has_the_ising_partition_function(torus):
    rbm, temperature = torus
    exact = -15 * torus_free_energy((3, 5), temperature) / temperature + 30 * (
        math.log(2) + 1 / temperature
    )
    assert abs(log_partition_exact(rbm) - exact) < 1e-10
    estimate = log_partition_ais(rbm, np.zeros(15), 501, 101, np.random.default_rng(0))
    assert abs(estimate.value - exact) < 4 * estimate.error < 0.3


def test_exact_mapping_gives_ising_lattices(torus):
    rbm, temperature = torus
    correlation = torus_correlations((3, 5), temperature)
    exact = {
        "energy": torus_energy((3, 5), temperature),
        "magnetization_squared": correlation.mean(),
        "correlation_y": correlation[:2, 0],
        "correlation_x": correlation[0, :3],
    }
    start = np.concatenate(
        [np.ones((601, 15)), independent_samples(rbm, np.zeros(15), 601, np.random.default_rng(1))]
    )
    snapshots = model_samples(rbm, start, 400, np.random.default_rng(0))
    for chains in (snapshots[:, :601], snapshots[:, 601:]):
        for name, expected in exact.items():
            value, error = mean_and_error(lattice_averages(chains, (3, 5))[name])
            assert (abs(value - expected) <= 4.5 * error + 1e-12).all(), name


def test_exact_mapping_has_the_entropy_of_the_ising_model(torus):
    """The mean log likelihood of all states, each with its probability,
    is minus the entropy (f - e)/T.
    """
    rbm, temperature = torus
    log_p = -free_energies(rbm, Values(states(Spin(), 15).astype(np.int8))) - log_partition_exact(
        rbm
    )
    entropy = (
        15
        * (torus_energy((3, 5), temperature) - torus_free_energy((3, 5), temperature))
        / temperature
    )
    assert abs(np.exp(log_p) @ log_p + entropy) < 1e-9


def log_likelihoods(machines, v):
    """Log Σ_h₁ p₁(v | h₁) Σ_h₂ p₂(h₁ | h₂) … of a stack, up to log Z of its last machine: of each
    of ``v``, all states listed.
    """
    below, *above = machines
    if not above:
        return -below.free_energy(tf.constant(v)).numpy()
    h = states(below.hidden, below.weights.shape[1])
    of_h = log_likelihoods(above, h) - below.hidden_log_probability(tf.constant(h)).numpy()
    given = [-below.energy(tf.constant(np.tile(row, (len(h), 1))), tf.constant(h)) for row in v]
    return np.logaddexp.reduce(np.array(given) + of_h, axis=1)


STACKS = pytest.mark.parametrize(
    "kinds", [(Spin(),) * 4, (WIDE, *(Bernoulli(),) * 3)], ids=["spin", "gaussian-bernoulli"]
)
KEYS = [np.array(key, np.uint32) for key in ([3, 4], [5, 6])]


DRAWS = 20_000  # of each of four samples


def stack_and_weights(kinds):
    """Three machines, four samples, and the log weights (3, `DRAWS`, 4) of these."""
    units = (5, 3, 2, 2)
    machines = [machine(*kinds[k : k + 2], units[k : k + 2], seed=k) for k in range(len(units) - 1)]
    values = VALUES.get(type(kinds[0]), (-1.0, 1.0))
    v = np.random.default_rng(2).choice(values, (4, 5))
    copies = Values(np.tile(v, (500, 1)))  # which is faster than draws
    weights = stack_log_weights(machines, copies, DRAWS // 500, KEYS)
    assert weights.shape == (3, DRAWS // 500, 4 * 500)
    return machines, v, weights.reshape(3, DRAWS, 4)


@STACKS
def test_weights_of_a_stack_average_to_its_likelihood_at_every_depth(kinds):
    """Against enumeration of all hidden states."""
    machines, v, weights = stack_and_weights(kinds)
    for depth in (1, 2, 3):
        off = np.exp(weights[depth - 1] - log_likelihoods(machines[:depth], v))
        error = off.std(axis=0) / math.sqrt(DRAWS)
        assert (np.abs(off.mean(axis=0) - 1) < 4 * error + 1e-9).all()
    np.testing.assert_allclose(
        weights[0], np.tile(-free_energies(machines[0], Values(v)), (DRAWS, 1))
    )


@STACKS
def test_a_stack_that_is_cut_is_the_stack_of_the_machines_below(kinds):
    machines, v, _ = stack_and_weights(kinds)
    whole = stack_log_weights(machines, Values(v), 7, KEYS)
    for depth in (1, 2):
        cut = stack_log_weights(machines[:depth], Values(v), 7, KEYS[: depth - 1])
        np.testing.assert_array_equal(cut, whole[:depth])


@STACKS
def test_the_more_draws_are_weighed_together_the_nearer_is_a_bound_to_the_likelihood(kinds):
    machines, v, weights = stack_and_weights(kinds)
    for depth in (2, 3):
        exact, of = log_likelihoods(machines[:depth], v), weights[depth - 1]
        bounds = {
            draws: weighted_bound(of.reshape(DRAWS // draws, draws, 4)) for draws in (1, 20, 100)
        }
        gaps = [exact - bound.mean(axis=0) for bound in bounds.values()]
        np.testing.assert_allclose(gaps[0], exact - mean_bound(of))
        assert (gaps[0] > 3 * gaps[1]).all()
        assert (gaps[1] > gaps[2]).all()
        error = bounds[100].std(axis=0) / math.sqrt(len(bounds[100]))
        assert (gaps[2] > -4 * error).all()
