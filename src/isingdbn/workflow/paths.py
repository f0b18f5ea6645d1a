"""Where every result of an experiment is.

A path is a pattern with wildcards in braces, in Snakemake's way.

The wildcard ``data`` says what a net is trained on: ``lattices``, or a kind of surrogate
of the same lattices. It is no part of any random stream, so a net and its control are a pair.
"""

from collections.abc import Iterable, Sequence
from functools import cache
from itertools import product
from string import Formatter
from typing import Any

__all__ = [
    "BENCHMARK",
    "BLOCK_COUPLINGS",
    "BLOCK_SPINS",
    "BY_NET",
    "BY_RULE",
    "CODES",
    "DEAD_NEURONS",
    "DEFINITIONS",
    "DISCRIMINATION",
    "DISCRIMINATION_OVER_EPOCHS",
    "EMERGENCE",
    "EVALUATION",
    "EXACT",
    "EXPONENTS",
    "FIGURE",
    "FIXED_POINTS",
    "FLOW",
    "INFORMATION",
    "KERAS",
    "LATTICES",
    "LATTICE_COUPLINGS",
    "LAYER",
    "LOG",
    "MACHINE_COUPLINGS",
    "MACHINE_EXPONENTS",
    "METRICS",
    "MIXING",
    "NETWORK",
    "PEAKS",
    "POINT",
    "PORTRAITS",
    "RECEPTIVE_FIELDS",
    "RECONSTRUCTION",
    "SAMPLES",
    "SCORECARD",
    "SURROGATES",
    "TABLE",
    "THERMODYNAMICS",
    "TRAINED",
    "filled",
    "manifest",
    "with_manifests",
]

# One point of the experiment: one set of lattices. And one net trained
# on them, or on their surrogates.
POINT = "L{size}_T{temperature}_seed{seed}"
TRAINED = f"{{net}}/{{data}}/{POINT}"

LATTICES = f"results/lattices/{POINT}.zarr"
SURROGATES = f"results/surrogates/{{data}}/{POINT}.zarr"
LAYER = f"results/nets/{TRAINED}/layer{{layer}}.zarr"
NETWORK = f"results/nets/{TRAINED}/autoencoder.zarr"
KERAS = f"results/nets/{TRAINED}/autoencoder.keras"
ANALYSIS = f"results/analysis/{TRAINED}"
RECEPTIVE_FIELDS = f"{ANALYSIS}/receptive_fields.zarr"
DEAD_NEURONS = f"{ANALYSIS}/dead_neurons.zarr"
METRICS = f"{ANALYSIS}/metrics.zarr"
PORTRAITS = f"{ANALYSIS}/portraits.zarr"
EMERGENCE = f"{ANALYSIS}/emergence.zarr"
CODES = f"{ANALYSIS}/code.zarr"
DEFINITIONS = f"{ANALYSIS}/definitions.zarr"
RECONSTRUCTION = f"{ANALYSIS}/reconstruction.zarr"
EVALUATION = f"{ANALYSIS}/evaluation.zarr"
DISCRIMINATION = f"{ANALYSIS}/discrimination.zarr"
DISCRIMINATION_OVER_EPOCHS = f"{ANALYSIS}/discrimination_over_epochs.zarr"
MIXING = f"{ANALYSIS}/mixing.zarr"
FLOW = f"{ANALYSIS}/flow.zarr"
FIXED_POINTS = f"{ANALYSIS}/fixed_points.zarr"
MACHINE_COUPLINGS = f"{ANALYSIS}/couplings.zarr"
SAMPLES = f"results/samples/{TRAINED}.zarr"  # lattices of a machine's own
MACHINE_EXPONENTS = f"results/samples/{TRAINED}_exponents.zarr"
LATTICE_COUPLINGS = f"results/couplings/{{data}}/{POINT}.zarr"
# Block spins: what is mapped, ``on``, is lattices or a surrogate of them, and ``map`` is a rule,
# or a net and what it was trained on.
MAPPED = f"results/block_spins/{{map}}/{{on}}/{POINT}"
BLOCK_SPINS = f"{MAPPED}/step{{step}}.zarr"
BY_RULE = BLOCK_SPINS.replace("{map}", "{rule}_{block}")
BY_NET = BLOCK_SPINS.replace("{map}", "{net}.{data}")
BLOCK_COUPLINGS = f"{MAPPED}/couplings{{step}}.zarr"
EXPONENTS = f"{MAPPED}/exponents.zarr"
INFORMATION = f"{MAPPED}/information{{step}}.zarr"
TABLE = "results/tables/{table}.csv"
SCORECARD = {
    "csv": "results/tables/scorecard.csv",
    "comparisons": "results/tables/comparisons.csv",
    "json": "results/tables/scorecard.json",
}
FIGURE = "results/figures/{figure}"
THERMODYNAMICS = f"results/thermodynamics/{POINT}.zarr"
PEAKS = "results/thermodynamics/peaks_L{size}_seed{seed}.zarr"
EXACT = "results/thermodynamics/exact_L{size}.zarr"
LOG = "results/logs/{job}.log"
BENCHMARK = "results/benchmarks/{job}.tsv"


def manifest(artifact: str) -> str:
    """The checksum manifest of a store or file.

    Of a store it stands for its content in the DAG: an identical one reruns nothing.
    """
    return f"{artifact}.sha256"


def with_manifests(artifacts: Iterable[str]) -> list[str]:
    """The paths of artifacts and of their manifests."""
    return [path for artifact in artifacts for path in (artifact, manifest(artifact))]


def filled(patterns: str | Sequence[str], **values: Any) -> list[str]:
    """Each of ``patterns`` with every combination of ``values``, lists or single
    ones; other wildcards stay.
    """
    lists = {name: value if isinstance(value, list) else [value] for name, value in values.items()}
    found = []
    for pattern in [patterns] if isinstance(patterns, str) else patterns:
        names = _names(pattern)
        chosen = [name for name in names if name in lists]
        kept = {name: f"{{{name}}}" for name in names if name not in lists}
        found += [
            pattern.format(**kept, **dict(zip(chosen, combination, strict=True)))
            for combination in product(*(lists[name] for name in chosen))
        ]
    return found


@cache
def _names(pattern: str) -> tuple[str, ...]:
    """The wildcards of a pattern."""
    return tuple(
        dict.fromkeys(name for _, name, _, _ in Formatter().parse(pattern) if name is not None)
    )
