"""Fantasy particles of small machines against the distribution that all
their states, listed, have.
"""

import itertools
import math
from statistics import NormalDist

import numpy as np
import pytest
import tensorflow as tf

from isingdbn.learning import noise
from isingdbn.learning.negative_phase import (
    FromData,
    MeanField,
    Persistent,
    Tempered,
    negative_phase,
    swap,
)
from isingdbn.learning.rbm import RBM
from isingdbn.learning.units import units_of
from isingdbn.parameters.pretraining import Pretraining

VISIBLE, HIDDEN, ROWS = 3, 2, 200_003
VALUES = {"bernoulli": (0.0, 1.0), "spin": (-1.0, 1.0)}
PAIRS = [("spin", "spin"), ("bernoulli", "bernoulli"), ("spin", "bernoulli"), ("bernoulli", "spin")]
EVERY_PAIR = pytest.mark.parametrize(
    ("visible", "hidden"), PAIRS, ids=["-".join(pair) for pair in PAIRS]
)
KEY = np.array([7, 11], np.uint32)


def settings(visible, hidden, **changes):
    plain = {"epochs": 3, "learning_rate": 0.1, "minibatch": 11, "initial_scale": 0.01}
    return Pretraining(visible=visible, hidden=hidden, **{**plain, **changes})


def machine(visible, hidden, seed=0, dtype=tf.float32):
    rng = np.random.default_rng(seed)
    values = (
        rng.normal(0, 0.9, (VISIBLE, HIDDEN)),
        rng.normal(0, 0.4, VISIBLE),
        rng.normal(0, 0.4, HIDDEN),
    )
    return RBM(
        units_of(visible), units_of(hidden), *(tf.constant(value, dtype) for value in values)
    )


def states(kind, number=VISIBLE):
    return np.array(list(itertools.product(VALUES[kind], repeat=number)), np.float32)


def boltzmann(rbm, visible, beta=1.0):
    """P(v) of every state, in their order, by the sum over both layers;
    not by the code under test.
    """
    weights, b, c = (
        beta * part.numpy().astype(float)
        for part in (rbm.weights, rbm.visible_bias, rbm.hidden_bias)
    )
    hidden = {"Spin": "spin", "Bernoulli": "bernoulli"}[type(rbm.hidden).__name__]
    v, h = states(visible).astype(float), states(hidden, HIDDEN).astype(float)
    p = np.exp(v @ weights @ h.T + (v @ b)[:, None] + h @ c).sum(axis=1)
    return p / p.sum()


def conditional(mean, every, low):
    """P(state | row) for independent units of the means (row, unit), (row, state)."""
    up = (mean - low) / (1 - low)
    return np.prod(np.where(every[None] == 1, up[:, None], 1 - up[:, None]), axis=2)


def transition(rbm, visible, hidden):
    """The matrix of one Gibbs step."""
    v, h = states(visible), states(hidden, HIDDEN)
    h_given_v = conditional(
        rbm.mean_h_from_v(tf.constant(v, rbm.weights.dtype)).numpy(), h, VALUES[hidden][0]
    )
    v_given_h = conditional(
        rbm.mean_v_from_h(tf.constant(h, rbm.weights.dtype)).numpy(), v, VALUES[visible][0]
    )
    return h_given_v @ v_given_h


def codes(v):
    """Number of each row in the order of `states`."""
    return (v > 0.5) @ (2 ** np.arange(v.shape[-1])[::-1])


def deviation(counts, p):
    """χ², minus its mean and over its standard deviation."""
    common = counts.sum() * p > 5
    chi2 = ((counts - counts.sum() * p)[common] ** 2 / (counts.sum() * p[common])).sum()
    freedom = common.sum() - 1
    return (chi2 - freedom) / math.sqrt(2 * freedom)


def histogram(v):
    return np.bincount(codes(np.asarray(v)), minlength=2 ** v.shape[-1])


def drawn(phase, key=KEY):
    """The random numbers that a step asks for."""
    return [
        tf.constant(getattr(noise, kind)(shape, key, stream))
        for stream, (kind, shape) in enumerate(phase.draws)
    ]


def from_model(rbm, visible, rows, seed=3, beta=1.0):
    p = boltzmann(rbm, visible, beta)
    return tf.constant(states(visible)[np.random.default_rng(seed).choice(len(p), rows, p=p)])


