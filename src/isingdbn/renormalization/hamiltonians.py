"""The Hamiltonians of the paper's section 2, with its equations as they should read.

All have β inside: a state has the weight e^{-H}, Z = Σ e^{-H}, and F = -log Z. Spins are ±1. Three
places of the paper read otherwise, and are easily mended:

- Equation 3 breaks off after its first sum; `Machine` has all of it.
- F is written -log Σ e^{+H}; with the weight e^{-H} of equations 4 to 6 it is -log Σ e^{-H}.
- T = H_RBM + H belongs to the convention in which a joint state has the weight e^{+H_RBM}.
  Equations 4 to 6 use e^{-H_RBM}, and then T = H - H_RBM, which `variational_operator` has.

References
----------
Kadanoff, Houghton and Yalabik, J. Stat. Phys. 14, 171 (1976). Mehta and Schwab, arXiv:1410.3831.
"""

import itertools
from dataclasses import dataclass

import numpy as np
from scipy.special import logsumexp

from isingdbn.errors import InputError

__all__ = [
    "Machine",
    "SpinHamiltonian",
    "free_energy",
    "ising_torus",
    "renormalized_hamiltonian",
    "spin_expansion",
    "variational_operator",
]

LOG_2PI = np.log(2 * np.pi)


@dataclass(frozen=True)
class SpinHamiltonian:
    """H(v) = -Σ_i B_i v_i - Σ_{i<j} J_ij v_i v_j - Σ_{i<j<k} K_ijk v_i v_j v_k.

    Equation 1 (spin glass, Hopfield) without ``triples``, equation 2 to third order with them.
    Each pair and each triple counts once.

    Parameters
    ----------
    fields : B, shape (site,).
    pairs : J, shape (site, site), symmetric, zero where both sites are one.
    triples : K, shape (site, site, site), symmetric, zero where two sites are one; or None.

    Raises
    ------
    InputError : a tensor is not of this kind.
    """

    fields: np.ndarray
    pairs: np.ndarray
    triples: np.ndarray | None = None

    def __post_init__(self) -> None:
        for name in ("pairs", "triples"):
            tensor = getattr(self, name)
            if tensor is not None:
                _require_symmetric(name, tensor, len(self.fields))

    def energy(self, spins: np.ndarray) -> np.ndarray:
        """H, shape (...), of ``spins`` (..., site) in {-1, +1}."""
        spins = spins.astype(np.float64)
        field = self.fields + spins @ self.pairs / 2
        if self.triples is not None:
            field += np.einsum("...i,...j,ijk->...k", spins, spins, self.triples, optimize=True) / 6
        return -(field * spins).sum(axis=-1)


def _require_symmetric(name: str, tensor: np.ndarray, sites: int) -> None:
    if tensor.shape != (sites,) * tensor.ndim:
        raise InputError(f"{name}: shape {tensor.shape} does not fit {sites} fields")
    swapped = (np.swapaxes(tensor, 0, axis) for axis in range(1, tensor.ndim))
    if not all(np.array_equal(tensor, other) for other in swapped):
        raise InputError(f"{name}: must be symmetric under exchange of sites")
    if any(
        np.diagonal(tensor, 0, *axes).any()
        for axes in itertools.combinations(range(tensor.ndim), 2)
    ):
        raise InputError(f"{name}: must be zero where two sites are the same")


def ising_torus(height: int, width: int, coupling: float) -> SpinHamiltonian:
    """The nearest-neighbour Ising model on a torus, H = -K Σ_<ij> v_i v_j with K = J/k_B T.

    Sites are in row-major order. A side of 2 has double bonds, so its pairs have 2K; a side of 1
    has bonds from a site to itself, which are a constant and are left out.
    """
    sites = np.arange(height * width).reshape(height, width)
    pairs = np.zeros((sites.size, sites.size))
    for axis in (0, 1):
        if sites.shape[axis] > 1:
            np.add.at(pairs, (sites.ravel(), np.roll(sites, -1, axis).ravel()), coupling)
    return SpinHamiltonian(np.zeros(sites.size), pairs + pairs.T)


