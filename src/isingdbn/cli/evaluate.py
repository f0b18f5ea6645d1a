"""``isingdbn evaluate``: the first machine of a stack as a model of its lattices,
beside the exact Ising model.
"""

import argparse
import dataclasses
from pathlib import Path

import numpy as np
import xarray as xr

from isingdbn import storage
from isingdbn.cli.arguments import Parser, add_output, add_settings, add_threads, settings_from
from isingdbn.cli.data import Lattices, add_lattices, load_lattices_of
from isingdbn.cli.network import load_layers
from isingdbn.errors import InputError
from isingdbn.ising.exact import (
    LARGEST_CORRELATED,
    torus_correlations,
    torus_energy,
    torus_free_energy,
)
from isingdbn.learning.averages import lattice_averages, mean_and_error
from isingdbn.learning.dataset import Samples, in_order
from isingdbn.learning.evaluation import (
    annealing_problem,
    can_be_enumerated,
    free_energies,
    free_energy_gap,
    independent_bias,
    independent_samples,
    log_partition_ais,
    log_partition_exact,
    model_samples,
    pseudolikelihood,
)
from isingdbn.learning.propagation import machine_of
from isingdbn.learning.rbm import RBM
from isingdbn.learning.runtime import use_threads
from isingdbn.parameters.data import LATTICES, MODELS_OF_SPINS, REAL
from isingdbn.parameters.evaluation import Evaluation
from isingdbn.progress import note
from isingdbn.seeding import generator

__all__ = ["parser", "run"]

LARGEST_DISTANCE = 4.0  # standard errors between the two starts
ROUNDING = 1e-9  # averages of frozen chains differ by less
UNITS = {
    "energy": ("energy a site", "J"),
    "abs_magnetization": ("mean size of the magnetization a site", "1"),
    "magnetization_squared": ("mean squared magnetization a site", "1"),
    "correlation_y": ("spin correlation along y", "1"),
    "correlation_x": ("spin correlation along x", "1"),
}

Variables = dict[str, tuple]


def parser() -> argparse.ArgumentParser:
    """The options of the command."""
    parser = Parser(prog="isingdbn evaluate", description=__doc__)
    parser.add_argument(
        "--layer",
        type=Path,
        required=True,
        help="store of `isingdbn pretrain`, the first layer of a stack",
    )
    add_lattices(parser)
    add_settings(parser, Evaluation)
    add_threads(parser)
    add_output(parser, "the Zarr store of the evaluation")
    return parser


def run(arguments: argparse.Namespace) -> None:
    """Evaluate and store."""
    settings = settings_from(arguments, Evaluation)
    storage.refuse_existing(arguments.output)
    use_threads(arguments.threads)
    (layer,), (source,) = load_layers([arguments.layer])
    if layer.visible not in MODELS_OF_SPINS:
        raise InputError(
            f"{arguments.layer}: has {layer.visible} visible units, which spins are not;"
            " give one with spin or gaussian units"
        )
    lattices = load_lattices_of(arguments.lattices, arguments.layer, source)
    if lattices.data in REAL:
        raise InputError(f"{arguments.lattices}: holds real numbers; give lattices of spins")
    rbm = machine_of(layer)
    bias = independent_bias(rbm.visible, _mean(lattices.training.flat()), len(lattices.training))
    partition, variables, warnings = _log_partition(
        rbm, bias, settings, _stream(lattices, source, "annealing")
    )
    variables |= _likelihoods(
        rbm, lattices, partition, _stream(lattices, source, "pseudolikelihood")
    )
    sampled, not_mixed = _own_lattices(
        rbm, bias, lattices, settings, _stream(lattices, source, "sampling")
    )
    variables |= sampled
    if lattices.data == LATTICES:
        variables |= _exact(lattices, density=layer.visible == "gaussian")
    warnings += not_mixed
    for warning in warnings:
        note(f"warning: {warning}")
    identity = {
        **lattices.identity,
        "seed": lattices.seed,
        "data": lattices.data,
        "units": source["units"],
        "visible": layer.visible,
        "hidden": layer.hidden,
    }
    parameters = {**identity, **dataclasses.asdict(settings)}
    attributes = {
        "kind": "evaluation",
        "title": (
            "A restricted Boltzmann machine as a model of its lattices; logarithms are natural"
        ),
        **parameters,
        "likelihood_is": "density" if layer.visible == "gaussian" else "probability",
        "log_partition_by": _how(rbm, partition),
        "warnings": warnings,
        **storage.provenance(__name__, parameters, [arguments.layer, arguments.lattices]),
    }
    storage.save(xr.Dataset(variables, attrs=attributes), arguments.output)


