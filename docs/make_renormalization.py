"""Compute the numbers of the paper's theory and of known block-spin maps, and write
docs/renormalization.md: `make renormalization`, two minutes on one core.
"""

import tempfile
import time
from collections.abc import Iterator
from itertools import product
from pathlib import Path

import numpy as np
import xarray as xr
from benchmarks.processor import processor
from scipy.special import softmax

from isingdbn.cli import main as isingdbn
from isingdbn.parameters.temperature import CRITICAL_TEMPERATURE
from isingdbn.renormalization.block_operators import (
    decimation_operator,
    kadanoff_operator,
    majority_operator,
    renormalized_torus,
    two_by_two_couplings,
)
from isingdbn.renormalization.canonical_block import canonical_block, two_point_function
from isingdbn.renormalization.enumeration import states
from isingdbn.renormalization.exact_mapping import distances, equal_free_energies, exact_mapping
from isingdbn.renormalization.exact_training import train_exactly
from isingdbn.renormalization.hamiltonians import Machine, ising_torus

ROOT = Path(__file__).parents[1]
CRITICAL_COUPLING = 1 / CRITICAL_TEMPERATURE
RULES = {
    "majority, ties ½": majority_operator,
    "decimation": decimation_operator,
    "Kadanoff, p = 1": kadanoff_operator(1.0),
}
STEPS = (0, 20, 80, 400)  # of exact training
COUPLINGS = ("nearest", "next_nearest", "plaquette", "third_neighbour")

WORDS = """# Is it renormalization?

The paper's section 2 says that a restricted Boltzmann machine *performs* the renormalization group.
Here is that theory as code (`src/isingdbn/renormalization/`), checked exactly on lattices that can
be enumerated, beside maps that do renormalize.
{setting}

## The equations as they should read

A state has the weight $e^{{-H}}$, with $\\beta$ inside $H$; $Z=\\sum e^{{-H}}$ and $F=-\\log Z$.
Three places of the paper read otherwise and are easily mended:

- Equation 3 breaks off after its first sum. The whole is
  $H_\\mathrm{{RBM}} = -\\sum_i b_iv_i - \\sum_{{ij}} w_{{ij}}v_ih_j - \\sum_j c_jh_j$.
- $F$ is written $-\\log\\sum e^{{+H}}$; it is $-\\log\\sum e^{{-H}}$.
- $T = H_\\mathrm{{RBM}} + H$ has the sign of another convention. With
  $e^{{-H_\\mathrm{{RG}}[h]}} = \\sum_v e^{{T(v,h)}}e^{{-H(v)}}$ (equation 4) it is
  $T = H - H_\\mathrm{{RBM}}$.

Then $e^Te^{{-H}} = e^{{-H_\\mathrm{{RBM}}}}$ and $H_\\mathrm{{RG}}[h]=H_\\mathrm{{RBM}}[h]$
(equations 5 and 6), **for any weights, trained or not**: the one-to-one mapping says nothing about
what is learnt. On the 4×4 torus with 8 hidden spins and random weights, 2²⁴ joint states, the two
sides differ by {identity:.1e} at most ({seconds:.1f} s).

What is learnt is in $t(v)=\\log\\sum_h e^{{T(v,h)}}$,
since $p_\\lambda(v)\\propto e^{{-H(v)+t(v)}}$.
The paper says that $\\Delta F=0$ if and only if $\\sum_h e^T=1$. Only "if" holds: a constant in the
energy sets $\\Delta F$ to zero and changes no probability. The random machine above then has
$\\Delta F$ = {zero:.0g}, and is {kl:.2f} nats away from the Ising model.

## What learning brings near

A machine of 8 hidden spins, trained by the exact gradient on the 4×4 torus at $K_c$:

{training}

The divergence falls, and with it the variance of $t$.
$\\Delta F$ moves away from zero meanwhile, since the energy has a free constant: it does not
measure learning.
Block-spin rules have zero in all columns, for every Hamiltonian, because they are probabilities
of $h$ given $v$. So the mapping alone does not make a machine renormalize;
the question is what a trained machine has that such a rule has.

## Rules that renormalize

$-H'[h]$ of the 4×4 torus at $K_c$ under 2×2 blocks, by enumeration: the four kinds of states of the
block lattice, and the couplings that give them exactly.

{torus}

## Couplings of block spins

By pseudolikelihood, from {samples} lattices of 64×64 under the majority rule, with standard errors
over chains. At side 64 the data are the Ising model, with $1/T$ and nothing else.

{flow}

The first step leaves the axis of the Ising model; after it the couplings fall above $T_c$, rise
below, and hardly change at $T_c$: the flow of the renormalization group. The nearest coupling of
twins, whose couplings are not the Ising model's, falls at all three temperatures.

## Exponents

Swendsen's Monte Carlo renormalization group, {many} lattices of 64×64 at $T_c$, 2×2 blocks,
majority rule with ties at random; statistical errors in brackets, in units of the last digit.

{exponents}

$y_T$ = {thermal}, exactly 1. $y_H$ = {magnetic}, exactly 15/8.
The error is the root of the sum of squares of the statistical one and of the spread over the last
two steps and numbers of couplings.
{rg_seconds:.0f} s for the measurement.

## A rule that is learnt

Of all sums of the spins of a block, the one that says most about the spins around it, beyond a
buffer, is found from the two-point function alone (canonical correlation; Lenggenhager, Gökmen,
Ringel, Huber and Koch-Janusz, Phys. Rev. X 10, 011037 (2020), ask the same of mutual information).
So a coarse-graining that is trained to keep what matters beyond the buffer, as far as sums of spins
go, is the same on lattices and on twins, and its fields are blocks. For 2×2 spins all weights are
equal, by symmetry; of larger blocks the rim counts most, at every buffer.
Fields like blocks are therefore no sign that a net has seen the Ising model.
From {samples} lattices of 64×64 at $T_c$ and their twins; the buffer is in sites:

{learnt}

## Nets as block-spin maps

The hidden spins of trained nets, laid on grids by the centres of their fields, are measured in the
same way: [evidence.md](evidence.md#is-a-net-a-block-spin-map) has their couplings and exponents
beside those of the majority rule on the same lattices, and beside those of nets that never saw
Ising lattices; and where machines take lattices that they are iterated on. In
[more twins](twins.md) a stack that is taught block spins, from random weights, is measured so, and
has all that such a map has.
"""


