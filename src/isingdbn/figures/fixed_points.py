"""Figure 20: where machines rest without noise, beside the Ising model that is made by hand."""

from collections.abc import Iterator
from itertools import cycle, product

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from isingdbn.figures.intervals import draw_geometric, draw_means
from isingdbn.figures.options import Table
from isingdbn.figures.style import (
    COLOURS,
    KINDS,
    OTHER_COLOURS,
    named,
    new_figure,
    seeds_text,
    temperature_label,
)
from isingdbn.parameters.data import data_label

__all__ = ["OPTIONS", "draw"]

NUMBERS = {
    "fixed_points": "distinct\nfixed points",
    "largest_basin": "part of starts in\nthe largest basin",
    "spectral_radius": "spectral radius\nat the end",
    "overlap": "overlap of\nstart and end",
}
KEYS = ("net", "data", "temperature", "machine", "start", "starts")
OPTIONS = {"table": Table("table fixed-points", (*KEYS, *NUMBERS))}

BY_HAND = "Ising model"
# Of each start: its place beside that of the machine, and whether its marks are filled.
STARTS = {"lattices": (-0.14, True), "random spins": (0.22, False)}
WORDS = {"lattices": "held-out samples", "random spins": "random spins"}
GAP = 0.5  # between two nets along x, beside 1 between two kinds of data of one
OTHER_MARK = "D"
SMALL = 8  # points


def draw(table: pd.DataFrame) -> Figure:
    """A row of panels a temperature of training, a column a number; along x the nets, and the Ising
    model once for each kind of data.

    Parameters
    ----------
    table : one row a (net, data, temperature, seed, machine, start).
    """
    temperatures = sorted(set(table["temperature"]))
    starts = int(table["starts"].max())
    looks = _looks(table["data"])
    title = f"Where machines rest without noise, {seeds_text(table['seed'])}"
    figure = new_figure(7, 1.9 + 1.75 * len(temperatures), title)
    panels = figure.subplots(
        len(temperatures), len(NUMBERS), sharex="row", sharey="col", squeeze=False
    )
    for row, temperature in zip(panels, temperatures, strict=True):
        machines = dict(_machines(table[table["temperature"] == temperature]))
        row[0].set_ylabel(f"trained at\n$T = {temperature_label(temperature)}$", fontsize=SMALL + 1)
        for axes, name in zip(row, NUMBERS, strict=True):
            _draw_panel(axes, machines, name, looks)
        for axes, at, line in zip(row, (starts, 1 / starts, 1), "::-", strict=False):
            axes.axhline(at, color="gray", linestyle=line, linewidth=1)
    for axes, label in zip(panels[0], NUMBERS.values(), strict=True):
        axes.set_title(label, fontsize=SMALL + 1)
    panels[0, 0].set_ylim(0, 1.08 * starts)
    panels[0, 1].set(yscale="log", ylim=(0.7 / starts, 1.4))
    panels[0, 1].yaxis.set_major_formatter("{x:g}")
    panels[0, 3].set_ylim(min(0, table["overlap"].min()), max(1, table["overlap"].max()))
    handles, labels = named(panels.flat)
    figure.legend(handles, labels, loc="outside lower center", fontsize=SMALL, ncols=2,
                  title=f"what it is trained on, and the {starts} starts",
                  title_fontsize=SMALL)  # fmt: skip
    return figure


def _looks(data: pd.Series) -> dict[str, tuple[str, str]]:
    """Colour and mark of each kind of data."""
    kinds = list(dict.fromkeys(data))
    others = cycle(OTHER_COLOURS)
    return {
        kind: KINDS[kind] if kind in KINDS else (next(others), OTHER_MARK)
        for kind in sorted(kinds, key=[*KINDS, *kinds].index)
    }


def _machines(at: pd.DataFrame) -> Iterator[tuple[str, dict[str, pd.DataFrame]]]:
    """Each net with the rows of each kind of data that it is trained on; last the Ising model,
    whose rows of a kind are those beside the first net on it: it is the same beside all nets.
    """
    trained = at[at["machine"] != BY_HAND]
    for net, of_net in trained.groupby("net", sort=False):
        yield net, dict(list(of_net.groupby("data", sort=False)))
    by_hand = at[at["machine"] == BY_HAND].drop_duplicates(["data", "seed", "start"])
    yield BY_HAND, dict(list(by_hand.groupby("data", sort=False)))


def _draw_panel(
    axes: Axes, machines: dict[str, dict[str, pd.DataFrame]], name: str, looks: dict
) -> None:
    """One number of all machines of a temperature."""
    drawn = draw_geometric if name == "largest_basin" else draw_means
    place, ticks = 0.0, {}
    found: dict[tuple[str, str], list[tuple[float, pd.Series]]] = {
        key: [] for key in product(looks, STARTS)
    }
    for machine, by_data in machines.items():
        ticks[machine] = place + (len(by_data) - 1) / 2
        for data in [data for data in looks if data in by_data]:
            for start, (aside, _) in STARTS.items():
                of = by_data[data]
                found[data, start].append((place + aside, of.loc[of["start"] == start, name]))
            place += 1
        place += GAP
    for (data, start), groups in found.items():
        if groups:
            colour, marker = looks[data]
            label = f"{data_label(data)}, from {WORDS[start]}"
            drawn(axes, groups, COLOURS[colour], marker, label, "", STARTS[start][1])
    axes.set_xticks(
        list(ticks.values()), list(ticks), rotation=45, ha="right", rotation_mode="anchor"
    )
    axes.set_xlim(-0.75, place - GAP - 0.25)
    axes.tick_params(labelsize=SMALL)
    axes.grid(axis="y", alpha=0.3)
