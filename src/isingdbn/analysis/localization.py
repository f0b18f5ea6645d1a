"""How few sites a receptive field covers, and how close together they are.

``fields`` are arrays (unit, height, width) of which no unit is zero; sites are those of a torus.
"""

import numpy as np

from isingdbn.analysis.metric import metric
from isingdbn.analysis.strength import scaled, strong

__all__ = [
    "LOCAL_PART",
    "centres",
    "half_power_sites",
    "participation_ratio",
    "radii",
    "rms_radius",
]

LOCAL_PART = 0.1  # of all sites: a smaller field is called local; random weights have a third
BACKGROUND = 0.1  # of a unit's largest |w|: what is below counts for no radius
HALF = 0.5


@metric("participation ratio", units="sites", local="lower")
def participation_ratio(fields: np.ndarray) -> np.ndarray:
    """(Σ w²)² / Σ w⁴: the number of sites of a uniform field; a third of all sites
    for normally distributed weights.
    """
    power = _power(fields).reshape(len(fields), -1)
    return 1 / np.sum(power**2, axis=1)


@metric("sites with half of the power", units="sites", local="lower")
def half_power_sites(fields: np.ndarray) -> np.ndarray:
    """The fewest sites that hold half of Σ w²."""
    power = np.sort(_power(fields).reshape(len(fields), -1), axis=1)[:, ::-1]
    return 1 + np.sum(np.cumsum(power, axis=1) < HALF * (1 - 1e-12), axis=1)


@metric("root mean square radius", units="sites", local="lower")
def rms_radius(fields: np.ndarray) -> np.ndarray:
    """The root of the mean squared distance of the power w² from its circular centre.

    Weights below a tenth of the unit's largest are left out: a faint background
    over the whole lattice would decide it.
    """
    return radii(fields, centres(fields))


def centres(fields: np.ndarray) -> np.ndarray:
    """The circular mean of the power of each unit, (unit, 2), as y and x in sites."""
    power = _power(_above_background(fields))
    return np.stack([_circular_mean(power.sum(axis=3 - axis)) for axis in (1, 2)], axis=1)


def radii(fields: np.ndarray, around: np.ndarray) -> np.ndarray:
    """The root mean square distance (unit,) of the power from the points
    ``around`` (unit, 2), in sites.
    """
    power = _power(_above_background(fields))
    squares = 0
    for axis in (1, 2):
        side = fields.shape[axis]
        offset = np.arange(side) - around[:, axis - 1 : axis]
        distance = np.abs((offset + side / 2) % side - side / 2)
        squares = squares + np.sum(power.sum(axis=3 - axis) * distance**2, axis=1)
    return np.sqrt(squares)


def _power(fields: np.ndarray) -> np.ndarray:
    """w² of every unit, with sum 1."""
    power = scaled(fields) ** 2
    return power / power.sum(axis=(1, 2), keepdims=True)


def _above_background(fields: np.ndarray) -> np.ndarray:
    return np.where(strong(fields, BACKGROUND), fields, 0)


def _circular_mean(power: np.ndarray) -> np.ndarray:
    """The mean position (unit,) of ``power`` (unit, position) on a circle."""
    side = power.shape[1]
    phase = np.exp(2j * np.pi * np.arange(side) / side)
    mean = np.angle(power @ phase) * side / (2 * np.pi) % side
    return np.where(mean < side, mean, 0.0)  # of a phase just below zero, the remainder is side
