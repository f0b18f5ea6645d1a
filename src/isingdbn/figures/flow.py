"""Figure 14: where machines take lattices, and random spins, that they are iterated on."""

import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from isingdbn.figures.options import Table
from isingdbn.figures.style import COLOURS, new_figure, seeds_text, temperature_label
from isingdbn.parameters.data import data_label
from isingdbn.parameters.temperature import CRITICAL_TEMPERATURE

__all__ = ["OPTIONS", "draw"]

NUMBERS = ("net", "data", "start", "step", "effective_temperature")
OPTIONS = {"table": Table("table flow", NUMBERS)}

BOTTOM, TOP = 1.3, 4.5  # J/k_B, of the axis
COLORMAP = "cividis"


def draw(table: pd.DataFrame) -> Figure:
    """A row of panels a kind of data, a column a temperature of training; a line a start.

    Parameters
    ----------
    table : one row a (net, data, temperature, seed, start, step).
    """
    net = table["net"].iloc[0]
    table = table[table["net"] == net]
    kinds, temperatures = list(dict.fromkeys(table["data"])), sorted(set(table["temperature"]))
    title = f"Flow of the first machine of {net}, {seeds_text(table['seed'])}"
    figure = new_figure(1.5 + 2.6 * len(temperatures), 1.2 + 2.8 * len(kinds), title)
    panels = figure.subplots(len(kinds), len(temperatures), sharex=True, sharey=True, squeeze=False)
    starts = sorted(set(table["start"]) - {"random"}, key=_temperature)
    colours = mpl.colormaps[COLORMAP](np.linspace(0, 1, max(2, len(starts))))
    looks = {**dict(zip(starts, colours, strict=False)), "random": "black"}
    for row, data in zip(panels, kinds, strict=True):
        for axes, temperature in zip(row, temperatures, strict=True):
            at = table[(table["data"] == data) & (table["temperature"] == temperature)]
            for start, colour in looks.items():
                of = at[at["start"] == start].groupby("step")["effective_temperature"].mean()
                axes.plot(of.index, of.clip(0, TOP), color=colour, linewidth=1.4, label=start)
            axes.axhline(CRITICAL_TEMPERATURE, color="gray", linestyle="--", linewidth=1)
            axes.axhline(temperature, color=COLOURS["vermilion"], linestyle=":", linewidth=1.6)
            axes.set(xscale="symlog", ylim=(BOTTOM, TOP))
            axes.set_xlim(0, table["step"].max())
        row[0].set_ylabel(f"trained on {data_label(data)}\ntemperature of the energy ($J/k_B$)")
    for axes, temperature in zip(panels[0], temperatures, strict=True):
        axes.set_title(f"trained at $T = {temperature_label(temperature)}$")
    for axes in panels[-1]:
        axes.set_xlabel("step")
    handles, labels = panels[0, 0].get_legend_handles_labels()
    labels = [label.replace("=", " = ") for label in labels]
    figure.legend(handles, labels, loc="outside right center", fontsize=8, title="start")
    return figure


def _temperature(start: str) -> float:
    return float(start.removeprefix("T="))
