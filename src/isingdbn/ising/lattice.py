"""The periodic rectangular lattice: H = -J Σ_<ij> s_i s_j with J = k_B = 1 and zero field."""

import numpy as np

__all__ = ["neighbour_table"]


def neighbour_table(height: int, width: int) -> np.ndarray:
    """Neighbours of every site of a ``height`` × ``width`` torus, in row-major order.

    A side of 2 gives a double bond between its two rows, as in the exact torus formulas.

    Returns
    -------
    array of shape (height * width, 4), unsigned, the narrowest type that holds a site index; the columns are the sites
    right, left, down and up.
    """
    sites = np.arange(height * width).reshape(height, width)
    neighbours = [np.roll(sites, shift, axis) for shift, axis in ((-1, 1), (1, 1), (-1, 0), (1, 0))]
    return np.stack(neighbours, axis=-1).reshape(-1, 4).astype(np.min_scalar_type(height * width - 1))
