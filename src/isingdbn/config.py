"""The one validated description of an experiment: what ``config.yaml`` may say.

Unknown keys, wrong types and impossible values are errors. Reading a configuration loads
neither TensorFlow nor Numba.
"""

import json
import math
from collections.abc import Sequence
from contextlib import suppress
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import Annotated, Any, Literal

import yaml
from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    field_validator,
    model_validator,
)

from isingdbn.errors import InputError, explain, one_line
from isingdbn.parameters.analysis import (
    MEASURED,
    DeadNeurons,
    FixedPoints,
    Flow,
    MachineCouplings,
    Reconstruction,
    Sampled,
)
from isingdbn.parameters.data import (
    DATA,
    LATTICES,
    MODELS_OF_SPINS,
    REAL,
    TWO_VALUES,
    data_problem,
)
from isingdbn.parameters.evaluation import Evaluation
from isingdbn.parameters.finetuning import Finetuning
from isingdbn.parameters.lattice import COLDEST, HOTTEST, LARGEST_SIDE
from isingdbn.parameters.mixing import Mixing
from isingdbn.parameters.numbers import LARGEST_SEED, MOST
from isingdbn.parameters.pretraining import Pretraining, initial_problem, unit_problem
from isingdbn.parameters.sampling import WIDEST_PACKED, Sampling
from isingdbn.parameters.temperature import NAMED_TEMPERATURES, WIDEST_PEAK

__all__ = [
    "Experiment",
    "Net",
    "Recipe",
    "refuse_repeated_keys",
    "schema",
    "temperature_text",
    "temperature_values",
    "validate",
]

# What a table, read by pandas, does not give back as text.
NO_NAMES = {"na", "nan", "null", "none", "true", "false", "inf", "infinity"}


def _reads_back(name: str) -> str:
    if name.lower() in NO_NAMES:
        raise ValueError(
            f"{name!r} is not allowed: tables that hold it are read back as a missing value,"
            " a boolean or a number; choose another name"
        )
    return name


Name = Annotated[
    str,
    Field(
        pattern=r"^[A-Za-z][A-Za-z0-9]{0,39}$",
        description="letters and digits, at most 40, a letter first",
    ),
    AfterValidator(_reads_back),
]
RecipeName = Annotated[
    str,
    Field(
        pattern=r"^[A-Za-z][A-Za-z0-9_]{0,39}$",
        description="letters, digits and _, at most 40, a letter first",
    ),
    AfterValidator(_reads_back),
]


def temperature_text(value: float) -> str:
    """The one spelling of a temperature in file names: the shortest decimal text
    that reads back as the same number.
    """
    return repr(float(value)).removesuffix(".0")


def _known_temperatures(values: Any) -> Any:
    for value in values if isinstance(values, list) else []:
        number = (
            isinstance(value, int | float)
            and not isinstance(value, bool)
            and COLDEST <= value <= HOTTEST
        )
        if not number and value not in list(NAMED_TEMPERATURES):
            raise ValueError(
                f"{value!r} is not allowed: a temperature is a number > 0 in J/k_B,"
                f" or one of {', '.join(NAMED_TEMPERATURES)}"
            )
    return values


Temperatures = Annotated[
    list[Annotated[float, Field(gt=0)] | Literal["critical", "paper", "mehta_schwab"]],
    BeforeValidator(_known_temperatures),
    Field(
        min_length=1,
        description=(
            "in units of J/k_B, or critical (2/ln(1+√2)), paper (2.2976) or mehta_schwab (1/0.408)"
        ),
    ),
]


def _yes_no_or_temperatures(value: Any) -> Any:
    if not isinstance(value, bool | list):
        raise ValueError(f"{value!r} is not allowed: give true, false or a list of temperatures")
    return value


def temperature_values(temperatures: Sequence[float | str]) -> list[float]:
    """The distinct temperatures in J/k_B, in the given order: two spellings
    of one number are one temperature.
    """
    return list(
        dict.fromkeys(
            NAMED_TEMPERATURES[value] if isinstance(value, str) else float(value)
            for value in temperatures
        )
    )


class _Block(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False, strict=True)


