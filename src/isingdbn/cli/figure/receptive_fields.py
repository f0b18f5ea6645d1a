"""``isingdbn figure receptive-fields``: Figure 3, the receptive fields of one network."""

import argparse

from matplotlib import colormaps

from isingdbn.cli.arguments import Parser
from isingdbn.cli.drawing import add_images, publish
from isingdbn.cli.fields import add_fields, load_fields
from isingdbn.errors import InputError
from isingdbn.figures.receptive_fields import receptive_fields_figure

__all__ = ["parser", "run"]


def parser() -> argparse.ArgumentParser:
    """The options of the command."""
    parser = Parser(prog="isingdbn figure receptive-fields", description=__doc__)
    add_fields(parser)
    parser.add_argument("--stage", choices=("pretrained", "finetuned"), required=True)
    parser.add_argument(
        "--colormap",
        choices=sorted(colormaps),
        metavar="NAME",
        required=True,
        help="a Matplotlib colormap",
    )
    parser.add_argument("--label", required=True, help="names the network and its recipe")
    add_images(parser)
    return parser


def run(arguments: argparse.Namespace) -> None:
    """Draw and write."""
    fields, dead = load_fields(arguments)
    if arguments.stage not in dead["stage"].values:
        stages = ", ".join(map(str, dead["stage"].values))
        raise InputError(f"--stage: {arguments.stage} is not in {arguments.dead}; it has {stages}")
    words = (arguments.stage, arguments.colormap, arguments.label)
    inputs = [arguments.fields, arguments.dead]
    publish(
        __name__, arguments.output, inputs, lambda: receptive_fields_figure(fields, dead, *words)
    )
