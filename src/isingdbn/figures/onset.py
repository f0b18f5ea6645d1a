"""Figure 18: when fields become local, and how large they are, against the pixels of the data,
the number of lattices, the learning rate and the penalty.
"""

from collections.abc import Iterable, Mapping

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from isingdbn.figures.dial import EXPONENTS, OTHERS, excess_kurtosis, name_sizes
from isingdbn.figures.intervals import draw_geometric
from isingdbn.figures.options import Table
from isingdbn.figures.style import (
    COLOURS,
    new_figure,
    plain_numbers,
    seeds_text,
    temperature_label,
)
from isingdbn.figures.twins import LOCAL, SAME
from isingdbn.parameters.data import LATTICES, data_label

__all__ = [
    "OPTIONS",
    "PENALIZED",
    "draw",
    "draw_onsets",
    "draw_sizes",
    "name_kurtosis",
    "name_powers",
]

NUMBERS = ("net", "data", "stage", "layer", "epoch", "participation_ratio", "local_from_epoch")
OPTIONS = {
    "table": Table("table emergence", NUMBERS, ("Kurtosis", "KurtosisFree", "Lattices9000")),
    "sizes": Table("table metrics", ("net", "data", "metric", "median", "living"), ("Even25",)),
}

SITES = 1600
EARLY = 40  # epochs: sizes are shown at the record next to it, and at the last
GAUSSIAN = ("Kurtosis", "KurtosisFree")
Look = tuple[str, str, float]  # of a net: name, colour and place beside the other's
# Of a net with the penalty, and of one without it.
PENALIZED: tuple[Look, Look] = (
    ("with the penalty", "purple", -0.04),
    ("without it", "black", 0.04),
)
LEFT = -0.25  # along x, of lattices
CROWDED = (0.25, 0.75)  # powers without a number above the panels
SHAPES = {"o": "powers $\\mathrm{sign}(g)|g|^a$"} | {
    look: data_label(data) for data, (look, *_) in OTHERS.items()
}

# What is known of an onset, as the mark that says so.
KNOWN, BEFORE, AFTER = "known", "$\\downarrow$", "$\\uparrow$"

# Each net's place along x and updates an epoch, of minibatches of 100 lattices.
REFERENCE = "Lattices9000"
UPDATES: dict[str, dict[str, tuple[float, int]]] = {
    "lattices": {"Lattices1000": (1000, 10), "Lattices3000": (3000, 30), REFERENCE: (9000, 90)},
    "learning rate": {"HalfRate": (0.0025, 90), REFERENCE: (0.005, 90), "DoubleRate": (0.01, 90)},
    "penalty λ": {"HalfPenalty": (0.015, 90), REFERENCE: (0.03, 90), "DoublePenalty": (0.06, 90)},
}
# What is expected of the onset along x: its power, in words, and whether it is claimed.
EXPECTED = {
    "lattices": (0, "as many\nupdates", True),
    "learning rate": (-1, "updates × rate\nconstant", True),
    "penalty λ": (0, "no effect", False),
}

WIDTHS = {25: ("sky", "^", 0.95), 100: ("purple", "o", 1.0), 400: ("black", "s", 1.05)}
PENALTIES = {
    0.015: {25: "Light25", 100: "Light100", 400: "Light400"},
    0.03: {25: "Even25", 100: "Even100", 400: "OneStep"},
    0.06: {25: "Heavy25", 100: "Heavy100", 400: "Heavy400"},
}
ONCE = (0.5, 2.0)  # tilings that are called once


def draw(table: pd.DataFrame, sizes: pd.DataFrame) -> Figure:
    """Two panels of Gaussian units, and four of spin units.

    Parameters
    ----------
    table : one row a (net, data, temperature, seed, stage, layer, epoch).
    sizes : one row a (net, data, temperature, seed, stage, layer, metric), with its median
        and the number of living units.
    """
    rows = table[(table["stage"] == "pretrained") & (table["layer"] == 0)]
    shown = rows["net"].isin([*GAUSSIAN, *(net for nets in UPDATES.values() for net in nets)])
    rows = rows[shown]
    where = f"$T = {temperature_label(rows['temperature'].iloc[0])}\\,J/k_B$"
    title = f"When fields become local, at {where}, and how large, {seeds_text(rows['seed'])}"
    figure = new_figure(11, 9, title)
    above, below = figure.subfigures(2, 1, squeeze=False, height_ratios=(1.1, 1))[:, 0]
    against_size, against_onset = above.subplots(1, 2)
    looks = dict(zip(GAUSSIAN, PENALIZED, strict=True))
    draw_sizes(against_size, rows, looks)
    draw_onsets(against_onset, rows, looks)
    for axes in (against_size, against_onset):
        name_kurtosis(axes)
        name_powers(axes)
    panels = below.subplots(1, 4, width_ratios=(1, 1, 1, 1.15))
    for axes in panels[1:3]:
        axes.sharey(panels[0])
        axes.tick_params(labelleft=False, which="both")
    for axes, along in zip(panels, UPDATES, strict=False):
        _updates(axes, rows, along)
    panels[0].set_ylabel("updates until fields are local")
    plain_numbers(panels[0])
    _tilings(panels[3], sizes)
    titles = ("size, Gaussian units", "onset, Gaussian units", *["onset, spin units"] * 3,
              "size, spin units")  # fmt: skip
    for axes, letter, words in zip(figure.axes, "abcdef", titles, strict=True):
        axes.set_title(f"({letter}) {words}", loc="left")
    return figure


