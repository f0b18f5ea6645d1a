"""Every metric of the receptive fields of a layer, and their nulls: time and memory of each:
`python benchmarks/metrics.py [UNITS]`, seconds on one core.
"""

import sys
import time
import tracemalloc

import numpy as np

from isingdbn.analysis.metrics import METRICS, measured, permuted

SIDE = 40


def main(units):
    """Print one row a metric, of fields whose sizes are as various as those of trained nets."""
    random = np.random.default_rng(1)
    y, x = np.indices((SIDE, SIDE)) - SIDE // 2
    radii = random.uniform(1, SIDE / 4, units)[:, None, None]
    fields = np.exp(-(x**2 + y**2) / (2 * radii**2)) + 0.05 * random.normal(
        size=(units, SIDE, SIDE)
    )
    places = random.integers(SIDE, size=(units, 2))
    fields = np.stack([np.roll(of, to, (0, 1)) for of, to in zip(fields, places, strict=True)])
    dead = np.zeros(units, bool)
    print(f"\nmetrics of {units} fields of {SIDE}×{SIDE}, and of the same with permuted sites")
    print(f"{'metric':<28}{'seconds':>9}{'peak MB':>9}")
    total = largest = 0.0
    for name, metric in METRICS.items():
        seconds, memory = cost(metric, fields, dead, random)
        total, largest = total + seconds, max(largest, memory)
        print(f"{name:<28}{seconds:9.3f}{memory:9.1f}")
    print(f"{'all':<28}{total:9.3f}{largest:9.1f}")


def cost(metric, fields, dead, random):
    """Seconds, and in a second pass MB beside the fields themselves, of a metric and its null."""
    for traced in (False, True):
        if traced:
            tracemalloc.start()
        start = time.perf_counter()
        for values in (fields, permuted(fields, random)):
            measured(metric, values, dead)
        if not traced:
            seconds = time.perf_counter() - start
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return seconds, peak / 1e6


if __name__ == "__main__":
    main(int(sys.argv[1]) if sys.argv[1:] else 400)
