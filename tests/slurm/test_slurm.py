"""The tiny experiment on a real Slurm, and what may go wrong there: after each fault,
the next call completes and all is as before.
"""

import os
import signal
import time

import pytest

from tests.slurm.cluster import output_of, wait_for
from tests.slurm.conftest import AUTOENCODER, LATTICES, PHYSICS, TARGETS, ClusterCheckout, of

pytestmark = pytest.mark.slurm


@pytest.fixture
def intact(copy, local):
    """Give the test a checkout; afterwards nothing is left to do, nothing finished was done again,
    and every result is the local run's.
    """
    before = copy.times()
    yield copy
    assert "Nothing to be done" in copy.submit("--", of(AUTOENCODER), of(PHYSICS)).stderr
    assert {path: copy.times()[path] for path in before} == before, "a finished job was done again"
    assert copy.digests() == local.digests()
    assert "Nothing to be done" in copy.run_here().stderr


def test_the_results_are_those_of_a_local_run(over_time, local, tmp_path):
    """Meanwhile the job that is to go over its time stalls, on one of the four
    processors of the cluster.
    """
    checkout = ClusterCheckout(tmp_path / "checkout")
    checkout.submit("--group-components", "fields=8", "errors=8", "--", *TARGETS)
    assert checkout.digests() == local.digests()
    assert "Nothing to be done" in checkout.run_here().stderr


def test_a_job_over_its_time_gets_more(over_time, cluster, local):
    assert over_time.running.wait(timeout=300) == 0
    (first, second) = cluster.jobs(over_time.path, "finetune")
    assert (first.state, first.time_limit) == ("TIMEOUT", "1:00")
    assert (second.state, second.time_limit) == ("COMPLETED", "2:00")
    assert not over_time.victim.is_running()
    assert over_time.digests() == local.digests()
    assert "Nothing to be done" in over_time.run_here().stderr


@pytest.mark.parametrize("copy", [[AUTOENCODER]], indirect=True, ids=["autoencoder"])
def test_a_job_over_its_memory_gets_more(intact, cluster):
    intact.submit("--set-resources", "finetune:mem_mb=400 * attempt", "--", of(AUTOENCODER))
    jobs = cluster.jobs(intact.path, "finetune")
    assert len(jobs) > 1
    logs = (log.read_text() for log in (intact.path / ".snakemake" / "slurm_logs").rglob("*.log"))
    assert any("exceeded memory limit" in log for log in logs)
    assert [job.memory for job in jobs] == [
        f"{400 * attempt}M" for attempt in range(1, len(jobs) + 1)
    ]
    assert [job.state == "COMPLETED" for job in jobs] == [False] * (len(jobs) - 1) + [True]


def test_a_cancelled_job_gets_more_of_everything(intact, cluster):
    """Whatever ends a job, the next attempt asks for twice the memory
    and time that its rule states.
    """
    running = intact.start_to_submit("--", of(PHYSICS))
    intact.stalled("thermodynamics")
    (job,) = cluster.jobs(intact.path, "thermodynamics")
    output_of("scancel", job.number)
    assert running.wait(timeout=300) == 0
    (first, second) = cluster.jobs(intact.path, "thermodynamics")
    assert (first.state, first.memory, first.time_limit) == ("CANCELLED", "1000M", "10:00")
    assert (second.state, second.memory, second.time_limit) == ("COMPLETED", "2000M", "20:00")


def test_a_controller_that_is_away_for_a_while_is_waited_for(intact, cluster):
    """The job ends while nobody is there to be told."""
    running = intact.start_to_submit("--", of(PHYSICS))
    victim = intact.stalled("thermodynamics")
    # longer than the controller takes to write down that the job runs; killed before,
    # it would start it once more
    time.sleep(10)
    cluster.kill("slurmctld")
    victim.resume()
    victim.wait(timeout=300)
    wait_for((intact.path / PHYSICS).exists, "the result")
    time.sleep(15)  # longer than the plugin waits for the controller before it would ask sacct
    assert running.poll() is None
    cluster.start_controller()
    assert running.wait(timeout=300) == 0
    assert len(cluster.jobs(intact.path, "thermodynamics")) == 1


def test_a_controller_that_is_not_there_fails_the_call_and_the_next_one_completes(intact, cluster):
    cluster.kill("slurmctld")
    try:
        done = intact.submit("--retries", "0", "--", of(PHYSICS), check=False)
    finally:
        cluster.start_controller()
    assert done.returncode == 1
    assert not (intact.path / PHYSICS).exists()
    intact.submit("--", of(PHYSICS))


def test_a_node_daemon_killed_in_the_middle_of_a_job(intact, cluster):
    """The node is lost; Slurm starts the job on the other one, or Snakemake sees it
    lost first and tries again.

    The first process lives on, ends later, and does no harm.
    """
    running = intact.start_to_submit("--", of(PHYSICS))
    victim = intact.stalled("thermodynamics")
    (job,) = cluster.jobs(intact.path, "thermodynamics")
    cluster.kill(job.node)
    again = intact.stalled("thermodynamics")
    assert again.pid != victim.pid
    again.resume()
    victim.resume()
    assert running.wait(timeout=300) == 0
    victim.wait(timeout=60)
    jobs = cluster.jobs(intact.path, "thermodynamics")
    assert jobs[0].number == job.number
    assert jobs[-1].state == "COMPLETED"
    assert jobs[-1].node != job.node
    cluster.start_nodes(job.node)


@pytest.mark.parametrize("copy", [[LATTICES, PHYSICS]], indirect=True, ids=["lattices_physics"])
def test_snakemake_killed_with_jobs_in_the_queue(intact, cluster):
    """What it has left there is cancelled by the next call,
    and finished jobs are not done again.
    """
    running = intact.start_to_submit("--", of(PHYSICS))
    victim = intact.stalled("thermodynamics")
    lattices = intact.times()
    assert intact.path / of(LATTICES) in lattices
    os.killpg(running.pid, signal.SIGKILL)
    running.wait()
    locked = intact.submit("--", of(PHYSICS), check=False)
    assert locked.returncode == 1
    assert "--unlock" in locked.stderr
    intact.submit("--unlock")
    done = intact.submit("--", of(PHYSICS))
    assert "cancelling 1 Slurm jobs that a killed run left" in done.stderr
    assert not victim.is_running()
    assert [job.state for job in cluster.jobs(intact.path, "thermodynamics")] == [
        "CANCELLED",
        "COMPLETED",
    ]
    assert {path: intact.times()[path] for path in lattices} == lattices
