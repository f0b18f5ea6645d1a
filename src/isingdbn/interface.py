"""The package from Python: lattices, twins, machines, networks, receptive fields and figures,
with NumPy arrays and xarray Datasets in and out.

`import isingdbn as idbn` gives all names of this module, and loads what each needs when it is
first used. The commands and the workflow do the same with stores, manifests and checkpoints.
"""

# ruff: noqa: E402  (TensorFlow says nothing if it is told so before it is loaded)

import math
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from numbers import Integral, Real
from typing import Any, TypeVar

import numpy as np
import xarray as xr
from matplotlib.figure import Figure
from pydantic import TypeAdapter, ValidationError

from isingdbn.quiet import quieten

quieten()

from isingdbn.analysis.metrics import METRICS
from isingdbn.analysis.network import activations, relu
from isingdbn.analysis.receptive_fields import receptive_fields as products
from isingdbn.errors import InputError, explain
from isingdbn.figures.receptive_fields import draw_fields
from isingdbn.figures.style import new_figure
from isingdbn.ising.equilibrium import check_samples
from isingdbn.ising.observables import energy_per_site, magnetization_per_site
from isingdbn.ising.simulation import Simulation
from isingdbn.ising.surrogates import far_from, surrogates
from isingdbn.learning.autoencoder import Finetuner, untrained
from isingdbn.learning.callbacks import EarlyStop, ShowProgress
from isingdbn.learning.contrastive_divergence import ContrastiveDivergence
from isingdbn.learning.dataset import PackedLattices, Samples, Values
from isingdbn.learning.propagation import pass_up
from isingdbn.learning.stack import StackLayer
from isingdbn.learning.training import Training
from isingdbn.parameters.data import LATTICES, REAL, SURROGATES
from isingdbn.parameters.finetuning import Finetuning
from isingdbn.parameters.lattice import COLDEST, HOTTEST
from isingdbn.parameters.numbers import LARGEST_SEED
from isingdbn.parameters.pretraining import Pretraining, initial_problem, unit_problem
from isingdbn.parameters.sampling import Sampling
from isingdbn.renormalization.made_by_hand import weights_made_by_hand
from isingdbn.seeding import generator

__all__ = ["Network", "Stack", "draw", "finetune", "fit", "metrics", "receptive_fields", "sample",
           "twin"]  # fmt: skip

# What a call need not say: those of the spin stack and of the fine-tuning in config.yaml.
SAMPLING: dict[str, Any] = {
    "protocol": "chain", "updates": "auto", "thermalization": "auto", "chains": 16,
    "max_autocorrelation": 0.1, "kernel": "auto",
}  # fmt: skip
SPIN_MACHINE: dict[str, Any] = {
    "visible": "spin", "hidden": "spin", "zero_field": True, "passed_up": "samples", "epochs": 40,
    "learning_rate": 0.02, "momentum": 0.5, "minibatch": 100, "l1": 0.03, "initial_scale": 0.01,
}  # fmt: skip
FINETUNING: dict[str, Any] = {
    "epochs": 60, "learning_rate": 1e-3, "minibatch": 100, "l1": 5e-4, "l1_scale": "per_sample",
    "augment": True,
}  # fmt: skip

Data = xr.Dataset | xr.DataArray | np.ndarray
Settings = TypeVar("Settings")


@dataclass(frozen=True)
class Stack:
    """Machines trained one on top of the other.

    Parameters
    ----------
    layers : the machines, from the lattice inwards; each has ``weights`` (visible, hidden),
        ``visible_bias``, ``hidden_bias`` and the kinds of its units.
    errors : of each machine, the mean squared reconstruction error a unit after each epoch,
        float64 (epoch,).
    shape : height and width of a lattice.
    """

    layers: list[StackLayer]
    errors: list[np.ndarray]
    shape: tuple[int, int]