class Lattice(_Block):
    """The lattices and how they are drawn."""

    size: Annotated[
        int, Field(ge=2, le=LARGEST_SIDE, description="sites a side of the periodic square lattice")
    ]
    sampling: Sampling
    test_fraction: Annotated[
        float,
        Field(
            gt=0, lt=1, description="fraction of the lattices that is held out from all training"
        ),
    ]

    @property
    def held_out(self) -> int:
        """Number of held-out lattices."""
        return round(self.sampling.samples * self.test_fraction)

    @model_validator(mode="after")
    def _both_parts_hold_lattices(self) -> "Lattice":
        if not 0 < self.held_out < self.sampling.samples:
            raise ValueError(
                f"test_fraction {self.test_fraction} of {self.sampling.samples} samples"
                f" leaves {self.held_out} held-out lattices; at least one must be"
                " held out and one trained on"
            )
        return self

    @model_validator(mode="after")
    def _kernel_takes_the_size(self) -> "Lattice":
        if self.sampling.kernel == "packed" and self.size > WIDEST_PACKED:
            raise ValueError(
                f"sampling.kernel: packed takes a size of at most {WIDEST_PACKED},"
                f" not {self.size}; choose scalar or auto"
            )
        return self


class Thermodynamics(_Block):
    """The physics of the lattices, beside the exact one."""

    temperatures: Temperatures
    peak: Annotated[
        list[Annotated[float, Field(gt=0)]],
        Field(
            min_length=2,
            max_length=2,
            description="the pseudo-critical temperatures are sought between these, in J/k_B",
        ),
    ]

    @model_validator(mode="after")
    def _peak_is_covered(self) -> "Thermodynamics":
        low, high = self.peak
        if low >= high:
            raise ValueError(f"peak: {self.peak} is not allowed: give the lower temperature first")
        if high - low > WIDEST_PEAK:
            raise ValueError(
                f"peak: {self.peak} is not allowed: give temperatures at most"
                f" {WIDEST_PEAK:g} J/k_B apart"
            )
        if not any(
            low <= temperature <= high for temperature in temperature_values(self.temperatures)
        ):
            raise ValueError(
                f"peak: no temperature of thermodynamics lies between {low}"
                f" and {high}; add one, or widen peak"
            )
        return self


class Net(_Block):
    """A network of the experiment."""

    name: Name
    layers: Annotated[
        list[Annotated[int, Field(ge=1, le=10**6)]],
        Field(min_length=2, description="units a layer, from the lattice"),
    ]
    recipe: Annotated[str, Field(description="the name of one of the recipes")]
    data: Annotated[
        list[Literal[DATA]],  # type: ignore[valid-type]  # pydantic takes a tuple
        Field(
            min_length=1,
            description="what it is trained on: lattices, and surrogates of them as controls",
        ),
    ] = [LATTICES]
    temperatures: Annotated[
        Temperatures | None,
        Field(description="at which of the temperatures it is trained; at all if not given"),
    ] = None
    block_map: Annotated[
        Temperatures | bool,
        BeforeValidator(_yes_no_or_temperatures),
        Field(
            description=(
                "whether its hidden spins, on grids, are measured as block spins are,"
                " or at which of its temperatures"
            )
        ),
    ] = False
    first_machine: Annotated[
        list[Literal[MEASURED]],  # type: ignore[valid-type]  # pydantic takes a tuple
        Field(
            description=(
                "what is measured of its first machine beside the rest: flow, fixed_points,"
                " samples, which with block_map all are, at its temperatures; or mixing"
            )
        ),
    ] = []
    training_lattices: Annotated[
        int | None,
        Field(
            ge=1,
            le=MOST,
            description=(
                "how many lattices it is trained on; all that test_fraction leaves, if not given"
            ),
        ),
    ] = None
    colormap: Annotated[
        Literal["hot", "prism", "viridis", "cividis", "gray"],
        Field(description="of its Figure 3, beside the diverging one"),
    ] = "hot"


