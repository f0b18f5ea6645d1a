"""Stores: whole or not there, checked before use, plain to read."""

import errno
import json
import os
import resource
import shutil
import socket
import subprocess
import sys
import tracemalloc
import warnings
from contextlib import nullcontext
from pathlib import Path

import numpy as np
import pytest
import xarray as xr

from isingdbn import storage
from isingdbn.cli import main
from isingdbn.errors import InputError, JobError


def dataset():
    rng = np.random.default_rng(0)
    return xr.Dataset(
        {"weights_0": (("layer_0", "layer_1"), rng.normal(size=(7, 5)))}, attrs={"kind": "layer", "seed": 3, "parameters": {"a": [1, 2]}}
    )


def blocks(sizes, shape=(5, 11)):
    rng = np.random.default_rng(1)
    for size in sizes:
        spins = rng.choice([-1, 1], (size, *shape)).astype(np.int8)
        yield xr.Dataset({"spins": (("sample", "y", "x"), spins, {"units": "1"}), "energy": ("sample", spins.mean(axis=(1, 2)))})


def save_spins(store, sizes):
    storage.save_samples("spins", blocks(sizes), sum(sizes), lambda _: {"kind": "lattices", "seed": 3}, store)


def test_a_store_reads_back_with_plain_xarray(tmp_path):
    storage.save(dataset(), tmp_path / "a.zarr")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        plain = xr.open_zarr(tmp_path / "a.zarr")
    xr.testing.assert_identical(plain.load(), dataset())
    xr.testing.assert_identical(storage.load(tmp_path / "a.zarr", "layer").load(), dataset())


@pytest.mark.parametrize("sizes", [[97], [30, 30, 30, 7], [1] * 97, [96, 1]])
def test_streamed_samples_do_not_depend_on_the_blocks(tmp_path, monkeypatch, sizes):
    monkeypatch.setattr(storage, "SHARD_BYTES", 55 * 40)
    save_spins(tmp_path / "a.zarr", sizes)
    data = xr.open_zarr(tmp_path / "a.zarr").load()
    expected = np.concatenate([block["spins"].values for block in blocks(sizes)])
    assert data["spins"].dims == ("sample", "y", "x")
    assert data["spins"].dtype == np.int8
    assert (data["spins"].values == expected).all()
    assert (data["energy"].values == expected.mean(axis=(1, 2))).all()


def test_spins_take_little_more_than_a_bit(tmp_path):
    save_spins(tmp_path / "a.zarr", [20_000])
    stored = sum(file.stat().st_size for file in (tmp_path / "a.zarr" / "spins").rglob("*") if file.is_file())
    assert stored < 1.2 * 20_000 * 55 / 8


def test_streaming_holds_few_blocks_in_memory(tmp_path):
    """Peak memory does not grow with the number of lattices: 23 MB and 92 MB of spins need the same."""

    def peak(count):
        tracemalloc.start()
        stream = blocks([1000] * count, (31, 37))
        storage.save_samples("spins", stream, 1000 * count, lambda _: {}, tmp_path / f"{count}.zarr")
        value = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return value

    assert peak(80) < peak(20) + 4e6


def test_the_same_data_give_the_same_bytes(tmp_path):
    for name in "ab":
        (tmp_path / name).mkdir()
        save_spins(tmp_path / name / "x.zarr", [50, 47])
    manifests = [(tmp_path / name / "x.zarr.sha256").read_text() for name in "ab"]
    assert manifests[0] == manifests[1]


def test_the_manifest_is_checked_by_sha256sum(tmp_path):
    storage.save(dataset(), tmp_path / "a.zarr")
    command = ["sha256sum", "--check", "--quiet", "--strict", "a.zarr.sha256"]
    subprocess.run(command, cwd=tmp_path, check=True)
    data = next(file for file in (tmp_path / "a.zarr" / "weights_0" / "c").rglob("*") if file.is_file())
    data.write_bytes(b"x" + data.read_bytes()[1:])
    assert subprocess.run(command, cwd=tmp_path, capture_output=True, check=False).returncode == 1


def _flip(store):
    file = next(file for file in sorted((store / "spins" / "c").rglob("*")) if file.is_file())
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 1
    file.write_bytes(content)


def _truncate(store):
    file = next(file for file in sorted((store / "spins" / "c").rglob("*")) if file.is_file())
    file.write_bytes(file.read_bytes()[:-3])


