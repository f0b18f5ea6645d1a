"""The area under the curve and the linear discriminant, against the obvious."""

import numpy as np
import pytest

from isingdbn.analysis.discrimination import area_under_curve, linear_discriminant


def test_area_is_the_share_of_pairs_in_the_right_order():
    rng = np.random.default_rng(0)
    first, second = rng.integers(0, 7, 31), rng.integers(-1, 5, 17)
    pairs = [(a > b) + 0.5 * (a == b) for a in first for b in second]
    assert area_under_curve(first, second) == pytest.approx(np.mean(pairs))
    assert area_under_curve(np.ones(3), np.ones(5)) == 0.5
    assert area_under_curve(np.ones(3), np.zeros(5)) == 1
    assert np.isnan(area_under_curve(np.array([1, np.inf]), np.zeros(3)))


def test_discriminant_of_normal_classes_is_the_likelihood_ratio():
    """Two correlated features of which neither tells much, and their difference does."""
    rng = np.random.default_rng(1)
    covariance = np.array([[1.0, 0.9], [0.9, 1.0]])
    noise = rng.multivariate_normal([0, 0], covariance, 50_000)
    first, second = noise[::2] + np.array([0.2, -0.2]), noise[1::2]
    weights = linear_discriminant(first, second)
    expected = np.linalg.solve(covariance, [0.2, -0.2])
    assert abs(weights @ expected) > 0.999 * np.linalg.norm(weights) * np.linalg.norm(expected)
    alone = area_under_curve(first[:, 0], second[:, 0])
    assert area_under_curve(first @ weights, second @ weights) > alone + 0.1


def test_a_constant_feature_does_no_harm():
    rng = np.random.default_rng(2)
    first, second = np.ones((50, 2)), np.ones((70, 2))
    first[:, 0], second[:, 0] = rng.normal(1, 1, 50), rng.normal(0, 1, 70)
    weights = linear_discriminant(first, second)
    assert weights[0] > 0
    assert weights[1] == pytest.approx(0)