class Recipe(_Block):
    """How networks are trained: the first layer on spins, each upper layer on the one below,
    and then all together, or not at all.
    """

    first_layer: Pretraining
    upper_layers: Pretraining
    finetuning: Finetuning | None

    @model_validator(mode="after")
    def _units_fit(self) -> "Recipe":
        for part, settings, data in (
            ("first_layer", self.first_layer, "spin"),
            ("upper_layers", self.upper_layers, self.first_layer.hidden),
            ("upper_layers", self.upper_layers, self.upper_layers.hidden),
        ):
            if problem := unit_problem(settings, data):
                raise ValueError(f"{part}.{problem}")
        if self.finetuning is not None and {self.first_layer.hidden, self.upper_layers.hidden} != {
            "bernoulli"
        }:
            raise ValueError(
                "finetuning: a ReLU encoder starts from Bernoulli hidden units only;"
                " choose these, or finetuning: null"
            )
        return self

    @property
    def minibatches(self) -> dict[str, int]:
        """Lattices a gradient step of each part that is trained."""
        parts = {
            "first_layer": self.first_layer,
            "upper_layers": self.upper_layers,
            "finetuning": self.finetuning,
        }
        return {name: part.minibatch for name, part in parts.items() if part is not None}


class Analysis(_Block):
    """The measurements."""

    dead_neurons: DeadNeurons
    evaluation: Evaluation
    reconstruction: Reconstruction
    couplings: MachineCouplings
    flow: Flow
    samples: Sampled
    fixed_points: FixedPoints
    mixing: Mixing


class Figures(_Block):
    """How figures are drawn; nothing else depends on it."""

    style: Annotated[
        Literal["print", "slides"],
        Field(description="for paper, or with larger text and thicker lines for talks"),
    ] = "print"


