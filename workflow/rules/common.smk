"""What all rules share: the experiment, the paths of its results, and the sources
that each command depends on.
"""

import json
import os
import shlex
import site
import sys
from importlib.util import find_spec
from pathlib import Path

from snakemake.settings.types import DeploymentMethod, ExecMode

# The package of this checkout and no other, and nothing from PYTHONPATH: here, and in every job.
SOURCE = (
    Path(workflow.current_basedir.get_path_or_uri(secret_free=True)).resolve().parents[1] / "src"
).resolve()
foreign = {
    os.path.abspath(path) for path in os.environ.get("PYTHONPATH", "").split(os.pathsep) if path
}
foreign -= set(site.getsitepackages())
sys.path[:] = [str(SOURCE), *(path for path in sys.path if path not in foreign)]
missing = [name for name in ("numba", "numpy", "pydantic", "yaml") if find_spec(name) is None]
if missing:
    print(
        f"{sys.prefix}: this environment has no {', '.join(missing)}; make one with `make setup`"
        " and activate it, or install envs/requirements.lock or envs/environment.yaml",
        file=sys.stderr,
    )
    sys.exit(2)

import yaml

from isingdbn import config as experiment_config
from isingdbn.cli import planned_digests
from isingdbn.cli.arguments import options
from isingdbn.errors import InputError
from isingdbn.sources import PACKAGE

if PACKAGE != SOURCE / "isingdbn":
    print(
        f"{PACKAGE}: this package is loaded already, {SOURCE} is needed; start a new Python",
        file=sys.stderr,
    )
    sys.exit(2)

# The digest of each command's sources.
CODE = planned_digests(workflow.exec_mode == ExecMode.DEFAULT)

# What the rules call isingdbn. Python's own variables and the user's packages
# and locale are left out (-I, utf8).
in_conda = DeploymentMethod.CONDA in workflow.deployment_settings.deployment_method
python = "python" if in_conda else shlex.quote(sys.executable)
command = f"{python} -I -X utf8 {shlex.quote(str(SOURCE))}".replace("{", "{{").replace("}", "}}")
shell.prefix(f'set -euo pipefail; isingdbn() {{{{ {command} "$@"; }}}}; ')


def refuse_template(file):
    """Snakemake has evaluated such a file by now, but no result shall rest
    on code in a configuration.

    Nor on one of two values of a key: Snakemake has taken the last.
    """
    text = Path(file).read_text(encoding="utf-8")
    experiment_config.refuse_repeated_keys(text, file)
    try:
        json.loads(text)  # as Snakemake does first: JSON has no templates
        return
    except ValueError:
        pass
    try:
        values = yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise InputError(f"{file}: {' '.join(str(error).split())}; write plain YAML") from None
    if isinstance(values, dict) and "__use_yte__" in values:
        raise InputError(
            f"{file}: __use_yte__: a template is not allowed, it can run code; write plain YAML"
        )


try:
    for file in workflow.configfiles:
        refuse_template(file)
    EXPERIMENT = experiment_config.validate(config, "config")
except InputError as error:
    print(error, file=sys.stderr)
    sys.exit(error.exit_status)

NETS = {net.name: net for net in EXPERIMENT.nets}
# Nets whose first machine is a model of spins: the visible units of others have other values.
EVALUATED = [
    name for name in NETS if EXPERIMENT.recipe_of(name).first_layer.visible in ("spin", "gaussian")
]
FINETUNED = [name for name in NETS if EXPERIMENT.recipe_of(name).finetuning is not None]


def texts_of(temperatures):
    """The one spelling of each of the config's temperatures in file names."""
    return [
        experiment_config.temperature_text(value)
        for value in experiment_config.temperature_values(temperatures)
    ]


TEMPERATURES = texts_of(EXPERIMENT.temperatures)
PHYSICS_TEMPERATURES = texts_of(EXPERIMENT.thermodynamics.temperatures)

# One point of the experiment: one set of lattices.
POINT = "L{size}_T{temperature}_seed{seed}"
POINTS = expand(
    POINT, size=EXPERIMENT.lattice.size, temperature=TEMPERATURES, seed=EXPERIMENT.seeds
)

LATTICES = f"results/lattices/{POINT}.zarr"
LAYER = f"results/nets/{{net}}/{POINT}/layer{{layer}}.zarr"
NETWORK = f"results/nets/{{net}}/{POINT}/autoencoder.zarr"
KERAS = f"results/nets/{{net}}/{POINT}/autoencoder.keras"
ANALYSIS = f"results/analysis/{{net}}/{POINT}"
RECEPTIVE_FIELDS = f"{ANALYSIS}/receptive_fields.zarr"
DEAD_NEURONS = f"{ANALYSIS}/dead_neurons.zarr"
RECONSTRUCTION = f"{ANALYSIS}/reconstruction.zarr"
EVALUATION = f"{ANALYSIS}/evaluation.zarr"
TABLE = "results/tables/{table}.csv"
FIGURE = "results/figures/{figure}"
THERMODYNAMICS = f"results/thermodynamics/{POINT}.zarr"
PEAKS = "results/thermodynamics/peaks_L{size}_seed{seed}.zarr"
EXACT = "results/thermodynamics/exact_L{size}.zarr"
LOG = "results/logs/{job}.log"
BENCHMARK = "results/benchmarks/{job}.tsv"


