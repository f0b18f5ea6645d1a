"""Samplers of the 2-D Ising model side by side: `python benchmarks/peers/run.py [ROUNDS]`,
after `sh envs/setup_benchmark.sh`.

All make Wolff single-cluster updates on the 40×40 torus on one core, each in a process of its own
that warms up before it is timed. Rounds alternate between the samplers; the table has medians.
A sampler that is not there, or fails, has a row that says why.
"""

import statistics
import sys

from common import CLUSTER, CRITICAL, ENERGY
from launch import HERE, PEER, PLACE, missing, outcome, start

SIZE = 40
WORK = {"T = 2": (2.0, 50_000), "T_c": (CRITICAL, 50_000), "T = 3": (3.0, 1_000_000)}
OURS = "isingdbn"
SAMPLERS = {
    OURS: [sys.executable, HERE / "isingdbn_driver.py"],
    "our C++, bits": [PLACE / "floor", "bits"],
    "our C++, scalar": [PLACE / "floor", "scalar"],
    "our C++, textbook": [PLACE / "floor", "textbook"],
    "textbook Numba": [sys.executable, HERE / "textbook_driver.py"],
    "ising-rs": [PEER, HERE / "ising_rs_driver.py"],
    "peapods": [PEER, HERE / "peapods_driver.py"],
    "pyising": [PEER, HERE / "pyising_driver.py"],
    "pyalps": [PEER, HERE / "pyalps_driver.py"],
}
HEAD = (
    f"{'':18}{'version':>9}{'updates/s':>12}{'ns/flip':>9}"
    f"{'MB':>7}{'ours/it':>9}{'cluster':>10}{'energy':>10}"
)


def measure(name: str, temperature: float, updates: int) -> dict:
    """The line of JSON of one run of a driver, or `failed` with a reason."""
    if reason := missing(("floor" if name.startswith("our C++") else name,), SAMPLERS[name][0]):
        return {"failed": reason}
    return outcome(start([*SAMPLERS[name], SIZE, repr(temperature), updates], threads=1))


def row(name: str, runs: list[dict], our_rate: float | None) -> str:
    """One line of the table."""
    if reason := next((run["failed"] for run in runs if "failed" in run), None):
        return f"{name:18}  {reason}"
    rate, flip, memory, energy = (
        statistics.median(run[key] for run in runs)
        for key in ("updates_per_second", "ns_per_flip", "peak_memory_mb", "energy")
    )
    flip = f"{flip:.2f}{'*' if runs[0]['derived'] else ' '}"
    cluster = (
        ""
        if runs[0]["cluster"] is None
        else f"{statistics.median(run['cluster'] for run in runs):.2f}"
    )
    error = statistics.median(run["energy_error"] for run in runs)
    ratio = f"{our_rate / rate:.2f}" if our_rate else ""
    return (
        f"{name:18}{runs[0]['version']:>9}{rate:12,.0f}{flip:>9}{memory:7.1f}"
        f"{ratio:>9}{cluster:>10}{energy:10.4f} ± {error:.4f}"
    )


def table(label: str, temperature: float, updates: int, rounds: int) -> None:
    """Measure at one temperature and print."""
    runs = {name: [] for name in SAMPLERS}
    for _ in range(rounds):
        for name in SAMPLERS:
            runs[name].append(measure(name, temperature, updates))
    our_rates = [run["updates_per_second"] for run in runs[OURS] if "failed" not in run]
    our_rate = statistics.median(our_rates) if our_rates else None
    print(
        f"\n{label}: exact mean cluster {CLUSTER[SIZE, temperature]:.2f},"
        f" exact energy {ENERGY[SIZE, temperature]:.4f}\n{HEAD}"
    )
    for name in SAMPLERS:
        print(row(name, runs[name], our_rate))
    for name in SAMPLERS:
        if note := runs[name][-1].get("note"):
            print(f"  {name}: {note}")
    sys.stdout.flush()


def main(rounds: int) -> None:
    """Print a table for each temperature."""
    print(
        f"Wolff updates on {SIZE}×{SIZE}, one core, medians of {rounds} alternating rounds;"
        " * by the exact cluster, flips not counted"
    )
    for label, (temperature, updates) in WORK.items():
        table(label, temperature, updates, rounds)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 3)
