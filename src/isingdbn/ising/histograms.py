"""The difference of two inverse temperatures from two histograms of the energy, without a model of
either: the ratio of the histograms of the Ising model is exp(E Δ(1/T)), whatever its density of
states (Ferrenberg and Swendsen, Phys. Rev. Lett. 61, 2635 (1988)).
"""

import numpy as np
from scipy.optimize import minimize
from scipy.special import expit

__all__ = ["inverse_temperature_difference"]

GROUPS = 20  # of which each is left out in turn
SHARED = 0.02  # of either sample, at the least, beyond the median of the other


def inverse_temperature_difference(
    colder: np.ndarray, hotter: np.ndarray, groups: tuple[np.ndarray, np.ndarray]
) -> dict[str, float]:
    """The slope of the logarithm of the ratio of two histograms of energies, without bins: by the
    logistic regression that tells which sample an energy is of.

    Parameters
    ----------
    colder, hotter : energies of lattices (sample,), in J.
    groups : of either, what each sample belongs to (sample,); samples of different groups are
        independent.

    Returns
    -------
    ``slope``, in 1/J, and its ``slope_error``; for Ising lattices of two temperatures it is
    1/T_colder - 1/T_hotter. ``bend``, the coefficient of the square of the energy in units of its
    standard deviation, and its ``bend_error``; for Ising lattices it is 0. Errors are of the
    jackknife over groups. All are not numbers if the histograms hardly overlap.
    """
    names = ("slope", "slope_error", "bend", "bend_error")
    if min(np.mean(hotter < np.median(colder)), np.mean(colder > np.median(hotter))) < SHARED:
        return dict.fromkeys(names, np.nan)
    energies = np.concatenate([colder, hotter])
    centre, scale = energies.mean(), energies.std()
    features = (energies - centre) / scale
    is_hotter = np.repeat([0.0, 1.0], [len(colder), len(hotter)])
    members = np.concatenate([_blocks(of) for of in groups])
    whole = _coefficients(features, is_hotter)
    left_out = np.array(
        [
            _coefficients(features[members != group], is_hotter[members != group])
            for group in range(members.max() + 1)
        ]
    )
    spread = left_out - left_out.mean(axis=0)
    errors = np.sqrt((len(left_out) - 1) / len(left_out) * (spread**2).sum(axis=0))
    found = whole[0] / scale, errors[0] / scale, whole[1], errors[1]
    return dict(zip(names, map(float, found), strict=True))


def _blocks(groups: np.ndarray) -> np.ndarray:
    """Groups joined to `GROUPS` blocks, or as many as there are."""
    distinct, place = np.unique(groups, return_inverse=True)
    return place * min(GROUPS, len(distinct)) // len(distinct)


def _coefficients(energies: np.ndarray, is_hotter: np.ndarray) -> np.ndarray:
    """The slope of the log odds in the fit of a line, and the bend in that of a parabola."""
    line = _fit(np.stack([np.ones_like(energies), energies], axis=1), is_hotter)
    parabola = np.stack([np.ones_like(energies), energies, energies**2], axis=1)
    return np.array([line[1], _fit(parabola, is_hotter)[2]])


def _fit(features: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """The coefficients of a logistic regression."""

    def cost(coefficients: np.ndarray) -> tuple[float, np.ndarray]:
        odds = features @ coefficients
        gradient = features.T @ (expit(odds) - labels)
        return float(np.mean(np.logaddexp(0, odds) - labels * odds)), gradient / len(labels)

    start = np.zeros(features.shape[1])
    return minimize(cost, start, jac=True, method="BFGS", options={"gtol": 1e-8}).x
