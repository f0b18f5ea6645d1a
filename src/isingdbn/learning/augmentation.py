"""The exact symmetries of lattice data as fresh training data: torus translations, the square's symmetries and the spin sign."""

import numpy as np

__all__ = ["random_symmetry"]


def random_symmetry(lattices: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Each of ``lattices`` (sample, y, x), int8, under its own random translation, reflections, transposition and sign.

    Rectangles are not transposed. The distribution of Ising lattices in zero field is invariant under all of these.
    """
    samples, height, width = lattices.shape
    y, x = np.arange(height, dtype=np.int32), np.arange(width, dtype=np.int32)
    signs = rng.choice(np.array([-1, 1], np.int32), (3, samples, 1))
    rows = (signs[0] * y + rng.integers(0, height, (samples, 1), np.int32)) % height
    columns = (signs[1] * x + rng.integers(0, width, (samples, 1), np.int32)) % width
    transposed = (height == width) & (rng.random((samples, 1, 1)) < 0.5)
    sites = rows[:, :, None] * width + columns[:, None, :]
    if height == width:
        sites = np.where(transposed, sites.transpose(0, 2, 1), sites)
    moved = np.take_along_axis(lattices.reshape(samples, -1), sites.reshape(samples, -1), axis=1)
    return (moved * signs[2].astype(np.int8)).reshape(lattices.shape)
