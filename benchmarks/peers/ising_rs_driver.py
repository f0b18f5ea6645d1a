"""ising-rs (Rust): one update is one call of `wolff_step`."""

from importlib.metadata import version
from itertools import repeat

from common import WARM_UP, apart, arguments, mean_and_error, report, timed
from isingmodel import Lattice


def step(lattice: Lattice, updates: int) -> None:
    """Apply Wolff updates."""
    wolff = lattice.wolff_step
    for _ in repeat(None, updates):
        wolff()


def energy(lattice: Lattice, updates: int) -> float:
    """Energy a site after more updates."""
    step(lattice, updates)
    return lattice.get_energy() / (lattice.width * lattice.height)


if __name__ == "__main__":
    size, temperature, updates = arguments()
    lattice = Lattice(size, size, temperature, 0.0)
    step(lattice, WARM_UP)
    seconds, _ = timed(step, lattice, updates)
    energies = mean_and_error(energy(lattice, apart(temperature)) for _ in range(4000))
    report("ising-rs", version("ising-rs"), updates, seconds, **energies)
