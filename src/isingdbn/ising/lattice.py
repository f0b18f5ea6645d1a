"""The periodic rectangular lattice: H = -J Σ_<ij> s_i s_j with J = k_B = 1 and zero field."""

from functools import lru_cache

import numpy as np

__all__ = ["LARGEST_TABLE", "neighbour_table"]

# sites; a larger table does not stay in the cache, and neighbours are computed faster than read
LARGEST_TABLE = 2**16


@lru_cache(maxsize=1)  # all chains of a simulation read the same table
def neighbour_table(height: int, width: int) -> np.ndarray:
    """Neighbours of every site of a ``height`` × ``width`` torus, in row-major order.

    A side of 2 gives a double bond between its two rows, as in the exact torus formulas.
    Of a torus with more sites than `LARGEST_TABLE` the table is empty, shape (0, 4).

    Returns
    -------
    read-only array of shape (height * width, 4), unsigned, the narrowest type that holds a site
    index; the columns are the sites right, left, down and up.
    """
    if height * width > LARGEST_TABLE:
        return np.empty((0, 4), np.uint32)
    sites = np.arange(height * width).reshape(height, width)
    neighbours = [np.roll(sites, shift, axis) for shift, axis in ((-1, 1), (1, 1), (-1, 0), (1, 0))]
    table = (
        np.stack(neighbours, axis=-1).reshape(-1, 4).astype(np.min_scalar_type(height * width - 1))
    )
    table.flags.writeable = False
    return table
