"""The definitions of a receptive field, as the commands that compute them take them."""

import numpy as np

from isingdbn.analysis.network import Layer
from isingdbn.analysis.receptive_fields import receptive_fields
from isingdbn.analysis.responses import SLOPES, decorrelated_covariance, mean_jacobian
from isingdbn.cli.data import Lattices
from isingdbn.cli.trained import Trained
from isingdbn.learning.dataset import in_order
from isingdbn.parameters.analysis import COVARIANCE, JACOBIAN, PRODUCT

__all__ = ["SAMPLES", "fields_by_definition", "kinds_by_stage"]

SAMPLES = 500  # held-out lattices over which derivatives are averaged, unless said otherwise


def kinds_by_stage(trained: Trained) -> dict[str, list[str]]:
    """The kinds of the units of each layer before and after fine-tuning."""
    of_stack = [layer.hidden for layer in trained.stack]
    return {"pretrained": of_stack, "finetuned": ["rectified"] * len(of_stack)}


def fields_by_definition(
    layers: list[Layer], kinds: list[str], lattices: Lattices, samples: int
) -> dict[str, list[np.ndarray]]:
    """The fields of every layer, (unit, height, width), by each definition; without the mean
    derivative if that of a kind of units is not known.

    Parameters
    ----------
    layers : from the lattice inwards.
    kinds : of their units.
    samples : held-out lattices over which the derivative is averaged, at the most.
    """
    shape = lattices.shape
    held_out = lattices.held_out.flat()
    chosen = held_out.rows(slice(min(samples, len(held_out)))).astype(np.float32)
    blocks = (rows for part in (lattices.training.flat(), held_out) for rows in in_order(part))
    found = {PRODUCT: receptive_fields([weights for weights, _, _ in layers], shape)}
    if all(kind in SLOPES for kind in kinds):
        found[JACOBIAN] = mean_jacobian(chosen, layers, kinds, shape)
    found[COVARIANCE] = decorrelated_covariance(blocks, layers, shape)
    return found