def _lose(store):
    next(file for file in sorted((store / "spins" / "c").rglob("*")) if file.is_file()).unlink()


def _add(store):
    (store / "extra").write_text("")


def _empty(store):
    shutil.rmtree(store)
    store.mkdir()
    store.with_name(store.name + ".sha256").write_text("")


def _garble_manifest(store):
    store.with_name(store.name + ".sha256").write_bytes(b"\xff\xfe")


def _metadata(store):
    path = store / "zarr.json"
    path.write_text(path.read_text().replace('"seed": 3', '"seed": 4'))


@pytest.mark.parametrize(
    ("damage", "words"),
    [
        (_flip, "is damaged"),
        (_truncate, "is damaged"),
        (_lose, "is missing"),
        (_add, "is not in its manifest"),
        (_metadata, "is damaged"),
        (_empty, "cannot be read"),
        (_garble_manifest, "cannot be read"),
    ],
)
def test_damage_is_found_before_use(tmp_path, damage, words):
    store = tmp_path / "a.zarr"
    save_spins(store, [97])
    damage(store)
    with pytest.raises(InputError) as caught:
        storage.load(store, "lattices")
    message = str(caught.value)
    assert words in message
    assert str(store) in message
    assert "remove" in message
    assert "\n" not in message


def test_missing_stores_and_manifests_are_named(tmp_path):
    with pytest.raises(InputError, match="there is no such store"):
        storage.load(tmp_path / "none.zarr", "layer")
    storage.save(dataset(), tmp_path / "a.zarr")
    (tmp_path / "a.zarr.sha256").unlink()
    with pytest.raises(InputError, match=r"its manifest a\.zarr\.sha256 is missing"):
        storage.load(tmp_path / "a.zarr", "layer")


def test_a_store_of_another_kind_is_refused(tmp_path):
    storage.save(dataset(), tmp_path / "a.zarr")
    with pytest.raises(InputError, match="is of the kind 'layer', 'network' is needed"):
        storage.load(tmp_path / "a.zarr", "network")


def test_nothing_is_overwritten(tmp_path):
    storage.save(dataset(), tmp_path / "a.zarr")
    before = (tmp_path / "a.zarr.sha256").read_text()
    with pytest.raises(InputError, match="exists already"):
        storage.save(dataset() * 2, tmp_path / "a.zarr")
    assert (tmp_path / "a.zarr.sha256").read_text() == before
    storage.load(tmp_path / "a.zarr", "layer")


def test_a_failure_half_way_leaves_nothing(tmp_path):
    def failing():
        yield from blocks([50])
        raise RuntimeError("stop")

    with pytest.raises(RuntimeError):
        storage.save_samples("spins", failing(), 97, lambda _: {}, tmp_path / "a.zarr")
    assert list(tmp_path.iterdir()) == []


def in_another_process(script, store):
    """Run Python code that finds the functions of this module, and ``store``, by name."""
    root = Path(__file__).parents[1]
    head = "import os, pathlib, sys\nfrom isingdbn import storage\nfrom tests.test_storage import *\nstore = pathlib.Path(sys.argv[1])\n"
    environment = {**os.environ, "PYTHONPATH": f"{root}{os.pathsep}{root / 'src'}"}
    return subprocess.run([sys.executable, "-c", head + script, store], cwd=root, env=environment, check=False).returncode


DYING = """
def dying():
    yield from blocks([50])
    os.kill(os.getpid(), 9)
storage.save_samples("spins", dying(), 97, lambda _: {}, store)
"""


def test_what_a_killed_job_left_is_removed_by_the_next(tmp_path):
    assert in_another_process(DYING, tmp_path / "a.zarr") == -9
    (left,) = tmp_path.iterdir()
    assert left.name.startswith(".partial.")
    on_another_machine = left.with_name(left.name.replace(socket.gethostname(), "elsewhere"))
    on_another_machine.mkdir()
    storage.save(dataset(), tmp_path / "a.zarr")
    storage.load(tmp_path / "a.zarr", "layer")
    assert set(tmp_path.iterdir()) == {on_another_machine, tmp_path / "a.zarr", tmp_path / "a.zarr.sha256"}


def published_meanwhile(store, script):
    """Blocks of a store, in the middle of which another process publishes one."""
    first, second = blocks([50, 47])
    yield first
    assert in_another_process(script, store) == 0
    yield second


