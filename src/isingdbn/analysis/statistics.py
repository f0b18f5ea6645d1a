"""Statistics of few seeds: Student's t on one number a seed, equivalence by two one-sided tests,
and Holm's correction.

A seed is one sample: lattices, split, initial weights and training order are drawn anew. Units of
one net, or lattices of one chain, are not. With 5 seeds the bootstrap interval of a mean, nominally
95 %, covers 83 %; Student's covers 95 %.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.stats import t as student

__all__ = ["FEWEST_SEEDS", "LEVEL", "Tested", "holm", "mean_within"]

LEVEL = 0.05  # of tests, and 1 - LEVEL of intervals
FEWEST_SEEDS = 5  # with fewer nothing is decided


@dataclass(frozen=True)
class Tested:
    """A mean over seeds with its interval, and what speaks for and against its being in a range.

    Parameters
    ----------
    seeds : their number.
    mean, lower, upper : with Student's 95 % interval; not numbers if there are too few seeds.
    p_within : of the hypothesis that the mean is not in the range: small if it is in it.
    p_outside : of the hypothesis that the mean is in the range: small if it is not.
    """

    seeds: int
    mean: float
    lower: float
    upper: float
    p_within: float
    p_outside: float


def mean_within(values: Sequence[float], low: float, high: float) -> Tested:
    """Whether the mean of normally distributed ``values``, one a seed, is between
    ``low`` and ``high``, either of which can be infinite.

    Two one-sided tests (Schuirmann, J. Pharmacokinet. Biopharm. 15, 657 (1987)): the mean is in
    the range if it is above ``low`` and below ``high``, each at the level of the test. That it is
    outside is the smaller of two one-sided p-values, doubled if both bounds are finite.
    With fewer than two values nothing is known, and both p-values are 1.
    """
    sample = np.asarray(values, dtype=np.float64)
    if np.isnan(sample).any():
        raise ValueError("values: one is not a number")
    count = len(sample)
    mean = float(sample.mean()) if count else np.nan
    if count < 2:
        return Tested(count, mean, np.nan, np.nan, 1.0, 1.0)
    error = float(sample.std(ddof=1)) / np.sqrt(count)
    reach = float(student.ppf(1 - LEVEL / 2, count - 1)) * error
    above, below = _one_sided(mean - low, error, count), _one_sided(high - mean, error, count)
    finite = np.isfinite([low, high]).sum()
    outside = [1 - p for p, bound in ((above, low), (below, high)) if np.isfinite(bound)]
    return Tested(
        count,
        mean,
        mean - reach,
        mean + reach,
        max(above, below),
        min(1.0, float(finite) * min(outside, default=1.0)),
    )


def _one_sided(distance: float, error: float, count: int) -> float:
    """The p-value of a true distance ≤ 0, if ``distance`` was found with this ``error``.

    Without any spread the sign of the distance decides.
    """
    if np.isinf(distance):
        return 0.0 if distance > 0 else 1.0
    if error == 0:
        return 0.0 if distance > 0 else 1.0 if distance < 0 else 0.5
    return float(student.sf(distance / error, count - 1))


def holm(p_values: Sequence[float]) -> list[float]:
    """The p-values of several tests, so adjusted that one false rejection among all of them
    is as rare as the level says (Holm, Scand. J. Statist. 6, 65 (1979)).
    """
    order = np.argsort(p_values, kind="stable")
    adjusted = np.empty(len(order))
    largest = 0.0
    for rank, index in enumerate(order):
        largest = max(largest, min(1.0, (len(order) - rank) * p_values[index]))
        adjusted[index] = largest
    return [float(value) for value in adjusted]
