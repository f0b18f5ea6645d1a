"""Training of one machine, against the equations written anew in NumPy
and against exact likelihoods.
"""

import hashlib
import json
import math
import os
import subprocess
import sys
from pathlib import Path
from statistics import NormalDist

import numpy as np
import pytest
import tensorflow as tf

from isingdbn.errors import JobError
from isingdbn.learning import noise
from isingdbn.learning.contrastive_divergence import ContrastiveDivergence
from isingdbn.learning.rbm import RBM
from isingdbn.learning.units import units_of
from isingdbn.parameters.pretraining import Pretraining
from isingdbn.renormalization.made_by_hand import block_machine
from tests.learning.test_rbm import binary

VISIBLE, HIDDEN, ROWS = 7, 3, 11


class Rows:
    """Data in memory."""

    def __init__(self, values):
        self.values = values

    @property
    def shape(self):
        return self.values.shape[1:]

    def __len__(self):
        return len(self.values)

    def rows(self, index):
        return self.values[index]


def settings(visible="bernoulli", hidden="bernoulli", **changes):
    plain = {
        "epochs": 60,
        "learning_rate": 0.1,
        "momentum": 0.5,
        "minibatch": ROWS,
        "initial_scale": 0.01,
    }
    return Pretraining(visible=visible, hidden=hidden, **{**plain, **changes})


def trainer(data, chosen, hidden=HIDDEN, seed=1):
    return ContrastiveDivergence(Rows(data), hidden, chosen, np.random.default_rng(seed))


def some_data(kind, samples=ROWS, units=VISIBLE, seed=0):
    """Data of a kind with means of their own and correlated."""
    rng = np.random.default_rng(seed)
    fields = rng.normal(size=(samples, 2)) @ rng.normal(size=(2, units)) + rng.normal(0, 0.5, units)
    if kind == "bernoulli":
        return (fields > 0).astype(np.int8)
    if kind == "spin":
        return np.where(fields > 0, 1, -1).astype(np.int8)
    return (fields if kind == "gaussian" else np.maximum(fields, 0)).astype(np.float32)


# The equations once more, in double precision and without a thought for speed.

erfc = np.vectorize(math.erfc)
quantile = np.vectorize(NormalDist().inv_cdf)


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def mean(kind, field):
    if kind == "bernoulli":
        return sigmoid(field)
    if kind == "spin":
        return np.tanh(field)
    if kind == "relu":
        return sum(sigmoid(field - copy + 0.5) for copy in range(1, 40))
    if kind == "truncated_gaussian":
        return field + np.exp(-(field**2) / 2) / math.sqrt(2 * math.pi) / (
            0.5 * erfc(-field / math.sqrt(2))
        )
    return field


def sample(kind, field, sigma, numbers):
    if kind == "bernoulli":
        return (numbers < sigmoid(field)).astype(float)
    if kind == "spin":
        return np.where(numbers < np.tanh(field), 1.0, -1.0)
    if kind == "relu":
        return np.maximum(field + np.sqrt(sigmoid(field)) * numbers, 0)
    if kind == "truncated_gaussian":
        return field - quantile((1 - numbers) * 0.5 * erfc(-field / math.sqrt(2)))
    return field + sigma * numbers


