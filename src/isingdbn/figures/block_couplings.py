"""Figure 12: the effective couplings of block spins and of hidden spins, step after step."""

import pandas as pd
from matplotlib.figure import Figure

from isingdbn.figures.maps import KEYS, draw_columns, finish
from isingdbn.figures.options import Table

__all__ = ["OPTIONS", "draw"]

COUPLINGS = {
    "nearest": "nearest",
    "next_nearest": "next-nearest",
    "plaquette": "plaquette",
}
OPTIONS = {"table": Table("table block-couplings", (*KEYS, "side", *COUPLINGS))}


def draw(table: pd.DataFrame) -> Figure:
    """A row of panels a temperature and coupling, a column some of the maps.

    Parameters
    ----------
    table : one row a (net, temperature, seed, data, map, trained_on, step).
    """
    numbers = {name: (table, coupling) for coupling, name in COUPLINGS.items()}
    title = "Effective couplings of block spins and of hidden spins"
    figure, panels = draw_columns(title, numbers)
    for axes in panels.values():
        axes.axhline(0, color="gray", linewidth=0.8)
    finish(figure, panels, table)
    return figure
