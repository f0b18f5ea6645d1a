"""Effective couplings of any field of spins on a torus, by pseudolikelihood
(Besag, The Statistician 24, 179 (1975)).

The conditional probability of a spin given all others is 1/(1 + exp(-2 K·m)), where
m has the spin times the local sum of each operator. The product of these over all sites is concave
in K. For the four operators here each part of m is one of -4, -2, 0, 2 and 4, so the counts of
the 625 possible m are all that the lattices tell: a fit costs nothing after one pass over them.

The couplings are those of -H = Σ_a K_a S_a, each operator summed over the torus once a bond
or plaquette. Where the field has no such Hamiltonian, as block spins have not, the result is
the nearest one in this sense, an effective coupling: compare it only with others of the same
operators and estimator.
"""

from dataclasses import dataclass

import numpy as np
from numba import njit
from scipy.special import expit, log_expit

from isingdbn.errors import InputError

__all__ = [
    "NAMES",
    "Couplings",
    "count_local_sums",
    "effective_couplings",
    "fit_couplings",
]

NAMES = ("nearest", "next_nearest", "plaquette", "third_neighbour")
SMALLEST_SIDE = 4  # sites; below, third neighbours are neighbours
BINS = 5 ** len(NAMES)
LARGEST_STEPS = 60
TOLERANCE = 1e-12  # of a coupling
LARGEST_COUPLING = 10.0  # a conditional probability of 1 - 10⁻³⁵ is as good as certain
# m of each bin: four products of spins, of which `odd` are negative, sum to 4 - 2 odd
LOCAL_SUMS = 4.0 - 2.0 * (np.arange(BINS)[:, None] // 5 ** np.arange(len(NAMES)) % 5)


@dataclass(frozen=True)
class Couplings:
    """Fitted couplings in the order of `NAMES`, without unit (β inside).

    Parameters
    ----------
    values : shape (coupling,).
    covariance : shape (coupling, coupling), robust: it holds whether or not the field has a
        Hamiltonian of these operators. Not a number from a single block.
    """

    values: np.ndarray
    covariance: np.ndarray

    @property
    def errors(self) -> np.ndarray:
        """The standard errors, shape (coupling,)."""
        return np.sqrt(np.diagonal(self.covariance))


def effective_couplings(
    spins: np.ndarray, blocks: np.ndarray | int, number: int = len(NAMES)
) -> Couplings:
    """The couplings of a field of spins.

    Parameters
    ----------
    spins : (sample, y, x) in {-1, +1} on a torus of sides of at least four.
    blocks : the chain or block of each lattice, shape (sample,), or a number of blocks into which
        successive lattices are divided. Errors take blocks as independent; lattices
        within one may depend on each other.
    number : couplings to fit, the first of `NAMES`.

    Raises
    ------
    InputError : sides are too small, or the lattices have too little disorder for finite couplings.
    """
    if isinstance(blocks, int):
        labels = np.arange(len(spins)) * blocks // max(1, len(spins))
    else:
        _, labels = np.unique(blocks, return_inverse=True)
    return fit_couplings(count_local_sums(spins, labels, int(labels.max(initial=0)) + 1), number)


def count_local_sums(spins: np.ndarray, labels: np.ndarray, blocks: int) -> np.ndarray:
    """How often each m occurs in each block; counts of several groups of lattices can be added.

    Parameters
    ----------
    spins : (sample, y, x) in {-1, +1}.
    labels : the block of each lattice, integers (sample,) from 0 to before ``blocks``.

    Returns
    -------
    int64 of shape (blocks, 625). 20,000 lattices of 40×40 take about a second.

    Raises
    ------
    InputError : a side is below four, or a label is out of range.
    """
    height, width = spins.shape[1:]
    if min(height, width) < SMALLEST_SIDE:
        raise InputError(
            f"lattices of {height}x{width} sites are too small for third neighbours, at least"
            f" {SMALLEST_SIDE} a side are needed; give larger lattices, or block spins of a step"
            " before"
        )
    if len(labels) != len(spins) or (len(labels) and not 0 <= min(labels) <= max(labels) < blocks):
        raise InputError(f"labels: give a number from 0 to {blocks - 1} for each lattice")
    counts = np.zeros((blocks, BINS), np.int64)
    _count(np.ascontiguousarray(spins, np.int8), np.asarray(labels, np.int64), counts)
    return counts


@njit(nogil=True)
def _count(spins, labels, counts):
    """For each site, how many of the four products of each operator at it are negative."""
    samples, height, width = spins.shape
    padded = np.empty((height + 4, width + 4), np.uint8)  # 1 for a down spin
    for sample in range(samples):
        for y in range(height + 4):
            for x in range(width + 4):
                padded[y, x] = spins[sample, (y - 2) % height, (x - 2) % width] < 0
        block = counts[labels[sample]]
        for y in range(2, height + 2):
            far_up, up, row, down, far_down = padded[y - 2 : y + 3]
            for x in range(2, width + 2):
                s = row[x]
                n, e, w, d = s ^ up[x], s ^ row[x + 1], s ^ row[x - 1], s ^ down[x]
                ne, nw, de, dw = up[x + 1], up[x - 1], down[x + 1], down[x - 1]
                nearest = n + e + w + d
                diagonal = (s ^ ne) + (s ^ nw) + (s ^ de) + (s ^ dw)
                # a plaquette: s·e·n·ne = (s e)(s n)(s ne)
                plaquette = (
                    (n ^ e ^ s ^ ne) + (n ^ w ^ s ^ nw) + (d ^ e ^ s ^ de) + (d ^ w ^ s ^ dw)
                )
                third = (s ^ far_up[x]) + (s ^ far_down[x]) + (s ^ row[x + 2]) + (s ^ row[x - 2])
                block[nearest + 5 * diagonal + 25 * plaquette + 125 * third] += 1


def fit_couplings(counts: np.ndarray, number: int = len(NAMES)) -> Couplings:
    """The couplings that maximize the pseudolikelihood, by Newton's method.

    Parameters
    ----------
    counts : shape (block, 625), from `count_local_sums`.
    number : couplings to fit, the first of `NAMES`.

    Raises
    ------
    InputError : no finite couplings are the best, as where all lattices are ordered.
    """
    m = LOCAL_SUMS[:, :number]
    total = counts.sum(axis=0)
    values = _maximize(total / max(1, total.sum()), m)
    # score of each block, and the sandwich of Huber
    scores = (counts * (2 * expit(-2 * m @ values))) @ m
    inverse = np.linalg.inv(_curvature(total, m, values))
    blocks = len(counts)
    scale = blocks / (blocks - 1) if blocks > 1 else np.nan
    return Couplings(values, scale * inverse @ (scores.T @ scores) @ inverse)


def _curvature(weights: np.ndarray, m: np.ndarray, values: np.ndarray) -> np.ndarray:
    p = expit(2 * m @ values)
    return 4 * (m.T * (weights * p * (1 - p))) @ m


def _maximize(weights: np.ndarray, m: np.ndarray) -> np.ndarray:
    """The maximum of Σ weights · log P(m), with steps halved until they do not lose."""
    values = np.zeros(m.shape[1])
    best = weights @ log_expit(2 * m @ values)
    for _ in range(LARGEST_STEPS):
        curvature = _curvature(weights, m, values)
        if np.linalg.cond(curvature) > 1e14:
            break
        step = np.linalg.solve(curvature, 2 * (weights * expit(-2 * m @ values)) @ m)
        while (gained := weights @ log_expit(2 * m @ (values + step))) < best - 1e-15:
            step = step / 2
        values, best = values + step, gained
        if np.abs(step).max() < TOLERANCE:
            return values
        if np.abs(values).max() > LARGEST_COUPLING:
            break
    raise InputError(
        "the lattices have no finite couplings, they are too ordered or too few; give more"
        " lattices, or some at a higher temperature"
    )
