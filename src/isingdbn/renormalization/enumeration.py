"""Lists of all states of few units, and sums over them in blocks that fit into memory.

State number s has unit i up if bit i of s is set, whatever "down" is: -1 for spins and 0
for Bernoulli units. So an array over states means the same for both kinds.
"""

from collections.abc import Iterator

import numpy as np

from isingdbn.errors import InputError

__all__ = ["LARGEST_ENUMERATED", "require_enumerable", "state_blocks", "states"]

LARGEST_ENUMERATED = 24  # units; 2^24 states take seconds
BLOCK_ENTRIES = 2**20  # of a table of visible by hidden states, 8 MB in float64


def require_enumerable(visible: int, hidden: int = 0) -> None:
    """Raise InputError where all joint states of so many units are too many to list."""
    if visible + hidden > LARGEST_ENUMERATED:
        raise InputError(
            f"{visible} visible and {hidden} hidden units are too many to enumerate, at most"
            f" {LARGEST_ENUMERATED} together; use sampled lattices instead, as"
            " effective couplings and Monte Carlo renormalization do"
        )


def states(units: int, kind: str = "spin", first: int = 0, last: int | None = None) -> np.ndarray:
    """The states from number ``first`` to before ``last`` (all by default)
    of ``units`` units, float64 of shape (state, unit).

    Parameters
    ----------
    kind : ``"spin"`` for {-1, +1} or ``"bernoulli"`` for {0, 1}.

    Raises
    ------
    InputError : more than `LARGEST_ENUMERATED` units.
    """
    require_enumerable(units)
    numbers = np.arange(first, 2**units if last is None else last)
    up = ((numbers[:, None] >> np.arange(units)) & 1).astype(np.float64)
    return up if kind == "bernoulli" else 2 * up - 1


def state_blocks(
    units: int, columns: int, kind: str = "spin"
) -> Iterator[tuple[slice, np.ndarray]]:
    """All states of ``units`` units in blocks, each with its slice of state numbers.

    A table of a block's states by ``columns`` has at most `BLOCK_ENTRIES` entries.
    """
    rows = max(1, BLOCK_ENTRIES // columns)
    for first in range(0, 2**units, rows):
        last = min(first + rows, 2**units)
        yield slice(first, last), states(units, kind, first, last)