class Experiment(_Block):
    """The whole experiment: every combination of temperature, seed and net."""

    lattice: Lattice
    temperatures: Temperatures
    seeds: Annotated[
        list[Annotated[int, Field(ge=0, le=LARGEST_SEED)]],
        Field(min_length=1, description="one independent repetition each"),
    ]
    thermodynamics: Thermodynamics
    nets: Annotated[list[Net], Field(min_length=1)]
    recipes: dict[RecipeName, Recipe]
    analysis: Analysis
    figures: Figures = Figures()

    @field_validator("seeds")
    @classmethod
    def _distinct_seeds(cls, seeds: list[int]) -> list[int]:
        for seed in seeds:
            if seeds.count(seed) > 1:
                raise ValueError(
                    f"{seed} is given twice; a seed names one repetition, so each may be given once"
                )
        return seeds

    @model_validator(mode="after")
    def _nets_fit(self) -> "Experiment":
        sites = self.lattice.size**2
        names = [net.name for net in self.nets]
        for index, net in enumerate(self.nets):
            here = f"nets.{index} ({net.name})"
            if names.count(net.name) > 1:
                raise ValueError(f"{here}: this name is given twice; each net needs its own")
            if net.layers[0] != sites:
                raise ValueError(
                    f"{here}.layers: the first layer has {net.layers[0]} units,"
                    f" lattice.size² = {sites} is needed"
                )
            if net.recipe not in self.recipes:
                raise ValueError(
                    f"{here}.recipe: unknown recipe {net.recipe!r};"
                    f" allowed are {', '.join(self.recipes)}"
                )
            self._initial_weights_fit(net, here)
            self._data_fit(net, here)
            self._temperatures_fit(net, here)
            self._blocks_fit(net, here)
            self._measurements_fit(net, here)
            training = self._training_lattices_fit(net, here)
            for part, minibatch in self.recipes[net.recipe].minibatches.items():
                if minibatch > training:
                    raise ValueError(
                        f"recipes.{net.recipe}.{part}.minibatch: {minibatch} is more"
                        f" than the {training} training lattices; give a smaller one, or more"
                        " lattices"
                    )
        return self

    @model_validator(mode="after")
    def _analysis_fits(self) -> "Experiment":
        reconstruction = self.analysis.reconstruction
        if reconstruction.examples > self.lattice.held_out:
            raise ValueError(
                f"analysis.reconstruction.examples: {reconstruction.examples} is more"
                f" than the {self.lattice.held_out} held-out lattices"
            )
        if reconstruction.block > self.lattice.size:
            raise ValueError(
                f"analysis.reconstruction.block: {reconstruction.block} is more"
                f" than lattice.size = {self.lattice.size}"
            )
        return self

    def _initial_weights_fit(self, net: Net, here: str) -> None:
        recipe = self.recipes[net.recipe]
        for layer, (visible, hidden) in enumerate(pairwise(net.layers)):
            settings = recipe.upper_layers if layer else recipe.first_layer
            if problem := initial_problem(settings, layer, visible, hidden):
                raise ValueError(f"{here}.layers: with the recipe {net.recipe}, {problem}")

    @model_validator(mode="after")
    def _machines_fit(self) -> "Experiment":
        analysis, held_out = self.analysis, self.lattice.held_out
        for measurement, name, number, most, which in (
            ("samples", "samples.chains", analysis.samples.chains, held_out, "held-out "),
            ("fixed_points", "fixed_points.starts", analysis.fixed_points.starts, held_out,
             "held-out "),
            ("flow", "flow.chains", analysis.flow.chains, self.lattice.sampling.samples, ""),
        ):  # fmt: skip
            asked = any(net.block_map or measurement in net.first_machine for net in self.nets)
            if asked and number > most:
                raise ValueError(
                    f"analysis.{name}: {number} is more than the {most} {which}lattices;"
                    " give fewer, or more lattices"
                )
        return self

    def _measurements_fit(self, net: Net, here: str) -> None:
        """Refuse what would not be measured, of machines that are none of spins."""
        first = self.recipes[net.recipe].first_layer
        values = first.visible in MODELS_OF_SPINS, f"visible: {' or '.join(MODELS_OF_SPINS)}"
        for measurement, fits, needed in (
            ("flow", *values),
            ("fixed_points", *values),
            ("samples", first.visible == "spin", "visible: spin"),
            ("mixing", first.visible == "spin" and first.hidden in TWO_VALUES,
             f"visible: spin and hidden: {' or '.join(TWO_VALUES)}"),
        ):  # fmt: skip
            if measurement in net.first_machine and not fits:
                raise ValueError(
                    f"{here}.first_machine: {measurement} is not allowed with the recipe"
                    f" {net.recipe}, whose first layer has visible: {first.visible} and hidden:"
                    f" {first.hidden}; it needs {needed}; leave it out, or give another recipe"
                )

    def _training_lattices_fit(self, net: Net, here: str) -> int:
        most = self.lattice.sampling.samples - self.lattice.held_out
        if net.training_lattices is None:
            return most
        if net.training_lattices > most:
            raise ValueError(
                f"{here}.training_lattices: {net.training_lattices} is more than the {most} that"
                " lattice.test_fraction leaves; give at most these, or draw more lattices"
            )
        return net.training_lattices

    def _data_fit(self, net: Net, here: str) -> None:
        recipe = self.recipes[net.recipe]
        augment = recipe.finetuning is not None and recipe.finetuning.augment
        for data in net.data:
            if net.data.count(data) > 1:
                raise ValueError(f"{here}.data: {data} is given twice; give it once")
            if problem := data_problem(data, recipe.first_layer.visible, augment):
                raise ValueError(f"{here}.data: with the recipe {net.recipe}, {problem}")

    def _temperatures_fit(self, net: Net, here: str) -> None:
        known = temperature_values(self.temperatures)
        own = temperature_values(net.temperatures or self.temperatures)
        for key, values, allowed in (
            ("temperatures", net.temperatures or [], known),
            ("block_map", net.block_map if isinstance(net.block_map, list) else [], own),
        ):
            for value in temperature_values(values):
                if value not in allowed:
                    whose = "the experiment" if key == "temperatures" else "the net"
                    raise ValueError(
                        f"{here}.{key}: {value:g} is not among the temperatures of"
                        f" {whose}, {', '.join(f'{each:g}' for each in allowed)}; add it there"
                    )

    def _blocks_fit(self, net: Net, here: str) -> None:
        if not net.block_map:
            return
        recipe = self.recipes[net.recipe]
        if not {recipe.first_layer.hidden, recipe.upper_layers.hidden} <= set(TWO_VALUES):
            raise ValueError(
                f"{here}.block_map: true needs hidden units of two values,"
                f" {' or '.join(TWO_VALUES)}; choose false or another recipe"
            )
        if real := [data for data in net.data if data in REAL]:
            raise ValueError(
                f"{here}.block_map: true needs data that are spins, not {real[0]}; choose false"
            )
        if self.block_of(net.name) is None:
            raise ValueError(
                f"{here}.block_map: layers of {', '.join(map(str, net.layers))} units are no square"
                " grids whose sides fall by one whole factor; choose false or other layers"
            )

    def block_of(self, net: str) -> int | None:
        """The side of the blocks of which the hidden units of the net called ``net`` would be block
        spins; None if its layers are no grids whose sides fall by one whole factor.
        """
        units = self.net(net).layers
        sides = [math.isqrt(number) for number in units]
        factor = sides[0] // max(1, sides[1])
        fits = all(side**2 == number for side, number in zip(sides, units, strict=True))
        falls = all(below == factor * above for below, above in pairwise(sides))
        return factor if fits and falls and factor > 1 else None

    def temperatures_of(self, net: str) -> list[float]:
        """The temperatures at which the net called ``net`` is trained, in J/k_B."""
        return temperature_values(self.net(net).temperatures or self.temperatures)

    def held_out_of(self, name: str) -> int:
        """The number of lattices that the net called ``name`` is not trained on."""
        training = self.net(name).training_lattices
        return (
            self.lattice.held_out if training is None else self.lattice.sampling.samples - training
        )

    def map_temperatures_of(self, name: str) -> list[float]:
        """The temperatures at which the net called ``name`` is measured as a block-spin map."""
        block_map = self.net(name).block_map
        if isinstance(block_map, list):
            return temperature_values(block_map)
        return self.temperatures_of(name) if block_map else []

    def is_model_of_spins(self, net: str, data: str) -> bool:
        """Whether the first machine of the net called ``net`` is a model of ``data``, spins."""
        visible = self.recipe_of(net).first_layer.visible
        return visible in MODELS_OF_SPINS and data not in REAL

    def net(self, name: str) -> Net:
        """The net called ``name``."""
        return next(net for net in self.nets if net.name == name)

    def recipe_of(self, net: str) -> Recipe:
        """The recipe of the net called ``net``."""
        return self.recipes[self.net(net).recipe]


