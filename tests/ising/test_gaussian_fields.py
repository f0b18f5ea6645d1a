"""Spectra of Gaussian fields: against integrals, and against two-point functions with noise."""

import numpy as np
import pytest

from isingdbn.ising.gaussian_fields import arcsine_spectrum, power_correlation, power_spectrum

SHAPE = (16, 21)


def correlations_of_fields(length):
    """ρ(r) of a Gaussian field on the torus whose correlations fall as exp(-|r|/length)."""
    y, x = np.indices(SHAPE)
    y, x = np.minimum(y, SHAPE[0] - y), np.minimum(x, SHAPE[1] - x)
    spectrum = np.maximum(np.fft.rfft2(np.exp(-np.hypot(y, x) / length)).real, 0)
    covariance = np.fft.irfft2(spectrum, SHAPE)
    return covariance / covariance[0, 0]


def with_noise(correlation, size):
    """``correlation`` with noise that is the same at r and at -r, and none at 0."""
    noise = np.random.default_rng(3).normal(0, size, SHAPE)
    noise = (noise + np.roll(noise[::-1, ::-1], (1, 1), (0, 1))) / np.sqrt(2)
    noise[0, 0] = 0
    return correlation + noise


def reached(spectrum, link):
    covariance = np.fft.irfft2(spectrum, SHAPE)
    assert covariance[0, 0] == pytest.approx(1)
    return link(np.clip(covariance, -1, 1))


@pytest.mark.parametrize("exponent", [0, 0.25, 0.5, 1, 1.5])
def test_correlation_of_powers_is_the_integral(exponent):
    """Against averages over a million pairs of normal variables, to 0.005."""
    one, other = np.random.default_rng(0).standard_normal((2, 10**6))

    def power(g):
        return np.sign(g) * np.abs(g) ** exponent

    rho = np.array([-0.9, -0.3, 0.0, 0.5, 0.8])
    found = [np.mean(power(one) * power(r * one + np.sqrt(1 - r**2) * other)) for r in rho]
    expected = np.array(found) / np.mean(power(one) ** 2)
    np.testing.assert_allclose(power_correlation(rho, exponent), expected, atol=0.005)


@pytest.mark.parametrize("factors", [2, 3])
@pytest.mark.parametrize("length", [0.5, 1, 2])
def test_noise_of_the_two_point_function_is_not_magnified(factors, length):
    """The root of a noise of 0.001 would miss the exact G by 0.02 to 0.3."""

    def link(rho):
        return (2 / np.pi * np.arcsin(rho)) ** factors

    exact = link(correlations_of_fields(length))
    exact[0, 0] = 1
    spectrum, facts = arcsine_spectrum(with_noise(exact, 0.001), factors)
    assert spectrum.min() >= 0
    assert np.abs(reached(spectrum, link) - exact).max() < 0.004
    assert facts["correlation_miss"] < 0.005  # four standard deviations, and what is left


def test_a_spectrum_that_exists_is_found_exactly():
    rho = correlations_of_fields(2)
    for exponent in (0, 0.5, 1, 1.5):
        spectrum, facts = power_spectrum(power_correlation(rho, exponent), exponent)
        np.testing.assert_allclose(reached(spectrum, lambda found: found), rho, atol=1e-5)
        assert facts["correlation_miss"] < 1e-5
        assert facts["clipped_fraction"] < 1e-5
