"""Gaussian fields on the torus, chosen such that a function of them has a given two-point function.

A field is described by the eigenvalues of its circulant covariance, its spectrum.
"""

from collections.abc import Callable

import numpy as np
from scipy.optimize import minimize
from scipy.special import gamma, hyp2f1

__all__ = [
    "arcsine_spectrum", "gaussian_spectrum", "power_correlation", "power_spectrum", "with_spectrum",
]  # fmt: skip

CLOSE = 1e-3  # a miss of C(r) as large as its noise if C(r) is measured

Link = Callable[[np.ndarray], np.ndarray]


def gaussian_spectrum(correlation: np.ndarray) -> np.ndarray:
    """Eigenvalues of the circulant covariance ``correlation`` (height, width),
    shape (height, width // 2 + 1) as of `numpy.fft.rfft2`.

    Those of an estimate by `two_point_function` are averaged power spectra and so never negative,
    but for rounding, which is removed.
    """
    return np.maximum(np.fft.rfft2(correlation).real, 0)


def arcsine_spectrum(
    correlation: np.ndarray, factors: int = 1
) -> tuple[np.ndarray, dict[str, float]]:
    """The spectrum of independent Gaussian fields the product of whose signs has the two-point
    function ``correlation``, as nearly as there is one.

    Signs of Gaussian variables of correlation ρ have the correlation (2/π)
    arcsin ρ (the arcsine law; Van Vleck and Middleton, Proc. IEEE 54, 2 (1966)), and a product of
    n independent ones its n-th power. So each field needs ρ = sin(π G^(1/n) / 2); negative G,
    which an even number of factors cannot have, counts as zero.

    Parameters
    ----------
    correlation : G(r), shape (height, width), with G(0) = 1.
    factors : n, the number of fields.

    Returns
    -------
    spectrum, facts : as of `_nearest_spectrum`.
    """
    root = correlation if factors == 1 else _root(correlation, factors)
    return _nearest_spectrum(
        correlation,
        np.sin(np.pi / 2 * root),
        lambda rho: (2 / np.pi * np.arcsin(rho)) ** factors,
    )


def _root(values: np.ndarray, degree: int) -> np.ndarray:
    return np.sign(values) ** degree * np.maximum(np.abs(values) if degree % 2 else values, 0) ** (
        1 / degree
    )


def power_spectrum(correlation: np.ndarray, exponent: float) -> tuple[np.ndarray, dict[str, float]]:
    """The spectrum of a Gaussian field g such that sign(g)|g|^a has the two-point
    function ``correlation``, as nearly as there is one.

    Parameters
    ----------
    correlation : G(r), shape (height, width), with G(0) = 1.
    exponent : a ≥ 0.

    Returns
    -------
    spectrum, facts : as of `_nearest_spectrum`.
    """
    rho = np.sin(np.linspace(-np.pi / 2, np.pi / 2, 4001))
    needed = np.interp(correlation, power_correlation(rho, exponent), rho)
    return _nearest_spectrum(correlation, needed, lambda rho: power_correlation(rho, exponent))


def power_correlation(rho: np.ndarray, exponent: float) -> np.ndarray:
    """The correlation of sign(g)|g|^a and sign(g')|g'|^a for standard normal g and g' of
    correlation ``rho``: with the hypergeometric function F,

    2 Γ(1 + a/2)² / (√π Γ(a + 1/2)) ρ F((1 - a)/2, (1 - a)/2; 3/2; ρ²),

    which is (2/π) arcsin ρ for a = 0 and ρ for a = 1.
    """
    half = (1 - exponent) / 2
    scale = 2 * gamma(1 + exponent / 2) ** 2 / (np.sqrt(np.pi) * gamma(exponent + 0.5))
    return scale * rho * hyp2f1(half, half, 1.5, rho**2)


