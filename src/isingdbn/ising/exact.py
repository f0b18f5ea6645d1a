"""Exact values of the two-dimensional Ising model, to lay over data: the finite torus
and the infinite square lattice.

H = -J Σ_<ij> s_i s_j, J = k_B = 1, no field. Temperatures are in units of J/k_B, energies in units
of J, both a site. A torus of ``shape`` (height, width) has any two sides of at least 2; a side of 2
has double bonds, as in `isingdbn.ising.lattice`. Wrong shapes and temperatures raise ValueError.
"""

import math
from collections.abc import Iterable

import numpy as np
import xarray as xr

from isingdbn.ising.pfaffian import (
    SECTORS,
    modes,
    require_temperature,
    require_torus,
    torus_correlations,
    torus_magnetization_squared,
)
from isingdbn.parameters.temperature import CRITICAL_TEMPERATURE

__all__ = [
    "LARGEST_CORRELATED",
    "correlation_length",
    "critical_diagonal_correlation",
    "diagonal_correlation",
    "energy_distribution",
    "infinite_energy",
    "infinite_specific_heat",
    "reference",
    "spontaneous_magnetization",
    "torus_correlations",
    "torus_energy",
    "torus_free_energy",
    "torus_magnetization_squared",
    "torus_specific_heat",
]

# sites a side; the time for all correlations grows with the fifth power: a second at 64
LARGEST_CORRELATED = 64
_ZERO = 1e-300  # stands for 0 under a logarithm


# The finite torus: Kaufman, Phys. Rev. 76, 1232 (1949), as a product over both momenta
# and in a variable u, which is exp(-2K) below T_c and tanh K above it (Kramers and Wannier):
# Z = ½ F (S_aa + S_ap + S_pa ± r S_pp) with F = exp(2NK) and + below, (2 cosh² K)^N and - above, S
# = Π Q^power, Q = r² + 4u(1 - u²) · Laplacian, r = 1 - 2u - u². No term grows, and nothing cancels.


def _log_polygons(shape: tuple[int, int], u: float, sign: int) -> np.ndarray:
    """The logarithm of ½(S_aa + S_ap + S_pa + sign · r S_pp) with its first two
    derivatives in u, shape (3,).
    """
    mass, mass1, mass2 = 4 * (u - u**3), 4 * (1 - 3 * u * u), -24 * u
    r, r1, r2 = 1 - 2 * u - u * u, -2 - 2 * u, -2
    logs, firsts, seconds = [], [], []
    for sector in SECTORS:
        laplacian, power = modes(shape, sector)
        q = r * r + mass * laplacian
        q1 = (2 * r * r1 + mass1 * laplacian) / q
        q2 = (2 * r1 * r1 + 2 * r * r2 + mass2 * laplacian) / q
        logs.append(power @ np.log(q))
        firsts.append(power @ q1)
        seconds.append(power @ (q2 - q1 * q1))
    weights = np.exp(np.array(logs) - logs[0])
    slopes = np.array(firsts) - firsts[0]
    factor, factor1, factor2 = np.ones(4), np.zeros(4), np.zeros(4)
    factor[3], factor1[3], factor2[3] = sign * r, sign * r1, sign * r2
    total = weights @ factor
    first = weights @ (factor1 + factor * slopes) / total
    second = (
        weights @ (factor2 + 2 * factor1 * slopes + factor * (seconds + slopes**2)) / total
        - first**2
    )
    return np.array([logs[0] + math.log(total / 2), firsts[0] + first, second])


def _log_partition(shape: tuple[int, int], temperature: float) -> tuple[float, float, float]:
    """(ln Z)/N with its first two derivatives in K = 1/T."""
    coupling = 1 / temperature
    t, x = math.tanh(coupling), math.exp(-2 * coupling)
    if t > x:
        f, f1, f2 = _log_polygons(shape, x, 1) / math.prod(shape)
        return 2 * coupling + f, 2 - 2 * x * f1, 4 * x * (f1 + x * f2)
    f, f1, f2 = _log_polygons(shape, t, -1) / math.prod(shape)
    slope = 1 - t * t
    return (
        math.log(2) - math.log(slope) + f,
        2 * t + slope * f1,
        slope * (2 - 2 * t * f1 + slope * f2),
    )