@EVERY_PAIR
def test_a_gibbs_step_leaves_the_distribution_alone_and_reaches_every_state(visible, hidden):
    rbm = machine(visible, hidden, dtype=tf.float64)
    p, matrix = boltzmann(rbm, visible), transition(rbm, visible, hidden)
    np.testing.assert_allclose(p @ matrix, p, rtol=1e-12)
    np.testing.assert_allclose(p[:, None] * matrix, (p[:, None] * matrix).T, rtol=1e-12)
    assert (matrix > 0).all()


@EVERY_PAIR
def test_particles_from_the_model_stay_in_its_distribution_and_move(visible, hidden):
    rbm = machine(visible, hidden)
    phase = FromData(settings(visible, hidden), VISIBLE, HIDDEN, ROWS)
    v = from_model(rbm, visible, ROWS)
    fantasy = phase.particles(rbm, v, drawn(phase)).numpy()
    assert abs(deviation(histogram(fantasy), boltzmann(rbm, visible))) < 4.5
    assert (codes(fantasy) != codes(v.numpy())).mean() > 0.3


@pytest.mark.parametrize("gibbs_steps", [1, 2])
@EVERY_PAIR
def test_particles_make_the_transitions_of_as_many_gibbs_steps(visible, hidden, gibbs_steps):
    rbm = machine(visible, hidden)
    matrix = np.linalg.matrix_power(transition(rbm, visible, hidden), gibbs_steps)
    phase = FromData(settings(visible, hidden, gibbs_steps=gibbs_steps), VISIBLE, HIDDEN, ROWS)
    start = 5
    fantasy = phase.particles(
        rbm, tf.constant(np.tile(states(visible)[start], (ROWS, 1))), drawn(phase)
    )
    assert abs(deviation(histogram(fantasy), matrix[start])) < 4.5


def test_particles_of_gaussian_units_stay_in_the_distribution_of_the_model():
    """A mixture over hidden states of normal distributions of means b + W h and variances σ²:
    every unit's, and the covariance.
    """
    sigma, plain = 0.7, machine("bernoulli", "bernoulli")
    rbm = RBM(
        units_of("gaussian", sigma),
        plain.hidden,
        plain.weights,
        plain.visible_bias,
        plain.hidden_bias,
    )
    weights, b, c = (
        part.numpy().astype(float)
        for part in (plain.weights, plain.visible_bias, plain.hidden_bias)
    )
    h = states("bernoulli", HIDDEN).astype(float)
    p = np.exp(h @ c + ((b + h @ weights.T) ** 2).sum(axis=1) / (2 * sigma**2))
    p /= p.sum()
    rng = np.random.default_rng(3)
    v = b + h[rng.choice(len(h), ROWS, p=p)] @ weights.T + sigma * rng.normal(size=(ROWS, VISIBLE))
    phase = FromData(settings("gaussian", "bernoulli"), VISIBLE, HIDDEN, ROWS)
    fantasy = phase.particles(rbm, tf.constant(v, tf.float32), drawn(phase)).numpy().astype(float)
    cdf = np.vectorize(lambda x: 0.5 * math.erfc(-x / math.sqrt(2)))
    for unit in range(VISIBLE):
        values = np.sort(fantasy[:, unit])[::23]
        expected = sum(
            weight * cdf((values - mean) / sigma)
            for weight, mean in zip(p, (b + h @ weights.T)[:, unit], strict=True)
        )
        assert (
            math.sqrt(ROWS) * np.abs(expected - (np.arange(0, ROWS, 23) + 0.5) / ROWS).max() < 1.95
        )
    spread = h - p @ h
    covariance = (
        sigma**2 * np.eye(VISIBLE) + weights @ (spread.T @ (p[:, None] * spread)) @ weights.T
    )
    scale = np.sqrt(np.diag(covariance))
    np.testing.assert_allclose(
        np.cov(fantasy.T) / np.outer(scale, scale),
        covariance / np.outer(scale, scale),
        atol=6.5 / math.sqrt(ROWS),
    )
    assert np.abs(np.corrcoef(fantasy[:, 0], v[:, 0])[0, 1]) < 0.99


