"""The look that all figures share: sizes, fonts and colour-blind-safe colours."""

import matplotlib as mpl
import numpy as np
from matplotlib.figure import Figure

__all__ = ["COLOURS", "DIVERGING", "SPINS", "describe", "new_figure"]

# Okabe and Ito (2008), told apart by all common kinds of colour vision.
COLOURS = {"blue": "#0072B2", "orange": "#E69F00", "green": "#009E73", "vermilion": "#D55E00", "purple": "#CC79A7", "grey": "#666666"}
DIVERGING = "RdBu_r"  # zero is white, signs are told apart by all common kinds of colour vision
SPINS = "gray"

mpl.rcParams.update(
    {
        "font.size": 11,
        "axes.titlesize": 11,
        "axes.spines.top": False,
        "axes.spines.right": False,
        "legend.frameon": False,
        "savefig.dpi": 200,
        "pdf.fonttype": 42,
        "image.interpolation": "nearest",
    }
)


def new_figure(width: float, height: float, title: str) -> Figure:
    """An empty figure of ``width`` × ``height`` inches with a ``title`` line."""
    figure = Figure(figsize=(width, height), layout="constrained")
    figure.suptitle(title, fontsize=12)
    return figure


def describe(attributes: dict) -> str:
    """Lattice, temperature and seed of a store's ``attributes`` in one line."""
    height, width, temperature = attributes["height"], attributes["width"], attributes["temperature"]
    return rf"{height}×{width} lattice, $T = {np.format_float_positional(temperature, 6, trim='-')}\,J/k_B$, seed {attributes['seed']}"
