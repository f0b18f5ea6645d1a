"""Bugs that a Wolff kernel can have, each planted by one changed line, and the checks by exact
values that must see them.
"""

import importlib.util
import math
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

import numpy as np

import isingdbn.ising
from isingdbn.ising.exact import torus_energy, torus_magnetization_squared
from isingdbn.ising.lattice import neighbour_table
from tests.reference.enumeration import boltzmann

CRITICAL = 2 / math.log1p(math.sqrt(2))
SOURCES = Path(isingdbn.ising.__file__).parent
# modules that import it
USERS = {
    "xoshiro": ("wolff", "packed", "chains"),
    "wolff": ("chains",),
    "packed": ("chains",),
    "chains": (),
}


# Checks. Each takes a module `chains`, sound or not, and the name of a kernel, and says by how many
# standard errors it is wrong.


def chain_group(chains: ModuleType, kernel: str, shape: tuple[int, int], temperature: float):
    """Chains 0 … of a kernel, after 2000 updates each."""
    number = chains.lanes(kernel)
    group = chains.chain_group(kernel, shape, temperature, 0, "chain", range(number), number)
    group.update(2000)
    return group


def deviation(values: np.ndarray, exact: float) -> float:
    """Of the mean of independent values, in its standard errors."""
    return (np.mean(values) - exact) / (np.std(values, ddof=1) / math.sqrt(len(values)))


def chi_squared(counts: np.ndarray, expected: np.ndarray) -> float:
    """How far χ² is from its mean in standard deviations; what is expected less
    than ten times is left out.
    """
    common = expected >= 10
    chi2 = ((counts - expected)[common] ** 2 / expected[common]).sum()
    return (chi2 - common.sum()) / math.sqrt(2 * common.sum())


def cluster_size(
    chains: ModuleType,
    kernel: str,
    shape: tuple[int, int] = (7, 9),
    temperature: float = CRITICAL,
    updates: int = 400_000,
) -> float:
    """Mean cluster size, N⟨m²⟩ (Wolff 1989), over 80 blocks.

    A kernel for the wrong lattice is as consistent, so ⟨m²⟩ is the exact one.
    """
    group = chain_group(chains, kernel, shape, temperature)
    block = updates // 80 // chains.lanes(kernel)
    sizes = [group.update(block) / (block * chains.lanes(kernel)) for _ in range(80)]
    return deviation(sizes, math.prod(shape) * torus_magnetization_squared(shape, temperature))


def energy(
    chains: ModuleType, kernel: str, shape: tuple[int, int] = (16, 16), points: int = 128_000
) -> float:
    """Mean energy at T_c, over 80 blocks. The sharpest check of p: 0.2 % are 15 standard errors."""
    series, _ = chain_group(chains, kernel, shape, CRITICAL).measure(
        points // chains.lanes(kernel), 3
    )
    return deviation(
        series.reshape(80, -1).mean(axis=1), math.prod(shape) * torus_energy(shape, CRITICAL)
    )


def magnetization_squared(
    chains: ModuleType, kernel: str, shape: tuple[int, int] = (7, 9), points: int = 16_000
) -> float:
    """⟨m²⟩ at T_c, over 80 blocks, with ``updates`` as large as the lattice."""
    sites = math.prod(shape)
    _, series = chain_group(chains, kernel, shape, CRITICAL).measure(
        points // chains.lanes(kernel), sites
    )
    return deviation(
        (series.reshape(80, -1) ** 2).mean(axis=1),
        sites**2 * torus_magnetization_squared(shape, CRITICAL),
    )


def states(
    chains: ModuleType,
    kernel: str,
    shape: tuple[int, int] = (3, 4),
    temperature: float = CRITICAL,
    number: int = 400_000,
) -> float:
    """χ² over all states."""
    sites = math.prod(shape)
    spins = samples(chains, kernel, shape, temperature, number, 7)
    counts = np.bincount((spins.reshape(-1, sites) > 0) @ 2 ** np.arange(sites), minlength=2**sites)
    return chi_squared(counts, boltzmann(*shape, temperature) * counts.sum())


