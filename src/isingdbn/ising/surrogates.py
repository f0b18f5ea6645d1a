"""Surrogate lattices: random data that keep some statistics of given Ising
lattices and lack the others.

Surrogate data are the usual null hypotheses of time series (Theiler, Eubank, Longtin, Galdrikian
and Farmer, Physica D 58, 77 (1992)), here in two dimensions: what a network does on a surrogate
as well cannot come from a statistic that the surrogate lacks. `isingdbn.parameters.data.SURROGATES`
lists the kinds. All of them keep the symmetry of the lattices under a global change of sign.

Two kinds keep nothing of the given lattices but their shape: lattices at many temperatures, and
twins of these.

Random streams
--------------
Lattices are taken in groups of as many as have at most 2²⁰ sites together. Each group has its own
stream, named by the seed, the kind, the shape, the temperature and the number of the group;
what is drawn once for all groups, the permutation of ``fixed_permutation``, has the same name
without a group. So results depend neither on threads nor on how they are read or written, and one
group at a time is in memory. The size of a group is a part of this definition, not a setting.
The kinds of many temperatures are all in memory, a byte a site; they do not depend on the
temperature of the given lattices, and each of their temperatures has the streams of its own
simulation.
"""

from collections.abc import Callable, Iterator, Mapping

import numpy as np
from scipy.special import gamma

from isingdbn.ising.gaussian_fields import (
    arcsine_spectrum,
    gaussian_spectrum,
    power_spectrum,
    with_spectrum,
)
from isingdbn.ising.observables import two_point_function
from isingdbn.ising.simulation import Simulation
from isingdbn.parameters.data import MIXED, MIXED_TEMPERATURES, POWERS, SIGN_PRODUCTS
from isingdbn.parameters.sampling import Sampling
from isingdbn.seeding import generator

__all__ = [
    "far_from", "field_energy_per_site", "group_count", "groups", "independent", "mixed",
    "permuted", "pixel_shuffle", "random_amplitudes", "signed_power", "signs", "surrogates",
]  # fmt: skip

GROUP_SITES = 2**20
AMPLITUDE_SPREAD = 0.5  # standard deviation of the logarithm of the amplitudes of `elliptical`

FAR = 0.01  # a miss of C(r) that is told

Draw = Callable[[np.ndarray, np.random.Generator], np.ndarray]


def surrogates(
    kind: str, lattices: np.ndarray, temperature: float, seed: int
) -> tuple[Iterator[np.ndarray], dict[str, float]]:
    """As many surrogates as there are lattices.

    Parameters
    ----------
    kind : one of `isingdbn.parameters.data.SURROGATES`.
    lattices : shape (sample, height, width), in {-1, +1}; an array,
        or anything with a shape whose slices become arrays. It is read group by group,
        and once more beforehand for the Gaussian kinds.
    temperature : of the lattices, in units of J/k_B; only names the random streams.
    seed : names an independent repetition.

    Returns
    -------
    groups of surrogates, to be iterated over once: shape (n, height, width), int8 in {-1, +1},
    or float32 for the kinds of real numbers. The n add up to the number of lattices.
    facts : how well the kind does what it says, of signs and powers of Gaussian fields those
        of `arcsine_spectrum` and `power_spectrum`, and otherwise empty.

    Raises
    ------
    KeyError : there is no such kind.
    """
    if kind in MIXED:
        return mixed(lattices.shape, seed, twins=MIXED[kind])
    height, width = lattices.shape[1:]
    identity = {"kind": kind, "height": height, "width": width, "temperature": float(temperature)}
    draw, facts = _prepare(kind, lattices, generator(seed, "surrogate", **identity))
    drawn = (
        draw(spins, generator(seed, "surrogate", group=group, **identity))
        for group, spins in enumerate(groups(lattices))
    )
    return drawn, facts


def far_from(facts: Mapping[str, float]) -> str | None:
    """What to warn of, if `surrogates` that have the ``facts`` miss C(r) by more than `FAR`."""
    miss = facts.get("correlation_miss", 0.0)
    if miss <= FAR:
        return None
    return (
        "the two-point function expected of the surrogates differs from that of the lattices by"
        f" up to {miss:.2g}, more than {FAR}; draw more lattices, or differences between nets may"
        " come from it"
    )


def _prepare(
    kind: str, lattices: np.ndarray, shared: np.random.Generator
) -> tuple[Draw, dict[str, float]]:
    """How one group is drawn, and the facts; ``shared`` gives what is drawn once for all groups."""
    if kind in SHUFFLES:
        return SHUFFLES[kind], {}
    if kind == "fixed_permutation":
        order = shared.permutation(lattices.shape[1] * lattices.shape[2])
        return lambda spins, _: permuted(spins, order), {}
    correlation = two_point_function(groups(lattices))
    if kind in SIGN_PRODUCTS:
        factors = SIGN_PRODUCTS[kind]
        spectrum, facts = arcsine_spectrum(correlation, factors)
        return (
            lambda spins, rng: np.prod(
                [signs(_field(spins, spectrum, rng)) for _ in range(factors)], axis=0, dtype=np.int8
            ),
            facts,
        )
    if kind in POWERS:
        exponent = POWERS[kind]
        spectrum, facts = power_spectrum(correlation, exponent)
        return lambda spins, rng: signed_power(_field(spins, spectrum, rng), exponent), facts
    if kind == "elliptical":
        spectrum = gaussian_spectrum(correlation)
        return (
            lambda spins, rng: (
                _field(spins, spectrum, rng) * random_amplitudes(len(spins), rng)[:, None, None]
            ).astype(np.float32),
            {},
        )
    if kind == "gaussian_field":
        spectrum = gaussian_spectrum(correlation)
        return lambda spins, rng: _field(spins, spectrum, rng).astype(np.float32), {}
    raise KeyError(kind)


