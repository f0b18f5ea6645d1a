"""The exponent of a power law, for claims and for the figure that shows it."""

from collections.abc import Sequence

import numpy as np

__all__ = ["fitted_exponent"]


def fitted_exponent(x: Sequence[float], y: Sequence[float]) -> float:
    """That of y ∝ x^a by least squares of log y against log x.

    Parameters
    ----------
    x, y : (point,), positive; two at least of ``x`` differ.
    """
    return float(np.polyfit(np.log(x), np.log(y), 1)[0])