def _place(data: str) -> float:
    """Along x: the excess kurtosis of a pixel, and a little to its left for lattices."""
    kurtosis = excess_kurtosis(EXPONENTS[data]) if data in EXPONENTS else OTHERS[data][2]
    return kurtosis + LEFT * (data == LATTICES)


def _shape(data: str) -> str:
    return "o" if data in EXPONENTS else OTHERS[data][0]


def draw_sizes(axes: Axes, rows: pd.DataFrame, nets: Mapping[str, Look]) -> None:
    """Sizes of fields against the kurtosis of a pixel, after some epochs and after all.

    Parameters
    ----------
    rows : of the first layer, one row a (net, data, seed, epoch).
    nets : the look of each that is shown, as in `PENALIZED`.
    """
    rows = rows[rows["net"].isin(nets)]
    epochs = np.array(sorted(set(rows["epoch"])))
    early, last = epochs[np.abs(epochs - EARLY).argmin()], epochs[-1]
    for net, (name, colour, beside) in nets.items():
        for epoch in dict.fromkeys((early, last)):
            at = rows[(rows["net"] == net) & (rows["epoch"] == epoch)]
            groups = {
                data: (_place(data) + beside, of["participation_ratio"])
                for data, of in at.groupby("data")
            }
            powers = [groups[data] for data in EXPONENTS if data in groups]
            look = {"colour": COLOURS[colour], "filled": epoch == last}
            line = "-" if epoch == last else ":"
            draw_geometric(axes, powers, marker="o", line=line,
                           label=f"{name}, epoch {epoch}", **look)  # fmt: skip
            for data in OTHERS:
                if data in groups:
                    draw_geometric(axes, [groups[data]], marker=_shape(data), line="", **look)
    name_sizes(axes)
    axes.set(yscale="log", ylabel="participation ratio (sites)")
    plain_numbers(axes)
    axes.legend(loc="lower right", fontsize=10)


def draw_onsets(axes: Axes, rows: pd.DataFrame, nets: Mapping[str, Look]) -> None:
    """Epochs from which fields are local against the kurtosis of a pixel, and above a line, as open
    marks, those that are not in all epochs; `draw_sizes` has the parameters.
    """
    rows = rows[rows["net"].isin(nets)]
    last = rows["epoch"].max()
    for net, (_, colour, beside) in nets.items():
        groups = {
            data: (_place(data) + beside, _onsets(of, later=1.25))
            for data, of in rows[rows["net"] == net].groupby("data")
        }
        powers = [groups[data] for data in EXPONENTS if data in groups]
        _draw_onsets(axes, powers, COLOURS[colour], "o", "-", opened=True)
        for data in OTHERS:
            if data in groups:
                _draw_onsets(axes, [groups[data]], COLOURS[colour], _shape(data), "", opened=True)
    axes.axhline(last, color="gray", linestyle="--", linewidth=1)
    axes.set(yscale="log", ylabel="epoch from which fields are local")
    plain_numbers(axes)
    axes.annotate(f"above: not in {last} epochs", (0.99, 0.96 * last), ha="right", va="top",
                  fontsize=9, xycoords=("axes fraction", "data"), color="dimgray")  # fmt: skip
    marks = [
        Line2D([], [], color="black", marker=marker, linestyle="", label=name)
        for marker, name in SHAPES.items()
    ]
    axes.legend(handles=marks, loc="lower right", fontsize=10)


def name_kurtosis(axes: Axes) -> None:
    """Say below what is along x."""
    axes.set_xlabel("excess kurtosis of one pixel")


def name_powers(axes: Axes) -> None:
    """Say above which power of a Gaussian field has which kurtosis."""
    above = axes.secondary_xaxis("top")
    above.set_xticks(
        [excess_kurtosis(power) for power in EXPONENTS.values()],
        ["" if power in CROWDED else f"{power:g}" for power in EXPONENTS.values()],
    )
    above.set_xlabel("power $a$", fontsize=10)


