"""Critical exponents by the Monte Carlo renormalization group
(Swendsen, Phys. Rev. Lett. 42, 859 (1979)).

Lattices at criticality are blocked again and again. With S the operator sums of one level
and S' those of the next, the linearized transformation T_ab = ∂K'_a/∂K_b solves

    ⟨S' S'⟩_c T = ⟨S' S⟩_c,

with connected averages. Its largest eigenvalue is b^y, with y_T of the even operators and y_H
of the odd ones, for a scale factor b. Each step and each number of couplings gives an estimate;
how far they still differ tells the truncation and the finite size, which the statistical error
does not know.
"""

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from isingdbn.errors import InputError
from isingdbn.parameters.renormalization import SMALLEST_SIDE
from isingdbn.renormalization.block_spin import Rule, majority
from isingdbn.renormalization.lattice_operators import EVEN, ODD, operator_sums

__all__ = [
    "Exponent",
    "Moments",
    "block_levels",
    "gather",
    "linearized_matrix",
    "magnetic_exponent",
    "thermal_exponent",
]

EVEN_SECTOR = slice(0, len(EVEN))
ODD_SECTOR = slice(len(EVEN), len(EVEN) + len(ODD))


def block_levels(
    spins: np.ndarray, steps: int, block: int, random: np.random.Generator, rule: Rule = majority
) -> list[np.ndarray]:
    """``spins`` (sample, y, x) and their block spins after 1 to ``steps`` applications
    of a rule of `block_spin` with blocks of side ``block``; ``rule`` takes the keyword ``random``,
    as ``partial(kadanoff, p=1.0)`` does.

    Raises
    ------
    InputError : ``block`` does not divide a side.
    """
    levels = [spins]
    for _ in range(steps):
        levels.append(rule(levels[-1], block, random=random))
    return levels


@dataclass(frozen=True)
class Moments:
    """Sums over the lattices of each jackknife block, from `gather`.

    Parameters
    ----------
    counts : lattices, shape (block,).
    first : Σ S of each level, shape (block, level, operator).
    within : Σ S Sᵀ of each level, shape (block, level, operator, operator).
    between : Σ S' Sᵀ of each level but the first with the one before it,
        shape (block, level - 1, operator, operator).
    """

    counts: np.ndarray
    first: np.ndarray
    within: np.ndarray
    between: np.ndarray

    def total(self) -> "Moments":
        """The sums over all blocks, as of one."""
        return self._each(lambda part: part.sum(axis=0, keepdims=True))

    def without_each(self) -> "Moments":
        """For each block, the sums over all others."""
        return self._each(lambda part: part.sum(axis=0) - part)

    def _each(self, change: Callable[[np.ndarray], np.ndarray]) -> "Moments":
        return Moments(
            change(self.counts), change(self.first), change(self.within), change(self.between)
        )


def gather(groups: Iterable[tuple[Sequence[np.ndarray], np.ndarray]], blocks: int) -> Moments:
    """Sum up lattices that come in groups, so that a large store is never in memory.

    Parameters
    ----------
    groups : pairs of the levels of some lattices, arrays (n, y, x) in {-1, +1} as
        of `block_levels`, and the jackknife block of each lattice, integers (n,) from 0 to before
        ``blocks``. All lattices of a chain should be in one block.
    blocks : number of blocks; 30 to 100 give a good error.

    Raises
    ------
    InputError : a side is below four, a block number is out of range, or a block is empty.
    """
    sums = None
    for levels, labels in groups:
        _require_levels(levels, labels, blocks)
        values = [operator_sums(level).astype(np.float64) for level in levels]
        if sums is None:
            sums = _no_moments(blocks, len(levels))
        for block in np.unique(labels):
            _add(sums, block, [value[labels == block] for value in values])
    if sums is None or not sums.counts.all():
        raise InputError(f"blocks: {blocks} were announced, and some have no lattices; give fewer")
    return sums


def _require_levels(levels: Sequence[np.ndarray], labels: np.ndarray, blocks: int) -> None:
    for level in levels:
        if min(level.shape[1:]) < SMALLEST_SIDE:
            raise InputError(
                f"steps: a level of {level.shape[1]}x{level.shape[2]} sites is too small, at least"
                f" {SMALLEST_SIDE} a side are needed; take fewer steps or larger lattices"
            )
    if len(labels) and not 0 <= min(labels) <= max(labels) < blocks:
        raise InputError(f"blocks: numbers {min(labels)} to {max(labels)} are not below {blocks}")


