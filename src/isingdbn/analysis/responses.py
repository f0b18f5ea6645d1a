"""What a unit responds to, measured on lattices: two definitions of its receptive field beside
the product of weights.
"""

from collections.abc import Callable, Iterable
from typing import Any

import numpy as np
from scipy.linalg import cho_factor, cho_solve

from isingdbn.analysis.network import Layer, activations

__all__ = ["SLOPES", "decorrelated_covariance", "mean_jacobian", "squared_cosine"]

RIDGE = 1e-9  # of the mean variance of a spin

# The derivative of a unit's mean by its input, from the mean: of spins, of Bernoulli units,
# and of the rectified units of an encoder.
SLOPES: dict[str, Callable[[np.ndarray], np.ndarray]] = {
    "spin": lambda mean: 1 - mean**2,
    "bernoulli": lambda mean: mean * (1 - mean),
    "rectified": lambda mean: (mean > 0).astype(mean.dtype),
}


def mean_jacobian(
    samples: np.ndarray, layers: list[Layer], kinds: list[str], shape: tuple[int, int]
) -> list[np.ndarray]:
    """The mean over samples of the derivative of each unit's mean by each spin.

    Parameters
    ----------
    samples : (sample, site).
    layers : weights, biases and nonlinearities, from the lattice inwards.
    kinds : of the units of each layer, keys of `SLOPES`.
    shape : height and width of the lattice.

    Returns
    -------
    one float64 array a layer, (units of the layer, height, width). Of the first layer it is the
    weights times a number a unit.
    """
    means = activations(samples, layers)
    slopes = [SLOPES[kind](mean) for kind, mean in zip(kinds, means, strict=True)]
    first, upper = layers[0][0].astype(np.float64), [weights for weights, _, _ in layers[1:]]
    sums = [np.zeros((first.shape[1], weights.shape[1])) for weights in upper]
    for of_sample in zip(*slopes, strict=True) if upper else ():
        through = of_sample[0][:, None] * upper[0] * of_sample[1]
        sums[0] += through
        for k, (weights, slope) in enumerate(zip(upper[1:], of_sample[2:], strict=True), start=1):
            through = through @ weights * slope
            sums[k] += through
    products = [first * slopes[0].mean(axis=0), *(first @ (of / len(samples)) for of in sums)]
    return [product.T.reshape(-1, *shape) for product in products]


def decorrelated_covariance(
    blocks: Iterable[np.ndarray], layers: list[Layer], shape: tuple[int, int]
) -> list[np.ndarray]:
    """The covariance of each unit's mean and each spin, without what spins tell of one another:
    C⁻¹ ⟨v h⟩_c, the weights of the best linear prediction of the unit, to least squares.

    C is the covariance of the spins in the same samples, so that a unit that is linear has its
    weights exactly. (With a C that is averaged over translations, whose inverse is a division in
    Fourier space, the noise of ⟨v h⟩_c does not cancel: at six samples a site such a unit has
    cos² = 0.87 with its weights.) A ridge of 10⁻⁹ of the mean variance keeps C invertible if there
    are fewer samples than sites.

    Parameters
    ----------
    blocks : samples, each (n, site).
    layers, shape : as of `mean_jacobian`.

    Returns
    -------
    one float64 array a layer, (units of the layer, height, width).
    """
    count = 0
    spins: Any = 0.0
    squares: Any = 0.0
    means: list[Any] = [0.0] * len(layers)
    products: list[Any] = [0.0] * len(layers)
    for block in blocks:
        v = block.astype(np.float64)
        count += len(v)
        spins = spins + v.sum(axis=0)
        squares = squares + v.T @ v
        for k, h in enumerate(activations(block.astype(np.float32), layers)):
            means[k] = means[k] + h.sum(axis=0, dtype=np.float64)
            products[k] = products[k] + v.T @ h.astype(np.float64)
    covariance = squares / count - np.outer(spins / count, spins / count)
    covariance[np.diag_indices_from(covariance)] += RIDGE * covariance.trace() / len(covariance)
    factor = cho_factor(covariance, overwrite_a=True)
    fields = []
    for mean, product in zip(means, products, strict=True):
        together = product / count - np.outer(spins / count, mean / count)
        fields.append(cho_solve(factor, together).T.reshape(-1, *shape))
    return fields


def squared_cosine(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """cos² of the angle between the fields of each unit, shape (unit,), of two arrays
    (unit, height, width); not a number where one of them is zero.
    """
    first, second = (
        fields.reshape(len(fields), -1).astype(np.float64) for fields in (first, second)
    )
    norms = np.sum(first**2, axis=1) * np.sum(second**2, axis=1)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.sum(first * second, axis=1) ** 2 / norms