class Reference:
    """A trainer in NumPy, with the parameters that another has now."""

    def __init__(self, other):
        self.settings = other.settings
        self.theta = [
            np.array(part, float)
            for part in (other.weights, other.visible_bias, other.hidden_bias, other.log_variance)
        ]
        self.delta = [np.zeros_like(part) for part in self.theta]
        self.mu, self.lam = (
            other.visible_offset.numpy().astype(float),
            other.hidden_offset.numpy().astype(float),
        )
        self.chains = (
            np.array(other.negative.chains, float) if hasattr(other.negative, "chains") else None
        )

    @property
    def variance(self):
        return (
            np.exp(self.theta[3])
            if self.settings.visible == "gaussian"
            else np.ones_like(self.theta[3])
        )

    @property
    def learned(self):
        """Which of weights, biases and log σ² a step changes."""
        return [
            0,
            *([] if self.settings.zero_field else [1, 2]),
            *([3] if self.settings.learn_sigma else []),
        ]

    def field_h(self, v, beta=1.0):
        weights, _, c, _ = self.theta
        return beta * (v / self.variance @ weights + c)

    def field_v(self, h, beta=1.0):
        weights, b, _, _ = self.theta
        return beta * (h @ weights.T + b)

    def gibbs(self, v, numbers, beta=1.0):
        s = self.settings
        h = sample(s.hidden, self.field_h(v, beta), 1.0, numbers[0])
        return sample(s.visible, self.field_v(h, beta), np.sqrt(self.variance), numbers[1])

    def free_energy(self, v, beta):
        """Of spins and bits."""
        field = self.field_h(v, beta)
        cumulant = (
            np.log1p(np.exp(field))
            if self.settings.hidden == "bernoulli"
            else np.log(2 * np.cosh(field))
        )
        return -beta * v @ self.theta[1] - cumulant.sum()

    def fantasy(self, v, draws):
        s = self.settings
        if s.mean_field:
            for step in range(s.gibbs_steps):
                v = mean(s.visible, self.field_v(mean(s.hidden, self.field_h(v))))
                if s.shared_noise is not None:
                    low, high = NormalDist().cdf(-2), NormalDist().cdf(2)
                    v = v + s.shared_noise * quantile(low + (high - low) * draws[0][step])
            return v
        if s.algorithm == "pt":
            return self.tempered(draws)
        for step in range(s.gibbs_steps):
            numbers = [part[step] for part in draws]
            if s.algorithm == "cd":
                v = self.gibbs(v, numbers)
            else:
                v = sample(s.visible, self.field_v(self.chains), np.sqrt(self.variance), numbers[1])
                self.chains = sample(s.hidden, self.field_h(v), 1.0, numbers[0])
        return v

    def tempered(self, draws):
        count = self.settings.replicas
        betas, rows = np.linspace(0, 1, count), len(self.chains) // count
        for step in range(self.settings.gibbs_steps):
            for replica, beta in enumerate(betas):
                own = slice(replica * rows, (replica + 1) * rows)
                self.chains[own] = self.gibbs(
                    self.chains[own], [part[step][own] for part in draws[:2]], beta
                )
            for parity in (0, 1):
                for i in range(parity, count - 1, 2):
                    for row in range(rows):
                        one, other = (
                            self.chains[i * rows + row].copy(),
                            self.chains[(i + 1) * rows + row].copy(),
                        )
                        now = self.free_energy(one, betas[i]) + self.free_energy(
                            other, betas[i + 1]
                        )
                        then = self.free_energy(other, betas[i]) + self.free_energy(
                            one, betas[i + 1]
                        )
                        if draws[2][step, parity, i, row] < math.exp(min(now - then, 0)):
                            self.chains[i * rows + row], self.chains[(i + 1) * rows + row] = (
                                other,
                                one,
                            )
        return self.chains[-rows:].copy()

    def gradients(self, v, fantasy):
        s, (weights, b, _, _) = self.settings, self.theta
        mu, lam = (self.mu, self.lam) if s.centering else (0.0, 0.0)
        parts = []
        for rows in (fantasy, v):
            h = mean(s.hidden, self.field_h(rows))
            w = ((rows - mu) / self.variance).T @ (h - lam) / len(rows)
            field = h @ weights.T
            log_variance = ((rows - b) ** 2 / 2 - rows * field) / self.variance
            visible = ((rows - b) / self.variance if s.visible == "gaussian" else rows).mean(axis=0)
            parts.append([w, visible, h.mean(axis=0), log_variance.mean(axis=0)])
        w, visible, hidden, log_variance = (
            model - data for model, data in zip(*parts, strict=True)
        )
        if s.centering:
            visible, hidden = (
                visible - w @ (lam * np.ones(w.shape[1])),
                hidden - (mu / self.variance) @ w,
            )
            self.lam = self.lam + 0.01 * (parts[1][2] - self.lam)
        w = w + s.l2 * weights
        if s.l1_step == "subgradient" and s.l1_scaling == "learning_rate":
            w = w + s.l1 * np.sign(weights)
        gradients = [
            w,
            *([] if s.zero_field else [visible, hidden]),
            *([log_variance] if s.learn_sigma else []),
        ]
        if s.largest_gradient is not None:
            norm = math.sqrt(sum((part**2).sum() for part in gradients))
            gradients = [part * min(1, s.largest_gradient / norm) for part in gradients]
        return gradients

    def step(self, v, rate, draws):
        s, v = self.settings, np.asarray(v, float)
        fantasy = self.fantasy(v, [np.asarray(part, float) for part in draws])
        for index, gradient in zip(self.learned, self.gradients(v, fantasy), strict=True):
            self.delta[index] = s.momentum * self.delta[index] + gradient
            self.theta[index] = self.theta[index] - rate * self.delta[index]
        shrink = rate * s.l1 if s.l1_scaling == "learning_rate" else s.l1
        if s.l1_step == "proximal":
            self.theta[0] = np.sign(self.theta[0]) * np.maximum(np.abs(self.theta[0]) - shrink, 0)
        elif s.l1_step == "subgradient" and s.l1_scaling == "absolute":
            self.theta[0] = self.theta[0] - shrink * np.sign(self.theta[0])
        self.theta[3] = np.clip(
            self.theta[3], 2 * math.log(s.smallest_sigma), 2 * math.log(s.largest_sigma)
        )

    def check(self, other, rtol=2e-5):
        names = ("weights", "visible_bias", "hidden_bias", "log_variance")
        for name, expected in zip(names, self.theta, strict=True):
            np.testing.assert_allclose(
                getattr(other, name), expected, rtol=rtol, atol=rtol, err_msg=name
            )
        for step, index in zip(other.steps, self.learned, strict=True):
            np.testing.assert_allclose(step, self.delta[index], rtol=rtol, atol=10 * rtol)
        np.testing.assert_allclose(other.hidden_offset, self.lam, rtol=rtol, atol=rtol)
        if self.chains is not None and hasattr(other.negative, "chains"):
            np.testing.assert_allclose(other.negative.chains, self.chains, rtol=rtol, atol=rtol)


