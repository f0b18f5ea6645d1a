"""Training by isingdbn and by others side by side:
`python benchmarks/peers/run_training.py [ROUNDS]`, after `sh envs/setup_benchmark.sh`.

All train on the same 18,000 lattices of 40×40 spins at T_c in minibatches of 100, in float32
(ours and PyTorch's loop once more with bfloat16 products), each in a process of its own,
on one thread and on two. Rounds alternate between them; the tables have medians.
One that is not there, or fails, has a row that says why.
"""

import os
import statistics
import sys
import tempfile
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
from launch import HERE, PEER, missing, outcome, start

from isingdbn.ising.chains import chain_group
from isingdbn.parameters.temperature import CRITICAL_TEMPERATURE

SAMPLES, THREADS = 18_000, (1, 2)
OURS, ROUNDED = "isingdbn", "  in bfloat16"
PYTORCH = ("PyTorch loop", "  in bfloat16 ", "  by autocast")  # the same, by PyTorch
# interpreter, program, epochs (the first is not timed), and what must have been installed
TRAINERS = {
    OURS: (sys.executable, "isingdbn_trainer.py", 3, ()),
    ROUNDED: (sys.executable, "isingdbn_bfloat16_trainer.py", 3, ()),
    "PyTorch loop": (PEER, "torch_trainer.py", 3, ("torch",)),
    "  in bfloat16 ": (PEER, "torch_bfloat16_trainer.py", 3, ("torch",)),
    "  by autocast": (PEER, "torch_autocast_trainer.py", 3, ("torch",)),
    "Keras fit": (sys.executable, "keras_trainer.py", 3, ()),
    "scikit-learn": (PEER, "sklearn_trainer.py", 2, ("scikit-learn",)),
    "rbms": (PEER, "rbms_trainer.py", 2, ("torch", "rbms")),
    "learnergy": (PEER, "learnergy_trainer.py", 2, ("torch", "learnergy")),
}


@dataclass(frozen=True)
class Group:
    """Trainings that do the same: a heading, the machine and layers of `trainer.arguments`,
    and who does it beside us.
    """

    title: str
    machine: str
    layers: tuple[int, ...]
    peers: tuple[str, ...]

    @property
    def flop(self) -> int:
        """Floating-point operations of the matrix products that one epoch needs."""
        weights = sum(n * m for n, m in pairwise(self.layers))
        # twice forward and twice back, but no gradient for the lattice itself
        if self.machine == "autoencoder":
            return 2 * SAMPLES * (6 * weights - self.layers[0] * self.layers[1])
        return 2 * SAMPLES * 5 * weights  # up, down, up, and two outer products


GROUPS = (
    Group(
        "Gaussian visible (σ = 1) and Bernoulli hidden units, CD-1, momentum 0.5, proximal L1",
        "gaussian",
        (1600, 400),
        (*PYTORCH, "Keras fit", "learnergy"),
    ),
    Group(
        "Bernoulli visible and hidden units, PCD-1 of 100 chains",
        "bernoulli",
        (1600, 400),
        ("scikit-learn", "rbms", "learnergy"),
    ),
    Group(
        "visible and hidden spins in {-1, +1}, CD-1, momentum 0.5, proximal L1",
        "spin",
        (1600, 400),
        PYTORCH,
    ),
    Group(
        "autoencoder, ReLU up and tanh down, mean squared error and L1, Adam with cosine decay",
        "autoencoder",
        (1600, 400, 100, 25),
        ("Keras fit", *PYTORCH),
    ),
)


