"""What an experiment is made of, and what each of its jobs takes: for the rules
in workflow/ and for tests.

``wildcards`` below are Snakemake's, or anything with their names as attributes and as keys.
"""

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

from isingdbn.analysis.claims import CLAIMS
from isingdbn.config import Experiment, temperature_text, temperature_values
from isingdbn.parameters.data import LATTICES as ISING
from isingdbn.parameters.data import LONGEST_CODE, MODELS_OF_SPINS, data_label
from isingdbn.parameters.pretraining import Pretraining
from isingdbn.parameters.renormalization import FEWEST_CELLS, SMALLEST_SIDE
from isingdbn.parameters.temperature import NAMED_TEMPERATURES
from isingdbn.workflow.paths import (
    BLOCK_COUPLINGS,
    BLOCK_SPINS,
    BY_RULE,
    CODES,
    DEAD_NEURONS,
    DEFINITIONS,
    DISCRIMINATION,
    DISCRIMINATION_OVER_EPOCHS,
    EMERGENCE,
    EVALUATION,
    EXACT,
    EXPONENTS,
    FIXED_POINTS,
    FLOW,
    INFORMATION,
    KERAS,
    LATTICE_COUPLINGS,
    LATTICES,
    LAYER,
    MACHINE_COUPLINGS,
    MACHINE_EXPONENTS,
    METRICS,
    MIXING,
    NETWORK,
    PEAKS,
    POINT,
    PORTRAITS,
    RECEPTIVE_FIELDS,
    RECONSTRUCTION,
    SAMPLES,
    SURROGATES,
    TABLE,
    THERMODYNAMICS,
    filled,
)

__all__ = ["DIVERGING", "EVERYTHING", "PAPER", "PAPER_NETS", "RULES", "STUDY", "Layout"]

# The nets and the temperature of the paper.
PAPER = "paper"
PAPER_NETS = ("SmallNet", "LargeNet")
EVERYTHING = "all"
FINETUNED = "finetuned"

# The tables by which claims are judged.
STUDY = (
    "metrics",
    "training",
    "emergence",
    "flow",
    "machine_exponents",
    "machine_samples",
    "thermometer",
    "fixed_points",
    "discrimination",
    "discrimination_over_epochs",
    "mixing",
    "finetuned_reconstruction_error",
    "finetuning",
    "machine_couplings",
    "definitions",
    "code",
)

# What stands for a net in tables of maps, where the map is one of these rules.
RULES = {"majority": "Majority", "decimation": "Decimation"}
OF_SAMPLES = ("machine_exponents", "machine_samples", "thermometer")
OF_FIRST_MACHINES = ("flow", "fixed_points", *OF_SAMPLES)
MOST_STEPS = 3  # of the majority rule, of lattices that machines draw
DIVERGING = "RdBu_r"  # the colormap in which every net's fields are drawn, beside its own


def _parts(table: str) -> tuple[str, str]:
    """The selection and the measurement of a table, from its name."""
    selection, _, measurement = table.partition("_")
    return (selection, measurement) if selection in (PAPER, FINETUNED) else (EVERYTHING, table)


