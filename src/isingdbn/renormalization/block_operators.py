"""Block-spin rules as operators T(v, h) of equation 4, and what they make of a small torus.

A rule gives each block spin a probability, e^T = Π_j P(h_j | block j of v). So Σ_h e^T = 1 for
every v by construction: the rule needs no training, ΔF = 0 and KL = 0.
"""

from collections.abc import Callable

import numpy as np

from isingdbn.errors import InputError
from isingdbn.renormalization.block_spin import require_tiling
from isingdbn.renormalization.enumeration import require_enumerable, state_blocks, states
from isingdbn.renormalization.hamiltonians import ising_torus, renormalized_hamiltonian

__all__ = [
    "decimation_operator",
    "kadanoff_operator",
    "majority_operator",
    "renormalized_torus",
    "two_by_two_couplings",
]

Operator = Callable[[np.ndarray, np.ndarray, int], np.ndarray]


def majority_operator(spins: np.ndarray, hidden: np.ndarray, block: int) -> np.ndarray:
    """T of the majority rule, in which each sign has probability ½ at a tie.

    Parameters
    ----------
    spins : (n, y, x) in {-1, +1}. hidden : (m, y / block, x / block) in {-1, +1}.

    Returns
    -------
    float64 of shape (n, m); -∞ where the rule forbids h.

    Raises
    ------
    InputError : ``block`` does not divide a side, or ``hidden`` has another shape.
    """
    signs = np.sign(_blocks(spins, block).sum(axis=-1))
    with np.errstate(divide="ignore"):
        return _sum_over_blocks(np.log((1 + signs) / 2), np.log((1 - signs) / 2), hidden)


def decimation_operator(spins: np.ndarray, hidden: np.ndarray, block: int) -> np.ndarray:
    """T of decimation, which keeps the first site of each block; otherwise
    as `majority_operator`.
    """
    kept = _blocks(spins, block)[..., 0]
    with np.errstate(divide="ignore"):
        return _sum_over_blocks(np.log((1 + kept) / 2), np.log((1 - kept) / 2), hidden)


def kadanoff_operator(p: float) -> Operator:
    """Kadanoff's T(v, h; p), as a function like `majority_operator`, which it becomes as p → ∞.

    T = Σ_j [p h_j Σ_i v_i - log 2cosh(p Σ_i v_i)] with i in block j, so P(h_j = 1) is
    1/(1 + exp(-2p Σ_i v_i)). The λ of the paper's equation 4 is p here.
    """

    def operator(spins: np.ndarray, hidden: np.ndarray, block: int) -> np.ndarray:
        field = 2 * p * _blocks(spins, block).sum(axis=-1)
        return _sum_over_blocks(-np.logaddexp(0, -field), -np.logaddexp(0, field), hidden)

    return operator


def _blocks(spins: np.ndarray, block: int) -> np.ndarray:
    """The sites of each block, float64 of shape (n, blocks down, blocks across, block²)."""
    n, height, width = spins.shape
    require_tiling(height, width, block)
    tiles = spins.reshape(n, height // block, block, width // block, block).swapaxes(2, 3)
    return tiles.reshape(*tiles.shape[:3], block * block).astype(np.float64)


def _sum_over_blocks(log_up: np.ndarray, log_down: np.ndarray, hidden: np.ndarray) -> np.ndarray:
    """Σ_j log P(h_j), shape (n, m), from the logarithms (n, y, x) for both signs."""
    if log_up.shape[1:] != hidden.shape[1:]:
        raise InputError(f"hidden: shape {hidden.shape[1:]} is not {log_up.shape[1:]}, the blocks'")
    total = np.zeros((len(log_up), len(hidden)))
    for y, x in np.ndindex(hidden.shape[1:]):
        total += np.where(hidden[:, y, x] > 0, log_up[:, y, x, None], log_down[:, y, x, None])
    return total


def renormalized_torus(
    height: int, width: int, coupling: float, operator: Operator, block: int = 2
) -> np.ndarray:
    """-H'[h] of the Ising torus of K = ``coupling`` under a block-spin rule, no constant dropped.

    Parameters
    ----------
    operator : `majority_operator`, `decimation_operator` or one of `kadanoff_operator`.

    Returns
    -------
    shape (2^blocks,), in the order of `enumeration.states` over the block lattice. Σ_h e^{-H'}
    is Z of the torus.

    Raises
    ------
    InputError : more sites and blocks together than can be listed, or ``block`` does not divide.
    """
    require_tiling(height, width, block)
    down, across = height // block, width // block
    require_enumerable(height * width, down * across)
    hamiltonian = ising_torus(height, width, coupling)
    hidden = states(down * across).reshape(-1, down, across)
    total = np.full(len(hidden), -np.inf)
    for _, v in state_blocks(height * width, len(hidden)):
        part = operator(v.reshape(-1, height, width), hidden, block)
        total = np.logaddexp(total, -renormalized_hamiltonian(part, hamiltonian.energy(v)))
    return total


def two_by_two_couplings(log_weights: np.ndarray) -> dict[str, float]:
    """The couplings of a block lattice of 2×2, exactly, from its -H' (16,).

    -H'[h] = g + K₁ Σ (8 bonds) + K₂ Σ (8 diagonals) + 4 K₄ Π h: on this torus a site meets
    each neighbour twice and each diagonal four times, and its four plaquettes are one.

    Returns
    -------
    ``constant`` g, ``nearest`` K₁, ``next_nearest`` K₂ and ``plaquette`` K₄, from the least squares
    of all 16 states; the fit is exact where -H' has the symmetries of the square and of h → -h.
    """
    h = states(4).reshape(-1, 2, 2)
    bonds = (h * np.roll(h, 1, 1) + h * np.roll(h, 1, 2)).sum(axis=(1, 2))
    diagonals = 2 * (h * np.roll(h, (1, 1), (1, 2))).sum(axis=(1, 2))
    columns = [np.ones(16), bonds, diagonals, 4 * h.prod(axis=(1, 2))]
    fitted = np.linalg.lstsq(np.stack(columns, axis=1), log_weights)[0]
    names = ("constant", "nearest", "next_nearest", "plaquette")
    return dict(zip(names, map(float, fitted), strict=True))
