"""pyising (C++).

`do_step_wolff` follows each update with Fourier transforms for the correlation
function, which nothing turns off.

But for its 200 thermalizing updates, each of which only sums the energy: so the timed updates
are calls that ask for nothing else, and the note has the other rate.
"""

from importlib.metadata import version

from common import WARM_UP, arguments, mean_and_error, report, timed
from pyising import Ising2D

THERMALIZING = 200
MEASURED = 2000


def step(model: Ising2D, size: int, temperature: float, updates: int) -> list[float]:
    """Apply Wolff updates; returns the energy a site after every 200."""
    energies = []
    for _ in range(updates // THERMALIZING):
        model.do_step_wolff(temperature, 0, 1)
        energies.append(model.compute_energy() / size**2)
    return energies


if __name__ == "__main__":
    size, temperature, updates = arguments()
    updates = updates // THERMALIZING * THERMALIZING
    model = Ising2D(size, seed=1)
    model.initialize_spins()
    step(model, size, temperature, WARM_UP)
    seconds, energies = timed(step, model, size, temperature, updates)
    measuring, _ = timed(model.do_step_wolff, temperature, MEASURED, 1)
    rate = (MEASURED + THERMALIZING) / measuring
    note = (
        "without its correlation function, which nothing turns off for a user;"
        f" with it {rate:,.0f} updates/s"
    )
    report("pyising", version("pyising"), updates, seconds, **mean_and_error(energies), note=note)
