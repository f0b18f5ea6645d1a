"""Another workflow, in a folder of its own, uses this one as a module, as docs/usage.md shows."""

import os
import re
import shutil
import textwrap

import pytest
import yaml

from tests.workflow import programs
from tests.workflow.conftest import ROOT, Checkout
from tests.workflow.forks import forked

TINY = yaml.safe_load((ROOT / "tests" / "workflow" / "tiny.yaml").read_text())
MINE = {"name": "Mine", "layers": [64, 6], "recipe": "stack", "temperatures": [3.5]}
FIELDS = "figure3_receptive_fields_Mine_lattices_pretrained_RdBu_r_L8_T3.5_seed3.png"


def example():
    """The Snakefile of docs/usage.md."""
    section = (ROOT / "docs" / "usage.md").read_text().split("## In another workflow\n")[1]
    lines = section.split("\n## ")[0].splitlines()
    block = "\n".join(line for line in lines if line.startswith("    ") or not line)
    return textwrap.dedent(block).replace("/path/to/isingdbn", str(ROOT))


class Other:
    """A workflow that has nothing of this one but the path to its Snakefile."""

    def __init__(self, path, snakefile, experiment):
        self.path = path
        (path / "Snakefile").write_text(snakefile)
        (path / "mine.yaml").write_text(yaml.safe_dump({"isingdbn": experiment, "own": 1}))

    def snakemake(self, *words, check=True):
        environment = {**os.environ, **Checkout.warm}
        done = forked(
            programs.snakemake, "--cores", "2", *words, folder=self.path, environment=environment
        )
        return Checkout.checked(done, check)


@pytest.fixture(scope="module")
def other(tmp_path_factory):
    """The example of the documentation with a net of its own, at tiny size, run."""
    workflow = Other(tmp_path_factory.mktemp("other"), example(), {**TINY, "nets": [MINE]})
    workflow.snakemake()
    return workflow


def test_it_trains_its_own_net_and_makes_a_table(other):
    assert (other.path / "trained.txt").read_text().split() == ["2", "results/tables/training.csv"]
    assert "Mine,stack,lattices" in (other.path / "results/tables/training.csv").read_text()
    assert (other.path / "results/.runs.lock").read_text() == str(other.path)
    assert sorted(path.name for path in other.path.iterdir()) == [
        ".snakemake",
        "Snakefile",
        "mine.yaml",
        "results",
        "trained.txt",
    ]


def test_figures_and_captions_are_found(other):
    other.snakemake(f"results/figures/{FIELDS}")
    other.snakemake("--report", "report.html", f"results/figures/{FIELDS}")
    assert "receptive fields" in (other.path / "report.html").read_text().lower()


def test_what_it_does_not_say_is_as_in_config_yaml(tmp_path):
    net = {**MINE, "layers": [1600, 9], "recipe": "mehta_schwab", "temperatures": ["paper"]}
    workflow = Other(tmp_path, example(), {"nets": [net]})
    target = "results/nets/Mine/lattices/L40_T2.2976_seed0/layer0.zarr"
    plan = workflow.snakemake("--dry-run", "--printshellcmds", "--", target).stdout
    assert "--samples 20000" in plan
    assert "--units 9" in plan
    assert "--l1 0.03" in plan


def test_rules_can_keep_their_names(tmp_path):
    """A workflow without an `all`, and without a word of the experiment."""
    snakefile = f'module isingdbn:\n    snakefile: "{ROOT}/Snakefile"\nuse rule * from isingdbn\n'
    workflow = Other(tmp_path, snakefile, {})
    plan = workflow.snakemake("--dry-run", "paper").stdout
    assert re.search(r"^pretrain +\d+$", plan, re.MULTILINE)


@pytest.mark.parametrize(
    ("edit", "experiment", "line"),
    [
        (
            ("config: config", 'prefix: "ising"\n    config: config'),
            {},
            "module isingdbn: prefix and replace_prefix are not allowed, commands name results/;",
        ),
        (("", ""), {"sizes": 3}, "config: sizes: unknown key"),
    ],
)
def test_a_mistake_is_one_line(tmp_path, edit, experiment, line):
    workflow = Other(tmp_path, example().replace(*edit), experiment)
    done = workflow.snakemake(check=False)
    assert done.returncode == 2
    assert line in done.stderr
    assert "Traceback" not in done.stderr


def test_a_snakefile_without_its_sources_is_one_line(tmp_path):
    """As when it is taken from a hosting service, a file at a time."""
    for part in ("Snakefile", "workflow"):
        copy = shutil.copytree if (ROOT / part).is_dir() else shutil.copy2
        copy(ROOT / part, tmp_path / part)
    (tmp_path / "elsewhere").mkdir()
    snakefile = example().replace(str(ROOT), str(tmp_path))
    workflow = Other(tmp_path / "elsewhere", snakefile, {})
    done = workflow.snakemake(check=False)
    assert done.returncode == 2
    assert "isingdbn runs from a checkout, whose sources its jobs call" in done.stderr
