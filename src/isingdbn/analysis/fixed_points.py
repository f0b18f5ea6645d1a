"""The fixed points of a machine without noise: how many there are."""

import numpy as np

__all__ = ["distinct"]

SAME = 0.02  # root mean square difference a site, below which two states are the same point


def distinct(states: np.ndarray) -> np.ndarray:
    """Which fixed point each of ``states`` (state, site) is, integers (state,) from 0 in the order
    of their numbers, the commonest first; states that differ by less than `SAME` are one.
    """
    labels = np.full(len(states), -1)
    count = 0
    for first in range(len(states)):
        if labels[first] >= 0:
            continue
        free = np.flatnonzero(labels < 0)
        distance = np.sqrt(np.mean((states[free] - states[first]) ** 2, axis=1))
        labels[free[distance < SAME]] = count
        count += 1
    sizes = np.bincount(labels, minlength=count)
    rank = np.empty(count, int)
    rank[np.argsort(-sizes, kind="stable")] = np.arange(count)
    return rank[labels]