def draws_of(negative, key, stream=0):
    return [
        getattr(noise, kind)(shape, np.array(key, np.uint32), stream + index)
        for index, (kind, shape) in enumerate(negative.draws)
    ]


L1 = {"l1": 0.3}
SMOOTH = {"mean_field": True}
VARIANTS = {
    "cd": ("bernoulli", "bernoulli", {}),
    "cd-3": ("spin", "bernoulli", {"gibbs_steps": 3}),
    "without momentum": ("spin", "spin", {"momentum": 0.0}),
    "gaussian": ("gaussian", "bernoulli", {"sigma": 0.8}),
    "gaussian twice": ("gaussian", "gaussian", {"sigma": 1.3}),
    "rectifier above": ("gaussian", "relu", {"sigma": 0.8}),
    "rectifier below": ("relu", "spin", {}),
    "truncated": ("truncated_gaussian", "truncated_gaussian", {}),
    "pcd": ("spin", "spin", {"algorithm": "pcd"}),
    "pcd of gaussian units": (
        "gaussian",
        "bernoulli",
        {"algorithm": "pcd", "sigma": 0.8, "gibbs_steps": 2},
    ),
    "pt": ("spin", "spin", {"algorithm": "pt", "replicas": 5}),
    "pt with two steps": (
        "bernoulli",
        "spin",
        {"algorithm": "pt", "replicas": 3, "gibbs_steps": 2},
    ),
    "proximal": ("spin", "spin", L1),
    "proximal absolute": ("spin", "spin", {"l1": 0.03, "l1_scaling": "absolute"}),
    "proximal without momentum": ("spin", "spin", {**L1, "momentum": 0.0}),
    "subgradient": ("spin", "spin", {**L1, "l1_step": "subgradient"}),
    "subgradient absolute": (
        "spin",
        "spin",
        {"l1": 0.03, "l1_step": "subgradient", "l1_scaling": "absolute"},
    ),
    "no l1": ("spin", "spin", {**L1, "l1_step": "none"}),
    "l2": ("spin", "spin", {"l2": 0.7}),
    "l2 and proximal": ("spin", "spin", {**L1, "l2": 0.7}),
    "clipping": ("gaussian", "bernoulli", {"largest_gradient": 0.2}),
    "clipping of longer ones only": ("gaussian", "bernoulli", {"largest_gradient": 1e3}),
    "zero field": ("spin", "spin", {"zero_field": True, "algorithm": "pcd"}),
    "zero field and sigma": ("gaussian", "spin", {"zero_field": True, "learn_sigma": True}),
    "mean field": ("bernoulli", "spin", SMOOTH),
    "mean field with shared noise": (
        "gaussian",
        "bernoulli",
        {**SMOOTH, "shared_noise": 0.3, "gibbs_steps": 2, "initial_bias": 0.1},
    ),
    "centering": ("bernoulli", "bernoulli", {"centering": True}),
    "centering of gaussian units": ("gaussian", "bernoulli", {"centering": True, "sigma": 0.8}),
    "centering with all": (
        "gaussian",
        "spin",
        {"centering": True, "sigma": 0.8, "learn_sigma": True, "l2": 0.3, **L1},
    ),
    "learned sigma": ("gaussian", "bernoulli", {"learn_sigma": True, "sigma": 0.8}),
    "learned sigma clipped": (
        "gaussian",
        "spin",
        {"learn_sigma": True, "largest_gradient": 0.3, "largest_sigma": 1.02},
    ),
    "learned sigma of persistent chains": (
        "gaussian",
        "bernoulli",
        {"learn_sigma": True, "algorithm": "pcd", "smallest_sigma": 0.98},
    ),
}


@pytest.mark.parametrize("variant", VARIANTS)
def test_a_step_is_the_written_update(variant):
    """Three steps at rates of their own, with the random numbers of the step itself."""
    visible, hidden, changes = VARIANTS[variant]
    data = some_data(visible)
    trained = trainer(data, settings(visible, hidden, **{"initial_scale": 0.4, **changes}))
    reference = Reference(trained)
    for number, rate in enumerate((0.1, 0.05, 0.07)):
        draws = draws_of(trained.negative, (number, 5))
        trained.step(
            tf.constant(data, tf.float32), tf.constant(rate), [tf.constant(part) for part in draws]
        )
        reference.step(data, rate, draws)
        reference.check(trained)


def test_a_step_with_rounded_operands_is_near_the_written_one():
    data = some_data("spin")
    trained = trainer(
        data, settings("spin", "spin", initial_scale=0.4, precision="bfloat16", **SMOOTH)
    )
    reference = Reference(trained)
    trained.step(tf.constant(data, tf.float32), tf.constant(0.1), [])
    reference.step(data, 0.1, [])
    reference.check(trained, rtol=2e-3)
    with pytest.raises(AssertionError):
        reference.check(trained, rtol=1e-5)


