"""What a cluster needs and one machine does not: more for another attempt, patience
with a controller that is away, and an end to what a killed run left in the queue.
"""

import inspect
import os
import shutil
import subprocess
import time

from snakemake.common import overwrite_function_params


def rising(amount):
    """An amount of memory or time that grows with every attempt: a job that ran out
    of it gets more by a retry.
    """

    def amount_of(wildcards, attempt):
        return amount * attempt

    # found out once, not at every job
    overwrite_function_params(amount_of, inspect.signature(amount_of).parameters)
    return amount_of


def jobs_in_the_queue():
    """The Slurm jobs that Snakemake has submitted from this folder
    by profiles/slurm, and that have not ended.
    """
    command = ["squeue", "--me", "--noheader", "--format=%i %j %Z"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        print(
            f"squeue: {done.stderr.strip()}; jobs that a killed run left"
            " in the queue, if any, stay there",
            file=sys.stderr,
        )
    jobs = [line.split(maxsplit=2) for line in done.stdout.splitlines()]
    return [
        job for job, name, folder in jobs if name.startswith("isingdbn_") and folder == os.getcwd()
    ]


def stay_with_squeue():
    """Where the user has chosen squeue, ask nothing else.

    When the controller does not answer as the plugin begins to ask, it takes sacct instead,
    and goes on with it for hours even where no accounting is kept, although
    the controller is back by then.
    """
    plugin = sys.modules.get("snakemake_executor_plugin_slurm")
    if plugin and getattr(workflow.executor_settings, "status_command", None) == "squeue":
        plugin.is_query_tool_available = lambda tool: tool == "squeue"


def end_jobs_of_killed_runs(seconds=60):
    """Cancel what a Snakemake that was killed left in the queue: it would write the same
    files as this one's jobs.
    """
    if not os.path.isdir(".snakemake/slurm_logs") or shutil.which("squeue") is None:
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