def write_lattices(path: Path) -> None:
    """Write lattices at T_c, int8 (sample, site) in {-1, +1}."""
    chains = chain_group("packed", (40, 40), CRITICAL_TEMPERATURE, 0, "chain", range(16), 16)
    chains.update(3000)
    lattices = np.empty((SAMPLES // 16, 16, 1600), np.int8)
    chains.sample(lattices, 10)
    np.save(path, np.random.default_rng(0).permutation(lattices.reshape(SAMPLES, 1600)))


def measure(name: str, group: Group, threads: int, lattices: Path) -> dict:
    """The line of JSON of one training, or `failed` with a reason."""
    program, trainer, epochs, needs = TRAINERS[name]
    if reason := missing(needs, program):
        return {"failed": reason}
    return outcome(start([program, HERE / trainer, group.machine, "-".join(map(str, group.layers)),
                          threads, epochs, lattices], threads))  # fmt: skip


def cells(runs: list[dict], ours: list[dict], flop: int, product: float) -> str:
    """Seconds an epoch, their ratio to ours, the share of the product's rate, and memory:
    the part of a row on one number of threads.
    """
    seconds, memory = (
        statistics.median(run[key] for run in runs) for key in ("seconds", "peak_memory_mb")
    )
    ratio = (
        f"{seconds / statistics.median(run['seconds'] for run in ours):.2f}"
        if not any("failed" in run for run in ours)
        else ""
    )
    return f"{seconds:10.2f}{ratio:>8}{100 * flop / seconds / product / 1e9:7.0f} %{memory:8.0f}"


def row(
    name: str, group: Group, runs: dict[tuple[str, int], list[dict]], products: dict[int, float]
) -> str:
    """One line of a table."""
    own = [run for threads in THREADS for run in runs[name, threads]]
    if reason := next((run["failed"] for run in own if "failed" in run), None):
        return f"{name:14}  {reason}"
    parts = [
        cells(runs[name, threads], runs[OURS, threads], group.flop, products[threads])
        for threads in THREADS
    ]
    return f"{name:14}{own[0]['version']:>11}{''.join(parts)}{own[0]['error']:9.4f}"


def table(group: Group, lattices: Path, rounds: int) -> None:
    """Measure one group and print."""
    names = (OURS, ROUNDED, *group.peers)
    runs = {(name, threads): [] for threads in THREADS for name in names}
    rates = {threads: [] for threads in THREADS}
    for _ in range(rounds):
        for threads in THREADS:
            rates[threads].append(
                outcome(start([sys.executable, HERE / "matrix_product.py"], threads))[
                    "gflop_per_second"
                ]
            )
            for name in names:
                runs[name, threads].append(measure(name, group, threads, lattices))
    products = {threads: statistics.median(rates[threads]) for threads in THREADS}
    counts = "".join(
        f"{f'{threads} thread(s), product {products[threads]:.0f} GFLOP/s':>36}"
        for threads in THREADS
    )
    columns = f"{'s/epoch':>10}{'/ours':>8}{'share':>9}{'MB':>8}" * len(THREADS)
    print(
        f"\n{'-'.join(map(str, group.layers))}:"
        f" {group.title}\n{'':25}{counts}\n{'':14}{'version':>11}{columns}{'error':>9}"
    )
    for name in names:
        print(row(name, group, runs, products))
    for name in names:
        if note := runs[name, 1][-1].get("note"):
            print(f"  {name}: {note}")
    sys.stdout.flush()


def side_by_side(lattices: Path, rounds: int) -> None:
    """Print epochs a second of one small training on one thread, of one on two,
    and of two on one thread each.
    """
    ways = {
        "one training, 1 thread": (1, 1),
        "one training, 2 threads": (1, 2),
        "two trainings, 1 thread each": (2, 1),
    }
    rates = {way: [] for way in ways}
    for _ in range(rounds):
        for way, (trainings, threads) in ways.items():
            command = [
                sys.executable,
                HERE / "isingdbn_trainer.py",
                "gaussian",
                "1600-100",
                threads,
                12,
                lattices,
            ]
            runs = [
                outcome(process) for process in [start(command, threads) for _ in range(trainings)]
            ]
            if reason := next((run["failed"] for run in runs if "failed" in run), None):
                print(f"\n{way}: {reason}")
                return
            rates[way].append(sum(1 / run["seconds"] for run in runs))
    print(
        "\nmany small nets: epochs a second of isingdbn in all, 1600-100,"
        " Gaussian visible units, CD-1"
    )
    for way in ways:
        print(f"{way:30}{statistics.median(rates[way]):8.2f}")


def main(rounds: int) -> None:
    """Print all tables."""
    print(
        f"\nTraining on {SAMPLES} lattices, minibatch 100, float32, medians of {rounds}"
        " alternating rounds of one or two timed epochs"
    )
    print(
        "/ours: seconds over ours. share: of the rate of a 2000×2000 float32 product (NumPy),"
        " by the products that an epoch needs."
    )
    print(
        "error: mean square a unit of mean-field reconstructions after the last epoch,"
        " the same measure for all"
    )
    print(
        f"load average before: {os.getloadavg()[0]:.1f}; beside other work the peers' threads wait"
        " for each other, and two look slow"
    )
    with tempfile.TemporaryDirectory() as folder:
        lattices = Path(folder) / "lattices.npy"
        write_lattices(lattices)
        for group in GROUPS:
            table(group, lattices, rounds)
        side_by_side(lattices, rounds)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 2)
