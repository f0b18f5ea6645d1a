"""Figure 17: how well machines tell lattices from their twins while they are trained, and how many
sweeps they take to forget.
"""

import math

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from isingdbn.figures.intervals import mean_and_reach
from isingdbn.figures.options import Table
from isingdbn.figures.style import (
    COLOURS,
    OTHER_COLOURS,
    new_figure,
    seeds_text,
    temperature_label,
)
from isingdbn.parameters.data import LATTICES, data_label

__all__ = ["OPTIONS", "draw"]

TWIN = "thresholded_gaussian"
COLUMNS = 4  # of panels
WIDTH = 7.0  # inches, of a page
SMALL = 7.5  # points
# mark, and place beside the net's, of each time on lattices; and how far to the right are twins
TIMES = {"tau_m2": ("$m^2$", "o", -0.26), "tau_energy": ("energy", "s", 0.1)}
TWINS = 0.14
ABOVE = 1.3  # times a lower bound is its arrow
TRAINED = ("net", "data", "units", "algorithm", "gibbs_steps")
OPTIONS = {
    "table": Table(
        "table discrimination-over-epochs", (*TRAINED, "epoch", "machine_auc", "physics_auc")
    ),
    "mixing": Table("table mixing", (*TRAINED, *TIMES, "lower_bound")),
}


def draw(table: pd.DataFrame, mixing: pd.DataFrame) -> Figure:
    """A panel per net, a line per temperature; and one of the mixing times of all nets.

    Parameters
    ----------
    table : one row a (net, data, temperature, seed, epoch).
    mixing : one row a (net, data, temperature, seed).
    """
    kinds = set(table["data"])
    data = TWIN if TWIN in kinds else min(kinds)
    table, mixing = table[table["data"] == data], mixing[mixing["data"].isin([LATTICES, data])]
    nets = list(dict.fromkeys(table.sort_values("units", kind="stable")["net"]))
    temperatures = sorted({*table["temperature"], *mixing["temperature"]})
    looks = [COLOURS[name] for name in OTHER_COLOURS] * len(temperatures)
    colours = dict(zip(temperatures, looks, strict=False))
    rows = math.ceil(len(nets) / COLUMNS)
    columns = min(COLUMNS, len(nets))
    title = f"Telling lattices from {data_label(data)} fields over epochs, "
    heights = [0.3 + 1.6 * rows, 2.6]
    figure = new_figure(WIDTH, 0.9 + sum(heights), title + seeds_text(table["seed"]))
    above, below = figure.subfigures(2, 1, height_ratios=heights, squeeze=False)[:, 0]
    panels = above.subplots(rows, columns, sharex=True, sharey=True, squeeze=False)
    for net, axes in zip(nets, panels.flat, strict=False):
        of_net = table[table["net"] == net]
        for temperature, rows_at in of_net.groupby("temperature"):
            _over_epochs(axes, rows_at, colours[temperature])
        axes.axhline(0.5, color="black", linestyle=":", linewidth=0.8)
        axes.set_title(_title(of_net.iloc[0]), fontsize=SMALL)
        axes.grid(axis="y", alpha=0.3)
        axes.tick_params(labelsize=SMALL)
    for axes in panels.flat[len(nets) :]:
        axes.set_visible(False)
    for column in range(columns):
        shown = [axes for axes in panels[:, column] if axes.get_visible()]
        shown[-1].tick_params(labelbottom=True)
    lowest = min(0.45, float(table["machine_auc"].min()) - 0.03)
    highest = max(0.75, float(table[["machine_auc", "physics_auc"]].max(axis=None)) + 0.03)
    panels[0, 0].set(xscale="log", ylim=(lowest, highest))
    panels[0, 0].xaxis.set_major_formatter("{x:g}")
    above.supxlabel("epoch", fontsize=SMALL + 1)
    above.supylabel("area under ROC curve", fontsize=SMALL + 1)
    _mixing(below.subplots(), mixing, colours)
    _name(figure, colours)
    return figure


def _title(row: pd.Series) -> str:
    """A net, its width and how it was trained."""
    how = f"{row['algorithm'].upper()}-{row['gibbs_steps']}"
    return f"{row['net']}\n{row['units']} units, {how}"


def _over_epochs(axes: Axes, rows: pd.DataFrame, colour: str) -> None:
    """The mean over seeds with Student's interval, and that of physics, as lines."""
    by_epoch = {epoch: mean_and_reach(of) for epoch, of in rows.groupby("epoch")["machine_auc"]}
    epochs, (mean, reach) = list(by_epoch), np.array([*by_epoch.values()]).T
    axes.plot(epochs, mean, ".-", color=colour, markersize=3, linewidth=1)
    axes.fill_between(epochs, mean - reach, mean + reach, color=colour, alpha=0.25, linewidth=0)
    physics = rows.drop_duplicates("seed")["physics_auc"].mean()
    axes.axhline(physics, color=colour, linestyle="--", linewidth=1)


def _mixing(axes: Axes, mixing: pd.DataFrame, colours: dict[float, str]) -> None:
    """A place along x per net; marks of all seeds, open on twins, arrows at lower bounds."""
    nets = list(dict.fromkeys(mixing.sort_values("units", kind="stable")["net"]))
    for (net, temperature, data), rows in mixing.groupby(["net", "temperature", "data"]):
        colour, of_lattices = colours[temperature], data == LATTICES
        for name, (_, marker, shift) in TIMES.items():
            where = nets.index(net) + shift + (0 if of_lattices else TWINS)
            face = colour if of_lattices else "none"
            axes.plot([where] * len(rows), rows[name], marker, color=colour,
                      markerfacecolor=face, markersize=3.5)  # fmt: skip
            bounds = rows[rows["lower_bound"] == 1][name]
            axes.plot([where] * len(bounds), bounds * ABOVE, "^", color=colour, markersize=3)
    axes.set(yscale="log", ylabel="mixing time (sweeps)")
    axes.yaxis.label.set_fontsize(SMALL + 1)
    axes.set_xticks(range(len(nets)), nets, rotation=45, ha="right", rotation_mode="anchor")
    axes.tick_params(labelsize=SMALL)
    axes.set_xlim(-0.6, len(nets) - 0.4)
    axes.grid(axis="y", alpha=0.3)
    marks = [
        Line2D([], [], marker=marker, color="black", linewidth=0, markersize=4, label=label)
        for label, marker, _ in TIMES.values()
    ]
    marks += [
        Line2D([], [], marker="o", color="black", markerfacecolor="none", linewidth=0,
               markersize=4, label="on twins"),
        Line2D([], [], marker="^", color="black", linewidth=0, markersize=3, label="lower bound"),
    ]  # fmt: skip
    axes.legend(handles=marks, fontsize=SMALL, loc="lower center", ncols=4,
                bbox_to_anchor=(0.5, 1.0))  # fmt: skip


def _name(figure: Figure, colours: dict[float, str]) -> None:
    """Say what colours and lines are."""
    lines = [
        Line2D([], [], color=colour, label=f"$T = {temperature_label(temperature)}$")
        for temperature, colour in colours.items()
    ]
    lines += [
        Line2D([], [], color="black", marker=".", linewidth=1, label="machines"),
        Line2D([], [], color="black", linestyle="--", linewidth=1,
               label="energy, plaquette and |m|"),
    ]  # fmt: skip
    figure.legend(handles=lines, fontsize=SMALL, loc="outside lower center", ncols=4)