def samples(
    chains: ModuleType,
    kernel: str,
    shape: tuple[int, int],
    temperature: float,
    number: int,
    updates: int,
) -> np.ndarray:
    """Stored samples of shape (n, chain, N)."""
    number_of_chains = chains.lanes(kernel)
    spins = np.empty((number // number_of_chains, number_of_chains, math.prod(shape)), np.int8)
    chain_group(chains, kernel, shape, temperature).sample(spins, updates)
    return spins


def seed_sites(chains: ModuleType, kernel: str) -> float:
    """χ² of the sites that flip where p ≈ 0, so that every cluster is its seed alone."""
    spins = samples(chains, kernel, (5, 7), 1e9, 40_000, 1)
    changed = spins[1:] * spins[:-1]
    # whatever the global signs
    flips = changed != np.sign(changed.sum(axis=2, dtype=int))[:, :, None]
    return chi_squared(flips.sum(axis=(0, 1)), np.full(35, flips.sum() / 35))


def signs(chains: ModuleType, kernel: str) -> float:
    """How often successive samples of a cold chain have the same sign: as often as not."""
    sign = np.sign(samples(chains, kernel, (4, 4), 1.0, 16_000, 1).sum(axis=2, dtype=int))
    return deviation((sign[1:] * sign[:-1]).ravel(), 0.0)


def ties(chains: ModuleType, kernel: str) -> float:
    """How many neighbours join a lone seed where p = 1/131072, so that bonds open on ties
    alone, and on half of them.

    At other temperatures a wrong tie changes p by 2⁻¹⁷ or so, which no affordable check sees.
    """
    spins, neighbours = np.ones(1009 * 1013, np.uint8), neighbour_table(1009, 1013)
    queue, state = np.empty(spins.size + 1, neighbours.dtype), np.arange(1, 5, dtype=np.uint64)
    joins, rounds, updates = 0, 1000, 2000
    for _ in range(rounds):
        spins.fill(1)  # so that nearly every neighbour may join
        joins += (
            chains.wolff_updates(
                spins, neighbours, 1013, np.array([0, 2**47], np.uint64), state, queue, updates
            )
            - updates
        )
    expected = rounds * updates * 4 / 2**17
    return (joins - expected) / math.sqrt(expected)


# The mutants.


@dataclass(frozen=True)
class Mutant:
    """A bug: the line ``old`` of ``module``, without its indentation, becomes ``new``,
    and ``check`` must see it in ``kernels``.
    """

    name: str
    module: str
    old: str
    new: str
    check: Callable[..., float]
    kernels: tuple[str, ...]


PACKED, SCALAR, BOTH = ("packed",), ("scalar",), ("scalar", "packed")
MUTANTS = [
    Mutant(
        "vertical_wrap_looks_at_the_wrong_row",
        "packed",
        "down[y, lane] &= ~(word ^ spins[below, lane])",
        "down[y, lane] &= ~(word ^ spins[below if below > 0 else 1, lane])",
        cluster_size,
        PACKED,
    ),
    Mutant(
        "no_horizontal_wrap",
        "packed",
        "row[lane] |= ((word >> top) | (word << top)) & wrap[y, lane]",
        "row[lane] |= ((word >> top) | (word << top)) & np.uint64(0)",
        cluster_size,
        PACKED,
    ),
    Mutant(
        "joins_across_the_edge_ask_for_no_further_sweep",
        "packed",
        "joined |= row[lane] ^ word",
        "joined |= (row[lane] ^ word) & ~wrap[y, lane]",
        cluster_size,
        PACKED,
    ),
    Mutant(
        "last_row_alone_asks_for_a_further_sweep",
        "packed",
        "changed |= joined",
        "changed = joined",
        energy,
        PACKED,
    ),
    Mutant(
        "no_fill_to_the_left",
        "packed",
        "word |= ((word & left) + left) ^ left",
        "word |= np.uint64(0)",
        states,
        PACKED,
    ),
    Mutant(
        "eight_digits_only",
        "packed",
        "while left != 0 and first < digits.size:",
        "while left != 0 and first < 8:",
        energy,
        PACKED,
    ),
    Mutant(
        "bond_probability_off_by_two_per_mille",
        "wolff",
        "probability = -np.expm1(-2.0 / temperature)",
        "probability = -1.002 * np.expm1(-2.0 / temperature)",
        energy,
        BOTH,
    ),
    Mutant(
        "stop_after_a_number_of_flipped_spins",
        "wolff",
        "for _ in range(updates):",
        "while flipped < updates:",
        magnetization_squared,
        SCALAR,
    ),
    Mutant(
        "one_draw_for_two_bonds",
        "wolff",
        "d0, d1 = word & _MASK16, (word >> np.uint64(16)) & _MASK16",
        "d0, d1 = word & _MASK16, word & _MASK16",
        states,
        SCALAR,
    ),
    Mutant(
        "ties_stay_closed",
        "wolff",
        "return (next_word(state) >> np.uint64(16)) < threshold[1]",
        "return False",
        ties,
        SCALAR,
    ),
    Mutant(
        "ties_open",
        "wolff",
        "return (next_word(state) >> np.uint64(16)) < threshold[1]",
        "return True",
        ties,
        SCALAR,
    ),
    Mutant(
        "seeds_from_the_first_half",
        "xoshiro",
        "return product >> np.uint64(32)",
        "return product >> np.uint64(33)",
        seed_sites,
        BOTH,
    ),
    Mutant(
        "no_global_sign",
        "packed",
        "sign = np.uint64(0) - (next_word(words) >> np.uint64(63))",
        "sign = np.uint64(0)",
        signs,
        PACKED,
    ),
    Mutant(
        "no_global_sign",
        "chains",
        "down = np.uint8(next_word(state) >> np.uint64(63))",
        "down = np.uint8(0)",
        signs,
        SCALAR,
    ),
]
MORE_MUTANTS = [  # kin of these that are seen as well; a packed kernel takes seconds to compile
    Mutant(
        "no_vertical_wrap",
        "packed",
        "down[y, lane] &= ~(word ^ spins[below, lane])",
        "down[y, lane] &= ~(word ^ spins[below, lane]) if y + 1 < height else np.uint64(0)",
        cluster_size,
        PACKED,
    ),
    Mutant(
        "vertical_wrap_upwards_only",
        "packed",
        "above = y - 1 if y > 0 else height - 1",
        "above = y - 1 if y > 0 else 0",
        cluster_size,
        PACKED,
    ),
    Mutant(
        "horizontal_wrap_to_the_left_only",
        "packed",
        "wrap[y, lane] = (opened >> top) | (opened & (_ONE << top))",
        "wrap[y, lane] = opened & (_ONE << top)",
        cluster_size,
        PACKED,
    ),
    Mutant(
        "digits_in_the_wrong_order",
        "packed",
        (
            "return np.array([(value >> (63 - digit) & 1) * (2**64 - 1) for digit"
            " in range(64)], np.uint64)"
        ),
        "return np.array([(value >> digit & 1) * (2**64 - 1) for digit in range(64)], np.uint64)",
        energy,
        PACKED,
    ),
    Mutant(
        "no_seeds_in_the_last_row",
        "packed",
        "site = site_below(np.uint64(height * width), words)",
        "site = site_below(np.uint64(height * width - width), words)",
        seed_sites,
        PACKED,
    ),
]


def load(mutant: Mutant, folder: Path) -> ModuleType:
    """The module `chains` of a copy of the sampler that has the bug, made in ``folder``:
    the changed module and those that import it.
    """
    package = f"mutant_{mutant.module}_{mutant.name}"
    copied = (mutant.module, *USERS[mutant.module])
    root = folder / package
    root.mkdir()
    (root / "__init__.py").touch()
    for module in copied:
        source = (
            changed(mutant) if module == mutant.module else (SOURCES / f"{module}.py").read_text()
        )
        for other in copied:
            source = source.replace(
                f"from isingdbn.ising.{other} import", f"from {package}.{other} import"
            )
        (root / f"{module}.py").write_text(source)
    # of an earlier call
    for name in [name for name in sys.modules if name.split(".")[0] == package]:
        del sys.modules[name]
    specification = importlib.util.spec_from_file_location(
        package, root / "__init__.py", submodule_search_locations=[str(root)]
    )
    sys.modules[package] = importlib.util.module_from_spec(specification)
    return importlib.import_module(f"{package}.chains")


def changed(mutant: Mutant) -> str:
    """The source of the mutant's module with its one line changed."""
    lines = (SOURCES / f"{mutant.module}.py").read_text().split("\n")
    places = [place for place, line in enumerate(lines) if line.strip() == mutant.old]
    assert len(places) == 1, (
        f"{mutant.name}: {len(places)} lines of {mutant.module}.py read {mutant.old}"
    )
    lines[places[0]] = lines[places[0]].replace(mutant.old, mutant.new)
    return "\n".join(lines)
