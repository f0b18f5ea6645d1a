"""Compare the sampler with exact values and write docs/validation.md: `make validate`,
about ten minutes on two cores.

Every comparison has a measured value, the exact one, a standard error and a pull,
their difference over the error. Comparisons of one quantity are of independent runs,
so their p-values must be evenly spread; those of different quantities may share a run.
"""

import math
import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from tests.reference import mutants
from tests.reference.cftp import exact_samples

from isingdbn.ising.chains import chain_group, expected_cluster_size, lanes
from isingdbn.ising.equilibrium import check_samples
from isingdbn.ising.exact import (
    energy_distribution,
    torus_correlations,
    torus_energy,
    torus_specific_heat,
)
from isingdbn.ising.observables import energy_per_site, magnetization_per_site
from isingdbn.ising.simulation import Simulation
from isingdbn.ising.thermodynamics import averages, blocks_of, correlations, jackknife
from isingdbn.parameters.sampling import Sampling
from isingdbn.parameters.temperature import CRITICAL_TEMPERATURE as T_C
from isingdbn.progress import progress

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "validation.md"
SHAPES = [(4, 4), (5, 7), (2, 9), (16, 16), (24, 40), (40, 40), (64, 64)]
TEMPERATURES = [1.5, 2.0, T_C, 2.2976, 1 / 0.408, 3.0, 5.0]
KERNELS = ("scalar", "packed")
CELL_SECONDS = 3.0  # of one core for a kernel, shape and temperature, by a rough count of the work
BLOCKS = 128
# Comparisons with what is drawn, too, and what that is.
SAMPLED = {
    "energy, hot start against cold": "cold start",
    "coupling from the past": "exact sampler",
}


@dataclass(frozen=True)
class Comparison:
    """A measured value beside the exact one, or one of `SAMPLED`."""

    quantity: str
    where: str
    measured: float
    exact: float
    error: float

    @property
    def pull(self) -> float:
        """Difference over standard error."""
        return (self.measured - self.exact) / self.error

    @property
    def p_value(self) -> float:
        """Probability of a pull at least as large by chance."""
        return math.erfc(abs(self.pull) / math.sqrt(2))


def groups_of(
    kernel: str, shape: tuple[int, int], temperature: float, seed: int, chains: int = 64
) -> list:
    """Chains at their start, half of them hot and half cold."""
    numbers = [range(first, first + lanes(kernel)) for first in range(0, chains, lanes(kernel))]
    return [
        chain_group(kernel, shape, temperature, seed, "chain", group, chains) for group in numbers
    ]


def pooled(values: np.ndarray) -> tuple[float, float]:
    """Mean and jackknife error of values (time, chain), in pieces of chains."""
    block = block_numbers(*values.shape)
    mean, error = jackknife(values.reshape(-1, 1), block.ravel(), lambda moments: moments)
    return float(mean[0]), float(error[0])


def block_numbers(times: int, chains: int) -> np.ndarray:
    """Block of every (time, chain): each chain is cut into equal pieces."""
    return blocks_of(np.tile(np.arange(chains), times), BLOCKS).reshape(times, chains)


