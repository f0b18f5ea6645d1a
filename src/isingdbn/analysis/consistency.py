"""Whether fresh seeds of an experiment are like published ones: one pooled statistic a table.

Training in floating point goes other ways on other processors, as it does with other seeds.
Of hundreds of numbers some leave any interval by chance, so numbers are not judged one by one
(climate models are compared in the same way: Baker et al. 2015, Geosci. Model Dev. 8, 2829).

The seeds of a fresh run and the published ones are exchangeable if the run is like them. So are
then all ways to take as many of all seeds as are fresh: the fresh ones are the most different of
all ways with a probability that is one over their number, whatever the distribution.
"""

from dataclasses import dataclass
from itertools import combinations

import numpy as np

__all__ = ["FARTHEST", "Consistency", "consistency", "differences", "left_out", "pooled"]

FARTHEST = 10.0  # a number counts as no farther away, in standard errors
SMALLEST = 1e-9  # spread, of the size of a number: below it a number is called constant


@dataclass(frozen=True)
class Consistency:
    """How far fresh seeds are from published ones.

    Parameters
    ----------
    statistic : of the fresh seeds, see `pooled`.
    typical : the median of all ways to take as many seeds.
    p : the part of all ways, the fresh seeds among them, whose statistic is no smaller.
    smallest_p : the smallest that it can be, one over the number of ways.
    """

    statistic: float
    typical: float
    p: float
    smallest_p: float


def consistency(fresh: np.ndarray, published: np.ndarray) -> Consistency:
    """Judge ``fresh`` (seed, number) by ``published`` (seed, number).

    Raises
    ------
    ValueError : they have other numbers of columns, or fewer than two published seeds are left
        when as many as are fresh are taken away.
    """
    if fresh.shape[1] != published.shape[1]:
        raise ValueError(f"{fresh.shape[1]} numbers a seed, published are {published.shape[1]}")
    if len(published) - len(fresh) < 2 or not len(fresh):
        raise ValueError(f"{len(fresh)} fresh seeds and {len(published)} published ones: too few")
    found = left_out(np.concatenate([fresh, published]), len(fresh))  # the fresh ones are the first
    return Consistency(
        statistic=float(found[0]),
        typical=float(np.median(found)),
        p=float(np.mean(found >= found[0] * (1 - 1e-12))),
        smallest_p=1 / len(found),
    )


def left_out(seeds: np.ndarray, count: int) -> np.ndarray:
    """The statistic of every way to take ``count`` of ``seeds`` (seed, number) and to compare them
    with those that are left, (way,) in the order of `itertools.combinations`.
    """
    everyone = np.arange(len(seeds))
    chosen = (np.isin(everyone, taken) for taken in combinations(everyone, count))
    return np.array([pooled(seeds[some], seeds[~some]) for some in chosen])


def pooled(some: np.ndarray, others: np.ndarray) -> float:
    """The mean over all numbers of log(1 + z²), where z is the difference of the means of ``some``
    (seed, number) and of ``others`` (seed, number) in standard errors, `FARTHEST` at most.

    The logarithm lets many numbers that are a little away count, and not one that is far.
    """
    z = np.clip(differences(some, others), -FARTHEST, FARTHEST)
    return float(np.mean(np.log1p(z**2)))


def differences(some: np.ndarray, others: np.ndarray) -> np.ndarray:
    """The difference of the means of ``some`` and ``others`` in standard errors, (number,);
    the spread is that of the others. Numbers that are constant are 0 or infinitely far away.
    """
    distance = some.mean(axis=0) - others.mean(axis=0)
    spread = others.std(axis=0, ddof=1) * np.sqrt(1 / len(some) + 1 / len(others))
    size = SMALLEST * np.maximum(np.abs(others).max(axis=0), np.abs(some).max(axis=0))
    constant = spread <= size
    far = np.where(np.abs(distance) > size, np.copysign(np.inf, distance), 0.0)
    return np.where(constant, far, distance / np.where(constant, 1.0, spread))
