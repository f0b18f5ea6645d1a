"""Figure 9: how well machines, and physics, tell lattices from their twins."""

import pandas as pd
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
    "stack_auc": ("likelihood ratio of whole stacks, bounds", "sky", "^", 0.33),
}  # each with its look and its place beside the net's
BLIND = (0.35, 0.65)  # AUCs that are called blind
OPTIONS = {"table": Table("table discrimination", ("net", "data", *WAYS, "units"))}


def draw(table: pd.DataFrame) -> Figure:
    """One panel per temperature, one place along x per net.

    Parameters
    ----------
    table : one row a (net, data, temperature, seed), with the area under each curve.
    """
    twins = table[table["data"] == TWIN]
    temperatures = sorted(set(twins["temperature"]))
    nets = {
        temperature: list(
            dict.fromkeys(
                twins[twins["temperature"] == temperature].sort_values("units", kind="stable")[
                    "net"
                ]
            )
        )
        for temperature in temperatures
    }
    of = f"{data_label(TWIN)} fields, {seeds_text(twins['seed'])}"
    title = f"Telling lattices from {of}; T in J/k$_B$"
    widths = [2 + len(names) for names in nets.values()]
    figure = new_figure(0.32 * sum(widths) + 1, 5, title)
    panels = figure.subplots(1, len(temperatures), sharey=True, squeeze=False, width_ratios=widths)
    for temperature, axes in zip(temperatures, panels[0], strict=True):
        here, names = twins[twins["temperature"] == temperature], nets[temperature]
        axes.axhspan(*BLIND, color="gray", alpha=0.15, linewidth=0, label="called blind")
        for way, (label, colour, marker, beside) in WAYS.items():
            groups = [
                (place + beside, here[here["net"] == net][way]) for place, net in enumerate(names)
            ]
            draw_means(axes, groups, COLOURS[colour], marker, label, line="")
        axes.axhline(0.5, color="gray", linestyle="--", linewidth=1)
        axes.set_xticks(range(len(names)), names, rotation=60, ha="right", fontsize=9)
        axes.set_xlim(-0.6, len(names) - 0.4)
        axes.set_title(f"$T = {temperature_label(temperature)}$")
        axes.grid(axis="y", alpha=0.3)
    lowest = min(BLIND[0], twins[list(WAYS)].min(axis=None) - 0.03)
    panels[0, 0].set(ylabel="area under ROC curve", ylim=(lowest, 1.02))
    figure.legend(*named(panels.flat), loc="outside lower center", ncols=2)
    return figure
