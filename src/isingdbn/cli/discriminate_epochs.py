"""``isingdbn discriminate-epochs``: whether two first machines, one trained on lattices and
the other on surrogates of them, tell held-out lattices of both kinds apart, after each epoch
of which both keep a record.

As of `isingdbn discriminate` the statistic is the log likelihood ratio, F'(v) - F(v) up to
a constant, judged by the area under the curve (AUC), and energy, plaquette and |m| stand beside.
Records keep weights and hidden biases in half precision, and no visible biases: the machines are
of spins without fields, whose biases are what they were before training.
"""

import argparse

import numpy as np
import xarray as xr

from isingdbn import storage
from isingdbn.analysis.discrimination import area_under_curve
from isingdbn.cli.arguments import add_output
from isingdbn.cli.network import load_records
from isingdbn.cli.pairs import Pair, Side, load_pair, pair_parser, physical_auc
from isingdbn.errors import InputError
from isingdbn.learning.free_energy import spin_free_energies
from isingdbn.progress import progress

__all__ = ["parser", "run"]

Records = dict[int, tuple[np.ndarray, np.ndarray]]  # weights and hidden biases, by epochs done
TRAINING = ("algorithm", "gibbs_steps")


def parser() -> argparse.ArgumentParser:
    """The options of the command."""
    parser = pair_parser("discriminate-epochs", __doc__, "a first layer")
    add_output(parser, "the Zarr store of the measurement")
    return parser


def run(arguments: argparse.Namespace) -> None:
    """Measure and store."""
    storage.refuse_existing(arguments.output)
    for option, stores in (
        ("--layers", arguments.layers),
        ("--control-layers", arguments.control_layers),
    ):
        if stores[1:]:
            raise InputError(f"{option}: {len(stores)} stores; give that of the first layer alone")
    pair = load_pair(arguments)
    records, of_control = _records(pair.net), _records(pair.control)
    epochs = sorted(records.keys() & of_control.keys())
    if not epochs:
        raise InputError(
            f"--control-layers: {pair.control.stores[0]} and {pair.net.stores[0]} have no record"
            " of the same epoch; give machines that were trained for at least one"
        )
    told = [
        _machine_auc(pair, records[epoch], of_control[epoch])
        for epoch in progress(epochs, total=len(epochs), label="telling, records")
    ]
    surrogates = pair.control.lattices.data
    attributes = {
        "kind": "discrimination_over_epochs",
        "title": f"How machines learn to tell lattices from {surrogates}",
        **pair.identity,
        **{name: pair.net.attributes[name] for name in TRAINING},
        "held_out_lattices": len(pair.net.lattices.held_out),
        **storage.provenance(__name__, pair.identity, pair.stores),
    }
    words = {"long_name": "AUC of the log likelihood ratio of the first machines", "units": "1"}
    variables = {"machine_auc": ("epoch", told, words), **physical_auc(pair)}
    coordinates = {"epoch": ("epoch", epochs, {"units": "epochs done"})}
    storage.save(xr.Dataset(variables, coords=coordinates, attrs=attributes), arguments.output)


def _records(side: Side) -> Records:
    """What is kept of the machine of ``side``, by epochs done.

    Raises
    ------
    InputError : it is not of spins, or its visible biases changed and were not kept.
    """
    (layer,), (store, *_) = side.stack, side.stores
    if {layer.visible, layer.hidden} != {"spin"}:
        raise InputError(
            f"{store}: its units are {layer.visible} and {layer.hidden}; give a machine of spins"
        )
    if not side.attributes["zero_field"]:
        raise InputError(
            f"{store}: was trained with fields, and its records keep no visible biases;"
            " give a machine that was trained with zero_field"
        )
    source = storage.load(store, "layer")
    return {epoch: (weights, bias) for epoch, weights, bias in load_records(source, k=0)}


def _machine_auc(
    pair: Pair, of_net: tuple[np.ndarray, np.ndarray], of_control: tuple[np.ndarray, np.ndarray]
) -> float:
    ratios = [
        np.subtract(
            *(
                spin_free_energies(held_out, weights, side.stack[0].visible_bias, bias)
                for side, (weights, bias) in ((pair.control, of_control), (pair.net, of_net))
            )
        )
        for held_out in (side.lattices.held_out.flat() for side in (pair.net, pair.control))
    ]
    return area_under_curve(*ratios)
