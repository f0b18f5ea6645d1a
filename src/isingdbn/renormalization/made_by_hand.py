"""Machines made by hand, as controls whose answer is known: the Ising model itself,
and a block-spin map.
"""

import math
from typing import Any

import numpy as np

from isingdbn.parameters.pretraining import Pretraining, block_side

__all__ = ["block_machine", "ising_machine", "weights_made_by_hand"]


def ising_machine(height: int, width: int, coupling: float) -> np.ndarray:
    """Weights of a machine of spins without biases that is the Ising torus of K = ``coupling``.

    Each bond has its own hidden spin with the weight w to both sites, ½ log cosh 2w = |K|; for
    K < 0 one of both weights is -w. A side of 2 has double bonds.

    Returns
    -------
    shape (sites, 2 sites): the bonds to the right of all sites and then those down.
    """
    weight = math.acosh(math.exp(2 * abs(coupling))) / 2
    sites = np.arange(height * width).reshape(height, width)
    weights = np.zeros((sites.size, 2 * sites.size))
    bonds = np.arange(2 * sites.size)
    ends = np.concatenate([np.roll(sites, -1, axis).ravel() for axis in (1, 0)])
    weights[np.tile(sites.ravel(), 2), bonds] += weight
    weights[ends, bonds] += math.copysign(weight, coupling)
    return weights


def block_machine(visible: int, hidden: int, weight: float, dead: int = 0) -> np.ndarray:
    """Weights of a machine of spins whose hidden spins are block spins: each has ``weight`` to all
    spins of its own square block, and none to others.

    Drawn, they are block spins by Kadanoff's rule with the parameter ``weight``; by the majority
    rule with ties by coin, if it is large (Kadanoff and Houghton 1975, Phys. Rev. B 11, 377).

    Parameters
    ----------
    dead : hidden spins without weights, at even distances in the order of units: coins.

    Returns
    -------
    shape (visible, hidden), both in rows of a square grid.
    """
    side = math.isqrt(visible)
    block: Any = block_side(visible, hidden)
    row, column = np.divmod(np.arange(visible), side)
    weights = np.zeros((visible, hidden))
    weights[np.arange(visible), row // block * (side // block) + column // block] = weight
    weights[:, np.arange(dead) * hidden // max(dead, 1)] = 0
    return weights


def weights_made_by_hand(
    settings: Pretraining, shape: tuple[int, int], temperature: float, units: tuple[int, int]
) -> np.ndarray | None:
    """The initial weights of a machine, float32 (visible, hidden), or None if they are drawn.

    Parameters
    ----------
    shape : height and width of the lattices. temperature : of them, in J/k_B.
    units : visible and hidden, for which there is no `initial_problem`.
    """
    if settings.initial == "normal":
        return None
    if settings.initial == "ising":
        weights = ising_machine(*shape, 1 / temperature)
    else:
        weights = block_machine(*units, settings.initial_scale, settings.dead_units)
    return weights.astype(np.float32)
