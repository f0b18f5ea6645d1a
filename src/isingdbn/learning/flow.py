"""The flow of a machine: visible units, hidden units, visible units again, and so on. NumPy alone.

Iso, Shiba and Yokoo, Phys. Rev. E 97, 053304 (2018), ask where it goes.
"""

import math
from collections.abc import Callable, Iterator

import numpy as np

from isingdbn.learning.stack import StackLayer

__all__ = ["FLOWING", "draw", "flow", "gibbs_samples", "ising_means", "machine_means",
           "recorded_steps", "rest", "spectral_radius"]  # fmt: skip

FLOWING = ("spin", "bernoulli", "gaussian")  # kinds of units that are drawn here
RECORDS = 12  # steps, at the most, that are recorded besides the start
APART = 1e-4  # distance of two states from the one at which they give the derivative
NEGLIGIBLE = 1e-6  # part of a vector, below which the vectors before it span it


def recorded_steps(steps: int) -> list[int]:
    """The start, the first step, the last, and others evenly over the logarithm of the step."""
    return [0, *map(int, np.unique(np.geomspace(1, steps, RECORDS).round()))]


def flow(
    layer: StackLayer, start: np.ndarray, steps: int, random: np.random.Generator
) -> Iterator[tuple[int, np.ndarray]]:
    """Draw hidden units given visible ones and the reverse, ``steps`` times.

    Parameters
    ----------
    start : visible units (chain, visible).

    Yields
    ------
    each of `recorded_steps` with the visible units then, float32 (chain, visible).
    """
    recorded = set(recorded_steps(steps))
    values = start.astype(np.float32)
    yield 0, values
    for step in range(1, steps + 1):
        values = _swept(layer, values, random)
        if step in recorded:
            yield step, values


def gibbs_samples(
    layer: StackLayer, start: np.ndarray, sweeps: int, snapshots: int, random: np.random.Generator
) -> Iterator[np.ndarray]:
    """Visible units of a machine by Gibbs sampling, evenly over the second half of the sweeps.

    Parameters
    ----------
    start : visible units (chain, visible).
    sweeps : in all, at least ``2 · snapshots``.

    Yields
    ------
    each of the ``snapshots``, float32 (chain, visible).
    """
    values = start.astype(np.float32)
    times = set(np.rint(np.linspace(sweeps / 2, sweeps, snapshots + 1)[1:]).astype(int))
    for sweep in range(1, sweeps + 1):
        values = _swept(layer, values, random)
        if sweep in times:
            yield values


def machine_means(layer: StackLayer, values: np.ndarray) -> np.ndarray:
    """The visible means (sample, unit) of a machine after the hidden ones."""
    return layer.visible_mean(layer.hidden_mean(values))


def ising_means(values: np.ndarray, shape: tuple[int, int], temperature: float) -> np.ndarray:
    """The visible means (sample, site) after the hidden ones, of the machine that is the Ising
    model of ``temperature`` (J/k_B) on the torus: one hidden spin a bond, with the weight w to both
    of its ends, ½ log cosh 2w = 1/T.
    """
    weight = np.float32(0.5 * math.acosh(math.exp(2 / temperature)))
    lattices = values.reshape(-1, *shape)
    field = np.zeros_like(lattices)
    for axis in (1, 2):
        bond = np.tanh(weight * (lattices + np.roll(lattices, -1, axis)))
        field += bond + np.roll(bond, 1, axis)
    return np.tanh(weight * field).reshape(values.shape)


def rest(
    step: Callable[[np.ndarray], np.ndarray], start: np.ndarray, steps: int, tolerance: float = 1e-5
) -> tuple[np.ndarray, np.ndarray]:
    """Where ``start`` goes under a map of (sample, unit), until no unit changes by more than
    ``tolerance`` any longer.

    Returns
    -------
    the last values, float32 (sample, unit), and which of them have come to rest, (sample,).
    """
    values = start.astype(np.float32)
    moving = np.ones(len(values), bool)
    for _ in range(steps):
        following = step(values[moving])
        change = np.abs(following - values[moving]).max(axis=1)
        values[moving] = following
        moving[moving] = change > tolerance
        if not moving.any():
            break
    return values, ~moving


def spectral_radius(
    step: Callable[[np.ndarray], np.ndarray],
    states: np.ndarray,
    random: np.random.Generator,
    iterations: int = 40,
) -> np.ndarray:
    """The largest absolute eigenvalue of the Jacobian J of a map at each of ``states``: by how much
    the slowest perturbation shrinks a step, if it is below 1.

    J x is a symmetric difference in float64. Arnoldi's iteration (Q. Appl. Math. 9, 17 (1951))
    projects J on x, J x, J² x and so on, from a random x. It takes the products of a power
    iteration, but needs far fewer where eigenvalues are close: 40 of them are good to 1e-3 for
    machines of 1600 spins.

    Parameters
    ----------
    step : a map of (sample, unit) that computes in float64 what it is given so. J must be similar
        to a symmetric matrix, as it is for visible means after hidden ones.
    states : (sample, unit).
    iterations : products J x, at the most one a unit.

    Returns
    -------
    float64 (sample,).
    """
    values = states.astype(np.float64)
    size = min(iterations, values.shape[1])
    basis = np.empty((size, *values.shape))
    projected = np.zeros((len(values), size, size))
    following = random.standard_normal(values.shape)
    following /= np.linalg.norm(following, axis=1, keepdims=True)
    for k in range(size):
        basis[k] = following
        difference = step(values + APART * basis[k]) - step(values - APART * basis[k])
        following = difference / (2 * APART)
        least = NEGLIGIBLE * np.linalg.norm(following, axis=1)
        for j in range(k + 1):
            projected[:, j, k] = np.sum(basis[j] * following, axis=1)
            following -= projected[:, j, k, None] * basis[j]
        length = np.linalg.norm(following, axis=1)
        goes_on = length > least
        following[goes_on] /= length[goes_on, None]
        following[~goes_on] = 0
        if k + 1 < size:
            projected[goes_on, k + 1, k] = length[goes_on]
    return np.abs(np.linalg.eigvals(projected)).max(axis=1)


def _swept(layer: StackLayer, values: np.ndarray, random: np.random.Generator) -> np.ndarray:
    hidden = draw(layer.hidden_mean(values), layer.hidden, random)
    sigma = 1.0 if layer.sigma is None else layer.sigma
    return draw(layer.visible_mean(hidden), layer.visible, random, sigma)


def draw(
    means: np.ndarray,
    kind: str,
    random: np.random.Generator,
    sigma: np.ndarray | float = 1.0,
) -> np.ndarray:
    """Units of a kind with these ``means`` (sample, unit), float32; one of `FLOWING`."""
    if kind == "gaussian":
        noise = random.standard_normal(means.shape, np.float32)
        return (means + sigma * noise).astype(np.float32)
    uniform = random.random(means.shape, np.float32)
    if kind == "spin":
        return np.where(2 * uniform < 1 + means, 1, -1).astype(np.float32)
    return (uniform < means).astype(np.float32)
