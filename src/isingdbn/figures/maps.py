"""What the figures of block-spin maps share: panels of few maps each, and how a map is drawn."""

from collections.abc import Iterator
from itertools import cycle

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from isingdbn.figures.intervals import draw_means
from isingdbn.figures.style import (
    COLOURS,
    KINDS,
    named,
    new_figure,
    seeds_text,
    temperature_label,
)
from isingdbn.parameters.data import LATTICES, data_label

__all__ = ["KEYS", "draw_columns", "finish", "map_label"]

HIDDEN, NOTHING = "hidden spins", "nothing"
REFERENCE = "majority"  # this rule is in every column

KEYS = ("net", "data", "map", "trained_on", "step")

# Colour and marker of rules, and of nets that are not trained, as they come; those of trained
# nets are those of their data.
RULES = {REFERENCE: ("black", "D"), "decimation": ("grey", "X")}
UNTRAINED = (("purple", "P"), ("sky", "*"))
OTHER = ("green", "h")  # of nets on data that have no look of their own
WIDE, APART = 0.66, 0.11  # steps, at most: all marks of a step along x, and two of them
WIDTH, LEGEND = 11.0, 1.45  # inches, of a figure, and the height of its names of maps
TALL, TALLEST = 10.5, 2.2  # inches, of all panels together at most, and of one

Panels = dict[tuple[float, str, str], Axes]  # by temperature, and name of the number and column

Numbers = dict[str, tuple[pd.DataFrame, str]]


def map_label(net: str, trained_on: str) -> str:
    """A net whose hidden spins are a map, in words."""
    if trained_on == NOTHING:
        return f"{net}, not trained"
    return f"{net} trained on {data_label(trained_on)}"


def draw_columns(
    title: str, numbers: Numbers, limits: dict[str, tuple[float, float]] | None = None
) -> tuple[Figure, Panels]:
    """A row of panels a temperature and number, over the steps; a column some of the maps.

    Parameters
    ----------
    title : of the figure, to which the seeds are added.
    numbers : what is drawn, by its name: a table of maps, and its column.
    limits : of the axes of a number, if they are fixed. Means beyond are arrows at the edge.

    Returns
    -------
    The figure and its panels, which `finish` must be given.
    """
    tables = [table for table, _ in numbers.values()]
    temperatures = sorted({at for table in tables for at in table["temperature"]})
    columns = list(_columns(tables[0]))
    rows = [(temperature, name) for temperature in temperatures for name in numbers]
    each = min(TALLEST, TALL / len(rows))
    height = 0.8 + each * len(rows) + LEGEND
    figure = new_figure(WIDTH, height, f"{title}, {seeds_text(tables[0]['seed'])}")
    heights = [each] * len(rows) + [LEGEND]
    grid = figure.add_gridspec(len(rows) + 1, len(columns), height_ratios=heights)
    found: Panels = {}
    of_number: dict[str, Axes] = {}
    for place, column in enumerate(columns):
        last = None
        for row, (temperature, name) in enumerate(rows):
            table, number = numbers[name]
            at = _columns(table).get(column)
            at = None if at is None else at[at["temperature"] == temperature]
            alone = set() if place == 0 else {REFERENCE}  # beside the first, for comparison only
            if at is None or set(at["map"]) <= alone:
                continue
            axes = figure.add_subplot(grid[row, place], sharex=last, sharey=of_number.get(name))
            of_number.setdefault(name, axes)
            if last is None:
                axes.set_title(f"({'abcdefgh'[place % 8]}) {column}", loc="left")
            else:
                last.tick_params(labelbottom=False)
            _draw_maps(axes, at, number, (limits or {}).get(name))
            axes.tick_params(labelleft=place == 0)
            if place == 0:
                where = f"$T = {temperature_label(temperature)}\\,J/k_B$"
                axes.set_ylabel(f"{name}\n{where}")
            found[temperature, name, column] = last = axes
    figure.align_ylabels()
    return figure, found


def finish(figure: Figure, panels: Panels, table: pd.DataFrame) -> None:
    """Say what is along x, the grids of block spins if the ``table`` of maps has them, and below
    each column how its maps are drawn.
    """
    if "side" in table:
        steps = table.drop_duplicates("step").sort_values("step")
        for axes in panels.values():
            axes.set_xticks(steps["step"], [f"{side}×{side}" for side in steps["side"]])
    for column in dict.fromkeys(column for _, _, column in panels):
        of_column = [axes for (*_, name), axes in panels.items() if name == column]
        of_column[-1].set_xlabel("grid of block spins" if "side" in table else "step")
        spec = of_column[-1].get_subplotspec()
        assert spec is not None
        below = figure.add_subplot(spec.get_gridspec()[-1, spec.colspan.start])
        _name_maps(below, of_column)


