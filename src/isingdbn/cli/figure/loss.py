"""``isingdbn figure loss``: Figure 1, the loss over epochs."""

import argparse
from pathlib import Path

from isingdbn import storage
from isingdbn.cli.arguments import Parser
from isingdbn.cli.drawing import add_images, publish
from isingdbn.figures.loss import loss_figure

__all__ = ["parser", "run"]


def parser() -> argparse.ArgumentParser:
    """The options of the command."""
    parser = Parser(prog="isingdbn figure loss", description=__doc__)
    parser.add_argument("--network", type=Path, required=True, help="store of `isingdbn finetune`")
    parser.add_argument(
        "--reconstruction",
        type=Path,
        required=True,
        help="store of `isingdbn analyse reconstruction`",
    )
    parser.add_argument("--label", required=True, help="names the network and its recipe")
    add_images(parser)
    return parser


def run(arguments: argparse.Namespace) -> None:
    """Draw and write."""
    network = storage.load(arguments.network, "network")
    reconstruction = storage.load(arguments.reconstruction, "reconstruction")
    inputs = [arguments.network, arguments.reconstruction]
    publish(
        __name__,
        arguments.output,
        inputs,
        lambda: loss_figure(network, reconstruction, arguments.label),
    )
