"""What this machine can do: GFLOP/s of a 2000×2000 float32 product in NumPy, as a line of JSON.

The environment holds the threads.
"""

import json
import statistics
import time

import numpy as np

SIZE = 2000

if __name__ == "__main__":
    matrix, times = np.random.default_rng(0).random((SIZE, SIZE), np.float32), []
    for _ in range(6):
        start = time.perf_counter()
        matrix @ matrix
        times.append(time.perf_counter() - start)
    print(json.dumps({"gflop_per_second": 2 * SIZE**3 / statistics.median(times[1:]) / 1e9}))
