"""``isingdbn couplings lattices``: the effective couplings of lattices, or of surrogates
of them, by pseudolikelihood.

Of Ising lattices they are 1/T between nearest neighbours and zero otherwise.
"""

import argparse
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import xarray as xr

from isingdbn import storage
from isingdbn.cli.arguments import Parser, add_output
from isingdbn.cli.block_rules import block_labels, identity_of, load_spins, map_of
from isingdbn.cli.spins import numbered_spin_blocks
from isingdbn.errors import InputError
from isingdbn.renormalization.effective_couplings import NAMES, count_local_sums, fit_couplings

__all__ = ["parser", "run"]

BLOCKS = 20  # of successive lattices, where these do not say to which chain they belong


def parser() -> argparse.ArgumentParser:
    """The options of the command."""
    parser = Parser(prog="isingdbn couplings lattices", description=__doc__)
    parser.add_argument(
        "--lattices",
        type=Path,
        required=True,
        help="store of `isingdbn simulate`, `isingdbn renormalize`, or surrogates that are spins",
    )
    add_output(parser, "the Zarr store of the couplings")
    return parser


@contextmanager
def _naming(store: Path) -> Iterator[None]:
    """Faults of what is in ``store`` name it."""
    try:
        yield
    except InputError as fault:
        raise InputError(f"{store}: {fault}") from None


def run(arguments: argparse.Namespace) -> None:
    """Fit and store."""
    storage.refuse_existing(arguments.output)
    source = load_spins(arguments.lattices)
    labels = block_labels(source, successive=BLOCKS)
    blocks = int(labels.max()) + 1
    if blocks < 2:
        raise InputError(
            f"{arguments.lattices}: all lattices are of one chain, at least 2 chains are needed"
            " for an error; simulate with more chains"
        )
    counts: Any = 0
    for rows, spins in numbered_spin_blocks(source["spins"], arguments.lattices):
        with _naming(arguments.lattices):
            counts = counts + count_local_sums(spins, labels[rows], blocks)
    with _naming(arguments.lattices):
        found = fit_couplings(counts)
    identity = {**identity_of(source), **map_of(source)}
    attributes = {
        "kind": "lattice_couplings",
        "title": "Effective couplings of spins by pseudolikelihood, without unit",
        "samples": source.sizes["sample"],
        "blocks": blocks,
        **identity,
        **storage.provenance(__name__, identity, [arguments.lattices]),
    }
    variables: dict[str, tuple] = {}
    for name, value, error in zip(NAMES, found.values, found.errors, strict=True):
        text = f"{name.replace('_', ' ')} coupling"
        variables[name] = ((), value, {"long_name": text, "units": "1"})
        variables[f"{name}_error"] = (
            (),
            error,
            {"long_name": f"standard error of the {text}", "units": "1"},
        )
    storage.save(xr.Dataset(variables, attrs=attributes), arguments.output)
