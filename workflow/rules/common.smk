"""What all rules share: the experiment, and functions for their inputs, outputs and parameters."""

import shlex

from snakemake.common.configfile import load_configfile
from snakemake.settings.types import DeploymentMethod, ExecMode
from snakemake.utils import update_config

from isingdbn.cli import planned_digests
from isingdbn.cli.arguments import options, path_options
from isingdbn.parameters.data import DATA, LATTICES as ISING, SURROGATES as KINDS
from isingdbn.sources import PACKAGE
from isingdbn.figures.register import FIGURES
from isingdbn.workflow.figures import (
    figures_of,
    labels_of,
    paper_figures,
    path_of,
    renormalization_figures,
    reported_figures,
    study_figures,
)
from isingdbn.workflow.layout import *
from isingdbn.workflow.paths import *
from isingdbn.workflow.patches import look_only_when_something_ends, rising, stay_with_squeue
from isingdbn.workflow.queue import end_jobs_of_killed_runs
from isingdbn.workflow.runs import end_at_hang_up, take_results
from isingdbn.workflow.stages import follow_stages

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
called = f"{python} -I -X utf8 {shlex.quote(str(SOURCE))}".replace("{", "{{").replace("}", "}}")
shell.prefix(f'set -euo pipefail; isingdbn() {{{{ {called} "$@"; }}}}; ')

# As a module of another workflow: of its configuration, what it does not say is as in config.yaml.
IN_MODULE = not workflow.modifier.is_main_snakefile()
if IN_MODULE:
    if workflow.modifier.path_modifier.replace_prefix("results/") != "results/":
        print(
            "module isingdbn: prefix and replace_prefix are not allowed, commands name results/;"
            " leave them out, and start Snakemake with --directory",
            file=sys.stderr,
        )
        sys.exit(2)
    given, config = config, load_configfile(ROOT / "config.yaml")
    update_config(config, given)

for file in [] if IN_MODULE else workflow.configfiles:
    refuse_unreadable(file)
try:
    EXPERIMENT = experiment_config.validate(config, "config")
except InputError as error:
    print(error, file=sys.stderr)
    sys.exit(error.exit_status)

LAYOUT = Layout(EXPERIMENT)


wildcard_constraints:
    size=r"\d+",
    temperature=r"[0-9.e+-]+",
    seed=r"\d+",
    net="|".join(LAYOUT.nets),
    data="|".join(DATA),
    layer=r"\d+",
    stage="pretrained|finetuned",
    colormap="[A-Za-z_]+",
    selection="|".join(LAYOUT.selections),
    on="|".join(DATA),
    rule="|".join(RULES),
    map=rf"({'|'.join(RULES)})_\d+|({'|'.join(LAYOUT.nets)})\.({'|'.join(DATA)})",
    step=r"\d+",
    block=r"\d+",
    block_table="block_couplings|exponents|information",


def command(name):
    """The words of a command, with the digest of its sources and, of images, their style.

    A job runs again when that changes, and does not begin with others. One parameter, and not
    the files as inputs: a plan of ten thousand jobs would look at each of them for every job.
    """
    group, _, figure = name.replace("-", "_").partition(" ")
    images = group == "figure" and "png" in FIGURES[figure].suffixes
    style = ["--style", EXPERIMENT.figures.style] if images else []
    return ["--code", CODE[name], *name.split(), *style]


def manifests(*artifacts):
    """The manifests of all artifacts."""
    return [manifest(artifact) for artifact in artifacts]


def ancients(stores):
    """The stores, of which only the manifests count as changed."""
    return [ancient(store) for store in stores]


def several(wildcards, threads):
    """The option of a command that can use several threads."""
    return ["--threads", threads]


def images(name):
    """The outputs of a rule that draws the figure of that name; the report has its page."""
    figure = FIGURES[name]
    files = {suffix: f"{path_of(figure)}.{suffix}" for suffix in figure.suffixes}
    made = {**files, "manifests": manifests(*files.values())}
    if figure.category:
        made["html"] = report(
            files["html"],
            caption=f"../report/{figure.caption}",
            category=figure.category,
            labels=lambda wildcards: labels_of(figure, wildcards),
        )
    return made
