"""Figure 11: receptive fields and dead neurons while nets are trained, and dead neurons against
the penalty and the temperature.
"""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from isingdbn.figures.options import Table
from isingdbn.figures.style import COLOURS, new_figure, of_seeds, seeds_text, temperature_label
from isingdbn.parameters.data import LATTICES, data_label

__all__ = ["OPTIONS", "draw"]

NUMBERS = ("net", "data", "stage", "layer", "epoch", "dead_by_weight", "participation_ratio")
OPTIONS = {
    "table": Table("table emergence", NUMBERS),
    "training": Table("table training", ("net", "data", "layer", "l1_effective")),
}

LINES = {LATTICES: "-", "thresholded_gaussian": "--"}
FIRST_LAYERS = {
    "SpinStack": ("spin units", "blue"),
    "GaussianLong": ("Gaussian units", "vermilion"),
}
LAYERS = ("blue", "orange", "green")
PENALTIES = ("SpinFree", "SpinStack", "SpinHeavy")
POINT = ["net", "data", "temperature", "seed", "layer"]


def draw(table: pd.DataFrame, training: pd.DataFrame) -> Figure:
    """Four panels.

    Parameters
    ----------
    table : one row a (net, data, temperature, seed, stage, layer, epoch).
    training : one row a (net, data, temperature, seed, layer), with its ``l1_effective``.
    """
    rows = table[table["stage"] == "pretrained"].merge(training[[*POINT, "l1_effective"]], on=POINT)
    rows["dead"] = rows["dead_by_weight"] / rows["units"]
    penalized = rows[rows["net"] == PENALTIES[-1]]
    temperature = penalized["temperature"].iloc[0]
    title = f"Fields and dead neurons while nets are trained, {seeds_text(rows['seed'])}"
    figure = new_figure(11, 8, title)
    over_epochs, dead_over_epochs, against_penalty, against_temperature = figure.subplots(2, 2).flat
    _sizes(over_epochs, rows[rows["layer"] == 0], temperature)
    spins = rows[(rows["net"] == "SpinStack") & (rows["data"] == LATTICES)]
    _dead(dead_over_epochs, spins[spins["temperature"] == temperature], "epoch")
    last = rows[rows["epoch"] == rows.groupby(POINT)["epoch"].transform("max")]
    of_penalty = last[last["net"].isin(PENALTIES) & (last["data"] == LATTICES)]
    of_penalty = of_penalty[(of_penalty["temperature"] == temperature) & (of_penalty["layer"] == 0)]
    _dead(against_penalty, of_penalty, "l1_effective")
    spins = last[(last["net"] == "SpinStack") & (last["data"] == LATTICES)]
    _dead(against_temperature, spins, "temperature")
    where = f"$T = {temperature_label(temperature)}$"
    dead_over_epochs.set(
        xscale="log", xlabel="epoch", ylabel="share of dead units",
        title=f"Layers of the spin stack, {where}",
    )  # fmt: skip
    against_penalty.set(
        xlabel=r"effective penalty $\lambda$", ylabel="share of dead units",
        title=f"At the end, 400 spin units, {where}",
    )  # fmt: skip
    against_temperature.set(
        xlabel="temperature ($J/k_B$)", ylabel="share of dead units",
        title="At the end, layers of the spin stack",
    )  # fmt: skip
    for axes in (dead_over_epochs, against_penalty, against_temperature):
        axes.set_ylim(-0.03, 1.03)
        axes.legend()
    return figure


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
            label = f"{name}, $T = {where}$, {data_label(data)}"
            grouped = values.groupby("epoch")["participation_ratio"]
            of_seeds(axes, list(grouped), COLOURS[colour], "o", label, line)
    axes.set(
        xscale="log", yscale="log", xlabel="epoch", ylabel="participation ratio (sites)",
        title="First layers",
    )  # fmt: skip
    axes.legend()


def _dead(axes: Axes, rows: pd.DataFrame, along: str) -> None:
    for layer, values in rows.groupby("layer"):
        groups = list(values.groupby(along)["dead"])
        label = f"layer {layer + 1}, {np.max(values['units'])} units"
        of_seeds(axes, groups, COLOURS[LAYERS[layer]], "o", label)
