"""How far a run is: the numbers, the lines, and a real terminal."""

import fcntl
import logging
import os
import pty
import re
import struct
import subprocess
import termios
from types import SimpleNamespace

import pytest

from isingdbn.workflow.stages import Job, Lines, Stages
from tests.workflow.conftest import Checkout

ESCAPES = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")
LOSS = "results/figures/figure1_loss_Deep_lattices_L8_T3.5_seed3"


@pytest.fixture
def clock():
    """A clock that stands until it is set."""
    now = SimpleNamespace(seconds=0.0)
    return now, lambda: now.seconds


@pytest.fixture
def stages(clock):
    """Of a run of one simulation, two nets, the second three times as long, and three figures."""
    jobs = {
        2: Job("simulate", "simulate"),
        3: Job("train", "pretrain A", 10.0),
        5: Job("train", "pretrain B", 30.0),
        **{number: Job("figures", f"loss {number}") for number in (7, 11, 13)},
    }
    return Stages(jobs, clock[1])


def do(stages, now, job, seconds):
    stages.begin(job)
    now.seconds += seconds
    stages.finish(job)


def test_the_time_left_is_that_of_as_much_work(stages, clock):
    now, _ = clock
    assert stages.left is None
    do(stages, now, 2, 4.0)
    assert stages.left is None, "nothing is known of training"
    do(stages, now, 3, 20.0)
    assert stages.left == pytest.approx(3 * 20 + 3 * 4), "figures as anything but training"
    stages.begin(5)
    now.seconds += 15
    assert stages.left == pytest.approx(45 + 3 * 4)
    now.seconds += 100
    assert stages.left == pytest.approx(3 * 4), "a job that takes longer is about to end"
    stages.finish(5)
    do(stages, now, 7, 1.0)
    assert stages.left == pytest.approx(2 * 1)


def test_jobs_that_run_at_once_take_less(stages, clock):
    now, _ = clock
    stages.begin(2)
    stages.begin(3)
    now.seconds += 20
    stages.finish(2)
    stages.finish(3)
    assert stages.left == pytest.approx((3 * 20 + 3 * 20) / 2)


def test_lines_say_what_is_done_what_runs_and_what_failed(stages, clock):
    now, _ = clock
    do(stages, now, 2, 7200.0)
    stages.begin(3)
    stages.begin(5)
    stages.fail(3)
    stages.begin(1000)  # a job of nobody, such as a target
    stages.finish(1000)
    assert stages.lines == [
        ("simulate", "1 of 1", ""),
        ("train", "0 of 2", "1 failed, pretrain B"),
        ("figures", "0 of 3", ""),
        ("time left", "not known yet", ""),
    ]
    now.seconds += 60
    stages.finish(5)
    assert stages.lines[-1] == ("time left", "6.0 h", "")
    stages.begin(3)
    assert stages.lines[1] == ("train", "1 of 2", "pretrain A")


def test_a_log_has_a_plain_line_a_minute(stages, clock, caplog):
    now, _ = clock
    logger = logging.getLogger("a run")
    logger.setLevel(logging.INFO)
    logger.addHandler(Lines(stages, logger))
    for _ in range(4):
        now.seconds += 31
        logger.info("it begins", extra={"event": "job_info", "jobid": 3})
        logger.info("something else")
    said = [text for text in caplog.messages if text.startswith("simulate 0 of 1")]
    assert (
        said
        == ["simulate 0 of 1; train 0 of 2 pretrain A; figures 0 of 3; time left not known yet"] * 2
    )


def on_a_terminal(checkout, *words):
    """What a terminal of 100 columns is sent, without its escapes, and the exit status."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 40, 100, 0, 0))
    running = subprocess.Popen(
        ["snakemake", "--configfile", "tests/workflow/tiny.yaml", "--cores", "2", *words],
        cwd=checkout.path,
        env={**checkout.environment, **Checkout.warm, "TERM": "xterm"},
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
    )
    os.close(theirs)
    sent = b""
    while True:
        try:
            part = os.read(ours, 65536)
        except OSError:  # the other end is closed
            break
        if not part:
            break
        sent += part
    os.close(ours)
    return ESCAPES.sub("", sent.decode()), running.wait()


def test_a_terminal_shows_a_line_a_stage_and_what_fails(own):
    for suffix in ("png", "pdf", "html"):
        (own.path / f"{LOSS}.{suffix}").unlink()
    said, status = on_a_terminal(own, f"{LOSS}.png")
    assert status == 0
    assert re.search(r"figures +0 of 1", said)  # what runs may end before a line says so
    assert re.search(r"figures +1 of 1 *\r?\n *time left +0 s", said)
    assert "rule figure_loss" not in said
    assert "Complete log" in said
    (log,) = sorted((own.path / ".snakemake" / "log").iterdir())[-1:]
    assert "rule figure_loss" in log.read_text()
    table = own.path / "results/tables/dead_neurons.csv"
    table.write_text(table.read_text().replace("Deep", "Deap"))
    figure = "results/figures/table1_dead_neurons_all.png"
    said, status = on_a_terminal(own, "--forcerun", "figure_dead_neurons", "--", figure)
    assert status == 1
    assert "is damaged" in said
    assert re.search(r"figures +0 of 1 +1 failed", said)


def test_all_jobs_are_shown_if_it_is_asked_for(own):
    (own.path / f"{LOSS}.png").unlink()
    said, status = on_a_terminal(own, "--printshellcmds", f"{LOSS}.png")
    assert status == 0
    assert "rule figure_loss" in said
    assert "time left" not in said


def test_logs_of_training_have_nothing_of_tensorflow(finished):
    logs = [*finished.path.glob("results/logs/pretrain/**/*.log")]
    logs += finished.path.glob("results/logs/finetune/**/*.log")
    assert len(logs) == 13
    for log in logs:
        for line in log.read_text().splitlines():
            assert line.startswith(("pre-training", "fine-tuning")), (log, line)
