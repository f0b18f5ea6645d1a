"""The exact symmetries of lattice data as fresh training data: torus translations,
the square's symmetries and the spin sign.
"""

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

__all__ = ["random_symmetry"]

CHUNK = 100  # lattices turned at once, which stay in the cache


def random_symmetry(lattices: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Each of ``lattices`` (sample, y, x), int8, under its own random translation,
    reflections, transposition and sign.

    Rectangles are not transposed. The distribution of Ising lattices in zero field
    is invariant under all of these.
    """
    samples: int
    samples, height, width = lattices.shape
    first_y, first_x = rng.integers(0, height, samples), rng.integers(0, width, samples)
    step_y, step_x, sign = rng.choice(np.array([-1, 1], np.int8), (3, samples))
    transposed = rng.random(samples) < (0.5 if height == width else 0)
    moved = np.empty_like(lattices)
    for start in range(0, samples, CHUNK):
        part = slice(start, start + CHUNK)
        images = _translated(lattices[part] * sign[part, None, None], first_y[part], first_x[part])
        for chosen, image in (
            (step_y[part] < 0, images[:, ::-1]),
            (step_x[part] < 0, images[:, :, ::-1]),
        ):
            images[chosen] = image[chosen]
        if height == width:
            images[transposed[part]] = images[transposed[part]].swapaxes(1, 2)
        moved[part] = images
    return moved


def _translated(lattices: np.ndarray, first_y: np.ndarray, first_x: np.ndarray) -> np.ndarray:
    """Each of ``lattices`` (sample, y, x) with its pixel (first_y, first_x) moved to the corner."""
    _, height, width = lattices.shape
    repeated = np.tile(lattices, (1, 2, 2))
    windows = sliding_window_view(repeated, (height, width), axis=(1, 2))
    return windows[np.arange(len(lattices)), first_y, first_x]
