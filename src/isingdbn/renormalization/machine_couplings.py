"""The couplings that a restricted Boltzmann machine gives its visible spins, from its weights.

Summing over the hidden units leaves -H(v) = Σ_S J_S v_S, over all sets S of visible sites, with
J_S = ⟨v_S log Σ_h e^{-H_RBM}⟩ over uniform spins (Cossu et al., arXiv:1810.11503). Few machines can
be enumerated, so the average is over random spins outside S, and exact over those of S; over
translations, it is over random places. A set of one spin is a field and is not of interest here.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numba import njit

from isingdbn.errors import InputError
from isingdbn.renormalization.enumeration import states
from isingdbn.renormalization.hamiltonians import Machine, spin_expansion
from isingdbn.renormalization.lattice_operators import EVEN, orientations

__all__ = [
    "FOUR_SPIN",
    "MachineCouplings",
    "all_couplings",
    "machine_couplings",
]

Offsets = tuple[tuple[int, int], ...]
FOUR_SPIN: dict[str, Offsets] = {name: EVEN[name] for name in ("plaquette", "diamond")}


@dataclass(frozen=True)
class MachineCouplings:
    """Couplings averaged over translations with standard errors, without unit (β inside).

    Parameters
    ----------
    pairs, pair_errors : shape (height, width), indexed by the displacement (y, x) on the torus;
        zero at (0, 0). -H counts each pair of sites once, so a nearest-neighbour Ising machine
        has K at (0, 1) and (1, 0), and 2K where a side of 2 doubles the bond.
    sets, set_errors : of each named set of spins, averaged over its orientations as well.
    """

    pairs: np.ndarray
    pair_errors: np.ndarray
    sets: dict[str, float]
    set_errors: dict[str, float]


def machine_couplings(
    machine: Machine,
    shape: tuple[int, int],
    draws: int,
    random: np.random.Generator,
    sets: Mapping[str, Offsets] = FOUR_SPIN,
) -> MachineCouplings:
    """The couplings of a machine on a torus, from ``draws`` random spins, each at a random place.

    Time: 2^spins · hidden units · (half of the sites + sets) · draws times some 30 ns.

    Parameters
    ----------
    machine : of spins or Bernoulli units; a Bernoulli visible unit is (1 + spin)/2. A Gaussian
        machine that is restricted to v = ±1 is one of spins, its visible biases and weights
        over the variance.
    shape : height and width of the torus that the visible units form, in row-major order.
    draws : at least 2; each gives an independent value of every coupling.
    sets : offsets (y, x) of the spins of further couplings.

    Raises
    ------
    InputError : Gaussian units, another number of sites, fewer than 2 draws, or a set whose spins
        coincide on the torus.
    """
    spins_machine = machine.in_spins()
    weights = np.ascontiguousarray(spins_machine.weights, np.float64)
    sites = math.prod(shape)
    if sites != len(weights):
        raise InputError(f"shape: {shape[0]}x{shape[1]} is not {len(weights)} visible units")
    if draws < 2:
        raise InputError(f"draws: {draws} is not allowed, at least 2 are needed for an error")
    half = _half_plane(shape)
    groups = [[((0, 0), displacement)] for displacement in half]
    groups += [orientations(offsets) for offsets in sets.values()]
    values = np.empty((draws, len(groups)))
    for row in values:  # one by one, so that memory does not grow with the hidden units
        spins = 2.0 * random.integers(2, size=sites) - 1
        origin = divmod(int(random.integers(sites)), shape[1])
        inputs = spins @ weights + spins_machine.hidden_bias
        for number, group in enumerate(groups):
            members = np.array([_sites(offsets, origin, shape) for offsets in group])
            row[number] = _mean_coupling(inputs, weights, spins, members)
    mean, error = values.mean(axis=0), values.std(axis=0, ddof=1) / math.sqrt(draws)
    names = dict(zip(sets, range(len(half), len(groups)), strict=True))
    return MachineCouplings(
        pairs=_both_halves(mean[: len(half)], half, shape),
        pair_errors=_both_halves(error[: len(half)], half, shape),
        sets={name: float(mean[number]) for name, number in names.items()},
        set_errors={name: float(error[number]) for name, number in names.items()},
    )


def _half_plane(shape: tuple[int, int]) -> list[tuple[int, int]]:
    """One of each two opposite displacements of the torus, without zero."""
    height, width = shape
    return [(y, x) for y, x in np.ndindex(shape) if (0, 0) < (y, x) <= (-y % height, -x % width)]


def _both_halves(
    values: np.ndarray, half: list[tuple[int, int]], shape: tuple[int, int]
) -> np.ndarray:
    full = np.zeros(shape)
    for value, (y, x) in zip(values, half, strict=True):
        full[y, x] = full[-y % shape[0], -x % shape[1]] = value
    return full


def _sites(offsets: Offsets, origin: tuple[int, int], shape: tuple[int, int]) -> list[int]:
    """The numbers of the sites at ``offsets`` from ``origin``."""
    sites = [(origin[0] + y) % shape[0] * shape[1] + (origin[1] + x) % shape[1] for y, x in offsets]
    if len(set(sites)) < len(sites):
        raise InputError(
            f"sets: the spins at {offsets} coincide on a torus of {shape[0]}x{shape[1]} sites"
        )
    return sites


@njit(nogil=True)
def _mean_coupling(inputs, weights, spins, members):
    """The mean over sets (set, spin) of site numbers of 2^-n Σ v_S Σ_j log 2cosh(input_j),
    summed over the 2^n states of the n spins of each set.

    log 2cosh y = |y| + log(1 + e^{-2|y|}); the logarithms of a hidden unit are taken together,
    as one of a ratio.
    """
    size = members.shape[1]
    total = 0.0
    for unit in range(len(inputs)):
        for sites in members:
            outside = inputs[unit]
            for site in sites:
                outside -= spins[site] * weights[site, unit]
            linear, even, odd = 0.0, 1.0, 1.0
            for state in range(2**size):
                y, down = outside, 0
                for spin in range(size):
                    bit = state >> spin & 1
                    down += bit
                    y += (1 - 2 * bit) * weights[sites[spin], unit]
                if down % 2 == 0:
                    linear += abs(y)
                    even *= 1 + math.exp(-2 * abs(y))
                else:
                    linear -= abs(y)
                    odd *= 1 + math.exp(-2 * abs(y))
            total += linear + math.log(even / odd)
    return total / (2**size * len(members))


def all_couplings(machine: Machine) -> np.ndarray:
    """J_S of every set S of visible spins, exactly, by enumeration.

    Returns
    -------
    shape (2^visible,); bit i of the index tells whether site i is in S.

    Raises
    ------
    InputError : too many visible units to enumerate, or Gaussian ones.
    """
    spins_machine = machine.in_spins()
    v = states(len(machine.visible_bias))
    return spin_expansion(-spins_machine.visible_hamiltonian(v))