@dataclass(frozen=True)
class Network:
    """A fine-tuned autoencoder.

    Parameters
    ----------
    encoder, decoder : pairs of weights and biases, float32, from the lattice and from the code on.
    errors : mean squared errors a pixel, ``training_error`` and ``held_out_error`` (epoch).
    shape : height and width of a lattice.
    """

    encoder: list[tuple[np.ndarray, np.ndarray]]
    decoder: list[tuple[np.ndarray, np.ndarray]]
    errors: xr.Dataset
    shape: tuple[int, int]

    def encode(self, lattices: Data) -> np.ndarray:
        """The code (sample, number) of ``lattices`` (sample, y, x)."""
        values = _spins(lattices).reshape(-1, self.shape[0] * self.shape[1]).astype(np.float32)
        return activations(values, [(*layer, relu) for layer in self.encoder])[-1]

    def reconstruct(self, lattices: Data) -> np.ndarray:
        """What the network gives back of ``lattices`` (sample, y, x), same shape, in (-1, 1)."""
        code = self.encode(lattices)
        last = activations(code, [(*layer, np.tanh) for layer in self.decoder])[-1]
        return last.reshape(-1, *self.shape)


def sample(
    size: int | tuple[int, int], temperature: float, samples: int, *, seed: int = 0, **sampling: Any
) -> xr.Dataset:
    """Ising lattices in thermal equilibrium, by Wolff updates (Wolff 1989, Phys. Rev. Lett. 62).

    Parameters
    ----------
    size : side of the square lattice, or height and width; the torus is periodic.
    temperature : in J/k_B, above zero.
    samples : number of lattices.
    seed : names an independent repetition.
    sampling : fields of `isingdbn.parameters.sampling.Sampling`.

    Returns
    -------
    ``spins`` int8 (sample, y, x) in {-1, +1}; ``energy`` (J) and ``magnetization`` per site.

    Raises
    ------
    InputError : a value is not allowed. JobError : the chains do not agree with the exact energy.

    Examples
    --------
    >>> import isingdbn as idbn
    >>> lattices = idbn.sample(8, 2.269, 200, seed=1)
    >>> lattices.spins.shape
    (200, 8, 8)
    """
    shape = _shape(size)
    temperature = _number(temperature, "temperature")
    seed = _seed(seed)
    settings = _settings(Sampling, {**SAMPLING, "samples": samples, **sampling})
    simulation = Simulation(shape, temperature, seed, settings)
    spins = np.concatenate(list(simulation))
    energy, magnetization = energy_per_site(spins), magnetization_per_site(spins)
    bound = settings.max_autocorrelation if settings.updates == "auto" else None
    checks = check_samples(shape, temperature, energy, magnetization, simulation.chains, bound)
    return _dataset(spins, temperature=temperature, seed=seed, data=LATTICES, **checks)


def twin(lattices: xr.Dataset, kind: str = "thresholded_gaussian", *, seed: int = 0) -> xr.Dataset:
    """Control data that keep some statistics of ``lattices`` and lack the others.

    Parameters
    ----------
    lattices : of `sample`.
    kind : one of `isingdbn.parameters.data.SURROGATES`; by default the signs of Gaussian fields
        that have the two-point function of the lattices.

    Returns
    -------
    as `sample`; ``spins`` is float32 for the kinds that are real numbers.

    Raises
    ------
    InputError : there is no such kind. A UserWarning is given if the twin cannot have the
        two-point function of the lattices within 0.01.

    Examples
    --------
    >>> import isingdbn as idbn
    >>> lattices = idbn.sample(8, 2.269, 200, seed=1)
    >>> idbn.twin(lattices, "pixel_shuffle").attrs["data"]
    'pixel_shuffle'
    """
    if kind not in SURROGATES:
        raise InputError(f"kind: {kind!r} is not allowed; allowed are {', '.join(SURROGATES)}")
    temperature, seed = _temperature(lattices), _seed(seed)
    drawn, facts = surrogates(kind, _spins(lattices), temperature, seed)
    if warning := far_from(facts):
        warnings.warn(f"{kind}: {warning}", stacklevel=2)
    spins = np.concatenate(list(drawn))
    identity = {"temperature": temperature, "seed": lattices.attrs["seed"], "data": kind}
    return _dataset(spins, **identity, **facts)


