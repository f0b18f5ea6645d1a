"""Figure 16: what block spins and hidden spins keep of the long waves of lattices."""

import pandas as pd
from matplotlib.figure import Figure

from isingdbn.figures.intervals import draw_means
from isingdbn.figures.maps import KEYS, draw_columns, finish
from isingdbn.figures.options import Table
from isingdbn.figures.style import COLOURS

__all__ = ["OPTIONS", "draw"]

WAVES = "R² of waves\n$|k| \\leq 2$"
NUMBERS = {
    "r2_low_modes": WAVES,
    "majority_overlap": "overlap with\nmajority",
    "nearest_correlation": "product of\nneighbours",
}
OPTIONS = {"table": Table("table information", (*KEYS, "encoder", "side", *NUMBERS))}

OWN = "block spins"
OTHERS = {"longest waves": ("black", "x", -0.3), "random projections": ("grey", "+", 0.3)}


def draw(table: pd.DataFrame) -> Figure:
    """A row of panels a temperature and number, a column some of the maps, over the steps.

    Parameters
    ----------
    table : one row a (net, temperature, seed, data, map, trained_on, step, encoder).
    """
    own = table[table["encoder"] == OWN]
    numbers = {name: (own, number) for number, name in NUMBERS.items()}
    title = "What block spins and hidden spins keep of lattices"
    rest = table.drop_duplicates(["encoder", "temperature", "seed", "step"])  # whatever the map
    figure, panels = draw_columns(title, numbers)
    for (temperature, name, _), axes in panels.items():
        if name != WAVES:
            continue
        at = rest[rest["temperature"] == temperature]
        for encoder, (colour, marker, place) in OTHERS.items():
            groups = [
                (step + place, of["r2_low_modes"])
                for step, of in at[at["encoder"] == encoder].groupby("step")
            ]
            draw_means(axes, groups, COLOURS[colour], marker, f"signs of {encoder}", ":")
    finish(figure, panels, table)
    return figure