def _stream(lattices: Lattices, source: dict, part: str) -> np.random.Generator:
    return generator(
        lattices.seed, "evaluate", part=part, units=source["units"], **lattices.identity
    )


def _mean(samples: Samples) -> np.ndarray:
    return sum(rows.sum(axis=0, dtype=np.int64) for rows in in_order(samples)) / len(samples)


def _how(rbm: RBM, partition: tuple[float, float]) -> str:
    if can_be_enumerated(rbm):
        return "enumeration"
    return "not known" if np.isnan(partition[0]) else "annealed importance sampling"


def _quantity(
    name: str, value: object, error: object, text: str, unit: str, dimensions: tuple[str, ...] = ()
) -> Variables:
    """A variable and its standard error."""
    return {
        name: (dimensions, value, {"long_name": text, "units": unit}),
        f"{name}_error": (
            dimensions,
            error,
            {"long_name": f"standard error of {text}", "units": unit},
        ),
    }


def _log_partition(
    rbm: RBM, bias: np.ndarray, settings: Evaluation, rng: np.random.Generator
) -> tuple[tuple[float, float], Variables, list[str]]:
    """The best log Z with its error, all variables about it, and what is wrong with them."""
    weights = np.full(settings.chains, np.nan)
    effective, first_order, best = np.nan, np.nan, (np.nan, np.nan)
    problem = annealing_problem(rbm)
    if problem is None:
        estimate = log_partition_ais(rbm, bias, settings.chains, settings.annealing_steps, rng)
        weights, effective, first_order, problem = (
            estimate.log_weights,
            estimate.effective_samples,
            estimate.delta_error,
            estimate.warning,
        )
        best = estimate.value, estimate.error
    variables = {
        **_quantity("log_partition_ais", *best, "log Z by annealed importance sampling", "1"),
        "log_partition_ais_delta_error": (
            (),
            first_order,
            {"long_name": "standard error of it, to first order", "units": "1"},
        ),
        "log_weight": (
            "chain",
            weights,
            {"long_name": "log weight of an annealed chain", "units": "1"},
        ),
        "effective_samples": (
            (),
            effective,
            {"long_name": "effective number of annealed chains", "units": "1"},
        ),
    }
    if can_be_enumerated(rbm):
        best = log_partition_exact(rbm), 0.0
    return (
        best,
        variables | _quantity("log_partition", *best, "log Z", "1"),
        [] if problem is None else [problem],
    )


def _likelihoods(
    rbm: RBM, lattices: Lattices, partition: tuple[float, float], rng: np.random.Generator
) -> Variables:
    """Free energies and what follows from them, of training and held-out lattices."""
    free: dict[str, np.ndarray] = {}
    variables: Variables = {}
    sites = rbm.weights.shape[0]
    for part, samples in (
        ("training", lattices.training.flat()),
        ("held_out", lattices.held_out.flat()),
    ):
        free[part] = free_energies(rbm, samples)
        mean, error = mean_and_error(free[part])
        pseudo = mean_and_error(pseudolikelihood(rbm, samples, rng))
        likelihood, likelihood_error = -mean - partition[0], np.hypot(error, partition[1])
        each = likelihood / sites, likelihood_error / sites
        words = f"of {part.replace('_', '-')} lattices"
        variables |= {
            **_quantity(f"{part}_free_energy", mean, error, f"mean free energy {words}", "1"),
            **_quantity(
                f"{part}_log_likelihood",
                likelihood,
                likelihood_error,
                f"mean log likelihood {words}",
                "nat",
            ),
            **_quantity(
                f"{part}_log_likelihood_per_site",
                *each,
                f"mean log likelihood {words}, a site",
                "nat",
            ),
            **_quantity(
                f"{part}_log_pseudolikelihood",
                *pseudo,
                f"mean log pseudolikelihood {words}, of spins, a site",
                "nat",
            ),
        }
    gap = free_energy_gap(free["training"], free["held_out"])
    return variables | _quantity(
        "free_energy_gap",
        *gap,
        "mean free energy of held-out lattices minus that of training lattices",
        "1",
    )


