"""``isingdbn discriminate``: whether two nets, one trained on lattices and the other
on surrogates of them, tell held-out lattices of both kinds apart, beside three physical numbers
that do.

The nets do it by their log likelihood ratio, which is the best statistic there is if they are
the two distributions (Neyman and Pearson): that of their first machines, F'(v) - F(v) up to
a constant; and, if more layers are given, that of the stacks cut after 1, 2, … machines, for whose
log likelihoods two lower bounds stand: `mean_bound` and, from the same draws and tighter,
`weighted_bound`. The three numbers are energy, mean product around a plaquette and |m|, in
the linear combination that is best on the training lattices. All are judged by the area under
the curve (AUC) on held-out lattices of both kinds: 0.5 is blind, 1 is perfect.
"""

import argparse

import numpy as np
import xarray as xr

from isingdbn import storage
from isingdbn.analysis.discrimination import area_under_curve
from isingdbn.cli.arguments import add_output, add_threads
from isingdbn.cli.data import Lattices
from isingdbn.cli.pairs import load_pair, pair_parser, physical_auc
from isingdbn.learning.evaluation import (
    free_energies,
    mean_bound,
    stack_log_weights,
    weighted_bound,
)
from isingdbn.learning.propagation import machine_of
from isingdbn.learning.rbm import RBM
from isingdbn.learning.runtime import use_threads
from isingdbn.seeding import generator

__all__ = ["parser", "run"]

DRAWS = 20  # of hidden units, for each lattice
BOUNDS = {
    "stack_auc": (mean_bound, "the mean of log weights"),
    "stack_auc_weighted": (weighted_bound, "the log of the mean weight"),
}  # of log likelihoods, each in words


def parser() -> argparse.ArgumentParser:
    """The options of the command."""
    parser = pair_parser("discriminate", __doc__, "a stack, or its first layer")
    add_threads(parser)
    add_output(parser, "the Zarr store of the measurement")
    return parser


def run(arguments: argparse.Namespace) -> None:
    """Measure and store."""
    storage.refuse_existing(arguments.output)
    use_threads(arguments.threads)
    pair = load_pair(arguments)
    lattices, surrogates = pair.net.lattices, pair.control.lattices
    machines, controls = (
        [machine_of(layer) for layer in side.stack] for side in (pair.net, pair.control)
    )
    attributes = {
        "kind": "discrimination",
        "title": f"How well machines and physics tell lattices from {surrogates.data}",
        **pair.identity,
        "held_out_lattices": len(lattices.held_out),
        "draws": DRAWS,
        **storage.provenance(__name__, pair.identity, pair.stores),
    }
    variables = {
        "machine_auc": (
            (),
            _machine_auc(machines[0], controls[0], lattices, surrogates),
            {"long_name": "AUC of the log likelihood ratio of the first machines", "units": "1"},
        ),
        **_stack_auc(machines, controls, lattices, surrogates),
        **physical_auc(pair),
    }
    storage.save(xr.Dataset(variables, attrs=attributes), arguments.output)


def _machine_auc(machine: RBM, control: RBM, lattices: Lattices, surrogates: Lattices) -> float:
    ratios = [
        free_energies(control, held_out) - free_energies(machine, held_out)
        for held_out in (lattices.held_out.flat(), surrogates.held_out.flat())
    ]
    return area_under_curve(*ratios)


def _stack_auc(
    machines: list[RBM], controls: list[RBM], lattices: Lattices, surrogates: Lattices
) -> dict[str, tuple]:
    """The AUC of the stacks by each of `BOUNDS`, whole and cut after 1, 2, … machines, if they have
    several layers.
    """
    if not machines[1:]:
        return {}
    keys = [
        generator(lattices.seed, "stack", layer=layer, **lattices.identity).integers(
            0, 2**32, size=2, dtype=np.uint32
        )
        for layer in range(len(machines) - 1)
    ]
    weights = [
        [
            stack_log_weights(stack, of.held_out.flat(), DRAWS, keys)
            for stack in (machines, controls)
        ]
        for of in (lattices, surrogates)
    ]
    depths = range(1, len(machines) + 1)
    variables: dict[str, tuple] = {"depth": ("depth", depths, {"units": "machines"})}
    for name, (bound, words) in BOUNDS.items():
        ratios = [np.subtract(*map(bound, of)) for of in weights]  # each (depth, sample)
        told = [area_under_curve(*at) for at in zip(*ratios, strict=True)]
        of = f"AUC of the difference of lower bounds ({words}) of the log likelihoods of the stacks"
        variables[name] = ((), told[-1], {"long_name": of, "units": "1"})
        cut = {"long_name": f"{of}, cut after so many machines", "units": "1"}
        variables[f"{name}_by_depth"] = ("depth", told, cut)
    return variables
