"""Figure 8: the size of receptive fields against the number of living units."""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from isingdbn.figures.options import Table
from isingdbn.figures.style import COLOURS, new_figure, seeds_text, temperature_label
from isingdbn.parameters.data import data_label

__all__ = ["OPTIONS", "draw"]

OPTIONS = {"table": Table("table metrics", ("net", "data", "metric", "median", "living"))}

SITES = 1600
STACK, EQUAL = "SpinStack", "EqualStack"
SINGLE = ("Spin16", "Spin25", "Spin50", "Spin100", "Spin200", "Spin800")
LOOKS = {"lattices": ("blue", "o"), "thresholded_gaussian": ("vermilion", "s")}


def draw(table: pd.DataFrame) -> Figure:
    """A panel a temperature, on logarithmic axes: a mark a net, layer and seed.

    Parameters
    ----------
    table : one row a (net, data, temperature, seed, stage, layer, metric), with its median
        and the number of living units.
    """
    sizes = table[table["metric"] == "participation_ratio"].dropna(subset=["median"])
    temperatures = sorted(set(sizes["temperature"][sizes["net"].isin(SINGLE)]))
    title = f"Size of fields and number of units, {seeds_text(sizes['seed'])}"
    figure = new_figure(1 + 5 * len(temperatures), 5.8, title)
    panels = figure.subplots(1, len(temperatures), sharex=True, sharey=True, squeeze=False)[0]
    for axes, temperature in zip(panels, temperatures, strict=True):
        _draw_panel(axes, sizes[sizes["temperature"] == temperature])
        axes.set_title(f"$T = {temperature_label(temperature)}\\,J/k_B$")
    panels[0].set_ylabel("participation ratio (sites)")
    handles, labels = panels[-1].get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside lower center", ncols=2)
    return figure


def _draw_panel(axes: Axes, sizes: pd.DataFrame) -> None:
    """The sizes of one temperature."""
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
    equal = sizes[(sizes["net"] == EQUAL) & (sizes["layer"] > 0)]
    axes.plot(equal["living"], equal["median"], "^", color=COLOURS["green"], markerfacecolor="none",
              label="layers 2 and 3 of 100 units each, lattices")  # fmt: skip
    units = np.array([14.0, 900.0])
    axes.plot(units, SITES / units, color="gray", linestyle="--", linewidth=1,
              label="1600 sites / units")  # fmt: skip
    axes.set(xscale="log", yscale="log", xlabel="living units")
    ticks = [16, 25, 50, 100, 200, 400, 800]
    axes.set_xticks(ticks, [str(tick) for tick in ticks])
    axes.set_xticks([], minor=True)
