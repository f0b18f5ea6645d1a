"""Autocorrelation of Markov chains (Madras and Sokal, J. Stat. Phys. 50, 109 (1988))."""

import numpy as np

__all__ = ["autocorrelation", "integrated_time"]

WINDOW = 6


def autocorrelation(series: np.ndarray) -> np.ndarray:
    """The autocorrelation ρ(t), shape (time,), of ``series`` (time, chain),
    about the mean of all chains; ρ(0) = 1.

    A constant series has ρ(t) = 0 for t > 0.
    """
    length = len(series)
    deviation = series - series.mean()
    transform = np.fft.rfft(deviation, 2 * length, axis=0)
    covariance = np.fft.irfft((transform * transform.conj()).real.sum(axis=1), 2 * length)[
        :length
    ] / np.arange(length, 0, -1)
    if covariance[0] <= 1e-12 * np.abs(series).max() ** 2:
        return np.eye(1, length)[0]
    return covariance / covariance[0]


def integrated_time(series: np.ndarray) -> float:
    """The integrated autocorrelation time ½ + Σ ρ(t), in steps of ``series`` (time, chain),
    summed to the first t ≥ 6 τ; at least ½.

    An AR(1) chain x' = a x + noise has ½ (1 + a)/(1 - a).
    """
    tau = 0.5 + np.concatenate([[0.0], np.cumsum(autocorrelation(series)[1:])])
    beyond = np.arange(len(tau)) >= WINDOW * tau
    return max(0.5, float(tau[np.argmax(beyond) if beyond.any() else -1]))
