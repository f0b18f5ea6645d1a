"""The sources that each stage declares are the modules that its job really imports."""

import subprocess
import sys
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "src" / "isingdbn"
TALK = {"cli/__init__.py", "errors.py", "progress.py"}  # they only talk to the user


@pytest.fixture(scope="module")
def declared():
    text = (ROOT / "workflow" / "rules" / "common.smk").read_text()
    start, end = text.index("COMMON_SOURCES ="), text.index("@functools.cache")
    namespace = {}
    exec(text[start:end], namespace)
    return {
        stage: {
            path.relative_to(PACKAGE).as_posix() for pattern in namespace["COMMON_SOURCES"] + patterns for path in PACKAGE.glob(pattern)
        }
        for stage, patterns in namespace["STAGE_SOURCES"].items()
    }


@pytest.mark.parametrize(
    "stage", ["simulate", "surrogate", "exact", "measure", "pretrain", "finetune", "evaluate", "analyse", "table", "figure"]
)
def test_declared_sources_are_the_imported_ones(declared, stage):
    script = f"import sys, isingdbn.cli.{stage}; print(*(m.__file__ for n, m in sys.modules.items() if n.split('.')[0] == 'isingdbn'))"
    files = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout.split()
    imported = {Path(file).relative_to(PACKAGE).as_posix() for file in files}
    fronts = {name for name in imported if name.endswith("__init__.py")}
    assert imported - fronts - TALK == {name for name in declared[stage] if not name.endswith("__init__.py")}


def test_package_fronts_hold_no_code():
    for path in PACKAGE.rglob("__init__.py"):
        if path.relative_to(PACKAGE).as_posix() not in TALK | {"__init__.py"}:
            assert len([line for line in path.read_text().splitlines() if line]) <= 3, path


def test_every_rule_logs_benchmarks_and_declares_its_sources():
    for path in (ROOT / "workflow" / "rules").glob("*.smk"):
        for rule in path.read_text().split("\nrule ")[1:]:
            for word in ('"""', "code=code_of(", "output:", "log:", "benchmark:", "threads:", "resources:", "conda:", "shell:"):
                assert word in rule, f"{path.name}: rule {rule.split(':')[0]} has no {word}"


def test_the_tiny_experiment_replaces_every_block_of_the_default():
    assert (
        yaml.safe_load((ROOT / "config.yaml").read_text()).keys() == yaml.safe_load((ROOT / "tests/workflow/tiny.yaml").read_text()).keys()
    )
