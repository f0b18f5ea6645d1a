"""The tiny experiment of a local run, and a Slurm to repeat it on."""

import hashlib
import shutil
import signal
from contextlib import suppress
from pathlib import Path

import psutil
import pytest

from tests.length import length
from tests.slurm.cluster import Cluster, wait_for
from tests.workflow import programs
from tests.workflow.conftest import ROOT, SOURCES, Checkout, copy_of, warm_sources

__all__ = ["warm_sources"]  # a fixture of these tests too

AUTOENCODER = "results/nets/Deep/lattices/L8_T3.5_seed3/autoencoder.zarr"
# A job of a few seconds and of no group, for the faults that may befall any job.
PHYSICS = "results/thermodynamics/L8_T2.5_seed3.zarr"
LATTICES = "results/lattices/L8_T2.5_seed3.zarr"
SMALL = "tests/slurm/small.yaml"
CONFIG = ["--configfile", "tests/workflow/tiny.yaml", *length([SMALL], [])]
# One of each stage and of each kind of job; at length, everything.
TARGETS = length(
    [
        "results/figures/figure1_loss_Deep_lattices_L8_T3.5_seed3.png",
        "results/figures/figure3_receptive_fields_Deep_lattices_finetuned_prism_L8_T3.5_seed3.png",
        "results/tables/dead_neurons.csv",
        "results/thermodynamics/peaks_L8_seed3.zarr",
        PHYSICS,
    ],
    ["all"],
)
OPTIONS = [
    "--profile", "profiles/slurm", "--default-resources", "slurm_partition=tests", "--cores", "2",
    *CONFIG, "--slurm-status-command", "squeue", "--slurm-init-seconds-before-status-checks", "2",
]  # fmt: skip


def of(store):
    """The file to ask for, of a store."""
    return f"{store}.sha256"


class ClusterCheckout(Checkout):
    """A copy of the repository whose jobs run on the cluster."""

    def __init__(self, path):
        super().__init__(path)
        (path / SMALL).parent.mkdir(parents=True)
        shutil.copy2(ROOT / SMALL, path / SMALL)

    def run_here(self):
        """The experiment, without the cluster."""
        words = ["--cores", "2", *CONFIG, "--", *TARGETS]
        return self.fork(programs.snakemake, *words, environment={**self.environment, **self.warm})

    def submit(self, *arguments, check=True):
        return self.fork(programs.snakemake, *OPTIONS, *arguments, check=check)

    def start_to_submit(self, *arguments):
        """Snakemake, running, with its messages in ``submit.log``."""
        return self.start(
            "sh", "-c", 'exec snakemake "$@" 2> submit.log', "snakemake", *OPTIONS, *arguments
        )

    def digests(self):
        """The digest of everything that the experiment makes;
        that of a store is of its manifest.
        """
        results = self.path / "results"
        files = [
            *results.glob("**/*.sha256"),
            *results.glob("**/*.keras"),
            *results.glob("tables/*"),
            *results.glob("figures/*"),
        ]
        return {
            path.relative_to(results): hashlib.sha256(path.read_bytes()).hexdigest()
            for path in files
        }

    def times(self):
        """When each manifest, and so each store, was written."""
        return {path: path.stat().st_mtime_ns for path in self.path.glob("results/**/*.sha256")}

    def stalled(self, command):
        """The process of this checkout's next job ``isingdbn COMMAND``,
        held in the middle of its work.
        """

        def process():
            for candidate in psutil.process_iter(["cmdline"]):
                words = candidate.info["cmdline"] or []
                ours = (
                    str(SOURCES) in words and command in words and "python" in Path(words[0]).name
                )
                with suppress(psutil.NoSuchProcess):
                    if (
                        ours
                        and candidate.cwd() == str(self.path)
                        and candidate.status() != psutil.STATUS_STOPPED
                    ):
                        candidate.suspend()
                        return candidate
            return None

        return wait_for(process, f"isingdbn {command}", seconds=300)


@pytest.fixture(scope="session")
def cluster():
    try:
        with Cluster() as cluster:
            yield cluster
    except FileExistsError as error:
        pytest.exit(str(error), returncode=2)


@pytest.fixture(scope="session")
def local(tmp_path_factory):
    """The experiment, made by a local run."""
    checkout = ClusterCheckout(tmp_path_factory.mktemp("local") / "checkout")
    checkout.run_here()
    assert len(checkout.digests()) > length(20, 100)
    return checkout


def without(local, path, *stores):
    """A copy of the finished experiment that lacks these stores and what is written with them."""
    copy = copy_of(local, path)
    for store in stores:
        shutil.rmtree(copy.path / store)
        for file in (copy.path / store).parent.glob(f"{Path(store).stem}.*"):
            file.unlink()
    return copy


@pytest.fixture
def copy(request, local, cluster, tmp_path):
    """A copy that lacks the stores that the test names, or else `PHYSICS`."""
    return without(local, tmp_path / "copy", *getattr(request, "param", [PHYSICS]))


@pytest.fixture(scope="session")
def over_time(local, cluster, tmp_path_factory):
    """A call, under way, in which a job stalls and goes over its time of one minute."""
    checkout = without(local, tmp_path_factory.mktemp("over_time") / "copy", AUTOENCODER)
    checkout.running = checkout.start_to_submit(
        "--set-resources", "finetune:runtime=1 * attempt", "--", of(AUTOENCODER)
    )
    checkout.victim = checkout.stalled("finetune")
    yield checkout
    if checkout.running.poll() is None:
        checkout.running.send_signal(signal.SIGTERM)
        checkout.running.wait(timeout=60)
