"""Small machines trained on the exact likelihood: no samples, no approximation of the gradient.

It shows how the distances of `exact_mapping` fall while a machine learns, with nothing else
in the way. The gradient of Σ_v p(v) log p_λ(v) is the difference of two averages, ⟨v h⟩ under
p(v) p_λ(h|v) less ⟨v h⟩ under p_λ(v, h), and the same for v and h (Ackley, Hinton and Sejnowski,
Cogn. Sci. 9, 147 (1985)); both are sums over all 2^visible states.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
from scipy.special import expit, softmax

from isingdbn.errors import InputError
from isingdbn.renormalization.enumeration import require_enumerable, states
from isingdbn.renormalization.hamiltonians import Machine

__all__ = ["Gradient", "likelihood_gradient", "train_exactly"]


@dataclass(frozen=True)
class Gradient:
    """The slopes of the mean log-likelihood; shapes as in `Machine`."""

    weights: np.ndarray
    visible_bias: np.ndarray
    hidden_bias: np.ndarray


def likelihood_gradient(machine: Machine, probabilities: np.ndarray) -> Gradient:
    """The gradient of Σ_v p(v) log p_λ(v), in nats.

    Parameters
    ----------
    machine : of spins or Bernoulli units.
    probabilities : p, shape (2^visible,), in the order of `enumeration.states`.

    Raises
    ------
    InputError : Gaussian units, too many visible ones, or a wrong number of probabilities.
    """
    _require(machine, probabilities)
    return _gradient(machine, probabilities, states(len(machine.visible_bias), machine.visible))


def train_exactly(
    machine: Machine, probabilities: np.ndarray, rate: float, steps: int
) -> Iterator[Machine]:
    """Gradient ascent; yields ``machine`` and then the machine after each of ``steps`` steps.

    ``rate`` multiplies the gradient. Other arguments and errors are those
    of `likelihood_gradient`.
    """
    _require(machine, probabilities)
    v = states(len(machine.visible_bias), machine.visible)
    yield machine
    for _ in range(steps):
        slope = _gradient(machine, probabilities, v)
        machine = replace(
            machine,
            weights=machine.weights + rate * slope.weights,
            visible_bias=machine.visible_bias + rate * slope.visible_bias,
            hidden_bias=machine.hidden_bias + rate * slope.hidden_bias,
        )
        yield machine


def _require(machine: Machine, probabilities: np.ndarray) -> None:
    visible = len(machine.visible_bias)
    if machine.visible == "gaussian":
        raise InputError("visible: gaussian units have no list of states; give spin or bernoulli")
    require_enumerable(visible)
    if probabilities.shape != (2**visible,):
        raise InputError(f"probabilities: shape {probabilities.shape} is not ({2**visible},)")


def _gradient(machine: Machine, probabilities: np.ndarray, v: np.ndarray) -> Gradient:
    excess = probabilities - softmax(-machine.visible_hamiltonian(v))
    inputs = v @ machine.weights + machine.hidden_bias
    mean_h = np.tanh(inputs) if machine.hidden == "spin" else expit(inputs)
    weighted = excess[:, None] * mean_h
    return Gradient(v.T @ weighted, excess @ v, weighted.sum(axis=0))