@dataclass(frozen=True)
class Machine:
    """A restricted Boltzmann machine (equation 3, completed):

    H_RBM(v, h) = U(v) - Σ_ij v_i W_ij h_j - Σ_j c_j h_j + constant,

    where U(v) = -Σ_i b_i v_i for spins and Bernoulli units, and Σ_i (v_i - b_i)²/2 for Gaussian
    ones of standard deviation 1.

    Parameters
    ----------
    weights : W, shape (visible, hidden). visible_bias : b, shape (visible,).
    hidden_bias : c, shape (hidden,).
    visible : ``"spin"`` {-1, +1}, ``"bernoulli"`` {0, 1} or ``"gaussian"``.
    hidden : ``"spin"`` or ``"bernoulli"``.
    constant : shifts the energy; it changes Z, and no probability.

    Raises
    ------
    InputError : shapes do not fit, or a kind is unknown.
    """

    weights: np.ndarray
    visible_bias: np.ndarray
    hidden_bias: np.ndarray
    visible: str = "spin"
    hidden: str = "spin"
    constant: float = 0.0

    def __post_init__(self) -> None:
        if self.weights.shape != (len(self.visible_bias), len(self.hidden_bias)):
            raise InputError(
                f"weights: shape {self.weights.shape} does not fit {len(self.visible_bias)}"
                f" visible and {len(self.hidden_bias)} hidden biases"
            )
        if self.visible not in ("spin", "bernoulli", "gaussian"):
            raise InputError(f"visible: {self.visible} is not spin, bernoulli or gaussian")
        if self.hidden not in ("spin", "bernoulli"):
            raise InputError(f"hidden: {self.hidden} is not spin or bernoulli")

    def energy_table(self, v: np.ndarray, h: np.ndarray) -> np.ndarray:
        """H_RBM of every row of ``v`` (n, visible) with every row of ``h`` (m, hidden),
        shape (n, m).
        """
        table = -(v @ self.weights) @ h.T
        table += (self._visible_energy(v) + self.constant)[:, None]
        table -= h @ self.hidden_bias
        return table

    def visible_hamiltonian(self, v: np.ndarray) -> np.ndarray:
        """H_RBM(v) = -log Σ_h e^{-H_RBM(v, h)}, shape (n,), of ``v`` (n, visible)."""
        inputs = v @ self.weights + self.hidden_bias
        return self._visible_energy(v) + self.constant - _log_sum(inputs, self.hidden)

    def hidden_hamiltonian(self, h: np.ndarray) -> np.ndarray:
        """H_RBM(h) = -log Σ_v e^{-H_RBM(v, h)}, shape (m,), of ``h`` (m, hidden);
        an integral where v is Gaussian.
        """
        inputs = h @ self.weights.T
        if self.visible == "gaussian":
            log_sum = (inputs * (inputs / 2 + self.visible_bias) + LOG_2PI / 2).sum(axis=-1)
        else:
            log_sum = _log_sum(inputs + self.visible_bias, self.visible)
        return self.constant - h @ self.hidden_bias - log_sum

    def in_spins(self) -> "Machine":
        """The machine of spins with the same energy in each joint state, where
        a Bernoulli unit is (1 + spin)/2.
        """
        if self.visible == "gaussian":
            raise InputError("visible: gaussian units are no spins; give spin or bernoulli")
        weights, b, c, constant = self.weights, self.visible_bias, self.hidden_bias, self.constant
        if self.hidden == "bernoulli":
            weights, c, constant = weights / 2, c / 2, constant - c.sum() / 2
            b = b + weights.sum(axis=1)
        if self.visible == "bernoulli":
            weights, b, constant = weights / 2, b / 2, constant - b.sum() / 2
            c = c + weights.sum(axis=0)
        return Machine(weights, b, c, constant=constant)

    def _visible_energy(self, v: np.ndarray) -> np.ndarray:
        if self.visible == "gaussian":
            return ((v - self.visible_bias) ** 2).sum(axis=-1) / 2
        return -(v @ self.visible_bias)


def _log_sum(inputs: np.ndarray, kind: str) -> np.ndarray:
    """Σ_j log Σ_{x_j} exp(x_j inputs_j) over the last axis, for units of a ``kind``."""
    size = np.abs(inputs)
    if kind == "spin":
        return (size + np.log1p(np.exp(-2 * size))).sum(axis=-1)
    return (np.maximum(inputs, 0) + np.log1p(np.exp(-size))).sum(axis=-1)


def variational_operator(hamiltonian: np.ndarray, machine_energy: np.ndarray) -> np.ndarray:
    """T(v, h) = H(v) - H_RBM(v, h), shape (visible state, hidden state), from both.

    It makes H_RG[h] = H_RBM[h] for any weights and biases, trained or not. What a machine learns
    is to bring Σ_h e^T near 1 for every v, that is its p(v) near that of H.
    """
    return hamiltonian[:, None] - machine_energy


def renormalized_hamiltonian(operator: np.ndarray, hamiltonian: np.ndarray) -> np.ndarray:
    """H_RG[h] = -log Σ_v e^{T(v, h)} e^{-H(v)} (equation 4), shape (hidden state,).

    Parameters
    ----------
    operator : T, shape (visible state, hidden state); may be -∞.
    hamiltonian : H, shape (visible state,).
    """
    return -logsumexp(operator - hamiltonian[:, None], axis=0)


def free_energy(hamiltonian: np.ndarray) -> float:
    """F = -log Σ e^{-H} of ``hamiltonian``, the energies (state,) of all states."""
    return float(-logsumexp(-hamiltonian))


def spin_expansion(values: np.ndarray) -> np.ndarray:
    """The couplings J_S of values(v) = Σ_S J_S Π_{i in S} v_i, for all sets of spins S.

    J_S is the mean of v_S times the value over all states (a Walsh-Hadamard transform).

    Parameters
    ----------
    values : shape (2^n,), of all states in the order of `enumeration.states`; -H for couplings.

    Returns
    -------
    shape (2^n,); bit i of the index tells whether site i is in S.
    """
    units = len(values).bit_length() - 1
    couplings = np.array(values, np.float64).reshape((2,) * units)
    for axis in range(units):
        down, up = np.split(couplings, 2, axis)
        couplings = np.concatenate([up + down, up - down], axis) / 2
    return couplings.ravel()
