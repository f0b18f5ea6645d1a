"""Spin correlations of the finite torus by Pfaffians (Kasteleyn, J.

Math. Phys. 4, 287 (1963); McCoy and Wu 1973, chapters IV and V).

With t = tanh(1/T), Z is a sum over closed polygons of weight t a bond. On the torus it takes four
Pfaffians, one for each choice of periodic (p) and antiperiodic (a) fermions along y and x:

    Z = ½ (2 cosh² K)^N (S_aa + S_ap + S_pa − S_pp), S = Π_k √Q(k), Q = (1 + t²)² − 2t
    (1 − t²)(cos k_x + cos k_y).

The momentum k = 0 of S_pp has the root r = 1 − 2t − t², which vanishes at T_c and changes sign
there. It is kept apart everywhere.
"""

import math
import operator
from typing import Any

import numpy as np

from isingdbn.parameters.lattice import COLDEST, HOTTEST

__all__ = [
    "SECTORS",
    "modes",
    "pfaffian",
    "require_temperature",
    "require_torus",
    "torus_correlations",
    "torus_magnetization_squared",
]

SECTORS = ((1, 1), (1, 0), (0, 1), (0, 0))  # along y and x; 1 is antiperiodic

_RIGHT, _LEFT, _DOWN, _UP = range(4)  # the ends of a site's four bonds


def require_temperature(temperature: float | np.ndarray) -> np.ndarray:
    """``temperature`` as float64; ValueError unless all of it is finite
    and above 0 (from 1e-100 to 1e100).
    """
    values = np.asarray(temperature, np.float64)
    bad = values[~((values >= COLDEST) & (values <= HOTTEST))]
    if bad.size:
        raise ValueError(
            f"temperature {bad.flat[0]} is not allowed: above 0 is needed,"
            f" from {COLDEST} to {HOTTEST} J/k_B"
        )
    return values


def require_torus(shape: tuple[int, int], temperature: float) -> tuple[int, int, float]:
    """Height, width and one temperature; ValueError unless the sides are integers of at least 2
    and the temperature is above 0.
    """
    try:
        height, width = (operator.index(side) for side in shape)
    except (TypeError, ValueError):
        height = width = 0
    if min(height, width) < 2:
        raise ValueError(
            f"shape {shape} is not allowed: (height, width), two integers of at least 2, is needed"
        )
    if np.ndim(temperature):
        raise ValueError(f"temperature {temperature} is not allowed: one number is needed")
    return height, width, float(require_temperature(temperature))


def modes(shape: tuple[int, int], sector: tuple[int, int]) -> tuple[np.ndarray, np.ndarray]:
    """The momenta of one of the `SECTORS`, those that differ by a reflection taken
    together and k = 0 left out.

    Returns
    -------
    lattice Laplacian sin²(k_x/2) + sin²(k_y/2), shape (mode,), and the power with which Q stands
    in S, shape (mode,): 2, 1 or ½. Q is a perfect square where the power is ½,
    and the Laplacian 1 or 2 there.
    """
    height, width = (
        np.arange(antiperiodic, side + 1, 2) / side
        for side, antiperiodic in zip(shape, sector, strict=True)
    )
    laplacian = np.sin(np.pi / 2 * height[:, None]) ** 2 + np.sin(np.pi / 2 * width) ** 2
    copies = [np.where((steps == 0) | (steps == 1), 1, 2) for steps in (height, width)]
    power = np.outer(*copies) / 2
    moving = laplacian > 0
    return laplacian[moving], power[moving]


def pfaffian(matrix: np.ndarray) -> float:
    """Pfaffian of a real antisymmetric ``matrix`` (2n, 2n) by the pivoted elimination
    of Parlett and Reid (Wimmer 2012).
    """
    left = matrix.copy()
    result = 1.0
    while len(left):
        pivot: Any = 1 + np.argmax(np.abs(left[0, 1:]))
        if pivot > 1:
            left[[1, pivot]] = left[[pivot, 1]]
            left[:, [1, pivot]] = left[:, [pivot, 1]]
            result = -result
        head = left[0, 1]
        if head == 0:
            return 0.0
        result *= head
        outer = np.outer(left[0, 2:] / head, left[1, 2:])
        left = left[2:, 2:] + outer.T - outer
    return float(result)


def _kasteleyn(t: float, forward_y: np.ndarray, forward_x: np.ndarray) -> np.ndarray:
    """The matrix of one momentum, shape (…, 4, 4), after McCoy and Wu 1973, chapter IV;
    ``forward`` is exp(ik). Its determinant is Q.
    """
    matrix = np.zeros((*np.broadcast_shapes(forward_y.shape, forward_x.shape), 4, 4), complex)
    matrix[..., _RIGHT, _LEFT] = 1 + t * forward_x
    matrix[..., _DOWN, _UP] = 1 + t * forward_y
    matrix[..., _RIGHT, _DOWN] = matrix[..., _RIGHT, _UP] = matrix[..., _LEFT, _UP] = -1
    matrix[..., _LEFT, _DOWN] = 1
    return matrix - matrix.conj().swapaxes(-1, -2)


