"""``isingdbn surrogate``: data that keep some statistics of given lattices and lack the others,
as a Zarr store of the same shape.

Most kinds have spins -1 and +1; their stores are ``lattices``, as of ``isingdbn simulate``,
and networks train on them in the same way. Those of real numbers are a ``field``,
which only machines with Gaussian visible units take.

The attribute ``seed`` is that of the lattices, so that networks on both have the same split,
initial weights and training order; ``surrogate_seed`` is what the surrogates were drawn with.
"""

import argparse
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import xarray as xr

from isingdbn import storage
from isingdbn.cli.arguments import Parser, add_output, seed
from isingdbn.cli.spins import spin_blocks
from isingdbn.errors import InputError
from isingdbn.ising.observables import energy_per_site, magnetization_per_site
from isingdbn.ising.surrogates import far_from, field_energy_per_site, group_count, surrogates
from isingdbn.parameters.data import LATTICES, REAL, SURROGATES
from isingdbn.progress import note, progress

__all__ = ["parser", "run"]

# surrogate i is lattice i in another order, so it belongs to the same chain
REARRANGED = ("pixel_shuffle", "fixed_permutation")


def parser() -> argparse.ArgumentParser:
    """The options of the command."""
    parser = Parser(prog="isingdbn surrogate", description=__doc__)
    parser.add_argument("--lattices", type=Path, required=True, help="store of `isingdbn simulate`")
    meanings = "; ".join(f"{kind}: {meaning}" for kind, meaning in SURROGATES.items())
    parser.add_argument("--data", choices=list(SURROGATES), required=True, help=meanings)
    parser.add_argument(
        "--seed", type=seed, help="names an independent repetition; that of the lattices by default"
    )
    add_output(parser, "the Zarr store to make; its manifest OUTPUT.sha256 is made beside it")
    return parser


def run(arguments: argparse.Namespace) -> None:
    """Draw and store."""
    storage.refuse_existing(arguments.output)
    source = _load(arguments.lattices)
    drawn_with = source.attrs["seed"] if arguments.seed is None else arguments.seed
    lattices: Any = source["spins"]
    drawn, facts = surrogates(arguments.data, lattices, source.attrs["temperature"], drawn_with)
    if warning := far_from(facts):
        note(f"warning: {arguments.output}: {warning}")
    parameters = {name: source.attrs[name] for name in ("height", "width", "temperature", "seed")}
    parameters |= {"data": arguments.data, "surrogate_seed": drawn_with}
    attributes = {
        "kind": "field" if arguments.data in REAL else "lattices",
        "title": f"Surrogates of Ising lattices: {SURROGATES[arguments.data]}",
        "samples": source.sizes["sample"],
        **parameters,
        **facts,
        **storage.provenance(__name__, parameters, [arguments.lattices]),
    }
    drawn = progress(
        drawn, total=group_count(lattices), label="drawing surrogates, groups of lattices"
    )
    blocks = _labelled(drawn, arguments.data, source)
    storage.save_samples(
        "spins", blocks, source.sizes["sample"], lambda _: attributes, arguments.output
    )


def _load(store: Path) -> xr.Dataset:
    source = storage.load(store, "lattices")
    if source.attrs.get("data", LATTICES) != LATTICES:
        raise InputError(
            f"{store}: holds surrogates ({source.attrs['data']}) already;"
            " give the lattices that they were made from"
        )
    for _ in spin_blocks(source["spins"], store):
        pass  # before anything is drawn
    return source


def _labelled(drawn: Iterator[np.ndarray], data: str, source: xr.Dataset) -> Iterator[xr.Dataset]:
    energy = field_energy_per_site if data in REAL else energy_per_site
    name = "Gaussian field" if data in REAL else "spin"
    chain = source["chain"].load() if data in REARRANGED and "chain" in source.coords else None
    first = 0
    for spins in drawn:
        rows = slice(first, first + len(spins))
        first += len(spins)
        yield xr.Dataset(
            {
                "spins": (("sample", "y", "x"), spins, {"long_name": name, "units": "1"}),
                "energy": ("sample", energy(spins), {"long_name": "energy per site", "units": "J"}),
                "magnetization": (
                    "sample",
                    magnetization_per_site(spins),
                    {"long_name": "magnetization per site", "units": "1"},
                ),
            },
            coords={} if chain is None else {"chain": ("sample", chain.values[rows], chain.attrs)},
        )
