"""Figure 9: how well machines, and physics, tell lattices from their twins; and stacks, against
the number of their machines.
"""

import re

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from isingdbn.figures.intervals import draw_means
from isingdbn.figures.options import Table
from isingdbn.figures.style import COLOURS, named, new_figure, seeds_text, temperature_label
from isingdbn.parameters.data import data_label

__all__ = ["OPTIONS", "draw"]

TWIN = "thresholded_gaussian"
WAYS = {
    "physics_auc": ("energy, plaquette and |m|", "black", "o", 0.0),
    "machine_auc": ("likelihood ratio of first machines", "purple", "s", -0.2),
    "stack_auc": ("likelihood ratio of stacks, lower bounds", "sky", "^", 0.33),
}  # each with its look and its place beside the net's
BOUNDS = {
    "stack_auc": ("", True, -0.12),
    "stack_auc_weighted": ("the same, tighter", False, 0.12),
}  # of stacks cut after some machines: name, whether marks are filled, place beside their number
BLIND = (0.35, 0.65)  # AUCs that are called blind
OPTIONS = {"table": Table("table discrimination", ("net", "data", *WAYS, *BOUNDS, "units"))}


def draw(table: pd.DataFrame) -> Figure:
    """Above, one panel per temperature and one place along x per net; below, one panel per stack
    and temperature, with the number of its machines along x.

    Parameters
    ----------
    table : one row a (net, data, temperature, seed), with the area under each curve.
    """
    twins = table[table["data"] == TWIN].sort_values(["temperature", "units"], kind="stable")
    nets = {
        temperature: list(dict.fromkeys(of["net"]))
        for temperature, of in twins.groupby("temperature")
    }
    stacks = twins[twins["stack_auc"].notna()].groupby(["temperature", "net"], sort=False)
    of = f"{data_label(TWIN)} fields, {seeds_text(twins['seed'])}"
    title = f"Telling lattices from {of}; T in J/k$_B$"
    widths = [2 + len(names) for names in nets.values()]
    figure = new_figure(0.32 * sum(widths) + 1, 8 if len(stacks) else 5, title)
    rows = figure.add_gridspec(2 if len(stacks) else 1, 1)
    above = rows[0].subgridspec(1, len(nets), width_ratios=widths).subplots(
        sharey=True, squeeze=False
    )[0]  # fmt: skip
    for (temperature, names), axes in zip(nets.items(), above, strict=True):
        _draw_nets(axes, twins[twins["temperature"] == temperature], names)
        axes.set_title(f"$T = {temperature_label(temperature)}$")
    below: list[Axes] = []
    if len(stacks):
        below = list(rows[1].subgridspec(1, len(stacks)).subplots(sharey=True, squeeze=False)[0])
        for ((temperature, net), here), axes in zip(stacks, below, strict=True):
            _draw_depths(axes, here)
            axes.set_title(f"{net}\n$T = {temperature_label(temperature)}$")
    lowest = min(BLIND[0], twins[[*WAYS, "stack_auc_weighted"]].min(axis=None) - 0.03)
    for row in (above, below):
        for axes in row[:1]:
            axes.set(ylabel="area under ROC curve", ylim=(lowest, 1.02))
    figure.legend(*named([*above, *below]), loc="outside lower center", ncols=2)
    return figure


def _draw_nets(axes: Axes, here: pd.DataFrame, names: list[str]) -> None:
    """Every way to tell, of each net at one temperature."""
    for way, (label, colour, marker, beside) in WAYS.items():
        groups = [
            (place + beside, here[here["net"] == net][way]) for place, net in enumerate(names)
        ]
        draw_means(axes, groups, COLOURS[colour], marker, label, line="")
    axes.set_xticks(range(len(names)), names, rotation=60, ha="right", fontsize=9)
    axes.set_xlim(-0.6, len(names) - 0.4)
    _mark_blind(axes)


def _draw_depths(axes: Axes, here: pd.DataFrame) -> None:
    """The first machine of a stack, what the stack is when it is cut after 2, 3, … machines, by
    each bound, and physics.
    """
    found = (re.fullmatch(r"stack_auc_(\d+)", name) for name in here)
    depths = [int(match[1]) for match in found if match and here[match[0]].notna().any()]
    label, colour, marker, _ = WAYS["machine_auc"]
    draw_means(axes, [(1, here["machine_auc"])], COLOURS[colour], marker, label, line="")
    _, colour, marker, _ = WAYS["stack_auc"]
    for bound, (label, filled, beside) in BOUNDS.items():
        groups = [(depth + beside, here[f"{bound}_{depth}"]) for depth in depths]
        draw_means(axes, groups, COLOURS[colour], marker, label, "", filled)
    axes.axhline(here["physics_auc"].mean(), color=COLOURS["black"], linewidth=1)
    axes.set_xticks([1, *depths])
    axes.set_xlim(0.5, depths[-1] + 0.5)
    axes.set_xlabel("machines")
    _mark_blind(axes)


def _mark_blind(axes: Axes) -> None:
    axes.axhspan(*BLIND, color="gray", alpha=0.15, linewidth=0, label="called blind")
    axes.axhline(0.5, color="gray", linestyle="--", linewidth=1)
    axes.grid(axis="y", alpha=0.3)
