"""The look that all figures share: sizes, fonts and colour-blind-safe colours."""

from collections.abc import Iterable
from contextlib import AbstractContextManager

import matplotlib as mpl
import matplotlib.style
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.text import Text

__all__ = [
    "COLOURS",
    "EACH",
    "LARGE",
    "SPINS",
    "STYLE",
    "describe",
    "epochs_text",
    "house_style",
    "make_legible",
    "new_figure",
    "of_seeds",
    "range_text",
    "seeds_text",
    "temperature_label",
]

# Okabe and Ito (2008), told apart by all common kinds of colour vision.
COLOURS = {
    "blue": "#0072B2",
    "orange": "#E69F00",
    "green": "#009E73",
    "vermilion": "#D55E00",
    "purple": "#CC79A7",
    "sky": "#56B4E9",
    "grey": "#666666",
    "black": "#000000",
}
SPINS = "gray"
# Of a layer, which units are drawn large, and how many of each kind.
LARGE, EACH = ("strongest", "median", "weakest"), 3

STYLE = {
    "font.size": 11,
    "axes.titlesize": 11,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "legend.frameon": False,
    "savefig.dpi": 100,
    "pdf.fonttype": 42,
    "image.interpolation": "nearest",
}

# The least size of text, in points, of a figure that is as wide as a page or a slide, in inches.
LEAST_TEXT, PAGE = 7, 7.0


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


def make_legible(figure: Figure) -> None:
    """Raise all text of a figure to what is `LEAST_TEXT` points when it is reduced to a `PAGE`."""
    least = LEAST_TEXT * figure.get_figwidth() / PAGE
    for axes in figure.axes:
        for axis in (axes.xaxis, axes.yaxis):
            for which in ("major", "minor"):
                labels = axis.get_ticklabels(which=which)
                if any(float(label.get_fontsize()) < least for label in labels):
                    axis.set_tick_params(which=which, labelsize=least)
    cells = [
        cell.get_text()
        for axes in figure.axes
        for table in axes.tables
        for cell in table.get_celld().values()
    ]
    for text in [*figure.findobj(Text), *cells]:
        text.set_fontsize(max(float(text.get_fontsize()), least))


def of_seeds(
    axes: Axes,
    groups: Iterable[tuple[float, pd.Series]],
    colour: str,
    marker: str,
    label: str,
    line: str = "-",
    filled: bool = True,
) -> None:
    """Every seed as a faint mark and the means as bold ones.

    Parameters
    ----------
    groups : places along x, with the numbers of all seeds there.
    label : of the bold marks.
    line : the style of what joins them, or nothing.
    filled : whether the bold marks are.
    """
    places, means = [], []
    for place, values in groups:
        axes.plot([place] * len(values), values, marker, color=colour, alpha=0.35, markersize=4)
        places.append(place)
        means.append(values.mean())
    face = colour if filled else "none"
    axes.plot(
        places, means, f"{marker}{line}", color=colour, markerfacecolor=face, markersize=7,
        linewidth=1, label=label,
    )  # fmt: skip


def temperature_label(temperature: float) -> str:
    """A temperature to seven digits, in J/k_B."""
    return f"{temperature:.7g}"


def seeds_text(seeds: Iterable[int]) -> str:
    """Which seed, or how many."""
    distinct = list(dict.fromkeys(seeds))
    return f"{len(distinct)} seeds" if len(distinct) > 1 else f"seed {distinct[0]}"


def describe(attributes: dict) -> str:
    """Lattice, temperature, seed and number of training lattices of a measurement's
    ``attributes`` in one line.
    """
    temperature = temperature_label(attributes["temperature"])
    where = f"$T = {temperature}\\,J/k_B$, {seeds_text([attributes['seed']])}"
    size = f"{attributes['height']}×{attributes['width']}"
    return f"{size} lattice, {where}, trained on {attributes['training_lattices']} lattices"


def range_text(numbers: Iterable[int]) -> str:
    """A number, or the least and the largest of several; 0 if there is none."""
    numbers = list(numbers) or [0]
    least, most = min(numbers), max(numbers)
    return f"{least}" if least == most else f"{least} to {most}"


def epochs_text(attributes: dict) -> str:
    """How long a net of a measurement's ``attributes`` was trained: epochs a layer,
    and of fine-tuning if there is any.
    """
    tuning = attributes["finetuning_epochs"]
    before = range_text(attributes["pretraining_epochs"])
    return f"{before} + {tuning} epochs" if tuning else f"{before} epochs"
