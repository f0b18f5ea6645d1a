"""The lock and what is derived from it."""

import importlib.metadata
import re
import runpy
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement

ENVS = Path(__file__).parents[1] / "envs"
LOCK = (ENVS / "requirements.lock").read_text()
twin = runpy.run_path(str(ENVS / "conda_twin.py"))


def test_the_conda_twin_equals_the_lock():
    assert (ENVS / "environment.yaml").read_text() == twin["environment"](LOCK), "run `make lock`"


def test_every_pin_has_a_hash_and_no_address_is_in_the_lock():
    assert len(twin["pins"](LOCK)) > 50
    for block in re.split(r"\n(?=[A-Za-z])", LOCK.strip()):
        assert "--hash=sha256:" in block
    assert "://" not in LOCK


@pytest.mark.parametrize(
    "package",
    [
        "numpy",
        "numba",
        "tensorflow",
        "keras",
        "snakemake",
        "xarray",
        "zarr",
        "matplotlib",
        "pydantic",
    ],
)
def test_what_runs_is_what_is_locked(package):
    pins = [Requirement(pin) for pin in twin["pins"](LOCK)]
    (pin,) = [
        pin for pin in pins if pin.name == package and (pin.marker is None or pin.marker.evaluate())
    ]
    assert pin.specifier.contains(importlib.metadata.version(package))


def test_what_the_type_checker_leaves_out_exists_and_the_public_face_is_not_among_it():
    project = tomllib.loads((ENVS.parent / "pyproject.toml").read_text())
    overrides = project["tool"]["mypy"]["overrides"]
    (kernels,) = [each["module"] for each in overrides if each.get("ignore_errors")]
    for module in kernels:
        assert (ENVS.parent / "src" / f"{module.replace('.', '/')}.py").is_file(), module
    assert not {"isingdbn.interface", "isingdbn.config"} & {*kernels}
