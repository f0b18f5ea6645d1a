"""The queue of a cluster: an end to what a killed run left there."""

import shutil
import subprocess
import sys
import time
from pathlib import Path

__all__ = ["end_jobs_of_killed_runs", "jobs_in_the_queue"]


def jobs_in_the_queue() -> list[str]:
    """The Slurm jobs that Snakemake has submitted from this folder
    by profiles/slurm, and that have not ended.
    """
    command = ["squeue", "--me", "--noheader", "--format=%i %j %Z"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        what = "jobs that a killed run left in the queue, if any, stay there"
        print(f"squeue: {done.stderr.strip()}; {what}", file=sys.stderr)
    jobs = [line.split(maxsplit=2) for line in done.stdout.splitlines()]
    here = str(Path.cwd())
    return [job for job, name, folder in jobs if name.startswith("isingdbn_") and folder == here]


def end_jobs_of_killed_runs(seconds: float = 60) -> None:
    """Cancel what a Snakemake that was killed left in the queue: it would write the same
    files as this one's jobs.
    """
    if not Path(".snakemake/slurm_logs").is_dir() or shutil.which("squeue") is None:
        return
    left = jobs_in_the_queue()
    if not left:
        return
    print(
        f"cancelling {len(left)} Slurm jobs that a killed run left: {' '.join(left)}",
        file=sys.stderr,
    )
    subprocess.run(["scancel", *left], check=False)
    end = time.monotonic() + seconds
    while jobs_in_the_queue() and time.monotonic() < end:
        time.sleep(1)