def validate(values: dict[str, Any], source: str) -> Experiment:
    """The experiment that ``values`` describe.

    Raises
    ------
    InputError : one line with ``source``, the key, its value and what is allowed.
    """
    try:
        plain = json.dumps(values, default=str)
    except (TypeError, ValueError, RecursionError):
        problem = _no_json(values) or "it cannot be written as JSON; write plain YAML"
        raise InputError(f"{source}: {one_line(problem)}") from None
    try:
        return Experiment.model_validate_json(plain, strict=True)
    except ValidationError as error:
        raise InputError(f"{source}: {explain(error, partial(_written, values))}") from None


def _written(values: Any, key: str) -> str:
    """Of a dotted ``key`` what is a key of ``values``, or could be one: pydantic goes on with which
    of several types it tried.
    """
    found = []
    for part in key.split("."):
        if not (isinstance(values, dict) or (isinstance(values, list) and part.isdigit())):
            break
        found.append(part)
        values = (
            values.get(part) if isinstance(values, dict) else dict(enumerate(values)).get(int(part))
        )
    return ".".join(found)


def _no_json(values: Any, parents: tuple[int, ...] = ()) -> str | None:
    """Why ``values`` cannot be written as JSON: what YAML can say and no configuration needs."""
    if id(values) in parents:
        return "a list or mapping contains itself (an alias inside its own anchor); write it out"
    inner = values if isinstance(values, list) else []
    if isinstance(values, dict):
        for key in values:
            if not isinstance(key, str):
                return (
                    f"{key!s}: a key must be text, not of the type"
                    f" {type(key).__name__}; correct or remove it"
                )
        inner = list(values.values())
    found = (_no_json(part, (*parents, id(values))) for part in inner)
    return next((problem for problem in found if problem), None)


