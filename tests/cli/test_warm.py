"""Trainings that share a process: the same bytes, the same words, the same status;
and no process is left when one is killed.
"""

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from isingdbn.cli.warm import end_with

SOURCES = Path(__file__).parents[2] / "src"
ISINGDBN = f"{sys.executable} -I {SOURCES}"
TRAINING = (
    "pretrain --lattices lattices.zarr --held-out 20 --units 7 --visible spin --hidden spin"
    " --zero-field true --learning-rate 0.02 --minibatch 10 --initial-scale 0.01"
)


def run(folder, *command, **environment):
    """A command in ``folder``."""
    environment = {**os.environ, "OMP_NUM_THREADS": "1", **environment}
    return subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, check=False
    )


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("warm")
    script = (
        f"{ISINGDBN} simulate --size 5 --temperature 2.5 --samples 120 --chains 4 --kernel scalar"
        " --seed 3 --output lattices.zarr"
    )
    done = run(folder, "sh", "-c", script)
    assert done.returncode == 0, done.stderr
    return folder


def test_results_and_words_are_those_of_processes_of_their_own(folder, warm):
    """The loaded modules of the job's own process show that it was not the one that trained."""
    script = (
        f"{sys.executable} -X importtime -I {SOURCES} {TRAINING} --epochs 3"
        f" --output {{}} 2> {{}}.log"
    )
    for name, environment in (("alone.zarr", {}), ("warm.zarr", warm.environment)):
        done = run(folder, "sh", "-c", script.format(name, name), **environment)
        assert done.returncode == 0, (folder / f"{name}.log").read_text()[-2000:]
        assert ("tensorflow" in (folder / f"{name}.log").read_text()) is not bool(environment)
    alone, shared = (
        (folder / f"{name}.zarr.sha256").read_text().replace(name, "x")
        for name in ("alone", "warm")
    )
    assert alone == shared
    assert "pre-training" in (folder / "warm.zarr.log").read_text()


def test_status_and_message_of_a_failed_job_reach_it(folder, warm):
    words = f"{TRAINING} --epochs -1 --output bad.zarr".split()
    done = run(folder, sys.executable, "-I", SOURCES, *words, **warm.environment)
    assert done.returncode == 2
    assert "isingdbn pretrain: --epochs: '-1' is not allowed" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("command", ["", "no-such-command-anywhere"])
def test_a_command_that_is_none_is_one_line(folder, command):
    command = [sys.executable, "-I", str(SOURCES), "warm", *command.split()]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert done.stderr.startswith("isingdbn warm: ")
    assert done.stderr.count("\n") == 1


def test_a_job_that_asks_for_threads_runs_by_itself(folder, warm):
    command = [sys.executable, "-X", "importtime", "-I", SOURCES, "verify", "."]
    for threads in ("1", "2"):
        environment = {**warm.environment, "OMP_NUM_THREADS": threads}
        done = run(folder, *command, **environment)
        loaded = "isingdbn.cli.arguments" in done.stderr
        assert loaded is (threads == "2"), done.stderr[-300:]


def test_when_a_job_is_killed_its_fork_ends_and_leaves_nothing_in_place(folder, warm):
    before = warm.process.children()
    words = f"{TRAINING} --epochs 1000000 --output endless.zarr".split()
    with (folder / "endless.log").open("w") as log:
        job = subprocess.Popen(
            [sys.executable, "-I", SOURCES, *words],
            cwd=folder,
            env={**os.environ, "OMP_NUM_THREADS": "1", **warm.environment},
            stderr=log,
        )
    try:
        wait_for(lambda: "pre-training" in (folder / "endless.log").read_text())
        (fork,) = (child for child in warm.process.children() if child not in before)
    finally:
        job.kill()
    assert job.wait() == -signal.SIGKILL
    wait_for(lambda: not fork.is_running() or fork.status() == psutil.STATUS_ZOMBIE)
    assert not (folder / "endless.zarr").exists()


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere a thread does it, when it can")
def test_a_fork_ends_at_once_even_while_its_code_holds_the_interpreter():
    """It would publish what Snakemake, told of the job's end, has given up."""
    job, connection = socket.socketpair()
    fork = os.fork()
    if fork == 0:
        job.close()
        end_with(connection)
        connection.send(b"!")
        sum(range(10**12))  # never lets another thread have the interpreter
    connection.close()
    job.recv(1)
    time.sleep(0.5)
    assert os.waitpid(fork, os.WNOHANG) == (0, 0), "it works on while the job lives"
    job.close()
    time.sleep(0.5)
    ended = os.waitpid(fork, os.WNOHANG)
    if ended == (0, 0):
        os.kill(fork, signal.SIGKILL)
    assert ended == (fork, signal.SIGKILL)


def wait_for(condition, seconds=120):
    end = time.monotonic() + seconds
    while not (value := condition()):
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.05)
    return value


def test_a_command_keeps_its_options_and_its_status_and_a_long_temporary_folder_does_no_harm(
    folder, tmp_path
):
    long = tmp_path / ("x" * 120)
    long.mkdir()
    script = f'{ISINGDBN} {TRAINING} --epochs 1 --output long.zarr; echo "$?" "$0" "$@"; exit 3'
    options = ["--cores", "1", "--cores", "2", "--help", "--help"]
    command = [sys.executable, "-I", SOURCES, "warm", "sh", "-c", script, *options]
    done = run(folder, *command, TMPDIR=str(long))
    assert (done.returncode, done.stdout) == (3, f"0 {' '.join(options)}\n"), done.stderr


def test_a_job_of_another_checkout_is_not_done_with_this_one_s_sources(folder, tmp_path, warm):
    shutil.copytree(SOURCES, tmp_path / "src")
    verify = tmp_path / "src" / "isingdbn" / "cli" / "verify.py"
    verify.write_text(verify.read_text() + "\nprint('edited')\n")
    words = ["-I", tmp_path / "src", "verify", "."]
    done = run(folder, sys.executable, *words, **warm.environment)
    assert done.stdout.startswith("edited\n"), done.stderr


def test_a_job_whose_sources_were_edited_after_the_start_does_not_begin(folder, tmp_path):
    """The forks have the sources of the start: a plan with the edited ones is refused."""
    shutil.copytree(SOURCES, tmp_path / "src")
    pretrain = tmp_path / "src" / "isingdbn" / "cli" / "pretrain.py"
    digest = (
        f"{sys.executable} -I -c 'import sys; sys.path.insert(0, sys.argv[1]);"
        " from isingdbn.sources import code_digest as of"
    )
    digest += f'; print(of("isingdbn.cli.pretrain"))\' {tmp_path / "src"}'
    script = (
        f"{sys.executable} -I {tmp_path / 'src'} pretrain --help >help.txt; echo '# edited' >>"
        f" {pretrain}; {sys.executable} -I {tmp_path / 'src'} --code $({digest}) {TRAINING}"
        " --epochs 1 --output edited.zarr; echo status $?"
    )
    command = [sys.executable, "-I", str(tmp_path / "src"), "warm", "sh", "-c", script]
    environment = {**os.environ, "OMP_NUM_THREADS": "1"}
    done = subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, check=False
    )
    assert done.stdout == "status 1\n"
    assert "these sources are not those that Snakemake planned with" in done.stderr
