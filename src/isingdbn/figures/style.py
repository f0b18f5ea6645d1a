"""The look that all figures share: sizes, fonts and colour-blind-safe colours."""

from collections.abc import Iterable
from contextlib import AbstractContextManager

import matplotlib as mpl
import matplotlib.style
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.legend import Legend
from matplotlib.text import Text
from matplotlib.ticker import LogLocator, NullFormatter, StrMethodFormatter

__all__ = [
    "COLOURS",
    "EACH",
    "KINDS",
    "LARGE",
    "OTHER_COLOURS",
    "SPINS",
    "STYLE",
    "STYLES",
    "describe",
    "epochs_text",
    "house_style",
    "make_legible",
    "named",
    "new_figure",
    "plain_numbers",
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
# Colour and mark of each kind of data, in all figures that compare kinds; what else these
# tell apart by colour (ways, units, layers, temperatures) has the other colours.
KINDS = {
    "lattices": ("blue", "o"),
    "thresholded_gaussian": ("vermilion", "s"),
    "sign_product_2": ("orange", "^"),
    "sign_product_3": ("green", "v"),
}
OTHER_COLOURS = ("purple", "black", "sky", "grey")
SPINS = "gray"
# Of a layer, which units are drawn large, and how many of each kind.
LARGE, EACH = ("strongest", "median", "weakest"), 3

DOTS = 100  # an inch
STYLE = {
    "font.size": 11,
    "axes.titlesize": 11,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "legend.frameon": False,
    "savefig.dpi": DOTS,
    "pdf.fonttype": 42,
    "image.interpolation": "nearest",
}

# How much larger text, lines and marks are than on paper, and the least size of text,
# in points, of a figure that is reduced to a page of so many inches.
STYLES = {"print": (1.0, 7), "slides": (1.25, 8)}
PAGE = 7.0


def house_style(style: str = "print") -> AbstractContextManager[None]:
    """Draw and write figures in this: Matplotlib's defaults and `STYLE`, whatever
    the user's matplotlibrc says. A figure of any of the `STYLES` has as many dots.
    """
    dots = DOTS * STYLES[style][0]
    return mpl.style.context({**STYLE, "savefig.dpi": dots}, after_reset=True)


def new_figure(width: float, height: float, title: str) -> Figure:
    """An empty figure of ``width`` × ``height`` inches with a ``title`` line."""
    figure = Figure(figsize=(width, height), layout="constrained")
    figure.suptitle(title, fontsize=12)
    return figure


def make_legible(figure: Figure, style: str = "print") -> None:
    """Draw everything in a figure but its panels as large as one of the `STYLES` says, by laying it
    out on less paper, and raise all text to the least size of that style.
    """
    larger, points = STYLES[style]
    width, height = figure.get_size_inches()
    figure.set_size_inches(width / larger, height / larger)
    least = points * figure.get_figwidth() / PAGE
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
    if larger > 1:
        _narrow(figure)


def _narrow(figure: Figure) -> None:
    """Reduce the text of a title or legend that is wider than the figure, until it fits."""
    title = [figure._suptitle] if figure._suptitle else []  # type: ignore[attr-defined]
    figure.set_dpi(mpl.rcParams["savefig.dpi"])  # widths of letters are whole dots
    for _ in range(10):  # a legend's lines do not become shorter with its text
        figure.draw_without_rendering()
        wide = [
            (part, 0.97 * figure.bbox.width / part.get_window_extent().width)
            for part in [*title, *figure.legends]
            if part.get_window_extent().width > figure.bbox.width
        ]
        if not wide:
            return
        for part, share in wide:
            for text in part.get_texts() if isinstance(part, Legend) else [part]:
                text.set_fontsize(share * float(text.get_fontsize()))


def named(panels: Iterable[Axes]) -> tuple[list, list[str]]:
    """What is drawn in any of the ``panels``, each once: handles and labels of a legend."""
    handles = {
        label: handle
        for axes in panels
        for handle, label in zip(*axes.get_legend_handles_labels(), strict=True)
    }
    return list(handles.values()), list(handles)


def plain_numbers(axes: Axes) -> None:
    """Numbers without powers of ten along a logarithmic y."""
    axes.yaxis.set_major_locator(LogLocator(subs=(1.0, 2.0, 5.0)))
    axes.yaxis.set_major_formatter(StrMethodFormatter("{x:g}"))
    axes.yaxis.set_minor_formatter(NullFormatter())


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