@pytest.mark.parametrize(
    ("algorithm", "kind"), [("cd", FromData), ("pcd", Persistent), ("pt", Tempered)]
)
def test_settings_choose_the_negative_phase(algorithm, kind):
    assert (
        type(negative_phase(settings("spin", "spin", algorithm=algorithm), VISIBLE, HIDDEN)) is kind
    )
    assert (
        type(negative_phase(settings("spin", "spin", mean_field=True), VISIBLE, HIDDEN))
        is MeanField
    )


def test_persistent_chains_start_from_independent_hidden_units():
    rbm = machine("spin", "bernoulli")
    phase = Persistent(settings("spin", "bernoulli"), VISIBLE, HIDDEN, ROWS)
    phase.start(rbm, np.random.default_rng(0))
    mean = 1 / (1 + np.exp(-rbm.hidden_bias.numpy().astype(float)))
    assert (
        abs(
            deviation(
                histogram(phase.chains),
                np.prod(np.where(states("bernoulli", HIDDEN) == 1, mean, 1 - mean), axis=1),
            )
        )
        < 4.5
    )


@pytest.mark.parametrize("gibbs_steps", [1, 3])
def test_persistent_chains_go_on_where_they_were_and_not_from_data(gibbs_steps):
    rbm, rows = machine("spin", "bernoulli"), 13
    phase = Persistent(
        settings("spin", "bernoulli", gibbs_steps=gibbs_steps), VISIBLE, HIDDEN, rows
    )
    phase.start(rbm, np.random.default_rng(0))
    h = phase.chains.numpy()
    for number in range(5):
        numbers = drawn(phase, np.array([number, 0], np.uint32))
        for hidden, visible in zip(*numbers, strict=True):
            v = rbm.sample_v_from_h(tf.constant(h), visible)
            h = rbm.sample_h_from_v(v, hidden).numpy()
        fantasy = phase.particles(rbm, tf.ones((rows, VISIBLE)), numbers)
        np.testing.assert_array_equal(fantasy, v)
        np.testing.assert_array_equal(phase.chains, h)


@pytest.mark.parametrize("gibbs_steps", [1, 2])
@EVERY_PAIR
def test_persistent_particles_from_the_model_stay_in_its_distribution(visible, hidden, gibbs_steps):
    rbm = machine(visible, hidden)
    phase = Persistent(settings(visible, hidden, gibbs_steps=gibbs_steps), VISIBLE, HIDDEN, ROWS)
    phase.chains.assign(rbm.sample_h_from_v(from_model(rbm, visible, ROWS), drawn(phase)[0][0]))
    fantasy = phase.particles(rbm, tf.ones((ROWS, VISIBLE)), drawn(phase, KEY + 1))
    assert abs(deviation(histogram(fantasy), boltzmann(rbm, visible))) < 4.5


@pytest.mark.parametrize("gibbs_steps", [1, 2])
def test_mean_field_alternates_means(gibbs_steps):
    rbm = machine("bernoulli", "spin")
    phase = MeanField(
        settings("bernoulli", "spin", mean_field=True, gibbs_steps=gibbs_steps), VISIBLE
    )
    v = states("bernoulli")
    weights, b, c = (part.numpy() for part in (rbm.weights, rbm.visible_bias, rbm.hidden_bias))
    expected = v
    for _ in range(gibbs_steps):
        expected = 1 / (1 + np.exp(-(np.tanh(expected @ weights + c) @ weights.T + b)))
    np.testing.assert_allclose(phase.particles(rbm, tf.constant(v), []), expected, rtol=1e-5)


def test_shared_noise_is_one_row_of_a_normal_distribution_cut_at_two_deviations():
    rbm = machine("spin", "spin")
    quiet = MeanField(settings("gaussian", "spin", mean_field=True), VISIBLE)
    loud = MeanField(settings("gaussian", "spin", mean_field=True, shared_noise=0.3), VISIBLE)
    ((kind, shape),) = loud.draws
    assert (kind, shape) == ("uniform", (1, 1, VISIBLE))
    v = tf.constant(states("spin"))
    cdf = NormalDist().cdf
    uniform = np.array([0.0, 0.37, 1 - 2.0**-24], np.float32)
    shift = (
        loud.particles(rbm, v, [tf.constant(uniform[None, None])]).numpy()
        - quiet.particles(rbm, v, []).numpy()
    )
    expected = [
        0.3 * NormalDist().inv_cdf(cdf(-2) + (cdf(2) - cdf(-2)) * float(number))
        for number in uniform
    ]
    np.testing.assert_allclose(shift, np.tile(expected, (len(v), 1)), atol=1e-5)