def cell(kernel: str, shape: tuple[int, int], temperature: float) -> list[Comparison]:
    """All comparisons of one kernel, shape and temperature."""
    sites = shape[0] * shape[1]
    size = expected_cluster_size(shape, temperature)
    unit = max(1, round(0.1 * sites / size))
    update = 35e-9 * shape[0] + 2e-7 if kernel == "packed" else 1e-8 * size + 1e-7
    points = int(np.clip(CELL_SECONDS / 64 / (unit * update + 2e-9 * sites), 1000, 20_000))
    groups = groups_of(kernel, shape, temperature, seed=1)
    for group in groups:
        group.update(600 * unit)
    energy, magnetization = (
        np.concatenate(parts, axis=1)
        for parts in zip(*(group.measure(points, unit) for group in groups), strict=True)
    )
    block = block_numbers(*energy.shape)
    found = averages(
        energy.ravel() / sites, magnetization.ravel() / sites, block.ravel(), sites, temperature
    )
    where = f"{kernel}, {shape[0]}×{shape[1]}, T = {temperature:.6g}"
    exact_correlation = torus_correlations(shape, temperature)
    squared = exact_correlation.mean()
    exact = {
        "energy": torus_energy(shape, temperature),
        "specific_heat": torus_specific_heat(shape, temperature),
        "magnetization_squared": squared,
    }
    comparisons = [
        Comparison(name.replace("_", " "), where, *(found[name][0], value, found[name][1]))
        for name, value in exact.items()
    ]
    updates = max(1, points * unit // 32)
    clusters = np.array(
        [
            [group.update(updates) / (updates * lanes(kernel)) for group in groups]
            for _ in range(-(-BLOCKS // len(groups)))
        ]
    )
    comparisons.append(
        Comparison(
            "mean cluster size",
            where,
            clusters.mean(),
            squared * sites,
            clusters.std(ddof=1) / math.sqrt(clusters.size),
        )
    )
    comparisons += hot_and_cold(energy / sites, where) + displacements(
        groups, shape, unit, points, exact_correlation, where
    )
    return comparisons


def hot_and_cold(energy: np.ndarray, where: str) -> list[Comparison]:
    """Energies of the chains that started hot against those that started cold;
    the cold ones stand for the exact value.
    """
    (hot, hot_error), (cold, cold_error) = pooled(energy[:, ::2]), pooled(energy[:, 1::2])
    return [
        Comparison(
            "energy, hot start against cold", where, hot, cold, math.hypot(hot_error, cold_error)
        )
    ]


def displacements(
    groups: list, shape: tuple[int, int], unit: int, points: int, exact: np.ndarray, where: str
) -> list[Comparison]:
    """⟨m⟩ and G(r) of stored samples, on both axes and the diagonal."""
    width = sum(group.measure(1, 1)[0].shape[1] for group in groups)
    rounds = max(8, min(400, points // 50))
    samples = np.empty((rounds, width, shape[0] * shape[1]), np.int8)
    for index, group in enumerate(groups):
        lane = width // len(groups)
        group.sample(samples[:, index * lane : (index + 1) * lane], 50 * unit)
    spins = samples.reshape(-1, *shape)
    block = np.tile(np.arange(width), rounds)
    value, error = correlations(spins, block)
    chosen = {(0, shape[1] // 2), (shape[0] // 2, 0), (shape[0] // 2, shape[1] // 2), (1, 1)}
    names = {(0, shape[1] // 2): "along x", (shape[0] // 2, 0): "along y", (1, 1): "to (1, 1)"}
    compared = [
        Comparison(
            f"correlation {names.get(r, 'to the far corner')}",
            f"{where}, r = {r}",
            value[r],
            exact[r],
            error[r],
        )
        for r in sorted(chosen)
    ]
    mean, spread = pooled(spins.mean(axis=(1, 2)).reshape(rounds, width))
    return [Comparison("magnetization", where, mean, 0.0, spread), *compared]


def long_clusters(kernel: str, temperature: float, updates: int) -> list[Comparison]:
    """The mean cluster size at 40×40 to a few parts in ten thousand: a bias of 0.1 % must show."""
    groups = groups_of(kernel, (40, 40), temperature, seed=2)
    for group in groups:
        group.update(20_000)
    count = updates // (64 * 64)
    means = np.array(
        [[group.update(count) / (count * lanes(kernel)) for group in groups] for _ in range(64)]
    )
    exact = torus_correlations((40, 40), temperature).sum()
    where = f"{kernel}, 40×40, T = {temperature:.6g}, {64 * 64 * count:.2g} updates"
    error = means.std(ddof=1) / math.sqrt(means.size)
    return [Comparison("mean cluster size, long runs", where, means.mean(), exact, error)]


def whole_distribution(kernel: str, shape: tuple[int, int], temperature: float) -> list[Comparison]:
    """χ² of the histogram of E, against the exact distribution; levels below ten
    counts are taken together.
    """
    groups = groups_of(kernel, shape, temperature, seed=3)
    energies = []
    for group in groups:
        group.update(20_000)
        # 40 updates are nine autocorrelation times
        energies.append(group.measure(3000, 40)[0].ravel())
    energies = np.concatenate(energies)
    levels, probability = energy_distribution(shape, temperature)
    counts = np.bincount(np.searchsorted(levels, energies), minlength=len(levels))
    expected = probability * energies.size
    common = expected >= 10
    observed, expected = (
        np.append(values[common], values[~common].sum()) for values in (counts, expected)
    )
    chi2, freedom = ((observed - expected) ** 2 / expected).sum(), len(observed) - 1
    where = f"{kernel}, {shape[0]}×{shape[1]}, T = {temperature:.6g}, {len(energies)} states"
    return [
        Comparison("χ² of the energy distribution", where, chi2, freedom, math.sqrt(2 * freedom))
    ]


def coupled(shape: tuple[int, int], lattices: int) -> list[Comparison]:
    """Both kernels against coupling from the past on FK bonds, whose mean
    stands for the exact value.
    """
    oracle = np.concatenate(
        [exact_samples(shape, T_C, lattices // 4, seed)[0] for seed in range(4)]
    )
    comparisons = []
    for kernel in KERNELS:
        settings = {
            "protocol": "chain",
            "updates": "auto",
            "thermalization": "auto",
            "chains": 64,
            "max_autocorrelation": 0.1,
        }
        spins = np.concatenate(
            list(
                Simulation(
                    shape, T_C, 5, Sampling(samples=10 * lattices, kernel=kernel, **settings)
                )
            )
        )
        for (name, exact), ours in zip(
            observables(oracle).items(), observables(spins).values(), strict=True
        ):
            mean, error = pooled(ours[: len(ours) // 64 * 64].reshape(-1, 64))
            where = (
                f"{kernel}, {shape[0]}×{shape[1]}, T = {T_C:.6g}, {name},"
                f" {lattices} oracle lattices"
            )
            spread = math.hypot(error, exact.std(ddof=1) / math.sqrt(lattices))
            comparisons.append(
                Comparison("coupling from the past", where, mean, exact.mean(), spread)
            )
    return comparisons


def observables(spins: np.ndarray) -> dict[str, np.ndarray]:
    """Of every lattice: E, |m|, m⁴, and spins that are half a diagonal apart."""
    size = abs(magnetization_per_site(spins))
    apart = (spins * np.roll(spins, (spins.shape[1] // 2, spins.shape[2] // 2), (1, 2))).mean(
        axis=(1, 2)
    )
    return {"E": energy_per_site(spins), r"\|m\|": size, "m⁴": size**4, "G(L/2, L/2)": apart}


def planted_bugs() -> list[tuple[str, str, float]]:
    """Every planted bug: what was changed, the check, and by how many standard errors it is off."""
    found = []
    with tempfile.TemporaryDirectory() as folder:
        for mutant in [*mutants.MUTANTS, *mutants.MORE_MUTANTS]:
            unsound = mutants.load(mutant, Path(folder))
            name = mutant.name.replace("_", " ")
            found += [
                (f"{name} ({kernel})", mutant.check.__name__, mutant.check(unsound, kernel))
                for kernel in mutant.kernels
            ]
    return found


def kolmogorov(p_values: list[float]) -> float:
    """The probability that evenly spread p-values stray as far from the diagonal
    (Kolmogorov; Stephens 1970).
    """
    ordered = np.sort(p_values)
    count = len(ordered)
    distance = max(
        (np.arange(1, count + 1) / count - ordered).max(),
        (ordered - np.arange(count) / count).max(),
    )
    scaled = distance * (math.sqrt(count) + 0.12 + 0.11 / math.sqrt(count))
    return min(
        1.0, 2 * sum((-1) ** (k - 1) * math.exp(-2 * (k * scaled) ** 2) for k in range(1, 101))
    )


def autocorrelations() -> list[str]:
    """Rows that say how far apart stored lattices of the default
    protocol are, and how much alike.
    """
    rows = []
    for temperature in (1.5, 1.8, 2.0, 2.2, T_C, 2.2976, 2.35, 1 / 0.408, 2.6, 3.0, 4.0, 5.0):
        settings = {
            "protocol": "chain",
            "updates": "auto",
            "thermalization": "auto",
            "chains": 32,
            "max_autocorrelation": 0.1,
        }
        simulation = Simulation(
            (40, 40), temperature, 4, Sampling(samples=32_000, kernel="auto", **settings)
        )
        observables = [
            (energy_per_site(spins), magnetization_per_site(spins)) for spins in simulation
        ]
        energy, magnetization = (np.concatenate(parts) for parts in zip(*observables, strict=True))
        checks = check_samples((40, 40), temperature, energy, magnetization, 32, 0.1)
        plan = simulation.plan
        lag1, size = (
            checks[f"lag1_autocorrelation_{name}"] for name in ("energy", "abs_magnetization")
        )
        error = max(
            checks[f"lag1_autocorrelation_{name}_standard_error"]
            for name in ("energy", "abs_magnetization")
        )
        times = (
            f"{plan.thermalization} | {plan.tau_energy:.2f}"
            f" | {plan.tau_magnetization:.2f} | {plan.updates}"
        )
        share = checks["effective_sample_size"] / 32_000
        rows.append(
            f"| {temperature:.6g} | {simulation.kernel} | {times} | {lag1:.4f} | {size:.4f}"
            f" | {error:.4f} | {share:.3f} |"
        )
    return rows


def table(comparisons: Iterable[Comparison]) -> list[str]:
    """Markdown rows. What is compared with is exact but for `SAMPLED`."""
    comparisons = list(comparisons)
    beside = SAMPLED.get(comparisons[0].quantity, "exact")
    head = [f"| where | measured | {beside} | standard error | pull |", "|---|---|---|---|---|"]
    return head + [
        f"| {c.where} | {c.measured:.8g} | {c.exact:.8g} | {c.error:.2g} | {c.pull:+.2f} |"
        for c in comparisons
    ]


def page(
    comparisons: list[Comparison],
    thinning: list[str],
    bugs: list[tuple[str, str, float]],
    seconds: float,
) -> str:
    """docs/validation.md."""
    quantities = {}
    for comparison in comparisons:
        quantities.setdefault(comparison.quantity, []).append(comparison)
    largest = max(comparisons, key=lambda c: abs(c.pull))
    squares = np.mean([c.pull**2 for c in comparisons])
    lines = [
        "# Validation of the sampler",
        "",
        (
            f"Written by `make validate` ({seconds / 60:.0f} minutes on {os.cpu_count()} cores)."
            f" {len(comparisons)} comparisons; the largest"
        ),
        (
            f"pull is {largest.pull:+.2f} ({largest.quantity}; {largest.where}),"
            f" the mean square of all is {squares:.2f}."
        ),
        "",
        (
            "A pull is (measured - exact)/standard error. Exact values are of the finite torus:"
            " Kaufman's partition function, and Pfaffians"
        ),
        (
            "for spin correlations; coupling from the past is an independent exact sampler."
            " Comparisons of one quantity have independent runs,"
        ),
        (
            "so their p-values must be evenly spread; the last column is the probability"
            " (Kolmogorov) of straying as far from that."
        ),
        "",
        (
            "| quantity | comparisons | mean square pull | largest pull | median"
            " relative error | p-values even |"
        ),
        "|---|---|---|---|---|---|",
    ]
    for name, of_one in quantities.items():
        relative = (
            np.median([abs(c.error / c.exact) for c in of_one]) if of_one[0].exact else math.nan
        )
        even = f"{kolmogorov([c.p_value for c in of_one]):.3f}" if len(of_one) >= 20 else "-"
        top = max(of_one, key=lambda c: abs(c.pull)).pull
        precision = "-" if math.isnan(relative) else f"{relative:.1e}"
        lines.append(
            f"| {name} | {len(of_one)} | {np.mean([c.pull**2 for c in of_one]):.2f} | {top:+.2f}"
            f" | {precision} | {even} |"
        )
    lines += [
        "",
        "## Stored lattices of the default protocol are nearly independent",
        "",
        "40×40, 32 000 lattices of 32 chains, `max_autocorrelation: 0.1`; times in Wolff updates.",
        "",
        (
            "| T | kernel | thermalization | τ of E | τ of \\|m\\| | updates between | ρ(1) of E |"
            " ρ(1) of \\|m\\| | ± | ESS/samples |"
        ),
        "|---|---|---|---|---|---|---|---|---|---|",
        *thinning,
        "",
        "## Planted bugs",
        "",
        (
            "Each is one changed line of a kernel; the check compares with exact values on a small"
            " lattice, where sound kernels stay below"
        ),
        "4 standard errors (tests/ising/test_mutations.py, which says what each check cannot see).",
        "",
        "| bug | check | standard errors |",
        "|---|---|---|",
        *(
            f"| {name} | {check.replace('_', ' ')} | {deviation:+.1f} |"
            for name, check, deviation in bugs
        ),
    ]
    for name, of_one in quantities.items():
        lines += ["", f"## {name[0].upper()}{name[1:]}", "", *table(of_one)]
    return "\n".join(lines) + "\n"


def work() -> list[Callable[[], list[Comparison]]]:
    """Every part of the validation, as calls without arguments."""
    parts = [
        lambda a=(k, t, n): long_clusters(*a)
        for k, n in (("packed", 10**8), ("scalar", 10**7))
        for t in (2.0, T_C)
    ]
    parts += [lambda k=k: long_clusters(k, 3.0, 10**7) for k in KERNELS]
    parts += [lambda k=k: whole_distribution(k, (40, 40), T_C) for k in KERNELS]
    parts += [lambda: coupled((40, 40), 4000), lambda: coupled((16, 16), 20_000)]
    parts += [
        lambda a=(k, shape, t): cell(*a)
        for shape in SHAPES[::-1]
        for t in TEMPERATURES
        for k in KERNELS
    ]
    return parts


def main() -> int:
    """Run everything, write the page, and fail if a pull is over 4 or a planted bug is not seen."""
    start = time.monotonic()
    parts = work()
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        done = progress(
            pool.map(lambda part: part(), parts), total=len(parts), label="validating, parts"
        )
        comparisons = [comparison for part in done for comparison in part]
    thinning, bugs = autocorrelations(), planted_bugs()
    PAGE.write_text(page(comparisons, thinning, bugs, time.monotonic() - start))
    print(
        f"{PAGE.relative_to(ROOT)}: {len(comparisons)} comparisons, largest"
        f" pull {max(abs(c.pull) for c in comparisons):.2f}"
    )
    return int(
        any(abs(c.pull) > 4 for c in comparisons)
        or any(abs(deviation) < 6 for _, _, deviation in bugs)
    )


if __name__ == "__main__":
    sys.exit(main())
