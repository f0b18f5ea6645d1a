"""Figure 12: the effective couplings of block spins and of hidden spins, step after step."""

import pandas as pd
from matplotlib.figure import Figure

from isingdbn.figures.maps import KEYS, draw_maps, name_maps
from isingdbn.figures.options import Table
from isingdbn.figures.style import new_figure, seeds_text, temperature_label

__all__ = ["OPTIONS", "draw"]

COUPLINGS = {
    "nearest": "nearest",
    "next_nearest": "next-nearest",
    "plaquette": "four of a plaquette",
}
OPTIONS = {"table": Table("table block-couplings", (*KEYS, "side", *COUPLINGS))}


def draw(table: pd.DataFrame) -> Figure:
    """A row of panels a temperature, a column a coupling.

    Parameters
    ----------
    table : one row a (net, temperature, seed, data, map, trained_on, step).
    """
    temperatures = sorted(set(table["temperature"]))
    title = f"Effective couplings of block spins and of hidden spins, {seeds_text(table['seed'])}"
    figure = new_figure(11, 1.2 + 2.9 * len(temperatures), title)
    panels = figure.subplots(len(temperatures), 3, sharex=True, sharey="col", squeeze=False)
    steps = table.drop_duplicates("step").sort_values("step")
    for row, temperature in zip(panels, temperatures, strict=True):
        at = table[table["temperature"] == temperature]
        for axes, coupling in zip(row, COUPLINGS, strict=True):
            draw_maps(axes, at, coupling)
            axes.axhline(0, color="gray", linewidth=0.8)
            axes.set_xticks(steps["step"], [f"{side}×{side}" for side in steps["side"]])
        row[0].set_ylabel(f"$T = {temperature_label(temperature)}\\,J/k_B$\ncoupling")
    for axes, name in zip(panels[0], COUPLINGS.values(), strict=True):
        axes.set_title(name)
    for axes in panels[-1]:
        axes.set_xlabel("grid of block spins")
    name_maps(figure, panels)
    return figure
