"""Figure 10: the share of the code's fields in the lowest Fourier modes, before and after
fine-tuning.
"""

import pandas as pd
from matplotlib.figure import Figure

from isingdbn.figures.intervals import draw_means
from isingdbn.figures.options import Table
from isingdbn.figures.style import COLOURS, KINDS, new_figure, seeds_text, temperature_label
from isingdbn.parameters.data import LATTICES, data_label

__all__ = ["OPTIONS", "draw"]

NET = "SmallNet"
OPTIONS = {"table": Table("table metrics", ("net", "data", "stage", "metric", "median"), (NET,))}

STAGES = ("pretrained", "finetuned")
SHOWN = {LATTICES: -0.06, "thresholded_gaussian": 0.06}  # places beside the stage's
BLOCK = 0.61  # share of a block of 8×8 sites of 40×40


def draw(table: pd.DataFrame) -> Figure:
    """One panel a temperature.

    Parameters
    ----------
    table : one row a (net, data, temperature, seed, stage, layer, metric), with its median.
    """
    shares = table[(table["net"] == NET) & (table["metric"] == "low_mode_share")]
    shares = shares[shares["layer"] == shares["layer"].max()]
    temperatures = sorted(set(shares["temperature"]))
    title = f"Fields of {NET}'s code in the 25 lowest modes, {seeds_text(shares['seed'])}"
    figure = new_figure(3.6 * len(temperatures) + 0.6, 4.4, title)
    panels = figure.subplots(1, len(temperatures), sharey=True, squeeze=False)[0]
    for temperature, axes in zip(temperatures, panels, strict=True):
        here = shares[shares["temperature"] == temperature]
        for data, beside in SHOWN.items():
            colour, marker = KINDS[data]
            of_data = here[here["data"] == data]
            groups = [
                (place + beside, of_data[of_data["stage"] == stage]["median"])
                for place, stage in enumerate(STAGES)
            ]
            draw_means(axes, groups, COLOURS[colour], marker, data_label(data))
        axes.axhline(BLOCK, color="gray", linestyle="--", linewidth=1)
        axes.annotate("block of 8×8", (0.02, BLOCK), xycoords=("axes fraction", "data"),
                      va="bottom", fontsize=9, color="dimgray")  # fmt: skip
        axes.set_xticks([0, 1], ["pre-trained", "fine-tuned"])
        axes.set_xlim(-0.4, 1.4)
        axes.set_title(f"$T = {temperature_label(temperature)}\\,J/k_B$")
        axes.grid(axis="y", alpha=0.3)
    panels[0].set(ylabel="share of the power in $|k_x|, |k_y| \\leq 2$", ylim=(0, 1.02))
    panels[-1].legend(loc="lower right")
    return figure
