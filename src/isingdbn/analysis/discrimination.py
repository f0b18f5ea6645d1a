"""How well a number, or a few of them, tells samples of one kind from samples of another."""

import numpy as np
from scipy.stats import mannwhitneyu

__all__ = ["area_under_curve", "linear_discriminant"]


def area_under_curve(of_first: np.ndarray, of_second: np.ndarray) -> float:
    """The probability that a sample of the first kind has the larger value, ties counting half:
    the area under the receiver operating characteristic. 0.5 if the values tell nothing.

    Parameters
    ----------
    of_first, of_second : values, shapes (n,) and (m,). Not a number if any is not finite.
    """
    if not (np.isfinite(of_first).all() and np.isfinite(of_second).all()):
        return float("nan")
    return float(mannwhitneyu(of_first, of_second).statistic / (len(of_first) * len(of_second)))


def linear_discriminant(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """Weights w (feature,) such that w·x tells the two kinds apart as well as a linear function
    can if both are normal with the same covariance (Fisher, Ann. Eugen. 7, 179 (1936)).

    Parameters
    ----------
    first, second : features, shapes (n, feature) and (m, feature); features that are constant,
        or linear functions of others, do no harm.
    """
    within = sum(np.cov(kind, rowvar=False).reshape(kind.shape[1], -1) for kind in (first, second))
    return np.linalg.pinv(within, hermitian=True) @ (first.mean(axis=0) - second.mean(axis=0))