@pytest.mark.parametrize(
    ("visible", "hidden"),
    [("bernoulli", "spin"), ("gaussian", "relu"), ("truncated_gaussian", "gaussian")],
)
def test_the_fused_gradient_is_the_difference_of_two_free_energy_gradients(visible, hidden):
    trained = trainer(
        some_data(visible),
        settings(
            visible, hidden, initial_scale=0.4, **({"sigma": 0.8} if visible == "gaussian" else {})
        ),
    )
    v, fantasy = (tf.constant(some_data(visible, seed=seed), tf.float32) for seed in (0, 1))
    rbm = trained.rbm
    fused = trained.gradients(rbm, v, fantasy)
    for gradient, data, model in zip(
        fused, rbm.free_energy_gradient(v), rbm.free_energy_gradient(fantasy), strict=True
    ):
        np.testing.assert_allclose(gradient, model - data, rtol=1e-5, atol=1e-5)


def taught(data, hidden, **changes):
    return trainer(
        data,
        settings("spin", "spin", algorithm="taught", zero_field=True,
                 **{"initial_scale": 0.3, **changes}),
        hidden,
    )  # fmt: skip


def test_what_is_taught_is_block_spins_and_ties_are_coins():
    rng = np.random.default_rng(4)
    for block in (2, 3):
        v = rng.choice([-1, 1], (ROWS, (3 * block) ** 2))
        trained = taught(v.astype(np.int8), 9)
        sums = v.reshape(-1, 3, block, 3, block).sum((2, 4)).reshape(-1, 9)
        ties = []
        for stream in range(40):
            draws = draws_of(trained.negative, (7, 11), stream)
            h = trained.negative.particles(trained.rbm, tf.constant(v, tf.float32), draws).numpy()
            assert set(np.unique(h)) == {-1, 1}
            assert np.array_equal(h[sums != 0], np.sign(sums)[sums != 0])
            ties.extend(h[sums == 0])
        means = np.full((ROWS, (3 * block) ** 2), -0.05)  # as of a layer that passes up means
        h = trained.negative.particles(trained.rbm, tf.constant(means, tf.float32), draws).numpy()
        assert (h == -1).all()
        if block == 2:
            assert abs(np.mean(ties)) < 4 / np.sqrt(len(ties))
        else:
            assert not ties


def test_the_taught_gradient_is_that_of_the_likelihood_of_the_given_spins():
    rng = np.random.default_rng(5)
    v, h = some_data("spin", units=16), rng.choice([-1.0, 1.0], (ROWS, 4))
    trained = taught(v, 4, l2=0.2, l1_step="subgradient", l1=0.1)
    weights = trained.weights.numpy().astype(float)

    def cost(weights):
        log_p = -np.log1p(np.exp(-2 * h * (v @ weights))).sum(axis=1)
        return -log_p.mean() + 0.2 * (weights**2).sum() / 2 + 0.1 * np.abs(weights).sum()

    expected = np.empty_like(weights)
    for at in np.ndindex(weights.shape):
        ends = []
        for shift in (1e-5, -1e-5):
            moved = weights.copy()
            moved[at] += shift
            ends.append(cost(moved))
        expected[at] = (ends[0] - ends[1]) / 2e-5
    found = trained.taught_gradients(
        trained.rbm, tf.constant(v, tf.float32), tf.constant(h, tf.float32)
    )
    np.testing.assert_allclose(found[0], expected, atol=2e-5)


def test_a_taught_machine_becomes_a_block_spin_map():
    v = np.random.default_rng(6).choice([-1, 1], (2200, 64)).astype(np.int8)
    trained = taught(
        v, 16, initial_scale=0.01, learning_rate=0.1, l1=0.03, minibatch=100, epochs=20
    )
    for epoch in range(20):
        trained.epoch(epoch, np.random.default_rng(epoch))
    own = trained.weights.numpy()[block_machine(64, 16, 1.0) > 0]
    others = trained.weights.numpy()[block_machine(64, 16, 1.0) == 0]
    assert own.min() > 0.5
    assert np.abs(others).max() < 0.2


@pytest.mark.parametrize("hidden", ["bernoulli", "spin", "gaussian", "truncated_gaussian"])
def test_the_gradient_of_sigma_is_that_of_the_free_energy(hidden):
    """Central differences of F(fantasy) - F(data) along log σ²; that of the likelihood is this
    with a model's particles.
    """
    trained = trainer(
        some_data("gaussian"),
        settings("gaussian", hidden, initial_scale=0.4, sigma=0.8, learn_sigma=True),
    )
    v, fantasy = (some_data("gaussian", seed=seed).astype(float) for seed in (0, 1))
    gradient = trained.gradients(
        trained.rbm, tf.constant(v, tf.float32), tf.constant(fantasy, tf.float32)
    )[3]
    parts = [
        tf.constant(part.numpy(), tf.float64)
        for part in (trained.weights, trained.visible_bias, trained.hidden_bias)
    ]

    def free_energy(values, log_variance):
        units = type(trained.rbm.visible)(tf.constant(np.exp(log_variance / 2)))
        return RBM(units, units_of(hidden), *parts).free_energy(tf.constant(values)).numpy().mean()

    now = trained.log_variance.numpy().astype(float)
    for unit in range(VISIBLE):
        shift = 1e-5 * np.eye(VISIBLE)[unit]
        ends = [
            free_energy(v, now + sign * shift) - free_energy(fantasy, now + sign * shift)
            for sign in (1, -1)
        ]
        assert abs((ends[0] - ends[1]) / 2e-5 - gradient[unit].numpy()) < 1e-4