def fit(
    lattices: Data, units: Sequence[int], *, seed: int = 0, progress: bool = False, **settings: Any
) -> Stack:
    """Train a stack of restricted Boltzmann machines, one on top of the other, by contrastive
    divergence (Hinton 2002, Neural Computation 14).

    Parameters
    ----------
    lattices : of `sample` or `twin`, or an array (sample, y, x); all are trained on.
    units : hidden units of each machine.
    seed : names an independent repetition.
    progress : whether to show the epochs, with the time left.
    settings : fields of `isingdbn.parameters.pretraining.Pretraining`, for all machines. By default
        spins without fields, as in config.yaml's ``mehta_schwab``.

    Raises
    ------
    InputError : a value is not allowed. DivergenceError : a parameter grew without bound.

    Examples
    --------
    >>> import isingdbn as idbn
    >>> stack = idbn.fit(idbn.sample(8, 2.269, 200, seed=1), [16, 4], epochs=2)
    >>> [layer.weights.shape for layer in stack.layers]
    [(64, 16), (16, 4)]
    """
    chosen = _settings(Pretraining, {**SPIN_MACHINE, **settings})
    if chosen.divergence != "error":
        raise InputError("divergence: 'result' is for stores; leave it out, and catch the error")
    units, seed = _units(units), _seed(seed)
    data = _packed(lattices)
    _require_minibatch(chosen.minibatch, data)
    height, width = shape = _sides(data)
    layers: list[StackLayer] = []
    errors = []
    below = "spin" if isinstance(data, PackedLattices) else "gaussian"
    samples: Samples = data.flat()
    for k, hidden in enumerate(units):
        problem = unit_problem(chosen, layers[-1].hidden if layers else below)
        (visible,) = samples.shape
        problem = problem or initial_problem(chosen, k, visible, hidden)
        if problem:
            raise InputError(problem)
        stream: dict[str, Any] = {"units": units[: k + 1], "height": height, "width": width}
        rng = generator(seed, "pretrain", **stream)
        temperature = _temperature(lattices) if chosen.initial == "ising" else math.nan
        weights = weights_made_by_hand(chosen, shape, temperature, (visible, hidden))
        trainer = ContrastiveDivergence(samples, hidden, chosen, rng, weights)
        training = Training(trainer, rng, chosen.epochs)
        callbacks: list[Any] = [ShowProgress(f"layer {k}, epochs")] if progress else []
        if chosen.patience is not None:
            callbacks.append(EarlyStop("reconstruction_error", chosen.patience))
        training.run(callbacks)
        errors.append(np.array(training.history.get("reconstruction_error", [])))
        found = trainer.parameters
        layers.append(
            StackLayer(
                found.weights, found.visible_bias, found.hidden_bias, found.sigma,
                chosen.visible, chosen.hidden,
            )
        )  # fmt: skip
        if k + 1 < len(units):
            key = generator(seed, "pass_up", **stream).integers(0, 2**32, 2, np.uint32)
            samples = pass_up(samples, layers[-1:], [chosen.passed_up == "samples"], [key])
    return Stack(layers, errors, shape)


def finetune(
    stack: Stack,
    lattices: Data,
    held_out: Data,
    *,
    seed: int = 0,
    progress: bool = False,
    **settings: Any,
) -> Network:
    """Unroll a stack into an autoencoder, ReLU on the way in and tanh on the way out, and train it
    as one (Hinton and Salakhutdinov 2006, Science 313).

    Parameters
    ----------
    stack : of `fit`, with Bernoulli hidden units.
    lattices, held_out : to train on, and to measure the error on after each epoch.
    settings : fields of `isingdbn.parameters.finetuning.Finetuning`.

    Raises
    ------
    InputError : a value is not allowed, or hidden units are not Bernoulli.

    Examples
    --------
    >>> import isingdbn as idbn
    >>> lattices = idbn.sample(8, 2.269, 300, seed=1)
    >>> some, others = lattices.isel(sample=slice(0, 200)), lattices.isel(sample=slice(200, None))
    >>> units = {"visible": "gaussian", "hidden": "bernoulli", "zero_field": False}
    >>> stack = idbn.fit(some, [16], epochs=1, passed_up="means", **units)
    >>> net = idbn.finetune(stack, some, others, epochs=2)
    >>> net.reconstruct(others).shape
    (100, 8, 8)
    """
    chosen, seed = _settings(Finetuning, {**FINETUNING, **settings}), _seed(seed)
    if not isinstance(stack, Stack):
        raise InputError(f"stack: is a {type(stack).__name__}; give what `fit` returns")
    if chosen.initial == "stack" and {layer.hidden for layer in stack.layers} != {"bernoulli"}:
        kinds = ", ".join(layer.hidden for layer in stack.layers)
        raise InputError(
            f"stack: a ReLU encoder starts from Bernoulli hidden units, these are {kinds};"
            " fit with hidden='bernoulli'"
        )
    training_data, others = _packed(lattices), _packed(held_out)
    for name, part in (("lattices", training_data), ("held_out", others)):
        if part.shape != stack.shape or not len(part):
            raise InputError(
                f"{name}: {len(part)} of the shape {part.shape}; at least one of the shape"
                f" {stack.shape} of the stack is needed"
            )
    _require_minibatch(chosen.minibatch, training_data)
    units = [layer.weights.shape[1] for layer in stack.layers]
    height, width = stack.shape
    rng = generator(seed, "finetune", units=units, height=height, width=width)
    autoencoder = untrained(stack.layers, training_data.flat(), chosen, rng)
    training = Training(Finetuner(autoencoder, training_data, others, chosen), rng, chosen.epochs)
    training.run([ShowProgress("fine-tuning, epochs")] if progress else [])
    encoder, decoder = (
        [(weights.numpy(), bias.numpy()) for weights, bias in part]
        for part in (autoencoder.encoder, autoencoder.decoder)
    )
    errors = xr.Dataset({name: ("epoch", values) for name, values in training.history.items()})
    return Network(encoder, decoder, errors, stack.shape)


