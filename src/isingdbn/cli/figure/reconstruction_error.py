"""``isingdbn figure reconstruction-error``: Figure 4, held-out errors of all networks."""

import argparse
from pathlib import Path

from isingdbn.cli.arguments import Parser
from isingdbn.cli.csv_tables import read
from isingdbn.cli.drawing import add_images, publish
from isingdbn.figures.reconstruction_error import reconstruction_error_figure

__all__ = ["parser", "run"]


def parser() -> argparse.ArgumentParser:
    """The options of the command."""
    parser = Parser(prog="isingdbn figure reconstruction-error", description=__doc__)
    parser.add_argument(
        "--table", type=Path, required=True, help="CSV of `isingdbn table reconstruction-error`"
    )
    add_images(parser)
    return parser


def run(arguments: argparse.Namespace) -> None:
    """Draw and write."""
    table = read(arguments.table, "held_out_error", "data")
    publish(
        __name__, arguments.output, [arguments.table], lambda: reconstruction_error_figure(table)
    )