SAMPLES = 23 * ROWS + 2


EPOCHS = {
    "cd": ("gaussian", "bernoulli", {"sigma": 0.8, "l1": 0.1}),
    "pt with centering": (
        "spin",
        "spin",
        {"algorithm": "pt", "replicas": 3, "centering": True},
    ),
}


@pytest.fixture(scope="module", params=EPOCHS)
def epochs(request):
    """Two epochs of 23 minibatches, in blocks of twenty and three; two samples are left over.

    The same by the reference.
    """
    visible, hidden, changes = EPOCHS[request.param]
    data = some_data(visible, SAMPLES)
    trained = trainer(data, settings(visible, hidden, initial_scale=0.1, learning_rate=0.02,
                                     schedule="linear", epochs=5, **changes))  # fmt: skip
    reference, rng, mirror = Reference(trained), np.random.default_rng(5), np.random.default_rng(5)
    wanted, found, expected = trained.negative.draws, [], []
    for number in range(2):
        order, key = mirror.permutation(SAMPLES), mirror.integers(0, 2**32, size=2, dtype=np.uint32)
        errors = []
        for block, batches in enumerate((20, 3)):
            draws = [
                getattr(noise, kind)((batches, *shape), key, block * len(wanted) + index)
                for index, (kind, shape) in enumerate(wanted)
            ]
            for batch in range(batches):
                start = (20 * block + batch) * ROWS
                v = data[order[start : start + ROWS]].astype(float)
                if batch == 0:
                    errors.append(
                        (
                            (
                                mean(visible, reference.field_v(mean(hidden, reference.field_h(v))))
                                - v
                            )
                            ** 2
                        ).mean()
                    )
                reference.step(v, 0.02 * (1 - number / 5), [part[batch] for part in draws])
        expected.append(np.mean(errors))
        found.append(trained.epoch(number, rng))
    return trained, reference, found, expected


def test_epochs_do_the_written_steps_in_a_random_order_with_fresh_noise_and_the_rate_of_the_schedule(  # noqa: E501
    epochs,
):
    trained, reference, _, _ = epochs
    reference.check(trained, rtol=1e-4)


def test_the_loss_is_the_mean_squared_error_of_mean_field_reconstructions_of_first_minibatches(
    epochs,
):
    _, _, found, expected = epochs
    assert [set(loss) for loss in found] == [{"reconstruction_error"}] * 2
    np.testing.assert_allclose(
        [loss["reconstruction_error"] for loss in found], expected, rtol=1e-4
    )


def test_a_step_is_traced_once_for_full_blocks_and_once_for_others(epochs):
    assert epochs[0].block.experimental_get_tracing_count() <= 2


def test_parameters_are_those_now(epochs):
    trained = epochs[0]
    for name in ("weights", "visible_bias", "hidden_bias"):
        np.testing.assert_array_equal(getattr(trained.parameters, name), getattr(trained, name))


def test_only_gaussian_units_have_a_sigma_and_it_is_that_now():
    trained = trainer(some_data("gaussian"), settings("gaussian", "spin", sigma=0.8))
    np.testing.assert_allclose(trained.parameters.sigma, np.full(VISIBLE, 0.8), rtol=1e-6)
    trained.log_variance.assign(np.log(np.arange(1, VISIBLE + 1)))
    np.testing.assert_allclose(
        trained.parameters.sigma, np.sqrt(np.arange(1, VISIBLE + 1)), rtol=1e-6
    )
    assert trainer(some_data("spin"), settings("spin", "spin")).parameters.sigma is None


@pytest.mark.parametrize("cut", [False, True])
def test_initial_weights_are_normal_and_perhaps_cut_at_two_deviations(cut):
    data = some_data("spin", units=101)
    trained = trainer(
        data,
        settings("spin", "spin", initial_scale=0.3, initial_cut=cut, initial_bias=0.1),
        hidden=211,
    )
    weights = trained.weights.numpy() / 0.3
    assert (np.abs(weights).max() <= 2) == cut
    variance = (
        1 - 4 * math.exp(-2) / math.sqrt(2 * math.pi) / (2 * NormalDist().cdf(2) - 1) if cut else 1
    )
    assert abs(weights.mean()) < 4.5 * math.sqrt(variance / weights.size)
    assert abs(weights.var() - variance) < 4.5 * math.sqrt(2 / weights.size)
    for bias in (trained.visible_bias, trained.hidden_bias):
        np.testing.assert_allclose(bias, 0.1, rtol=1e-6)


def test_offsets_start_at_the_means_of_the_data_and_of_the_hidden_units():
    data = some_data("spin", 53)
    trained = trainer(data, settings("spin", "bernoulli", centering=True, initial_scale=0.4))
    np.testing.assert_allclose(trained.visible_offset, data.mean(axis=0), rtol=1e-5)
    np.testing.assert_allclose(
        trained.hidden_offset, sigmoid(data.mean(axis=0) @ trained.weights.numpy()), rtol=1e-5
    )


# What a penalty of each kind minimizes: one visible and one hidden spin of bias 0.7,
# so that the weight shows in ⟨v⟩.

