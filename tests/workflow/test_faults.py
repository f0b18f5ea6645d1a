"""Faults of one machine: whatever happens to a run, the next one completes it,
and no damaged data reach a result.

`make test-faults` kills fifty times, from an empty folder on, and brings about every pair
of a damage and a kind of store, and of a full disk and a stage.
"""

import base64
import os
import random
import shutil
import signal
import subprocess
import time
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from tests.length import length
from tests.workflow.conftest import Checkout, copy_of, digests, wait_for

POINT = "L8_T3.5_seed3"
KILLS = length(2, 50)
LATEST = 2  # seconds after the chosen artifact, at which a run is killed
SIGNALS = [signal.SIGINT, signal.SIGTERM, signal.SIGKILL]


def one_line(done, *words):
    """The one line of an isingdbn command in what Snakemake said, with ``words``
    in it; no traceback beside it.
    """
    lines = [line for line in done.stderr.splitlines() if line.strip().startswith("isingdbn ")]
    found = [line for line in lines if all(word in line for word in words)]
    assert found, done.stderr[-4000:]
    assert "Traceback" not in done.stderr
    return found[0]


def whole(checkout):
    """Manifests of what is whole, with the times at which they were written;
    stores may come and go meanwhile. What is hidden is not published yet.
    """
    found = {}
    for folder, _, names in os.walk(checkout.path / "results"):
        published = [name for name in names if name.endswith(".sha256") and name[0] != "."]
        for path in (Path(folder, name) for name in published):
            with suppress(FileNotFoundError):
                if path.with_suffix("").exists():
                    found[path] = path.stat().st_mtime_ns
    return found


def in_the_making(checkout):
    """Outputs that Snakemake has marked as begun and not ended; a mark's name is the output's
    in base64, in pieces if it is long.
    """
    folder = checkout.path / ".snakemake" / "incomplete"
    marks = [mark.relative_to(folder).parts for mark in folder.rglob("*") if mark.is_file()]
    names = ("".join(part.removeprefix("@") for part in parts) for parts in marks)
    return {checkout.path / base64.urlsafe_b64decode(name).decode() for name in names}


def run_until_killed(checkout, artifacts, seconds, signal_number):
    """Start the run, and signal its whole group ``seconds`` after so many artifacts are whole;
    returns whether that was before its end.
    """
    command = ["snakemake", "--configfile", "tests/workflow/tiny.yaml", "--cores", "2"]
    running = checkout.start(*command, warm=length(True, False))
    wait_for(lambda: len(whole(checkout)) >= artifacts or running.poll() is not None)
    time.sleep(seconds)
    in_time = running.poll() is None
    if in_time:
        os.killpg(running.pid, signal_number)
        try:
            running.wait(timeout=20)
        except subprocess.TimeoutExpired:
            os.killpg(running.pid, signal.SIGKILL)
            running.wait()
        wait_for(lambda: group_is_gone(running.pid))
    return in_time


def group_is_gone(group):
    try:
        os.killpg(group, signal.SIGKILL)
    except ProcessLookupError:
        return True
    return False


def unlock(checkout):
    if list((checkout.path / ".snakemake" / "locks").glob("*")):
        checkout.snakemake("--unlock")


def kill_often(checkout, moments, chance):
    """Kill the run at each of ``moments`` (numbers of whole artifacts), start it
    again, and at last let it end.

    Returns how many artifacts were whole at each kill, and which of what
    was whole were made again.
    """
    kills, lost, kept = [], [], {}
    for artifacts in moments:
        unlock(checkout)
        if not run_until_killed(
            checkout, artifacts, chance.uniform(0, LATEST), SIGNALS[len(kills) % 3]
        ):
            break
        now = whole(checkout)
        lost += kept.items() - now.items()
        # What was published in the moment of the kill is made again:
        # Snakemake had not noted its end.
        kept = {
            path: made
            for path, made in now.items()
            if path.with_suffix("") not in in_the_making(checkout)
        }
        kills.append(len(now))
    unlock(checkout)
    checkout.snakemake()
    return kills, [*lost, *(kept.items() - whole(checkout).items())]


