"""What most people write in Numba: a stack, np.random, a branch a bond."""

import math

import numpy as np
from common import WARM_UP, apart, arguments, mean_and_error, report, timed
from numba import __version__, njit


@njit
def wolff(spins, probability, updates):
    """Flip ``updates`` clusters of ``spins`` (L, L) in {-1, +1};
    returns the number of flipped spins.
    """
    size = spins.shape[0]
    stack = np.empty((size * size, 2), np.int64)
    flipped = 0
    for _ in range(updates):
        y, x = np.random.randint(size), np.random.randint(size)  # noqa: NPY002 - the textbook's way
        old = spins[y, x]
        spins[y, x] = -old
        stack[0] = y, x
        top = 1
        while top:
            top -= 1
            y, x = stack[top]
            flipped += 1
            for dy, dx in ((0, 1), (0, -1), (1, 0), (-1, 0)):
                v, u = (y + dy) % size, (x + dx) % size
                if spins[v, u] == old and np.random.random() < probability:  # noqa: NPY002
                    spins[v, u] = -old
                    stack[top] = v, u
                    top += 1
    return flipped


def main() -> None:
    """Warm up, time, and measure the energy."""
    size, temperature, updates = arguments()
    spins, probability = np.ones((size, size), np.int8), -math.expm1(-2 / temperature)
    wolff(spins, probability, WARM_UP)
    seconds, flips = timed(wolff, spins, probability, updates)
    energies = []
    for _ in range(2000):
        wolff(spins, probability, apart(temperature))
        energies.append(
            -float((spins * (np.roll(spins, 1, 0) + np.roll(spins, 1, 1))).sum(dtype=np.int64))
            / size**2
        )
    report(
        "textbook Numba",
        __version__,
        updates=updates,
        seconds=seconds,
        flips=flips,
        **mean_and_error(energies),
    )


if __name__ == "__main__":
    main()