AVERAGE, BIAS = 0.45, 0.7


def mean_log_p(weight):
    """Of data ±1 of that average, under p(v) ∝ cosh(weight·v + bias)."""
    up, down = np.log(np.cosh(weight + BIAS)), np.log(np.cosh(weight - BIAS))
    return 0.5 * ((1 + AVERAGE) * up + (1 - AVERAGE) * down) - np.logaddexp(up, down)


def slope(weight):
    """Its derivative."""
    return 0.5 * (
        (1 + AVERAGE) * tf.tanh(weight + BIAS) + (1 - AVERAGE) * tf.tanh(weight - BIAS)
    ) - tf.tanh(weight)


@pytest.mark.parametrize("momentum", [0.0, 0.6])
@pytest.mark.parametrize(
    ("l1_step", "l1_scaling"),
    [
        ("proximal", "learning_rate"),
        ("proximal", "absolute"),
        ("subgradient", "learning_rate"),
        ("subgradient", "absolute"),
        ("none", "absolute"),
    ],
)
def test_a_weight_settles_where_the_effective_penalty_is_minimized(l1_step, l1_scaling, momentum):
    """The trainer's own steps, with the exact gradient of the likelihood
    in the place of the sampled one.
    """
    rate = 0.3
    l1 = 0.1 if l1_scaling == "learning_rate" else 0.1 * rate
    chosen = settings(
        "spin",
        "spin",
        learning_rate=rate,
        momentum=momentum,
        l1=l1,
        l1_step=l1_step,
        l1_scaling=l1_scaling,
        initial_scale=1,
    )
    trained = trainer(np.ones((ROWS, 1), np.int8), chosen, hidden=1)
    trained.weights.assign([[0.5]])
    trained.hidden_bias.assign([BIAS])
    penalties = trained.gradients
    # so that of the sampled gradient the penalties remain
    trained.negative.particles = lambda _, v, __: v

    def exact(rbm, v, fantasy):
        own, *biases = penalties(rbm, v, fantasy)
        return [own - slope(rbm.weights), *biases]

    trained.gradients = exact

    @tf.function
    def steps():
        for _ in tf.range(300):
            trained.step(tf.ones((ROWS, 1)), tf.constant(rate), [])

    steps()
    np.testing.assert_array_equal(trained.hidden_bias, np.float32([BIAS]))
    grid = np.linspace(0, 3, 30_001)
    minimum = grid[np.argmin(-mean_log_p(grid) + chosen.l1_effective * grid)]
    assert 0.1 < minimum < 2.9
    assert abs(trained.weights.numpy().item() - minimum) < 2e-3


@pytest.mark.parametrize("l1_scaling", ["learning_rate", "absolute"])
def test_a_strong_proximal_penalty_gives_true_zeros(l1_scaling):
    data = some_data("bernoulli", 5 * ROWS)
    trained = trainer(data, settings(l1=9.0, l1_scaling=l1_scaling, initial_scale=0.4))
    trained.epoch(0, np.random.default_rng(1))
    assert (trained.weights.numpy() == 0).all()
    assert (trained.visible_bias.numpy() != 0).all()


def test_a_weak_proximal_penalty_gives_some_true_zeros_and_a_subgradient_none():
    zeros = {}
    for l1_step in ("proximal", "subgradient"):
        data = some_data("bernoulli", 5 * ROWS)
        trained = trainer(data, settings(l1=0.2, l1_step=l1_step, initial_scale=0.05))
        for number in range(3):
            v = tf.constant(data[number * ROWS :][:ROWS], tf.float32)
            trained.step(
                v,
                tf.constant(0.1),
                [tf.constant(part) for part in draws_of(trained.negative, (number, 5))],
            )
        zeros[l1_step] = (trained.weights.numpy() == 0).mean()
    assert 0 < zeros["proximal"] < 1
    assert zeros["subgradient"] == 0


# Flips


def mirrored(trained, data):
    """A trainer on 1 - v whose machine is the mirror image of ``trained``:
    W → -W, b → -b, c → c + Wᵀ1.
    """
    mirror = trainer(1 - data, trained.settings)
    mirror.weights.assign(-trained.weights)
    mirror.visible_bias.assign(-trained.visible_bias)
    mirror.hidden_bias.assign(trained.hidden_bias + tf.reduce_sum(trained.weights, axis=0))
    mirror.hidden_offset.assign(trained.hidden_offset)
    return mirror


@pytest.mark.parametrize(("centering", "invariant"), [(True, True), (False, False)])
def test_only_with_centering_a_flip_of_the_data_flips_the_machine(centering, invariant):
    data = some_data("bernoulli", 23 * ROWS)
    trained = trainer(data, settings(centering=centering, initial_scale=0.3, initial_bias=0.2))
    mirror = mirrored(trained, data)
    for number in range(20):
        v = tf.constant(data[number * ROWS : (number + 1) * ROWS], tf.float32)
        hidden, visible = draws_of(trained.negative, (number, 5))
        trained.step(v, tf.constant(0.1), [tf.constant(hidden), tf.constant(visible)])
        mirror.step(1 - v, tf.constant(0.1), [tf.constant(hidden), tf.constant(1 - visible)])
    distance = max(
        np.abs(part).max()
        for part in (
            mirror.weights.numpy() + trained.weights.numpy(),
            mirror.visible_bias.numpy() + trained.visible_bias.numpy(),
            mirror.hidden_bias.numpy()
            - trained.hidden_bias.numpy()
            - trained.weights.numpy().sum(axis=0),
        )
    )
    assert (distance < 1e-4) == invariant
    assert invariant or distance > 0.05