@pytest.mark.parametrize("same", [True, False])
def test_of_two_processes_that_write_one_store_the_second_succeeds_if_it_is_the_same(tmp_path, same):
    store = tmp_path / "a.zarr"
    stream = published_meanwhile(store, "save_spins(store, [50, 47])" if same else "storage.save(dataset(), store)")
    with nullcontext() if same else pytest.raises(JobError, match="zarr: another process has put other data there"):
        storage.save_samples("spins", stream, 97, lambda _: {"kind": "lattices", "seed": 3}, store)
    storage.load(store, "lattices" if same else "layer")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.zarr", "a.zarr.sha256"]


def test_a_write_that_the_system_refuses_is_one_line_and_leaves_nothing(tmp_path):
    """A limit on the size of files stands in for a full disk: the system call fails in the same place."""
    command = [sys.executable, "-m", "isingdbn", "simulate", "--size", "16", "--temperature", "2.5", "--samples", "3000"]
    command += ["--updates", "1", "--thermalization", "1", "--seed", "0", "--output", str(tmp_path / "a.zarr")]

    def limit():
        resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))

    done = subprocess.run(command, preexec_fn=limit, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert done.stderr.splitlines()[-1].startswith(f"isingdbn simulate: {tmp_path}/a.zarr: cannot be written, File too large")
    assert "Traceback" not in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_provenance_names_the_inputs_and_the_version(tmp_path):
    storage.save(dataset(), tmp_path / "a.zarr")
    (tmp_path / "t.csv").write_text("x\n")
    origin = storage.provenance({"size": 5}, [tmp_path / "a.zarr", tmp_path / "t.csv"])
    assert origin["parameters"] == {"size": 5}
    assert sorted(origin["input_sha256"]) == sorted(str(tmp_path / name) for name in ("a.zarr", "t.csv"))
    shutil.rmtree(tmp_path / "a.zarr")
    storage.save(dataset() * 2, tmp_path / "a.zarr")
    again = storage.provenance({}, [tmp_path / "a.zarr"])
    assert again["input_sha256"] != {key: value for key, value in origin["input_sha256"].items() if key.endswith("zarr")}


ORIGIN = {"commit": "abc", "input_sha256": {}}


class TestAFile:
    def write(self, path, text="1,2\n"):
        with storage.publish_file(path, ORIGIN) as partial:
            assert partial.suffix == path.suffix
            partial.write_text(text)

    def test_has_a_manifest_with_its_provenance_that_sha256sum_reads(self, tmp_path):
        self.write(tmp_path / "new" / "t.csv")
        assert sorted(path.name for path in (tmp_path / "new").iterdir()) == ["t.csv", "t.csv.sha256"]
        assert json.loads((tmp_path / "new" / "t.csv.sha256").read_text().splitlines()[0].removeprefix("# ")) == ORIGIN
        subprocess.run(["sha256sum", "--check", "--quiet", "--strict", "t.csv.sha256"], cwd=tmp_path / "new", check=True)
        storage.check_file(tmp_path / "new" / "t.csv")

    def test_replaces_an_older_one(self, tmp_path):
        for text in ("old", "new"):
            self.write(tmp_path / "t.csv", text)
        assert (tmp_path / "t.csv").read_text() == "new"
        storage.check_file(tmp_path / "t.csv")

    def test_is_not_there_if_writing_failed(self, tmp_path):
        def fail_half_way():
            with storage.publish_file(tmp_path / "t.csv", ORIGIN) as partial:
                partial.write_text("half")
                raise ZeroDivisionError

        with pytest.raises(ZeroDivisionError):
            fail_half_way()
        assert list(tmp_path.iterdir()) == []

    @pytest.mark.parametrize(
        ("damage", "words"),
        [
            (lambda path: path.write_text("1,3\n"), "t.csv: is damaged"),
            (lambda path: path.unlink(), "t.csv: there is no such file"),
            (lambda path: storage.manifest_of(path).unlink(), "its manifest t.csv.sha256 is missing"),
            (lambda path: storage.manifest_of(path).write_bytes(b"\xff\xfe"), "cannot be read"),
        ],
    )
    def test_that_was_damaged_is_not_used(self, tmp_path, damage, words):
        self.write(tmp_path / "t.csv")
        damage(tmp_path / "t.csv")
        with pytest.raises(InputError, match=words) as caught:
            storage.check_file(tmp_path / "t.csv")
        assert f"snakemake --cores 8 {tmp_path / 't.csv'}" in str(caught.value)
        assert "\n" not in str(caught.value)


class TestProblems:
    @pytest.fixture
    def folder(self, tmp_path):
        """Lattices, a layer that is made from them, and a table of that; beside them what does not count."""
        lattices, layer = tmp_path / "lattices.zarr", tmp_path / "nets" / "layer.zarr"
        storage.save_samples("spins", blocks([97]), 97, lambda _: {"kind": "lattices", **storage.provenance({})}, lattices)
        storage.save(dataset().assign_attrs(storage.provenance({}, [lattices])), layer)
        with storage.publish_file(tmp_path / "tables" / "t.csv", storage.provenance({}, [layer])) as partial:
            partial.write_text("1,2\n")
        for name in ("logs/a.log", ".hidden", "nets/.checkpoints/x.npz"):
            (tmp_path / name).parent.mkdir(exist_ok=True)
            (tmp_path / name).write_text("")
        return tmp_path

    def found(self, folder):
        return {path.relative_to(folder).as_posix(): problem for path, problem in storage.problems(folder, ["logs"])}

    def test_are_not_found_where_there_are_none(self, folder):
        assert self.found(folder) == {"lattices.zarr": None, "nets/layer.zarr": None, "tables/t.csv": None}

    def test_are_not_found_after_moving_the_folder(self, folder, tmp_path_factory):
        elsewhere = tmp_path_factory.mktemp("elsewhere") / "results"
        shutil.move(folder, elsewhere)
        assert set(self.found(elsewhere).values()) == {None}

    @pytest.mark.parametrize("damage", [_flip, _truncate, _lose, _add])
    def test_are_named_where_bytes_changed(self, folder, damage):
        damage(folder / "lattices.zarr")
        found = self.found(folder)
        assert "SHA-256 differs from lattices.zarr.sha256" in found["lattices.zarr"]
        assert f"snakemake --cores 8 {folder / 'lattices.zarr'}" in found["lattices.zarr"]
        assert found["nets/layer.zarr"] is None

    def test_are_named_where_an_input_was_made_anew(self, folder):
        shutil.rmtree(folder / "lattices.zarr")
        save_spins(folder / "lattices.zarr", [96])
        assert f"was made from {folder / 'lattices.zarr'}, which has changed since" in self.found(folder)["nets/layer.zarr"]

    def test_are_named_where_an_input_is_gone(self, folder):
        shutil.rmtree(folder / "nets" / "layer.zarr")
        (folder / "nets" / "layer.zarr.sha256").unlink()
        assert "layer.zarr, which is not there" in self.found(folder)["tables/t.csv"]

    def test_are_named_where_a_store_is_gone_and_its_manifest_is_not(self, folder):
        shutil.rmtree(folder / "nets" / "layer.zarr")
        assert "is missing" in self.found(folder)["nets/layer.zarr"]

    def test_are_named_where_there_is_no_manifest(self, folder):
        (folder / "nets" / "layer.zarr.sha256").unlink()
        (folder / "notes.txt").write_text("mine")
        found = self.found(folder)
        assert "has no manifest" in found["nets/layer.zarr"]
        assert "has no manifest" in found["notes.txt"]

    def test_are_named_where_provenance_is_not_readable(self, folder):
        manifest = folder / "tables" / "t.csv.sha256"
        manifest.write_text(manifest.read_text().partition("\n")[2])
        assert "its provenance cannot be read" in self.found(folder)["tables/t.csv"]

    def test_are_told_by_the_command(self, folder, capsys):
        shutil.rmtree(folder / "logs")
        assert main(["verify", str(folder)]) == 0
        assert "3 stores and files, all as they were written" in capsys.readouterr().out
        _flip(folder / "lattices.zarr")
        assert main(["verify", str(folder)]) == 1
        out, err = capsys.readouterr()
        assert out.count("\n") == 1
        assert "is damaged" in out
        assert "1 of 3 stores and files are not as they were written" in err
        assert main(["verify", str(folder / "nothing")]) == 2
        assert "there is no such folder" in capsys.readouterr().err


def test_a_file_whose_manifest_cannot_be_written_is_not_put_in_place(tmp_path, monkeypatch):
    def full(*_):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(storage, "_manifest_lines", full)
    with pytest.raises(JobError, match=r"t\.csv: .*free some space"), storage.publish_file(tmp_path / "t.csv", ORIGIN) as partial:
        partial.write_text("a")
    assert list(tmp_path.iterdir()) == []
