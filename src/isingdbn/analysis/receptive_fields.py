"""Receptive fields: which sites a unit sees through all layers below it."""

import numpy as np

__all__ = ["receptive_fields"]


def receptive_fields(weights: list[np.ndarray], shape: tuple[int, int]) -> list[np.ndarray]:
    """Ŵ_i = W_0 W_1 … W_i for every layer i, as images.

    Parameters
    ----------
    weights : W_k of shape (units of layer k, units of layer k+1), from the lattice inwards.
    shape : height and width of the lattice.

    Returns
    -------
    one float array a layer, of shape (units of layer i+1, height, width).

    The paper, section 4, writes Ŵ_i = Π_{k=0}^{i} W_k.
    """
    fields = []
    product = None
    for layer in weights:
        product = layer if product is None else product @ layer
        fields.append(product.T.reshape(-1, *shape))
    return fields
