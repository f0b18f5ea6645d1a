"""One copy of the repository in which the tiny experiment was killed half-way and then finished, and copies of it to break."""

import hashlib
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PARTS = (
    "Snakefile",
    "config.yaml",
    "workflow",
    "profiles",
    "src",
    "envs",
    "results/README.md",
    "tests/workflow/tiny.yaml",
    "tests/workflow/plan.py",
)


class Checkout:
    """A copy of the repository, used through the command line alone."""

    def __init__(self, path):
        self.path = path
        for part in PARTS:
            target = path / part
            target.parent.mkdir(parents=True, exist_ok=True)
            copy = shutil.copytree if (ROOT / part).is_dir() else shutil.copy2
            copy(
                ROOT / part, target, **({"ignore": shutil.ignore_patterns("__pycache__", "*.egg-info")} if copy is shutil.copytree else {})
            )

    @property
    def environment(self):
        bin_folder = Path(sys.executable).parent
        return {**os.environ, "PATH": f"{bin_folder}{os.pathsep}{os.environ['PATH']}"}

    def run(self, *command, check=True):
        done = subprocess.run(command, cwd=self.path, env=self.environment, capture_output=True, text=True, check=False)
        assert not check or done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
        return done

    def snakemake(self, *arguments, configfile="tests/workflow/tiny.yaml", check=True, warm=False):
        """With ``warm``, trainings share one process that has loaded TensorFlow, as users can have it: the same bytes, sooner."""
        share = [sys.executable, "-I", "-X", "utf8", str(self.path / "src"), "warm"] if warm else []
        return self.run(*share, "snakemake", "--configfile", configfile, "--cores", "2", *arguments, check=check)

    def start(self, *command):
        return subprocess.Popen(command, cwd=self.path, env=self.environment, stderr=subprocess.DEVNULL, start_new_session=True)


def wait_for(condition, seconds=300):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.05)


@pytest.fixture(scope="session")
def finished(tmp_path_factory):
    """The tiny experiment, done, after a kill -9 of everything in the middle of training."""
    checkout = Checkout(tmp_path_factory.mktemp("workflow") / "checkout")
    running = checkout.start("snakemake", "--cores", "2", "--configfile", "tests/workflow/tiny.yaml")
    wait_for(lambda: list(checkout.path.glob("results/nets/*/*/layer0.zarr.sha256")))
    os.killpg(running.pid, signal.SIGKILL)
    running.wait()
    time.sleep(1)
    finished_before = {path: path.stat().st_mtime_ns for path in checkout.path.glob("results/lattices/*.sha256")}
    assert finished_before
    locked = checkout.snakemake(check=False)
    assert locked.returncode == 1
    assert "--unlock" in locked.stderr
    checkout.snakemake("--unlock")
    checkout.snakemake(warm=True)
    assert {path: path.stat().st_mtime_ns for path in finished_before} == finished_before, "a finished job was done again"
    return checkout


def copy_of(checkout, path):
    """A copy of a checkout with all that was computed in it."""
    copy = type(checkout)(path)
    for part in ("results", ".snakemake"):
        shutil.copytree(checkout.path / part, copy.path / part, copy_function=shutil.copy2, dirs_exist_ok=True)
    return copy


@pytest.fixture
def own(finished, tmp_path):
    """A copy of the finished experiment that a test may break."""
    return copy_of(finished, tmp_path / "copy")


def digests(checkout):
    """The manifest or content of everything that the experiment makes."""
    results = checkout.path / "results"
    manifests = list(results.glob("**/*.sha256"))
    stores, keras, tables, figures = 4 + 16 + 4 + 3 * 8 + 6 + 5, 4, 5, 2 * 33
    assert len(manifests) == stores + keras + tables + figures
    files = [*manifests, *(path.with_suffix("") for path in manifests if path.with_suffix("").is_file())]
    assert len(files) == stores + 2 * (keras + tables + figures)
    return {path.relative_to(results): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def stop(running, signal_number):
    """Signal the whole group, as a terminal does, and again while it runs: Snakemake can miss one as it starts its jobs."""
    for _ in range(12):
        os.killpg(running.pid, signal_number)
        try:
            assert running.wait(timeout=10) != 0
        except subprocess.TimeoutExpired:
            continue
        return
    pytest.fail(f"signal {signal_number} did not stop the run")
