"""The size of receptive fields over depth: participation ratios beside those at permuted sites."""

import pandas as pd
from matplotlib.figure import Figure

from isingdbn.figures.options import Table
from isingdbn.figures.style import COLOURS, new_figure, seeds_text

__all__ = ["OPTIONS", "draw"]

OPTIONS = {"table": Table("table metrics", ("metric", "median", "lower_quartile"))}


def draw(table: pd.DataFrame) -> Figure:
    """One panel a net and stage, one line a temperature: median participation ratio
    with quartiles over living units.

    Parameters
    ----------
    table : of `isingdbn table metrics`.
    """
    sizes = table[table["metric"] == "participation_ratio"]
    groups = dict(list(sizes.groupby(["net", "data", "stage"], sort=False)))
    title = f"Size of receptive fields over depth, {seeds_text(sizes['seed'])}"
    figure = new_figure(2.6 * len(groups) + 1, 3.4, title)
    panels = figure.subplots(1, len(groups), sharey=True, squeeze=False)[0]
    for axes, (name, group) in zip(panels, groups.items(), strict=True):
        for colour, (temperature, rows) in zip(
            COLOURS.values(), group.groupby("temperature"), strict=False
        ):
            low, high = rows["median"] - rows["lower_quartile"], rows["upper_quartile"]
            axes.errorbar(
                rows["layer"], rows["median"], [low, high - rows["median"]], fmt="o-",
                color=colour, capsize=3, label=f"{temperature:.4f}",
            )  # fmt: skip
        axes.set(title="\n".join(name), xlabel="layer", yscale="log")
    panels[0].set_ylabel("participation ratio (sites)")
    panels[0].legend(title="T (J/k$_B$)")
    return figure
