"""What the figures of block-spin maps share: which map is drawn how."""

from collections.abc import Iterator

import pandas as pd

from isingdbn.parameters.data import LATTICES, data_label

__all__ = ["KEYS", "maps_in"]

KEYS = ("data", "map", "trained_on", "step")

# colour, marker, and place beside the others, by what made the block spins
RULE = ("blue", "o", -0.06)
NET_ON_LATTICES = ("vermilion", "s", 0.0)
NET_ON_TWIN = ("orange", "^", 0.06)


def maps_in(
    table: pd.DataFrame,
) -> Iterator[tuple[str, pd.DataFrame, tuple[str, str, float], bool]]:
    """Each map and what it maps: a label, its rows, its look, and whether it maps lattices."""
    for (data, by, trained_on), rows in table.groupby(["data", "map", "trained_on"], sort=False):
        if by != "hidden spins":
            name, look = f"{by} rule", RULE
        else:
            name = f"net trained on {data_label(trained_on)}"
            look = NET_ON_LATTICES if trained_on == LATTICES else NET_ON_TWIN
        yield f"{name}, of {data_label(data)}", rows, look, data == LATTICES
