"""Figure 11: receptive fields and dead neurons while nets are trained, and dead neurons against
the penalty and the temperature.
"""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from isingdbn.figures.intervals import draw_geometric, draw_means
from isingdbn.figures.options import Table
from isingdbn.figures.style import (
    COLOURS,
    OTHER_COLOURS,
    new_figure,
    seeds_text,
    temperature_label,
)
from isingdbn.parameters.data import LATTICES

__all__ = ["OPTIONS", "draw"]

NUMBERS = ("net", "data", "stage", "layer", "epoch", "dead_by_weight", "participation_ratio")
OPTIONS = {
    "table": Table("table emergence", NUMBERS, ("SpinStack", "GaussianLong")),
    "dead": Table(
        "table dead-neurons",
        ("net", "data", "stage", "layer", "dead_by_weight"),
        ("SpinStack", "SpinFree", "GaussianFree"),
    ),
}

LINES = {LATTICES: "-", "thresholded_gaussian": "--"}
FIRST_LAYERS = {
    "SpinStack": ("spin units", "black"),
    "GaussianLong": ("Gaussian units", "purple"),
}
# By the recipe's penalty, in multiples of it, and the net whose temperature is shown.
PENALTIES = {
    "spin units": ({"SpinFree": 0, "SpinStack": 1, "SpinHeavy": 2}, "SpinFree", "black"),
    "Gaussian units": ({"GaussianFree": 0, "GaussianStack": 1}, "GaussianFree", "purple"),
}
BESIDE = {"epoch": 1.06, "temperature": 1.01}  # times the place, from a layer to the next
SHARE = "share of dead units"


def draw(table: pd.DataFrame, dead: pd.DataFrame) -> Figure:
    """Four panels.

    Parameters
    ----------
    table : one row a (net, data, temperature, seed, stage, layer, epoch).
    dead : one row a (net, data, temperature, seed, stage, layer), at the end.
    """
    rows = table[table["stage"] == "pretrained"]
    rows = rows.assign(dead=rows["dead_by_weight"] / rows["units"])
    dead = dead[(dead["stage"] == "pretrained") & (dead["data"] == LATTICES)]
    dead = dead.assign(dead=dead["dead_by_weight"] / dead["units"])
    temperature, other = (
        dead["temperature"][dead["net"] == net].iloc[0] for net in ("SpinFree", "GaussianFree")
    )
    title = f"Fields and dead neurons while nets are trained, {seeds_text(rows['seed'])}"
    figure = new_figure(11, 8, title)
    sizes, while_trained, against_penalty, against_temperature = figure.subplots(2, 2).flat
    _sizes(sizes, rows[rows["layer"] == 0], temperature)
    spins = rows[(rows["net"] == "SpinStack") & (rows["data"] == LATTICES)]
    _dead(while_trained, spins[spins["temperature"] == other], "epoch")
    _penalties(against_penalty, dead[dead["layer"] == 0])
    _dead(against_temperature, dead[dead["net"] == "SpinStack"], "temperature")
    while_trained.set(
        xscale="log", xlabel="epoch", ylabel=SHARE,
        title=f"Layers of the spin stack, $T = {temperature_label(other)}$",
    )  # fmt: skip
    against_penalty.set(
        xlabel="L1 penalty, in multiples of the recipe's", ylabel=SHARE, xticks=[0, 1, 2],
        title="At the end, first layers of 400 units",
    )  # fmt: skip
    against_temperature.set(
        xlabel="temperature ($J/k_B$)", ylabel=SHARE,
        title="At the end, layers of the spin stack",
    )  # fmt: skip
    for axes in (while_trained, against_penalty, against_temperature):
        axes.set_ylim(-0.01, max(0.1, 1.1 * axes.dataLim.ymax))
        axes.legend()
    return figure


def _penalties(axes: Axes, dead: pd.DataFrame) -> None:
    for name, (nets, example, colour) in PENALTIES.items():
        temperature = dead["temperature"][dead["net"] == example].iloc[0]
        at = dead[dead["temperature"] == temperature]
        groups = [(place, at["dead"][at["net"] == net]) for net, place in nets.items()]
        label = f"{name}, $T = {temperature_label(temperature)}$"
        draw_means(axes, groups, COLOURS[colour], "o", label)


def _sizes(axes: Axes, rows: pd.DataFrame, temperature: float) -> None:
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
    axes.set(
        xscale="log", yscale="log", xlabel="epoch", ylabel="participation ratio (sites)",
        title="First layers",
    )  # fmt: skip
    axes.set_ylim(bottom=0.3)
    axes.legend(loc="lower left")


def _dead(axes: Axes, rows: pd.DataFrame, along: str) -> None:
    for layer, values in rows.groupby("layer"):
        groups = [
            (place * BESIDE[along] ** (layer - 1), of)
            for place, of in values.groupby(along)["dead"]
        ]
        label = f"layer {layer + 1}, {np.max(values['units'])} units"
        draw_means(axes, groups, COLOURS[OTHER_COLOURS[layer]], "osD^"[layer], label)