def _no_moments(blocks: int, levels: int) -> Moments:
    operators = len(EVEN) + len(ODD)
    return Moments(
        np.zeros(blocks, np.int64),
        np.zeros((blocks, levels, operators)),
        np.zeros((blocks, levels, operators, operators)),
        np.zeros((blocks, levels - 1, operators, operators)),
    )


def _add(sums: Moments, block: int, values: list[np.ndarray]) -> None:
    sums.counts[block] += len(values[0])
    for level, value in enumerate(values):
        sums.first[block, level] += value.sum(axis=0)
        sums.within[block, level] += value.T @ value
        if level:
            sums.between[block, level - 1] += value.T @ values[level - 1]


def linearized_matrix(within: np.ndarray, between: np.ndarray) -> np.ndarray:
    """T = ⟨S'S'⟩_c⁻¹ ⟨S'S⟩_c, shape (..., operator, operator), from both connected averages; not
    numbers where operators of the block spins depend on one another, as those of too few lattices,
    or of block spins that are nearly all the same, do.
    """
    dependent = np.linalg.matrix_rank(within, hermitian=True) < within.shape[-1]
    one = np.eye(within.shape[-1])
    matrix = np.linalg.solve(np.where(dependent[..., None, None], one, within), between)
    return np.where(dependent[..., None, None], math.nan, matrix)


@dataclass(frozen=True)
class Exponent:
    """An exponent y from each step and number of couplings, and the best of them.

    Parameters
    ----------
    values, errors : shape (step, number of couplings), the errors by jackknife over blocks
        (not a number for a single block); values are not numbers where operators depend on one
        another; entry (s, n) is of step s + 1 with n + 1 couplings.
    value : of the last step with all couplings.
    statistical : its jackknife error.
    systematic : the spread, largest less smallest, over the last two steps and
        the last two numbers of couplings.
    total : root of the sum of squares of both.
    """

    values: np.ndarray
    errors: np.ndarray
    value: float
    statistical: float
    systematic: float
    total: float


def thermal_exponent(moments: Moments, block: int, couplings: int = len(EVEN)) -> Exponent:
    """y_T from the first ``couplings`` even operators, for a scale factor ``block``;
    1 for the Ising model in two dimensions.
    """
    return _exponent(moments, EVEN_SECTOR, block, couplings)


def magnetic_exponent(moments: Moments, block: int, couplings: int = len(ODD)) -> Exponent:
    """y_H from the first ``couplings`` odd operators, for a scale factor ``block``;
    15/8 for the Ising model in two dimensions.

    The mean of an odd operator is zero by symmetry and not subtracted, so lattices may have
    any global signs.
    """
    return _exponent(moments, ODD_SECTOR, block, couplings)


def _exponent(moments: Moments, sector: slice, block: int, couplings: int) -> Exponent:
    names = list(EVEN if sector == EVEN_SECTOR else ODD)
    if not 1 <= couplings <= len(names):
        raise InputError(f"couplings: {couplings} is not allowed, give 1 to {len(names)}")
    values = _estimates(moments.total(), sector, block, couplings)[0]
    errors, blocks = np.full_like(values, math.nan), len(moments.counts)
    if blocks > 1:
        replicas = _estimates(moments.without_each(), sector, block, couplings)
        errors = np.sqrt((blocks - 1) * replicas.var(axis=0))
    systematic = float(np.ptp(values[-2:, -2:]))
    statistical = float(errors[-1, -1])
    total = math.hypot(statistical, systematic)
    return Exponent(values, errors, float(values[-1, -1]), statistical, systematic, total)


def _estimates(moments: Moments, sector: slice, block: int, couplings: int) -> np.ndarray:
    """The exponent from each row of sums, with 1 to ``couplings`` operators, shape
    (row, step, couplings).
    """
    counts = moments.counts[:, None, None]
    mean = moments.first[:, :, sector] / counts * (sector == EVEN_SECTOR)
    within = moments.within[:, 1:, sector, sector] / counts[..., None]
    within = within - mean[:, 1:, :, None] * mean[:, 1:, None]
    between = moments.between[:, :, sector, sector] / counts[..., None]
    between = between - mean[:, 1:, :, None] * mean[:, :-1, None]
    columns = []
    for number in range(1, couplings + 1):
        matrix = linearized_matrix(within[..., :number, :number], between[..., :number, :number])
        known = np.isfinite(matrix).all(axis=(-2, -1))
        found = np.linalg.eigvals(np.where(known[..., None, None], matrix, 1.0))
        largest = np.where(known, np.abs(found).max(axis=-1), math.nan)
        columns.append(np.log(largest) / math.log(block))
    return np.stack(columns, axis=-1)
