"""Tests, like jobs, do not depend on the user's settings of libraries."""

import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import psutil
import pytest

from isingdbn.surroundings import settle

settle()

SOURCES = Path(__file__).parents[1] / "src"


class Warm(NamedTuple):
    """A running `isingdbn warm`, and the variables by which jobs find it."""

    process: psutil.Process
    environment: dict[str, str]


@pytest.fixture(scope="session")
def warm():
    """A process that has loaded the repository's sources, for the jobs of many tests."""
    script = "env | grep ^ISINGDBN_WARM; echo; exec cat"
    command = [sys.executable, "-I", "-X", "utf8", SOURCES, "warm", "sh", "-c", script]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as running:
        lines = iter(running.stdout.readline, "\n")
        environment = dict(line.strip().split("=", 1) for line in lines)
        yield Warm(psutil.Process(running.pid), environment)
        running.stdin.close()
