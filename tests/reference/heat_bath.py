"""A heat bath for spins with the couplings of `isingdbn.renormalization.effective_couplings`,
site after site.
"""

import numpy as np
from numba import njit


@njit
def heat_bath(spins: np.ndarray, couplings: np.ndarray, uniforms: np.ndarray) -> None:
    """Sweep over ``spins`` (height, width) once for each row of ``uniforms`` (sweep, site),
    with ``couplings`` nearest, next-nearest, plaquette and third-neighbour.
    """
    height, width = spins.shape
    for sweep in range(len(uniforms)):
        for site in range(height * width):
            y, x = site // width, site % width
            field = 0.0
            for dy, dx in ((0, 1), (1, 0), (0, -1), (-1, 0)):
                field += couplings[0] * spins[(y + dy) % height, (x + dx) % width]
                field += couplings[3] * spins[(y + 2 * dy) % height, (x + 2 * dx) % width]
            for dy, dx in ((1, 1), (1, -1), (-1, 1), (-1, -1)):
                corner = spins[(y + dy) % height, (x + dx) % width]
                field += couplings[1] * corner
                field += (
                    couplings[2] * corner * spins[(y + dy) % height, x] * spins[y, (x + dx) % width]
                )
            up = 1 / (1 + np.exp(-2 * field))
            spins[y, x] = 1 if uniforms[sweep, site] < up else -1