class _RepeatedKeyError(ValueError):
    """A key that one JSON object has twice."""


def refuse_repeated_keys(text: str, file: str | Path) -> None:
    """Raise InputError if one mapping in the ``text`` of a configuration ``file``,
    JSON or YAML, has a key twice.

    Readers of both take the last one in silence. Merge keys and aliases are fine:
    a mapping may give another value to a key that it merges. Of text that is neither JSON nor
    YAML nothing is said here.
    """
    try:
        json.loads(text, object_pairs_hook=_distinct)
        return
    except _RepeatedKeyError as error:
        problem = f"{error}: is given twice in one mapping; keep one of them"
        text = text.replace("\t", " ")  # which JSON has only between its words, and YAML not there
    except ValueError:
        problem = None
    with suppress(yaml.YAMLError):
        problem = _repeated_key(yaml.compose(text, Loader=yaml.SafeLoader)) or problem
    if problem:
        raise InputError(f"{file}: {one_line(problem)}")


def _distinct(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        keys = [key for key, _ in pairs]
        raise _RepeatedKeyError(next(key for key in keys if keys.count(key) > 1))
    return found


def _repeated_key(root: yaml.Node | None) -> str | None:
    """The first key that a mapping under ``root`` has twice, with both lines.

    Each node is visited once: aliases may form a ring.
    """
    waiting, seen = [(root, "")], set()
    while waiting:
        node, path = waiting.pop()
        if id(node) in seen:
            continue
        seen.add(id(node))
        inner = []
        if isinstance(node, yaml.MappingNode):
            lines: dict[Any, int] = {}
            for key, value in node.value:
                name = f"{path}{key.value}" if isinstance(key, yaml.ScalarNode) else f"{path}?"
                line = key.start_mark.line + 1
                identity = (key.tag, key.value) if isinstance(key, yaml.ScalarNode) else id(key)
                if identity in lines:
                    return (
                        f"{name}: is given twice, in lines {lines[identity]}"
                        f" and {line}; keep one of them"
                    )
                lines[identity] = line
                inner += [(key, f"{name}."), (value, f"{name}.")]
        elif isinstance(node, yaml.SequenceNode):
            inner = [(part, f"{path}{index}.") for index, part in enumerate(node.value)]
        waiting += reversed(inner)
    return None


def schema() -> dict[str, Any]:
    """The JSON schema of ``config.yaml``, for editors."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **Experiment.model_json_schema(),
    }


def refuse_what_is_read_otherwise(file: str | Path) -> None:
    """Raise InputError if Snakemake reads something else in a configuration than what it says.

    A template, which Snakemake has evaluated by then: no result shall rest on code in a
    configuration. Or a key that is given twice, of which it has taken the last. And if it cannot
    read it at all, of which it does not say where.
    """
    try:
        text = Path(file).read_text(encoding="utf-8")
    except FileNotFoundError:
        raise InputError(
            f"{file}: there is no such file in {Path.cwd()}; start Snakemake in the folder of the"
            " checkout, or with --directory in one that has a configuration"
        ) from None
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{file}: cannot be read, {one_line(str(error))}") from None
    refuse_repeated_keys(text, file)
    with suppress(ValueError):
        json.loads(text)  # as Snakemake does first: JSON has no templates
        return
    try:
        values = yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise InputError(f"{file}: {_unreadable(error)}; write plain YAML") from None
    if not isinstance(values, dict):
        raise InputError(f"{file}: has no keys at its top level; write lines of `key: value`")
    if "__use_yte__" in values:
        raise InputError(
            f"{file}: __use_yte__: a template is not allowed, it can run code; write plain YAML"
        )


def _unreadable(error: yaml.YAMLError) -> str:
    """Where a text is no YAML, and why."""
    if not isinstance(error, yaml.MarkedYAMLError) or error.problem_mark is None:
        return one_line(" ".join(str(error).split()))
    mark, begun = error.problem_mark, error.context_mark
    inside = f", {error.context} of line {begun.line + 1}" if begun else ""
    return one_line(f"line {mark.line + 1}, column {mark.column + 1}: {error.problem}{inside}")
