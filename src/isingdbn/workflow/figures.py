"""Where the figures of an experiment are."""

from typing import Any

from isingdbn.figures.register import FIGURES, Figure
from isingdbn.workflow.layout import DIVERGING, EVERYTHING, PAPER, PAPER_NETS, Layout
from isingdbn.workflow.paths import FIGURE, POINT, filled

__all__ = [
    "figures_of",
    "labels_of",
    "paper_figures",
    "path_of",
    "renormalization_figures",
    "reported_figures",
    "study_figures",
]


TOLD = "told over epochs"
# grids of figures of nets as block-spin maps
MAPS = ("maps", "followed", "at rest", "informed", "mapped")


def path_of(figure: Figure) -> str:
    """The pattern of a figure's files, without suffix."""
    return FIGURE.format(figure=figure.name.replace("{point}", POINT))


def labels_of(figure: Figure, wildcards: Any) -> dict[str, str]:
    """What tells a figure's images apart in the report: the values of their ``wildcards``, but for
    the colormap that all of `reported_figures` have.

    One label, since Snakemake's page makes a switch of any other that has two values, each in half
    of the images, and breaks down where not all combinations are there.
    """
    names = [name for name in figure.wildcards if name not in ("point", "size")]
    values = [wildcards[name] for name in names if wildcards[name] != DIVERGING]
    if "point" in figure.wildcards:
        values += [f"T = {float(wildcards['temperature']):.7g}", f"seed {wildcards['seed']}"]
    return {"image": ", ".join(values) or figure.category.split(": ")[-1]}


def figures_of(layout: Layout) -> list[str]:
    """All images, films and pages of an experiment."""
    return [
        f"{path}.{suffix}"
        for figure in FIGURES.values()
        if layout.nets.keys() >= set(figure.needs)
        for values in layout.grid(figure.grid)
        for path in filled(path_of(figure), **values)
        for suffix in figure.suffixes
    ]


def reported_figures(layout: Layout) -> list[str]:
    """The pages that the report has: of the first seed, and in the diverging colormap."""
    drawn = set(figures_of(layout))
    found = [
        f"{path}.html"
        for figure in FIGURES.values()
        if figure.category
        for values in layout.grid(figure.grid)
        for path in filled(path_of(figure), **_chosen(layout, values))
    ]
    return [page for page in found if page in drawn]


def _chosen(layout: Layout, values: dict[str, Any]) -> dict[str, Any]:
    """Of the values of wildcards those that the report has."""
    chosen = {"seed": layout.at["seed"][0], "colormap": DIVERGING}
    return {**values, **{name: value for name, value in chosen.items() if name in values}}


def study_figures(layout: Layout) -> list[str]:
    """The images that show what claims are judged by."""
    chosen = [figure for figure in FIGURES.values() if figure.needs or figure.grid in (*MAPS, TOLD)]
    shown = {path_of(figure) for figure in chosen}
    return [path for path in figures_of(layout) if path.rpartition(".")[0] in shown]


def renormalization_figures(layout: Layout) -> list[str]:
    """The images that show nets as block-spin maps."""
    shown = {path_of(figure) for figure in FIGURES.values() if figure.grid in MAPS}
    return [path for path in figures_of(layout) if path.rpartition(".")[0] in shown]


def paper_figures(layout: Layout) -> list[str]:
    """The images of what the paper shows: Figures 1 to 3 of its two nets, each in
    its own colormap, and the table of their dead neurons; the experiment has this selection.
    """
    found = []
    for name in ("loss", "reconstructions", "receptive_fields", "dead_neurons"):
        for values in layout.grid(FIGURES[name].grid):
            if values.get("selection") == EVERYTHING:
                continue
            chosen = {**values, **layout.selections[PAPER], "selection": PAPER}
            if "net" in values:
                if values["net"] not in PAPER_NETS:
                    continue
                chosen |= {"net": values["net"], "colormap": layout.nets[values["net"]].colormap}
            found += filled(path_of(FIGURES[name]), **chosen)
    return [f"{path}.{suffix}" for path in dict.fromkeys(found) for suffix in ("png", "pdf")]
