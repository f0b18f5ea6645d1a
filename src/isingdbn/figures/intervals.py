"""Means over seeds with Student's 95 % intervals, and how figures draw them."""

from collections.abc import Iterable

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.transforms import ScaledTranslation
from scipy.special import stdtrit

__all__ = ["draw_geometric", "draw_means", "mean_and_reach"]

LEVEL = 0.95
BESIDE = -5 / 72  # inches, from a mean to its seeds, which it would hide

Groups = Iterable[tuple[float, pd.Series]]


def mean_and_reach(values: pd.Series) -> tuple[float, float]:
    """The mean of one number per seed, and how far its interval reaches to either side;
    the reach is not a number for fewer than two.
    """
    count = len(values)
    if count < 2:
        return float(np.mean(values)), float("nan")
    error = float(np.std(values, ddof=1)) / np.sqrt(count)
    return float(np.mean(values)), float(stdtrit(count - 1, (1 + LEVEL) / 2)) * error


def draw_means(
    axes: Axes,
    groups: Groups,
    colour: str,
    marker: str,
    label: str = "",
    line: str = "-",
    filled: bool = True,
) -> None:
    """Every seed as a faint mark, and to the right of them means as bold ones with intervals.

    Parameters
    ----------
    groups : places along x, with the numbers of all seeds there; those without one are left out.
    label : of the bold marks.
    line : the style of what joins them, or nothing.
    filled : whether the bold marks are.
    """
    found = _seeds(axes, groups, colour, marker)
    means, reaches = np.array([mean_and_reach(values) for _, values in found]).reshape(-1, 2).T
    places = [place for place, _ in found]
    _bars(axes, places, means, [reaches, reaches], colour, marker, label, line, filled)


def draw_geometric(
    axes: Axes,
    groups: Groups,
    colour: str,
    marker: str,
    label: str = "",
    line: str = "-",
    filled: bool = True,
) -> None:
    """As `draw_means`, but geometric means with intervals of the logarithm."""
    found = _seeds(axes, groups, colour, marker)
    logs = [mean_and_reach(np.log(values)) for _, values in found]
    centres, reaches = np.array(logs).reshape(-1, 2).T
    means = np.exp(centres)
    ends = [means - np.exp(centres - reaches), np.exp(centres + reaches) - means]
    places = [place for place, _ in found]
    _bars(axes, places, means, ends, colour, marker, label, line, filled)


def _seeds(axes: Axes, groups: Groups, colour: str, marker: str) -> list[tuple[float, pd.Series]]:
    """Draw every seed a little to the left of its place; those places that have any."""
    found = [(place, values.dropna()) for place, values in groups]
    found = [(place, values) for place, values in found if len(values)]
    aside = axes.transData + ScaledTranslation(BESIDE, 0, axes.figure.dpi_scale_trans)
    for place, values in found:
        axes.add_artist(
            Line2D([place] * len(values), values, marker=marker, linestyle="", color=colour,
                   alpha=0.45, markersize=2.5, markeredgewidth=0.5, transform=aside)
        )  # fmt: skip
        axes.update_datalim([(place, value) for value in values])
    return found


def _bars(
    axes: Axes,
    places: list[float],
    means: np.ndarray,
    ends: list[np.ndarray],
    colour: str,
    marker: str,
    label: str,
    line: str,
    filled: bool,
) -> None:
    axes.errorbar(
        places, means, np.nan_to_num(ends), fmt=f"{marker}{line}", color=colour,
        markerfacecolor=colour if filled else "white", markersize=5.5, linewidth=1, elinewidth=1.3,
        capsize=3, label=label,
    )  # fmt: skip
