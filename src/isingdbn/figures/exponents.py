"""Figure 13: the exponents of lattices under block-spin maps and under nets."""

import pandas as pd
from matplotlib.figure import Figure

from isingdbn.figures.maps import KEYS, draw_maps, name_maps
from isingdbn.figures.options import Table
from isingdbn.figures.style import new_figure, seeds_text, temperature_label

__all__ = ["OPTIONS", "draw"]

NUMBERS = (*KEYS, "exponent", "couplings", "value")
OPTIONS = {"table": Table("table exponents", NUMBERS)}

EXACT = {"thermal": ("$y_T$", 1.0), "magnetic": ("$y_H$", 15 / 8)}
LIMITS = {
    "thermal": (-0.6, 2.4),
    "magnetic": (0.8, 2.4),
}  # of the axes; block-spin maps have 0 to 2


def draw(table: pd.DataFrame) -> Figure:
    """A row of panels a temperature, a column an exponent: over the steps, with all couplings.

    Parameters
    ----------
    table : one row a (net, temperature, seed, data, map, trained_on, exponent, step, couplings).
    """
    most = table.groupby("exponent")["couplings"].transform("max")
    table = table[table["couplings"] == most]
    temperatures = sorted(set(table["temperature"]))
    title = f"Exponents under block-spin maps and nets, {seeds_text(table['seed'])}"
    figure = new_figure(9.5, 1.2 + 3 * len(temperatures), title)
    panels = figure.subplots(len(temperatures), 2, sharex=True, sharey="col", squeeze=False)
    for row, temperature in zip(panels, temperatures, strict=True):
        at = table[table["temperature"] == temperature]
        for axes, (exponent, (symbol, exact)) in zip(row, EXACT.items(), strict=True):
            low, high = LIMITS[exponent]
            of_one = at[at["exponent"] == exponent]
            draw_maps(axes, of_one.assign(value=of_one["value"].clip(low, high)), "value")
            axes.axhline(exact, color="gray", linestyle="--", linewidth=1)
            axes.set_ylim(low - 0.05, high + 0.05)
            axes.set_ylabel(f"{symbol}, $T = {temperature_label(temperature)}\\,J/k_B$")
            axes.set_xticks(sorted(set(at["step"])))
    for axes in panels[-1]:
        axes.set_xlabel("step")
    name_maps(figure, panels)
    return figure
