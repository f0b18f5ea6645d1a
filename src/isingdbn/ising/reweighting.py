"""Averages at any temperature from samples at several (Ferrenberg and Swendsen, Phys.

Rev. Lett. 63, 1195 (1989)).
"""

from dataclasses import dataclass

import numpy as np

from isingdbn.ising.thermodynamics import groups_of, jackknife_error

__all__ = ["Samples", "log_density", "peaks", "reweighted_curves", "reweighted_peaks"]

STEPS = 10_000  # of the iteration for the free energies
TOLERANCE = 1e-10


@dataclass(frozen=True)
class Samples:
    """Samples of one simulation: temperature in J/k_B; total energies in J, magnetizations a site
    and chains, shape (sample,).
    """

    temperature: float
    energy: np.ndarray
    magnetization: np.ndarray
    chain: np.ndarray

    def without(self, chains: np.ndarray) -> "Samples":
        """The samples of all other chains."""
        kept = ~np.isin(self.chain, chains)
        return Samples(
            self.temperature, self.energy[kept], self.magnetization[kept], self.chain[kept]
        )


def log_density(levels: np.ndarray, betas: np.ndarray, counts: np.ndarray) -> np.ndarray:
    """The logarithm of the density of states, up to a constant, shape (level,).

    The multiple-histogram equations, iterated: g(E) = Σ_k H_k(E) / Σ_k n_k exp(f_k - β_k E),
    exp(-f_k) = Σ_E g(E) exp(-β_k E).

    Parameters
    ----------
    levels : total energies in J, shape (level,); each has been seen.
    betas : 1/T of each simulation, shape (simulation,).
    counts : H_k(E), samples of each simulation and level, shape (simulation, level).
    """
    log_total, log_samples = np.log(counts.sum(axis=0)), np.log(counts.sum(axis=1))
    boltzmann = -betas[:, None] * levels
    free = np.zeros(len(betas))
    for _ in range(STEPS):
        log_g = log_total - np.logaddexp.reduce(
            log_samples[:, None] + free[:, None] + boltzmann, axis=0
        )
        new = -np.logaddexp.reduce(log_g + boltzmann, axis=1)
        new -= new[0]
        if np.abs(new - free).max() < TOLERANCE:
            break
        free = new
    return log_g


def reweighted_curves(
    simulations: list[Samples], temperatures: np.ndarray, sites: int
) -> np.ndarray:
    """Specific heat and connected susceptibility,
    as in `isingdbn.ising.thermodynamics.averages`, shape (2, temperature).
    """
    energies = np.concatenate([samples.energy for samples in simulations])
    sizes = np.abs(np.concatenate([samples.magnetization for samples in simulations]))
    levels, place = np.unique(energies, return_inverse=True)
    counts = np.stack(
        [
            np.bincount(np.searchsorted(levels, samples.energy), minlength=len(levels))
            for samples in simulations
        ]
    )
    betas = np.array([1 / samples.temperature for samples in simulations])
    exponent = log_density(levels, betas, counts) - levels / temperatures[:, None]
    weights = np.exp(exponent - exponent.max(axis=1, keepdims=True))
    weights /= weights.sum(axis=1, keepdims=True)
    e = weights @ levels
    variance = np.maximum(weights @ levels**2 - e**2, 0)
    per_sample = weights / counts.sum(axis=0)
    m, m2 = per_sample @ np.bincount(place, sizes), per_sample @ np.bincount(place, sizes**2)
    variance_of_size = np.maximum(m2 - m * m, 0) if np.ptp(sizes) > 0 else np.zeros_like(m)
    return np.stack([variance / sites / temperatures**2, sites * variance_of_size / temperatures])


def peaks(temperatures: np.ndarray, curves: np.ndarray) -> np.ndarray:
    """Place and height of the maximum of each of ``curves`` (curve, temperature), shape (curve, 2).

    By a parabola through the highest point of an even grid and its two neighbours.
    Not numbers where the curve is highest at an end of the grid: its maximum may lie outside.
    """
    found = []
    for curve in curves:
        top = int(np.argmax(curve))
        if top in (0, len(curve) - 1):
            found.append((np.nan, np.nan))
            continue
        left, middle, right = curve[top - 1 : top + 2]
        curvature = left - 2 * middle + right
        shift = 0.5 * (left - right) / curvature if curvature < 0 else 0.0
        found.append(
            (
                temperatures[top] + shift * (temperatures[1] - temperatures[0]),
                middle - 0.25 * (left - right) * shift,
            )
        )
    return np.array(found)


def reweighted_peaks(
    simulations: list[Samples], temperatures: np.ndarray, sites: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The curves of `reweighted_curves`, their `peaks`, and the peaks' standard errors
    by leaving out one chain at a time.

    Of more chains than `isingdbn.ising.thermodynamics.BLOCKS`, one group of `groups_of` is left
    out at a time. Errors are infinite where there is one chain only, and where a curve without some
    of the chains has no maximum on the grid.
    """
    curves = reweighted_curves(simulations, temperatures, sites)
    found = peaks(temperatures, curves)
    chains = np.unique(np.concatenate([samples.chain for samples in simulations]))
    if len(chains) == 1:
        return curves, found, np.full_like(found, np.inf)
    group = groups_of(chains)
    replicas = []
    for number in range(group[-1] + 1):
        left = [samples.without(chains[group == number]) for samples in simulations]
        left = [samples for samples in left if len(samples.energy)]
        replicas.append(peaks(temperatures, reweighted_curves(left, temperatures, sites)))
    return curves, found, jackknife_error(np.array(replicas))
