"""Figure 22: the sizes of receptive fields against the kurtosis of one pixel, and when they become
local, over four times the epochs of Figure 7, with and without the penalty.
"""

import pandas as pd
from matplotlib.figure import Figure

from isingdbn.figures.onset import (
    PENALIZED,
    draw_onsets,
    draw_sizes,
    name_kurtosis,
    name_powers,
)
from isingdbn.figures.options import Table
from isingdbn.figures.style import new_figure, seeds_text, temperature_label

__all__ = ["OPTIONS", "draw"]

NETS = {"LongDial": "with the penalty", "LongDialFree": "without the penalty"}
NUMBERS = ("net", "data", "stage", "layer", "epoch", "units", "participation_ratio",
           "local_from_epoch")  # fmt: skip
OPTIONS = {"table": Table("table emergence", NUMBERS, tuple(NETS))}


def draw(table: pd.DataFrame) -> Figure:
    """A row of sizes and one of onsets; a column with the penalty and one without.

    Parameters
    ----------
    table : one row a (net, data, temperature, seed, stage, layer, epoch).
    """
    rows = table[table["net"].isin(NETS) & (table["stage"] == "pretrained") & (table["layer"] == 0)]
    where = f"$T = {temperature_label(rows['temperature'].iloc[0])}\\,J/k_B$"
    units = rows["units"].iloc[0]
    title = f"{units} Gaussian units at one two-point function, that of {where}"
    figure = new_figure(11, 8.5, f"{title}, {seeds_text(rows['seed'])}")
    panels = figure.subplots(2, 2, sharex=True, sharey="row")
    colours = (colour for _, colour, _ in PENALIZED)
    for (net, name), colour, column in zip(NETS.items(), colours, panels.T, strict=True):
        look = {net: (name, colour, 0.0)}
        sizes, onsets = column
        draw_sizes(sizes, rows, look)
        name_powers(sizes)
        draw_onsets(onsets, rows, look)
        name_kurtosis(onsets)
        for axes, what in zip(column, ("size", "onset"), strict=True):
            axes.set_title(f"{what}, {name}", loc="left")
            axes.label_outer()
    return figure