def receptive_fields(net: Stack | Network) -> list[xr.DataArray]:
    """The receptive fields of every layer: Ŵ_i = W_0 W_1 … W_i (the paper, section 4).

    Returns
    -------
    one array (unit, y, x) a layer.

    Examples
    --------
    >>> import isingdbn as idbn
    >>> stack = idbn.fit(idbn.sample(8, 2.269, 200, seed=1), [16, 4], epochs=1)
    >>> [fields.shape for fields in idbn.receptive_fields(stack)]
    [(16, 8, 8), (4, 8, 8)]
    """
    if not isinstance(net, Stack | Network):
        raise InputError(f"net: is a {type(net).__name__}; give a Stack or a Network")
    if isinstance(net, Stack):
        weights = [layer.input_weights for layer in net.layers]
    else:
        weights = [of_layer for of_layer, _ in net.encoder]
    return [
        xr.DataArray(fields, dims=("unit", "y", "x"), name=f"layer {k}")
        for k, fields in enumerate(products(weights, net.shape))
    ]


def metrics(fields: xr.DataArray | np.ndarray) -> xr.Dataset:
    """Every metric of the receptive fields (unit, y, x) of a layer: size, smoothness, blocks,
    waves, tiling; `isingdbn.analysis.metrics.METRICS` lists them.

    Returns
    -------
    one variable a metric, (unit,) or () if it is one of the layer; not a number for units that are
    zero.

    Examples
    --------
    >>> import isingdbn as idbn, numpy as np
    >>> block = np.zeros((1, 8, 8))
    >>> block[0, 2:4, 2:4] = 1
    >>> float(idbn.metrics(block).participation_ratio[0])
    4.0
    """
    values = _fields(fields)
    living = values.any(axis=(1, 2))
    found = {}
    for name, metric in METRICS.items():
        words = {"long_name": metric.long_name, "units": metric.units}
        if not living.any():
            measured = np.float64(np.nan) if metric.of_layer else np.full(len(values), np.nan)
        elif metric.of_layer:
            measured = metric(values[living])
        else:
            measured = np.full(len(values), np.nan)
            measured[living] = metric(values[living])
        found[name] = (() if metric.of_layer else ("unit",), measured, words)
    return xr.Dataset(found)


def draw(fields: xr.DataArray | np.ndarray, *, colormap: str = "RdBu_r", title: str = "") -> Figure:
    """The receptive fields (unit, y, x) of a layer side by side, on one colour scale that is
    symmetric about zero.

    Examples
    --------
    >>> import isingdbn as idbn, numpy as np
    >>> figure = idbn.draw(np.random.default_rng(0).normal(size=(9, 8, 8)))
    >>> figure.savefig("fields.png")  # doctest: +SKIP
    """
    values = _fields(fields)
    figure = new_figure(5.8, 6.2, title or f"receptive fields of {len(values)} units")
    living = np.asarray(values.any(axis=(1, 2)))
    draw_fields(figure.add_subplot(), values, living, colormap)
    return figure