def _nearest_spectrum(
    correlation: np.ndarray, needed: np.ndarray, link: Link
) -> tuple[np.ndarray, dict[str, float]]:
    """The spectrum of a Gaussian field whose ``link`` has nearly the two-point function
    ``correlation``.

    The correlations ``needed`` need not be a covariance. Then negative eigenvalues are set to zero,
    and what is left is scaled to unit variance. If the data miss ``correlation`` by more
    than `CLOSE` so, the spectrum is fitted instead (`_fitted`).

    Parameters
    ----------
    correlation : what is wanted of the data, shape (height, width).
    needed : correlations of the field, of the same shape, where ``link`` is ``correlation``.
    link : gives the correlation of the data from that of the field.

    Returns
    -------
    spectrum : as of `gaussian_spectrum`.
    facts : ``correlation_miss``, the largest |ΔG(r)| by which the data miss ``correlation``,
        and ``clipped_fraction``, the sum of the sizes of the negative eigenvalues over
        the sum of all eigenvalues of ``needed``.
    """
    spectrum = gaussian_spectrum(needed)
    clipped = max(0.0, _variance(spectrum, needed.shape) - 1)
    miss = _miss(spectrum, correlation, link)
    if miss > CLOSE:
        spectrum = _fitted(spectrum, correlation, link)
        miss = _miss(spectrum, correlation, link)
    facts = {"correlation_miss": miss, "clipped_fraction": clipped}
    return spectrum / _variance(spectrum, needed.shape), facts


def _fitted(start: np.ndarray, correlation: np.ndarray, link: Link) -> np.ndarray:
    """The spectrum whose data have the least Σ_r (ΔG(r))², by L-BFGS from ``start``.

    Taking the n-th root of a measured G(r) near zero magnifies its noise: 0.001 becomes 0.1 for
    n = 3. Here the noise stays what it is, since the difference is taken of G itself.
    The unknowns are square roots of eigenvalues, so that none is negative.
    """
    shape = correlation.shape
    pairs = np.full(start.shape, 2.0)  # how often an eigenvalue stands in the whole plane
    pairs[:, 0] = 1
    if shape[1] % 2 == 0:
        pairs[:, -1] = 1

    def squares(roots: np.ndarray) -> tuple[float, np.ndarray]:
        roots = roots.reshape(start.shape)
        covariance = np.fft.irfft2(roots**2, shape)
        variance = covariance[0, 0]
        rho = np.clip(covariance / variance, -1, 1)
        above, below = np.minimum(rho + 1e-6, 1), np.maximum(rho - 1e-6, -1)
        slope = (link(above) - link(below)) / (above - below)
        miss = link(rho) - correlation
        by_covariance = 2 * miss * slope / variance
        by_covariance[0, 0] -= np.sum(by_covariance * covariance) / variance
        by_eigenvalue = np.fft.rfft2(by_covariance).real * pairs / correlation.size
        return np.sum(miss**2), (by_eigenvalue * 2 * roots).ravel()

    first = np.sqrt(start + CLOSE)  # no eigenvalue begins at zero, where its slope is zero
    options = {"maxiter": 3000, "maxfun": 6000, "ftol": 1e-14, "gtol": 1e-11}
    fit = minimize(squares, first.ravel(), jac=True, method="L-BFGS-B", options=options)
    return fit.x.reshape(start.shape) ** 2


def _variance(spectrum: np.ndarray, shape: tuple[int, ...]) -> float:
    return float(np.fft.irfft2(spectrum, shape)[0, 0])


def _miss(spectrum: np.ndarray, correlation: np.ndarray, link: Link) -> float:
    """The largest |ΔG(r)| of the data."""
    covariance = np.fft.irfft2(spectrum, correlation.shape)
    reached = link(np.clip(covariance / covariance[0, 0], -1, 1))
    return float(np.abs(reached - correlation).max())


def with_spectrum(noise: np.ndarray, spectrum: np.ndarray) -> np.ndarray:
    """White noise coloured in Fourier space.

    Parameters
    ----------
    noise : independent standard normal numbers, shape (n, height, width).
    spectrum : eigenvalues ≥ 0, shape (height, width // 2 + 1),
        of `gaussian_spectrum` or `arcsine_spectrum`.

    Returns
    -------
    Gaussian fields of the shape of ``noise`` and zero mean, whose covariance is exactly
    the circulant one with these eigenvalues.
    """
    return np.fft.irfft2(np.fft.rfft2(noise) * np.sqrt(spectrum), noise.shape[1:])
