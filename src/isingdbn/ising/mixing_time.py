"""How long Markov chains take to forget where they were, with its error."""

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from isingdbn.ising.autocorrelation import WINDOW, autocorrelation, integrated_time

__all__ = ["LONG_ENOUGH", "MixingTimes", "mixing_times"]

LONG_ENOUGH = 50  # times the longest time that chains must have, or all are lower bounds


@dataclass(frozen=True)
class MixingTimes:
    """Integrated autocorrelation times ½ + Σρ, in steps, of several observables of some chains.

    Parameters
    ----------
    tau, error : the times, and their standard errors by jackknife over chains;
        not numbers for what never changes.
    window : steps over which ρ is summed, the same of all observables.
    lower_bound : whether the chains are shorter than `LONG_ENOUGH` times the longest: what they
        have not seen is not in their autocorrelation either.
    """

    tau: dict[str, float]
    error: dict[str, float]
    window: int
    lower_bound: bool


def mixing_times(series: Mapping[str, np.ndarray]) -> MixingTimes:
    """Those of ``series``, each (time, chain), about the mean of all chains, two at least.

    The slowest observable says how far ρ of all is summed. Each by itself would stop too early
    where most of ρ is gone at once and a slow part of small weight is left.
    """
    length = len(next(iter(series.values())))
    slowest = max(integrated_time(values) for values in series.values())
    window = min(length - 1, math.ceil(WINDOW * slowest))
    found = {name: _time_and_error(values, window) for name, values in series.items()}
    times = {name: tau for name, (tau, _) in found.items()}
    longest = np.nanmax([*times.values(), slowest])
    moves = not np.isnan(list(times.values())).any()
    return MixingTimes(
        times,
        {name: error for name, (_, error) in found.items()},
        window,
        bool(not moves or length < LONG_ENOUGH * longest),
    )


def _time_and_error(series: np.ndarray, window: int) -> tuple[float, float]:
    if np.ptp(series) == 0:
        return math.nan, math.nan
    chains = series.shape[1]
    left_out = np.array(
        [_time(np.delete(series, chain, axis=1), window) for chain in range(chains)]
    )
    return _time(series, window), math.sqrt((chains - 1) * left_out.var())


def _time(series: np.ndarray, window: int) -> float:
    return max(0.5, 0.5 + float(autocorrelation(series)[1 : window + 1].sum()))
