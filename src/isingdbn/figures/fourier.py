"""Figure 10: the code's fields and the lowest Fourier modes, before and after fine-tuning: the
share of their power, and the principal angles with the space of the modes and with that of blocks.
"""

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from isingdbn.figures.intervals import draw_means
from isingdbn.figures.options import Table
from isingdbn.figures.style import (
    COLOURS,
    KINDS,
    named,
    new_figure,
    seeds_text,
    temperature_label,
)
from isingdbn.parameters.analysis import PLAIN_BLOCK
from isingdbn.parameters.data import LATTICES, data_label

__all__ = ["OPTIONS", "draw"]

NET = "SmallNet"
OPTIONS = {"table": Table("table metrics", ("net", "data", "stage", "metric", "median"), (NET,))}

STAGES = ("pretrained", "finetuned")
SHOWN = {LATTICES: -0.06, "thresholded_gaussian": 0.06}  # places beside the stage's
# Of each row: what is measured, with filled marks and with open ones; and the name of its line.
ROWS = {
    "share of the power\nin $|k_x|, |k_y| \\leq 2$": (("low_mode_share",), "block of 8×8"),
    "mean $\\cos^2$ of principal angles\nwith these modes, or with blocks": (
        ("low_mode_overlap", "block_overlap"), "blocks with modes",
    ),
}  # fmt: skip


def draw(table: pd.DataFrame) -> Figure:
    """A row of shares and one of principal angles; a column a temperature.

    Parameters
    ----------
    table : one row a (net, data, temperature, seed, stage, layer, metric), with its median.
    """
    shown = [metric for metrics, _ in ROWS.values() for metric in metrics]
    rows = table[(table["net"] == NET) & table["metric"].isin(shown)]
    rows = rows[rows["layer"] == rows["layer"].max()]
    temperatures = sorted(set(rows["temperature"]))
    title = f"Fields of {NET}'s code and the 25 lowest modes, {seeds_text(rows['seed'])}"
    figure = new_figure(3.6 * len(temperatures) + 0.6, 8, title)
    panels = figure.subplots(len(ROWS), len(temperatures), sharex=True, sharey=True, squeeze=False)
    for (label, (metrics, block)), row in zip(ROWS.items(), panels, strict=True):
        for temperature, axes in zip(temperatures, row, strict=True):
            _draw_panel(axes, rows[rows["temperature"] == temperature], metrics)
            axes.axhline(PLAIN_BLOCK, color="gray", linestyle="--", linewidth=1)
            axes.annotate(block, (0.5, PLAIN_BLOCK), ha="center", va="bottom", fontsize=9,
                          color="dimgray")  # fmt: skip
        row[0].set_ylabel(label)
    for temperature, axes in zip(temperatures, panels[0], strict=True):
        axes.set_title(f"$T = {temperature_label(temperature)}\\,J/k_B$")
    panels[0, 0].set(xticks=[0, 1], xlim=(-0.4, 1.4), ylim=(0, 1.05))
    panels[0, 0].set_xticklabels(["pre-trained", "fine-tuned"])
    figure.legend(*named(panels.flat), loc="outside lower center", ncols=2)
    return figure


def _draw_panel(axes: Axes, rows: pd.DataFrame, metrics: tuple[str, ...]) -> None:
    """One measurement with filled marks, and one with open ones if there is another."""
    looks = (("", "-", True), (", with blocks of 8×8", ":", False))
    for metric, (words, line, filled) in zip(metrics, looks, strict=False):
        for data, beside in SHOWN.items():
            colour, marker = KINDS[data]
            of = rows[(rows["data"] == data) & (rows["metric"] == metric)]
            groups = [
                (place + beside, of[of["stage"] == stage]["median"])
                for place, stage in enumerate(STAGES)
            ]
            draw_means(axes, groups, COLOURS[colour], marker, f"{data_label(data)}{words}",
                       line, filled)  # fmt: skip
    axes.grid(axis="y", alpha=0.3)
