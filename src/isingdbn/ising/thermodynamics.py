"""Thermal averages of stored lattices with jackknife errors."""

import math
from collections.abc import Callable

import numpy as np

from isingdbn.ising.observables import two_point_function

__all__ = ["averages", "blocks_of", "correlations", "jackknife"]

BLOCKS = 128


def blocks_of(chain: np.ndarray, at_least: int = BLOCKS) -> np.ndarray:
    """A block number for every sample, shape (sample,): successive samples of one chain, ``at_least`` blocks if samples suffice.

    Blocks are nearly independent because samples of different chains are, and a cut in a long chain touches few of its samples.
    """
    chains, index = np.unique(chain, return_inverse=True)
    order = np.argsort(index, kind="stable")
    lengths = np.bincount(index)
    position = np.empty(len(chain), int)
    position[order] = np.arange(len(chain)) - np.repeat(np.cumsum(lengths) - lengths, lengths)
    pieces = min(-(-at_least // len(chains)), int(lengths.min()))
    return index * pieces + position * pieces // lengths[index]


def jackknife(moments: np.ndarray, block: np.ndarray, estimate: Callable[[np.ndarray], np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
    """An estimate from mean values and its jackknife standard error over blocks (Efron 1982); infinite with a single block.

    Parameters
    ----------
    moments : shape (sample, moment).
    block : of each sample, shape (sample,), from `blocks_of`.
    estimate : of mean moments (..., moment) the quantities (..., quantity).
    """
    counts = np.bincount(block)
    sums = np.stack([np.bincount(block, column) for column in moments.T], axis=1)
    return _leave_one_out(sums, counts, estimate)


def _leave_one_out(sums: np.ndarray, counts: np.ndarray, estimate: Callable[[np.ndarray], np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
    """`jackknife` from the sums (block, ...) over each block of ``counts`` samples."""
    total = sums.sum(axis=0)
    value = estimate(total / counts.sum())
    if len(counts) == 1:
        return value, np.full_like(value, math.inf)
    replicas = estimate((total - sums) / (counts.sum() - counts).reshape(-1, *[1] * (sums.ndim - 1)))
    return value, np.sqrt((len(counts) - 1) * replicas.var(axis=0))


def averages(
    energy: np.ndarray, magnetization: np.ndarray, block: np.ndarray, sites: int, temperature: float
) -> dict[str, tuple[float, float]]:
    """Thermal averages and their standard errors.

    Parameters
    ----------
    energy, magnetization : a site, shape (sample,).
    block : of each sample, from `blocks_of`.
    sites : N.
    temperature : in J/k_B.

    Returns
    -------
    ``energy`` ⟨e⟩ in J, ``specific_heat`` N(⟨e²⟩ - ⟨e⟩²)/T² in k_B, ``abs_magnetization`` ⟨|m|⟩, ``magnetization_squared`` ⟨m²⟩,
    ``susceptibility`` N⟨m²⟩/T and ``connected_susceptibility`` N(⟨m²⟩ - ⟨|m|⟩²)/T in 1/J, and ``binder`` 1 - ⟨m⁴⟩/3⟨m²⟩².
    """
    centre = energy.mean()  # taken out so that the difference of squares keeps its digits
    size = abs(magnetization)
    moments = np.stack([energy - centre, (energy - centre) ** 2, size, size**2, size**4], axis=1)

    def estimate(mean: np.ndarray) -> np.ndarray:
        e, e2, m, m2, m4 = np.moveaxis(mean, -1, 0)
        heat = sites * (e2 - e * e) / temperature**2
        susceptibility, connected = sites * m2 / temperature, sites * (m2 - m * m) / temperature
        return np.stack([centre + e, heat, m, m2, susceptibility, connected, 1 - m4 / (3 * m2**2)], axis=-1)

    names = "energy specific_heat abs_magnetization magnetization_squared susceptibility connected_susceptibility binder"
    value, error = jackknife(moments, block, estimate)
    return {name: (float(v), float(e)) for name, v, e in zip(names.split(), value, error, strict=True)}


def correlations(spins: np.ndarray, block: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """⟨s(x) s(x + r)⟩ for every r with its standard error, both of shape (height, width), of ``spins`` (sample, height, width)."""
    counts = np.bincount(block)
    sums = np.stack([two_point_function([spins[block == number]]) * count for number, count in enumerate(counts)])
    return _leave_one_out(sums, counts, lambda mean: mean)
