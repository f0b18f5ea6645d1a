"""Whether samples have come from equilibrium, and how independent they are: measured,
against the exact energy of the torus.
"""

import math

import numpy as np

from isingdbn.errors import JobError
from isingdbn.ising.autocorrelation import autocorrelation, integrated_time
from isingdbn.ising.exact import torus_energy, torus_specific_heat

__all__ = ["check_samples", "departure"]

SIGMAS = 5.0


def departure(
    shape: tuple[int, int],
    temperature: float,
    energy: np.ndarray,
    magnetization: np.ndarray,
    tau: float,
) -> str:
    """How chains contradict equilibrium by more than five standard errors, or ``""``.

    Compared are the mean energy with the exact one, whose spread is the exact specific heat,
    and |m| of the chains from random spins with that of the chains from all spins up.

    Parameters
    ----------
    energy, magnetization : H in J and Σ s, shape (time, chain); chains of even
        number started at random.
    tau : integrated autocorrelation time ½ + Σρ in steps of ``time``.
    """
    sites = shape[0] * shape[1]
    independent = max(1.0, energy.size / (2 * tau))
    exact = torus_energy(shape, temperature)
    spread = temperature * math.sqrt(torus_specific_heat(shape, temperature) / sites / independent)
    # one elementary excitation: at low temperature excitations are rare, not normal
    quantum = 8 / sites / independent
    found = energy.mean() / sites
    if abs(found - exact) > SIGMAS * (spread + quantum):
        return f"energy per site {found:.6f}, exact is {exact:.6f} ± {spread:.6f}"
    size = np.abs(magnetization) / sites
    if energy.shape[1] > 1 and size.std() > 0:
        hot, cold = size[:, ::2], size[:, 1::2]
        error = size.std() * math.sqrt(2 * tau / hot.size + 2 * tau / cold.size)
        if abs(hot.mean() - cold.mean()) > SIGMAS * (
            error + 2 / sites / min(independent, cold.size)
        ):
            return (
                f"|m| is {hot.mean():.5f} in chains from random spins and {cold.mean():.5f}"
                f" in chains from all spins up, ± {error:.5f}"
            )
    return ""


def check_samples(
    shape: tuple[int, int],
    temperature: float,
    energy: np.ndarray,
    magnetization: np.ndarray,
    chains: int,
    bound: float | None,
) -> dict[str, float]:
    """How independent samples are, after seeing that they and their first quarter show
    no `departure` from equilibrium.

    Parameters
    ----------
    energy, magnetization : of the samples, a site, shape (sample,);
        sample i is of chain i % ``chains``.
    chains : at least the number of samples if every sample has its own.
    bound : the autocorrelation that successive samples of a chain may have at most, or None if any.

    Returns
    -------
    effective_sample_size, samples/(2τ) of the slower of E and |m|, and,
    where chains gave two samples or more, the autocorrelation of successive samples of E and |m|,
    each with its standard error.

    Raises
    ------
    JobError : the samples depart from equilibrium, or their autocorrelation is over ``bound``
        by more than four of its standard errors.
    """
    samples = len(energy)
    if samples >= 2 * chains:
        rounds = samples // chains
    else:
        rounds, chains = 1, samples
    sites = shape[0] * shape[1]
    energies, magnetizations = (
        values[: rounds * chains].reshape(rounds, chains) for values in (energy, magnetization)
    )
    sizes = abs(magnetizations)
    tau = max(integrated_time(energies), integrated_time(sizes))
    for part in (slice(None), slice(0, -(-rounds // 4))):
        fault = departure(
            shape, temperature, energies[part] * sites, magnetizations[part] * sites, tau
        )
        if fault:
            raise JobError(
                f"the lattices are not from equilibrium: {fault}; raise updates"
                " and thermalization, or let both be auto"
            )
    found = {"effective_sample_size": samples / (2 * tau)}
    if rounds > 1:
        for name, series in {"energy": energies, "abs_magnetization": sizes}.items():
            value, error = float(autocorrelation(series)[1]), _lag1_error(series)
            if bound is not None and value > bound + 4 * error:
                text = f"{value:.3f} ± {error:.3f}"
                raise JobError(
                    f"successive lattices have an autocorrelation of {text}, {bound}"
                    " is allowed; give updates by hand"
                )
            found |= {
                f"lag1_autocorrelation_{name}": value,
                f"lag1_autocorrelation_{name}_standard_error": error,
            }
    return found


def _lag1_error(series: np.ndarray) -> float:
    """The standard error of the autocorrelation of successive values of ``series`` (time, chain):
    √Σ(x x')²/Σx², x the deviation.

    For independent normal numbers it is 1/√n of n pairs. Where few values differ from the others,
    as of lattices that are rarely excited, few pairs decide: one pair of excited lattices changes
    the autocorrelation by one such error, not by many. It is zero without any spread.
    """
    x = series - series.mean()
    if np.ptp(series) == 0:
        return 0.0
    return float(
        np.sqrt(((x[:-1] * x[1:]) ** 2).mean() / (len(x) - 1) / x.shape[1]) / (x**2).mean()
    )
