"""``isingdbn renormalize``: block spins of stored lattices, as a store."""

import argparse
import dataclasses
from collections.abc import Iterator
from pathlib import Path

import xarray as xr

from isingdbn import storage
from isingdbn.cli.arguments import Parser, add_output, add_settings, settings_from
from isingdbn.cli.block_rules import identity_of, load_spins, rule_of, stream_of
from isingdbn.cli.spins import numbered_spin_blocks
from isingdbn.errors import InputError
from isingdbn.parameters.renormalization import BlockSpins
from isingdbn.renormalization.block_spin import require_tiling

__all__ = ["parser", "run"]


def parser() -> argparse.ArgumentParser:
    """The options of the command."""
    parser = Parser(prog="isingdbn renormalize", description=__doc__)
    parser.add_argument(
        "--lattices",
        type=Path,
        required=True,
        help="store of `isingdbn simulate`, `isingdbn surrogate` or this command",
    )
    add_settings(parser, BlockSpins)
    add_output(parser, "the Zarr store of the block spins")
    return parser


def run(arguments: argparse.Namespace) -> None:
    """Apply the rule and store."""
    settings = settings_from(arguments, BlockSpins)
    storage.refuse_existing(arguments.output)
    source = load_spins(arguments.lattices)
    identity = identity_of(source)
    try:
        require_tiling(identity["height"], identity["width"], settings.block)
    except InputError as error:
        raise InputError(f"--{error}; give a divisor of both") from None
    parameters = {
        **identity,
        "height": identity["height"] // settings.block,
        "width": identity["width"] // settings.block,
        **dataclasses.asdict(settings),
        "map": settings.rule,
        "steps": source.attrs.get("steps", 0) + 1,
    }
    attributes = {
        "kind": "block_spins",
        "title": f"Block spins of {identity['data']}: {settings.rule}, {settings.block} a side",
        "samples": source.sizes["sample"],
        **parameters,
        **storage.provenance(__name__, parameters, [arguments.lattices]),
    }
    storage.save_samples(
        "spins",
        _blocked(source, settings, arguments.lattices),
        source.sizes["sample"],
        lambda _: attributes,
        arguments.output,
    )


def _blocked(source: xr.Dataset, settings: BlockSpins, store: Path) -> Iterator[xr.Dataset]:
    rule, random = rule_of(settings), stream_of(source, settings)
    chain = source["chain"].load() if "chain" in source.coords else None
    for rows, spins in numbered_spin_blocks(source["spins"], store):
        words = {"long_name": "block spin", "units": "1"}
        yield xr.Dataset(
            {"spins": (("sample", "y", "x"), rule(spins, settings.block, random=random), words)},
            coords={} if chain is None else {"chain": ("sample", chain.values[rows], chain.attrs)},
        )
