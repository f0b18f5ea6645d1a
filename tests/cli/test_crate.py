"""A small made-up folder of results as a crate, read back by the library of RO-Crates."""

import hashlib
import json
from importlib.metadata import version
from pathlib import Path

import pytest
import xarray as xr
from rocrate.rocrate import ROCrate

from isingdbn import storage
from isingdbn.cli import main
from tests.cli.commands import refused, run

CONFIG = Path(__file__).parents[2] / "config.yaml"
QUICK = CONFIG.parent / "config" / "quick.yaml"
PROFILES = {
    "https://w3id.org/ro/wfrun/process/0.5",
    "https://w3id.org/ro/wfrun/workflow/0.5",
    "https://w3id.org/workflowhub/workflow-ro-crate/1.0",
}


@pytest.fixture
def results(tmp_path):
    """A store, a table made from it, and a log."""
    folder = tmp_path / "results"
    for name in ("lattices", "tables", "logs"):
        (folder / name).mkdir(parents=True)
    store, table = folder / "lattices" / "spins.zarr", folder / "tables" / "energy.csv"
    origin = storage.provenance("isingdbn.cli.simulate", {})
    storage.save(xr.Dataset({"energy": ("sample", [-1.0, -2.0])}, attrs=origin), store)
    with storage.publish_file(
        table, storage.provenance("isingdbn.cli.table.training", {}, [store])
    ) as file:
        file.write_text("seed,energy\n0,-1.5\n")
    (folder / "logs" / "simulate.log").write_text("")
    return folder


def test_it_is_read_back_with_everything_in_it(results, capsys):
    run("crate", results, "--configfiles", CONFIG, QUICK)
    assert "ro-crate-metadata.json: 2 stores and files" in capsys.readouterr().out
    crate = ROCrate(results)
    assert crate.mainEntity.id == "crate/Snakefile"
    assert crate.mainEntity["programmingLanguage"]["version"] == version("snakemake")
    software = {
        each["name"]: each["softwareVersion"] for each in crate.mainEntity["softwareRequirements"]
    }
    assert software["numpy"] == version("numpy")
    assert software.keys() >= {"python", "tensorflow", "zarr"}
    assert {profile.id for profile in crate.root_dataset["conformsTo"]} == PROFILES
    (action,) = crate.get_by_type("CreateAction")
    assert action["instrument"] is crate.mainEntity
    assert [file.id for file in action["object"]] == ["crate/config.yaml", "crate/quick.yaml"]
    assert [part.id for part in action["result"]] == ["lattices/spins.zarr/", "tables/energy.csv"]
    assert {part.id for part in crate.root_dataset["hasPart"]} == {
        "crate/Snakefile",
        *(part.id for name in ("object", "result") for part in action[name]),
    }
    assert action["description"].startswith("commit ")
    for part in crate.root_dataset["hasPart"]:
        content = results / part.id.rstrip("/")
        content = storage.manifest_of(content) if content.is_dir() else content
        assert part["sha256"] == hashlib.sha256(content.read_bytes()).hexdigest(), part.id
    assert (results / "crate" / "quick.yaml").read_bytes() == QUICK.read_bytes()


def test_it_changes_no_result_and_can_be_written_again(results):
    run("crate", results, "--configfiles", CONFIG)
    first = (results / "ro-crate-metadata.json").read_bytes()
    run("verify", results)
    run("crate", results, "--configfiles", CONFIG)
    assert (results / "ro-crate-metadata.json").read_bytes() == first
    terms = {context for context in json.loads(first)["@context"] if "workflow-run" in context}
    assert len(terms) == 1


def test_damaged_results_are_refused(results, capsys):
    (results / "tables" / "energy.csv").write_text("seed,energy\n0,-9.9\n")
    assert main(["crate", str(results), "--configfiles", str(CONFIG)]) == 1
    assert "a crate holds sound results alone" in capsys.readouterr().err
    assert not (results / "ro-crate-metadata.json").exists()


def test_a_mistake_is_one_line(results, tmp_path, capsys):
    (tmp_path / "empty").mkdir()
    config = ["--configfiles", CONFIG]
    assert "no such folder" in refused(capsys, "crate", tmp_path / "nowhere", *config)
    assert "holds no results" in refused(capsys, "crate", tmp_path / "empty", *config)
    assert "two have the same name" in refused(capsys, "crate", results, *config, CONFIG)
    other = tmp_path / "mine.yaml"
    assert "mine.yaml: there is no such file" in refused(capsys, "crate", results, *config, other)
    assert not (results / "crate").exists()
