"""Figure 7: the size of receptive fields against the kurtosis of one pixel of the data."""

import math
from collections.abc import Sequence

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from isingdbn.figures.options import Table
from isingdbn.figures.style import COLOURS, new_figure, seeds_text, temperature_label
from isingdbn.parameters.data import POWERS, REAL, data_label

__all__ = ["OPTIONS", "draw", "excess_kurtosis"]

OPTIONS = {"table": Table("table metrics", ("net", "data", "metric", "median"))}

EXPONENTS = {"thresholded_gaussian": 0.0, **POWERS, "gaussian_field": 1.0}
RANDOM, LOCAL = 1600 / 3, 160.0  # sites
# how marks of other data than powers look, and their place along x
OTHERS = {"lattices": ("s", "blue", -2.0), "elliptical": ("^", "green", 3 * math.e - 3)}


def excess_kurtosis(exponent: float) -> float:
    """That of sign(g)|g|^a for a standard normal g: ⟨x⁴⟩/⟨x²⟩² - 3."""

    def moment(power: float) -> float:
        return 2 ** (power / 2) * math.gamma((power + 1) / 2) / math.sqrt(math.pi)

    return moment(4 * exponent) / moment(2 * exponent) ** 2 - 3


def draw(table: pd.DataFrame) -> Figure:
    """One panel: a mark a seed and kind of data.

    Parameters
    ----------
    table : one row a (net, data, temperature, seed, stage, layer, metric), with its median.
    """
    sizes = table[
        table["net"].isin(["Dial", "GaussianStack"])
        & (table["metric"] == "participation_ratio")
        & (table["layer"] == 0)
    ]
    temperature = sizes["temperature"][sizes["data"].isin(REAL)].iloc[0]
    sizes = sizes[sizes["temperature"] == temperature]
    units, seeds = sizes["units"].iloc[0], seeds_text(sizes["seed"])
    title = (
        f"Fields of {units} units at one two-point function,"
        f" that of $T = {temperature_label(temperature)}\\,J/k_B$, {seeds}"
    )
    figure = new_figure(8.5, 5.2, title)
    axes = figure.add_subplot()
    means = {}
    look: Sequence[str]
    for data, values in sizes.groupby("data", sort=False)["median"]:
        if data in EXPONENTS:
            place, look = excess_kurtosis(EXPONENTS[data]), ("o", "vermilion")
            means[place] = np.exp(np.log(values).mean())
            axes.annotate(
                f"a = {EXPONENTS[data]:g}", (place, means[place]), (7, -12),
                textcoords="offset points", fontsize=9,
            )  # fmt: skip
        else:
            *look, place = OTHERS[data]
            axes.plot(place, np.exp(np.log(values).mean()), look[0], color=COLOURS[look[1]],
                      markersize=9, label=data_label(data))  # fmt: skip
        axes.plot([place] * len(values), values, look[0], color=COLOURS[look[1]],
                  alpha=0.35, markersize=4)  # fmt: skip
    places = sorted(means)
    axes.plot(places, [means[place] for place in places], "o-", color=COLOURS["vermilion"],
              markersize=8, label="$\\mathrm{sign}(g)|g|^a$ of Gaussian fields $g$")  # fmt: skip
    axes.axhline(RANDOM, color="gray", linestyle="--", linewidth=1)
    axes.axhline(LOCAL, color="gray", linestyle=":", linewidth=1)
    for height, text in ((RANDOM, "random weights"), (LOCAL, "called local below")):
        axes.annotate(text, (0.99, height), xycoords=("axes fraction", "data"), ha="right",
                      va="bottom", fontsize=9, color="dimgray")  # fmt: skip
    axes.set(
        yscale="log", xlabel="excess kurtosis of one pixel", ylabel="participation ratio (sites)"
    )
    axes.legend(loc="lower right")
    return figure