def without_a_temperature(finished, path):
    """A copy of the finished experiment that lacks all that was made of the
    lattices at one temperature.
    """
    copy = copy_of(finished, path)
    patterns = (
        f"results/**/*{POINT}*",
        "results/tables/*",
        "results/figures/table1*",
        "results/figures/figure4*",
        "results/figures/fields*",
    )
    for lost in [file for pattern in patterns for file in copy.path.glob(pattern)]:
        shutil.rmtree(lost) if lost.is_dir() else lost.unlink(missing_ok=True)
    return copy


def undisturbed(path):
    """The experiment, done in one go."""
    checkout = Checkout(path)
    checkout.snakemake()
    return checkout


def test_killed_at_random_moments_it_ends_with_the_same_digests(finished, tmp_path):
    """Killed and started again, at moments spread over all stages, it ends
    as the run that was left alone.
    """
    chance, kills = random.Random(20), []
    expected = digests(length(lambda: finished, lambda: undisturbed(tmp_path / "undisturbed"))())
    while len(kills) < KILLS:
        path = tmp_path / f"checkout{len(kills)}"
        checkout = length(lambda path: without_a_temperature(finished, path), Checkout)(path)
        left = range(len(whole(checkout)), len(whole(finished)))
        # a fast machine ends before a kill that is meant for the last artifacts
        early = left[: len(left) * 4 // 5]
        moments = sorted(chance.sample(early, KILLS - len(kills)))
        found, lost = kill_often(checkout, moments, chance)
        kills += found
        print(f"{len(found)} kills; artifacts that were whole at each: {found}")
        assert found, "it could not be killed once"
        assert lost == [], "what was whole was made again"
        assert digests(checkout) == expected
        assert not list(checkout.path.glob("results/**/.*partial*"))


# A store of each kind, and what is made of it.
STORES = {
    "lattices": (
        f"results/lattices/{POINT}.zarr",
        f"results/nets/Deep/lattices/{POINT}/layer0.zarr",
    ),
    "layer": (
        f"results/nets/Deep/lattices/{POINT}/layer0.zarr",
        f"results/nets/Deep/lattices/{POINT}/autoencoder.zarr",
    ),
    "network": (
        f"results/nets/Deep/lattices/{POINT}/autoencoder.zarr",
        f"results/analysis/Deep/lattices/{POINT}/receptive_fields.zarr",
    ),
    "measurement": (
        f"results/analysis/Deep/lattices/{POINT}/reconstruction.zarr",
        f"results/figures/figure1_loss_Deep_lattices_{POINT}.png",
    ),
    "physics": ("results/thermodynamics/L8_T2.5_seed3.zarr", "results/tables/thermodynamics.csv"),
}


def flip(file):
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 1
    file.write_bytes(content)


DAMAGES = {
    "flipped byte": (flip, "is damaged"),
    "truncated": (lambda file: file.write_bytes(file.read_bytes()[:-1]), "is damaged"),
    "missing": (lambda file: file.unlink(), "is missing"),
}


ALL_PAIRS = [(kind, damage) for kind in STORES for damage in DAMAGES]
SOME_PAIRS = [pair for pair in ALL_PAIRS if pair[0] == "lattices" or pair[1] == "flipped byte"]


@pytest.mark.parametrize(("kind", "damage"), length(SOME_PAIRS, ALL_PAIRS))
def test_damaged_data_stop_the_job_that_reads_them(own, kind, damage):
    """One line names the file and the command that makes it anew; nothing is made of it."""
    store, target = STORES[kind]
    harm, words = DAMAGES[damage]
    file = max(
        (own.path / store).rglob("c/**/*"),
        key=lambda path: path.stat().st_size if path.is_file() else 0,
    )
    harm(file)
    before = whole(own)
    done = own.snakemake("--force", target, check=False)
    assert done.returncode == 1
    line = one_line(done, file.relative_to(own.path).as_posix(), words)
    assert f"snakemake --cores 8 {store}" in line
    assert not (own.path / target).exists()
    assert whole(own).items() <= before.items(), "something was made of damaged data"
    verified = own.run("isingdbn", "verify", "results", check=False)
    assert verified.returncode == 1
    assert file.relative_to(own.path).as_posix() in verified.stdout


STAGES = {
    "simulate": f"results/lattices/{POINT}.zarr",
    "pretrain": f"results/nets/Deep/lattices/{POINT}/layer1.zarr",
    "finetune": f"results/nets/Deep/lattices/{POINT}/autoencoder.zarr",
    "reconstruction": f"results/analysis/Deep/lattices/{POINT}/reconstruction.zarr",
    "figure_receptive_fields": (
        f"results/figures/figure3_receptive_fields_Deep_lattices_finetuned_prism_{POINT}.png"
    ),
    "table": "results/tables/training.csv",
}


@contextmanager
def small_filesystem(folder):
    """A filesystem of 50 MB at ``folder``, with what was there."""
    before = folder.with_name("before")
    folder.rename(before)
    folder.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=50M", "tmpfs", folder], check=True)
    try:
        subprocess.run(["cp", "-a", f"{before}/.", folder], check=True)
        yield
    finally:
        subprocess.run(["umount", folder], check=True)


needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="mounting a small filesystem needs root")


