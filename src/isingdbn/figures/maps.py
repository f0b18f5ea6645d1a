"""What the figures of block-spin maps share: which map is drawn how, and where it is named."""

from collections.abc import Iterator
from itertools import cycle

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from isingdbn.figures.style import COLOURS, of_seeds
from isingdbn.parameters.data import LATTICES, data_label

__all__ = ["KEYS", "draw_maps", "map_label", "name_maps"]

HIDDEN = "hidden spins"

KEYS = ("net", "data", "map", "trained_on", "step")

# colour, marker, and place beside the others, of rules and then of nets as they come
RULES = {"majority": ("blue", "o", -0.06), "decimation": ("grey", "X", -0.18)}
NETS = (
    ("vermilion", "s", 0.0),
    ("orange", "^", 0.06),
    ("green", "D", -0.12),
    ("purple", "v", 0.12),
    ("sky", "P", 0.18),
    ("black", "*", 0.24),
)


def map_label(net: str, trained_on: str) -> str:
    """A net whose hidden spins are a map, in words."""
    if trained_on == "nothing":
        return f"{net}, not trained"
    return f"{net} trained on {data_label(trained_on)}"


def draw_maps(axes: Axes, table: pd.DataFrame, number: str) -> None:
    """A column of ``table`` over the steps, a line a map: dotted and open for maps of twins."""
    for label, rows, (colour, marker, place), of_lattices in _maps_in(table):
        groups = [(step + place, of[number]) for step, of in rows.groupby("step")]
        line = "-" if of_lattices else ":"
        of_seeds(axes, groups, COLOURS[colour], marker, label, line, of_lattices)


def name_maps(figure: Figure, panels: np.ndarray) -> None:
    """Say below the ``panels`` (row, column) how the maps of the first one are drawn."""
    handles, labels = panels[0, 0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside lower center", ncols=2, fontsize=9)


def _maps_in(
    table: pd.DataFrame,
) -> Iterator[tuple[str, pd.DataFrame, tuple[str, str, float], bool]]:
    """Each map and what it maps: a label, its rows, its look, and whether it maps lattices."""
    by_net = table[table["map"] == HIDDEN].groupby(["net", "trained_on"], sort=False)
    looks = dict(zip(by_net.groups, cycle(NETS), strict=False))
    keys = ["net", "data", "map", "trained_on"]
    for (net, data, by, trained_on), rows in table.groupby(keys, sort=False):
        if by == HIDDEN:
            name, look = map_label(net, trained_on), looks[net, trained_on]
        else:
            name, look = f"{by} rule", RULES[by]
        yield f"{name}, of {data_label(data)}", rows, look, data == LATTICES
