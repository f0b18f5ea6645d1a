"""Where the figures of an experiment are."""

from isingdbn.figures.register import FIGURES, Figure
from isingdbn.workflow.layout import FIGURE, POINT, Layout, filled

__all__ = ["figures_of", "labels_of", "path_of"]


def path_of(figure: Figure) -> str:
    """The pattern of a figure's files, without suffix."""
    return FIGURE.format(figure=figure.name.replace("{point}", POINT))


def labels_of(figure: Figure) -> dict[str, str]:
    """The wildcards that tell a figure's images apart in the report."""
    names = [name for name in figure.wildcards if name not in ("point", "size")]
    names += ["temperature", "seed"] if "point" in figure.wildcards else []
    return {name: f"{{{name}}}" for name in names}


def figures_of(layout: Layout, suffixes: tuple[str, ...] = ("png", "pdf")) -> list[str]:
    """All images of an experiment."""
    return [
        f"{path}.{suffix}"
        for figure in FIGURES.values()
        for values in layout.grid(figure.grid)
        for path in filled(path_of(figure), **values)
        for suffix in suffixes
    ]
