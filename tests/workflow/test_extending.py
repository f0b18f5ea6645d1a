"""The worked examples of docs/extending.md, applied to a copy of the repository and run there."""

import os
import re
import subprocess
import sys

import pandas as pd
import pytest
import yaml

from tests.workflow.conftest import ROOT, Checkout

TEXT = (ROOT / "docs" / "extending.md").read_text(encoding="utf-8")
TINY = yaml.safe_load((ROOT / "tests" / "workflow" / "tiny.yaml").read_text())
SECTIONS = ("A metric", "A claim", "A figure", "A stage")


def blocks(language):
    """The fenced blocks in a language, by their section."""
    return {
        section.partition("\n")[0]: block
        for section in TEXT.split("\n## ")[1:]
        for block in re.findall(rf"^```{language}\n(.*?)^```", section, re.MULTILINE | re.DOTALL)
    }


@pytest.fixture(scope="module")
def extended(tmp_path_factory):
    """A copy with all examples in it."""
    checkout = Checkout(tmp_path_factory.mktemp("extended") / "copy").with_own_sources()
    outside = {**checkout.environment, "GIT_CEILING_DIRECTORIES": str(checkout.path.parent)}
    for section, diff in blocks("diff").items():
        (checkout.path / "change.diff").write_text(diff, encoding="utf-8")
        applied = checkout.run("git", "apply", "change.diff", environment=outside, check=False)
        assert applied.returncode == 0, (section, applied.stderr)
    return checkout


def test_every_section_has_an_example():
    assert [part.partition("\n")[0] for part in TEXT.split("\n## ")[1:]] == list(SECTIONS)
    assert list(blocks("diff")) == list(SECTIONS)
    assert list(blocks("pycon")) == list(SECTIONS[:2])


@pytest.mark.parametrize("section", blocks("pycon"))
def test_sessions_say_what_they_show(extended, section, tmp_path):
    (tmp_path / "session.txt").write_text(blocks("pycon")[section], encoding="utf-8")
    environment = {**os.environ, "PYTHONPATH": str(extended.path / "src")}
    done = subprocess.run(
        [sys.executable, "-m", "doctest", tmp_path / "session.txt"],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_metric_the_stage_and_the_figure_are_computed(extended):
    nets = [net for net in TINY["nets"] if net["name"] == "Spins"]
    (extended.path / "tiny.yaml").write_text(yaml.safe_dump({**TINY, "nets": nets}))
    tables = [f"results/tables/{name}.csv" for name in ("metrics", "similarity")]
    figure = "results/figures/figure23_patches.png"
    command = ["snakemake", "--cores", "2", "--configfile", "tiny.yaml", "--", *tables, figure]
    extended.run(*command)
    metrics, similarity = (pd.read_csv(extended.path / table) for table in tables)
    shares = metrics[metrics["metric"] == "patch_share"]
    assert shares["layer"].tolist() == [0, 1]
    assert (shares["median"].between(9 / 64, 1) & shares["permuted"].between(9 / 64, 1)).all()
    assert similarity[["net", "stage", "layer"]].values.tolist() == [
        ["Spins", "pretrained", 0],
        ["Spins", "pretrained", 1],
    ]
    assert similarity["similarity"].between(0, 1).all()
    assert (extended.path / figure).read_bytes().startswith(b"\x89PNG")
