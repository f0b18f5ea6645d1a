"""The scorecard: the verdict on every claim, with the comparison that decides it."""

import textwrap

import pandas as pd
from matplotlib.figure import Figure

from isingdbn.figures.options import Table
from isingdbn.figures.style import COLOURS, new_figure

__all__ = ["OPTIONS", "draw"]

OPTIONS = {"table": Table("scorecard", ("claim", "verdict", "sentence", "effect", "rule"))}

VERDICTS = {
    "supported": ("✓ supported", COLOURS["green"]),
    "contradicted": ("✗ contradicted", COLOURS["vermilion"]),
    "undecided": ("– undecided", "dimgray"),
}
COLUMNS = {"verdict": 0.0, "sentence": 0.16, "decided by": 0.72}
WIDTHS = {"sentence": 71, "decided by": 37}  # characters
WIDTH, LINE = 10, 0.17  # inches
TEXT = 10  # points
ONE_SEED = "one seed"


def draw(table: pd.DataFrame) -> Figure:
    """A table: one row per claim.

    Parameters
    ----------
    table : the scorecard.
    """
    rows = [_cells(row) for _, row in table.iterrows()]
    heights = [max(cell.count("\n") + 1 for cell in cells.values()) + 0.5 for cells in rows]
    most = int(table["seeds"].max())
    seeds = ONE_SEED if most == 1 else f"{most} seeds"
    title = f"Verdicts on {len(rows)} claims, {seeds}"
    figure = new_figure(WIDTH, LINE * (sum(heights) + 4), title)
    axes = figure.add_subplot()
    axes.set_axis_off()
    total = sum(heights) + 1.5
    axes.set(xlim=(0, 1), ylim=(total, 0))
    for name, x in COLUMNS.items():
        axes.text(x, 0.9, name, weight="bold", fontsize=TEXT, va="bottom")
    top = 1.2
    for (_, row), cells, height in zip(table.iterrows(), rows, heights, strict=True):
        axes.axhline(top, color="lightgray", linewidth=0.7)
        text, colour = VERDICTS[row["verdict"]]
        axes.text(0, top + 0.3, text, color=colour, weight="bold", fontsize=TEXT, va="top")
        for name, cell in cells.items():
            axes.text(COLUMNS[name], top + 0.3, cell, fontsize=TEXT, va="top", linespacing=1.15)
        top += height
    return figure


def _cells(row: pd.Series) -> dict[str, str]:
    decided = f"{row['comparison'].replace('_', ' ')}: {_found(row)}"
    cells = {"sentence": row["sentence"], "decided by": decided}
    return {name: textwrap.fill(cell, WIDTHS[name]) for name, cell in cells.items()}


def _found(row: pd.Series) -> str:
    """The effect with its interval, if there is one; or why there is no effect."""
    if pd.isna(row["effect"]):
        why = row["missing"].partition(":")[0]  # the rest names rows of a table
        return why or "no seed has both numbers"
    bounds = f" [{row['lower']:.3g}, {row['upper']:.3g}]"
    return f"{row['effect']:.3g}{f', {ONE_SEED}' if pd.isna(row['lower']) else bounds}"
