"""What the commands that iterate the first machine of a net, beside its lattices, share."""

import argparse
from pathlib import Path
from typing import Any

from isingdbn.cli.arguments import Parser, add_output, add_settings
from isingdbn.cli.data import Lattices, add_lattices
from isingdbn.errors import InputError
from isingdbn.learning.flow import FLOWING
from isingdbn.learning.stack import StackLayer
from isingdbn.parameters.data import MODELS_OF_SPINS

__all__ = ["identity_of", "machine_parser", "require_flowing"]


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


def require_flowing(path: Path, layer: StackLayer) -> None:
    """Refuse a machine that cannot be iterated: its visible values must be those that spins can
    be, and its units of kinds that are drawn here.
    """
    if layer.visible not in MODELS_OF_SPINS or layer.hidden not in FLOWING:
        raise InputError(
            f"{path}: has {layer.visible} visible and {layer.hidden} hidden units; give a machine"
            f" of {' or '.join(MODELS_OF_SPINS)} visible and {' or '.join(FLOWING)} hidden units"
        )
