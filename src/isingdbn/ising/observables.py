"""Per-sample observables of stored lattices."""

from collections.abc import Iterable
from typing import Any

import numpy as np

__all__ = [
    "energy_per_site",
    "magnetization_per_site",
    "plaquette_per_site",
    "two_point_function",
]


def energy_per_site(spins: np.ndarray) -> np.ndarray:
    """Energy H/N in units of J, shape (sample,), of ``spins`` (sample, y, x)
    in {-1, +1} on the torus.
    """
    bonds = spins * np.roll(spins, -1, axis=1) + spins * np.roll(spins, -1, axis=2)
    return -bonds.sum(axis=(1, 2), dtype=np.int64) / (spins.shape[1] * spins.shape[2])


def magnetization_per_site(spins: np.ndarray) -> np.ndarray:
    """Signed magnetization, shape (sample,), of ``spins`` (sample, y, x) in {-1, +1}."""
    return spins.mean(axis=(1, 2), dtype=np.float64)


def plaquette_per_site(spins: np.ndarray) -> np.ndarray:
    """Mean product of the four spins around a plaquette, shape (sample,), of ``spins``
    (sample, y, x) in {-1, +1} on the torus.
    """
    pairs = spins * np.roll(spins, -1, axis=1)
    return (pairs * np.roll(pairs, -1, axis=2)).mean(axis=(1, 2), dtype=np.float64)


def two_point_function(spins: Iterable[np.ndarray]) -> np.ndarray:
    """G(r) = ⟨s(x) s(x + r)⟩, averaged over all sites x of the torus and all lattices;
    nothing is subtracted, since ⟨s⟩ = 0 by symmetry.

    Parameters
    ----------
    spins : groups of lattices (n, height, width) in {-1, +1}.

    Returns
    -------
    float64 of shape (height, width), indexed by r = (y, x). The sums are over ±1,
    so rounding what the Fourier transform gives to integers makes them exact.
    """
    total: Any = 0
    sites = 0
    for group in spins:
        modes = np.fft.rfft2(group)
        power = (modes.real**2 + modes.imag**2).sum(axis=0)
        total = total + np.rint(np.fft.irfft2(power, group.shape[1:])).astype(np.int64)
        sites += group.size
    return total / sites
