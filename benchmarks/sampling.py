"""Time the Wolff kernel beside the textbook one on the same work: `python benchmarks/sampling.py`.

The textbook kernel is what most people write in Numba: a stack, np.random, a branch a bond.
"""

import math
import statistics
import time

import numpy as np
from numba import njit

from isingdbn.ising.simulation import Chain

SIZE = 40
ROUNDS = 5
TEMPERATURES = {"T = 2": 2.0, "T_c": 2 / math.log1p(math.sqrt(2)), "T = 3": 3.0}


@njit
def textbook(spins, probability, updates):
    """Flip ``updates`` clusters of ``spins`` (L, L) in {-1, +1}; returns the number of flipped spins."""
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


def seconds(work, *arguments):
    """Seconds and result of one call."""
    start = time.perf_counter()
    result = work(*arguments)
    return time.perf_counter() - start, result


def main():
    """Print updates a second, nanoseconds a flipped spin, and their ratio, medians of alternating rounds on one core."""
    print(f"{SIZE}×{SIZE}, one core, median of {ROUNDS} alternating rounds")
    print(f"{'':8}{'isingdbn updates/s':>20}{'ns/flip':>9}{'textbook updates/s':>20}{'ns/flip':>9}{'ratio':>7}")
    for name, temperature in TEMPERATURES.items():
        updates = 20_000 if temperature < 2.5 else 1_000_000
        chain = Chain((SIZE, SIZE), temperature, seed=0, chain=0)
        spins = np.ones((SIZE, SIZE), np.int8)
        probability = -math.expm1(-2 / temperature)
        chain.update(2000)
        textbook(spins, probability, 2000)
        ours, theirs = [], []
        for _ in range(ROUNDS):
            ours.append(seconds(chain.update, updates))
            theirs.append(seconds(textbook, spins, probability, updates))
        (our_rate, our_flip), (their_rate, their_flip) = (
            (updates / statistics.median(time for time, _ in runs), 1e9 * statistics.median(time / flips for time, flips in runs))
            for runs in (ours, theirs)
        )
        print(f"{name:8}{our_rate:20,.0f}{our_flip:9.2f}{their_rate:20,.0f}{their_flip:9.2f}{their_flip / our_flip:7.2f}")


if __name__ == "__main__":
    main()
