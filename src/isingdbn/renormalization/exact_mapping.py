"""The paper's mapping between machines and renormalization, exactly, by enumeration.

With T = H - H_RBM the renormalized Hamiltonian of equation 4 is that of the hidden units,
H_RG[h] = H_RBM[h] (equations 5 and 6), whatever the weights. So the identity says nothing about
what is learnt. That is told by t(v) = log Σ_h e^{T(v, h)}, since the machine's
p_λ(v) ∝ e^{-H(v) + t(v)}: it is p(v) where t is the same for all v.
"""

from dataclasses import dataclass, replace

import numpy as np
from scipy.special import logsumexp

from isingdbn.errors import InputError
from isingdbn.renormalization.enumeration import require_enumerable, state_blocks, states
from isingdbn.renormalization.hamiltonians import (
    LOG_2PI,
    Machine,
    renormalized_hamiltonian,
    variational_operator,
)

__all__ = [
    "Distances",
    "Mapping",
    "distances",
    "equal_free_energies",
    "exact_mapping",
    "gaussian_mapping",
]


@dataclass(frozen=True)
class Mapping:
    """What enumeration gives for a machine and the Hamiltonian of its data.

    Parameters
    ----------
    renormalized : H_RG[h] as the sum over v of e^T e^{-H}, shape (2^hidden,).
    marginal : H_RBM[h] as the machine gives it in closed form, shape (2^hidden,).
    log_trace : log Σ_h e^{T(v, h)}, shape (2^visible,).
    """

    renormalized: np.ndarray
    marginal: np.ndarray
    log_trace: np.ndarray


def exact_mapping(machine: Machine, hamiltonian: np.ndarray) -> Mapping:
    """Both sides of H_RG[h] = H_RBM[h] for all h, and log Σ_h e^T for all v.

    Time and memory: seconds and some 10 MB at the largest size, 2^24 joint states.

    Parameters
    ----------
    machine : of spins or Bernoulli units.
    hamiltonian : H, shape (2^visible,), in the order of `enumeration.states`.

    Raises
    ------
    InputError : more joint states than can be listed, Gaussian units, or a wrong length.
    """
    visible, hidden = machine.weights.shape
    require_enumerable(visible, hidden)
    if machine.visible == "gaussian":
        raise InputError("visible: gaussian units have no list of states; see gaussian_mapping")
    if hamiltonian.shape != (2**visible,):
        raise InputError(f"hamiltonian: shape {hamiltonian.shape} is not ({2**visible},)")
    h = states(hidden, machine.hidden)
    renormalized, log_trace = np.full(len(h), np.inf), np.empty(2**visible)
    for numbers, v in state_blocks(visible, len(h), machine.visible):
        operator = variational_operator(hamiltonian[numbers], machine.energy_table(v, h))
        part = renormalized_hamiltonian(operator, hamiltonian[numbers])
        renormalized = -np.logaddexp(-renormalized, -part)
        log_trace[numbers] = logsumexp(operator, axis=1)
    return Mapping(renormalized, machine.hidden_hamiltonian(h), log_trace)


def gaussian_mapping(
    machine: Machine, precision: np.ndarray, field: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """H_RG[h] and H_RBM[h], each of shape (2^hidden,), for Gaussian visible units and
    the Gaussian model H(v) = ½ vᵀAv - g·v.

    T - H is a quadratic form in v, added up from its parts, and the integral over v is that
    of a Gaussian. ``precision`` is A, (visible, visible), and ``field`` is g, (visible,).

    Raises
    ------
    InputError : the machine is not Gaussian, or its hidden states are too many to list.
    """
    if machine.visible != "gaussian":
        raise InputError(f"visible: {machine.visible} units are not gaussian; see exact_mapping")
    visible, hidden = machine.weights.shape
    h = states(hidden, machine.hidden)
    # T = -½ vᵀQv + l·v + a with T = H - H_RBM
    bias = machine.visible_bias
    operator_quadratic = np.eye(visible) - precision
    operator_linear = h @ machine.weights.T + bias - field
    operator_constant = h @ machine.hidden_bias - bias @ bias / 2 - machine.constant
    quadratic = operator_quadratic + precision
    linear = operator_linear + field
    _, log_determinant = np.linalg.slogdet(quadratic)
    exponent = (linear * np.linalg.solve(quadratic, linear.T).T).sum(axis=1) / 2
    log_sum = operator_constant + exponent + (visible * LOG_2PI - log_determinant) / 2
    return -log_sum, machine.hidden_hamiltonian(h)


@dataclass(frozen=True)
class Distances:
    """How far a transformation is from Σ_h e^T = 1 for every v, in nats.

    Parameters
    ----------
    kl : KL(p‖p_λ) = log ⟨e^t⟩ - ⟨t⟩, which learning by likelihood decreases.
    kl_reverse : KL(p_λ‖p), the one that the paper writes.
    free_energy_difference : ΔF = F_h - F_v = -log ⟨e^t⟩.
    trace_variance : ⟨t²⟩ - ⟨t⟩²; averages are over p(v), and t = log Σ_h e^T.
    """

    kl: float
    kl_reverse: float
    free_energy_difference: float
    trace_variance: float


def distances(hamiltonian: np.ndarray, log_trace: np.ndarray) -> Distances:
    """The distances of a transformation, of a machine or of a block-spin rule.

    ΔF = 0 says only that ⟨Σ_h e^T⟩ = 1. It follows from Σ_h e^T = 1 for every v, and
    does not imply it; `equal_free_energies` builds a counterexample.

    Parameters
    ----------
    hamiltonian : H, shape (visible state,). log_trace : t = log Σ_h e^T, same shape.
    """
    log_p = -hamiltonian - logsumexp(-hamiltonian)
    p = np.exp(log_p)
    mean = p @ log_trace
    deviation = log_trace - mean  # small numbers keep their digits
    cumulant = logsumexp(log_p + deviation)
    q = np.exp(log_p + deviation - cumulant)
    return Distances(
        kl=float(cumulant),
        kl_reverse=float(q @ (deviation - cumulant)),
        free_energy_difference=float(-cumulant - mean),
        trace_variance=float(p @ deviation**2),
    )


def equal_free_energies(machine: Machine, hamiltonian: np.ndarray) -> Machine:
    """The same machine with a constant in its energy that sets ΔF to zero.

    No probability changes, so a machine that has learnt nothing has ΔF = 0 as well:
    the paper's "if and only if" holds in one direction. Arguments and errors are those of
    `exact_mapping`.
    """
    log_trace = exact_mapping(machine, hamiltonian).log_trace
    difference = distances(hamiltonian, log_trace).free_energy_difference
    return replace(machine, constant=machine.constant - difference)
