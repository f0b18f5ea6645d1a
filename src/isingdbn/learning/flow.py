"""The flow of a machine: visible units, hidden units, visible units again, and so on. NumPy alone.

Iso, Shiba and Yokoo, Phys. Rev. E 97, 053304 (2018), ask where it goes.
"""

from collections.abc import Iterator

import numpy as np

from isingdbn.learning.stack import StackLayer

__all__ = ["FLOWING", "draw", "flow", "recorded_steps"]

FLOWING = ("spin", "bernoulli", "gaussian")  # kinds of units that are drawn here
RECORDS = 12  # steps, at the most, that are recorded besides the start


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
        hidden = draw(layer.hidden_mean(values), layer.hidden, random)
        sigma = 1.0 if layer.sigma is None else layer.sigma
        values = draw(layer.visible_mean(hidden), layer.visible, random, sigma)
        if step in recorded:
            yield step, values


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
