"""The receptive fields of a network and its dead units, as the commands that
look at both take them.
"""

import argparse
from pathlib import Path

import numpy as np
import xarray as xr

from isingdbn import storage
from isingdbn.errors import InputError

__all__ = ["add_dead", "add_fields", "fields_of", "load_dead", "load_fields", "refuse_other_net"]


def add_fields(parser: argparse.ArgumentParser) -> None:
    """The options ``--fields`` and ``--dead``."""
    parser.add_argument(
        "--fields", type=Path, required=True, help="store of `isingdbn analyse receptive-fields`"
    )
    add_dead(parser)


def add_dead(parser: argparse.ArgumentParser) -> None:
    """The option ``--dead``."""
    parser.add_argument(
        "--dead", type=Path, required=True, help="store of `isingdbn analyse dead-neurons`"
    )


def load_fields(arguments: argparse.Namespace) -> tuple[xr.Dataset, xr.Dataset]:
    """The stores of the options of `add_fields`.

    Raises
    ------
    InputError : one is missing, damaged or of another kind, or they are not of one network.
    """
    fields = storage.load(arguments.fields, "receptive_fields")
    dead = storage.load(arguments.dead, "dead_neurons")
    refuse_other_net("--dead", arguments.dead, dead, arguments.fields, fields)
    return fields, dead


def load_dead(arguments: argparse.Namespace, network: Path, attributes: dict) -> xr.Dataset:
    """The store of the option ``--dead``, which must be of the net whose last store is ``network``,
    with these ``attributes``.

    Raises
    ------
    InputError : it is missing, damaged or of another kind, or not of this net.
    """
    dead = storage.load(arguments.dead, "dead_neurons")
    if dead.attrs["units"] != attributes["units"] or not storage.comes_from(dead.attrs, network):
        raise InputError(f"--dead: {arguments.dead} is of another net than {network}")
    return dead


def refuse_other_net(
    option: str, store: Path, data: xr.Dataset, other_store: Path, other: xr.Dataset
) -> None:
    """Raise InputError if ``store`` of ``option``, with ``data``, is neither made from
    ``other_store`` nor, where that is a measurement, made from the same network.
    """
    inputs, others = (set(of.attrs["input_sha256"].values()) for of in (data, other))
    of_one_network = other.attrs["kind"] != "network" and others <= inputs
    if not of_one_network and not storage.comes_from(data.attrs, other_store):
        raise InputError(f"{option}: {store} is of another net than {other_store}")


def fields_of(
    fields: xr.Dataset, dead: xr.Dataset, stage: str, layer: int
) -> tuple[np.ndarray, np.ndarray]:
    """The fields (unit, y, x) of one layer, and which units are dead by weight or
    by activity, bool (unit,).
    """
    values = fields[f"{stage}_{layer}"].values
    masks = dead.sel(stage=stage).isel(layer=layer, unit=slice(len(values)))
    return values, (masks["dead_by_weight"] | masks["dead_by_activity"]).values
