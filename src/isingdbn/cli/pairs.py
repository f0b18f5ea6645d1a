"""A net that was trained on lattices and its pair, of the same seed, on surrogates of them;
and how well three physical numbers tell the two kinds apart.
"""

import argparse
import dataclasses
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from isingdbn.analysis.discrimination import area_under_curve, linear_discriminant
from isingdbn.cli.arguments import Parser
from isingdbn.cli.data import Lattices, load_lattices_of
from isingdbn.cli.network import load_layers
from isingdbn.errors import InputError
from isingdbn.ising.observables import (
    energy_per_site,
    magnetization_per_site,
    plaquette_per_site,
)
from isingdbn.learning.dataset import PackedLattices, in_order
from isingdbn.learning.stack import StackLayer
from isingdbn.parameters.data import LATTICES, MODELS_OF_SPINS, REAL
from isingdbn.parameters.pretraining import Pretraining

__all__ = ["Pair", "Side", "load_pair", "pair_parser", "physical_auc"]

PAIRED = tuple(field.name for field in dataclasses.fields(Pretraining))  # the same in a pair
FEATURES = ("energy", "plaquette", "abs_magnetization")


@dataclass(frozen=True)
class Side:
    """One net of a pair: its stack, what it was trained on, and the attributes of its last layer.

    The ``stores`` are those of its layers, and that of its lattices.
    """

    stack: list[StackLayer]
    lattices: Lattices
    attributes: dict[str, Any]
    stores: list[Path]


@dataclass(frozen=True)
class Pair:
    """A net on lattices, and its control on surrogates of them."""

    net: Side
    control: Side

    @property
    def identity(self) -> dict[str, Any]:
        """Which pair it is, as attributes of what is measured of it."""
        return {
            **self.net.lattices.identity,
            "seed": self.net.lattices.seed,
            "data": self.control.lattices.data,
            "units": self.net.attributes["units"],
        }

    @property
    def stores(self) -> list[Path]:
        """All that it is read from."""
        return [*self.net.stores, *self.control.stores]


def pair_parser(name: str, description: str | None, layers: str) -> argparse.ArgumentParser:
    """The options of ``isingdbn NAME``, which takes a pair.

    Parameters
    ----------
    layers : what is given of each net, in words.
    """
    parser = Parser(prog=f"isingdbn {name}", description=description)
    for option, store, command in (
        ("--layers", f"{layers}, trained on lattices", "pretrain"),
        ("--lattices", "these lattices", "simulate"),
        ("--control-layers", "the same, trained on surrogates of them", "pretrain"),
        ("--control-lattices", "these surrogates", "surrogate"),
    ):
        many = {"nargs": "+"} if option.endswith("layers") else {}
        parser.add_argument(
            option, type=Path, required=True, help=f"{store}: `isingdbn {command}`", **many
        )
    return parser


def load_pair(arguments: argparse.Namespace) -> Pair:
    """The pair that ``arguments`` of `pair_parser` name.

    Raises
    ------
    InputError : a store is missing or damaged, or the nets are no pair.
    """
    net = _load(arguments.layers, arguments.lattices)
    control = _load(arguments.control_layers, arguments.control_lattices)
    if net.lattices.data != LATTICES or control.lattices.data == LATTICES:
        raise InputError(
            f"--layers, --control-layers: trained on {net.lattices.data} and"
            f" {control.lattices.data};"
            " give one that was trained on lattices, and then one on surrogates"
        )
    ours, theirs = (
        (side.attributes["units"], side.lattices.identity, side.lattices.seed)
        for side in (net, control)
    )
    if ours != theirs:
        raise InputError(
            f"--control-layers: {arguments.control_layers[-1]} is not the pair of"
            f" {arguments.layers[-1]}:"
            " it must have the same units, lattice, temperature and seed"
        )
    for name in PAIRED:
        if net.attributes[name] != control.attributes[name]:
            raise InputError(
                f"--control-layers: {arguments.control_layers[-1]} has {name}"
                f" {control.attributes[name]}, and {arguments.layers[-1]}"
                f" {net.attributes[name]}; give machines that were trained alike"
            )
    return Pair(net, control)


def _load(layers: list[Path], store: Path) -> Side:
    stack, attributes = load_layers(layers)
    if stack[0].visible not in MODELS_OF_SPINS:
        raise InputError(
            f"{layers[0]}: has {stack[0].visible} visible units, which spins are not;"
            " give one with spin or gaussian units"
        )
    lattices = load_lattices_of(store, layers[0], attributes[0])
    if lattices.data in REAL:
        raise InputError(f"{store}: holds real numbers; give surrogates that are spins")
    return Side(stack, lattices, attributes[-1], [*layers, store])


def physical_auc(pair: Pair) -> dict[str, tuple]:
    """AUC of each of `FEATURES` on held-out lattices of both kinds, and of the linear combination
    that is best on training lattices: variables of a store.
    """
    lattices, surrogates = pair.net.lattices, pair.control.lattices
    (first, second), tested = (
        [_features(getattr(of, part), lattices.shape) for of in (lattices, surrogates)]
        for part in ("training", "held_out")
    )
    variables = {
        "physics_auc": (
            (),
            area_under_curve(*(of @ linear_discriminant(first, second) for of in tested)),
            {"long_name": "AUC of energy, plaquette and |m| together", "units": "1"},
        )
    }
    for index, name in enumerate(FEATURES):
        # Which side is which, the training lattices say: not by means, which twins share.
        sign = np.sign(area_under_curve(first[:, index], second[:, index]) - 0.5)
        auc = area_under_curve(*(sign * of[:, index] for of in tested))
        variables[f"{name}_auc"] = ((), auc, {"long_name": f"AUC of {name} alone", "units": "1"})
    return variables


def _features(samples: PackedLattices, shape: tuple[int, int]) -> np.ndarray:
    """`FEATURES` of each of the samples, shape (sample, feature)."""
    rows = []
    for block in in_order(samples):
        spins = block.reshape(-1, *shape).astype(np.int8)
        rows.append(
            np.stack(
                [
                    energy_per_site(spins),
                    plaquette_per_site(spins),
                    np.abs(magnetization_per_site(spins)),
                ],
                axis=1,
            )
        )
    return np.concatenate(rows)
