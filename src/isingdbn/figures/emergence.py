"""Figure 11: receptive fields and dead neurons while nets are trained, and dead neurons against
the threshold, the temperature and the penalty.
"""

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure, SubFigure

from isingdbn.figures.intervals import draw_geometric, draw_means
from isingdbn.figures.options import Table
from isingdbn.figures.style import (
    COLOURS,
    OTHER_COLOURS,
    named,
    new_figure,
    seeds_text,
    temperature_label,
)
from isingdbn.parameters.analysis import SWEPT
from isingdbn.parameters.data import LATTICES

__all__ = ["OPTIONS", "draw"]

RULE = 10  # of `SWEPT`, by which units are dead by weight
NUMBERS = ("net", "data", "stage", "layer", "epoch", "units", "dead_by_weight", "dead_by_activity",
           *(f"below_{percent}_percent" for percent in SWEPT), "participation_ratio")  # fmt: skip
OPTIONS = {
    "table": Table("table emergence", NUMBERS, ("SpinStack", "GaussianLong")),
    "dead": Table(
        "table dead-neurons",
        ("net", "data", "stage", "layer", "units", "dead_by_weight", "dead_by_activity"),
        ("SpinStack", "SpinFree", "GaussianFree"),
    ),
}

LINES = {LATTICES: "-", "thresholded_gaussian": "--"}
STACK = "SpinStack"
FIRST_LAYERS = {STACK: ("spin units", "black"), "GaussianLong": ("Gaussian units", "purple")}
# By the recipe's penalty, in multiples of it.
PENALTIES = {
    "spin units": ({"SpinFree": 0, STACK: 1, "SpinHeavy": 2}, "black"),
    "Gaussian units": ({"GaussianFree": 0, "GaussianStack": 1}, "purple"),
}
# How units are called dead, with the line and whether marks are filled; and places beside one
# another, as a factor along a logarithmic axis and as a step along the penalty.
CRITERIA = {"weight": ("-", True), "activity": (":", False)}
BESIDE, STEP = 1.06, 0.06
MARKERS = "osD^"
LINEAR = 0.01  # share of dead units below which its axis is linear
SHARES = (0, 0.01, 0.1, 1)


def draw(table: pd.DataFrame, dead: pd.DataFrame) -> Figure:
    """Sizes over epochs, and dead units against the threshold; dead units over epochs, a column a
    temperature; and dead units at the end against the penalty, a panel a kind of units and
    temperature with nets of several penalties.

    Parameters
    ----------
    table : one row a (net, data, temperature, seed, stage, layer, epoch).
    dead : one row a (net, data, temperature, seed, stage, layer), at the end.
    """
    rows = table[table["stage"] == "pretrained"]
    dead = dead[(dead["stage"] == "pretrained") & (dead["data"] == LATTICES)]
    stack = rows[(rows["net"] == STACK) & (rows["data"] == LATTICES)]
    title = (
        f"Fields and dead neurons while nets are trained, {seeds_text(rows['seed'])}; T in J/k$_B$"
    )
    figure = new_figure(11, 12.5, title)
    rows_of_panels = figure.subfigures(3, 1, squeeze=False, height_ratios=(1, 1.45, 1))
    above, middle, below = rows_of_panels[:, 0]
    sizes, thresholds = above.subplots(1, 2)
    example = dead["temperature"][dead["net"] == "SpinFree"].max()
    _draw_sizes(sizes, rows[rows["layer"] == 0], example)
    _draw_thresholds(thresholds, stack[stack["layer"] == 0])
    _draw_while_trained(middle, stack)
    _draw_penalties(below, dead[dead["layer"] == 0])
    return figure


def _draw_sizes(axes: Axes, rows: pd.DataFrame, temperature: float) -> None:
    for net, (name, colour) in FIRST_LAYERS.items():
        of_net = rows[rows["net"] == net]
        if temperature in set(of_net["temperature"]):
            of_net = of_net[of_net["temperature"] == temperature]
        where = temperature_label(of_net["temperature"].iloc[0])
        for data, line in LINES.items():
            values = of_net[of_net["data"] == data]
            if values.empty:
                continue
            label = f"{name}, {'lattices' if data == LATTICES else 'twins'}, $T = {where}$"
            grouped = values.groupby("epoch")["participation_ratio"]
            draw_geometric(axes, list(grouped), COLOURS[colour], "o", label, line,
                           data == LATTICES)  # fmt: skip
    axes.set(xscale="log", yscale="log", xlabel="epoch", ylabel="participation ratio (sites)",
             title="First layers")  # fmt: skip
    axes.set_ylim(bottom=0.2)
    axes.legend(loc="lower left", fontsize=9)


