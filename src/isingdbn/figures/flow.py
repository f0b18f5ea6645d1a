"""Figure 14: where machines take lattices, and random spins, that they are iterated on."""

import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from isingdbn.figures.intervals import mean_and_reach
from isingdbn.figures.options import Table
from isingdbn.figures.style import COLOURS, new_figure, seeds_text, temperature_label
from isingdbn.parameters.data import LATTICES, MIXED, data_label
from isingdbn.parameters.temperature import CRITICAL_TEMPERATURE

__all__ = ["OPTIONS", "draw"]

NUMBERS = ("net", "data", "start", "step", "effective_temperature")
OPTIONS = {"table": Table("table flow", NUMBERS)}

BOTTOM, TOP = 1.3, 4.5  # J/k_B, of the axis; it begins lower if a machine goes there
COLORMAP = "cividis"
TALLEST, TALL, LEAST = 2.8, 7.0, 1.3  # inches, of a row, of all, and of a row among many
FANNED = (1.35, 8.0)  # times the last step: where its intervals are, side by side


def draw(table: pd.DataFrame) -> Figure:
    """A row of panels per net and kind of data, a column per temperature of training, and a line
    per start.

    Parameters
    ----------
    table : one row a (net, data, temperature, seed, start, step).
    """
    rows = table[["net", "data"]].drop_duplicates().to_numpy().tolist()
    panels = _panels(table)
    columns = 1 + max(column for _, column in panels)
    starts = sorted(set(table["start"]) - {"random"}, key=_temperature)
    colours = mpl.colormaps[COLORMAP](np.linspace(0, 1, max(2, len(starts))))
    looks = {**dict(zip(starts, colours, strict=False)), "random": "black"}
    nets = list(dict.fromkeys(table["net"]))
    of = f"the first machine of {nets[0]}" if len(nets) == 1 else "first machines"
    height = 1.4 + len(rows) * min(TALLEST, max(LEAST, TALL / len(rows)))
    figure = new_figure(
        3.4 + max(3.4, 2.5 * columns), height, f"Flow of {of}, {seeds_text(table['seed'])}"
    )
    grid = figure.add_gridspec(len(rows), columns)
    shared: Axes | None = None
    for (row, column), at in panels.items():
        axes = figure.add_subplot(grid[row, column], sharex=shared, sharey=shared)
        shared = shared or axes
        _draw_panel(axes, at, looks)
        axes.tick_params(
            labelleft=column == 0 or (row, column - 1) not in panels,
            labelbottom=not any((below, column) in panels for below in range(row + 1, len(rows))),
        )
    for row, of in enumerate(rows):
        _name_row(figure.add_subplot(grid[row, 0]), *of)
    assert shared is not None
    lowest = table["effective_temperature"].min()
    shared.set(xscale="symlog", ylim=(min(BOTTOM, lowest - 0.1), TOP))
    last = int(table["step"].max())
    shared.set_xlim(0, last * 10)
    decades = [10**power for power in range(int(np.log10(last)) + 1)]
    shared.set_xticks([0, *decades], ["0", *map(str, decades)])
    shared.set_xticks([], minor=True)
    figure.supxlabel("step", fontsize=11)
    figure.supylabel("temperature of the energy ($J/k_B$)", fontsize=11)
    handles, labels = shared.get_legend_handles_labels()
    labels = [label.replace("=", " = ") for label in labels]
    figure.legend(handles, labels, loc="outside right center", fontsize=8, title="start")
    return figure


def _panels(table: pd.DataFrame) -> dict[tuple[int, int], pd.DataFrame]:
    """What each panel shows, by row and column.

    The column is that of the temperature of training. What is trained at many has none: its
    panels begin on the left.
    """
    one = table[~table["data"].isin(MIXED)]
    found = {}
    pairs = table.groupby(["net", "data"], sort=False)
    for row, ((_, data), of_pair) in enumerate(pairs):
        among = sorted(set((of_pair if data in MIXED else one)["temperature"]))
        for temperature, at in of_pair.groupby("temperature"):
            found[row, among.index(temperature)] = at
    return found


def _name_row(axes: Axes, net: str, data: str) -> None:
    """Say on the left what a row is; ``axes`` lie over its first panel, or where that would be."""
    if data in MIXED:
        data = "thresholded_gaussian" if MIXED[data] else LATTICES
    axes.patch.set_visible(False)
    axes.spines[:].set_visible(False)
    axes.set(xticks=[], yticks=[])
    axes.set_ylabel(f"{net} on\n{data_label(data)}", fontsize=10, rotation=0, ha="right",
                    va="center", labelpad=42)  # fmt: skip


def _draw_panel(axes: Axes, at: pd.DataFrame, looks: dict) -> None:
    last = at["step"].max()
    places = np.geomspace(*FANNED, len(looks)) * last
    for (start, colour), place in zip(looks.items(), places, strict=True):
        of = at[at["start"] == start]
        means = of.groupby("step")["effective_temperature"].mean()
        axes.plot(means.index, means.clip(0, TOP), color=colour, linewidth=1.4, label=start)
        end = of.loc[of["step"] == last, "effective_temperature"]
        if len(end) and np.isfinite(end).all():
            mean, reach = mean_and_reach(end)
            axes.errorbar(place, min(mean, TOP), np.nan_to_num(reach), color=colour, fmt=".",
                          markersize=3, linewidth=1)  # fmt: skip
    axes.axvspan(last * 1.15, last * 10, color="gray", alpha=0.1, linewidth=0)
    axes.axhline(CRITICAL_TEMPERATURE, color="gray", linestyle="--", linewidth=1)
    if at["data"].iloc[0] in MIXED:
        axes.set_title("trained at many temperatures", fontsize=10)
        return
    temperature = at["temperature"].iloc[0]
    axes.axhline(temperature, color=COLOURS["vermilion"], linestyle=":", linewidth=1.6)
    axes.set_title(f"trained at $T = {temperature_label(temperature)}$", fontsize=10)


def _temperature(start: str) -> float:
    return float(start.removeprefix("T="))
