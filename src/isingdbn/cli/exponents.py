"""``isingdbn exponents``: the thermal and the magnetic exponent of lattices by the Monte Carlo
renormalization group (Swendsen 1979).

At criticality, lattices are blocked again and again; y_T = 1 and y_H = 15/8 for the Ising model.
The error adds, to the statistical one, the spread over the last two steps and numbers of couplings.
"""

import argparse
import dataclasses
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import xarray as xr

from isingdbn import storage
from isingdbn.cli.arguments import Parser, add_output, add_settings, positive, settings_from
from isingdbn.cli.block_rules import (
    block_labels,
    identity_of,
    load_spins,
    map_of,
    rule_of,
    stream_of,
)
from isingdbn.cli.spins import numbered_spin_blocks
from isingdbn.errors import InputError
from isingdbn.parameters.data import NO_NET
from isingdbn.parameters.renormalization import BlockSpins
from isingdbn.progress import note
from isingdbn.renormalization.monte_carlo_rg import (
    Exponent,
    block_levels,
    gather,
    magnetic_exponent,
    thermal_exponent,
)

__all__ = ["parser", "run"]

JACKKNIFE = 64  # blocks of lattices, at most


def parser() -> argparse.ArgumentParser:
    """The options of the command."""
    parser = Parser(prog="isingdbn exponents", description=__doc__)
    parser.add_argument(
        "--lattices",
        type=Path,
        required=True,
        help="store of `isingdbn simulate`, or of surrogates that are spins, at one temperature",
    )
    parser.add_argument(
        "--steps", type=positive, default=3, help="block transformations, default 3"
    )
    parser.add_argument(
        "--levels",
        type=Path,
        nargs="+",
        help=(
            "instead of a rule: stores of the block spins of the same lattices after each step,"
            " of `isingdbn hidden-spins` or `isingdbn renormalize`"
        ),
    )
    add_settings(parser, BlockSpins)
    add_output(parser, "the Zarr store of the exponents")
    return parser


def run(arguments: argparse.Namespace) -> None:
    """Measure and store."""
    settings = settings_from(arguments, BlockSpins)
    storage.refuse_existing(arguments.output)
    source = load_spins(arguments.lattices)
    labels = block_labels(source, successive=JACKKNIFE, chains=JACKKNIFE)
    block, levels = settings.block, arguments.levels
    if levels is None:
        groups = _by_rule(arguments, settings, source, labels)
        parameters = {
            **dataclasses.asdict(settings),
            "map": settings.rule,
            "trained_on": NO_NET,
            "steps": arguments.steps,
        }
    else:
        stored, block = _stored(arguments, source)
        groups = _by_stores(arguments, stored, source, labels)
        parameters = {"block": block, **map_of(storage.load(levels[-1], "block_spins"))}
    try:
        moments = gather(groups, int(labels.max()) + 1)
        exponents = {
            "thermal": thermal_exponent(moments, block),
            "magnetic": magnetic_exponent(moments, block),
        }
    except InputError as error:
        raise InputError(f"{arguments.lattices}: {error}") from None
    unknown = sum(int(np.isnan(exponent.values).sum()) for exponent in exponents.values())
    if unknown:
        note(
            f"warning: {unknown} exponents are unknown, since operators of the block spins depend"
            " on one another; more lattices, larger ones or fewer steps give them"
        )
    parameters = {**identity_of(source), **parameters}
    attributes = {
        "kind": "exponents",
        "title": "Exponents by the Monte Carlo renormalization group",
        "samples": source.sizes["sample"],
        "jackknife_blocks": int(labels.max()) + 1,
        **parameters,
        **storage.provenance(__name__, parameters, [arguments.lattices, *(levels or [])]),
    }
    variables: dict[str, tuple] = {}
    for name, exponent in exponents.items():
        variables |= _variables(name, exponent)
    storage.save(xr.Dataset(variables, attrs=attributes), arguments.output)


def _by_rule(
    arguments: argparse.Namespace, settings: BlockSpins, source: xr.Dataset, labels: np.ndarray
) -> Iterator[tuple[list[np.ndarray], np.ndarray]]:
    rule, random = rule_of(settings), stream_of(source, settings)
    for rows, spins in numbered_spin_blocks(source["spins"], arguments.lattices):
        yield block_levels(spins, arguments.steps, settings.block, random, rule), labels[rows]


def _stored(arguments: argparse.Namespace, source: xr.Dataset) -> tuple[list[np.ndarray], int]:
    """The spins of the stores of ``--levels``, and the scale factor of each step."""
    stored, side, factors = [], source.attrs["height"], set()
    known = [arguments.lattices]
    for store in arguments.levels:
        level = storage.load(store, "block_spins")
        if not any(storage.comes_from(level.attrs, one) for one in known):
            raise InputError(
                f"{store}: was not made from {known[-1]}; give block spins"
                f" of {arguments.lattices}, step after step"
            )
        known.append(store)
        stored.append(level["spins"].values)
        factors.add(side / level.attrs["height"])
        side = level.attrs["height"]
    (block, *others) = factors
    if others or block != int(block) or block < 2:
        text = ", ".join(f"{factor:g}" for factor in sorted(factors))
        raise InputError(
            f"--levels: the sides fall by factors of {text}; one whole factor of at least 2"
            " is needed"
        )
    return stored, int(block)


def _by_stores(
    arguments: argparse.Namespace, stored: list[np.ndarray], source: xr.Dataset, labels: np.ndarray
) -> Iterator[tuple[list[np.ndarray], np.ndarray]]:
    for rows, spins in numbered_spin_blocks(source["spins"], arguments.lattices):
        yield [spins, *(level[rows] for level in stored)], labels[rows]


def _variables(name: str, exponent: Exponent) -> dict[str, tuple]:
    text = f"{name} exponent"
    table = (f"step_{name}", f"{name}_couplings")
    return {
        name: ((), exponent.value, {"long_name": text, "units": "1"}),
        f"{name}_error": ((), exponent.total, {"long_name": f"error of the {text}", "units": "1"}),
        f"{name}_statistical": (
            (),
            exponent.statistical,
            {"long_name": f"statistical part of the error of the {text}", "units": "1"},
        ),
        f"{name}_systematic": (
            (),
            exponent.systematic,
            {"long_name": f"spread of the {text} over steps and couplings", "units": "1"},
        ),
        f"{name}_by_step": (
            table,
            exponent.values,
            {"long_name": f"{text} by step and number of couplings", "units": "1"},
        ),
        f"{name}_by_step_error": (
            table,
            exponent.errors,
            {"long_name": f"statistical error of the {text} by step", "units": "1"},
        ),
    }