def _draw_thresholds(axes: Axes, rows: pd.DataFrame) -> None:
    """At the end of a first layer, against the threshold of the weight; a line a temperature."""
    last = rows[rows["epoch"] == rows["epoch"].max()]
    for number, (temperature, at) in enumerate(last.groupby("temperature")):
        groups = [
            (percent * BESIDE**number, at[f"below_{percent}_percent"] / at["units"])
            for percent in SWEPT
        ]
        draw_means(axes, groups, COLOURS[OTHER_COLOURS[number]], MARKERS[number],
                   f"$T = {temperature_label(temperature)}$")  # fmt: skip
    axes.axvline(RULE, color="gray", linestyle="--", linewidth=1)
    axes.set(
        xscale="log", xlabel="largest weight (% of the reference unit's)",
        ylabel="share of units below", title="At the end, first layer of the spin stack",
    )  # fmt: skip
    axes.set_xticks(SWEPT, [str(percent) for percent in SWEPT])
    axes.set_xticks([], minor=True)
    _scale_shares(axes)
    axes.annotate("dead by weight", (1.05 * RULE, 1), va="center", fontsize=9,
                  color="dimgray")  # fmt: skip
    axes.legend(loc="upper left", fontsize=9)


def _draw_while_trained(figure: SubFigure, rows: pd.DataFrame) -> None:
    """Of the layers of the spin stack over epochs; a row a criterion, a column a temperature."""
    temperatures = sorted(set(rows["temperature"]))
    panels = figure.subplots(len(CRITERIA), len(temperatures), sharex=True, sharey=True,
                             squeeze=False)  # fmt: skip
    for criterion, row in zip(CRITERIA, panels, strict=True):
        for temperature, axes in zip(temperatures, row, strict=True):
            at = rows[rows["temperature"] == temperature]
            for layer, values in at.groupby("layer"):
                shares = values[f"dead_by_{criterion}"] / values["units"]
                groups = [
                    (epoch * BESIDE ** (layer - 1), of)
                    for epoch, of in shares.groupby(values["epoch"])
                ]
                label = f"layer {layer + 1}, {values['units'].max()} units"
                draw_means(axes, groups, COLOURS[OTHER_COLOURS[layer]], MARKERS[layer], label)
        row[0].set_ylabel(f"share of units\ndead by {criterion}")
    for temperature, axes in zip(temperatures, panels[0], strict=True):
        axes.set_title(f"Spin stack, $T = {temperature_label(temperature)}$")
    for axes in panels[-1]:
        axes.set(xscale="log", xlabel="epoch")
    _scale_shares(panels[0, 0])
    figure.legend(*named(panels.flat), loc="outside lower center", ncols=3)


def _draw_penalties(figure: SubFigure, dead: pd.DataFrame) -> None:
    """Of first layers at the end, by both criteria; a panel a kind of units and temperature."""
    shown = []
    for name, (nets, colour) in PENALTIES.items():
        of_kind = dead[dead["net"].isin(nets)]
        for temperature, at in of_kind.groupby("temperature"):
            if at["net"].nunique() > 1:
                shown.append((f"{name}, $T = {temperature_label(temperature)}$", nets, colour, at))
    panels = figure.subplots(1, len(shown), sharey=True, squeeze=False)[0]
    for axes, (title, nets, colour, at) in zip(panels, shown, strict=True):
        for number, (criterion, (line, filled)) in enumerate(CRITERIA.items()):
            shares = at[f"dead_by_{criterion}"] / at["units"]
            groups = [
                (place + STEP * number, shares[at["net"] == net]) for net, place in nets.items()
            ]
            draw_means(axes, groups, COLOURS[colour], "o", f"by {criterion}", line, filled)
        axes.set(
            xlabel="L1 penalty (recipe's = 1)", title=title, xticks=[0, 1, 2], xlim=(-0.3, 2.3)
        )
    _scale_shares(panels[0])
    panels[0].set_ylabel("share of dead units")
    panels[0].legend(loc="upper left")


def _scale_shares(axes: Axes) -> None:
    """A scale from none to all, on which one unit in some hundreds is seen."""
    axes.set_yscale("symlog", linthresh=LINEAR)
    axes.set_yticks(SHARES, [f"{share:g}" for share in SHARES])
    axes.set_ylim(-LINEAR / 3, 1.4)
