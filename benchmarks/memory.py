"""Memory of training on many lattices: `python benchmarks/memory.py [LATTICES [THREADS]]`;
a million take some ten minutes.

One epoch each of LargeNet's first two layers and of the network made of them,
by the `corrected` recipe of config.yaml.
"""

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import yaml

from isingdbn import config
from isingdbn.cli.arguments import options
from isingdbn.parameters.temperature import CRITICAL_TEMPERATURE

CONFIG = Path(__file__).parents[1] / "config.yaml"
UNITS = (400, 100)


def jobs(samples, threads):
    """The commands, in order, as lists of arguments; outputs go to the working directory."""
    experiment = config.validate(yaml.safe_load(CONFIG.read_text()), str(CONFIG))
    recipe = experiment.recipes["corrected"]
    common = ["--lattices", "lattices.zarr", "--threads", threads]
    held_out = ["--held-out", round(samples * experiment.lattice.test_fraction)]
    size = ["--size", experiment.lattice.size, "--temperature", CRITICAL_TEMPERATURE]
    first, second = (
        options(layer, epochs=1) for layer in (recipe.first_layer, recipe.upper_layers)
    )
    return {
        "simulate": ["simulate", *size, "--samples", samples, "--seed", 0, "--threads", threads,
                     "--output", "lattices.zarr"],
        "layer 0": ["pretrain", *common, *held_out, *first, "--units", UNITS[0],
                    "--output", "0.zarr"],
        "layer 1": ["pretrain", *common, *held_out, *second, "--units", UNITS[1],
                    "--below", "0.zarr", "--output", "1.zarr"],
        "fine-tuning": ["finetune", *common, *options(recipe.finetuning, epochs=1),
                        "--layers", "0.zarr", "1.zarr",
                        "--output", "net.zarr", "--keras", "net.keras"],
    }  # fmt: skip


def measure(arguments, folder):
    """Run ``isingdbn`` with ``arguments`` in ``folder``; returns seconds and the peak
    of its resident memory in MB.
    """
    start = time.perf_counter()
    with (folder / "log").open("w+") as log:
        job = subprocess.Popen(
            [sys.executable, "-m", "isingdbn", *map(str, arguments)], cwd=folder, stderr=log
        )
        # of this one job, where RUSAGE_CHILDREN has the largest so far
        _, status, usage = os.wait4(job.pid, 0)
        job.returncode = os.waitstatus_to_exitcode(status)
        log.seek(0)
        if job.returncode:
            sys.exit(f"{arguments[0]} failed: {log.read().splitlines()[-1:]}")
    return time.perf_counter() - start, usage.ru_maxrss * 1.024e-3


def main(samples, threads):
    """Print one row a job."""
    print(f"\n{samples} lattices, {threads} threads, one epoch each")
    print(f"{'job':14}{'seconds':>9}{'peak MB':>9}")
    with tempfile.TemporaryDirectory() as home:
        for name, arguments in jobs(samples, threads).items():
            seconds, memory = measure(arguments, Path(home))
            print(f"{name:14}{seconds:9.1f}{memory:9.0f}", flush=True)


if __name__ == "__main__":
    given = [int(text) for text in sys.argv[1:]]
    main(*given, *(1_000_000, os.cpu_count())[len(given) :])