@np.errstate(over="ignore", invalid="ignore")  # of chains without a distribution
def _own_lattices(
    rbm: RBM, bias: np.ndarray, lattices: Lattices, settings: Evaluation, rng: np.random.Generator
) -> tuple[Variables, list[str]]:
    """Averages over the model's own lattices from both starts beside those of held-out ones,
    and a warning if the starts differ.
    """
    held_out, chains = lattices.held_out.flat(), settings.chains
    chosen = rng.choice(len(held_out), chains, replace=chains > len(held_out))
    start = np.concatenate([independent_samples(rbm, bias, chains, rng), held_out.rows(chosen)])
    snapshots = model_samples(rbm, start, settings.sweeps, rng)
    sources = {
        "random_start": snapshots[:, :chains],
        "data_start": snapshots[:, chains:],
        "held_out": held_out.rows(slice(None))[None],
    }
    averages = {source: lattice_averages(v, lattices.shape) for source, v in sources.items()}
    variables: Variables = {}
    for source, quantities in averages.items():
        words = (
            "held-out lattices"
            if source == "held_out"
            else f"the model's lattices, {source.replace('_', ' ')}"
        )
        for name, values in quantities.items():
            text, unit = UNITS[name]
            dimensions = (f"d{name[-1]}",) if values.ndim > 1 else ()
            variables |= _quantity(
                f"{source}_{name}", *mean_and_error(values), f"{text} of {words}", unit, dimensions
            )
    distance = _distance(averages["random_start"], averages["data_start"])
    text = "largest difference of energy, |m| or m² between the two starts, over its standard error"
    variables["start_distance"] = ((), distance, {"long_name": text, "units": "1"})
    if distance <= LARGEST_DISTANCE:
        return variables, []
    if np.isnan(distance):
        return variables, [
            f"chains became infinite within {settings.sweeps} sweeps: the model has no distribution"
        ]
    return variables, [
        f"after {settings.sweeps} sweeps, chains from random and from held-out lattices are"
        f" {distance:.3g} standard errors apart, more than {LARGEST_DISTANCE:g}:"
        " they have not mixed, and neither shows the model's distribution; more sweeps are needed"
    ]


def _distance(one: dict[str, np.ndarray], other: dict[str, np.ndarray]) -> float:
    """The largest difference of the means of a scalar over its standard error;
    not a number where a chain has left the numbers.
    """
    distances = []
    for name in ("energy", "abs_magnetization", "magnetization_squared"):
        (mean, error), (mean_other, error_other) = (
            mean_and_error(one[name]),
            mean_and_error(other[name]),
        )
        difference = abs(mean - mean_other)
        if difference < ROUNDING:
            difference = 0.0
        distances.append(difference / max(np.hypot(error, error_other), ROUNDING))
    return float(np.max(distances))


def _exact(lattices: Lattices, density: bool) -> Variables:
    """Exact values of the Ising torus at the temperature of the lattices; the log likelihood
    is that of the Ising model itself.
    """
    shape, temperature = lattices.shape, lattices.temperature
    energy = torus_energy(shape, temperature)
    exact: dict[str, float | np.ndarray] = {"energy": energy}
    if max(shape) <= LARGEST_CORRELATED:
        correlation = torus_correlations(shape, temperature)
        along = correlation[: shape[0] // 2 + 1, 0], correlation[0, : shape[1] // 2 + 1]
        exact |= {
            "magnetization_squared": correlation.mean(),
            "correlation_y": along[0],
            "correlation_x": along[1],
        }
    variables: Variables = {}
    for name, value in exact.items():
        text, unit = UNITS[name]
        dimensions = (f"d{name[-1]}",) if np.ndim(value) else ()
        variables[f"exact_{name}"] = (
            dimensions,
            value,
            {"long_name": f"exact {text}", "units": unit},
        )
    if not density:
        likelihood = (torus_free_energy(shape, temperature) - energy) / temperature
        text = "exact mean log likelihood of the Ising model itself, a site: minus its entropy"
        variables["exact_log_likelihood_per_site"] = (
            (),
            likelihood,
            {"long_name": text, "units": "nat"},
        )
    return variables