# Training until the end


def patterns(samples=550, seed=0):
    """Two patterns of seven units with a little noise: far from independent units."""
    rng = np.random.default_rng(seed)
    clean = np.array([[1, 1, 1, 0, 0, 0, 1], [0, 0, 1, 1, 1, 0, 0]])[rng.integers(0, 2, samples)]
    return np.abs(clean - (rng.random(clean.shape) < 0.05)).astype(np.float32)


def mean_log_likelihood(rbm, v):
    log_z = np.logaddexp.reduce(-rbm.free_energy(tf.constant(binary(7), tf.float32)).numpy())
    return float(-rbm.free_energy(tf.constant(v)).numpy().mean() - log_z)


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"gibbs_steps": 3},
        {"algorithm": "pcd", "schedule": "linear"},
        {"algorithm": "pt", "replicas": 5, "schedule": "linear"},
        {"centering": True},
    ],
    ids=["cd-1", "cd-3", "pcd", "pt", "centering"],
)
def test_training_reaches_the_likelihood_of_the_source(changes):
    """Independent units reach the sum of the unit entropies; the source has log 2 + 7
    noise entropies. The median of three trainings: persistent chains may leave the two
    patterns with unequal weights.
    """
    v, reached = patterns(), []
    for seed in (1, 2, 3):
        trained, rng = trainer(v, settings(**changes)), np.random.default_rng(seed)
        losses = [trained.epoch(number, rng)["reconstruction_error"] for number in range(60)]
        assert losses[-1] < 0.5 * losses[0]
        reached.append(mean_log_likelihood(trained.rbm, patterns(seed=5)))
    average = v.mean(axis=0)
    independent = (average * np.log(average) + (1 - average) * np.log(1 - average)).sum()
    source = -np.log(2) - 7 * -(0.05 * np.log(0.05) + 0.95 * np.log(0.95))
    assert np.median(reached) > independent + 0.85 * (source - independent)


def test_a_learned_sigma_is_that_of_the_data():
    sigma = np.array([0.4, 0.9, 2.2])
    data = (
        np.array([-1.0, 0.0, 3.0]) + sigma * np.random.default_rng(0).normal(size=(2500, 3))
    ).astype(np.float32)
    chosen = settings(
        "gaussian",
        "bernoulli",
        learn_sigma=True,
        minibatch=53,
        learning_rate=0.03,
        l1=0.3,
        momentum=0.0,
    )
    trained, rng, found = trainer(data, chosen, hidden=2), np.random.default_rng(1), []
    for number in range(20):
        trained.epoch(number, rng)
        found.append(trained.parameters.sigma)
    np.testing.assert_allclose(np.mean(found[10:], axis=0), data.std(axis=0), rtol=0.05)


def test_a_learned_sigma_stays_in_its_bounds():
    data = np.random.default_rng(0).normal(0, (0.1, 9.0), (5 * ROWS, 2)).astype(np.float32)
    trained = trainer(
        data,
        settings("gaussian", "bernoulli", learn_sigma=True, smallest_sigma=0.9, largest_sigma=1.3),
        hidden=2,
    )
    for number in range(4):
        v = tf.constant(data[number * ROWS :][:ROWS])
        trained.step(
            v,
            tf.constant(0.1),
            [tf.constant(part) for part in draws_of(trained.negative, (number, 5))],
        )
    np.testing.assert_allclose(trained.parameters.sigma, [0.9, 1.3], rtol=1e-6)


def test_the_same_seed_gives_the_same_bits_and_another_seed_does_not():
    runs = []
    for seed in (1, 1, 2):
        trained = trainer(patterns(53), settings())
        trained.epoch(0, np.random.default_rng(seed))
        runs.append(trained.weights.numpy())
    assert (runs[0] == runs[1]).all()
    assert (runs[0] != runs[2]).any()


