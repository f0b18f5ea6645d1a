"""Trained layers and networks between arrays and stores: the names of their variables
stand here and nowhere else.

A layer store has ``weights_k`` (layer_k, layer_k+1), ``visible_bias_k``, ``hidden_bias_k``,
``sigma_k`` of Gaussian visible units, and ``reconstruction_error_k`` (epoch);
its attributes name the kinds of units.
A network store has ``weights_k`` and ``bias_k`` of the encoder, ``decoder_weights_k``
(layer_k+1, layer_k) and ``decoder_bias_k``, and the history: ``training_error``,
``penalty`` and ``held_out_error`` (epoch).
Both have what values were multiplied with on the way up after some epochs, ``record_epoch``
(record): ``recorded_weights_k`` (record, layer_k, layer_k+1), ``recorded_bias_k``
(record, layer_k+1).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import xarray as xr

from isingdbn import storage
from isingdbn.errors import InputError
from isingdbn.learning.stack import StackLayer

__all__ = [
    "Network",
    "layer_dataset",
    "load_layers",
    "load_network",
    "load_records",
    "network_dataset",
    "records_dataset",
]

PER_PIXEL = {"long_name": "mean squared error a pixel", "units": "1"}


@dataclass(frozen=True)
class Network:
    """Pairs of weights and biases, the encoder's from the lattice inwards,
    the decoder's from the code outwards.
    """

    encoder: list[tuple[np.ndarray, np.ndarray]]
    decoder: list[tuple[np.ndarray, np.ndarray]]


def layer_dataset(k: int, layer: StackLayer, errors: np.ndarray, attributes: dict) -> xr.Dataset:
    """The store of layer ``k``; ``errors`` is the reconstruction error of each epoch."""
    below, above = f"layer_{k}", f"layer_{k + 1}"
    variables: dict[str, tuple] = {
        f"weights_{k}": ((below, above), layer.weights),
        f"visible_bias_{k}": (below, layer.visible_bias),
        f"hidden_bias_{k}": (above, layer.hidden_bias),
        f"reconstruction_error_{k}": (
            "epoch",
            errors,
            {"long_name": "mean squared error a visible unit", "units": "1"},
        ),
    }
    if layer.sigma is not None:
        variables[f"sigma_{k}"] = (
            below,
            layer.sigma,
            {"long_name": "standard deviation of the visible units", "units": "1"},
        )
    return xr.Dataset(
        variables,
        attrs={
            "kind": "layer",
            "layer": k,
            "visible": layer.visible,
            "hidden": layer.hidden,
            **attributes,
        },
    )


def records_dataset(records: list[dict[str, np.ndarray]], first: int = 0) -> xr.Dataset:
    """The layers as they were after some epochs, as part of a store.

    Parameters
    ----------
    records : of `isingdbn.learning.callbacks.Record`.
    first : the number of the first of its layers.
    """
    if not records:  # it diverged in the first epoch
        return xr.Dataset()
    taken = {name: np.stack([record[name] for record in records]) for name in records[0]}
    variables: dict[str, tuple] = {
        "record_epoch": ("record", taken["epoch"], {"units": "epochs done"})
    }
    for k in range(len(taken) // 2):
        below, above = f"layer_{first + k}", f"layer_{first + k + 1}"
        weights, bias = taken[f"weights_{k}"], taken[f"bias_{k}"]
        variables[f"recorded_weights_{first + k}"] = (("record", below, above), weights)
        variables[f"recorded_bias_{first + k}"] = (("record", above), bias)
    return xr.Dataset(variables)


def load_layers(stores: list[Path]) -> tuple[list[StackLayer], list[dict]]:
    """The layers in ``stores``, which are those of one stack in order, and the attributes of each.

    Raises
    ------
    InputError : a store is missing, damaged, not a layer, or was not trained
        on top of the ones before.
    """
    layers: list[StackLayer] = []
    attributes_of: list[dict] = []
    for k, store in enumerate(stores):
        dataset = storage.load(store, "layer")
        attributes = dataset.attrs
        attributes_of.append(attributes)
        if attributes["layer"] != k:
            raise InputError(
                f"{store}: is layer {attributes['layer']} of a stack, layer {k} is needed;"
                " give them from the lattice inwards"
            )
        for below in stores[:k]:
            if not storage.comes_from(attributes, below):
                raise InputError(
                    f"{store}: was not trained on top of {below}; give the layers of one stack"
                )
        names = [f"weights_{k}", f"visible_bias_{k}", f"hidden_bias_{k}"]
        weights, visible_bias, hidden_bias = (dataset[name].values for name in names)
        sigma = dataset[f"sigma_{k}"].values if f"sigma_{k}" in dataset else None
        layers.append(
            StackLayer(
                weights,
                visible_bias,
                hidden_bias,
                sigma,
                attributes["visible"],
                attributes["hidden"],
            )
        )
    return layers, attributes_of


def network_dataset(
    network: Network, history: dict[str, np.ndarray], attributes: dict
) -> xr.Dataset:
    """The store of a fine-tuned network with its ``history``, arrays (epoch,) by name."""
    variables: dict[str, tuple] = {}
    depth = len(network.encoder)
    for k, (weights, bias) in enumerate(network.encoder):
        variables[f"weights_{k}"] = ((f"layer_{k}", f"layer_{k + 1}"), weights)
        variables[f"bias_{k}"] = (f"layer_{k + 1}", bias)
    for k, (weights, bias) in zip(reversed(range(depth)), network.decoder, strict=True):
        variables[f"decoder_weights_{k}"] = ((f"layer_{k + 1}", f"layer_{k}"), weights)
        variables[f"decoder_bias_{k}"] = (f"layer_{k}", bias)
    variables |= {name: ("epoch", values, PER_PIXEL) for name, values in history.items()}
    return xr.Dataset(variables, attrs={"kind": "network", **attributes})


def load_records(source: xr.Dataset, k: int) -> Iterator[tuple[int, np.ndarray, np.ndarray]]:
    """Epochs done, weights and biases of layer ``k`` of a store, after the epochs
    that were recorded.
    """
    if "record_epoch" not in source:
        return
    for record, epoch in enumerate(source["record_epoch"].values):
        at = source.isel(record=record)
        weights = at[f"recorded_weights_{k}"].values.astype(np.float32)
        yield int(epoch), weights, at[f"recorded_bias_{k}"].values


def load_network(store: Path) -> tuple[Network, xr.Dataset]:
    """The network in ``store``, and the Dataset with its history and attributes.

    Raises
    ------
    InputError : the store is missing, damaged, or not a network.
    """
    dataset = storage.load(store, "network")
    depth = sum(str(name).startswith("decoder_weights_") for name in dataset)
    encoder = [(dataset[f"weights_{k}"].values, dataset[f"bias_{k}"].values) for k in range(depth)]
    decoder = [
        (dataset[f"decoder_weights_{k}"].values, dataset[f"decoder_bias_{k}"].values)
        for k in reversed(range(depth))
    ]
    return Network(encoder, decoder), dataset
