"""Whether neighbouring sites of a receptive field have alike weights.

``fields`` are arrays (unit, height, width) of which no unit is zero; sites are those of a torus.
"""

import numpy as np
from scipy.ndimage import label
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from isingdbn.analysis.metric import metric
from isingdbn.analysis.strength import scaled, strong

__all__ = ["correlation", "lag_1", "regions", "sign_coherence"]

HALF = 0.5


@metric("lag-1 autocorrelation", local="higher")
def lag_1(fields: np.ndarray) -> np.ndarray:
    """Σ w(x) w(x + 1) / Σ w², the mean over both directions: the cosine
    of a field and itself moved by a site.
    """
    return correlation(fields, 1)


def correlation(fields: np.ndarray, distance: int) -> np.ndarray:
    """Σ w(x) w(x + r) / Σ w² at r = ``distance`` sites, the mean over both directions; shape
    (unit,).
    """
    fields = scaled(fields)
    moved = (np.roll(fields, distance, axis=axis) for axis in (1, 2))
    products = sum(np.sum(fields * other, axis=(1, 2)) for other in moved)
    return products / (2 * np.sum(fields**2, axis=(1, 2)))


@metric("sign coherence", local="higher")
def sign_coherence(fields: np.ndarray) -> np.ndarray:
    """|P₊ − P₋| / (P₊ + P₋), where P are the powers Σ w² of the positive and
    of the negative weights; 1 for a field of one sign. Permuted sites do not change it.
    """
    fields = scaled(fields)
    return np.abs(np.sum(fields * np.abs(fields), axis=(1, 2))) / np.sum(fields**2, axis=(1, 2))


@metric("connected regions above half of the maximum", local="lower")
def regions(fields: np.ndarray) -> np.ndarray:
    """How many connected regions (by edges) have |w| of at least half of the unit's largest."""
    high = strong(fields, HALF)
    within = np.zeros((3, 3, 3), bool)
    within[1] = [[0, 1, 0], [1, 1, 1], [0, 1, 0]]  # never from unit to unit
    named, count = label(high, within)
    seams = [(named[:, -1, :], named[:, 0, :]), (named[:, :, -1], named[:, :, 0])]
    first, second = (np.concatenate([pair[side].ravel() for pair in seams]) for side in (0, 1))
    both = (first > 0) & (second > 0)
    joined = coo_array(
        (np.ones(both.sum()), (first[both], second[both])), shape=(count + 1, count + 1)
    )
    group = connected_components(joined, directed=False)[1]
    unit = np.broadcast_to(np.arange(len(fields))[:, None, None], named.shape)[high]
    of_unit = np.unique(np.stack([unit, group[named[high]]], axis=1), axis=0)[:, 0]
    return np.bincount(of_unit, minlength=len(fields))
