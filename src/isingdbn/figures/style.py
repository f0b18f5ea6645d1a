"""The look that all figures share: sizes, fonts and colour-blind-safe colours."""

from collections.abc import Iterable
from contextlib import AbstractContextManager

import matplotlib as mpl
import matplotlib.style
from matplotlib.figure import Figure

__all__ = [
    "COLOURS",
    "SPINS",
    "STYLE",
    "describe",
    "house_style",
    "new_figure",
    "seeds_text",
    "temperature_label",
]

# Okabe and Ito (2008), told apart by all common kinds of colour vision.
COLOURS = {"blue": "#0072B2", "orange": "#E69F00", "green": "#009E73", "vermilion": "#D55E00"}
SPINS = "gray"

STYLE = {
    "font.size": 11,
    "axes.titlesize": 11,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "legend.frameon": False,
    "savefig.dpi": 200,
    "pdf.fonttype": 42,
    "image.interpolation": "nearest",
}


def house_style() -> AbstractContextManager[None]:
    """Draw and write figures in this: Matplotlib's defaults and `STYLE`, whatever
    the user's matplotlibrc says.
    """
    return mpl.style.context(STYLE, after_reset=True)


def new_figure(width: float, height: float, title: str) -> Figure:
    """An empty figure of ``width`` × ``height`` inches with a ``title`` line."""
    figure = Figure(figsize=(width, height), layout="constrained")
    figure.suptitle(title, fontsize=12)
    return figure


def temperature_label(temperature: float) -> str:
    """A temperature to seven digits, in J/k_B."""
    return f"{temperature:.7g}"


def seeds_text(seeds: Iterable[int]) -> str:
    """Which seed, or how many."""
    distinct = list(dict.fromkeys(seeds))
    return f"{len(distinct)} seeds" if len(distinct) > 1 else f"seed {distinct[0]}"


def describe(attributes: dict) -> str:
    """Lattice, temperature and seed of a store's ``attributes`` in one line."""
    temperature = temperature_label(attributes["temperature"])
    where = f"$T = {temperature}\\,J/k_B$, {seeds_text([attributes['seed']])}"
    return f"{attributes['height']}×{attributes['width']} lattice, {where}"
