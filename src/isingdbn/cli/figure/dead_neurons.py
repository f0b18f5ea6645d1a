"""``isingdbn figure dead-neurons``: Table 1, dead neurons a layer."""

import argparse
from pathlib import Path

from isingdbn.cli.arguments import Parser
from isingdbn.cli.csv_tables import read
from isingdbn.cli.drawing import add_images, publish
from isingdbn.figures.dead_neurons import dead_neurons_figure

__all__ = ["parser", "run"]


def parser() -> argparse.ArgumentParser:
    """The options of the command."""
    parser = Parser(prog="isingdbn figure dead-neurons", description=__doc__)
    parser.add_argument(
        "--table", type=Path, required=True, help="CSV of `isingdbn table dead-neurons`"
    )
    add_images(parser)
    return parser


def run(arguments: argparse.Namespace) -> None:
    """Draw and write."""
    table = read(arguments.table, "dead_by_weight", "data")
    publish(__name__, arguments.output, [arguments.table], lambda: dead_neurons_figure(table))
