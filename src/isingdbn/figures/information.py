"""Figure 16: what block spins and hidden spins keep of the long waves of lattices."""

import pandas as pd
from matplotlib.figure import Figure

from isingdbn.figures.maps import KEYS, draw_maps, name_maps
from isingdbn.figures.options import Table
from isingdbn.figures.style import new_figure, of_seeds, seeds_text, temperature_label

__all__ = ["OPTIONS", "draw"]

NUMBERS = {
    "r2_low_modes": "R² of the waves with $|k| \\leq 2$",
    "majority_overlap": "|correlation| with the\nmajority of the block",
    "nearest_correlation": "product of neighbours",
}
OPTIONS = {"table": Table("table information", (*KEYS, "encoder", "side", *NUMBERS))}

OWN = "block spins"
OTHERS = {"longest waves": ("black", "_", -0.18), "random projections": ("gray", "x", -0.18)}


def draw(table: pd.DataFrame) -> Figure:
    """A row of panels a temperature, a column a number, over the steps.

    Parameters
    ----------
    table : one row a (net, temperature, seed, data, map, trained_on, step, encoder).
    """
    temperatures = sorted(set(table["temperature"]))
    title = f"What block spins and hidden spins keep of lattices, {seeds_text(table['seed'])}"
    figure = new_figure(11, 1.4 + 2.9 * len(temperatures), title)
    panels = figure.subplots(len(temperatures), 3, sharex=True, sharey="col", squeeze=False)
    steps = table.drop_duplicates("step").sort_values("step")
    for row, temperature in zip(panels, temperatures, strict=True):
        at = table[table["temperature"] == temperature]
        own = at[at["encoder"] == OWN]
        for axes, number in zip(row, NUMBERS, strict=True):
            draw_maps(axes, own, number)
            axes.set_xticks(steps["step"], [f"{side}×{side}" for side in steps["side"]])
        rest = at.drop_duplicates(["encoder", "seed", "step"])  # the same whatever the map
        for encoder, (colour, marker, place) in OTHERS.items():
            groups = [
                (step + place, of["r2_low_modes"])
                for step, of in rest[rest["encoder"] == encoder].groupby("step")
            ]
            of_seeds(row[0], groups, colour, marker, f"signs of {encoder}", ":")
        row[0].set_ylabel(f"$T = {temperature_label(temperature)}\\,J/k_B$")
    for axes, name in zip(panels[0], NUMBERS.values(), strict=True):
        axes.set_title(name, fontsize=10)
    for axes in panels[-1]:
        axes.set_xlabel("grid of block spins")
    name_maps(figure, panels)
    return figure