class TestDivergence:
    def test_is_one_clear_error(self):
        data = 1000 * np.random.default_rng(0).normal(size=(5 * ROWS, VISIBLE)).astype(np.float32)
        trained = trainer(data, settings("gaussian", "bernoulli", learning_rate=10.0))
        message = (
            r"^pre-training diverged: reconstruction error \S+ and largest parameter \S+,"
            r" of at most 1000, in epoch 3 of 60 at learning_rate 10\.0;"
            r" a smaller learning_rate or initial_scale keeps it finite$"
        )
        with pytest.raises(JobError, match=message):
            trained.epoch(2, np.random.default_rng(0))

    @pytest.mark.parametrize("name", ["weights", "visible_bias", "hidden_bias", "log_variance"])
    @pytest.mark.parametrize("value", [math.nan, math.inf, -1001.0])
    def test_is_seen_in_every_parameter(self, name, value):
        trained = trainer(
            some_data("gaussian"), settings("gaussian", "bernoulli", learn_sigma=True)
        )
        trained._check(0, 1.0)
        variable = getattr(trained, name)
        changed = variable.numpy()
        changed.flat[-1] = value
        variable.assign(changed)
        with pytest.raises(
            JobError, match=r"largest parameter (nan|inf|1001), of at most 1000, in epoch 1 of 60"
        ):
            trained._check(0, 1.0)

    def test_is_seen_in_the_error(self):
        with pytest.raises(JobError, match="reconstruction error nan"):
            trainer(some_data("spin"), settings("spin", "spin"))._check(0, math.nan)

    def test_has_the_limit_of_the_settings(self):
        trained = trainer(
            some_data("spin"), settings("spin", "spin", initial_scale=1.0, largest_parameter=0.01)
        )
        with pytest.raises(JobError, match=r"of at most 0\.01,"):
            trained._check(0, 1.0)


# A frozen run

FROZEN = {
    "gaussian-bernoulli": (
        "gaussian",
        "bernoulli",
        {"sigma": 0.8, "l1": 0.1, "learning_rate": 0.005},
    ),
    "spin-spin": ("spin", "spin", {"algorithm": "pcd", "l2": 0.1, "learning_rate": 0.005}),
}
PINNED = {
    "gaussian-bernoulli float32": [8.449205, -0.013461, 0.1475403, 0.3414911, 0.03160631],
    "gaussian-bernoulli bfloat16": [8.451076, -0.01351275, 0.1475988, 0.3412303, 0.03158149],
    "spin-spin float32": [8.249663, -0.02077644, 0.1279901, 0.8824441, 0.4349914],
    "spin-spin bfloat16": [8.264505, -0.01722683, 0.1271775, 0.8798199, 0.4376757],
}


def frozen():
    """Twenty minibatches of 53 rows of 211 visible and 101 hidden units: a digest of all variables,
    and some of their values.
    """
    found = {}
    for name, (visible, hidden, changes) in FROZEN.items():
        for precision in ("float32", "bfloat16"):
            data = some_data(visible, 20 * 53, 211, seed=3)
            trained = trainer(
                data,
                settings(
                    visible,
                    hidden,
                    minibatch=53,
                    initial_scale=0.05,
                    precision=precision,
                    **changes,
                ),
                hidden=101,
            )
            trained.epoch(0, np.random.default_rng(5))
            digest = hashlib.sha256(
                b"".join(variable.numpy().tobytes() for variable in trained.variables)
            ).hexdigest()
            weights = trained.weights.numpy().astype(float)
            values = [
                np.linalg.norm(weights),
                weights[2, 3],
                weights[197, 89],
                *(np.linalg.norm(bias) for bias in trained.learned[1:3]),
            ]
            found[f"{name} {precision}"] = digest, [float(value) for value in values]
    return found


@pytest.fixture(scope="module")
def on_one_thread():
    return frozen()


def wide():
    """The digest of an epoch of a wide machine with centering."""
    data = np.random.default_rng(0).choice([-1.0, 1.0], (159, 1601)).astype(np.float32)
    trained = trainer(data, settings("spin", "spin", centering=True, minibatch=53), hidden=401)
    trained.epoch(0, np.random.default_rng(1))
    return hashlib.sha256(b"".join(v.numpy().tobytes() for v in trained.variables)).hexdigest()


@pytest.fixture(scope="module")
def on_two_threads():
    """What `frozen` and `wide` give in a process of two threads."""
    script = (
        "import json; from isingdbn.learning.runtime import use_threads; use_threads(2);"
        " from tests.learning import test_contrastive_divergence as test;"
        " print(json.dumps([test.frozen(), test.wide()]))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script],
        cwd=Path(__file__).parents[2],
        env={**os.environ, "TF_CPP_MIN_LOG_LEVEL": "3"},
        capture_output=True,
        text=True,
        check=True,
    )
    return json.loads(done.stdout)


def test_a_frozen_run_has_the_same_bits_on_two_threads(on_one_thread, on_two_threads):
    one, two = (
        {name: digest for name, (digest, _) in found.items()}
        for found in (on_one_thread, on_two_threads[0])
    )
    assert one == two


def test_wide_layers_and_centering_have_the_same_bits_on_two_threads(on_two_threads):
    """Products of one row would not: 1601 sums are split between threads."""
    assert wide() == on_two_threads[1]


@pytest.mark.parametrize("name", PINNED)
def test_a_frozen_run_gives_the_pinned_values(on_one_thread, name):
    """Norm of the weights, two of them, and norms of the biases: a change of the update
    is seen, and it is meant or not.

    Where operands are rounded, another processor may round a sum to the other side,
    and a particle goes another way: between a Zen 4 and a Zen 3, which has no products of bfloat16,
    a bias differs by 2.6 %, a weight by 0.005.
    """
    bounds = {"rtol": 1e-4, "atol": 2e-6} if "float32" in name else {"rtol": 0.05, "atol": 0.01}
    np.testing.assert_allclose(on_one_thread[name][1], PINNED[name], **bounds)
