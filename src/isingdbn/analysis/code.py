"""What the numbers at the end of the funnel are, and what of the physics of a lattice they carry.

A code is an array (sample, number). What it carries is what a decoder can read from it that was
fitted to other lattices: the same decoder for every code, so that codes can be compared.
"""

import numpy as np

from isingdbn.analysis.modes import LARGEST

__all__ = ["describe", "explained", "longest_waves", "low_modes", "quadratic"]

RIDGE = 1e-3  # times the number of samples, for features of variance 1
LEAST = 1e-6  # of the largest standard deviation: a feature below it is constant


def describe(code: np.ndarray) -> dict[str, float]:
    """Of the numbers that vary: how many they are (``varying``), the effective rank (Σλ)²/Σλ²
    of their covariance, with λ its eigenvalues (``effective_rank``), the mean |correlation| of two
    of them (``correlation``), and the median excess kurtosis (``kurtosis``); not a number where too
    few vary.
    """
    code = _varying(code)
    spread = code.std(axis=0)
    found = {"varying": float(len(spread)), "effective_rank": np.nan, "correlation": np.nan}
    if not len(spread):
        return {**found, "kurtosis": np.nan}
    covariance = np.cov(code.T, ddof=0).reshape(len(spread), len(spread))
    found["effective_rank"] = float(np.trace(covariance) ** 2 / np.sum(covariance**2))
    if len(spread) > 1:
        pairs = np.triu_indices(len(spread), 1)
        found["correlation"] = float(np.abs((covariance / np.outer(spread, spread))[pairs]).mean())
    standard = (code - code.mean(axis=0)) / spread
    found["kurtosis"] = float(np.median(np.mean(standard**4, axis=0) - 3))
    return found


def quadratic(code: np.ndarray) -> np.ndarray:
    """The numbers and all their products, (sample, n + n(n + 1)/2): magnitudes that do not change
    if all spins are turned over are at best quadratic in a code that changes its sign.
    """
    first, second = np.triu_indices(code.shape[1])
    return np.concatenate([code, code[:, first] * code[:, second]], axis=1)


def explained(
    features: np.ndarray, targets: np.ndarray, held_out: np.ndarray, held_out_targets: np.ndarray
) -> float:
    """R² on held-out lattices of a ridge regression that was fitted to others: the part of the
    targets' variance that is explained, negative if the mean would do better.

    Parameters
    ----------
    features : (sample, feature). targets : (sample, target), all with the same weight.
    """
    center, scale = features.mean(axis=0), features.std(axis=0)
    varying = scale > LEAST * scale.max(initial=0)
    train, test = (
        (part[:, varying] - center[varying]) / scale[varying] for part in (features, held_out)
    )
    mean = targets.mean(axis=0)
    squares = train.T @ train + RIDGE * len(train) * np.eye(train.shape[1])
    weights = np.linalg.solve(squares, train.T @ (targets - mean))
    rest = held_out_targets - mean - test @ weights
    spread = held_out_targets - held_out_targets.mean(axis=0)
    return float(1 - np.sum(rest**2) / np.sum(spread**2)) if spread.any() else np.nan


def low_modes(spins: np.ndarray) -> np.ndarray:
    """The 25 real numbers (sample, 25) in the waves with |k_x|, |k_y| ≤ 2 of ``spins``
    (sample, y, x): cosines and sines, each wave once.
    """
    modes = np.fft.rfft2(spins, norm="ortho")
    rows = np.arange(-LARGEST, LARGEST + 1)
    positive = modes[:, rows][:, :, 1 : LARGEST + 1].reshape(len(spins), -1)
    zero = modes[:, 1 : LARGEST + 1, 0]
    parts = [modes[:, :1, 0].real, positive.real, positive.imag, zero.real, zero.imag]
    return np.concatenate(parts, axis=1)


def longest_waves(spins: np.ndarray, count: int) -> np.ndarray:
    """The ``count`` longest waves of ``spins`` (sample, y, x), real numbers (sample, count) in the
    order of |k|: Hartley's transform, whose waves are cosine and sine together.
    """
    height, width = spins.shape[1:]
    modes = np.fft.fft2(spins, norm="ortho")
    y, x = np.fft.fftfreq(height), np.fft.fftfreq(width)
    order = np.argsort((y[:, None] ** 2 + x**2).ravel(), kind="stable")[:count]
    flat = modes.reshape(len(spins), -1)[:, order]
    return flat.real - flat.imag


def _varying(code: np.ndarray) -> np.ndarray:
    spread = code.std(axis=0)
    return code[:, spread > LEAST * spread.max(initial=0)].astype(np.float64)
