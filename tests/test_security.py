"""Nothing that is read can run code, and nothing that is named can leave the folder of results."""

import ast
import hashlib
import json
import pickle
import re
from pathlib import Path

import pytest

from isingdbn import storage
from isingdbn.errors import InputError

ROOT = Path(__file__).parents[1]
SOURCES = sorted(
    file
    for folder in ("src", "docs", "benchmarks", "envs")
    for file in (ROOT / folder).rglob("*.py")
)
PACKAGE = [file for file in SOURCES if file.is_relative_to(ROOT / "src")]
RULES = [ROOT / "Snakefile", *(ROOT / "workflow" / "rules").glob("*.smk")]
UNPICKLING = {"pickle", "cPickle", "_pickle", "dill", "cloudpickle", "joblib", "shelve", "marshal"}


def calls(tree):
    """Every call in a module: its dotted name, and its keyword arguments with constant values."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            yield (
                ast.unparse(node.func),
                {word.arg: getattr(word.value, "value", None) for word in node.keywords},
            )


@pytest.mark.parametrize("file", SOURCES, ids=lambda file: file.relative_to(ROOT).as_posix())
def test_no_source_unpickles_evaluates_or_hands_text_to_a_shell(file):
    tree = ast.parse(file.read_text())
    imported = {
        name.name.split(".")[0]
        for node in ast.walk(tree)
        if isinstance(node, ast.Import | ast.ImportFrom)
        for name in node.names
    }
    imported |= {
        (node.module or "").split(".")[0]
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom)
    }
    assert not imported & UNPICKLING
    for name, words in calls(tree):
        assert name not in ("eval", "exec", "compile", "os.system", "os.popen"), name
        assert not words.get("shell"), name
        if name.split(".")[-1] == "load" and name.startswith(("np.", "numpy.")):
            assert words.get("allow_pickle", False) is False, name
        if name.startswith("yaml."):
            assert name in ("yaml.safe_load", "yaml.safe_dump", "yaml.compose"), name
        if name.endswith("load_model"):
            assert words.get("safe_mode", True) is True, name
    # `yaml.compose` makes nodes and no objects, whose tags this loader resolves
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "yaml.compose":
            assert [ast.unparse(word) for word in node.keywords] == ["Loader=yaml.SafeLoader"]
            assert len(node.args) == 1


@pytest.mark.parametrize("file", RULES, ids=lambda file: file.name)
def test_no_rule_unpickles_evaluates_or_hands_text_to_a_shell(file):
    """Other than the shell commands of the rules, which the next test but one reads."""
    found = re.findall(
        r"\b(?:eval|exec|compile|system|popen|shell)\(|shell=True|yaml\.(?!safe_load|YAMLError)\w+",
        file.read_text(),
    )
    names = set(re.findall(r"^(?:import|from) (\w+)", file.read_text(), re.MULTILINE))
    assert not found
    assert not names & UNPICKLING


def test_the_package_never_reads_a_keras_file():
    """It writes them for others; what it needs itself is in the Zarr store."""
    names = {
        name.split(".")[-1] for file in PACKAGE for name, _ in calls(ast.parse(file.read_text()))
    }
    assert "to_zarr" in names
    assert not names & {"load_model", "load_weights"}


def test_rules_quote_what_the_configuration_says():
    """In shell commands, a parameter that is not a number, or a name without
    special characters, has ``:q``.
    """
    plain = {"command", "threads"}  # names, digests and numbers
    for file in RULES:
        for part in file.read_text().split("{params.")[1:]:
            name, _, quote = part.partition("}")[0].partition(":")
            assert quote == "q" or name in plain, f"{file.name}: {name}"


class Harm:
    """What would touch a file if it were unpickled."""

    def __init__(self, file):
        self.file = file

    def __reduce__(self):
        return Path.touch, (self.file,)


@pytest.mark.parametrize("place", ["filters", "compressor"])
def test_a_store_whose_codec_unpickles_is_refused_unread(tmp_path, place):
    """Zarr's format 2 knows such a codec; the manifest of the store is in order."""
    store, touched = tmp_path / "layer0.zarr", tmp_path / "touched"
    (store / "weights").mkdir(parents=True)
    codec = {"id": "pickle", "protocol": 5}
    unpickling = {
        "filters": {"filters": [codec, {"id": "zlib"}]},
        "compressor": {"compressor": codec},
    }
    array = {
        "zarr_format": 2,
        "shape": [1],
        "chunks": [1],
        "dtype": "<i8",
        "fill_value": 0,
        "order": "C",
    }
    files = {
        ".zgroup": json.dumps({"zarr_format": 2}).encode(),
        ".zattrs": json.dumps({"kind": "layer"}).encode(),
        "weights/.zarray": json.dumps(
            {**array, "compressor": None, "filters": None, **unpickling[place]}
        ).encode(),
        "weights/.zattrs": json.dumps({"_ARRAY_DIMENSIONS": ["visible"]}).encode(),
        "weights/0": pickle.dumps([Harm(touched), [1], "<i8"]),
    }
    for name, content in files.items():
        (store / name).write_bytes(content)
    lines = (
        f"{hashlib.sha256(content).hexdigest()}  {store.name}/{name}\n"
        for name, content in files.items()
    )
    storage.manifest_of(store).write_text("".join(lines))
    with pytest.raises(InputError, match=r"layer0\.zarr: cannot be read"):
        storage.load(store, "layer")
    list(storage.problems(tmp_path))
    assert not touched.exists()


def test_a_recorded_input_outside_is_compared_by_digest_alone_and_a_device_is_not_read(tmp_path):
    table = tmp_path / "table.csv"
    with storage.publish_file(
        table, {"input_sha256": {"/dev/zero": "0" * 64, "../../up": "1" * 64}}
    ) as partial:
        partial.write_text("a\n1\n")
    ((artifact, problem),) = storage.problems(tmp_path)
    assert artifact == table
    assert "was made from /dev/zero" in problem
