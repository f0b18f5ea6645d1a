"""Dead neurons: units without a receptive field, or whose activity tells
nothing about the lattice; and how far units follow the magnetization.
"""

import numpy as np

from isingdbn.parameters.analysis import DeadNeurons

__all__ = [
    "dead_by_activity",
    "dead_by_weight",
    "far_below_reference",
    "magnetization_correlation",
]


def dead_by_weight(weights: np.ndarray, thresholds: DeadNeurons) -> np.ndarray:
    """Which units have no incoming weight of note.

    A unit is dead if its max |w| is below ``weight_fraction`` of that of the layer's reference unit
    (the ``percentile`` of max |w| over units), or zero.

    Parameters
    ----------
    weights : (units below, units).

    Returns
    -------
    bool of shape (units,).
    """
    return far_below_reference(
        np.abs(weights).max(axis=0), thresholds.weight_fraction, thresholds.percentile
    )


def dead_by_activity(activity: np.ndarray, thresholds: DeadNeurons) -> np.ndarray:
    """Which units answer all lattices alike.

    A unit is dead if the standard deviation of its activity is below ``activity_fraction``
    of that of the layer's reference unit (the ``percentile`` over units), or zero.
    A ReLU unit that never fires is the common case.

    Parameters
    ----------
    activity : (sample, units), over held-out lattices.

    Returns
    -------
    bool of shape (units,).
    """
    return far_below_reference(
        activity.std(axis=0, dtype=np.float64), thresholds.activity_fraction, thresholds.percentile
    )


def magnetization_correlation(activity: np.ndarray, magnetization: np.ndarray) -> np.ndarray:
    """The size of Pearson's correlation of the activity of each unit with the magnetization.

    Parameters
    ----------
    activity : (sample, units), over held-out lattices.
    magnetization : (sample,), per site.

    Returns
    -------
    float64 of shape (units,), between 0 and 1; NaN where one of the two is constant.
    """
    units = activity - activity.mean(axis=0, dtype=np.float64)
    lattices = magnetization - magnetization.mean(dtype=np.float64)
    spread = np.sqrt((units**2).sum(axis=0) * (lattices**2).sum())
    correlation = np.full(units.shape[1], np.nan)
    varies = (np.ptp(activity, axis=0) > 0) & (np.ptp(magnetization) > 0)
    np.divide(np.abs(lattices @ units), spread, out=correlation, where=varies)
    return correlation


def far_below_reference(strength: np.ndarray, fraction: float, percentile: float) -> np.ndarray:
    """Which units have a ``strength`` (unit,) below a ``fraction`` of that of the reference unit,
    which stands at ``percentile``, or none at all.
    """
    return (strength < fraction * np.percentile(strength, percentile)) | (strength == 0)
