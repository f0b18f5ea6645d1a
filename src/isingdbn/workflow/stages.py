"""How far a run is, and the time left: a line a stage on a terminal, a line a minute in a log."""

import logging
import sys
import time
from collections.abc import Callable
from typing import Any, NamedTuple

from rich.console import Console
from rich.live import Live
from rich.table import Table

__all__ = ["Job", "Lines", "Log", "Stages", "Terminal", "follow_stages"]

STAGES = ("simulate", "train", "analyse", "figures")
OF_RULES = {
    "simulate": "simulate",
    "surrogate": "simulate",
    "pretrain": "train",
    "finetune": "train",
}
SECONDS_BETWEEN_LINES = 60.0
MOST_NAMES = 4  # of running jobs in a line


class Job(NamedTuple):
    """A job of a run: its stage, what it is called, and how much work it is beside others
    of its stage.
    """

    stage: str
    name: str
    work: float = 1.0


class Stages:
    """Which jobs of a run are done and which run, and how long the rest will take.

    It can be asked by another thread than that which tells it: it looks at copies.

    Parameters
    ----------
    jobs : by their numbers.
    clock : the time in seconds.
    """

    def __init__(self, jobs: dict[int, Job], clock: Callable[[], float] = time.monotonic) -> None:
        self.jobs, self.clock, self.start = jobs, clock, clock()
        self.running: dict[int, float] = {}  # since when
        self.seconds: dict[int, float] = {}  # of those that are done
        self.failed: set[int] = set()

    def begin(self, job: int) -> None:
        """A job begins, again if it failed before."""
        if job in self.jobs:
            self.running[job] = self.clock()
            self.failed.discard(job)

    def finish(self, job: int) -> None:
        """A job is done."""
        if job in self.jobs:
            self.seconds[job] = self.clock() - self.running.pop(job, self.clock())

    def fail(self, job: int) -> None:
        """A job has failed."""
        if self.running.pop(job, None) is not None:
            self.failed.add(job)

    @property
    def left(self) -> float | None:
        """The seconds that all jobs that are not done will take, as long as those of their stage
        took for the same work, with as many at once as until now; None where nothing is known yet.
        """
        done, running = self.seconds.copy(), self.running.copy()
        pace = {stage: self._pace(done, [stage]) for stage in STAGES}
        measured = self._pace(done, [stage for stage in STAGES if stage != "train"])
        seconds = 0.0
        for number, job in self.jobs.items():
            if number in done or number in self.failed:
                continue
            of_stage = pace[job.stage]
            if of_stage is None:
                of_stage = None if job.stage == "train" else measured
            if of_stage is None:
                return None
            since = running.get(number)
            elapsed = 0.0 if since is None else self.clock() - since
            seconds += max(0.0, of_stage * job.work - elapsed)
        busy = sum(done.values()) + sum(self.clock() - since for since in running.values())
        at_once = busy / max(self.clock() - self.start, 1e-9)
        return seconds / max(at_once, 1.0)

    def _pace(self, done: dict[int, float], stages: list[str]) -> float | None:
        """Seconds of a unit of work in some stages, by the seconds of jobs that are ``done``;
        None if none of these stages is.
        """
        numbers = [number for number in done if self.jobs[number].stage in stages]
        work = sum(self.jobs[number].work for number in numbers)
        return sum(done[number] for number in numbers) / work if work else None

    @property
    def lines(self) -> list[tuple[str, str, str]]:
        """Of each stage that has jobs its name, how many are done, and which run;
        at last the time left.
        """
        found = []
        running = list(self.running)
        for stage in STAGES:
            numbers = {number for number, job in self.jobs.items() if job.stage == stage}
            if not numbers:
                continue
            done = f"{sum(number in self.seconds for number in numbers)} of {len(numbers)}"
            failed = sum(number in self.failed for number in numbers)
            names = [self.jobs[number].name for number in running if number in numbers]
            if len(names) > MOST_NAMES:
                names[MOST_NAMES:] = [f"{len(names) - MOST_NAMES} more"]
            what = ([f"{failed} failed"] if failed else []) + names
            found.append((stage, done, ", ".join(what)))
        return [*found, ("time left", _duration(self.left), "")]


def _duration(seconds: float | None) -> str:
    """A time as a reader estimates it."""
    if seconds is None:
        return "not known yet"
    if seconds < 90:
        return f"{seconds:.0f} s"
    if seconds < 90 * 60:
        return f"{seconds / 60:.0f} min"
    return f"{seconds / 3600:.1f} h"


