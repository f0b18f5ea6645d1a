"""ALPS spinmc (C++), from the pyalps wheel. Its `UPDATE = "cluster"` is Wolff's.

It measures after each update, but not while it thermalizes: so the timed updates
are part of a thermalization without end, and the note has the rate with measurements.
It looks at its clock in whole seconds, so that the number of updates cannot be asked for:
a run is timed from its first line to its last, and its checkpoint counts updates and flipped spins.
"""

import os
import struct
import subprocess
import tempfile
import time
from importlib.metadata import version
from pathlib import Path

import pyalps
from common import arguments, peak_memory_mb, report

SPINMC = Path(pyalps.__file__).with_name("bin") / "spinmc"
SECONDS = 1
ENDLESS = 10**12


def prepare(folder: Path, size: int, temperature: float, thermalization: int) -> None:
    """Write the input files of one simulation."""
    parameters = {
        "LATTICE": "square lattice",
        "MODEL": "Ising",
        "J": 1,
        "L": size,
        "T": repr(temperature),
        "UPDATE": "cluster",
        "SEED": 1,
    }
    pyalps.writeInputFiles(
        str(folder / "job"), [parameters | {"THERMALIZATION": thermalization, "SWEEPS": ENDLESS}]
    )


def run(job: Path) -> tuple[float, float]:
    """Run or go on with a simulation, on a terminal to get lines at once; returns the seconds
    from first to last, and its most memory.
    """
    ours, theirs = os.openpty()
    with subprocess.Popen(
        [SPINMC, job, "--time-limit", str(SECONDS)],
        stdout=theirs,
        stderr=subprocess.DEVNULL,
        cwd=job.parent,
    ) as process:
        os.close(theirs)
        with os.fdopen(ours, errors="replace") as lines:
            for line in lines:
                if line.startswith("Starting task"):
                    start = time.perf_counter()
                if line.startswith("Time limit exceeded"):
                    elapsed, memory = time.perf_counter() - start, peak_memory_mb(process.pid)
                if line.startswith("Checkpointing"):
                    break
    return elapsed, memory


def done(folder: Path, sites: int) -> tuple[int, float]:
    """Updates and flipped spins so far, by a checkpoint in the thermalization: after its head,
    updates and flipped spins over sites.
    """
    updates, sweeps, _ = struct.unpack_from(
        ">QdQ", (folder / "job.task1.out.run1").read_bytes(), 12
    )
    return updates, sweeps * sites


def thermalizing(size: int, temperature: float) -> tuple[int, float, float, float]:
    """Updates, flipped spins, seconds and memory of updates without
    measurements, after a warm-up.
    """
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        prepare(folder, size, temperature, ENDLESS)
        run(folder / "job.in.xml")
        before = done(folder, size**2)
        seconds, memory = run(folder / "job.out.xml")
        after = done(folder, size**2)
    return after[0] - before[0], after[1] - before[1], seconds, memory


def measuring(size: int, temperature: float) -> tuple[float, float, float]:
    """Updates a second with measurements, and the mean energy a site with its error."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        prepare(folder, size, temperature, 100)
        seconds, _ = run(folder / "job.in.xml")
        energy = pyalps.loadMeasurements([str(folder / "job.task1.out.h5")], ["Energy Density"])[0][
            0
        ].y[0]
    return energy.count / seconds, float(energy.mean), float(energy.error)


if __name__ == "__main__":
    size, temperature, _ = arguments()
    updates, flips, seconds, memory = thermalizing(size, temperature)
    rate, energy, error = measuring(size, temperature)
    note = (
        "without its measurements, which nothing turns off for a user;"
        f" with them {rate:,.0f} updates/s"
    )
    more = {"peak_memory_mb": memory, "energy": energy, "energy_error": error, "note": note}
    report("ALPS spinmc", version("pyalps"), updates, seconds, flips, **more)
