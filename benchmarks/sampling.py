"""Our two kernels beside each other, and one thread beside two: `python benchmarks/sampling.py`."""

import statistics
import time
from concurrent.futures import ThreadPoolExecutor

from isingdbn.ising.chains import chain_group, choose_kernel, expected_cluster_size, lanes
from isingdbn.parameters.temperature import CRITICAL_TEMPERATURE

SHAPE = (40, 40)
ROUNDS = 5
SECONDS = 0.4  # of one call, about
TEMPERATURES = [1.5, 2.0, CRITICAL_TEMPERATURE, 2.2976, 2.35, 2.4, 2.45, 2.5, 3.0, 5.0]


def prepared(kernel, temperature, groups):
    """Groups of chains in equilibrium, and how many updates of each take about `SECONDS`."""
    made = [
        chain_group(kernel, SHAPE, temperature, group, "chain", range(lanes(kernel)), lanes(kernel))
        for group in range(groups)
    ]
    for group in made:
        group.update(3000)
    start = time.perf_counter()
    made[0].update(2000)
    return made, max(1, int(2000 * SECONDS / (time.perf_counter() - start)))


def rate(groups, updates, kernel):
    """Updates a second of all chains, with a thread for each group."""
    with ThreadPoolExecutor(len(groups)) as pool:
        start = time.perf_counter()
        list(pool.map(lambda group: group.update(updates), groups))
        return len(groups) * updates * lanes(kernel) / (time.perf_counter() - start)


def main():
    """Print both tables, medians of alternating rounds."""
    print(
        f"\n{SHAPE[0]}×{SHAPE[1]}, one core: updates/s of both kernels and what `kernel:"
        f" auto` takes, median of {ROUNDS} alternating rounds"
    )
    print(f"{'T':>8}{'cluster':>9}{'scalar':>13}{'packed':>13}{'packed/scalar':>15}  auto")
    for temperature in TEMPERATURES:
        kernels = {kernel: prepared(kernel, temperature, 1) for kernel in ("scalar", "packed")}
        rates = {kernel: [] for kernel in kernels}
        for _ in range(ROUNDS):
            for kernel, (groups, updates) in kernels.items():
                rates[kernel].append(rate(groups, updates, kernel))
        scalar, packed = (statistics.median(rates[kernel]) for kernel in ("scalar", "packed"))
        size, auto = (
            expected_cluster_size(SHAPE, temperature),
            choose_kernel(SHAPE, temperature, lanes("packed")),
        )
        print(
            f"{temperature:8.4f}{size:9.1f}{scalar:13,.0f}{packed:13,.0f}{packed / scalar:15.2f}"
            f"  {auto}"
        )
    print(
        "\nthreads at T_c: updates/s of two groups one after the other and side by side,"
        " and the median ratio of alternating rounds"
    )
    for kernel in ("scalar", "packed"):
        groups, updates = prepared(kernel, CRITICAL_TEMPERATURE, 2)
        rounds = [
            ([rate([group], updates, kernel) for group in groups], rate(groups, updates, kernel))
            for _ in range(2 * ROUNDS + 1)
        ]
        one, two = (
            statistics.median(sum(single) / 2 for single, _ in rounds),
            statistics.median(both for _, both in rounds),
        )
        ratio = statistics.median(2 * both / sum(single) for single, both in rounds)
        print(f"{kernel:>8}{one:13,.0f}{two:13,.0f}{ratio:7.2f}")


if __name__ == "__main__":
    main()