def _settings(kind: type[Settings], values: dict[str, Any]) -> Settings:
    """Checked settings; what is wrong in one line."""
    try:
        return TypeAdapter(kind).validate_python(values)
    except ValidationError as error:
        raise InputError(explain(error, str)) from None


def _spins(lattices: Data) -> np.ndarray:
    values = lattices["spins"] if isinstance(lattices, xr.Dataset) else lattices
    values = np.asarray(values)
    if values.ndim != 3:
        raise InputError(f"lattices: have the shape {values.shape}; (sample, y, x) is needed")
    return values


def _temperature(lattices: Data) -> float:
    if isinstance(lattices, xr.Dataset) and "temperature" in lattices.attrs:
        return _number(lattices.attrs["temperature"], "lattices: temperature")
    raise InputError("lattices: say no temperature; give a Dataset of `sample`")


def _number(value: float, name: str) -> float:
    if not isinstance(value, Real) or not (COLDEST <= value <= HOTTEST):
        raise InputError(
            f"{name}: {value!r} is not allowed; give a number from {COLDEST:g} to {HOTTEST:g}"
            " in J/k_B"
        )
    return float(value)


def _shape(size: int | tuple[int, int]) -> tuple[int, int]:
    sides = size if isinstance(size, tuple | list) else (size, size)
    if len(sides) != 2 or not all(isinstance(n, Integral) and n >= 2 for n in sides):
        raise InputError(
            f"size: {size!r} is not allowed; give a whole number of sites from 2, or two of them"
        )
    return int(sides[0]), int(sides[1])


def _seed(seed: int) -> int:
    if not isinstance(seed, Integral) or not 0 <= seed <= LARGEST_SEED:
        raise InputError(
            f"seed: {seed!r} is not allowed; give a whole number from 0 to {LARGEST_SEED}"
        )
    return int(seed)


def _units(units: Sequence[int]) -> list[int]:
    found = list(units) if isinstance(units, Sequence | np.ndarray) else []
    if not found or not all(isinstance(n, Integral) and n >= 1 for n in found):
        raise InputError(
            f"units: {units!r} is not allowed; give the hidden units of each machine, such as"
            " [400, 100]"
        )
    return [int(n) for n in found]


def _require_minibatch(minibatch: int, data: PackedLattices | Values) -> None:
    if minibatch > len(data):
        raise InputError(
            f"minibatch: {minibatch} is more than the {len(data)} lattices; at most that many"
        )


def _fields(fields: xr.DataArray | np.ndarray) -> np.ndarray:
    try:
        values = np.asarray(fields)
        finite = bool(np.isrealobj(values) and np.isfinite(values).all())
    except (TypeError, ValueError):
        raise InputError("fields: are no array (unit, y, x); give those of one layer") from None
    if values.ndim != 3 or not values.size:
        raise InputError(f"fields: have the shape {values.shape}; (unit, y, x) is needed")
    if not finite:
        raise InputError("fields: hold values that are not finite real numbers; leave them out")
    return values


def _sides(data: PackedLattices | Values) -> tuple[int, int]:
    """Height and width of one lattice."""
    height, width = data.shape
    return height, width


def _packed(lattices: Data) -> PackedLattices | Values:
    spins = _spins(lattices)
    if isinstance(lattices, xr.Dataset) and lattices.attrs.get("data") in REAL:
        return Values(spins.astype(np.float32))
    if not np.isin(spins, (-1, 1)).all():
        raise InputError(
            "lattices: hold other values than -1 and +1; give spins, or a Dataset of `twin`"
            " of real numbers"
        )
    return PackedLattices.pack(spins.astype(np.int8))


def _dataset(spins: np.ndarray, **attributes: object) -> xr.Dataset:
    energy = {"long_name": "energy per site", "units": "J"}
    return xr.Dataset(
        {
            "spins": (("sample", "y", "x"), spins, {"long_name": "spin", "units": "1"}),
            "energy": ("sample", energy_per_site(spins), energy),
            "magnetization": (
                "sample",
                magnetization_per_site(spins),
                {"long_name": "magnetization per site", "units": "1"},
            ),
        },
        attrs={"height": spins.shape[1], "width": spins.shape[2], **attributes},
    )
