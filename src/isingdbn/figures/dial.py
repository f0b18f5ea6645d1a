"""Figure 7: the size of receptive fields against the kurtosis of one pixel of the data."""

import math
from operator import itemgetter

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from isingdbn.figures.intervals import draw_geometric
from isingdbn.figures.options import Table
from isingdbn.figures.style import (
    COLOURS,
    new_figure,
    plain_numbers,
    seeds_text,
    temperature_label,
)
from isingdbn.figures.twins import LOCAL, RANDOM
from isingdbn.parameters.data import POWERS, REAL, data_label

__all__ = ["OPTIONS", "draw", "excess_kurtosis", "name_sizes"]

OPTIONS = {"table": Table("table metrics", ("net", "data", "metric", "median"), ("Dial",))}

EXPONENTS = dict(  # of the powers, in order
    sorted(
        {"thresholded_gaussian": 0.0, **POWERS, "gaussian_field": 1.0}.items(), key=itemgetter(1)
    )
)
# how marks of other data than powers look, and their place along x
OTHERS = {"lattices": ("s", "blue", -2.0), "elliptical": ("^", "purple", 3 * math.e - 3)}


def excess_kurtosis(exponent: float) -> float:
    """That of sign(g)|g|^a for a standard normal g: ⟨x⁴⟩/⟨x²⟩² - 3."""

    def moment(power: float) -> float:
        return 2 ** (power / 2) * math.gamma((power + 1) / 2) / math.sqrt(math.pi)

    return moment(4 * exponent) / moment(2 * exponent) ** 2 - 3


def draw(table: pd.DataFrame) -> Figure:
    """One panel: a mark per seed and kind of data.

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
    powers: dict[float, pd.Series] = {}
    for data, values in sizes.groupby("data", sort=False)["median"]:
        if data in EXPONENTS:
            place = excess_kurtosis(EXPONENTS[data])
            powers[place] = values
            axes.annotate(
                f"a = {EXPONENTS[data]:g}", (place, np.exp(np.log(values).mean())), (7, -14),
                textcoords="offset points", fontsize=9,
            )  # fmt: skip
        else:
            marker, colour, place = OTHERS[data]
            draw_geometric(axes, [(place, values)], COLOURS[colour], marker, data_label(data), "")
    label = "$\\mathrm{sign}(g)|g|^a$ of Gaussian fields $g$"
    draw_geometric(axes, sorted(powers.items()), COLOURS["vermilion"], "o", label)
    name_sizes(axes)
    axes.set(
        yscale="log", xlabel="excess kurtosis of one pixel", ylabel="participation ratio (sites)"
    )
    plain_numbers(axes)
    axes.legend(loc="lower right")
    return figure


def name_sizes(axes: Axes) -> None:
    """Lines at the size of random weights and at that below which fields are called local, each
    with its name where no marks are.
    """
    for height, line, text, place, side in (
        (RANDOM, "--", "random weights", 0.815, "center"),
        (LOCAL, ":", "called local below", 0.99, "right"),
    ):
        axes.axhline(height, color="gray", linestyle=line, linewidth=1)
        axes.annotate(text, (place, height), xycoords=("axes fraction", "data"), ha=side,
                      va="bottom", fontsize=9, color="dimgray")  # fmt: skip