def torus_free_energy(shape: tuple[int, int], temperature: float) -> float:
    """Free energy -T ln Z / N of the torus, in units of J (Kaufman 1949)."""
    height, width, temperature = require_torus(shape, temperature)
    return -temperature * _log_partition((height, width), temperature)[0]


def torus_energy(shape: tuple[int, int], temperature: float) -> float:
    """Mean energy ⟨H⟩/N of the torus, in units of J (Kaufman 1949)."""
    height, width, temperature = require_torus(shape, temperature)
    return -_log_partition((height, width), temperature)[1]


def torus_specific_heat(shape: tuple[int, int], temperature: float) -> float:
    """Specific heat (⟨H²⟩ - ⟨H⟩²)/NT² of the torus, in units of k_B (Kaufman 1949;
    Ferdinand and Fisher 1969).

    Rounding is below 10⁻¹² of the value above T = 0.5, and below 10⁻¹⁶/T² where
    that falls as 64 exp(-8/T)/T².
    """
    height, width, temperature = require_torus(shape, temperature)
    return max(0.0, _log_partition((height, width), temperature)[2]) / temperature**2


def energy_distribution(
    shape: tuple[int, int], temperature: float
) -> tuple[np.ndarray, np.ndarray]:
    """The whole distribution P(E) of the torus, to 10⁻¹³ absolutely.

    An even number of bonds is broken on every row and column, so E is -2N and upwards in steps
    of 4. Z at N + 1 couplings with equidistant imaginary parts is the Fourier transform of P.
    Time and rounding grow with the square and the root of N.

    Returns
    -------
    total energies H in units of J, integers of shape (N + 1,), and their probabilities, shape (N +
    1,). Some levels, as the second one, do not exist; they have a probability of rounding size.
    """
    height, width, temperature = require_torus(shape, temperature)
    sites = height * width
    grids = [modes((height, width), sector) for sector in SECTORS]
    angles = np.pi * np.arange((sites + 1) // 2 + 1) / (sites + 1)
    logs = np.array(
        [_log_sectors(grids, u) for u in math.exp(-2 / temperature) * np.exp(1j * angles)]
    )
    transform = np.exp(logs - logs[0].real.max()).sum(axis=1)
    probability = np.fft.irfft((transform / transform[0].real).conj(), sites + 1)
    return 4 * np.arange(sites + 1) - 2 * sites, np.maximum(probability, 0)


def _log_sectors(grids: list[tuple[np.ndarray, np.ndarray]], u: complex) -> np.ndarray:
    """The logarithm of S in the four sectors, with r in the last one, at a complex u."""
    r, mass = 1 - 2 * u - u * u, 4 * (u - u**3)
    logs = []
    for laplacian, power in grids:
        log_q = np.log(r * r + mass * laplacian + _ZERO)
        square = power == 0.5
        shifted = laplacian[square] - 1
        # the root with its sign
        log_q[square] = 2 * np.log(1 + 2 * shifted * u + (1 - 2 * shifted**2) * u * u + _ZERO)
        logs.append(power @ log_q)
    logs[3] += np.log(r + _ZERO)
    return np.array(logs)


# The infinite lattice.


def _onsager(temperature: np.ndarray) -> tuple[np.ndarray, ...]:
    """Gives coth 2K, sech² 2K, κ = 2 tanh² 2K - 1, the complete integrals K(k) and K(k) - E(k),
    k² = 1 - κ², and 1 - |κ|·2K(k)/π.

    By the arithmetic-geometric mean of 1 and |κ|, carried along with the gap between the two,
    so that small terms keep their digits.
    """
    x = np.exp(-2 / temperature)
    tanh, sech2 = np.tanh(2 / temperature), (2 * x / (1 + x * x)) ** 2
    kappa = (1 - 2 * x - x * x) * (1 + 2 * x - x * x) / (1 + x * x) ** 2
    high, low = np.ones_like(x), np.maximum(np.abs(kappa), _ZERO)
    gap = gap0 = 2 * np.where(kappa < 0, tanh**2, sech2)
    lost, squares = np.zeros_like(x), 4 * tanh**2 * sech2
    for step in range(16):
        lost, squares = lost + gap / 2, squares + 2.0 ** (step - 1) * gap**2
        gap = (gap / (np.sqrt(high) + np.sqrt(low))) ** 2 / 2
        high, low = (high + low) / 2, np.sqrt(high * low)
    return (
        1 / tanh,
        sech2,
        kappa,
        np.pi / 2 / high,
        np.pi / 4 * squares / high,
        (gap0 - lost) / high,
    )


def infinite_energy(temperature: np.ndarray) -> np.ndarray:
    """Energy a site of the infinite lattice, in units of J, of the shape of ``temperature``
    (Onsager, Phys. Rev. 65, 117 (1944)).
    """
    coth, _, kappa, first, _, remainder = _onsager(require_temperature(temperature))
    return (-coth * np.where(kappa < 0, remainder, 1 + 2 / np.pi * kappa * first))[()]


def infinite_specific_heat(temperature: np.ndarray) -> np.ndarray:
    """Specific heat a site of the infinite lattice, in units of k_B, of the shape
    of ``temperature`` (Onsager 1944); inf at T_c.
    """
    temperature = require_temperature(temperature)
    coth, sech2, kappa, first, difference, remainder = _onsager(temperature)
    bracket = np.pi / 2 * np.where(kappa < 0, remainder, 1 + 2 / np.pi * kappa * first)
    heat = 4 / np.pi * (coth / temperature) ** 2 * (difference - sech2 * bracket)
    return np.where(temperature == CRITICAL_TEMPERATURE, np.inf, heat)[()]


def spontaneous_magnetization(temperature: np.ndarray) -> np.ndarray:
    """(1 - sinh⁻⁴ 2K)^(1/8) below T_c and 0 from there on, of the shape of ``temperature``
    (Yang, Phys. Rev. 85, 808 (1952)).
    """
    temperature = require_temperature(temperature)
    x = np.exp(-2 / np.minimum(temperature, CRITICAL_TEMPERATURE))
    inverse = 2 * x / (1 - x * x)
    gap = (1 - 2 * x - x * x) / (1 - x * x)
    power = np.maximum(gap, 0) * (1 + inverse) * (1 + inverse**2)
    return np.where(temperature < CRITICAL_TEMPERATURE, power**0.125, 0.0)[()]


def correlation_length(temperature: np.ndarray) -> np.ndarray:
    """Length of the exponential decay of ⟨s s⟩ - ⟨s⟩² along an axis of the infinite
    lattice, in sites; inf at T_c.

    1/ξ is -(2K + ln tanh K) above T_c and, since two walls must be made, 2(2K + ln tanh K)
    below (McCoy and Wu 1973, chapter XI).
    """
    temperature = require_temperature(temperature)
    tension = 2 / temperature + np.log(np.tanh(1 / temperature))
    critical = temperature == CRITICAL_TEMPERATURE
    rate = np.where(temperature < CRITICAL_TEMPERATURE, 2 * tension, -tension)
    return np.where(critical, np.inf, 1 / np.where(critical, 1, rate))[()]


def critical_diagonal_correlation(distance: int) -> float:
    """⟨s_00 s_nn⟩ of the infinite lattice at T_c: (2/π)^n Π_{l<n} (1 - 1/4l²)^(l-n)
    (Onsager; McCoy and Wu 1973, chapter XI).
    """
    steps = np.arange(1, _require_distance(distance))
    return float(
        np.exp(
            distance * math.log(2 / math.pi) + (steps - distance) @ np.log1p(-1 / (4.0 * steps**2))
        )
    )


def diagonal_correlation(distance: int, temperature: float) -> float:
    """⟨s_00 s_nn⟩ of the infinite lattice, to 10⁻¹³ absolutely: a Toeplitz determinant of n rows
    (McCoy and Wu 1973, chapter XI).

    The symbol exp(iφ), φ = arg(sinh² 2K - exp(-iθ)), turns fast near θ = 0:
    Gauss-Legendre quadrature on intervals that halve towards it.
    """
    _require_distance(distance)
    temperature = float(require_temperature(temperature))
    nodes, weights = np.polynomial.legendre.leggauss(32 + distance)
    edges = np.pi * np.append(0, 0.5 ** np.arange(52, -1, -1))
    angle = (edges[:-1, None] + np.diff(edges)[:, None] * (nodes + 1) / 2).ravel()
    weight = (np.diff(edges)[:, None] * weights / 2).ravel() / np.pi
    x = math.exp(-2 / temperature)
    half = (1 - x * x) ** 2, 4 * x * x  # sinh² 2K is their ratio
    phase = np.arctan2(
        half[1] * np.sin(angle), half[0] - half[1] + 2 * half[1] * np.sin(angle / 2) ** 2
    )
    elements = np.array(
        [weight @ np.cos(phase - step * angle) for step in range(1 - distance, distance)]
    )
    rows = np.arange(distance)
    return float(np.linalg.det(elements[rows[:, None] - rows + distance - 1]))


def _require_distance(distance: int) -> int:
    if distance < 0:
        raise ValueError(
            f"distance {distance} is not allowed: a number of diagonal"
            " steps of at least 0 is needed"
        )
    return distance


def reference(shape: tuple[int, int], temperatures: Iterable[float]) -> xr.Dataset:
    """Everything above for one torus at several temperatures, with units, to lay over data.

    Correlations, and what follows from them, are left out where a side
    is over `LARGEST_CORRELATED`.

    Returns
    -------
    Dataset with the dimensions temperature, dy and dx; dy and dx are displacements in sites.
    """
    temperatures = np.array([require_torus(shape, temperature)[2] for temperature in temperatures])
    height, width, _ = require_torus(shape, 1.0)
    along = {
        "free_energy": (
            "free energy a site",
            "J",
            [torus_free_energy(shape, temperature) for temperature in temperatures],
        ),
        "energy": (
            "energy a site",
            "J",
            [torus_energy(shape, temperature) for temperature in temperatures],
        ),
        "specific_heat": (
            "specific heat a site",
            "k_B",
            [torus_specific_heat(shape, temperature) for temperature in temperatures],
        ),
        "infinite_energy": ("energy a site, infinite lattice", "J", infinite_energy(temperatures)),
        "infinite_specific_heat": (
            "specific heat a site, infinite lattice",
            "k_B",
            infinite_specific_heat(temperatures),
        ),
        "spontaneous_magnetization": (
            "spontaneous magnetization, infinite lattice",
            "1",
            spontaneous_magnetization(temperatures),
        ),
        "infinite_correlation_length": (
            "correlation length along an axis, infinite lattice",
            "sites",
            correlation_length(temperatures),
        ),
    }
    variables: dict[str, tuple] = {}
    if max(height, width) <= LARGEST_CORRELATED:
        correlations = np.array(
            [torus_correlations(shape, temperature) for temperature in temperatures]
        ).reshape(-1, height, width)
        squared = correlations.mean(axis=(1, 2))
        along["magnetization_squared"] = ("mean squared magnetization a site", "1", squared)
        along["mean_cluster_size"] = (
            "mean size of a Wolff cluster",
            "sites",
            squared * height * width,
        )
        variables["correlation"] = (
            ("temperature", "dy", "dx"),
            correlations,
            {"long_name": "spin correlation", "units": "1"},
        )
    variables |= {
        name: ("temperature", values, {"long_name": text, "units": unit})
        for name, (text, unit, values) in along.items()
    }
    coordinates = {
        "temperature": (
            "temperature",
            temperatures,
            {"long_name": "temperature", "units": "J/k_B"},
        ),
        "dy": ("dy", np.arange(height), {"long_name": "displacement along y", "units": "sites"}),
        "dx": ("dx", np.arange(width), {"long_name": "displacement along x", "units": "sites"}),
    }
    return xr.Dataset(
        variables,
        coordinates,
        {"model": "2-D Ising model on a square torus, J = k_B = 1, no field, exact"},
    )
