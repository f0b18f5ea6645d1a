"""Figure 13: the exponents of lattices under block-spin maps and under nets."""

import pandas as pd
from matplotlib.figure import Figure

from isingdbn.figures.maps import KEYS, draw_columns, finish
from isingdbn.figures.options import Table

__all__ = ["OPTIONS", "draw"]

NUMBERS = (*KEYS, "exponent", "couplings", "value")
OPTIONS = {"table": Table("table exponents", NUMBERS)}

EXACT = {"thermal": ("$y_T$", 1.0), "magnetic": ("$y_H$", 15 / 8)}
LIMITS = {"$y_T$": (-0.7, 2.4), "$y_H$": (1.4, 2.25)}  # of the axes; block-spin maps have 0 to 2


def draw(table: pd.DataFrame) -> Figure:
    """A row of panels a temperature and exponent, a column some of the maps: over the steps, with
    all couplings.

    Parameters
    ----------
    table : one row a (net, temperature, seed, data, map, trained_on, exponent, step, couplings).
    """
    most = table.groupby("exponent")["couplings"].transform("max")
    table = table[table["couplings"] == most]
    numbers = {
        symbol: (table[table["exponent"] == exponent], "value")
        for exponent, (symbol, _) in EXACT.items()
    }
    exact = dict(EXACT.values())
    figure, panels = draw_columns("Exponents under block-spin maps and nets", numbers, LIMITS)
    for (_, symbol, _), axes in panels.items():
        axes.axhline(exact[symbol], color="gray", linestyle="--", linewidth=1)
    finish(figure, panels, table)
    return figure
