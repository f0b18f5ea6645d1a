"""What lattices that a machine samples look like. NumPy alone."""

import math

import numpy as np

__all__ = ["lattice_averages", "mean_and_error"]


def lattice_averages(v: np.ndarray, shape: tuple[int, int]) -> dict[str, np.ndarray]:
    """What lattices ``v`` (snapshot, chain, pixel) of ``shape`` look like, averaged over
    the snapshots of each chain.

    Returns
    -------
    ``correlation_y`` (chain, height//2 + 1) and ``correlation_x`` (chain, width//2 + 1), ⟨v(x)
    v(x + r)⟩ along the axes; ``energy`` a site in J, minus the two of nearest neighbours;
    ``magnetization_squared`` ⟨m²⟩ with the terms v_i² of real-valued units taken as the 1 of spins,
    so that their noise does not count; and ``abs_magnetization`` ⟨|m|⟩; (chain,) each.
    """
    lattices = v.reshape(*v.shape[:2], *shape).astype(np.float64)
    magnetization = lattices.mean(axis=(2, 3))
    along = [_correlation(np.moveaxis(lattices, axis, -1)) for axis in (2, 3)]
    return {
        "energy": -sum(correlation[:, 1] for correlation in along),
        "abs_magnetization": abs(magnetization).mean(axis=0),
        "magnetization_squared": (magnetization**2).mean(axis=0)
        - (along[0][:, 0] - 1) / math.prod(shape),
        "correlation_y": along[0],
        "correlation_x": along[1],
    }


def _correlation(lines: np.ndarray) -> np.ndarray:
    """Correlation along the last axis of (snapshot, chain, line, site) to half
    of its length, (chain, distance).
    """
    sites = lines.shape[-1]
    power = (np.abs(np.fft.rfft(lines)) ** 2).mean(axis=(0, 2))
    return np.fft.irfft(power, sites)[:, : sites // 2 + 1] / sites


def mean_and_error(values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Mean over the first axis and its standard error, which is not a number for a single value;
    the values are independent.
    """
    spread = values.std(axis=0, ddof=1) if len(values) > 1 else np.full(values.shape[1:], np.nan)
    return values.mean(axis=0), spread / math.sqrt(len(values))
