"""The figures of an experiment: an entry each, from which commands, targets, report,
gallery and inventories follow.

A new figure is an entry here, a module of this package that draws it, a rule
and a caption.
"""

from dataclasses import dataclass
from string import Formatter

__all__ = ["FIGURES", "Figure"]


@dataclass(frozen=True)
class Figure:
    """A figure, drawn once for each combination of its wildcards.

    Parameters
    ----------
    purpose : what its command does.
    name : of its files, with wildcards, without suffix; ``{point}`` is one point
        of the experiment: a size, a temperature and a seed.
    grid : which combinations there are, a name of `isingdbn.workflow.layout.Layout.grid`.
    category : under which the report has it: its number and what it shows. Without one
        the report does not hold it, and names where it is.
    caption : the file in workflow/report/.
    needs : names of nets without which an experiment does not have it.
    suffixes : of its files: of images, of an animation or of a page. The report shows the page.
    """

    purpose: str
    name: str
    grid: str
    category: str = ""
    caption: str = ""
    needs: tuple[str, ...] = ()
    suffixes: tuple[str, ...] = ("png", "pdf", "html")

    @property
    def wildcards(self) -> list[str]:
        """The names of the wildcards in its name."""
        return [name for _, name, _, _ in Formatter().parse(self.name) if name is not None]


