"""The exact symmetries of lattice data as fresh training data: torus translations, the square's symmetries and the spin sign."""

import numpy as np

__all__ = ["random_symmetry"]


def random_symmetry(lattices: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Each of ``lattices`` (sample, y, x), int8, under its own random translation, reflections, transposition and sign.

    Rectangles are not transposed. The distribution of Ising lattices in zero field is invariant under all of these.
    """
    samples, height, width = lattices.shape
    first_y, first_x = rng.integers(0, height, samples), rng.integers(0, width, samples)
    step_y, step_x, sign = rng.choice(np.array([-1, 1], np.int8), (3, samples))
    transposed = rng.random(samples) < (0.5 if height == width else 0)
    moved = np.empty_like(lattices)
    for index, lattice in enumerate(lattices):
        y, x = first_y[index], first_x[index]
        image = moved[index].T if transposed[index] else moved[index]
        image = image[:: step_y[index], :: step_x[index]]
        image[: height - y, : width - x] = lattice[y:, x:]
        image[: height - y, width - x :] = lattice[y:, :x]
        image[height - y :, : width - x] = lattice[:y, x:]
        image[height - y :, width - x :] = lattice[:y, :x]
    return moved * sign[:, None, None]
