"""Large stores: time, peak memory and bits a spin of `isingdbn simulate`:
`python benchmarks/scale.py [THREADS]`, some minutes.
"""

import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from isingdbn.parameters.temperature import CRITICAL_TEMPERATURE

WORK = [(40, 10_000), (40, 1_000_000), (1024, 1000)]  # size, samples


def main(threads):
    """Print one row a store; each is made by a process of its own, smallest memory first."""
    print(f"\nisingdbn simulate at T_c, {threads} threads; memory is the most of any row so far")
    print(
        f"{'size':>6}{'samples':>10}{'seconds':>9}{'samples/s':>11}"
        f"{'peak MB':>9}{'MB stored':>11}{'bits/spin':>11}"
    )
    with tempfile.TemporaryDirectory() as home:
        for size, samples in WORK:
            store = Path(home) / f"{size}_{samples}.zarr"
            command = [
                sys.executable,
                "-m",
                "isingdbn",
                "simulate",
                "--size",
                str(size),
                "--temperature",
                repr(CRITICAL_TEMPERATURE),
            ]
            command += [
                "--samples",
                str(samples),
                "--seed",
                "0",
                "--threads",
                str(threads),
                "--output",
                str(store),
            ]
            start = time.perf_counter()
            subprocess.run(command, check=True, stderr=subprocess.DEVNULL)
            seconds = time.perf_counter() - start
            memory = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1.024e-3
            stored = sum(path.stat().st_size for path in store.rglob("*") if path.is_file())
            bits = 8 * stored / (samples * size**2)
            print(
                f"{size:6}{samples:10}{seconds:9.1f}{samples / seconds:11,.0f}"
                f"{memory:9.0f}{stored / 1e6:11.1f}{bits:11.3f}",
                flush=True,
            )


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else os.cpu_count())