class Log(logging.Handler):
    """Keeps `Stages` by what Snakemake says, and says them itself."""

    def __init__(self, stages: Stages) -> None:
        super().__init__(logging.INFO)
        self.stages = stages

    def emit(self, record: logging.LogRecord) -> None:
        """Take note of jobs that begin and end."""
        event = str(getattr(record, "event", None) or "").rpartition(".")[2].lower()
        if event == "job_info":
            self.stages.begin(record.jobid)  # type: ignore[attr-defined]
        elif event == "job_finished":
            self.stages.finish(record.job_id)  # type: ignore[attr-defined]
        elif event == "job_error":
            self.stages.fail(record.jobid)  # type: ignore[attr-defined]
        self.say(record, bool(event))

    def say(self, record: logging.LogRecord, of_a_job: bool) -> None:
        """Say how far the run is."""
        raise NotImplementedError


class Lines(Log):
    """Plain lines among those of Snakemake's ``logger``, at most one in so many seconds."""

    def __init__(self, stages: Stages, logger: logging.Logger) -> None:
        super().__init__(stages)
        self.logger, self.last = logger, stages.clock()

    def say(self, record: logging.LogRecord, of_a_job: bool) -> None:  # noqa: ARG002
        """A line, if the last one is old."""
        if of_a_job and self.stages.clock() - self.last >= SECONDS_BETWEEN_LINES:
            self.last = self.stages.clock()
            parts = [" ".join(filter(None, line)) for line in self.stages.lines]
            self.logger.info("; ".join(parts))


class Terminal(Log):
    """Lines that stay at the foot of a terminal, in the place of what Snakemake's handler for it
    says, but for warnings, errors and where its log is.
    """

    def __init__(self, stages: Stages, plain: logging.Handler) -> None:
        super().__init__(stages)
        self.plain = plain
        console = Console(stderr=True, highlight=False)
        self.live = Live(
            console=console, get_renderable=self.table, refresh_per_second=1, redirect_stdout=False,
            redirect_stderr=False,
        )  # fmt: skip
        self.live.start()

    def table(self) -> Table:
        """What is shown."""
        table = Table.grid(padding=(0, 2))
        for column in range(3):
            table.add_column(no_wrap=True, overflow="ellipsis", ratio=1 if column == 2 else None)
        for line in self.stages.lines:
            table.add_row(*line)
        return table

    def say(self, record: logging.LogRecord, of_a_job: bool) -> None:
        """What must be seen, above the lines."""
        shown = record.levelno >= logging.WARNING or (
            not of_a_job and record.getMessage().startswith("Complete log")
        )
        if shown and self.plain.filter(record):
            self.live.console.print(self.plain.format(record), markup=False, soft_wrap=True)

    def close(self) -> None:
        """The last lines stay."""
        self.live.stop()
        super().close()


def follow_stages(workflow: Any, work_of: Callable[[str, Any], float]) -> None:
    """Say how far the run that begins is: unless Snakemake has been told to say everything, to be
    quiet or to leave that to a plugin.

    Parameters
    ----------
    work_of : how much work a job is, of its rule and wildcards, beside others of its stage.
    """
    manager, settings = workflow.logger_manager, workflow.output_settings
    plain = next((h for h in manager.logger.handlers if h.name == "DefaultStreamHandler"), None)
    if plain is None or settings.quiet or settings.verbose or settings.printshellcmds:
        return
    dag = workflow.dag
    jobs = {
        dag.jobid(job): Job(
            _stage_of(job.rule.name), _name_of(job), work_of(job.rule.name, job.wildcards)
        )
        for job in dag.needrun_jobs()
        if job.rule.shellcmd
    }
    stages = Stages(jobs)
    if sys.stderr.isatty() and plain.stream is sys.stderr:
        manager.logger.removeHandler(plain)
        manager.logger.addHandler(Terminal(stages, plain))
    else:
        manager.logger.addHandler(Lines(stages, manager.logger))


def _stage_of(rule: str) -> str:
    """The stage of a rule, by its name."""
    return "figures" if rule.startswith("figure_") else OF_RULES.get(rule, "analyse")


def _name_of(job: Any) -> str:
    """What a running job is called in a line: its rule, and what tells it from others."""
    of = job.wildcards_dict
    words = [job.rule.name.removeprefix("figure_"), of.get("net", "")]
    words += [f"layer {of['layer']}"] if "layer" in of else []
    words += [f"T = {float(of['temperature']):.4g}"] if "temperature" in of else []
    return " ".join(filter(None, words))
