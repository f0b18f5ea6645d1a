"""What a job costs before it works: seconds to load each command, and small trainings
with and without `isingdbn warm`. Two minutes.
"""

import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

REPEATS = 5
TRAININGS = 24
AT_ONCE = 2
ISINGDBN = f"{sys.executable} -I -X utf8 {Path(__file__).parents[1] / 'src'}"
COMMANDS = (
    "table training",
    "analyse dead-neurons",
    "figure loss",
    "measure peaks",
    "simulate",
    "pretrain",
    "finetune",
    "evaluate",
)
TRAINING = (
    "pretrain --lattices lattices.zarr --held-out 100 --units 16 --visible spin --hidden spin"
    " --zero-field true --epochs 40 --learning-rate 0.02 --minibatch 20 --initial-scale 0.01"
)


def seconds(command: str, folder: str) -> float:
    """Wall time of a shell command."""
    start = time.perf_counter()
    subprocess.run(
        ["sh", "-c", command],
        cwd=folder,
        check=True,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    return time.perf_counter() - start


def main() -> None:
    """Print what was measured."""
    os.environ["OMP_NUM_THREADS"] = "1"
    with tempfile.TemporaryDirectory() as folder:
        print(f"seconds to load a command, median of {REPEATS}")
        for command in COMMANDS:
            times = [seconds(f"{ISINGDBN} {command} --help", folder) for _ in range(REPEATS)]
            print(f"  {command:22}{statistics.median(times):6.2f}", flush=True)
        lattices = (
            "simulate --size 8 --temperature 2.5 --samples 600 --chains 4 --kernel scalar"
            " --seed 3 --output lattices.zarr"
        )
        seconds(f"{ISINGDBN} {lattices}", folder)
        alone = seconds(f"{ISINGDBN} {TRAINING} --output one.zarr", folder)
        print(f"a training of 40 epochs on 500 lattices of 8×8, 16 units: {alone:.1f} s")
        both = []
        for kind, prefix in (("alone", ""), ("warm", f"{ISINGDBN} warm ")):
            jobs = (
                f"seq {TRAININGS} | {prefix}xargs -P {AT_ONCE} -I JOB {ISINGDBN}"
                f" {TRAINING} --output {kind}JOB.zarr"
            )
            both.append(seconds(jobs, folder))
            print(
                f"{TRAININGS} of them, {AT_ONCE} at once, {kind:5}: {both[-1]:6.1f} s", flush=True
            )
        print(f"isingdbn warm: {both[0] / both[1]:.1f} times faster")


if __name__ == "__main__":
    main()
