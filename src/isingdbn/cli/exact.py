"""``isingdbn exact``: exact values of one torus at several temperatures
as a Zarr store, to lay over data.
"""

import argparse

from isingdbn import storage
from isingdbn.cli.arguments import Parser, add_output, shape, temperature
from isingdbn.ising.exact import reference

__all__ = ["parser", "run"]


def parser() -> argparse.ArgumentParser:
    """The options of the command."""
    parser = Parser(prog="isingdbn exact", description=__doc__)
    parser.add_argument(
        "--size",
        type=shape,
        required=True,
        help="one side (40) or height x width (24x40), in sites",
    )
    parser.add_argument(
        "--temperatures", type=temperature, nargs="+", required=True, help="in units of J/k_B"
    )
    add_output(parser, "the Zarr store to make; its manifest OUTPUT.sha256 is made beside it")
    return parser


def run(arguments: argparse.Namespace) -> None:
    """Compute and store."""
    storage.refuse_existing(arguments.output)
    parameters = {"height": arguments.size[0], "width": arguments.size[1]}
    values = reference(arguments.size, sorted(set(arguments.temperatures)))
    attributes = {
        "kind": "exact",
        **parameters,
        **storage.provenance(__name__, {**parameters, "temperatures": arguments.temperatures}),
    }
    storage.save(values.assign_attrs(attributes), arguments.output)
