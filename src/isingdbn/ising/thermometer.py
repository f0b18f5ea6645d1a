"""The temperature of an energy, by the exact solution of the torus."""

import numpy as np
from scipy.interpolate import PchipInterpolator

from isingdbn.ising.exact import torus_energy

__all__ = ["temperature_of_energy"]

COLDEST, HOTTEST, GRID = 0.3, 1000.0, 500  # J/k_B; between which energies are read


def temperature_of_energy(energy: np.ndarray, shape: tuple[int, int]) -> np.ndarray:
    """The temperature, in J/k_B, at which the Ising model on the torus has an energy a site
    (Kaufman 1949); 0 or infinite where no temperature from 0.3 to 1000 has it.
    """
    temperatures = np.geomspace(COLDEST, HOTTEST, GRID)
    known = np.array([torus_energy(shape, temperature) for temperature in temperatures])
    rising = np.concatenate([[True], np.diff(known) > 0])  # when cold, rounding hides it
    read = PchipInterpolator(known[rising], np.log(temperatures[rising]))
    inside = (energy >= known[0]) & (energy <= known[-1])
    found = np.exp(read(np.clip(energy, known[0], known[-1])))
    return np.where(inside, found, np.where(energy < known[0], 0.0, np.inf))
