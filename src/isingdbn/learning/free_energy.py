"""The free energy of a machine of spins, as its weights were after any epoch. NumPy alone."""

import numpy as np

from isingdbn.learning.dataset import Samples, in_order

__all__ = ["spin_free_energies"]


def spin_free_energies(
    samples: Samples, weights: np.ndarray, visible_bias: np.ndarray, hidden_bias: np.ndarray
) -> np.ndarray:
    """F(v) = -b·v - Σ_j log 2 cosh(c_j + Σ_i v_i W_ij) of each of ``samples``, float64 (sample,),
    of visible and hidden spins. The log likelihood is -F - log Z.

    What hidden units feel is summed in single precision, in which machines are trained.

    Parameters
    ----------
    samples : spins, each (visible,). weights : (visible, hidden).
    visible_bias, hidden_bias : b, (visible,), and c, (hidden,).
    """
    single = weights.astype(np.float32)
    found = []
    for rows in in_order(samples):
        spins = rows.astype(np.float32)
        felt = np.abs(spins @ single + hidden_bias, dtype=np.float64)
        cumulants = felt + np.log1p(np.exp(-2 * felt))
        found.append(-(spins @ visible_bias.astype(np.float64)) - cumulants.sum(axis=1))
    return np.concatenate(found)
