"""What a reader is shown of the units of a layer: their fields in few steps, which of them stand
for a layer that has too many, and the lattices that excite them most.
"""

import numpy as np

__all__ = ["STEPS", "in_steps", "most_exciting", "turn_of_units"]

STEPS = 127  # of a value, from zero to the largest of its field


def in_steps(fields: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Fields (…, height, width) as whole numbers from -127 to 127, int8 of the same shape,
    and the largest |value| of each, float32 (…,).

    A field that is zero everywhere, or has a value that is no number, has zeros; of the second
    kind the largest value is not a number.
    """
    largest = np.abs(fields).max(axis=(-2, -1)).astype(np.float64)
    known = np.isfinite(largest) & (largest > 0)
    scale = np.where(known, largest, 1)[..., None, None]
    shown = np.where(known[..., None, None], fields, 0)
    steps = np.rint(shown / scale * STEPS).astype(np.int8)
    return steps, np.where(np.isfinite(largest), largest, np.nan).astype(np.float32)


def turn_of_units(strength: np.ndarray) -> np.ndarray:
    """When the turn of each unit comes, (unit,), if a layer is shown by a few of its units:
    by turns the strongest, the one nearest to the median, and the weakest that is left.

    Parameters
    ----------
    strength : (unit,); what is no number counts as zero.
    """
    order = np.argsort(-np.nan_to_num(strength), kind="stable")
    count = len(order)
    middle = sorted(range(count), key=lambda place: (abs(2 * place - count + 1), place))
    taken: dict[int, None] = {}
    for of_three in zip(range(count), middle, reversed(range(count)), strict=True):
        taken.update(dict.fromkeys(of_three))
    turn = np.empty(count, int)
    turn[order[list(taken)]] = np.arange(count)
    return turn


def most_exciting(inputs: np.ndarray, count: int) -> np.ndarray:
    """The numbers of the samples with the largest input to each unit, (unit, count) in falling
    order; fewer where there are fewer samples.

    Parameters
    ----------
    inputs : (sample, unit), before the nonlinearity.
    """
    return np.argsort(-inputs, axis=0, kind="stable")[:count].T
