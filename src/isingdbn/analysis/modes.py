"""How much of a receptive field is in the longest waves of the lattice.

The 25 lattice waves with |k_x|, |k_y| ≤ 2 (in units of 2π / side) are the best linear
code of 25 numbers wherever the structure factor falls with |k|: by translation
invariance the principal components are waves.

``fields`` are arrays (unit, height, width) of which no unit is zero.
"""

import numpy as np

from isingdbn.analysis.metric import metric
from isingdbn.analysis.strength import scaled

__all__ = [
    "LARGEST", "SHELLS", "low_mode_overlap", "low_mode_share", "principal_overlap", "shell_shares",
]  # fmt: skip

LARGEST = 2  # |k_x| and |k_y|
SHELLS = (LARGEST, 5, 10)  # the largest |k| of each shell of waves but the last, which has none
SPANS = 1e-5  # of the largest singular value: single precision spans no direction below


@metric("share of the power in |k| ≤ 2", local="higher")
def low_mode_share(fields: np.ndarray) -> np.ndarray:
    """The part of Σ w² that is in the waves with |k_x|, |k_y| ≤ 2."""
    return shell_shares(fields)[0]


def shell_shares(fields: np.ndarray) -> np.ndarray:
    """The parts of Σ w² that are in the waves of each of `SHELLS`, where |k| is the larger of
    |k_x| and |k_y|; shape (shell, unit), and their sum is 1.
    """
    power = np.abs(np.fft.fft2(scaled(fields))) ** 2
    shell = np.searchsorted(SHELLS, _wave_numbers(fields))
    of_shell = [power[:, shell == number].sum(axis=1) for number in range(len(SHELLS) + 1)]
    return np.array(of_shell) / power.sum(axis=(1, 2))


@metric("overlap with the space of |k| ≤ 2", local="higher", of_layer=True)
def low_mode_overlap(fields: np.ndarray) -> float:
    """Mean squared cosine of the principal angles between the fields of a layer and
    the waves with |k_x|, |k_y| ≤ 2.
    """
    height, width = fields.shape[1:]
    y, x = 2j * np.pi * np.arange(height) / height, 2j * np.pi * np.arange(width) / width
    numbers = range(-LARGEST, LARGEST + 1)
    waves = [np.exp(k * y)[:, None] * np.exp(q * x) for k in numbers for q in numbers]
    parts = np.array([part.ravel() for wave in waves for part in (wave.real, wave.imag)])
    return principal_overlap(fields.reshape(len(fields), -1), parts)


def principal_overlap(first: np.ndarray, second: np.ndarray) -> float:
    """Mean squared cosine of the principal angles between the spans of two sets of
    vectors, each (vector, component): 1 if the smaller span lies in the other.

    Björck and Golub, Math. Comp. 27, 579 (1973).
    """
    one, other = _basis(first), _basis(second)
    return float(np.sum((one @ other.T) ** 2) / min(len(one), len(other)))


def _basis(vectors: np.ndarray) -> np.ndarray:
    """Orthonormal vectors (dimension, component) with the same span."""
    vectors = (vectors / np.abs(vectors).max()).astype(np.float64)
    if len(vectors) > vectors.shape[1]:  # the smaller of both products of all with all
        squares, directions = np.linalg.eigh(vectors.T @ vectors)
        return directions[:, squares > squares[-1] * SPANS**2].T
    squares, combinations = np.linalg.eigh(vectors @ vectors.T)
    spans = squares > squares[-1] * SPANS**2
    return combinations[:, spans].T @ vectors / np.sqrt(squares[spans])[:, None]


def _wave_numbers(fields: np.ndarray) -> np.ndarray:
    """The larger of |k_x| and |k_y| of every wave, (height, width)."""
    y, x = (np.abs(np.rint(np.fft.fftfreq(side) * side)) for side in fields.shape[1:])
    return np.maximum(y[:, None], x)
