"""The hidden units of a machine as a lattice: each one laid on the cell of a grid that is nearest
to the centre of its receptive field.
"""

import itertools
from dataclasses import dataclass

import numpy as np
from scipy.optimize import linear_sum_assignment

from isingdbn.errors import InputError

__all__ = ["Grid", "lay_on_grid"]

STEP = 0.5  # sites, between the offsets of the grid that are tried


@dataclass(frozen=True)
class Grid:
    """Units on a grid of cells.

    Parameters
    ----------
    units : the number of the unit on each cell, (row, column).
    offset : y and x of the middle of the first cell, in sites.
    distance : root mean square distance of a unit's centre from the middle of its cell,
        in units of the spacing of cells; 0.41 for places at random in the own cell.
    """

    units: np.ndarray
    offset: tuple[float, float]
    distance: float


def lay_on_grid(centres: np.ndarray, side: int, cells: int) -> Grid:
    """The assignment with the least sum of squared distances on the torus, over some offsets
    of the grid; units that are left over have no cell.

    Parameters
    ----------
    centres : (unit, 2), y and x in sites of a lattice of ``side`` × ``side``.
    cells : a side of the grid.

    Raises
    ------
    InputError : there are fewer units than cells.
    """
    if len(centres) < cells**2:
        raise InputError(
            f"{len(centres)} living units do not tile a grid of {cells}x{cells} cells;"
            " give a smaller grid"
        )
    spacing = side / cells
    middles = np.stack(np.divmod(np.arange(cells**2), cells), axis=1) * spacing
    best = None
    steps = np.arange(0, spacing, STEP)
    for offset in itertools.product(steps, steps):
        apart = (centres - (middles + offset)[:, None] + side / 2) % side - side / 2
        squares = np.sum(apart**2, axis=2)  # (cell, unit)
        _, units = linear_sum_assignment(squares)
        total = squares[np.arange(len(units)), units].sum()
        if best is None or total < best[0]:
            best = total, units, offset
    total, units, offset = best
    distance = float(np.sqrt(total / len(units)) / spacing)
    return Grid(units.reshape(cells, cells), tuple(map(float, offset)), distance)
