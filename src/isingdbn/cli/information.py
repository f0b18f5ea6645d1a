"""``isingdbn information``: what block spins, or hidden spins on a grid, keep of their lattices.

How much of the long waves a decoder reads from them, beside as many signs of the longest waves and
of random projections; how they follow the majority of their blocks; and their correlations.
The decoder is one ridge regression for all, fitted to every second lattice and judged by the rest.
"""

import argparse
from itertools import product
from pathlib import Path

import numpy as np
import xarray as xr

from isingdbn import storage
from isingdbn.analysis.code import explained, longest_waves, low_modes
from isingdbn.cli.arguments import Parser, add_output
from isingdbn.cli.block_rules import identity_of, load_spins, map_of
from isingdbn.cli.spins import spin_blocks
from isingdbn.errors import InputError
from isingdbn.ising.observables import magnetization_per_site
from isingdbn.learning.averages import lattice_averages
from isingdbn.parameters.renormalization import FEWEST_CELLS
from isingdbn.seeding import generator

__all__ = ["parser", "run"]

TARGETS = {
    "magnetization": ("magnetization", lambda spins: magnetization_per_site(spins)[:, None]),
    "low_modes": ("waves with |k| ≤ 2", low_modes),
}


def parser() -> argparse.ArgumentParser:
    """The options of the command."""
    parser = Parser(prog="isingdbn information", description=__doc__)
    parser.add_argument(
        "--blocks",
        type=Path,
        required=True,
        help="store of `isingdbn renormalize` or `isingdbn hidden-spins`",
    )
    parser.add_argument(
        "--lattices", type=Path, required=True, help="the lattices that they are block spins of"
    )
    add_output(parser, "the Zarr store of the measurement")
    return parser


def run(arguments: argparse.Namespace) -> None:
    """Measure and store."""
    storage.refuse_existing(arguments.output)
    blocks, source = storage.load(arguments.blocks, "block_spins"), load_spins(arguments.lattices)
    side, cells = source.attrs["height"], blocks.attrs["height"]
    ours, theirs = (
        [identity_of(of)[name] for name in ("temperature", "seed", "data")]
        for of in (blocks, source)
    )
    known = blocks.attrs["steps"] > 1 or storage.comes_from(blocks.attrs, arguments.lattices)
    if ours != theirs or not known or blocks.sizes["sample"] != source.sizes["sample"]:
        raise InputError(
            f"--lattices: {arguments.lattices} are not those of {arguments.blocks};"
            " give the store that these block spins were made from"
        )
    if cells < FEWEST_CELLS or side % cells or side == cells:
        raise InputError(
            f"--blocks: {arguments.blocks} has {cells}x{cells} cells of {side}x{side} sites;"
            f" give at least {FEWEST_CELLS} a side, and fewer than sites, which they divide"
        )
    if source.sizes["sample"] < 4:
        raise InputError(f"{arguments.lattices}: holds too few lattices; at least 4 are needed")
    spins = _all(source, arguments.lattices)
    cell_spins = _all(blocks, arguments.blocks)
    parameters = {**identity_of(blocks), **map_of(blocks)}
    random = generator(parameters["seed"], "projection", cells=cells, side=side)
    axes = random.standard_normal((spins[0].size, cells**2), np.float32)
    encoders = {
        "block spins": cell_spins.reshape(len(spins), -1),
        "longest waves": np.sign(longest_waves(spins, cells**2)),
        "random projections": np.sign(spins.reshape(len(spins), -1).astype(np.float32) @ axes),
    }
    targets = {name: of(spins) for name, (_, of) in TARGETS.items()}
    variables: dict[str, tuple] = {
        f"r2_{name}": (
            "encoder",
            [_read(signs, targets[name]) for signs in encoders.values()],
            {"long_name": f"R² of the {long_name} on other lattices", "units": "1"},
        )
        for name, (long_name, _) in TARGETS.items()
    }
    block = side // cells
    overlap = _overlap(cell_spins, spins, block)
    variables["majority_overlap"] = (
        (),
        overlap,
        {
            "long_name": "mean |correlation| with the majority of the own block, laid best",
            "units": "1",
        },
    )
    averages = lattice_averages(cell_spins[None], (cells, cells))
    along = averages["correlation_y"] + averages["correlation_x"]
    variables["correlation"] = (
        "distance",
        along.mean(axis=0) / 2,
        {"long_name": "product of block spins along an axis", "units": "1"},
    )
    attributes = {
        "kind": "information",
        "title": f"What block spins of {parameters['data']} keep",
        **parameters,
        **storage.provenance(__name__, parameters, [arguments.blocks, arguments.lattices]),
    }
    names = {"encoder": np.array(list(encoders), np.dtypes.StringDType())}
    storage.save(xr.Dataset(variables, coords=names, attrs=attributes), arguments.output)


def _all(source: xr.Dataset, store: Path) -> np.ndarray:
    return np.concatenate(list(spin_blocks(source["spins"], store)))


def _read(signs: np.ndarray, targets: np.ndarray) -> float:
    """R² of a decoder from signs (sample, number)."""
    features = signs.astype(np.float64)
    return explained(features[::2], targets[::2], features[1::2], targets[1::2])


def _overlap(cells: np.ndarray, spins: np.ndarray, block: int) -> float:
    """The mean over cells of the |correlation| of a block spin and the majority of its block; a
    cell that never changes has none.

    Where on the torus a learnt map has its blocks is arbitrary. So they are laid at every place,
    half a block before the first site at the most, and the largest mean is taken.
    """
    sums = spins.astype(np.int16)
    for axis in (1, 2):
        sums = np.sum([np.roll(sums, -site, axis) for site in range(block)], axis=0, dtype=np.int16)
    own = cells.reshape(len(cells), -1).astype(np.float32)
    own -= own.mean(axis=0)
    size = (own**2).mean(axis=0)
    side = spins.shape[1]
    corners = np.arange(0, side, block)
    best = 0.0
    for y, x in product(range(-(block // 2), block), repeat=2):
        at = np.ix_(np.arange(len(spins)), (corners + y) % side, (corners + x) % side)
        majority = np.sign(sums[at]).reshape(own.shape).astype(np.float32)
        majority -= majority.mean(axis=0)
        scale = np.sqrt(size * (majority**2).mean(axis=0))
        with np.errstate(invalid="ignore", divide="ignore"):
            correlation = np.where(scale > 0, (own * majority).mean(axis=0) / scale, 0.0)
        best = max(best, float(np.abs(correlation).mean()))
    return best
