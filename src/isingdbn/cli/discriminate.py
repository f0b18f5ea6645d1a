"""``isingdbn discriminate``: whether two nets, one trained on lattices and the other
on surrogates of them, tell held-out lattices of both kinds apart, beside three physical numbers
that do.

The nets do it by their log likelihood ratio, which is the best statistic there is if they are
the two distributions (Neyman and Pearson): that of their first machines, F'(v) - F(v) up to
a constant; and, if more layers are given, that of the whole stacks, for whose log likelihoods
the means of `stack_log_weights`, lower bounds, stand. The three numbers are energy, mean product
around a plaquette and |m|, in the linear combination that is best on the training lattices.
All are judged by the area under the curve (AUC) on held-out lattices of both kinds: 0.5 is blind,
1 is perfect.
"""

import argparse
import dataclasses
from pathlib import Path

import numpy as np
import xarray as xr

from isingdbn import storage
from isingdbn.analysis.discrimination import area_under_curve, linear_discriminant
from isingdbn.cli.arguments import Parser, add_output, add_threads
from isingdbn.cli.data import Lattices, load_lattices_of
from isingdbn.cli.network import load_layers
from isingdbn.errors import InputError
from isingdbn.ising.observables import (
    energy_per_site,
    magnetization_per_site,
    plaquette_per_site,
)
from isingdbn.learning.dataset import PackedLattices, in_order
from isingdbn.learning.evaluation import free_energies, stack_log_weights
from isingdbn.learning.propagation import machine_of
from isingdbn.learning.rbm import RBM
from isingdbn.learning.runtime import use_threads
from isingdbn.parameters.data import LATTICES, MODELS_OF_SPINS, REAL
from isingdbn.parameters.pretraining import Pretraining
from isingdbn.seeding import generator

__all__ = ["parser", "run"]

PAIRED = tuple(field.name for field in dataclasses.fields(Pretraining))  # the same in a pair
DRAWS = 20  # of hidden units, for each lattice
FEATURES = ("energy", "plaquette", "abs_magnetization")


def parser() -> argparse.ArgumentParser:
    """The options of the command."""
    parser = Parser(prog="isingdbn discriminate", description=__doc__)
    for option, store, command in (
        ("--layers", "a stack, or its first layer, trained on lattices", "pretrain"),
        ("--lattices", "these lattices", "simulate"),
        ("--control-layers", "the same, trained on surrogates of them", "pretrain"),
        ("--control-lattices", "these surrogates", "surrogate"),
    ):
        many = {"nargs": "+"} if option.endswith("layers") else {}
        parser.add_argument(
            option, type=Path, required=True, help=f"{store}: `isingdbn {command}`", **many
        )
    add_threads(parser)
    add_output(parser, "the Zarr store of the measurement")
    return parser


def run(arguments: argparse.Namespace) -> None:
    """Measure and store."""
    storage.refuse_existing(arguments.output)
    use_threads(arguments.threads)
    machines, lattices, source = _load(arguments.layers, arguments.lattices)
    controls, surrogates, other = _load(arguments.control_layers, arguments.control_lattices)
    if lattices.data != LATTICES or surrogates.data == LATTICES:
        raise InputError(
            f"--layers, --control-layers: trained on {lattices.data} and {surrogates.data};"
            " give one that was trained on lattices, and then one on surrogates"
        )
    if (source["units"], lattices.identity, lattices.seed) != (
        other["units"],
        surrogates.identity,
        surrogates.seed,
    ):
        raise InputError(
            f"--control-layers: {arguments.control_layers[-1]} is not the pair of"
            f" {arguments.layers[-1]}:"
            " it must have the same units, lattice, temperature and seed"
        )
    for name in PAIRED:
        if source[name] != other[name]:
            raise InputError(
                f"--control-layers: {arguments.control_layers[-1]} has {name} {other[name]}, and"
                f" {arguments.layers[-1]} {source[name]}; give machines that were trained alike"
            )
    identity = {
        **lattices.identity,
        "seed": lattices.seed,
        "data": surrogates.data,
        "units": source["units"],
    }
    inputs = [
        *arguments.layers,
        arguments.lattices,
        *arguments.control_layers,
        arguments.control_lattices,
    ]
    attributes = {
        "kind": "discrimination",
        "title": f"How well machines and physics tell lattices from {surrogates.data}",
        **identity,
        "held_out_lattices": len(lattices.held_out),
        **storage.provenance(__name__, identity, inputs),
    }
    variables = {
        "machine_auc": (
            (),
            _machine_auc(machines[0], controls[0], lattices, surrogates),
            {"long_name": "AUC of the log likelihood ratio of the first machines", "units": "1"},
        ),
        **_stack_auc(machines, controls, lattices, surrogates),
        **_physical(lattices, surrogates),
    }
    storage.save(xr.Dataset(variables, attrs=attributes), arguments.output)


def _load(layers: list[Path], store: Path) -> tuple[list[RBM], Lattices, dict]:
    """The machines of a stack, the lattices that it was trained on, and the attributes
    of its last layer.
    """
    stack, attributes = load_layers(layers)
    if stack[0].visible not in MODELS_OF_SPINS:
        raise InputError(
            f"{layers[0]}: has {stack[0].visible} visible units, which spins are not;"
            " give one with spin or gaussian units"
        )
    lattices = load_lattices_of(store, layers[0], attributes[0])
    if lattices.data in REAL:
        raise InputError(f"{store}: holds real numbers; give surrogates that are spins")
    return [machine_of(layer) for layer in stack], lattices, attributes[-1]


def _machine_auc(machine: RBM, control: RBM, lattices: Lattices, surrogates: Lattices) -> float:
    ratios = [
        free_energies(control, held_out) - free_energies(machine, held_out)
        for held_out in (lattices.held_out.flat(), surrogates.held_out.flat())
    ]
    return area_under_curve(*ratios)


def _stack_auc(
    machines: list[RBM], controls: list[RBM], lattices: Lattices, surrogates: Lattices
) -> dict[str, tuple]:
    """The AUC of the stacks, if they have several layers."""
    if not machines[1:]:
        return {}
    keys = [
        generator(lattices.seed, "stack", layer=layer, **lattices.identity).integers(
            0, 2**32, size=2, dtype=np.uint32
        )
        for layer in range(len(machines) - 1)
    ]
    ratios = [
        np.subtract(
            *(stack_log_weights(stack, held_out, DRAWS, keys) for stack in (machines, controls))
        ).mean(axis=0)
        for held_out in (lattices.held_out.flat(), surrogates.held_out.flat())
    ]
    name = "AUC of the difference of lower bounds of the log likelihoods of the stacks"
    return {"stack_auc": ((), area_under_curve(*ratios), {"long_name": name, "units": "1"})}


def _physical(lattices: Lattices, surrogates: Lattices) -> dict[str, tuple]:
    """AUC of each physical number, and of their best linear combination."""
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
        # the sign is that which the training lattices say
        sign = np.sign(first[:, index].mean() - second[:, index].mean())
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
