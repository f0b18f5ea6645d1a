"""What surrounds a checkout changes nothing: other checkouts, git, the user's
environment, the terminal.
"""

import os
import re
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest
import xarray as xr

from isingdbn.storage import manifest_of, origin_of
from tests.workflow.conftest import Checkout, digests, wait_for
from tests.workflow.test_reruns import planned

LATTICES = "results/lattices/L8_T3.5_seed3.zarr"
NET = "results/nets/Shallow/lattices/L8_T3.5_seed3"
LOSS = "results/figures/figure1_loss_Shallow_lattices_L8_T3.5_seed3"


def remove(checkout, *artifacts):
    for artifact in (checkout.path / name for name in artifacts):
        shutil.rmtree(artifact) if artifact.is_dir() else artifact.unlink()
        manifest_of(artifact).unlink()


def edit(checkout, name, old, new):
    source = checkout.path / "src" / "isingdbn" / name
    text = source.read_text()
    assert old in text
    source.write_text(text.replace(old, new))


def test_the_sources_of_the_checkout_compute_whatever_package_the_environment_has(tmp_path):
    """The environment has this repository's package; a job that finds sources other than those
    planned with does not begin.
    """
    checkout = Checkout(tmp_path / "other").with_own_sources()
    edit(checkout, "cli/simulate.py", '"title": "Ising lattices', '"title": "Edited lattices')
    other = LATTICES.replace("3.5", "2.5")
    watch = "cli/simulate.py"
    running = checkout.start(
        "snakemake", "--cores", "1", LATTICES, other, "--configfile", "tests/workflow/tiny.yaml"
    )
    made = [checkout.path / name for name in (LATTICES, other)]
    wait_for(lambda: any(manifest_of(path).exists() for path in made))
    edit(checkout, watch, '"title": "Edited lattices', '"title": "Edited again')
    assert running.wait(timeout=60) == 1
    first, second = sorted(made, key=lambda path: not manifest_of(path).exists())
    assert xr.open_zarr(first).attrs["title"].startswith("Edited lattices")
    assert not second.exists()
    log = checkout.path / "results" / "logs" / "simulate" / f"{second.stem}.log"
    assert log.read_text().count("\n") == 1
    assert (
        "src/isingdbn: these sources are not those that Snakemake planned with; run snakemake again"
        in log.read_text()
    )


def test_a_lost_store_is_made_again_with_the_same_bytes_whatever_git_says(own):
    """A commit, a comment in another command, an editor's file and a variable of git's:
    nothing downstream runs again.
    """
    before = digests(own.with_own_sources())
    git = ["git", "-c", "user.name=a", "-c", "user.email=a@example.org"]
    for words in (["init", "-q"], ["add", "src"], ["commit", "-q", "-m", "a"]):
        own.run(*git, *words)
    edit(own, "cli/verify.py", '"""``isingdbn verify``', '"""Edited ``isingdbn verify``')
    (own.path / "src" / "isingdbn" / "ising" / ".wolff.py.swp").write_text("")
    remove(own, LATTICES)
    assert re.match(r"commit .+\npython 3\.1", origin_of(own.path / LATTICES).read_text())
    own.run(
        "env",
        "GIT_DIR=/nowhere",
        "snakemake",
        "--cores",
        "2",
        LATTICES,
        "--configfile",
        "tests/workflow/tiny.yaml",
    )
    commit = own.run("git", "rev-parse", "HEAD").stdout.strip()
    assert origin_of(own.path / LATTICES).read_text().startswith(f"commit {commit}+changes\n")
    assert digests(own) == before
    assert planned(own) == set()


@pytest.fixture
def sharing(tmp_path):
    """Two checkouts that share one results/."""
    checkouts = [Checkout(tmp_path / name) for name in ("one", "two")]
    (tmp_path / "shared").mkdir()
    for checkout in checkouts:
        shutil.rmtree(checkout.path / "results")
        (checkout.path / "results").symlink_to(tmp_path / "shared")
    return checkouts


def test_of_two_checkouts_that_share_results_and_start_at_once_one_wins(sharing):
    command = [
        "snakemake",
        "--cores",
        "1",
        "--configfile",
        "tests/workflow/tiny.yaml",
        "--",
        LATTICES,
    ]
    running = [
        subprocess.Popen(
            command,
            cwd=one.path,
            env=one.environment,
            stderr=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            text=True,
        )
        for one in sharing
    ]
    said = [one.communicate()[1] for one in running]
    assert sorted(one.returncode for one in running) == [0, 1], said
    winner, loser = sorted((0, 1), key=lambda index: running[index].returncode)
    reason = (
        f"results: a Snakemake that was started in {sharing[winner].path} works there"
        " now; wait until it has ended"
    )
    assert reason in said[loser]
    assert "Traceback" not in said[loser]
    sharing[winner].run("isingdbn", "verify", "results")
    sharing[loser].snakemake("--", LATTICES)  # not locked, and free


