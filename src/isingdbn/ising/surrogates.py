"""Surrogate lattices: random data that keep some statistics of given Ising
lattices and lack the others.

Surrogate data are the usual null hypotheses of time series (Theiler, Eubank, Longtin, Galdrikian
and Farmer, Physica D 58, 77 (1992)), here in two dimensions: what a network does on a surrogate
as well cannot come from a statistic that the surrogate lacks. `isingdbn.parameters.data.SURROGATES`
lists the kinds. All of them keep the symmetry of the lattices under a global change of sign.

Random streams
--------------
Lattices are taken in groups of as many as have at most 2²⁰ sites together. Each group has its own
stream, named by the seed, the kind, the shape, the temperature and the number of the group;
what is drawn once for all groups, the permutation of ``fixed_permutation``, has the same name
without a group. So results depend neither on threads nor on how they are read or written, and one
group at a time is in memory. The size of a group is a part of this definition, not a setting.
"""

from collections.abc import Callable, Iterator

import numpy as np

from isingdbn.ising.observables import two_point_function
from isingdbn.seeding import generator

__all__ = [
    "arcsine_spectrum", "field_energy_per_site", "gaussian_spectrum", "group_count",
    "groups", "independent", "permuted", "pixel_shuffle", "signs", "surrogates", "with_spectrum",
]  # fmt: skip

GROUP_SITES = 2**20

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
    or float32 for ``gaussian_field``. The n add up to the number of lattices.
    facts : how well the kind does what it says, of ``thresholded_gaussian`` those
        of `arcsine_spectrum`, and otherwise empty.

    Raises
    ------
    KeyError : there is no such kind.
    """
    height, width = lattices.shape[1:]
    identity = {"kind": kind, "height": height, "width": width, "temperature": float(temperature)}
    draw, facts = _prepare(kind, lattices, generator(seed, "surrogate", **identity))
    drawn = (
        draw(spins, generator(seed, "surrogate", group=group, **identity))
        for group, spins in enumerate(groups(lattices))
    )
    return drawn, facts


def _prepare(
    kind: str, lattices: np.ndarray, shared: np.random.Generator
) -> tuple[Draw, dict[str, float]]:
    """How one group is drawn, and the facts; ``shared`` gives what is drawn once for all groups."""
    if kind == "gaussian_field":
        spectrum = gaussian_spectrum(two_point_function(groups(lattices)))
        return (
            lambda spins, rng: with_spectrum(rng.standard_normal(spins.shape), spectrum).astype(
                np.float32
            ),
            {},
        )
    if kind == "thresholded_gaussian":
        spectrum, facts = arcsine_spectrum(two_point_function(groups(lattices)))
        return (
            lambda spins, rng: signs(with_spectrum(rng.standard_normal(spins.shape), spectrum)),
            facts,
        )
    if kind == "fixed_permutation":
        order = shared.permutation(lattices.shape[1] * lattices.shape[2])
        return lambda spins, _: permuted(spins, order), {}
    return {"pixel_shuffle": pixel_shuffle, "independent": independent}[kind], {}


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


def signs(field: np.ndarray) -> np.ndarray:
    """The sign of a field as spins, int8 in {-1, +1}; zero counts as +1."""
    return np.where(field >= 0, 1, -1).astype(np.int8)


def gaussian_spectrum(correlation: np.ndarray) -> np.ndarray:
    """Eigenvalues of the circulant covariance ``correlation`` (height, width),
    shape (height, width // 2 + 1) as of `numpy.fft.rfft2`.

    Those of an estimate by `two_point_function` are averaged power spectra and so never negative,
    but for rounding, which is removed.
    """
    return np.maximum(np.fft.rfft2(correlation).real, 0)


def arcsine_spectrum(correlation: np.ndarray) -> tuple[np.ndarray, dict[str, float]]:
    """The spectrum of a Gaussian field whose signs have the two-point function ``correlation``,
    as nearly as there is one.

    Signs of Gaussian variables of correlation ρ have the correlation (2/π)
    arcsin ρ (the arcsine law; Van Vleck and Middleton, Proc. IEEE 54, 2 (1966)), so the field
    needs ρ = sin(π G / 2). That need not be a covariance: its negative eigenvalues are set to zero,
    and what is left is scaled to unit variance.

    Parameters
    ----------
    correlation : G(r), shape (height, width), with G(0) = 1.

    Returns
    -------
    spectrum : as of `gaussian_spectrum`.
    facts : ``correlation_miss``, the largest |ΔG(r)| by which the signs miss ``correlation``,
        and ``clipped_fraction``, the sum of the sizes of the negative eigenvalues over
        the sum of all eigenvalues.
    """
    spectrum = gaussian_spectrum(np.sin(np.pi / 2 * correlation))
    covariance = np.fft.irfft2(spectrum, correlation.shape)
    variance = covariance[0, 0]  # 1 before clipping
    reached = 2 / np.pi * np.arcsin(np.clip(covariance / variance, -1, 1))
    facts = {
        "correlation_miss": float(np.abs(reached - correlation).max()),
        "clipped_fraction": max(0.0, float(variance - 1)),
    }
    return spectrum / variance, facts


def with_spectrum(noise: np.ndarray, spectrum: np.ndarray) -> np.ndarray:
    """White noise coloured in Fourier space.

    Parameters
    ----------
    noise : independent standard normal numbers, shape (n, height, width).
    spectrum : eigenvalues ≥ 0, shape (height, width // 2 + 1),
        of `gaussian_spectrum` or `arcsine_spectrum`.

    Returns
    -------
    Gaussian fields of the shape of ``noise`` and zero mean, whose covariance is exactly
    the circulant one with these eigenvalues.
    """
    return np.fft.irfft2(np.fft.rfft2(noise) * np.sqrt(spectrum), noise.shape[1:])


def field_energy_per_site(field: np.ndarray) -> np.ndarray:
    """-Σ φφ' over the bonds of the torus a site, in units of J, shape (sample,),
    of real ``field`` (sample, y, x).
    """
    field = field.astype(np.float64)
    return -(field * (np.roll(field, -1, axis=1) + np.roll(field, -1, axis=2))).mean(axis=(1, 2))
