"""A network as it was after some epochs of its training, as the commands that follow it take it."""

import argparse
from collections.abc import Iterator

from isingdbn import storage
from isingdbn.analysis.network import Layer, relu
from isingdbn.cli.network import load_records
from isingdbn.cli.trained import Trained

__all__ = ["recorded"]


def recorded(
    arguments: argparse.Namespace, trained: Trained
) -> Iterator[tuple[str, int, int, list[Layer]]]:
    """Stage, layer, epochs done, and all layers up to that one as they were then.

    Parameters
    ----------
    arguments : of a command with the options of `isingdbn.cli.trained.trained_parser`.
    """
    stack = [layer.upwards for layer in trained.stack]
    for k, store in enumerate(arguments.layers):
        for epoch, weights, bias in load_records(storage.load(store, "layer"), k):
            yield "pretrained", k, epoch, [*stack[:k], (weights, bias, stack[k][2])]
    if trained.network is not None:
        network = storage.load(arguments.network, "network")
        of_layers = [load_records(network, k) for k in range(len(stack))]
        for records in zip(*of_layers, strict=True):
            layers: list[Layer] = [(weights, bias, relu) for _, weights, bias in records]
            for k, (epoch, _, _) in enumerate(records):
                yield "finetuned", k, epoch, layers