def _onsets(rows: pd.DataFrame, later: float = 1.0) -> pd.DataFrame:
    """Of each seed the ``epoch`` from which fields are local, and the ``mark`` of what is known:
    `KNOWN`, or `BEFORE` if they are at the first record, which is given then, or `AFTER` if they
    are not at the last, of which ``later`` times is given.
    """
    ordered = rows.sort_values("epoch")
    first = ordered.drop_duplicates("seed").set_index("seed")
    last = ordered.groupby("seed")["epoch"].max()
    epoch = first["local_from_epoch"]
    at_once = first["participation_ratio"] < LOCAL
    mark = pd.Series(KNOWN, epoch.index)
    mark = mark.mask(epoch.isna(), AFTER).mask(at_once, BEFORE)
    epoch = epoch.mask(mark == AFTER, later * last).mask(mark == BEFORE, first["epoch"])
    return pd.DataFrame({"epoch": epoch, "mark": mark})


def _draw_onsets(
    axes: Axes,
    groups: Iterable[tuple[float, pd.DataFrame]],
    colour: str,
    marker: str,
    line: str,
    opened: bool = False,
) -> None:
    """Means with intervals where all seeds have an onset; the seeds alone where only some do, with
    the number of those that have none; and one mark where none does: an arrow, or if ``opened`` the
    open mark.
    """
    shapes = {KNOWN: marker, BEFORE: BEFORE, AFTER: marker if opened else AFTER}
    known = []
    for place, onsets in groups:
        kinds = set(onsets["mark"])
        if kinds == {KNOWN}:
            known.append((place, onsets["epoch"]))
            continue
        for mark, of in onsets.groupby("mark"):
            alone = len(kinds) == 1
            shown = of["epoch"][:1] if alone else of["epoch"]  # they are equal
            size, alpha = (9, 1.0) if alone else (5, 0.35)
            (drawn,) = axes.plot([place] * len(shown), shown, marker=shapes[mark], linestyle="",
                                 color=colour, markersize=size, alpha=alpha)  # fmt: skip
            if opened and mark == AFTER:
                drawn.set_markerfacecolor("none")
            if mark == AFTER and not alone:
                axes.annotate(f"{len(of)} of {len(onsets)}", (place, of["epoch"].mean()), (0, -5),
                              textcoords="offset points", ha="center", va="top", fontsize=9,
                              color="dimgray")  # fmt: skip
    draw_geometric(axes, known, colour, marker, line=line)


def _updates(axes: Axes, rows: pd.DataFrame, along: str) -> None:
    nets = UPDATES[along]
    groups = {}
    for net, (place, updates) in nets.items():
        onsets = _onsets(rows[(rows["net"] == net) & (rows["data"] == LATTICES)])
        groups[net] = place, onsets.assign(epoch=onsets["epoch"] * updates)
    place, reference = groups[REFERENCE]
    power, words, claimed = EXPECTED[along]
    if set(reference["mark"]) == {KNOWN}:
        places = np.array(sorted(place for place, _ in nets.values()), float)
        line = np.exp(np.log(reference["epoch"]).mean()) * (places / place) ** power
        axes.plot(places, line, color="gray", linestyle="--", linewidth=1, label=words)
        if claimed:
            axes.fill_between(places, *(line * ratio for ratio in SAME), color="gray", alpha=0.2,
                              linewidth=0)  # fmt: skip
        axes.legend(loc="best", fontsize=9)
    _draw_onsets(axes, list(groups.values()), COLOURS["purple"], "o", "-")
    _draw_onsets(axes, [groups[REFERENCE]], COLOURS["black"], "s", "")
    axes.set(xscale="log", yscale="log", xlabel=along)
    _ticks(axes, [place for place, _ in nets.values()])


def _tilings(axes: Axes, sizes: pd.DataFrame) -> None:
    first = sizes[
        (sizes["metric"] == "participation_ratio")
        & (sizes["stage"] == "pretrained")
        & (sizes["layer"] == 0)
        & (sizes["data"] == LATTICES)
    ]
    temperature = first["temperature"][first["net"] == PENALTIES[0.03][25]].iloc[0]
    first = first[first["temperature"] == temperature]
    tilings = first["median"] * first["living"] / SITES
    for units, (colour, marker, beside) in WIDTHS.items():
        groups = [
            (penalty * beside, tilings[first["net"] == nets[units]])
            for penalty, nets in PENALTIES.items()
        ]
        draw_geometric(axes, groups, COLOURS[colour], marker, f"{units} units")
    axes.axhspan(*ONCE, color="gray", alpha=0.2, linewidth=0)
    axes.axhline(1, color="gray", linestyle="--", linewidth=1)
    axes.set(xscale="log", yscale="log", xlabel="penalty λ", ylabel="size × living units / 1600")
    _ticks(axes, list(PENALTIES))
    plain_numbers(axes)
    axes.legend(loc="best", fontsize=9, title=f"$T = {temperature_label(temperature)}$")


def _ticks(axes: Axes, places: list[float]) -> None:
    axes.set_xticks(places, [f"{place:g}" for place in places])
    axes.set_xticks([], minor=True)
    axes.margins(x=0.15)
