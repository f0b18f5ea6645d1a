"""The figures of an experiment: an entry each, from which targets, report,
gallery and inventories follow.

A new figure is an entry here, a module of ``figures`` that draws it, a command
that joins both, and a rule.
"""

from dataclasses import dataclass
from string import Formatter

from isingdbn.workflow.layout import FIGURE, POINT, Layout, filled

__all__ = ["FIGURES", "Figure", "figures_of"]


@dataclass(frozen=True)
class Figure:
    """A figure, drawn once for each combination of its wildcards.

    Parameters
    ----------
    category : under which the report has it: its number and what it shows.
    name : of its files, with wildcards, without suffix.
    grid : which combinations there are, a name of `Layout.grid`.
    caption : the file in workflow/report/.
    """

    category: str
    name: str
    grid: str
    caption: str

    @property
    def path(self) -> str:
        """The pattern of its files, without suffix."""
        return FIGURE.format(figure=self.name)

    @property
    def labels(self) -> dict[str, str]:
        """The wildcards that tell its images apart in the report."""
        names = [
            name for _, name, _, _ in Formatter().parse(self.name) if name not in (None, "size")
        ]
        return {name: f"{{{name}}}" for name in names}


FIGURES = {
    "loss": Figure(
        "Figure 1: loss", f"figure1_loss_{{net}}_{{data}}_{POINT}", "finetuned", "loss.rst"
    ),
    "reconstructions": Figure(
        "Figure 2: reconstructions",
        f"figure2_reconstructions_{{data}}_{POINT}",
        "data",
        "reconstructions.rst",
    ),
    "receptive_fields": Figure(
        "Figure 3: receptive fields",
        f"figure3_receptive_fields_{{net}}_{{data}}_{{stage}}_{{colormap}}_{POINT}",
        "fields",
        "receptive_fields.rst",
    ),
    "dead_neurons": Figure(
        "Table 1: dead neurons", "table1_dead_neurons", "once", "dead_neurons.rst"
    ),
    "reconstruction_error": Figure(
        "Figure 4: reconstruction error",
        "figure4_reconstruction_error",
        "once",
        "reconstruction_error.rst",
    ),
    "thermodynamics": Figure(
        "Figure 5: physics of the lattices",
        "figure5_thermodynamics_L{size}",
        "size",
        "thermodynamics.rst",
    ),
}


def figures_of(layout: Layout, suffixes: tuple[str, ...] = ("png", "pdf")) -> list[str]:
    """All images of an experiment."""
    return [
        f"{path}.{suffix}"
        for figure in FIGURES.values()
        for values in layout.grid(figure.grid)
        for path in filled(figure.path, **values)
        for suffix in suffixes
    ]
