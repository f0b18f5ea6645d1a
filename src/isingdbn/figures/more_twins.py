"""Figure 19: the sizes of fields of spin and of Gaussian stacks on all twins."""

import pandas as pd
from matplotlib.figure import Figure

from isingdbn.figures.options import Table
from isingdbn.figures.style import named, new_figure, plain_numbers, seeds_text, temperature_label
from isingdbn.figures.twins import LAYERS, draw_ratios, name_dead

__all__ = ["OPTIONS", "draw"]

OPTIONS = {
    "table": Table(
        "table metrics", ("net", "data", "metric", "median"), ("SpinTwins", "GaussianTwins")
    )
}

STACKS = {"SpinTwins": "spin units", "GaussianTwins": "Gaussian units"}


def draw(table: pd.DataFrame) -> Figure:
    """A row of ratios per kind of stack, one column per temperature.

    Parameters
    ----------
    table : one row a (net, data, temperature, seed, stage, layer, metric), with its median.
    """
    sizes = table[table["net"].isin(STACKS) & (table["metric"] == "participation_ratio")]
    sizes = sizes.dropna(subset=["median"])  # without a living unit
    temperatures = sorted(set(sizes["temperature"]))
    figure = new_figure(11, 6.4, f"Fields of stacks on all twins, {seeds_text(sizes['seed'])}")
    panels = figure.subplots(len(STACKS), len(temperatures), sharex=True, sharey="row",
                             squeeze=False)  # fmt: skip
    for (net, units), row in zip(STACKS.items(), panels, strict=True):
        for temperature, axes in zip(temperatures, row, strict=True):
            here = sizes[(sizes["net"] == net) & (sizes["temperature"] == temperature)]
            if here.empty:
                axes.text(0.5, 0.5, "see Figure 6", ha="center", transform=axes.transAxes,
                          color="dimgray")  # fmt: skip
            else:
                draw_ratios(axes, here)
                name_dead(axes, here["layer"])
            axes.set(yscale="log", xticks=range(1, LAYERS + 1), xlim=(0.5, LAYERS + 0.5))
        plain_numbers(row[0])
        row[0].set_ylabel(f"size on twins over on\nlattices, {units}")
    for temperature, axes in zip(temperatures, panels[0], strict=True):
        axes.set_title(f"$T = {temperature_label(temperature)}\\,J/k_B$")
    for axes in panels[-1]:
        axes.set_xlabel("layer")
    figure.legend(*named(panels[::-1].flat), loc="outside lower center", ncols=4)
    return figure
