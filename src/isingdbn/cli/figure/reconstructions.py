"""``isingdbn figure reconstructions``: Figure 2, reconstructions of the same lattices."""

import argparse
from pathlib import Path

from isingdbn import storage
from isingdbn.cli.arguments import Parser
from isingdbn.cli.drawing import add_images, publish
from isingdbn.errors import InputError
from isingdbn.figures.reconstructions import reconstructions_figure

__all__ = ["parser", "run"]


def parser() -> argparse.ArgumentParser:
    """The options of the command."""
    parser = Parser(prog="isingdbn figure reconstructions", description=__doc__)
    parser.add_argument(
        "--inputs",
        type=Path,
        nargs="+",
        required=True,
        help="stores of `isingdbn analyse reconstruction`",
    )
    parser.add_argument(
        "--labels", nargs="+", required=True, help="the names of the networks, in the same order"
    )
    add_images(parser)
    return parser


def run(arguments: argparse.Namespace) -> None:
    """Draw and write."""
    if len(arguments.inputs) != len(arguments.labels):
        raise InputError(
            f"--labels: {len(arguments.labels)} names for {len(arguments.inputs)}"
            " inputs; give one a store"
        )
    stores = [storage.load(store, "reconstruction") for store in arguments.inputs]
    networks = dict(zip(arguments.labels, stores, strict=True))
    publish(__name__, arguments.output, arguments.inputs, lambda: reconstructions_figure(networks))