@needs_root
@pytest.mark.parametrize("stage", length(["finetune", "table"], STAGES))
def test_a_full_filesystem_is_one_line_and_space_is_the_remedy(own, finished, stage):
    target = own.path / STAGES[stage]
    with small_filesystem(own.path / "results"):
        for path in (target, target.with_name(target.name + ".sha256")):
            shutil.rmtree(path) if path.is_dir() else path.unlink()
        filler = own.path / "results" / ".filler"
        free = shutil.disk_usage(own.path / "results").free
        filler.write_bytes(bytes(free - 4096))
        done = own.snakemake(STAGES[stage], check=False)
        assert done.returncode == 1
        one_line(done, STAGES[stage], "No space left on device; free some space and run again")
        assert not target.exists()
        filler.unlink()
        own.snakemake()
        assert digests(own) == digests(finished)


@needs_root
def test_read_only_results_are_said_so(own):
    with small_filesystem(own.path / "results"):
        shutil.rmtree(own.path / STAGES["reconstruction"])
        subprocess.run(["mount", "-o", "remount,ro", own.path / "results"], check=True)
        done = own.snakemake(check=False)
        assert done.returncode == 1
        assert "Write-protected output files" in done.stderr
        assert "Traceback" not in done.stderr, done.stderr[-3000:]


def test_a_clock_set_back_reruns_nothing_and_hides_nothing(own):
    """All files are a day younger than now.

    Snakemake does not work on them, and says why; when they are touched, an edit is made good.
    """
    future = time.time() + 86400
    for path in [*own.path.rglob("results/**/*"), *own.with_own_sources().path.rglob("src/**/*")]:
        os.utime(path, (future, future))
    assert "Nothing to be done" in own.snakemake().stderr
    tiny = own.path / "tests" / "workflow" / "tiny.yaml"
    tiny.write_text(tiny.read_text().replace("weight_fraction: 0.1", "weight_fraction: 0.2"))
    target = f"results/analysis/Deep/lattices/{POINT}/dead_neurons.zarr"
    done = own.snakemake(target, check=False)
    assert done.returncode == 1
    assert "clock skew" in done.stderr
    assert "Traceback" not in done.stderr
    own.run("find", "results", "src", "-newermt", "now", "-exec", "touch", "{}", "+")
    done = own.snakemake(target)
    assert "rule dead_neurons" in done.stderr
    assert "rule pretrain" not in done.stderr
    assert "Nothing to be done" in own.snakemake(target).stderr


def test_a_second_snakemake_waits_for_its_turn(own, finished):
    """It stops at the lock of the first, which goes on and ends well; the first is halted while
    the second starts, so that it cannot have ended before.
    """
    shutil.rmtree(own.path / "results" / "nets" / "Deep" / "lattices" / POINT)
    command = ["snakemake", "--configfile", "tests/workflow/tiny.yaml", "--cores", "2"]
    with own.start(*command, warm=True) as first:
        wait_for(lambda: in_the_making(own))
        os.killpg(first.pid, signal.SIGSTOP)
        try:
            second = own.snakemake(check=False)
        finally:
            os.killpg(first.pid, signal.SIGCONT)
    assert second.returncode == 1
    assert "cannot be locked" in second.stderr
    assert "Traceback" not in second.stderr
    assert first.returncode == 0
    assert digests(own) == digests(finished)
