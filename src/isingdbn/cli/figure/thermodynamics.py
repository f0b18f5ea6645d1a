"""``isingdbn figure thermodynamics``: Figure 5, the physics
of the lattices beside the exact one.
"""

import argparse
from pathlib import Path

from isingdbn import storage
from isingdbn.cli.arguments import Parser, add_points, at_points, refuse_repeated
from isingdbn.cli.drawing import add_images, publish
from isingdbn.errors import InputError
from isingdbn.figures.thermodynamics import thermodynamics_figure
from isingdbn.parameters.temperature import NAMED_TEMPERATURES

__all__ = ["parser", "run"]

MARKS = {"critical": "exact $T_c$", "paper": "the paper's", "mehta_schwab": "Mehta and Schwab's"}


def parser() -> argparse.ArgumentParser:
    """The options of the command."""
    parser = Parser(prog="isingdbn figure thermodynamics", description=__doc__)
    parser.add_argument(
        "--measured",
        type=Path,
        nargs="+",
        required=True,
        help="stores of `isingdbn measure thermodynamics`",
    )
    add_points(parser, "--measured")
    parser.add_argument("--exact", type=Path, required=True, help="store of `isingdbn exact`")
    parser.add_argument(
        "--peaks", type=Path, nargs="+", required=True, help="stores of `isingdbn measure peaks`"
    )
    add_images(parser)
    return parser


def run(arguments: argparse.Namespace) -> None:
    """Draw and write."""
    stores = [
        store for pattern in arguments.measured for store in at_points(pattern, arguments.points)
    ]
    refuse_repeated("--measured", stores)
    refuse_repeated("--peaks", arguments.peaks)
    measured = [storage.load(store, "thermodynamics") for store in stores]
    peaks = [storage.load(store, "peaks") for store in arguments.peaks]
    exact = storage.load(arguments.exact, "exact")
    shapes = {(data.attrs["height"], data.attrs["width"]) for data in [*measured, *peaks, exact]}
    if len(shapes) > 1:
        raise InputError(
            f"--measured: the stores are of lattices {sorted(shapes)} (height, width);"
            " give stores of one shape"
        )
    marks = {
        f"$T = {NAMED_TEMPERATURES[name]:.4f}$, {whose}": NAMED_TEMPERATURES[name]
        for name, whose in MARKS.items()
    }
    inputs = [*stores, arguments.exact, *arguments.peaks]
    publish(
        __name__,
        arguments.output,
        inputs,
        lambda: thermodynamics_figure(measured, exact, peaks, marks),
    )
