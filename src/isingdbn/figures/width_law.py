"""Figure 8: the size of receptive fields against the number of living units."""

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from isingdbn.figures.options import Table
from isingdbn.figures.style import COLOURS, new_figure, seeds_text, temperature_label
from isingdbn.parameters.data import data_label

__all__ = ["OPTIONS", "draw"]

OPTIONS = {"table": Table("table metrics", ("net", "data", "metric", "median", "living"))}

SITES = 1600
STACK = "SpinStack"
SINGLE = ("Spin16", "Spin25", "Spin50", "Spin100", "Spin200", "Spin800")
LOOKS = {"lattices": ("blue", "o"), "thresholded_gaussian": ("vermilion", "s")}


def draw(table: pd.DataFrame) -> Figure:
    """One panel on logarithmic axes: a mark a net, layer and seed.

    Parameters
    ----------
    table : one row a (net, data, temperature, seed, stage, layer, metric), with its median
        and the number of living units.
    """
    sizes = table[table["metric"] == "participation_ratio"].dropna(subset=["median"])
    temperature = sizes["temperature"][sizes["net"].isin(SINGLE)].iloc[0]
    sizes = sizes[sizes["temperature"] == temperature]
    title = (
        f"Size of fields and number of units,"
        f" $T = {temperature_label(temperature)}\\,J/k_B$, {seeds_text(sizes['seed'])}"
    )
    figure = new_figure(7.5, 5.5, title)
    axes = figure.add_subplot()
    for data, (colour, marker) in LOOKS.items():
        of_data = sizes[sizes["data"] == data]
        first = of_data["layer"] == 0
        straight = of_data[of_data["net"].isin([*SINGLE, STACK]) & first]
        upper = of_data[(of_data["net"] == STACK) & ~first]
        label = data_label(data)
        for rows, filling, kind in (
            (straight, COLOURS[colour], "single layers"),
            (upper, "none", "layers 2 and 3 of a stack"),
        ):
            axes.plot(rows["living"], rows["median"], marker, color=COLOURS[colour],
                      markerfacecolor=filling, alpha=0.8, label=f"{kind}, {label}",
                      zorder=3 if filling == "none" else 2)  # fmt: skip
    units = np.array([14.0, 900.0])
    axes.plot(units, SITES / units, color="gray", linestyle="--", linewidth=1,
              label="1600 sites / units")  # fmt: skip
    axes.set(
        xscale="log", yscale="log", xlabel="living units", ylabel="participation ratio (sites)"
    )
    ticks = [16, 25, 50, 100, 200, 400, 800]
    axes.set_xticks(ticks, [str(tick) for tick in ticks])
    axes.set_xticks([], minor=True)
    axes.legend(fontsize=9)
    return figure
