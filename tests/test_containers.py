"""The container files install the lock with its hashes, copy all that a run needs, and end
as a user; the images themselves are not built here.
"""

import os
import re
import shlex
import shutil
from pathlib import Path, PurePosixPath

import pytest
from packaging.specifiers import SpecifierSet

from tests.workflow import programs
from tests.workflow.forks import forked

ROOT = Path(__file__).parents[1]
HOME = PurePosixPath("/opt/isingdbn")
LOCK = HOME / "envs" / "requirements.lock"


def joined(name):
    """The lines of a file, those that go on put together, without comments."""
    text = (ROOT / "envs" / name).read_text().replace("\\\n", " ")
    return [line for line in text.splitlines() if line.strip() and not line.startswith("#")]


def docker():
    """Base, copies and commands of the Dockerfile, and its instructions in order."""
    lines = [line.split(maxsplit=1) for line in joined("Dockerfile")]
    copies = []
    for instruction, rest in lines:
        if instruction == "COPY":
            *sources, target = rest.split()
            for source in sources:
                whole = (ROOT / source).is_dir()
                copies.append(
                    (
                        source.rstrip("/"),
                        PurePosixPath(target) / ("" if whole else Path(source).name),
                    )
                )
    return lines[0][1], copies, [rest for name, rest in lines if name == "RUN"], lines


def apptainer():
    """Base, copies and commands of the definition, and its sections."""
    sections = {"": []}
    for line in joined("isingdbn.def"):
        if line.startswith("%"):
            sections[line] = of_section = []
        else:
            (sections[""] if len(sections) == 1 else of_section).append(line.strip())
    pairs = [line.split() for line in sections["%files"]]
    copies = [(source, PurePosixPath(target) / Path(source).name) for source, target in pairs]
    return sections[""][1].removeprefix("From: "), copies, sections["%post"], sections


BOTH = pytest.mark.parametrize("read", [docker, apptainer])


@BOTH
def test_the_base_is_a_version_that_the_package_takes(read):
    base = re.fullmatch(r"python:(3\.\d+\.\d+)-slim-[a-z]+", read()[0])
    project = (ROOT / "pyproject.toml").read_text()
    (needed,) = re.findall(r'^requires-python = "(.*)"$', project, re.MULTILINE)
    assert base[1] in SpecifierSet(needed)


@BOTH
def test_the_lock_is_installed_with_hashes_and_the_package_without_an_index(read):
    _, copies, commands, _ = read()
    pip = [shlex.split(line) for line in commands if "pip install" in line]
    from_lock, package = pip
    assert "--require-hashes" in from_lock
    assert from_lock[from_lock.index("--requirement") + 1] == str(LOCK)
    assert ("envs/requirements.lock", LOCK) in copies
    assert {"--no-index", "--no-deps", "--no-build-isolation", str(HOME)} <= set(package)


def test_both_hold_the_same():
    assert docker()[0] == apptainer()[0]
    assert sorted(docker()[1]) == sorted(apptainer()[1])


def test_docker_ends_as_a_user_and_the_lock_is_installed_before_the_sources_are_copied():
    lines = docker()[3]
    names = [name for name, _ in lines]
    (user,) = [rest for name, rest in lines if name == "USER"]
    assert user not in ("root", "0")
    assert names[names.index("USER") :] == ["USER", "WORKDIR", "CMD"]
    assert lines.index(["COPY", "src/ /opt/isingdbn/src/"]) > names.index("RUN")
    caches = dict(word.split("=") for name, rest in lines if name == "ENV" for word in rest.split())
    assert [line.split() for line in apptainer()[3]["%environment"]] == [
        ["export", *(f"{name}={value}" for name, value in caches.items())]
    ]


@BOTH
def test_what_is_copied_is_enough_to_plan_the_experiment(read, tmp_path):
    image, experiment = tmp_path / "image", tmp_path / "experiment"
    experiment.mkdir()
    left = shutil.ignore_patterns("__pycache__", "*.egg-info")
    for source, target in read()[1]:
        place = image / target.relative_to("/")
        place.parent.mkdir(parents=True, exist_ok=True)
        if (ROOT / source).is_dir():
            shutil.copytree(ROOT / source, place, ignore=left)
        else:
            shutil.copy2(ROOT / source, place)
    inside = image / HOME.relative_to("/")
    words = ["--snakefile", inside / "Snakefile", "--configfile", inside / "config.yaml"]
    words += ["--dry-run", "--cores", "8", "paper"]
    done = forked(programs.snakemake, *words, folder=experiment, environment=dict(os.environ))
    assert done.returncode == 0, done.stderr[-2000:]
    assert re.search(r"^finetune +2$", done.stdout, re.MULTILINE)
    assert "profiles/default" in done.stdout + done.stderr