# By the name of the module that draws it.
FIGURES = {
    "loss": Figure(
        purpose="draw Figure 1, the loss over epochs",
        category="Figure 1: loss",
        name="figure1_loss_{net}_{data}_{point}",
        grid="finetuned",
        caption="loss.rst",
    ),
    "reconstructions": Figure(
        purpose="draw Figure 2, reconstructions of the same lattices",
        category="Figure 2: reconstructions",
        name="figure2_reconstructions_{selection}_{data}_{point}",
        grid="selection and data",
        caption="reconstructions.rst",
    ),
    "receptive_fields": Figure(
        purpose="draw Figure 3, the receptive fields of a network",
        category="Figure 3: receptive fields",
        name="figure3_receptive_fields_{net}_{data}_{stage}_{colormap}_{point}",
        grid="fields",
        caption="receptive_fields.rst",
    ),
    "dead_neurons": Figure(
        purpose="draw Table 1, dead neurons per layer",
        category="Table 1: dead neurons",
        name="table1_dead_neurons_{selection}",
        grid="selection",
        caption="dead_neurons.rst",
    ),
    "reconstruction_error": Figure(
        purpose="draw Figure 4, held-out errors of all networks",
        category="Figure 4: reconstruction error",
        name="figure4_reconstruction_error",
        grid="once",
        caption="reconstruction_error.rst",
    ),
    "thermodynamics": Figure(
        purpose="draw Figure 5, the physics of the lattices",
        category="Figure 5: physics of the lattices",
        name="figure5_thermodynamics_L{size}",
        grid="size",
        caption="thermodynamics.rst",
    ),
    "twins": Figure(
        purpose="draw Figure 6, the fields of nets on lattices and on their twins",
        category="Figure 6: twins",
        name="figure6_twins",
        grid="once",
        caption="twins.rst",
        needs=("SpinStack", "SpinProducts"),
    ),
    "dial": Figure(
        purpose="draw Figure 7, the size of fields against the kurtosis of one pixel",
        category="Figure 7: dial",
        name="figure7_dial",
        grid="once",
        caption="dial.rst",
        needs=("Dial", "GaussianStack"),
    ),
    "width_law": Figure(
        purpose="draw Figure 8, the size of fields against the number of units",
        category="Figure 8: width",
        name="figure8_width_law",
        grid="once",
        caption="width_law.rst",
        needs=("Spin25", "SpinStack"),
    ),
    "blindness": Figure(
        purpose="draw Figure 9, how well machines and physics tell lattices from twins",
        category="Figure 9: blindness",
        name="figure9_blindness",
        grid="once",
        caption="blindness.rst",
        needs=("SpinStack", "GaussianStack"),
    ),
    "fourier": Figure(
        purpose="draw Figure 10, the code's share in the lowest Fourier modes",
        category="Figure 10: Fourier modes",
        name="figure10_fourier",
        grid="once",
        caption="fourier.rst",
        needs=("SmallNet", "SpinProducts"),
    ),
    "emergence": Figure(
        purpose="draw Figure 11, fields and dead neurons while nets are trained",
        category="Figure 11: emergence",
        name="figure11_emergence",
        grid="once",
        caption="emergence.rst",
        needs=("SpinStack", "SpinFree", "SpinHeavy", "GaussianLong", "GaussianFree"),
    ),
    "block_couplings": Figure(
        purpose="draw Figure 12, the couplings of block spins and of hidden spins",
        category="Figure 12: couplings of block spins",
        name="figure12_block_couplings",
        grid="maps",
        caption="block_couplings.rst",
    ),
    "exponents": Figure(
        purpose="draw Figure 13, the exponents under block-spin maps and nets",
        category="Figure 13: exponents",
        name="figure13_exponents",
        grid="maps",
        caption="exponents.rst",
    ),
    "flow": Figure(
        purpose="draw Figure 14, where machines take lattices that they are iterated on",
        category="Figure 14: flow",
        name="figure14_flow",
        grid="followed",
        caption="flow.rst",
    ),
    "code": Figure(
        purpose="draw Figure 15, what of the physics of lattices a code carries",
        category="Figure 15: code",
        name="figure15_code",
        grid="once",
        caption="code.rst",
        needs=("SmallNet", "SpinStack", "SpinHeavy"),
    ),
    "information": Figure(
        purpose="draw Figure 16, what block spins and hidden spins keep of lattices",
        category="Figure 16: information",
        name="figure16_information",
        grid="informed",
        caption="information.rst",
    ),
    "blindness_over_epochs": Figure(
        purpose="draw Figure 17, how machines learn to tell lattices from twins, and how they mix",
        category="Figure 17: blindness over epochs",
        name="figure17_blindness_over_epochs",
        grid="told over epochs",
        caption="blindness_over_epochs.rst",
    ),
    "onset": Figure(
        purpose="draw Figure 18, when fields become local and how large they are",
        category="Figure 18: onset",
        name="figure18_onset",
        grid="once",
        caption="onset.rst",
        needs=("Kurtosis", "KurtosisFree", "Lattices9000", "Even25", "OneStep"),
    ),
    "more_twins": Figure(
        purpose="draw Figure 19, the fields of spin and Gaussian stacks on all twins",
        category="Figure 19: more twins",
        name="figure19_more_twins",
        grid="once",
        caption="more_twins.rst",
        needs=("SpinTwins", "GaussianTwins"),
    ),
    "fixed_points": Figure(
        purpose="draw Figure 20, where machines rest without noise",
        category="Figure 20: fixed points",
        name="figure20_fixed_points",
        grid="at rest",
        caption="fixed_points.rst",
    ),
    "map_fields": Figure(
        purpose="draw Figure 21, the fields of stacks that are compared as block-spin maps",
        category="Figure 21: fields of maps",
        name="figure21_map_fields",
        grid="mapped",
        caption="map_fields.rst",
    ),
    "dial_160": Figure(
        purpose="draw Figure 22, sizes and onsets against kurtosis over 160 epochs",
        category="Figure 22: dial of 160 epochs",
        name="figure22_dial_160",
        grid="once",
        caption="dial_160.rst",
        needs=("LongDial", "LongDialFree"),
    ),
    "fields": Figure(
        purpose="make the page of fields, of every unit of every net",
        name="fields",
        grid="once",
        suffixes=("html",),
    ),
    "film": Figure(
        purpose="draw the film of fields, of some units while a net is trained",
        name="film_{net}_{data}_{point}",
        grid="trained",
        suffixes=("gif",),
    ),
    "scorecard": Figure(
        purpose="draw the scorecard, the verdict on every claim",
        category="Scorecard",
        name="scorecard",
        grid="once",
        caption="scorecard.rst",
        needs=("SpinStack", "SpinProducts"),
    ),
}
