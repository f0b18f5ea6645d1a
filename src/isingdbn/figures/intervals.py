"""Means over seeds with Student's 95 % intervals, and how figures draw them."""

from collections.abc import Iterable

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from scipy.special import stdtrit

__all__ = ["draw_geometric", "mean_and_reach"]

LEVEL = 0.95


def mean_and_reach(values: pd.Series) -> tuple[float, float]:
    """The mean of one number a seed, and how far its interval reaches to either side;
    the reach is not a number for fewer than two.
    """
    count = len(values)
    if count < 2:
        return float(np.mean(values)), float("nan")
    error = float(np.std(values, ddof=1)) / np.sqrt(count)
    return float(np.mean(values)), float(stdtrit(count - 1, (1 + LEVEL) / 2)) * error


def draw_geometric(
    axes: Axes,
    groups: Iterable[tuple[float, pd.Series]],
    colour: str,
    marker: str,
    label: str = "",
    line: str = "-",
    filled: bool = True,
) -> None:
    """Every seed as a faint mark; geometric means as bold ones, with intervals of the logarithm.

    Parameters
    ----------
    groups : places along x, with the numbers of all seeds there; those without one are left out.
    label : of the bold marks.
    line : the style of what joins them, or nothing.
    filled : whether the bold marks are.
    """
    found = [(place, values.dropna()) for place, values in groups]
    found = [(place, values) for place, values in found if len(values)]
    for place, values in found:
        axes.plot([place] * len(values), values, marker, color=colour, alpha=0.35, markersize=3)
    logs = [mean_and_reach(np.log(values)) for _, values in found]
    means = np.exp([mean for mean, _ in logs])
    reaches = [
        means - np.exp([mean - reach for mean, reach in logs]),
        np.exp([mean + reach for mean, reach in logs]) - means,
    ]
    axes.errorbar(
        [place for place, _ in found], means, np.nan_to_num(reaches), fmt=f"{marker}{line}",
        color=colour, markerfacecolor=colour if filled else "white", markersize=6, linewidth=1,
        capsize=2.5, label=label,
    )  # fmt: skip
