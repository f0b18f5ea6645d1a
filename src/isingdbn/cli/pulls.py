"""How far a measured value is from an exact one, in standard errors."""

import math

__all__ = ["pull"]


def pull(value: float, exact: float, error: float) -> float:
    """(value - exact)/error to two places; not a number, which is an empty cell,
    where there is no error or no estimate of it.
    """
    return round((value - exact) / error, 2) if 0 < error < math.inf else math.nan
