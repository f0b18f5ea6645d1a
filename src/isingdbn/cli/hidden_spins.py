"""``isingdbn hidden-spins``: a stack as a block-spin map. The hidden spins of its last layer, drawn
for each lattice and laid on a grid by the centres of their receptive fields, as a store
of block spins.

A hidden spin whose field is mostly negative is turned over, so that it follows its block.
A dead unit has no centre; it takes a cell that living ones leave, and its spin is a coin's.
"""

import argparse
import math
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import xarray as xr

from isingdbn import storage
from isingdbn.analysis.localization import centres
from isingdbn.analysis.receptive_fields import receptive_fields
from isingdbn.cli.arguments import Parser, add_output, positive
from isingdbn.cli.block_rules import identity_of, load_spins
from isingdbn.cli.network import load_layers
from isingdbn.cli.spins import numbered_spin_blocks
from isingdbn.errors import InputError
from isingdbn.learning.flow import draw
from isingdbn.learning.stack import StackLayer
from isingdbn.parameters.data import TWO_VALUES
from isingdbn.renormalization.hidden_grid import lay_on_grid
from isingdbn.seeding import generator

__all__ = ["parser", "run"]


def parser() -> argparse.ArgumentParser:
    """The options of the command."""
    parser = Parser(prog="isingdbn hidden-spins", description=__doc__)
    parser.add_argument(
        "--layers",
        type=Path,
        nargs="+",
        required=True,
        help="stores of the layers, from the lattice to the one whose hidden spins are drawn",
    )
    parser.add_argument(
        "--lattices",
        type=Path,
        required=True,
        help="store of `isingdbn simulate`, or of surrogates that are spins",
    )
    parser.add_argument(
        "--grid",
        type=positive,
        help="cells a side; if not given, the most that the layer's units can tile",
    )
    add_output(parser, "the Zarr store of the hidden spins")
    return parser


def run(arguments: argparse.Namespace) -> None:
    """Draw and store."""
    storage.refuse_existing(arguments.output)
    layers, attributes_of = load_layers(arguments.layers)
    source = load_spins(arguments.lattices)
    identity = identity_of(source)
    side = identity["height"]
    _require_machine_of_spins(arguments, layers, source)
    fields = receptive_fields([layer.input_weights for layer in layers], (side, side))[-1]
    are_living = fields.any(axis=(1, 2))
    living, dead = np.flatnonzero(are_living), np.flatnonzero(~are_living)
    cells = arguments.grid or math.isqrt(len(fields))
    if cells**2 > len(fields):
        raise InputError(
            f"--grid: {len(fields)} units do not tile a grid of {cells}x{cells} cells;"
            " give a smaller one"
        )
    units, distance = np.full((cells, cells), -1), np.nan
    if living.size:
        grid = lay_on_grid(centres(fields[living]), side, cells)
        units[grid.units >= 0] = living[grid.units[grid.units >= 0]]
        distance = grid.distance
    units[units < 0] = dead[: (units < 0).sum()]
    signs = np.where(fields[units].sum(axis=(2, 3)) < 0, -1, 1).astype(np.int8)
    last = attributes_of[-1]
    trained_on = last["data"] if last["epochs_done"] else "nothing"
    parameters = {
        **identity,
        "height": cells,
        "width": cells,
        "units": last["units"],
        "net_seed": last["seed"],
        "net_temperature": last["temperature"],
        "trained_on": trained_on,
        "map": "hidden spins",
        "steps": len(layers),
    }
    attributes = {
        "kind": "block_spins",
        "title": f"Hidden spins of a stack trained on {trained_on}, of {identity['data']}",
        "samples": source.sizes["sample"],
        **parameters,
        "sites_a_cell": side / cells,
        "distance_from_cell": distance,
        "dead_units": len(dead),
        "units_left_over": len(fields) - cells**2,
        **storage.provenance(__name__, parameters, [arguments.lattices, *arguments.layers]),
    }
    storage.save_samples(
        "spins",
        _drawn(source, arguments.lattices, layers, units, signs),
        source.sizes["sample"],
        lambda _: attributes,
        arguments.output,
    )


def _require_machine_of_spins(
    arguments: argparse.Namespace, layers: list[StackLayer], source: xr.Dataset
) -> None:
    height, width = source.attrs["height"], source.attrs["width"]
    sites = len(layers[0].visible_bias)
    if layers[-1].hidden not in TWO_VALUES:
        raise InputError(
            f"{arguments.layers[-1]}: its hidden units are {layers[-1].hidden}, not spins;"
            f" give a layer of {' or '.join(TWO_VALUES)} hidden units"
        )
    if height != width or sites != height * width:
        raise InputError(
            f"{arguments.lattices}: has lattices of {height}x{width} sites, square ones of {sites}"
            f" are needed by {arguments.layers[0]}; give those"
        )


def _drawn(
    source: xr.Dataset,
    store: Path,
    layers: list[StackLayer],
    units: np.ndarray,
    signs: np.ndarray,
) -> Iterator[xr.Dataset]:
    """The hidden spins of the last layer on their cells. Layers below pass up draws, whatever the
    stack was trained with: the same as in the store of such a layer, of which these are made.
    """
    chain = source["chain"].load() if "chain" in source.coords else None
    identity = identity_of(source)
    seed = identity.pop("seed")
    streams = [generator(seed, "hidden_spins", layer=k, **identity) for k, _ in enumerate(layers)]
    for rows, spins in numbered_spin_blocks(source["spins"], store):
        values = spins.reshape(len(spins), -1).astype(np.float32)
        for layer, random in zip(layers, streams, strict=True):
            values = draw(layer.hidden_mean(values), layer.hidden, random)
        hidden = np.where(values[:, units] > 0, signs, -signs).astype(np.int8)
        words = {"long_name": "hidden spin", "units": "1"}
        yield xr.Dataset(
            {"spins": (("sample", "y", "x"), hidden, words)},
            coords={} if chain is None else {"chain": ("sample", chain.values[rows], chain.attrs)},
        )
