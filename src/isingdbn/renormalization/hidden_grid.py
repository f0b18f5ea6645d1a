"""The hidden units of a machine as a lattice: each one laid on the cell of a grid that is nearest
to the centre of its receptive field.
"""

import itertools
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.optimize import linear_sum_assignment

__all__ = ["Grid", "lay_on_grid"]

STEP = 0.5  # sites, between the offsets of the grid that are tried


@dataclass(frozen=True)
class Grid:
    """Units on a grid of cells.

    Parameters
    ----------
    units : the number of the unit on each cell, (row, column); -1 where there is none.
    offset : y and x of the middle of the first cell, in sites.
    distance : root mean square distance of a unit's centre from the middle of its cell,
        in units of the spacing of cells; 0.41 for places at random in the own cell.
    """

    units: np.ndarray
    offset: tuple[float, float]
    distance: float


def lay_on_grid(centres: np.ndarray, side: int, cells: int) -> Grid:
    """The assignment with the least sum of squared distances on the torus, over some offsets
    of the grid. If there are more units than cells, some have no cell; if there are fewer,
    some cells have no unit.

    Parameters
    ----------
    centres : (unit, 2), y and x in sites of a lattice of ``side`` × ``side``; one or more.
    cells : a side of the grid.
    """
    spacing = side / cells
    middles = np.stack(np.divmod(np.arange(cells**2), cells), axis=1) * spacing
    best: Any = None
    steps = np.arange(0, spacing, STEP)
    for offset in itertools.product(steps, steps):
        apart = (centres - (middles + offset)[:, None] + side / 2) % side - side / 2
        squares = np.sum(apart**2, axis=2)  # (cell, unit)
        chosen = linear_sum_assignment(squares)
        total = squares[chosen].sum()
        if best is None or total < best[0]:
            best = total, chosen, offset
    total, (filled, units), offset = best
    of_cells = np.full(cells**2, -1)
    of_cells[filled] = units
    distance = float(np.sqrt(total / len(units)) / spacing)
    middle: tuple[Any, ...] = tuple(map(float, offset))
    return Grid(of_cells.reshape(cells, cells), middle, distance)
