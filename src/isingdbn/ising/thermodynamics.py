"""Thermal averages of stored lattices with jackknife errors."""

import math
from collections.abc import Callable

import numpy as np

from isingdbn.ising.observables import two_point_function

__all__ = ["averages", "blocks_of", "correlations", "groups_of", "jackknife", "jackknife_error"]

BLOCKS = 128


def groups_of(chains: np.ndarray) -> np.ndarray:
    """A group number for each of the distinct ``chains``, shape (chain,).

    Each chain is its own group, up to `BLOCKS` of them; of more, successive ones go together into
    `BLOCKS` groups of nearly one size, so that no work or memory grows with chains squared.
    """
    index = np.arange(len(chains))
    return index if len(chains) <= BLOCKS else index * BLOCKS // len(chains)


def blocks_of(chain: np.ndarray) -> np.ndarray:
    """A block number for every sample, shape (sample,).

    A block has successive samples of one chain, and there are at least `BLOCKS`
    of them if samples suffice.
    Of more than `BLOCKS` chains it has all samples of some chains, as of `groups_of`.

    Blocks are nearly independent because samples of different chains are, and a cut in a long chain
    touches few of its samples.
    """
    chains, index = np.unique(chain, return_inverse=True)
    if len(chains) > BLOCKS:
        return groups_of(chains)[index]
    order = np.argsort(index, kind="stable")
    lengths = np.bincount(index)
    position = np.empty(len(chain), int)
    position[order] = np.arange(len(chain)) - np.repeat(np.cumsum(lengths) - lengths, lengths)
    pieces = min(-(-BLOCKS // len(chains)), int(lengths.min()))
    return index * pieces + position * pieces // lengths[index]


def jackknife(
    moments: np.ndarray, block: np.ndarray, estimate: Callable[[np.ndarray], np.ndarray]
) -> tuple[np.ndarray, np.ndarray]:
    """An estimate from mean values and its jackknife standard error over blocks (Efron 1982).

    The error is infinite with a single block, which says nothing about it;
    otherwise see `jackknife_error`.

    Parameters
    ----------
    moments : shape (sample, moment).
    block : of each sample, shape (sample,), from `blocks_of`.
    estimate : of mean moments (..., moment) the quantities (..., quantity).
    """
    counts = np.bincount(block)
    sums = np.stack([np.bincount(block, column) for column in moments.T], axis=1)
    return _leave_one_out(sums, counts, _unrounded(moments, estimate))


def _unrounded(
    values: np.ndarray, estimate: Callable[[np.ndarray], np.ndarray]
) -> Callable[[np.ndarray], np.ndarray]:
    """``estimate``, but where all ``values`` (value, ...) are equal it gets that value itself,
    since their mean may be rounded.
    """
    same = np.ptp(values, axis=0) == 0
    return lambda mean: estimate(np.where(same, values[0], mean))


def _leave_one_out(
    sums: np.ndarray, counts: np.ndarray, estimate: Callable[[np.ndarray], np.ndarray]
) -> tuple[np.ndarray, np.ndarray]:
    """`jackknife` from the sums (block, ...) over each block of ``counts`` samples."""
    total = sums.sum(axis=0)
    value = estimate(total / counts.sum())
    if len(counts) == 1:
        return value, np.full_like(value, math.inf)
    replicas = estimate(
        (total - sums) / (counts.sum() - counts).reshape(-1, *[1] * (sums.ndim - 1))
    )
    return value, jackknife_error(replicas)


def jackknife_error(replicas: np.ndarray) -> np.ndarray:
    """The standard error (...) from ``replicas`` (block, ...),
    the estimates without one block each.

    Without any spread it is exactly zero, and infinite where a replica is not a number.
    """
    variance = np.where(np.ptp(replicas, axis=0) == 0, 0, replicas.var(axis=0))
    error = np.sqrt((len(replicas) - 1) * variance)
    return np.where(np.isnan(error), math.inf, error)


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
    ``energy`` ⟨e⟩ in J, ``specific_heat`` N(⟨e²⟩ - ⟨e⟩²)/T² in k_B, ``abs_magnetization`` ⟨|m|⟩,
    ``magnetization_squared`` ⟨m²⟩, ``susceptibility`` N⟨m²⟩/T and ``connected_susceptibility``
    N(⟨m²⟩ - ⟨|m|⟩²)/T in 1/J, and ``binder`` 1 - ⟨m⁴⟩/3⟨m²⟩², which is not
    a number where every m is zero.
    """
    # taken out so that the difference of squares keeps its digits
    centre = energy[0] if np.ptp(energy) == 0 else energy.mean()
    size = abs(magnetization)
    moments = np.stack([energy - centre, (energy - centre) ** 2, size, size**2, size**4], axis=1)

    def estimate(mean: np.ndarray) -> np.ndarray:
        e, e2, m, m2, m4 = np.moveaxis(mean, -1, 0)
        heat = sites * (e2 - e * e) / temperature**2
        susceptibility, connected = sites * m2 / temperature, sites * (m2 - m * m) / temperature
        ratio = np.divide(m4, 3 * m2**2, out=np.full_like(m2, math.nan), where=m2 > 0)
        return np.stack([centre + e, heat, m, m2, susceptibility, connected, 1 - ratio], axis=-1)

    names = (
        "energy specific_heat abs_magnetization magnetization_squared susceptibility"
        " connected_susceptibility binder"
    )
    value, error = jackknife(moments, block, estimate)
    return {
        name: (float(v), float(e)) for name, v, e in zip(names.split(), value, error, strict=True)
    }


def correlations(spins: np.ndarray, block: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """⟨s(x) s(x + r)⟩ for every r with its standard error, both of shape (height, width),
    of ``spins`` (sample, height, width).
    """
    counts = np.bincount(block)
    means = np.stack(
        [two_point_function([spins[block == number]]) for number in range(len(counts))]
    )
    return _leave_one_out(
        means * counts[:, None, None], counts, _unrounded(means, lambda mean: mean)
    )