def rows(*lines: tuple[str, ...]) -> str:
    """A Markdown table whose first line is its head."""
    head, *body = ("| " + " | ".join(line) + " |" for line in lines)
    return "\n".join([head, "|" + "---|" * len(lines[0]), *body])


def random_machine(scale: float) -> Machine:
    """Eight hidden spins on the 4×4 torus."""
    rng = np.random.default_rng(0)
    weights = rng.normal(0, scale, (16, 8))
    return Machine(weights, *(rng.normal(0, scale / 10, size) for size in (16, 8)))


def mapping(energies: np.ndarray) -> dict[str, float]:
    """How well the identity holds, and the counterexample."""
    machine = random_machine(0.5)
    started = time.perf_counter()
    found = exact_mapping(machine, energies)
    seconds = time.perf_counter() - started
    shifted = exact_mapping(equal_free_energies(machine, energies), energies)
    far = distances(energies, shifted.log_trace)
    return {
        "identity": float(np.abs(found.renormalized - found.marginal).max()),
        "seconds": seconds,
        "zero": abs(far.free_energy_difference),
        "kl": far.kl,
    }


def training(energies: np.ndarray) -> str:
    """How the distances fall."""
    lines = [("steps", "KL(p‖p_λ) (nat)", "variance of t", "ΔF")]
    machines = train_exactly(random_machine(0.01), softmax(-energies), 0.2, max(STEPS))
    for step, machine in enumerate(machines):
        if step in STEPS:
            far = distances(energies, exact_mapping(machine, energies).log_trace)
            cells = far.kl, far.trace_variance, far.free_energy_difference
            lines.append((str(step), *(f"{cell:.3g}" for cell in cells)))
    return rows(*lines)


def torus() -> str:
    """The exact table of the 4×4 torus."""
    names = ("nearest", "next_nearest", "plaquette")
    lines = [("rule", "all equal", "one differs", "a row", "a diagonal", "K₁", "K₂", "K₄")]
    for name, operator in RULES.items():
        values = renormalized_torus(4, 4, CRITICAL_COUPLING, operator)
        couplings = two_by_two_couplings(values)
        # states of the 2×2 lattice: bit i is site i
        cells = [values[state] for state in (0, 1, 3, 9)] + [couplings[name] for name in names]
        lines.append((name, *(f"{cell:.6f}" for cell in cells)))
    return rows(*lines)


def draw(folder: Path, temperature: float, samples: int) -> Path:
    """Lattices of 64×64."""
    store = folder / f"T{temperature:.4f}_{samples}.zarr"
    if not store.exists():
        run("simulate", "--size", 64, "--temperature", temperature, "--samples", samples,
            "--chains", 64, "--seed", 0, "--output", store)  # fmt: skip
    return store