def test_a_terminal_that_is_closed_leaves_nothing_locked(tmp_path):
    checkout = Checkout(tmp_path / "checkout")
    before = signal.signal(signal.SIGHUP, signal.SIG_DFL)  # nohup leaves it ignored
    running = checkout.start(
        "snakemake", "--cores", "1", "--configfile", "tests/workflow/tiny.yaml", "--", LATTICES
    )
    signal.signal(signal.SIGHUP, before)
    wait_for(
        lambda: (checkout.path / "results" / "logs" / "simulate" / "L8_T3.5_seed3.log").exists()
    )
    os.killpg(running.pid, signal.SIGHUP)
    assert running.wait(timeout=60) not in (0, -signal.SIGHUP)
    assert not (checkout.path / LATTICES).exists()
    checkout.snakemake("--", LATTICES)


def test_a_missing_package_is_one_line(tmp_path):
    """As where only Snakemake is installed."""
    checkout = Checkout(tmp_path / "checkout")
    script = (
        "import sys; sys.modules['numba'] = None; from snakemake.cli import"
        " main; main(sys.argv[1:])"
    )
    done = checkout.run(sys.executable, "-c", script, "--cores", "1", check=False)
    assert done.returncode == 2
    assert (
        "this environment has no numba; make one with `make setup` and activate it" in done.stderr
    )
    assert "Traceback" not in done.stderr


HOSTILE = {
    "KERAS_BACKEND": "jax",
    "LC_ALL": "C",
    "MPLBACKEND": "module://matplotlib_inline.backend_inline",
    "NUMBA_DISABLE_JIT": "1",
    "OPENBLAS_CORETYPE": "Sandybridge",  # without fused multiply-add: other last bits
    "TF_XLA_FLAGS": "--tf_xla_auto_jit=2",
    "ZARR_ARRAY__ORDER": "F",
    "ZARR_CODEC_PIPELINE__BATCH_SIZE": "none",
}
MATPLOTLIBRC = (
    "text.usetex: True\nfont.size: 30\naxes.grid: True\nsavefig.dpi: 37\nsavefig.bbox: tight\n"
)


def test_a_hostile_environment_changes_no_byte(own, tmp_path):
    """Nothing is activated, home cannot be written, libraries are told to do otherwise:
    lattices, a net and a figure are the same.
    """
    before = digests(own)
    remove(
        own,
        LATTICES,
        f"{NET}/autoencoder.zarr",
        f"{NET}/autoencoder.keras",
        f"{LOSS}.png",
        f"{LOSS}.pdf",
        f"{LOSS}.html",
    )
    foreign = tmp_path / "foreign"
    for name in ("keras", "isingdbn", "zarr"):
        (foreign / name).mkdir(parents=True)
        (foreign / name / "__init__.py").write_text("raise SystemExit('foreign')")
    (tmp_path / "keras").mkdir()
    (tmp_path / "keras" / "keras.json").write_text(
        '{"floatx": "float16", "backend": "torch", "epsilon": 0.5}'
    )
    (own.path / "matplotlibrc").write_text(MATPLOTLIBRC)
    hostile = {
        **HOSTILE,
        "HOME": "/proc/nowhere",
        "KERAS_HOME": str(tmp_path / "keras"),
        "PATH": "/usr/bin:/bin",
        "PYTHONPATH": str(foreign),
    }
    command = [
        Path(sys.executable).parent / "snakemake",
        "--cores",
        "2",
        "--configfile",
        "tests/workflow/tiny.yaml",
    ]
    for targets in (["--", LATTICES], []):  # the lattices first: alone, they rerun nothing else
        done = subprocess.run(
            [*command, *targets],
            cwd=own.path,
            env=hostile,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr[-3000:]
    assert digests(own) == before


def test_results_copied_without_their_times_are_healed_by_touch(finished, tmp_path):
    copy = Checkout(tmp_path / "copy")
    shutil.copytree(
        finished.path / "results",
        copy.path / "results",
        copy_function=shutil.copyfile,
        dirs_exist_ok=True,
    )
    copy.snakemake("--touch")
    assert planned(copy) == set()
