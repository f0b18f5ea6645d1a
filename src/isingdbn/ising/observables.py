"""Per-sample observables of stored lattices."""

import numpy as np

__all__ = ["energy_per_site", "magnetization_per_site"]


def energy_per_site(spins: np.ndarray) -> np.ndarray:
    """Energy H/N in units of J, shape (sample,), of ``spins`` (sample, y, x) in {-1, +1} on the torus."""
    bonds = spins * np.roll(spins, -1, axis=1) + spins * np.roll(spins, -1, axis=2)
    return -bonds.sum(axis=(1, 2), dtype=np.int64) / (spins.shape[1] * spins.shape[2])


def magnetization_per_site(spins: np.ndarray) -> np.ndarray:
    """Signed magnetization, shape (sample,), of ``spins`` (sample, y, x) in {-1, +1}."""
    return spins.mean(axis=(1, 2), dtype=np.float64)
