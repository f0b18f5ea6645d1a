"""Every metric of receptive fields. A new one is a function in the module of its family."""

import numpy as np

from isingdbn.analysis import blocks, localization, modes, smoothness, tiling
from isingdbn.analysis.metric import Metric, metrics_of

__all__ = ["METRICS", "measured", "permuted"]

METRICS = metrics_of(localization, smoothness, blocks, modes, tiling)


def measured(metric: Metric, fields: np.ndarray, dead: np.ndarray) -> np.ndarray:
    """The measure of every unit, shape (unit,), or of the layer, shape ().

    Parameters
    ----------
    fields : (unit, height, width).
    dead : bool (unit,), which units a measure of the layer leaves out.

    Returns
    -------
    Not a number for a unit that is zero everywhere or has a weight that is no number, and for
    a layer without a living unit.
    """
    defined = np.isfinite(fields).all(axis=(1, 2)) & fields.any(axis=(1, 2))
    if metric.of_layer:
        living = fields[defined & ~dead]
        return metric(living) if len(living) else np.array(np.nan)
    values = np.full(len(fields), np.nan)
    if defined.any():
        values[defined] = metric(fields[defined])
    return values


def permuted(fields: np.ndarray, random: np.random.Generator) -> np.ndarray:
    """The null: each unit's values at sites of their own permutation, same shape."""
    flat = fields.reshape(len(fields), -1)
    return random.permuted(flat, axis=1).reshape(fields.shape)