REPLICAS = 3


def replicas(rbm, visible, rows, betas):
    """Chains of every inverse temperature from its own distribution, and the machine at these."""
    tempered = rbm.tempered(tf.constant(np.repeat(betas, rows)[:, None], tf.float32))
    chains = [
        from_model(rbm, visible, rows, seed=13 + index, beta=beta)
        for index, beta in enumerate(betas)
    ]
    return tempered, tf.concat(chains, 0)


@pytest.mark.parametrize("parity", [0, 1])
@pytest.mark.parametrize(("visible", "hidden"), [("spin", "spin"), ("bernoulli", "spin")])
def test_swaps_leave_the_joint_distribution_of_neighbours_alone(visible, hidden, parity):
    rbm, betas = machine(visible, hidden), (0.1, 0.5, 1.0)
    tempered, chains = replicas(rbm, visible, ROWS, betas)
    after = (
        swap(tempered, chains, parity, tf.constant(noise.uniform((REPLICAS, ROWS), KEY, 0)))
        .numpy()
        .reshape(REPLICAS, ROWS, VISIBLE)
    )
    assert (after != chains.numpy().reshape(after.shape)).any(axis=(1, 2)).tolist() == [
        [True, True, False],
        [False, True, True],
    ][parity]
    p = [boltzmann(rbm, visible, beta) for beta in betas]
    for one, other in itertools.combinations(range(REPLICAS), 2):
        pairs = np.bincount(8 * codes(after[one]) + codes(after[other]), minlength=64)
        assert abs(deviation(pairs, np.outer(p[one], p[other]).ravel())) < 4.5


@pytest.mark.parametrize("visible", ["spin", "bernoulli"])
def test_swaps_are_accepted_by_the_rule_of_metropolis_and_balance_in_detail(visible):
    """Every pair of states with a comb of numbers: how many swap is the probability."""
    rbm, betas, teeth = machine(visible, "bernoulli", seed=5), (0.3, 1.0), 2000
    every = states(visible)
    one, other = (part.ravel() for part in np.meshgrid(range(8), range(8), indexing="ij"))
    chains = np.concatenate(
        [np.repeat(every[one], teeth, axis=0), np.repeat(every[other], teeth, axis=0)]
    )
    tempered = rbm.tempered(tf.constant(np.repeat(betas, 64 * teeth)[:, None], tf.float32))
    comb = np.tile(((np.arange(teeth) + 0.5) / teeth).astype(np.float32), 64)
    after = swap(
        tempered, tf.constant(chains), 0, tf.constant(np.stack([comb, np.zeros_like(comb)]))
    ).numpy()
    lower, upper = codes(after).reshape(2, 64, teeth)
    assert (lower + upper == (one + other)[:, None]).all()
    accepted = (lower == other[:, None]).mean(axis=1).reshape(8, 8)
    p = [boltzmann(rbm, visible, beta) for beta in betas]
    ratio = np.outer(p[1], p[0]) / np.outer(p[0], p[1])
    np.testing.assert_allclose(accepted, np.minimum(1, ratio), atol=2 / teeth)
    flow = np.outer(p[0], p[1]) * accepted
    np.testing.assert_allclose(flow, flow.T, atol=2 / teeth * np.outer(p[0], p[1]).max())


@pytest.mark.parametrize("temperatures", [2, 3, 5])
@pytest.mark.parametrize("parity", [0, 1])
def test_swaps_permute_neighbours_of_the_same_row(temperatures, parity):
    rows = 7
    # at equal temperatures every swap is accepted
    rbm = machine("spin", "spin").tempered(tf.zeros((temperatures * rows, 1)))
    chains = np.arange(temperatures * rows * VISIBLE, dtype=np.float32).reshape(
        temperatures, rows, VISIBLE
    )
    after = (
        swap(
            rbm,
            tf.constant(chains.reshape(-1, VISIBLE)),
            parity,
            tf.fill((temperatures, rows), 0.5),
        )
        .numpy()
        .reshape(chains.shape)
    )
    order = list(range(temperatures))
    for lower in range(parity, temperatures - 1, 2):
        order[lower], order[lower + 1] = lower + 1, lower
    np.testing.assert_array_equal(after, chains[order])


