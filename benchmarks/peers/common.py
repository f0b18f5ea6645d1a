"""What every driver shares: its arguments, its warm-up, its clock, its peak memory
and the one line of JSON that it prints.

A driver is run by its peer's interpreter, `python DRIVER.py SIZE TEMPERATURE UPDATES`.
It imports its peer and the standard library only.
"""

import json
import math
import resource
import statistics
import sys
import time
from collections.abc import Callable, Iterable
from pathlib import Path

WARM_UP = 20_000
CRITICAL = 2 / math.log1p(math.sqrt(2))
# Exact, of the 40×40 torus: the mean Wolff cluster in sites, which gives the flips that a peer does
# not count, and the energy per site.
CLUSTER = {(40, 2.0): 1329.5754, (40, CRITICAL): 694.5819, (40, 3.0): 11.577859}
ENERGY = {(40, 2.0): -1.7455646, (40, CRITICAL): -1.4297713, (40, 3.0): -0.8173096}
BLOCKS = 20


def arguments() -> tuple[int, float, int]:
    """Size, temperature and updates from the command line."""
    size, temperature, updates = sys.argv[1:]
    return int(size), float(temperature), int(updates)


def apart(temperature: float) -> int:
    """Updates between two energies, about as many as flip half of a 40×40 lattice or more."""
    return 5 if temperature < 2.5 else 100


def timed(work: Callable, *details) -> tuple[float, object]:
    """Seconds and result of one call."""
    start = time.perf_counter()
    result = work(*details)
    return time.perf_counter() - start, result


def mean_and_error(values: Iterable[float]) -> dict[str, float]:
    """Mean of a series, and its error from the means of blocks."""
    values = list(values)
    length = len(values) // BLOCKS
    means = [
        statistics.fmean(values[first : first + length])
        for first in range(0, BLOCKS * length, length)
    ]
    return {
        "energy": statistics.fmean(means),
        "energy_error": statistics.stdev(means) / math.sqrt(BLOCKS),
    }


def peak_memory_mb(process: int | str = "self") -> float:
    """Most memory that a process has held, in MB.

    `ru_maxrss` counts its parent's as well, so it is for systems without /proc only.
    """
    status = Path(f"/proc/{process}/status")
    if not status.exists():
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1.024e-3
    return (
        next(
            int(line.split()[1])
            for line in status.read_text().splitlines()
            if line.startswith("VmHWM")
        )
        * 1.024e-3
    )


def report(
    name: str, version: str, updates: int, seconds: float, flips: float | None = None, **more
) -> None:
    """Print the line of JSON; ``flips`` are those counted.

    Without them `ns_per_flip` rests on the exact cluster, which `derived` says.
    """
    size, temperature, _ = arguments()
    cluster = CLUSTER.get((size, temperature)) if flips is None else flips / updates
    line = {
        "name": name,
        "version": version,
        "updates_per_second": updates / seconds,
        "ns_per_flip": cluster and 1e9 * seconds / (updates * cluster),
        "derived": flips is None,
        "seconds": seconds,
        "peak_memory_mb": peak_memory_mb(),
        "cluster": None if flips is None else cluster,
    }
    print(json.dumps(line | more))
