"""Thousands of jobs: what Snakemake needs to plan them, to find that all are done,
and beside jobs of one second. About ten minutes.

`python benchmarks/workflow.py`, in a checkout. The experiment is the tiny one of the tests
at 10 temperatures and 25 seeds: 10,410 jobs. No job is computed here: outputs are made empty,
and where jobs run, a stand-in for `isingdbn` sleeps for a second and makes them.
"""

import os
import shutil
import stat
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import psutil
import yaml

ROOT = Path(__file__).parents[1]
PARTS = ("Snakefile", "config.yaml", "workflow", "profiles", "src", "envs")
TEMPERATURES = [2.1, 2.2, "critical", "paper", 2.32, 2.36, 2.4, "mehta_schwab", 2.5, 3.5]
SEEDS = 25
JOBS = 500
AT_ONCE = 8

STAND_IN = """# The command line, ... --output STORE: a second, and then the store, empty.
import pathlib, sys, time
time.sleep(1)
store = pathlib.Path(sys.argv[sys.argv.index("--output") + 1])
store.mkdir(parents=True, exist_ok=True)
store.with_name(store.name + ".sha256").touch()
"""
BARE = """
rule all:
    input: expand("out/{job}.zarr.sha256", job=range(JOBS))

rule job:
    output: directory("out/{job}.zarr"), "out/{job}.zarr.sha256"
    shell: "isingdbn --output {output[0]}"
"""
DONE = """
import asyncio
import os
from pathlib import Path
from snakemake.api import SnakemakeApi
from snakemake.settings.types import ConfigSettings, DAGSettings, OutputSettings, \
Quietness, ResourceSettings

with SnakemakeApi(OutputSettings(quiet={Quietness.ALL})) as api:
    config, cores = ConfigSettings(configfiles=[Path("big.yaml")]), ResourceSettings(cores=1)
    workflow = api.workflow(resource_settings=cores, config_settings=config, \
snakefile=Path("Snakefile"))
    workflow.dag(DAGSettings()).execute_workflow(executor="dryrun")
    jobs = [job for job in workflow._workflow.dag.jobs if job.output]
for job in jobs:
    for file in job.output:
        path = Path(file)
        (path if file.is_directory else path.parent).mkdir(parents=True, exist_ok=True)
        file.is_directory or path.touch()
        os.utime(path, (0, 0))  # none older than another
    for file in [*job.log, *([job.benchmark] if job.benchmark else [])]:
        Path(file).parent.mkdir(parents=True, exist_ok=True)
        Path(file).touch()


async def record():
    for job in jobs:
        await workflow._workflow.persistence.finished(job)


asyncio.run(record())
print(len(jobs))
"""


def checkout(folder: Path) -> Path:
    """A copy of the workflow, with the large configuration."""
    folder.mkdir()
    for part in PARTS:
        copy = shutil.copytree if (ROOT / part).is_dir() else shutil.copy2
        copy(ROOT / part, folder / part)
    experiment = yaml.safe_load((ROOT / "tests" / "workflow" / "tiny.yaml").read_text())
    experiment |= {"temperatures": TEMPERATURES, "seeds": list(range(SEEDS))}
    (folder / "big.yaml").write_text(yaml.safe_dump(experiment))
    return folder


def measured(folder: Path, *command: str) -> tuple[float, float, str]:
    """Seconds, most memory in GB of the process itself, and what it said at the end."""
    commands = folder.parent / "commands"
    environment = {
        **os.environ,
        "PATH": f"{commands}:{Path(sys.executable).parent}:{os.environ['PATH']}",
    }
    start, most = time.perf_counter(), 0
    with (
        (folder / "said").open("w") as said,
        subprocess.Popen(command, cwd=folder, env=environment, stdout=said, stderr=said) as running,
    ):
        process = psutil.Process(running.pid)
        while running.poll() is None:
            try:
                most = max(most, process.memory_info().rss)
            except psutil.NoSuchProcess:
                break
            time.sleep(0.05)
    seconds = time.perf_counter() - start
    text = (folder / "said").read_text()
    if running.returncode:
        sys.exit(f"{' '.join(command)}\n{text[-2000:]}")
    return seconds, most / 1e9, text


def plans(folder: Path) -> None:
    """A plan of all jobs, and the same with everything done."""
    big = ("--configfile", "big.yaml", "--cores", str(AT_ONCE))
    plan = measured(folder, "snakemake", "--dry-run", *big)
    batch = measured(folder, "snakemake", "--dry-run", "--batch", "all=1/10", *big)
    jobs = measured(folder, sys.executable, "-c", DONE)[2].split()[-1]
    print(
        f"plan of {jobs} jobs, snakemake --dry-run: {plan[0]:.1f} s, {plan[1]:.2f} GB", flush=True
    )
    print(
        f"plan of a tenth of the targets, --batch all=1/10: {batch[0]:.1f} s, {batch[1]:.2f} GB",
        flush=True,
    )
    seconds, memory, said = measured(folder, "snakemake", *big)
    assert "Nothing to be done" in said, said[-2000:]
    print(f"'Nothing to be done' of {jobs} jobs: {seconds:.1f} s, {memory:.2f} GB", flush=True)


def one_second_jobs(folder: Path) -> None:
    """The same jobs by xargs, by a Snakefile of two rules, and by this workflow."""
    ideal = JOBS / AT_ONCE
    seconds = measured(
        folder,
        "sh",
        "-c",
        f"seq {JOBS} | xargs -P {AT_ONCE} -I JOB isingdbn --output xargs/JOB.zarr",
    )[0]
    print(
        f"{JOBS} jobs of a second, {AT_ONCE} at once ({ideal:.1f} s): xargs {seconds:.1f} s",
        flush=True,
    )
    bare = folder.parent / "bare"
    bare.mkdir()
    (bare / "Snakefile").write_text(BARE.replace("JOBS", str(JOBS)))
    bare_seconds = measured(bare, "snakemake", "--quiet", "all", "--cores", str(AT_ONCE))[0]
    print(f"  a Snakefile of two rules {bare_seconds:.1f} s", flush=True)
    shutil.rmtree(folder / "results")
    shutil.rmtree(folder / ".snakemake")
    points = [
        f"results/lattices/L8_T{2 + step / 1000:g}_seed{seed}.zarr"
        for step in range(1, 21)
        for seed in range(SEEDS)
    ]
    ours = measured(folder, "snakemake", "--quiet", "all", "--cores", str(AT_ONCE),
                    "--configfile", "big.yaml", "--", *points)[0]  # fmt: skip
    print(
        (
            f"  this workflow {ours:.1f} s: {100 * (ours / bare_seconds - 1):+.1f} %"
            " of the Snakefile of two rules"
        ),
        flush=True,
    )


def main() -> None:
    """Print what was measured."""
    with tempfile.TemporaryDirectory() as home:
        commands = Path(home) / "commands"
        commands.mkdir()
        folder = checkout(Path(home) / "checkout")
        (folder / "src" / "__main__.py").write_text(STAND_IN)
        (commands / "isingdbn").write_text(
            f'#!/bin/sh\nexec {sys.executable} -I -X utf8 {folder / "src"} "$@"\n'
        )
        (commands / "isingdbn").chmod(stat.S_IRWXU)
        plans(folder)
        one_second_jobs(folder)


if __name__ == "__main__":
    main()