def run(*words: object) -> None:
    """A command of the package."""
    if isingdbn([str(word) for word in words]):
        raise SystemExit(1)


def flow(folder: Path, samples: int) -> str:
    """Couplings of lattices, of twins, and of their block spins."""
    lines = [("T (J/k_B)", "data", "side", *(name.replace("_", " ") for name in COUPLINGS))]
    for temperature in (2.1, CRITICAL_TEMPERATURE, 2.45):
        lattices = draw(folder, temperature, samples)
        twin = folder / f"twin{temperature:.4f}.zarr"
        run("surrogate", "--lattices", lattices, "--data", "thresholded_gaussian", "--output", twin)
        for name, store in (("lattices", lattices), ("twin", twin)):
            for side, level in _levels(store):
                cells = _couplings(level)
                lines.append((f"{temperature:.5g}", name, str(side), *cells))
    return rows(*lines)


def _levels(store: Path) -> Iterator[tuple[int, Path]]:
    for side in (64, 32, 16, 8):
        yield side, store
        blocks = store.with_name(f"{store.stem}_blocked.zarr")
        if side > 8:
            run("renormalize", "--lattices", store, "--output", blocks)
        store = blocks


def _couplings(store: Path) -> Iterator[str]:
    output = store.with_name(f"{store.stem}_couplings.zarr")
    run("couplings", "lattices", "--lattices", store, "--output", output)
    found = xr.open_zarr(output)
    for name in COUPLINGS:
        yield in_brackets(float(found[name]), float(found[f"{name}_error"]))


def in_brackets(value: float, error: float) -> str:
    """A value to four digits after the point, with its error in units of the last one."""
    return f"{value:.4f}({round(error * 1e4)})"


def learnt(folder: Path, samples: int) -> str:
    """The weights of the sums of block spins that say most about what is around."""
    lattices = draw(folder, CRITICAL_TEMPERATURE, samples)
    twin = folder / f"twin{CRITICAL_TEMPERATURE:.4f}.zarr"
    lines = [("block", "buffer", "data", "corner", "edge", "inside", "canonical correlation")]
    for name, store in (("lattices", lattices), ("twin", twin)):
        correlation = two_point_function(xr.open_zarr(store)["spins"].values)
        for block, buffer in product((2, 4), (1, 2, 4, 8)):
            weights, found = canonical_block(correlation, block, buffer, width=3)
            inside = f"{weights[1, 1]:.3f}" if block > 2 else ""
            edge = f"{weights[0, 1]:.3f}" if block > 2 else ""
            cells = (f"{weights[0, 0]:.3f}", edge, inside, f"{found:.4f}")
            lines.append((f"{block}×{block}", str(buffer), name, *cells))
    return rows(*lines)


def exponents(folder: Path, samples: int) -> dict[str, str | float]:
    """The table of Swendsen."""
    lattices = draw(folder, CRITICAL_TEMPERATURE, samples)
    started = time.perf_counter()
    run("exponents", "--lattices", lattices, "--output", folder / "exponents.zarr")
    seconds = time.perf_counter() - started
    found = xr.open_zarr(folder / "exponents.zarr").load()
    lines = [("", "step", *(f"{number} couplings" for number in (1, 2, 3, 4, 7)))]
    for name, symbol in (("thermal", "$y_T$"), ("magnetic", "$y_H$")):
        values, errors = found[f"{name}_by_step"].values, found[f"{name}_by_step_error"].values
        for step, (row, of_row) in enumerate(zip(values, errors, strict=True)):
            chosen = [number for number in (1, 2, 3, 4, 7) if number <= len(row)]
            cells = [in_brackets(row[n - 1], of_row[n - 1]) for n in chosen]
            cells += [""] * (5 - len(cells))
            lines.append((symbol, f"{64 >> step} → {32 >> step}", *cells))
    ends = {
        name: f"{float(found[name]):.4f} ± {float(found[f'{name}_error']):.4f}"
        for name in ("thermal", "magnetic")
    }
    return {"exponents": rows(*lines), "rg_seconds": seconds, **ends}


def main() -> None:
    """Compute and write."""
    energies = ising_torus(4, 4, CRITICAL_COUPLING).energy(states(16))
    samples, many = 10_000, 40_000
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        text = WORDS.format(
            setting=f"Computed on {processor()}.",
            samples=f"{samples:,}",
            many=f"{many:,}",
            training=training(energies),
            torus=torus(),
            flow=flow(folder, samples),
            learnt=learnt(folder, samples),
            **mapping(energies),
            **exponents(folder, many),
        )
    (ROOT / "docs" / "renormalization.md").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
