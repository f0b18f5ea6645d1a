"""What the commands that iterate the first machine of a net, beside its lattices, share."""

import argparse
from pathlib import Path
from typing import Any

from isingdbn.cli.arguments import Parser, add_output, add_settings
from isingdbn.cli.data import Lattices, add_lattices

__all__ = ["identity_of", "machine_parser"]


def machine_parser(
    name: str, description: str | None, settings: type, output: str
) -> argparse.ArgumentParser:
    """The options of ``isingdbn NAME``, with those of ``settings``; it makes ``output``."""
    parser = Parser(prog=f"isingdbn {name}", description=description)
    parser.add_argument(
        "--layer", type=Path, required=True, help="store of `isingdbn pretrain`, of a first layer"
    )
    add_lattices(parser)
    add_settings(parser, settings)
    add_output(parser, output)
    return parser


def identity_of(lattices: Lattices, attributes: dict[str, Any]) -> dict[str, Any]:
    """Which machine it is, as attributes of what it makes: its lattices, and its units."""
    return {
        **lattices.identity,
        "seed": lattices.seed,
        "data": lattices.data,
        "units": attributes["units"],
    }
