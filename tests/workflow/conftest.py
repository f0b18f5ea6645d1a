"""One copy of the repository in which the tiny experiment was killed half-way and then finished,
and copies of it to break.
"""

import hashlib
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import ClassVar

import pytest
import yaml

from isingdbn import config
from isingdbn.workflow.figures import figures_of
from isingdbn.workflow.layout import Layout
from isingdbn.workflow.paths import manifest
from tests.length import length
from tests.workflow import programs
from tests.workflow.forks import forked

ROOT = Path(__file__).parents[2]
SOURCES = ROOT / "src"
TINY = Layout(
    config.validate(
        yaml.safe_load((ROOT / "tests" / "workflow" / "tiny.yaml").read_text(encoding="utf-8")),
        "tiny.yaml",
    )
)
PARTS = (
    "Snakefile",
    "config.yaml",
    "workflow",
    "profiles",
    "envs",
    "results/README.md",
    "tests/workflow/tiny.yaml",
)


class Checkout:
    """A copy of the repository, used through the command line alone.

    Its sources are the repository's until it takes its own.
    """

    warm: ClassVar[dict[str, str]] = {}

    def __init__(self, path):
        self.path = path
        for part in PARTS:
            target = path / part
            target.parent.mkdir(parents=True, exist_ok=True)
            if (ROOT / part).is_dir():
                shutil.copytree(ROOT / part, target)
            else:
                shutil.copy2(ROOT / part, target)
        (path / "src").symlink_to(SOURCES)

    def with_own_sources(self):
        """Itself, with sources that can be edited."""
        (self.path / "src").unlink()
        shutil.copytree(
            SOURCES, self.path / "src", ignore=shutil.ignore_patterns("__pycache__", "*.egg-info")
        )
        return self

    @property
    def environment(self):
        """That of every command: the one of this test, with its Python's programs first."""
        bin_folder = Path(sys.executable).parent
        return {**os.environ, "PATH": f"{bin_folder}{os.pathsep}{os.environ['PATH']}"}

    def run(self, *command, check=True, environment=None):
        environment = self.environment if environment is None else environment
        done = subprocess.run(
            command, cwd=self.path, env=environment, capture_output=True, text=True, check=False
        )
        return self.checked(done, check)

    def fork(self, program, *arguments, check=True, environment=None):
        """A program of `tests.workflow.programs`, which does not load Snakemake for every call."""
        environment = self.environment if environment is None else environment
        done = forked(program, *arguments, folder=self.path, environment=environment)
        return self.checked(done, check)

    @staticmethod
    def checked(done, check):
        assert not check or done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
        return done

    def snakemake(self, *arguments, configfile="tests/workflow/tiny.yaml", check=True):
        """Its jobs are forks of the session's `isingdbn warm`, as users can have
        it: the same bytes, sooner.
        """
        words = ["--configfile", configfile, "--cores", "2", *arguments]
        environment = {**self.environment, **self.warm}
        return self.fork(programs.snakemake, *words, check=check, environment=environment)

    def start(self, *command, warm=False):
        """What is started is a group of its own, to be broken; so are its jobs, unless warm."""
        return subprocess.Popen(
            command,
            cwd=self.path,
            env={**self.environment, **(self.warm if warm else {})},
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )


@pytest.fixture(scope="session", autouse=True)
def warm_sources(warm):
    """The repository's sources are loaded once, for the jobs of all checkouts
    that have no others.
    """
    Checkout.warm = warm.environment
    yield
    Checkout.warm = {}


def wait_for(condition, seconds=300):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.1)


@pytest.fixture(scope="session")
def finished(tmp_path_factory):
    """The tiny experiment, done, after a kill -9 of everything in the middle of training."""
    checkout = Checkout(tmp_path_factory.mktemp("workflow") / "checkout")
    command = ["snakemake", "--cores", "2", "--configfile", "tests/workflow/tiny.yaml"]
    running = checkout.start(*command, warm=length(True, False))
    wait_for(lambda: list(checkout.path.glob("results/nets/*/*/*/layer0.zarr.sha256")))
    os.killpg(running.pid, signal.SIGKILL)
    running.wait()
    time.sleep(1)
    finished_before = {
        path: path.stat().st_mtime_ns for path in checkout.path.glob("results/lattices/*.sha256")
    }
    assert finished_before
    locked = checkout.snakemake(check=False)
    assert locked.returncode == 1
    assert "--unlock" in locked.stderr
    checkout.snakemake("--unlock")
    checkout.snakemake()
    assert {path: path.stat().st_mtime_ns for path in finished_before} == finished_before, (
        "a finished job was done again"
    )
    return checkout


def copy_of(checkout, path):
    """A copy of a checkout with all that was computed in it."""
    copy = type(checkout)(path)
    for part in ("results", ".snakemake"):
        shutil.copytree(
            checkout.path / part, copy.path / part, copy_function=shutil.copy2, dirs_exist_ok=True
        )
    return copy


@pytest.fixture
def own(finished, tmp_path):
    """A copy of the finished experiment that a test may break."""
    return copy_of(finished, tmp_path / "copy")


def digests(checkout):
    """The manifest or content of everything that the experiment makes."""
    results = checkout.path / "results"
    manifests = list(results.glob("**/*.sha256"))
    assert {str(path.relative_to(checkout.path)) for path in manifests} == {
        manifest(path) for path in [*figures_of(TINY), *TINY.all_tables, *TINY.all_stores]
    }
    files = [
        *manifests,
        *(path.with_suffix("") for path in manifests if path.with_suffix("").is_file()),
    ]
    return {
        path.relative_to(results): hashlib.sha256(path.read_bytes()).hexdigest() for path in files
    }


def stop(running, signal_number):
    """Signal the whole group, as a terminal does, and again while it runs:
    Snakemake can miss one as it starts its jobs.
    """
    for _ in range(12):
        os.killpg(running.pid, signal_number)
        try:
            assert running.wait(timeout=10) != 0
        except subprocess.TimeoutExpired:
            continue
        return
    pytest.fail(f"signal {signal_number} did not stop the run")
