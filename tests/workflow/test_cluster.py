"""What the rules have for a cluster, without one; `make test-slurm` has a real one."""

import fcntl
import os
import re
import stat

import pytest
import yaml

from isingdbn.workflow.patches import rising
from tests.workflow.conftest import ROOT, Checkout

RULES = ROOT / "workflow" / "rules"


def test_every_rule_asks_for_more_memory_and_time_in_every_attempt():
    for path in RULES.glob("*.smk"):
        for block in path.read_text().split("resources:")[1:]:
            asked = r"\s+mem_mb=rising\(\d+\),\n +runtime=rising\(\d+\),\n"
            assert re.match(asked, block), f"{path.name}: {block[:80]}"
    assert [rising(1000)(None, attempt=attempt) for attempt in (1, 2, 3)] == [1000, 2000, 3000]


def test_the_profile_groups_rules_that_exist_and_names_no_partition_or_account():
    profile = yaml.safe_load((ROOT / "profiles" / "slurm" / "config.yaml").read_text())
    rules = {
        rule.split()[0]
        for path in RULES.glob("*.smk")
        for rule in path.read_text().split("\nuse rule isingdbn as ")[1:]
    }
    assert profile["groups"].keys() <= rules
    assert profile["group-components"].keys() <= set(profile["groups"].values())
    assert not any("partition" in key or "account" in key or "resources" in key for key in profile)


QUEUE = """#!/bin/sh
echo squeue "$@" >> {folder}/calls
test -e {folder}/cancelled || printf '%s\\n' '11 isingdbn_a {here}' '12 isingdbn_b {here}/other' \
'13 mine {here}' '14 isingdbn_c {here}'
"""
CANCEL = """#!/bin/sh
echo scancel "$@" >> {folder}/calls
touch {folder}/cancelled
"""


@pytest.fixture
def checkout(tmp_path, monkeypatch):
    """A checkout, and commands that stand in for those of Slurm and note how they are called."""
    checkout = Checkout(tmp_path / "a folder")
    commands = tmp_path / "commands"
    commands.mkdir()
    for name, script in {"squeue": QUEUE, "scancel": CANCEL}.items():
        (commands / name).write_text(script.format(folder=commands, here=checkout.path))
        (commands / name).chmod(stat.S_IRWXU)
    monkeypatch.setenv("PATH", f"{commands}{os.pathsep}{os.environ['PATH']}")
    checkout.calls = lambda: (
        (commands / "calls").read_text().splitlines() if (commands / "calls").exists() else []
    )
    return checkout


TARGET = "results/lattices/L8_T3.5_seed3.zarr"


def test_a_run_cancels_what_a_killed_one_left_in_the_queue_and_nothing_else(checkout):
    (checkout.path / ".snakemake" / "slurm_logs").mkdir(parents=True)
    assert (
        "cancelling 2 Slurm jobs that a killed run left: 11 14" in checkout.snakemake(TARGET).stderr
    )
    assert [call for call in checkout.calls() if call.startswith("scancel")] == ["scancel 11 14"]


def test_the_jobs_of_another_run_that_goes_on_are_left_alone(checkout):
    (checkout.path / ".snakemake" / "slurm_logs").mkdir(parents=True)
    with (checkout.path / "results" / ".runs.lock").open("w") as lock:
        lock.write(str(checkout.path))
        lock.flush()
        fcntl.flock(lock, fcntl.LOCK_SH)
        checkout.snakemake(TARGET)
    assert checkout.calls() == []


def test_where_nothing_ran_on_a_cluster_the_queue_is_not_asked(checkout):
    checkout.snakemake(TARGET)
    assert checkout.calls() == []
