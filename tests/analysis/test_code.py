"""What codes carry, on codes of which that is known."""

import numpy as np
import pytest

from isingdbn.analysis.code import describe, explained, low_modes, quadratic


def split(*arrays):
    return [part for array in arrays for part in (array[:700], array[700:])]


def r2(code, targets):
    first, held_out, ours, theirs = split(code, targets)
    return explained(first, ours, held_out, theirs)


def test_what_is_linear_in_the_code_is_explained_and_what_is_independent_is_not():
    rng = np.random.default_rng(3)
    code = rng.normal(size=(1000, 4)) * [1, 10, 1e-3, 5]
    assert r2(code, code @ rng.normal(size=(4, 2)) + 7) == pytest.approx(1, abs=1e-4)
    assert r2(code, rng.normal(size=(1000, 2))) == pytest.approx(0, abs=0.03)
    half = code[:, :1] + rng.normal(size=(1000, 1))
    assert r2(code, half) == pytest.approx(0.5, abs=0.08)


def test_a_magnitude_needs_the_products():
    code = np.random.default_rng(4).normal(size=(1000, 3))
    magnitude = np.abs(code[:, :1] + code[:, 1:2])
    assert r2(code, magnitude) < 0.05
    assert 0.7 < r2(quadratic(code), magnitude) < 1
    assert quadratic(code).shape == (1000, 3 + 6)


def test_constant_features_are_left_out():
    code = np.ones((1000, 3))
    code[:, 1] = np.random.default_rng(5).normal(size=1000)
    assert r2(code, code[:, 1:2]) == pytest.approx(1, abs=1e-4)
    assert r2(np.ones((1000, 2)), code[:, 1:2]) == pytest.approx(0, abs=0.01)


def test_the_low_modes_are_25_orthogonal_waves():
    spins = np.random.default_rng(6).choice([-1.0, 1.0], (30, 8, 10))
    found = low_modes(spins)
    assert found.shape == (30, 25)
    unit = np.eye(80).reshape(80, 8, 10)
    waves = low_modes(unit).T  # (mode, site)
    products = waves @ waves.T
    np.testing.assert_allclose(products, np.diag(np.diag(products)), atol=1e-12)
    assert (np.diag(products) > 0.4).all()
    np.testing.assert_allclose(found, spins.reshape(30, 80) @ waves.T, atol=1e-9)
    y, x = np.mgrid[:8, :10]
    low = np.cos(2 * np.pi * (2 * y / 8 - 2 * x / 10) + 0.3)[None]
    rest = low.ravel() - np.linalg.pinv(waves) @ low_modes(low)[0]
    np.testing.assert_allclose(rest, 0, atol=1e-9)


def test_independent_numbers_have_full_rank_and_equal_ones_have_one():
    rng = np.random.default_rng(7)
    found = describe(rng.normal(size=(5000, 6)))
    assert found["varying"] == 6
    assert found["effective_rank"] == pytest.approx(6, abs=0.1)
    assert found["correlation"] < 0.05
    assert found["kurtosis"] == pytest.approx(0, abs=0.2)
    signs = rng.choice([-1.0, 1.0], (5000, 1))
    found = describe(np.concatenate([signs, -signs, np.zeros((5000, 1))], axis=1))
    assert found["varying"] == 2
    assert found["effective_rank"] == pytest.approx(1)
    assert found["correlation"] == pytest.approx(1)
    assert found["kurtosis"] == pytest.approx(-2, abs=1e-3)


def test_a_code_that_does_not_vary_is_described_as_such():
    found = describe(np.ones((10, 3)))
    assert found["varying"] == 0
    assert all(np.isnan(found[name]) for name in ("effective_rank", "correlation", "kurtosis"))