@pytest.mark.parametrize("gibbs_steps", [1, 2])
def test_tempered_replicas_stay_in_their_joint_distribution(gibbs_steps):
    rbm, rows, betas = machine("spin", "bernoulli"), 50_021, (0, 0.5, 1)
    phase = Tempered(
        settings("spin", "bernoulli", replicas=REPLICAS, gibbs_steps=gibbs_steps),
        VISIBLE,
        HIDDEN,
        rows,
    )
    np.testing.assert_array_equal(
        phase.beta.numpy().reshape(REPLICAS, rows), np.repeat(np.array([betas]).T, rows, axis=1)
    )
    phase.chains.assign(replicas(rbm, "spin", rows, betas)[1])
    fantasy = phase.particles(rbm, tf.ones((rows, VISIBLE)), drawn(phase))
    after = phase.chains.numpy().reshape(REPLICAS, rows, VISIBLE)
    np.testing.assert_array_equal(fantasy, after[-1])
    p = [boltzmann(rbm, "spin", beta) for beta in betas]
    together = np.bincount(
        (64 * codes(after[0])) + 8 * codes(after[1]) + codes(after[2]), minlength=512
    )
    assert abs(deviation(together, np.einsum("i,j,k->ijk", *p).ravel())) < 4.5
    assert (fantasy.numpy() != replicas(rbm, "spin", rows, betas)[1][-rows:].numpy()).any(
        axis=1
    ).mean() > 0.3


def test_the_smallest_inverse_temperature_is_that_of_the_settings():
    chosen = settings("spin", "spin", algorithm="pt", replicas=3, smallest_beta=0.8)
    phase = Tempered(chosen, VISIBLE, HIDDEN, 2)
    np.testing.assert_allclose(phase.beta.numpy().ravel(), [0.8, 0.8, 0.9, 0.9, 1, 1])


def test_tempered_chains_start_from_independent_visible_units_and_go_on_from_step_to_step():
    rbm, rows = machine("spin", "spin"), 13
    phase = Tempered(settings("spin", "spin", algorithm="pt", replicas=2), VISIBLE, HIDDEN, rows)
    phase.start(rbm, np.random.default_rng(0))
    assert set(phase.chains.numpy().ravel()) == {-1.0, 1.0}
    halves = [phase.chains.numpy()]
    for number in range(2):
        phase.particles(
            rbm, tf.ones((rows, VISIBLE)), drawn(phase, np.array([number, 0], np.uint32))
        )
        halves.append(phase.chains.numpy())
    other = Tempered(settings("spin", "spin", algorithm="pt", replicas=2), VISIBLE, HIDDEN, rows)
    other.chains.assign(halves[1])
    other.particles(rbm, -tf.ones((rows, VISIBLE)), drawn(other, np.array([1, 0], np.uint32)))
    np.testing.assert_array_equal(other.chains, halves[2])
    assert (halves[0] != halves[1]).any()


def test_tempering_crosses_between_two_modes_that_gibbs_sampling_does_not():
    """Seven spins and three hidden ones, all coupled alike, up or down, in a weak field:
    the exact weights are some 0.69 and 0.31.
    """
    visible, hidden, rows, steps = 7, 3, 499, 40
    rbm = RBM(
        units_of("spin"),
        units_of("spin"),
        tf.fill((visible, hidden), 1.1),
        tf.fill((visible,), 0.02),
        tf.fill((hidden,), 0.09),
    )
    every = states("spin", visible)
    p = np.exp(-rbm.free_energy(tf.constant(every)).numpy().astype(float))
    up = p[every.sum(axis=1) > 0].sum() / p.sum()
    assert 0.6 < up < 0.8
    start = -tf.ones((rows, visible))
    plain = Persistent(settings("spin", "spin"), visible, hidden, rows)
    tempered = Tempered(settings("spin", "spin", replicas=7), visible, hidden, rows)
    plain.chains.assign(-tf.ones((rows, hidden)))
    tempered.chains.assign(tf.tile(start, (7, 1)))
    for number in range(steps):
        for phase in (plain, tempered):
            fantasy = phase.particles(rbm, start, drawn(phase, np.array([number, 0], np.uint32)))
            if phase is plain:
                assert (fantasy.numpy().sum(axis=1) > 0).sum() == 0
    assert abs((fantasy.numpy().sum(axis=1) > 0).mean() - up) < 4.5 * math.sqrt(
        up * (1 - up) / rows
    )
