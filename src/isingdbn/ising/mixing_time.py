"""How long Markov chains take to forget where they were, with its error."""

import math
from dataclasses import dataclass

import numpy as np

from isingdbn.ising.autocorrelation import WINDOW, integrated_time

__all__ = ["LONG_ENOUGH", "MixingTime", "mixing_time"]

LONG_ENOUGH = 50  # times the integrated time that a chain must have, or it is a lower bound


@dataclass(frozen=True)
class MixingTime:
    """An integrated autocorrelation time ½ + Σρ, in steps.

    Parameters
    ----------
    tau, error : the time, and its standard error by jackknife over chains;
        not numbers for chains in which nothing ever changes.
    window : steps over which ρ is summed.
    lower_bound : whether the chains are shorter than `LONG_ENOUGH` times: what they have not seen,
        their autocorrelation cannot have either.
    """

    tau: float
    error: float
    window: int
    lower_bound: bool


def mixing_time(series: np.ndarray) -> MixingTime:
    """That of ``series`` (time, chain), about the mean of all chains, which are two at least."""
    if np.ptp(series) == 0:
        return MixingTime(math.nan, math.nan, len(series), True)
    tau = integrated_time(series)
    chains = series.shape[1]
    left_out = np.array(
        [integrated_time(np.delete(series, chain, axis=1)) for chain in range(chains)]
    )
    error = math.sqrt((chains - 1) * left_out.var())
    window = min(len(series) - 1, math.ceil(WINDOW * tau))
    return MixingTime(tau, error, window, len(series) < LONG_ENOUGH * tau)
