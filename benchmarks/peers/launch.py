"""Where the peers are installed, and how one driver or trainer is run:
a process that prints a line of JSON last.
"""

import json
import os
import subprocess
from pathlib import Path

HERE = Path(__file__).resolve().parent
PLACE = HERE.parents[1] / ".benchmark"
PEER = PLACE / "venv" / "bin" / "python"
THREAD_VARIABLES = (
    "OMP_NUM_THREADS",
    "OPENBLAS_NUM_THREADS",
    "MKL_NUM_THREADS",
    "RAYON_NUM_THREADS",
    "NUMBA_NUM_THREADS",
)


def missing(names: tuple[str, ...], program: Path | str) -> str | None:
    """Why a peer is not there, if it is not: the first reason that its
    installation left under ``names``.
    """
    reasons = [PLACE / "missing" / name for name in names]
    if reason := next((reason for reason in reasons if reason.exists()), None):
        return reason.read_text().strip()
    return None if Path(program).exists() else "is not installed: run sh envs/setup_benchmark.sh"


def environment(threads: int) -> dict[str, str]:
    """Ours, with all libraries held to a number of threads."""
    return os.environ | dict.fromkeys(THREAD_VARIABLES, str(threads))


def start(command: list, threads: int) -> subprocess.Popen:
    """Start a process on ``threads`` threads."""
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    return subprocess.Popen(list(map(str, command)), text=True, env=environment(threads), **pipes)


def outcome(process: subprocess.Popen) -> dict:
    """The line of JSON of a process when it has ended, or `failed` with a reason."""
    output, errors = process.communicate()
    if process.returncode == 0:
        return json.loads(output.splitlines()[-1])
    return {
        "failed": (
            f"failed with status {process.returncode}:"
            f" {(errors.strip().splitlines() or ['no message'])[-1]}"
        )
    }