def _propagator(shape: tuple[int, int], sector: tuple[int, int], t: float) -> np.ndarray:
    """The inverse Kasteleyn matrix by displacement and bond ends, shape
    (2 height, 2 width, 4, 4), without k = 0.

    The displacement may be negative, as an index of NumPy: over two turns both kinds
    of fermions are periodic.
    """
    forward = [
        np.exp(1j * np.pi * (2 * np.arange(side) + twist) / side)
        for side, twist in zip(shape, sector, strict=True)
    ]
    matrix = _kasteleyn(t, forward[0][:, None], forward[1])
    if sector == (0, 0):
        matrix[0, 0] = np.eye(4)
    inverse = np.linalg.inv(matrix)
    if sector == (0, 0):
        inverse[0, 0] = 0
    result = np.fft.fft2(inverse, axes=(0, 1)) / math.prod(shape)
    for axis, (side, twist) in enumerate(zip(shape, sector, strict=True)):
        phase = np.exp(-1j * np.pi * twist * np.arange(2 * side) / side)
        result = np.moveaxis(
            np.moveaxis(np.concatenate([result, result], axis), axis, -1) * phase, -1, axis
        )
    return result.real


def _path(down: int, right: int) -> np.ndarray:
    """The ends of the bonds of a path from the origin, first to the right, then down:
    rows (y, x, end), two of them a bond.
    """
    along = [end for x in range(right) for end in ((0, x, _RIGHT), (0, x + 1, _LEFT))]
    return np.array(
        along + [end for y in range(down) for end in ((y, right, _DOWN), (y + 1, right, _UP))], int
    ).reshape(-1, 3)


def _inverted(path: np.ndarray, propagator: np.ndarray, t: float) -> np.ndarray:
    """The matrix whose Pfaffian is t^n Pf(A')/Pf(A), where A' has 1/t for t on the
    n bonds of ``path`` (2n, 3).

    A' = A + (1/t - t) B J Bᵀ, J antisymmetric on each bond, and Pf(A')/Pf(A)
    is a Pfaffian of J and BᵀA⁻¹B alone.
    """
    y, x, end = path.T
    matrix = (t * t - 1) * propagator[y - y[:, None], x - x[:, None], end[:, None], end]
    bonds = np.arange(0, len(path), 2)
    matrix[bonds, bonds + 1] += t
    matrix[bonds + 1, bonds] -= t
    return matrix


def _with_zero_mode(matrix: np.ndarray, path: np.ndarray, t: float, sites: int) -> np.ndarray:
    """The same for S_pp, with k = 0 as four rows and columns in front: -r times the Pfaffian,
    and nothing is divided by r.
    """
    zero = -_kasteleyn(t, np.ones(()), np.ones(())).real
    edge = math.sqrt((1 - t * t) / sites) * np.eye(4)[:, path[:, 2]]
    return np.block([[zero, edge], [-edge.T, matrix]])


def _sector_weights(shape: tuple[int, int], t: float) -> np.ndarray:
    """S of the four sectors, that of S_pp without r, over the largest, shape (4,)."""
    root, mass = 1 - 2 * t - t * t, 4 * t * (1 - t * t)
    logs = np.array(
        [
            power @ np.log(root**2 + mass * laplacian)
            for laplacian, power in (modes(shape, sector) for sector in SECTORS)
        ]
    )
    return np.exp(logs - logs.max())


def torus_correlations(shape: tuple[int, int], temperature: float) -> np.ndarray:
    """Exact ⟨s_0 s_r⟩ for every displacement r of the torus.

    A spin pair is the path between the two spins with 1/t for t on its bonds,
    in each sector a Pfaffian of twice its length. At T_c nothing is singular.
    Rounding is below 10⁻¹³ up to 64 × 64. The time grows as the fifth power of the side at most.

    Parameters
    ----------
    shape : (height, width), both at least 2; a side of 2 has double bonds.
    temperature : in units of J/k_B.

    Returns
    -------
    float64 of shape ``shape``; element (y, x) belongs to a displacement of y rows and x columns.

    Raises
    ------
    ValueError : a side below 2, a temperature that is not finite and above 0.
    """
    height, width, temperature = require_torus(shape, temperature)
    t = math.tanh(1 / temperature)
    weights = _sector_weights((height, width), t)
    propagators = [_propagator((height, width), sector, t) for sector in SECTORS]
    partition = weights @ [1, 1, 1, -(1 - 2 * t - t * t)]
    quadrant = np.ones((height // 2 + 1, width // 2 + 1))
    for right in range(width // 2 + 1):
        lowest = right if height == width else height // 2
        path = _path(lowest, right)
        matrices = [_inverted(path, propagator, t) for propagator in propagators]
        matrices[3] = _with_zero_mode(matrices[3], path, t, height * width)
        for down in range(lowest + 1):
            sizes = 2 * (right + down) + np.array([0, 0, 0, 4])
            pfaffians = [
                pfaffian(matrix[:size, :size]) for matrix, size in zip(matrices, sizes, strict=True)
            ]
            quadrant[down, right] = weights @ pfaffians / partition
            if height == width:
                quadrant[right, down] = quadrant[down, right]
    return quadrant[
        np.ix_(*(np.minimum(np.arange(side), side - np.arange(side)) for side in (height, width)))
    ]


def torus_magnetization_squared(shape: tuple[int, int], temperature: float) -> float:
    """Exact ⟨m²⟩ of the torus, the mean of `torus_correlations`.

    Times the number of sites it is the mean Wolff cluster (Wolff 1989).
    """
    return float(torus_correlations(shape, temperature).mean())