wildcard_constraints:
    size=r"\d+",
    temperature=r"[0-9.e+-]+",
    seed=r"\d+",
    net="|".join(NETS),
    layer=r"\d+",
    stage="pretrained|finetuned",
    colormap="[A-Za-z_]+",


def manifest(artifact):
    """The checksum manifest of a store or file; of a store it stands for its content in the DAG:
    an identical one reruns nothing.
    """
    return f"{artifact}.sha256"


def with_manifests(artifacts):
    """The paths of artifacts and of their manifests."""
    return [path for artifact in artifacts for path in (artifact, manifest(artifact))]


def code_of(command):
    """The digest of a command's sources, in its params: a job runs again when it changes,
    and does not begin with others.

    One parameter, and not the files as inputs: a plan of ten thousand jobs would look
    at each of them for every job.
    """
    return CODE[command]


def layers_below(wildcards):
    """The stores of the layers below one layer of a stack."""
    return expand(LAYER, **{**wildcards, "layer": range(int(wildcards.layer))})


def stack_of(wildcards):
    """The stores of all layers of a net's stack."""
    return expand(
        LAYER,
        layer=range(len(NETS[wildcards.net].layers) - 1),
        **wildcards,
    )


def network_of(wildcards):
    """The store of a net after fine-tuning, as a list that is empty if
    the net is not fine-tuned.
    """
    return [NETWORK.format(**wildcards)] if wildcards.net in FINETUNED else []


def trained(wildcards):
    """The stores of all that is trained of a net."""
    return [*stack_of(wildcards), *network_of(wildcards)]


def with_lattices(wildcards):
    """The stores of all that is trained of a net, and of the lattices that it is trained on."""
    return [*trained(wildcards), LATTICES.format(**wildcards)]


def stages_of(net):
    """When the receptive fields of a net are looked at."""
    return ["pretrained", "finetuned"] if net in FINETUNED else ["pretrained"]


def label_of(wildcards):
    """A net's name with its recipe, as figures show it."""
    return f"{wildcards.net} ({NETS[wildcards.net].recipe} recipe)"


def every_point(patterns, **wildcards):
    """``patterns`` at every size, temperature and seed of the experiment."""
    points = dict(size=EXPERIMENT.lattice.size, temperature=TEMPERATURES, seed=EXPERIMENT.seeds)
    return expand(patterns, **points, **wildcards)


def pretraining_of(wildcards):
    """The parameters of one layer of a net."""
    recipe = EXPERIMENT.recipe_of(wildcards.net)
    return recipe.first_layer if wildcards.layer == "0" else recipe.upper_layers


def layer_patterns(net):
    """The stores of the layers of a net, at any point."""
    return expand(LAYER, layer=range(len(NETS[net].layers) - 1), allow_missing=True)


def table_patterns(wildcards):
    """The stores of one measurement, net by net, as pairs of net and store, with ``{point}``
    in the place of each point.
    """
    patterns = {
        "dead_neurons": DEAD_NEURONS,
        "reconstruction_error": RECONSTRUCTION,
        "evaluation": EVALUATION,
    }
    nets = EVALUATED if wildcards.table == "evaluation" else NETS
    return [
        (net, pattern.replace(POINT, "{point}").replace("{net}", net))
        for net in nets
        for pattern in (
            [patterns[wildcards.table]] if wildcards.table in patterns else layer_patterns(net)
        )
    ]


def table_inputs(wildcards):
    """The stores of one measurement."""
    return [
        pattern.replace("{point}", point)
        for _, pattern in table_patterns(wildcards)
        for point in POINTS
    ]


def reconstructions_of_all(wildcards):
    """The reconstructions of the same lattices by every net."""
    return [RECONSTRUCTION.format(net=net, **wildcards) for net in NETS]


def at_physics(patterns, temperatures=PHYSICS_TEMPERATURES, **wildcards):
    """``patterns`` at every seed and every temperature of the physics
    figure, or at the given ones.
    """
    points = dict(size=EXPERIMENT.lattice.size, seed=EXPERIMENT.seeds)
    return expand(patterns, temperature=temperatures, **{**points, **wildcards})


def near_the_peak(wildcards):
    """Lattices of one seed at the temperatures between which the maxima are sought."""
    low, high = EXPERIMENT.thermodynamics.peak
    inside = [text for text in PHYSICS_TEMPERATURES if low <= float(text) <= high]
    return at_physics(LATTICES, inside, **wildcards)


def exact_temperatures():
    """Where exact curves are drawn: evenly over all temperatures, and more
    closely around the maxima.
    """
    values = [float(text) for text in PHYSICS_TEMPERATURES]
    wide, close = (min(values), max(values)), EXPERIMENT.thermodynamics.peak
    grid = [low + (high - low) * step / 60 for low, high in (wide, close) for step in range(61)]
    return " ".join(f"{value:.6g}" for value in sorted(set(grid)))