class Layout:
    """The points, nets and stores of one experiment, and what each of its jobs takes."""

    def __init__(self, experiment: Experiment) -> None:
        self.experiment = experiment
        self.nets = {net.name: net for net in experiment.nets}
        self.temperatures = _texts(experiment.temperatures)
        self.physics_temperatures = _texts(experiment.thermodynamics.temperatures)
        self.at: dict[str, Any] = {
            "size": experiment.lattice.size,
            "temperature": self.temperatures,
            "seed": experiment.seeds,
        }
        self.points = filled(POINT, **self.at)
        self.at_of: dict[str, dict[str, Any]] = {
            name: {**self.at, "temperature": _texts(experiment.temperatures_of(name))}
            for name in self.nets
        }
        self.at_maps: dict[str, dict[str, Any]] = {
            name: {**self.at, "temperature": _texts(experiment.map_temperatures_of(name))}
            for name in self.nets
        }
        self.at_measured: dict[str, dict[str, Any]] = {
            name: self.at_maps[name] if net.block_map else self.at_of[name]
            for name, net in self.nets.items()
        }
        self.finetuned = [
            name for name in self.nets if experiment.recipe_of(name).finetuning is not None
        ]
        self.selections = self._selections()
        self.work = {
            (name, first): self._work(name, first)
            for name, net in self.nets.items()
            for first in range(len(net.layers))
        }

    def _selections(self) -> dict[str, dict[str, list[str]]]:
        """The sets of nets and temperatures that are shown side by side: all, and
        those of the paper if the experiment has them.
        """
        found = {EVERYTHING: {"net": list(self.nets), "temperature": self.temperatures}}
        temperature = temperature_text(NAMED_TEMPERATURES[PAPER])
        if self.nets.keys() >= set(PAPER_NETS) and all(
            temperature in self.at_of[name]["temperature"] for name in PAPER_NETS
        ):
            found[PAPER] = {"net": list(PAPER_NETS), "temperature": [temperature]}
        return found

    @property
    def trained(self) -> list[tuple[str, str]]:
        """Pairs of a net and what it is trained on."""
        return [(net.name, data) for net in self.nets.values() for data in net.data]

    @property
    def evaluated(self) -> list[tuple[str, str]]:
        """Those of the pairs whose first machine is a model of spins."""
        return [
            (net, data)
            for net, data in self.trained
            if self.experiment.is_model_of_spins(net, data)
        ]

    @property
    def discriminated(self) -> list[tuple[str, str]]:
        """Those of the pairs that are surrogates and have a net of the same name on lattices."""
        return [
            (net, data)
            for net, data in self.evaluated
            if data != ISING and (net, ISING) in self.trained
        ]

    @property
    def told_over_epochs(self) -> list[tuple[str, str]]:
        """Those of these pairs whose machines are of spins without fields and were trained: of them
        the records of epochs keep all that there is.
        """
        first = {net: self.experiment.recipe_of(net).first_layer for net in self.nets}
        return [
            (net, data)
            for net, data in self.discriminated
            if first[net].visible == first[net].hidden == "spin"
            and first[net].zero_field
            and first[net].epochs
        ]

    @property
    def mixed(self) -> list[tuple[str, str]]:
        """The pairs of nets that ask for the mixing time of their first machine."""
        return [
            (net, data) for net, data in self.trained if "mixing" in self.nets[net].first_machine
        ]

    @property
    def coupled(self) -> list[tuple[str, str]]:
        """The pairs whose first machine is one of spins, of nets that have a control of spins."""
        compared = {net for net, _ in self.discriminated}
        return [
            (net, data)
            for net, data in self.evaluated
            if net in compared and self.experiment.recipe_of(net).first_layer.visible == "spin"
        ]

    @property
    def defined(self) -> list[tuple[str, str]]:
        """The pairs of a net of several layers that is trained and models of spins: of these, all
        definitions of a receptive field are compared.
        """
        return [
            (net, data)
            for net, data in self.evaluated
            if self.layers_of(net)[1:] and self.experiment.recipe_of(net).first_layer.epochs
        ]

    @property
    def coded(self) -> list[tuple[str, str]]:
        """The pairs of a net of several layers that ends in a code and has a control of spins."""
        compared = {net for net, _ in self.discriminated}
        return [
            (net, data)
            for net, data in self.evaluated
            if net in compared
            and self.layers_of(net)[1:]
            and self.nets[net].layers[-1] <= LONGEST_CODE
        ]

    @property
    def lattice_couplings(self) -> list[str]:
        """The stores of effective couplings of what the machines of `coupled` are trained on."""
        stores = [
            store
            for net, data in self.coupled
            for store in filled(LATTICE_COUPLINGS, data=data, **self.at_of[net])
        ]
        return list(dict.fromkeys(stores))

    @property
    def mapped(self) -> list[dict[str, Any]]:
        """The wildcards of all block spins: of each net with a block map on lattices, and on what
        it was trained on; and of `RULES` on the same. ``levels`` are the steps that are
        large enough for exponents.
        """
        found = []
        for name, block in self._blocks.items():
            net = self.nets[name]
            steps = [layer + 1 for layer in self.layers_of(name)]
            sides = {step: self.experiment.lattice.size // block**step for step in steps}
            levels = [step for step, side in sides.items() if side >= SMALLEST_SIDE]
            of_net = {**self.at_maps[name], "step": steps, "levels": levels, "sides": sides}
            for data in net.data:
                for on in dict.fromkeys([ISING, data]):
                    by_rule = {f"{rule}_{block}": label for rule, label in RULES.items()}
                    for by, of in {**by_rule, f"{name}.{data}": name}.items():
                        found.append({**of_net, "net": of, "map": by, "on": on})
        return found

    @property
    def _blocks(self) -> dict[str, int]:
        """The side of a block of each net with a block map."""
        of = {name: self.experiment.block_of(name) for name, net in self.nets.items()
              if net.block_map}  # fmt: skip
        return {name: block for name, block in of.items() if block is not None}

    @property
    def stacks_mapped(self) -> dict[str, str]:
        """The receptive fields of the nets with a block map on each kind of data, at their first
        temperature and of the first seed, and how figures name them.
        """
        return {
            path: self._label(name, data)
            for name in self._blocks
            for data in self.nets[name].data
            for path in filled(RECEPTIVE_FIELDS, **self.at_maps[name], net=name, data=data)[:1]
        }

    def measured(self, measurement: str) -> list[tuple[str, str]]:
        """The pairs whose first machine's flow, fixed_points or samples are measured: of nets
        with a block map, or that name it, those that were trained and whose visible values can be
        spins; and samples of machines of spins alone.
        """
        recipes = self.experiment.recipe_of
        return [
            (net, data)
            for net, data in self.trained
            if (self.nets[net].block_map or measurement in self.nets[net].first_machine)
            and recipes(net).first_layer.epochs
            and recipes(net).first_layer.visible in MODELS_OF_SPINS
            and not (
                measurement == "samples"
                and not (self.majority_steps and recipes(net).first_layer.visible == "spin")
            )
        ]

    @property
    def _machine_stores(self) -> list[str]:
        """The stores of what first machines make themselves."""
        patterns = {
            "flow": [FLOW],
            "fixed_points": [FIXED_POINTS],
            "samples": [SAMPLES, MACHINE_EXPONENTS],
        }
        return [
            path
            for measurement in patterns
            for net, data in self.measured(measurement)
            for path in filled(patterns[measurement], **self.at_measured[net], net=net, data=data)
        ]

    @property
    def majority_steps(self) -> int:
        """How often lattices are halved by the majority rule for exponents, three times at most."""
        side, steps = self.experiment.lattice.size, 0
        while steps < MOST_STEPS and side % 2 == 0 and side // 2 >= SMALLEST_SIDE:
            side, steps = side // 2, steps + 1
        return steps

    @property
    def block_stores(self) -> list[str]:
        """The stores of block spins, of their couplings and of exponents."""
        found = [
            path
            for pattern, maps in (
                (BLOCK_SPINS, self.mapped),
                (BLOCK_COUPLINGS, self._with_couplings),
            )
            for at in maps
            for path in filled(pattern, **at)
        ]
        found += [path for at in self._with_exponents for path in filled(EXPONENTS, **at)]
        found += [path for at in self._informed for path in filled(INFORMATION, **at)]
        return list(dict.fromkeys(found))

    @property
    def _informed(self) -> list[dict[str, Any]]:
        """Those of the maps that are maps of lattices, with the steps that have neighbours."""
        found = []
        for at in self.mapped:
            steps = [step for step in at["step"] if at["sides"][step] >= FEWEST_CELLS]
            if at["on"] == ISING and steps:
                found.append({**at, "step": steps})
        return found

    @property
    def _with_couplings(self) -> list[dict[str, Any]]:
        """The maps with those of their steps that are large enough for couplings."""
        return [{**at, "step": at["levels"]} for at in self._with_exponents]

    @property
    def _with_exponents(self) -> list[dict[str, Any]]:
        """Those of the maps whose first step is large enough."""
        return [at for at in self.mapped if at["levels"]]

    def block_patterns(self, table: str) -> dict[str, str]:
        """The stores of a table of block spins, of which only the seed is open, and the net that
        each belongs to.
        """
        pattern, maps = {
            "block_couplings": (BLOCK_COUPLINGS, self._with_couplings),
            "exponents": (EXPONENTS, self._with_exponents),
            "information": (INFORMATION, self._informed),
        }[table]
        return {
            path: at["net"] for at in maps for path in filled(pattern, **{**at, "seed": "{seed}"})
        }

    def block_table_inputs(self, table: str) -> list[str]:
        """The stores of a table of block spins."""
        return filled(list(self.block_patterns(table)), seed=self.at["seed"])

    def block_table_settings(self, table: str) -> list[str]:
        """The nets, patterns and points of its stores, as options: see `table_settings`."""
        found = self.block_patterns(table)
        patterns = [path.replace("{seed}", "{point}") for path in found]
        seeds = map(str, self.at["seed"])
        return ["--nets", *found.values(), "--inputs", *patterns, "--points", *seeds]

    @property
    def block_tables(self) -> list[str]:
        """The tables of block spins."""
        found = ["block_couplings", "exponents"] if self._with_exponents else []
        return found + (["information"] if self._informed else [])

    def mapped_from(self, wildcards: Any) -> str:
        """What a step of a block-spin rule is made from."""
        if int(wildcards.step) > 1:
            return BY_RULE.format(**{**wildcards, "step": int(wildcards.step) - 1})
        return self.mapped_of(wildcards)

    def mapped_of(self, wildcards: Any) -> str:
        """The lattices, or the surrogates of them, that are mapped."""
        of = {**wildcards, "data": wildcards.on}
        return (LATTICES if wildcards.on == ISING else SURROGATES).format(**of)

    def starts_of(self, wildcards: Any) -> list[str]:
        """The lattices from which the flow of a machine starts: all of its size and seed."""
        return self.at_physics(LATTICES, seed=wildcards.seed)

    def layers_up_to(self, wildcards: Any) -> list[str]:
        """The layers of a net that make the hidden spins of a step."""
        return filled(LAYER, **{**wildcards, "layer": list(range(int(wildcards.step)))})

    def levels_of(self, wildcards: Any) -> list[str]:
        """The block spins after each step of a map."""
        of_map = (at["levels"] for at in self.mapped if at["map"] == wildcards.map)
        levels = max(of_map, key=len)  # a rule has as many as the deepest net
        return filled(BLOCK_SPINS, **{**wildcards, "step": levels})

    def everywhere(self, patterns: str | Sequence[str], **values: Any) -> list[str]:
        """``patterns`` at every point of the experiment."""
        return filled(patterns, **self.at, **values)

    def data_of(self, wildcards: Any) -> str:
        """The store that a net is trained on."""
        return (LATTICES if wildcards.data == ISING else SURROGATES).format(**wildcards)

    def layers_below(self, wildcards: Any) -> list[str]:
        """The stores of the layers below one layer of a stack."""
        return filled(LAYER, **{**wildcards, "layer": list(range(int(wildcards.layer)))})

    def layers_of(self, net: str) -> list[int]:
        """The numbers of the layers of a net."""
        return list(range(len(self.nets[net].layers) - 1))

    def stack_of(self, wildcards: Any) -> list[str]:
        """The stores of all layers of a net's stack."""
        return filled(LAYER, **{**wildcards, "layer": self.layers_of(wildcards["net"])})

    def network_of(self, wildcards: Any) -> list[str]:
        """The store of a net after fine-tuning, as a list that is empty if
        the net is not fine-tuned.
        """
        return [NETWORK.format(**wildcards)] if wildcards.net in self.finetuned else []

    def stores_of(self, net: str, data: str) -> list[str]:
        """The patterns of all stores and files of a net, at any point."""
        patterns = filled(LAYER, layer=self.layers_of(net))
        patterns += [NETWORK, KERAS] if net in self.finetuned else []
        patterns += [RECEPTIVE_FIELDS, DEAD_NEURONS, EMERGENCE, METRICS, RECONSTRUCTION, PORTRAITS]
        patterns += [EVALUATION] if (net, data) in self.evaluated else []
        patterns += [DISCRIMINATION] if (net, data) in self.discriminated else []
        patterns += [DISCRIMINATION_OVER_EPOCHS] if (net, data) in self.told_over_epochs else []
        patterns += [MIXING] if (net, data) in self.mixed else []
        return filled(patterns, net=net, data=data)

    def stages_of(self, net: str) -> list[str]:
        """When the receptive fields of a net are looked at."""
        return ["pretrained", "finetuned"] if net in self.finetuned else ["pretrained"]

    def pretraining_of(self, wildcards: Any) -> Pretraining:
        """The parameters of one layer of a net."""
        recipe = self.experiment.recipe_of(wildcards.net)
        return recipe.first_layer if wildcards.layer == "0" else recipe.upper_layers

    @property
    def portraits(self) -> list[str]:
        """The stores from which the page of fields is made."""
        return filled(list(self._portrait_patterns), seed=self.at["seed"])

    def portrait_settings(self) -> list[str]:
        """The nets, patterns and points of these stores, as options: see `table_settings`."""
        found = self._portrait_patterns
        patterns = [path.replace("{seed}", "{point}") for path in found]
        seeds = map(str, self.at["seed"])
        return ["--nets", *found.values(), "--portraits", *patterns, "--points", *seeds]

    @property
    def _portrait_patterns(self) -> dict[str, str]:
        """Those stores, of which only the seed is open, and the net of each."""
        return {
            path: net
            for net, data in self.trained
            for path in filled(
                PORTRAITS, **{**self.at_of[net], "seed": "{seed}"}, net=net, data=data
            )
        }

    def label_of(self, wildcards: Any) -> str:
        """A net's name with its recipe and, unless it is lattices, what it
        is trained on, as figures show it.
        """
        return self._label(wildcards.net, wildcards.data)

    def _label(self, net: str, data: str) -> str:
        on = "" if data == ISING else f" on {data_label(data)}"
        return f"{net}{on} ({self.nets[net].recipe} recipe)"

    def nets_on(self, data: str, temperature: str, selection: str) -> list[str]:
        """The names of the nets of a selection that are trained on ``data``
        at a temperature.
        """
        return [
            net
            for net in self.selections[selection]["net"]
            if (net, data) in self.trained and temperature in self.at_of[net]["temperature"]
        ]

    def table_settings(self, table: str) -> list[str]:
        """The names, patterns and points of one table's stores, as options.

        A command of all stores could be longer than the system allows; this one, in which
        each pattern stands for all seeds, is not.
        """
        nets, patterns = zip(*self._patterns_at(table), strict=True)
        recipes = [self.nets[net].recipe for net in nets]
        return [
            *("--nets", *nets, "--recipes", *recipes),
            *("--inputs", *(pattern.replace("{seed}", "{point}") for pattern in patterns)),
            *("--points", *map(str, self.at["seed"])),
        ]

    def _patterns_at(self, table: str) -> list[tuple[str, str]]:
        """Those of `table_patterns` at each temperature of the table at which the net is trained;
        only the seed is open.
        """
        selection, measurement = _parts(table)
        at = self.at_measured if measurement in OF_FIRST_MACHINES else self.at_of
        allowed = self.selections.get(selection, self.selections[EVERYTHING])["temperature"]
        return [
            (net, path)
            for net, pattern in self.table_patterns(table)
            for temperature in at[net]["temperature"]
            if temperature in allowed
            for path in filled(pattern, size=self.at["size"], temperature=temperature)
        ]

    @property
    def tables(self) -> list[str]:
        """The names of the tables of nets; those of a selection begin with its name."""
        return [
            *(self.table_of("dead_neurons", selection) for selection in self.selections),
            "emergence",
            "metrics",
            "reconstruction_error",
            "training",
            *(["finetuning"] if self.finetuned else []),
            *(["evaluation"] if self.evaluated else []),
            *(["discrimination"] if self.discriminated else []),
            *(["discrimination_over_epochs"] if self.told_over_epochs else []),
            *(["mixing"] if self.mixed else []),
            *(name for name in ("flow", "fixed_points") if self.measured(name)),
            *(OF_SAMPLES if self.measured("samples") else []),
        ]

    @property
    def study(self) -> list[str]:
        """The tables of nets by which claims are judged, if there is what each is made of."""
        return [table for table in STUDY if self.table_patterns(table)]

    @property
    def judged_by(self) -> list[str]:
        """The tables by which claims about its nets are judged; every table of a study, if there
        is no such claim.
        """
        every = [*self.study, "dead_neurons", "lattice_couplings", *self.block_tables, "peaks"]
        compared = [
            comparison
            for claim in CLAIMS
            if claim.is_about(self.nets)
            for comparison in claim.comparisons
        ]
        if not any(comparison.nets for comparison in compared):
            return every
        named = set().union(*(comparison.tables for comparison in compared))
        return [table for table in every if table in named]

    def table_of(self, measurement: str, selection: str) -> str:
        """The name of the table of one measurement of the nets of a selection."""
        return measurement if selection == EVERYTHING else f"{selection}_{measurement}"

    def dead_neurons_of(self, wildcards: Any) -> str:
        """The table behind Table 1 of a selection."""
        return TABLE.format(table=self.table_of("dead_neurons", wildcards.selection))

    def command_of(self, table: str) -> str:
        """The command that gathers a table."""
        return f"table {_parts(table)[1].replace('_', '-')}"

    @property
    def all_tables(self) -> list[str]:
        """Every table."""
        return filled(TABLE, table=[*self.tables, *self.block_tables, "thermodynamics", "peaks"])

    @property
    def all_stores(self) -> list[str]:
        """Every store and file that is no table and no figure.

        All are targets: one which was lost, or whose remaking was
        interrupted, is never taken for done.
        """
        size, seed = self.at["size"], self.at["seed"]
        surrogates = [
            path
            for net, data in self.trained
            if data != ISING
            for path in filled(SURROGATES, data=data, **self.at_of[net])
        ]
        return [
            *self.everywhere(LATTICES),
            *dict.fromkeys(surrogates),
            *(
                path
                for net, data in self.trained
                for path in filled(self.stores_of(net, data), **self.at_of[net])
            ),
            *self.block_stores,
            *self._machine_stores,
            *(path for path in self.at_physics([LATTICES, THERMODYNAMICS])),
            *filled(PEAKS, size=size, seed=seed),
            *filled(EXACT, size=size),
        ]

    def all_of(self, wildcards: Any) -> list[str]:
        """The stores of all that is trained of a net, and of what it is trained on."""
        return [*self.network_of(wildcards), *self.stack_of(wildcards), self.data_of(wildcards)]

    def reconstructions_of(self, wildcards: Any) -> list[str]:
        """The reconstructions of the same lattices by every net of a selection that is
        trained on their kind.
        """
        nets = self.nets_on(wildcards.data, wildcards.temperature, wildcards.selection)
        return filled(RECONSTRUCTION, **{**wildcards, "net": nets})

    def labels_on(self, wildcards: Any) -> list[str]:
        """The labels of the nets of `reconstructions_of`."""
        nets = self.nets_on(wildcards.data, wildcards.temperature, wildcards.selection)
        return [self._label(net, wildcards.data) for net in nets]

    def grid(self, name: str) -> list[dict[str, Any]]:
        """The values of the wildcards of a kind of figure, to be combined."""
        grids: dict[str, list[dict[str, Any]]] = {
            "once": [{}],
            "maps": [{}] if self._with_exponents else [],
            "followed": [{}] if self.measured("flow") else [],
            "at rest": [{}] if self.measured("fixed_points") else [],
            "informed": [{}] if self._informed else [],
            "mapped": [{}] if self.stacks_mapped else [],
            "told over epochs": [{}] if self.told_over_epochs and self.mixed else [],
            "size": [{"size": self.at["size"]}],
            "selection": [{"selection": list(self.selections)}],
            "selection and data": [
                {**self.at, "temperature": temperature, "selection": name, "data": data}
                for name, of in self.selections.items()
                for data in dict.fromkeys(data for _, data in self.trained)
                for temperature in of["temperature"]
                if self.nets_on(data, temperature, name)
            ],
            "finetuned": [
                {**self.at_of[net], "net": net, "data": data}
                for net, data in self.trained
                if net in self.finetuned
            ],
            "trained": [
                {**self.at_of[net], "net": net, "data": data} for net, data in self.trained
            ],
            "fields": [
                {
                    **self.at_of[net],
                    "net": net,
                    "data": data,
                    "stage": self.stages_of(net),
                    "colormap": [self.nets[net].colormap, DIVERGING],
                }
                for net, data in self.trained
            ],
        }
        return grids[name]

    def work_left(self, wildcards: Any) -> int:
        """How much training follows a job, in weights times epochs: what the longest
        chain waits for goes first.
        """
        net, data = getattr(wildcards, "net", None), getattr(wildcards, "data", None)
        if net is None:
            chosen = [
                name
                for name, of in self.trained
                if data in (None, of) and wildcards.temperature in self.at_of[name]["temperature"]
            ]
            return max((self.work[name, 0] for name in chosen), default=0)
        layer = getattr(wildcards, "layer", None)
        return self.work[net, len(self.layers_of(net)) if layer is None else int(layer)]

    def work_of(self, rule: str, wildcards: Any) -> float:
        """How much a job of training is beside others, in weights times epochs;
        1 for any other job.
        """
        if rule == "pretrain":
            net, layer = wildcards.net, int(wildcards.layer)
            return self.work[net, layer] - self.work[net, layer + 1]
        return self.work_left(wildcards) if rule == "finetune" else 1

    def _work(self, net: str, first: int) -> int:
        """Weights times epochs of a net's layers from ``first`` on, and of its fine-tuning."""
        recipe, units = self.experiment.recipe_of(net), self.nets[net].layers
        weights = [below * above for below, above in pairwise(units)]
        epochs = [recipe.first_layer.epochs, *[recipe.upper_layers.epochs] * (len(weights) - 1)]
        layers = sum(w * e for w, e in zip(weights[first:], epochs[first:], strict=True))
        tuning = 0 if recipe.finetuning is None else 2 * sum(weights) * recipe.finetuning.epochs
        return layers + tuning

    def units_of(self, wildcards: Any) -> int:
        """The number of hidden units of one layer of a net."""
        return self.nets[wildcards.net].layers[int(wildcards.layer) + 1]

    def table_patterns(self, table: str) -> list[tuple[str, str]]:
        """The stores of one measurement, as pairs of a net and a pattern of stores at any point."""
        selection, measurement = _parts(table)
        patterns = {
            "dead_neurons": DEAD_NEURONS,
            "emergence": EMERGENCE,
            "metrics": METRICS,
            "reconstruction_error": RECONSTRUCTION,
            "finetuning": NETWORK,
            "evaluation": EVALUATION,
            "discrimination": DISCRIMINATION,
            "discrimination_over_epochs": DISCRIMINATION_OVER_EPOCHS,
            "mixing": MIXING,
            "machine_couplings": MACHINE_COUPLINGS,
            "definitions": DEFINITIONS,
            "code": CODES,
            "flow": FLOW,
            "fixed_points": FIXED_POINTS,
            "machine_exponents": MACHINE_EXPONENTS,
            "machine_samples": SAMPLES,
            "thermometer": SAMPLES,
        }
        some = {
            "finetuning": [pair for pair in self.trained if pair[0] in self.finetuned],
            "evaluation": self.evaluated,
            "discrimination": self.discriminated,
            "discrimination_over_epochs": self.told_over_epochs,
            "mixing": self.mixed,
            "machine_couplings": self.coupled,
            "definitions": self.defined,
            "code": self.coded,
            "flow": self.measured("flow"),
            "fixed_points": self.measured("fixed_points"),
            **dict.fromkeys(OF_SAMPLES, self.measured("samples")),
        }
        pairs = some.get(measurement, self.trained)
        chosen = self.finetuned if selection == FINETUNED else self.selections[selection]["net"]
        return [
            (net, store)
            for net, data in pairs
            if net in chosen
            for pattern in (
                [patterns[measurement]]
                if measurement in patterns
                else filled(LAYER, layer=self.layers_of(net))
            )
            for store in filled(pattern, net=net, data=data)
        ]

    def table_inputs(self, table: str) -> list[str]:
        """The stores of one measurement."""
        return [
            store
            for _, pattern in self._patterns_at(table)
            for store in filled(pattern, seed=self.at["seed"])
        ]

    def at_physics(
        self, patterns: str | Sequence[str], temperatures: list[str] | None = None, **values: Any
    ) -> list[str]:
        """``patterns`` at every seed and every temperature of the physics
        figure, or at the given ones.
        """
        at = {
            **self.at,
            "temperature": self.physics_temperatures if temperatures is None else temperatures,
        }
        return filled(patterns, **{**at, **values})

    def near_the_peak(self, wildcards: Any) -> list[str]:
        """Lattices of one seed at the temperatures between which the maxima are sought."""
        low, high = self.experiment.thermodynamics.peak
        inside = [text for text in self.physics_temperatures if low <= float(text) <= high]
        return self.at_physics(LATTICES, inside, **wildcards)

    def exact_temperatures(self) -> list[str]:
        """Where exact curves are drawn: evenly over all temperatures, and more
        closely around the maxima.
        """
        values = [float(text) for text in self.physics_temperatures]
        wide, close = (min(values), max(values)), self.experiment.thermodynamics.peak
        grid = [low + (high - low) * step / 60 for low, high in (wide, close) for step in range(61)]
        return [f"{value:.6g}" for value in sorted(set(grid))]


def _texts(temperatures: list) -> list[str]:
    """The one spelling of each of the configuration's temperatures in file names."""
    return [temperature_text(value) for value in temperature_values(temperatures)]