def _field(spins: np.ndarray, spectrum: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Gaussian fields of the shape of ``spins``."""
    return with_spectrum(rng.standard_normal(spins.shape), spectrum)


def group_count(lattices: np.ndarray) -> int:
    """Number of groups of ``lattices`` (sample, height, width)."""
    return -(-lattices.shape[0] // _group_size(lattices))


def groups(lattices: np.ndarray) -> Iterator[np.ndarray]:
    """``lattices`` (sample, height, width), read one group (n, height, width) after the other."""
    size = _group_size(lattices)
    for start in range(0, lattices.shape[0], size):
        yield np.asarray(lattices[start : start + size])


def _group_size(lattices: np.ndarray) -> int:
    return max(1, GROUP_SITES // (lattices.shape[1] * lattices.shape[2]))


def pixel_shuffle(spins: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """``spins`` (n, height, width) with the pixels of each in a random order of its own.

    Every magnetization stays exactly what it is. Any two pixels of one lattice have the same
    correlation, (M² - N) / N(N - 1) with M the sum of its N spins, which is small but not zero.
    """
    return rng.permuted(spins.reshape(len(spins), -1), axis=1).reshape(spins.shape)


def permuted(spins: np.ndarray, order: np.ndarray) -> np.ndarray:
    """``spins`` (n, height, width) with their pixels, in row-major order, in the given
    ``order`` (height * width,).

    All joint statistics stay exactly what they are, up to the names of the pixels;
    which pixels are neighbours is lost.
    """
    return spins.reshape(len(spins), -1)[:, order].reshape(spins.shape)


def independent(spins: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Spins of the shape of ``spins``, int8, each +1 or -1 with probability 1/2."""
    return signs(rng.random(spins.shape) - 0.5)


def mixed(
    shape: tuple[int, int, int], seed: int, *, twins: bool
) -> tuple[Iterator[np.ndarray], dict[str, float]]:
    """Ising lattices at `MIXED_TEMPERATURES`, in turns, or thresholded Gaussian fields each with
    the two-point function of the lattices at its temperature.

    Parameters
    ----------
    shape : sample, height, width.

    Returns
    -------
    groups, facts : as of `surrogates`; the facts are the largest over the temperatures.
    """
    spins = np.empty(shape, np.int8)
    misses: dict[str, float] = {}
    for first, temperature in enumerate(MIXED_TEMPERATURES[: shape[0]]):
        number = len(range(first, shape[0], len(MIXED_TEMPERATURES)))
        sampling = Sampling(
            samples=number,
            protocol="chain",
            updates="auto",
            thermalization="auto",
            chains=16,
            max_autocorrelation=0.1,
            kernel="auto",
        )
        lattices = np.concatenate(list(Simulation(shape[1:], temperature, seed, sampling)))
        if twins:
            spectrum, facts = arcsine_spectrum(two_point_function([lattices]))
            rng = generator(
                seed,
                "surrogate",
                kind="mixed_thresholded_gaussian",
                height=shape[1],
                width=shape[2],
                temperature=temperature,
            )
            lattices = signs(_field(lattices, spectrum, rng))
            misses = {name: max(value, misses.get(name, 0.0)) for name, value in facts.items()}
        spins[first :: len(MIXED_TEMPERATURES)] = lattices
    return groups(spins), misses


def signs(field: np.ndarray) -> np.ndarray:
    """The sign of a field as spins, int8 in {-1, +1}; zero counts as +1."""
    return np.where(field >= 0, 1, -1).astype(np.int8)


def signed_power(field: np.ndarray, exponent: float) -> np.ndarray:
    """sign(g)|g|^a of a Gaussian ``field`` of unit variance, scaled to unit variance, float32."""
    variance = 2**exponent * gamma(exponent + 0.5) / np.sqrt(np.pi)  # of |g|^a
    return (np.sign(field) * np.abs(field) ** exponent / np.sqrt(variance)).astype(np.float32)


def random_amplitudes(count: int, rng: np.random.Generator) -> np.ndarray:
    """Independent lognormal numbers of unit mean square, shape (count,).

    A Gaussian field times one of them has the same two-point function, an elliptical
    distribution, and the excess kurtosis 3 exp(4 `AMPLITUDE_SPREAD`²) - 3 = 5.2.
    """
    return np.exp(AMPLITUDE_SPREAD * rng.standard_normal(count) - AMPLITUDE_SPREAD**2)


SHUFFLES: dict[str, Draw] = {"pixel_shuffle": pixel_shuffle, "independent": independent}


def field_energy_per_site(field: np.ndarray) -> np.ndarray:
    """-Σ φφ' over the bonds of the torus a site, in units of J, shape (sample,),
    of real ``field`` (sample, y, x).
    """
    field = field.astype(np.float64)
    return -(field * (np.roll(field, -1, axis=1) + np.roll(field, -1, axis=2))).mean(axis=(1, 2))
