"""Figure 6: the receptive fields of a stack on lattices and on their twins, layer by layer."""

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from isingdbn.figures.intervals import draw_geometric, draw_means
from isingdbn.figures.options import Table
from isingdbn.figures.style import (
    COLOURS,
    KINDS,
    named,
    new_figure,
    plain_numbers,
    seeds_text,
    temperature_label,
)
from isingdbn.parameters.data import LATTICES, data_label

__all__ = ["LAYERS", "LOCAL", "OPTIONS", "RANDOM", "SAME", "draw", "draw_ratios", "name_dead"]

OPTIONS = {"table": Table("table metrics", ("net", "data", "metric", "median"), ("SpinStack",))}

NETS = ("SpinStack", "SpinProducts")
METRICS = {
    "participation_ratio": "participation\nratio (sites)",
    "rms_radius": "rms radius\n(sites)",
    "lag_1": "lag-1\nautocorrelation",
    "sign_coherence": "sign\ncoherence",
}
LAYERS = 3
RANDOM, LOCAL = 1600 / 3, 160.0  # sites, of random weights, and below which a field is called local
SAME = (0.8, 1.25)  # ratios of sizes that count as equality
LOGARITHMIC = ("participation_ratio", "rms_radius")
APART = 0.15  # layers, from one kind of data to the next along x


def draw(table: pd.DataFrame) -> Figure:
    """A row of ratios of sizes, then one row per metric; one column per temperature.

    Parameters
    ----------
    table : one row a (net, data, temperature, seed, stage, layer, metric), with its median.
    """
    chosen = table[table["net"].isin(NETS) & table["metric"].isin(METRICS)]
    chosen = chosen.dropna(subset=["median"])  # without a living unit
    temperatures = sorted(set(chosen["temperature"]))
    title = f"Fields of the spin stack on lattices and on twins, {seeds_text(chosen['seed'])}"
    figure = new_figure(2.9 * len(temperatures) + 0.8, 11, title)
    panels = figure.subplots(len(METRICS) + 1, len(temperatures), sharex=True, sharey="row")
    panels = panels.reshape(len(METRICS) + 1, len(temperatures))
    sizes = chosen[chosen["metric"] == "participation_ratio"]
    for temperature, axes in zip(temperatures, panels[0], strict=True):
        draw_ratios(axes, sizes[sizes["temperature"] == temperature])
    panels[0, 0].set_ylabel("size on twins\nover on lattices")
    for (metric, label), row in zip(METRICS.items(), panels[1:], strict=True):
        draw_kind = draw_geometric if metric in LOGARITHMIC else draw_means
        for temperature, axes in zip(temperatures, row, strict=True):
            here = chosen[(chosen["metric"] == metric) & (chosen["temperature"] == temperature)]
            for number, (data, (colour, marker)) in enumerate(KINDS.items()):
                of_data = here[here["data"] == data]
                if of_data.empty:
                    continue
                shift = APART * (number - 1.5)
                groups = [
                    (layer + 1 + shift, values["median"])
                    for layer, values in of_data.groupby("layer")
                ]
                draw_kind(axes, groups, COLOURS[colour], marker, data_label(data))
            if metric in LOGARITHMIC:
                axes.set_yscale("log")
                plain_numbers(axes)
            if metric == "participation_ratio":
                for height, style in ((RANDOM, "--"), (LOCAL, ":")):
                    axes.axhline(height, color="gray", linestyle=style, linewidth=1)
            name_dead(axes, here["layer"])
            axes.grid(axis="y", alpha=0.3)
            axes.set_xticks(range(1, LAYERS + 1))
        row[0].set_ylabel(label)
    for temperature, axes in zip(temperatures, panels[0], strict=True):
        axes.set_title(f"$T = {temperature_label(temperature)}\\,J/k_B$")
    for axes in panels[-1]:
        axes.set_xlabel("layer")
    figure.legend(*named(panels[1:].flat), loc="outside lower center", ncols=4)
    return figure


def name_dead(axes: Axes, living: pd.Series) -> None:
    """Say of each layer that is not among the ``living`` that none of its units is."""
    for layer in set(range(LAYERS)) - set(living):
        axes.annotate("no living\nunit", (layer + 1, 0.5), ha="center", va="center",
                      xycoords=("data", "axes fraction"), fontsize=9, color="dimgray",
                      bbox={"facecolor": "white", "edgecolor": "none", "pad": 1})  # fmt: skip


def draw_ratios(axes: Axes, sizes: pd.DataFrame) -> None:
    """Sizes of fields on each twin over those on lattices, pair by pair.

    Parameters
    ----------
    sizes : the medians at one temperature, one row a (data, seed, layer).
    """
    axes.axhspan(*SAME, color="gray", alpha=0.2, linewidth=0)
    axes.axhline(1, color="gray", linewidth=0.8)
    of_kind = sizes.set_index(["data", "layer", "seed"])["median"]
    if LATTICES not in of_kind.index.get_level_values("data"):
        return
    ratio = (of_kind / of_kind[LATTICES]).dropna()
    for number, (data, (colour, marker)) in enumerate(KINDS.items()):
        if data == LATTICES or data not in ratio.index.get_level_values("data"):
            continue
        shift = APART * (number - 1.5)
        groups = [(k + 1 + shift, values) for k, values in ratio[data].groupby("layer")]
        draw_geometric(axes, groups, COLOURS[colour], marker, data_label(data), line="")