def _columns(table: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """The maps by the column that shows them: rules and the first net that is trained, nets
    that are not, and every other net, with the rule that all are compared with.
    """
    of_nets = table["map"] == HIDDEN
    trained = of_nets & (table["trained_on"] != NOTHING)
    first, *others = dict.fromkeys(table["net"][trained]) or [None]
    reference = ~of_nets & (table["map"] == REFERENCE) & (table["data"] == LATTICES)
    rules = table["map"].nunique() > 1 or not of_nets.any()
    title = " and ".join([*(["rules"] if rules else []), *([first] if first else [])])
    columns = {title: table[~of_nets | (trained & (table["net"] == first))]}
    if (of_nets & ~trained).any():
        columns["controls"] = table[reference | (of_nets & ~trained)]
    for net in others:
        columns[str(net)] = table[reference | (trained & (table["net"] == net))]
    return columns


def _draw_maps(
    axes: Axes, table: pd.DataFrame, number: str, limits: tuple[float, float] | None
) -> None:
    """A column of ``table`` over the steps, a line a map: dotted and open for maps of twins."""
    maps = list(_maps_in(table))
    apart = min(APART, WIDE / len(maps))
    for place, (label, rows, (colour, marker), of_lattices) in enumerate(maps):
        beside = apart * (place - (len(maps) - 1) / 2)
        groups = [(step + beside, of[number]) for step, of in rows.groupby("step")]
        line = "-" if of_lattices else ":"
        draw_means(axes, groups, COLOURS[colour], marker, label, line, of_lattices)
        if limits:
            for where, values in groups:
                _mark_beyond(axes, where, float(values.mean()), limits, COLOURS[colour])
    if limits:
        axes.set_ylim(*limits)
    axes.set_xticks(sorted(set(table["step"])))


def _mark_beyond(
    axes: Axes, place: float, mean: float, limits: tuple[float, float], colour: str
) -> None:
    """An arrow to the edge that a ``mean`` is beyond, with the number."""
    low, high = limits
    if low <= mean <= high:
        return
    edge, inwards = (low, 1) if mean < low else (high, -1)
    axes.annotate(
        f"{mean:.2f}".replace("-", "−"), (place, edge), (0, 20 * inwards),
        textcoords="offset points", ha="center", va="center", fontsize=9, color=colour,
        arrowprops={"arrowstyle": "-|>", "color": colour, "shrinkA": 0, "shrinkB": 0},
    )  # fmt: skip


def _name_maps(axes: Axes, panels: list[Axes]) -> None:
    """Say in empty ``axes`` how the maps in ``panels`` are drawn."""
    axes.set_axis_off()
    found = dict(zip(*named(panels)[::-1], strict=True))
    handles = {label: handle for label, handle in found.items() if ", of " not in label}
    for label in dict.fromkeys(label for label in found if ", of " in label):
        kind = label.partition(", of ")[2]
        handles[f"open: of {kind}"] = Line2D(
            [], [], color="black", marker="o", markerfacecolor="white", linestyle=":", linewidth=1
        )
    legend = axes.legend(handles.values(), handles.keys(), loc="upper left", fontsize=9,
                         borderaxespad=0, handlelength=1.8)  # fmt: skip
    legend.set_in_layout(False)


def _maps_in(
    table: pd.DataFrame,
) -> Iterator[tuple[str, pd.DataFrame, tuple[str, str], bool]]:
    """Each map and what it maps: a label, its rows, its look, and whether it maps lattices."""
    untrained = table["net"][(table["map"] == HIDDEN) & (table["trained_on"] == NOTHING)]
    looks = dict(zip(dict.fromkeys(untrained), cycle(UNTRAINED), strict=False))
    keys = ["net", "data", "map", "trained_on"]
    for (net, data, by, trained_on), rows in table.groupby(keys, sort=False):
        if by != HIDDEN:
            name, look = f"{by} rule", RULES[by]
        elif trained_on == NOTHING:
            name, look = map_label(net, trained_on), looks[net]
        else:
            name, look = f"net on {data_label(trained_on)}", KINDS.get(trained_on, OTHER)
        of_lattices = data == LATTICES
        yield name if of_lattices else f"{name}, of {data_label(data)}", rows, look, of_lattices
