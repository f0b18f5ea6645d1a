"""Stores: whole or not there, checked before use, plain to read."""

import errno
import json
import os
import resource
import shutil
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

COMMAND = "isingdbn.cli.pretrain"


def dataset():
    rng = np.random.default_rng(0)
    return xr.Dataset(
        {"weights_0": (("layer_0", "layer_1"), rng.normal(size=(7, 5)))},
        attrs={"kind": "layer", "seed": 3, "parameters": {"a": [1, 2]}},
    )


def blocks(sizes, shape=(5, 11)):
    rng = np.random.default_rng(1)
    for size in sizes:
        spins = rng.choice([-1, 1], (size, *shape)).astype(np.int8)
        yield xr.Dataset(
            {
                "spins": (("sample", "y", "x"), spins, {"units": "1"}),
                "energy": ("sample", spins.mean(axis=(1, 2))),
            }
        )


def save_spins(store, sizes):
    storage.save_samples(
        "spins", blocks(sizes), sum(sizes), lambda _: {"kind": "lattices", "seed": 3}, store
    )


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
    stored = sum(
        file.stat().st_size for file in (tmp_path / "a.zarr" / "spins").rglob("*") if file.is_file()
    )
    assert stored < 1.2 * 20_000 * 55 / 8


def test_streaming_holds_few_blocks_in_memory(tmp_path):
    """Peak memory does not grow with the number of lattices: 23 MB and 92
    MB of spins need the same.
    """

    def peak(count):
        tracemalloc.start()
        stream = blocks([1000] * count, (31, 37))
        storage.save_samples(
            "spins", stream, 1000 * count, lambda _: {}, tmp_path / f"{count}.zarr"
        )
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
    data = next(
        file for file in (tmp_path / "a.zarr" / "weights_0" / "c").rglob("*") if file.is_file()
    )
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
        (_add, "is not in the manifest"),
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
    with pytest.raises(InputError, match=r"its manifest a\.zarr\.sha256 is missing.*; check the"):
        storage.load(tmp_path / "a.zarr", "layer")


@pytest.mark.parametrize(
    ("name", "made"),
    [("results/nets/none.zarr", "make it with `snakemake --cores 8 "), ("none.zarr", "; check")],
)
def test_how_to_make_what_is_missing_is_said_of_results_alone(tmp_path, name, made):
    for read in (storage.check_file, lambda path: storage.load(path, "layer")):
        with pytest.raises(InputError) as caught:
            read(tmp_path / name)
        assert made in str(caught.value)
        assert ("snakemake" in str(caught.value)) == name.startswith("results")


def test_a_path_that_is_there_and_is_something_else_is_said_so(tmp_path):
    (tmp_path / "a.zarr").write_text("")
    with pytest.raises(InputError, match=r"a\.zarr: is a file, a store is needed; check the path"):
        storage.load(tmp_path / "a.zarr", "layer")
    with pytest.raises(InputError, match="is a folder, a file is needed; check the path"):
        storage.check_file(tmp_path)


def test_a_store_of_another_kind_is_refused(tmp_path):
    storage.save(dataset(), tmp_path / "a.zarr")
    with pytest.raises(InputError, match="is of the kind 'layer', 'network' is needed"):
        storage.load(tmp_path / "a.zarr", "network")


@pytest.mark.parametrize("name", ["new\nline.zarr", "return\r.zarr", "\udcff.zarr"])
def test_a_name_that_a_manifest_cannot_hold_is_refused(tmp_path, name):
    """With a line break in a name, the lines of a manifest are others', and nothing is compared."""
    with pytest.raises(
        InputError,
        match="characters that cannot be printed, such as a line break; give another one",
    ):
        storage.save(dataset(), tmp_path / name)
    with (
        pytest.raises(InputError, match="characters that cannot be printed"),
        storage.publish_file(tmp_path / name, ORIGIN),
    ):
        pass
    assert list(tmp_path.iterdir()) == []
    storage.save(dataset(), tmp_path / "ä b'$.zarr")
    storage.load(tmp_path / "ä b'$.zarr", "layer")


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


def start_another(script, store):
    """Start Python code that finds the functions of this module, and ``store``, by name."""
    root = Path(__file__).parents[1]
    head = f"import os, pathlib, sys\nsys.path[:0] = [{str(root)!r}, {str(root / 'src')!r}]\n"
    head += (
        "from isingdbn import storage\nfrom tests.test_storage import *\nstore ="
        " pathlib.Path(sys.argv[1])\n"
    )
    command = [sys.executable, "-I", "-c", head + script, store]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def in_another_process(script, store):
    """Run such code; returns its status."""
    running = start_another(script, store)
    running.communicate()
    return running.returncode


DYING = """
def dying():
    yield from blocks([50])
    os.kill(os.getpid(), 9)
storage.save_samples("spins", dying(), 97, lambda _: {}, store)
"""


def test_what_a_killed_job_left_is_removed_by_the_next(tmp_path):
    assert in_another_process(DYING, tmp_path / "a.zarr") == -9
    left = sorted(path.name for path in tmp_path.iterdir())
    assert len(left) == 2
    assert left[1] == f"{left[0]}.lock"
    assert left[0].startswith(".partial.")
    storage.save(dataset(), tmp_path / "a.zarr")
    storage.load(tmp_path / "a.zarr", "layer")
    assert names(tmp_path) == PUBLISHED


PUBLISHED = ["a.zarr", "a.zarr.origin", "a.zarr.sha256"]


def names(folder):
    return sorted(path.name for path in folder.iterdir())


WRITING = """
os.getpid = lambda: 2**22 + 1  # as in another container: no process here has this number
def slow():
    first, second = blocks([50, 47])
    yield first
    print("half", flush=True)
    sys.stdin.readline()
    yield second
storage.save_samples("spins", slow(), 97, lambda _: {"kind": "lattices", "seed": 3}, store)
"""


@pytest.mark.parametrize("killed", [False, True])
def test_what_a_living_job_writes_is_left_alone_whatever_its_number(tmp_path, killed):
    """Another job of the same name meanwhile finishes and publishes the same store."""
    writing = start_another(WRITING, tmp_path / "a.zarr")
    assert writing.stdout.readline() == "half\n"
    save_spins(tmp_path / "a.zarr", [50, 47])
    assert len(names(tmp_path)) == 2 + len(PUBLISHED)
    if killed:
        writing.kill()
        writing.communicate()
        shutil.rmtree(tmp_path / "a.zarr")
        save_spins(tmp_path / "a.zarr", [50, 47])
    else:
        writing.communicate("go on\n")
        assert writing.returncode == 0
    storage.load(tmp_path / "a.zarr", "lattices")
    assert names(tmp_path) == PUBLISHED


def test_where_the_file_system_knows_no_locks_nothing_is_taken_for_left(tmp_path, monkeypatch):
    def unknown(*_):
        raise OSError(errno.ENOLCK, "No locks available")

    assert in_another_process(DYING, tmp_path / "a.zarr") == -9
    left = names(tmp_path)
    monkeypatch.setattr(storage.fcntl, "flock", unknown)
    save_spins(tmp_path / "a.zarr", [97])
    storage.load(tmp_path / "a.zarr", "lattices")
    assert names(tmp_path) == [*left, *PUBLISHED]


class TestWhatIsPublished:
    """is what was meant, or nothing is: files that something removes or changes
    in the meantime are missed.
    """

    def test_a_store_whose_files_were_removed_while_it_was_written(self, tmp_path):
        def disturbed():
            first, second = blocks([500, 470])
            yield first
            for path in tmp_path.glob(".partial.*.zarr"):
                shutil.rmtree(path)
            yield second

        with pytest.raises(
            JobError, match=r"a\.zarr: (is not as it was written|cannot be written)"
        ):
            storage.save_samples(
                "spins", disturbed(), 970, lambda _: {"kind": "lattices"}, tmp_path / "a.zarr"
            )
        assert names(tmp_path) == []

    @pytest.mark.parametrize(
        "harm",
        [lambda file: file.write_bytes(b""), lambda file: file.write_bytes(file.read_bytes()[:-9])],
    )
    def test_a_store_of_which_a_shard_was_emptied_or_cut_while_it_was_written(
        self, tmp_path, monkeypatch, harm
    ):
        """Zarr takes an empty shard for one that was never written, whose values are all zero."""
        monkeypatch.setattr(storage, "SHARD_BYTES", 55 * 40)

        def disturbed():
            first, second = blocks([50, 47])
            yield first
            harm(next(tmp_path.glob(".partial.*.zarr/spins/c/0/0/0")))
            (next(tmp_path.glob(".partial.*.zarr")) / "spins" / "c" / ".DS_Store").write_text(
                "litter"
            )
            yield second

        with pytest.raises(
            JobError, match=r"a\.zarr: is not as it was written \(a\.zarr/spins/c/0/0/0\)"
        ):
            storage.save_samples(
                "spins", disturbed(), 97, lambda _: {"kind": "lattices"}, tmp_path / "a.zarr"
            )
        assert names(tmp_path) == []

    def test_a_store_with_litter_beside_its_shards(self, tmp_path):
        def littered():
            first, second = blocks([50, 47])
            yield first
            next(tmp_path.glob(".partial.*.zarr")).joinpath(".DS_Store").write_text("litter")
            yield second

        storage.save_samples(
            "spins", littered(), 97, lambda _: {"kind": "lattices", "seed": 3}, tmp_path / "a.zarr"
        )
        storage.load(tmp_path / "a.zarr", "lattices")

    def files(self, tmp_path, save):
        save(tmp_path / "whole.zarr")
        return [
            path.relative_to(tmp_path / "whole.zarr")
            for path in (tmp_path / "whole.zarr").rglob("*")
            if path.is_file()
        ]

    @pytest.mark.parametrize("kind", ["small", "sharded"])
    def test_a_store_that_lacks_any_one_of_its_files(self, tmp_path, monkeypatch, kind):
        monkeypatch.setattr(storage, "SHARD_BYTES", 55 * 40)

        def save(store):
            storage.save(dataset(), store) if kind == "small" else save_spins(store, [50, 47])

        write = storage._write
        files = self.files(tmp_path, save)
        assert len(files) >= (3 if kind == "small" else 7)
        for file in files:

            def lose(data, store, mode, file=file):
                write(data, store, mode)
                (store / file).unlink()

            monkeypatch.setattr(storage, "_write", lose)
            with pytest.raises(JobError, match=r"a\.zarr: is not as it was written .*; run again"):
                save(tmp_path / "a.zarr")
            assert names(tmp_path) == ["whole.zarr", "whole.zarr.origin", "whole.zarr.sha256"]

    def test_a_store_with_another_value(self, tmp_path, monkeypatch):
        write = storage._write
        monkeypatch.setattr(
            storage,
            "_write",
            lambda data, *where: write(data.assign(weights_0=data["weights_0"] + 1e-9), *where),
        )
        with pytest.raises(JobError, match=r"is not as it was written \(weights_0\)"):
            storage.save(dataset(), tmp_path / "a.zarr")


@pytest.mark.parametrize("name", ["a.zarr", "a.csv"])
def test_what_is_moved_into_place_is_on_the_disk_before(tmp_path, monkeypatch, name):
    """Each file and folder is synced before its first move, and the folder of the artifact after
    each move of it or its manifest.
    """
    synced, events = set(), []
    fsync, replace = os.fsync, Path.replace

    def sync(descriptor):
        synced.add(os.fstat(descriptor).st_ino)
        events.append(("sync", os.fstat(descriptor).st_ino))
        fsync(descriptor)

    def move(self, target):
        inside = [self, *self.rglob("*")] if target.parent == tmp_path else []
        assert {path.stat().st_ino for path in inside} <= synced, self
        events.append(("move", target.name))
        return replace(self, target)

    monkeypatch.setattr(os, "fsync", sync)
    monkeypatch.setattr(Path, "replace", move)
    if name == "a.zarr":
        save_spins(tmp_path / name, [97])
    else:
        with storage.publish_file(tmp_path / name, ORIGIN) as partial:
            partial.write_text("1\n")
    folder = ("sync", tmp_path.stat().st_ino)
    first, manifest = events.index(("move", name)), events.index(("move", f"{name}.sha256"))
    assert folder in events[first:manifest]
    assert folder in events[manifest:]


LITTER = [
    ".DS_Store",
    "._zarr.json",
    "spins/Thumbs.db",
    "desktop.ini",
    ".nfs0000000012ab",
    ".fuse_hidden0001",
    "spins/@eaDir/x",
    ".AppleDouble/y",
]


@pytest.mark.parametrize("name", LITTER)
def test_litter_of_file_systems_and_desktops_is_no_damage(tmp_path, name):
    save_spins(tmp_path / "a.zarr", [97])
    expected = storage.load(tmp_path / "a.zarr", "lattices").load()
    for folder in (tmp_path, tmp_path / "a.zarr"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text("litter")
    xr.testing.assert_identical(storage.load(tmp_path / "a.zarr", "lattices").load(), expected)
    ((artifact, problem),) = storage.problems(tmp_path)
    assert artifact == tmp_path / "a.zarr"
    assert "SHA-256" not in problem


def test_of_another_file_that_was_added_it_is_said_to_remove_that_alone(tmp_path):
    save_spins(tmp_path / "a.zarr", [97])
    _add(tmp_path / "a.zarr")
    with pytest.raises(
        InputError, match=r"a\.zarr/extra: is not in the manifest .*; remove this file alone$"
    ):
        storage.load(tmp_path / "a.zarr", "lattices")


def test_the_same_sources_give_the_same_bytes_whatever_git_says(tmp_path, monkeypatch):
    digests, commits = set(), set()
    for commit in ("a" * 40, "b" * 40 + "+changes", "unknown"):
        monkeypatch.setattr(storage, "_commit", lambda commit=commit: commit)
        folder = tmp_path / commit
        folder.mkdir()
        storage.save(
            dataset().assign_attrs(storage.provenance(COMMAND, {"a": 1})), folder / "a.zarr"
        )
        with storage.publish_file(
            folder / "t.csv",
            storage.provenance(COMMAND, {}, [folder / "a.zarr"]) | {"input_sha256": {}},
        ) as partial:
            partial.write_text("x\n")
        digests.add(
            tuple(storage.manifest_of(folder / name).read_bytes() for name in ("a.zarr", "t.csv"))
        )
        commits |= {storage.origin_of(folder / name).read_text() for name in ("a.zarr", "t.csv")}
    assert len(digests) == 1
    assert len(commits) == 3


def test_the_commit_is_that_of_the_package_whatever_git_s_variables_say(tmp_path, monkeypatch):
    expected = storage._commit()
    for name in (
        "GIT_DIR",
        "GIT_WORK_TREE",
        "GIT_INDEX_FILE",
        "GIT_OBJECT_DIRECTORY",
        "GIT_CEILING_DIRECTORIES",
    ):
        monkeypatch.setenv(name, str(tmp_path))
    assert storage._commit() == expected


def published_meanwhile(store, script):
    """Blocks of a store, in the middle of which another process publishes one."""
    first, second = blocks([50, 47])
    yield first
    assert in_another_process(script, store) == 0
    yield second


@pytest.mark.parametrize("same", [True, False])
def test_of_two_processes_that_write_one_store_the_second_succeeds_if_it_is_the_same(
    tmp_path, same
):
    store = tmp_path / "a.zarr"
    stream = published_meanwhile(
        store, "save_spins(store, [50, 47])" if same else "storage.save(dataset(), store)"
    )
    with (
        nullcontext()
        if same
        else pytest.raises(JobError, match="zarr: another process has put other data there")
    ):
        storage.save_samples("spins", stream, 97, lambda _: {"kind": "lattices", "seed": 3}, store)
    storage.load(store, "lattices" if same else "layer")
    assert names(tmp_path) == PUBLISHED


def test_a_write_that_the_system_refuses_is_one_line_and_leaves_nothing(tmp_path):
    """A limit on the size of files stands in for a full disk: the system
    call fails in the same place.
    """
    command = [sys.executable, "-m", "isingdbn", "simulate", "--size", "16", "--temperature", "2.5",
               "--samples", "3000"]  # fmt: skip
    command += [
        "--updates",
        "1",
        "--thermalization",
        "1",
        "--seed",
        "0",
        "--output",
        str(tmp_path / "a.zarr"),
    ]

    def limit():
        resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))

    done = subprocess.run(command, preexec_fn=limit, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert done.stderr.splitlines()[-1].startswith(
        f"isingdbn simulate: {tmp_path}/a.zarr: cannot be written, File too large"
    )
    assert "Traceback" not in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_provenance_names_the_inputs_and_the_version(tmp_path):
    storage.save(dataset(), tmp_path / "a.zarr")
    (tmp_path / "t.csv").write_text("x\n")
    origin = storage.provenance(COMMAND, {"size": 5}, [tmp_path / "a.zarr", tmp_path / "t.csv"])
    assert origin["parameters"] == {"size": 5}
    assert sorted(origin["input_sha256"]) == sorted(
        str(tmp_path / name) for name in ("a.zarr", "t.csv")
    )
    shutil.rmtree(tmp_path / "a.zarr")
    storage.save(dataset() * 2, tmp_path / "a.zarr")
    again = storage.provenance(COMMAND, {}, [tmp_path / "a.zarr"])
    assert again["input_sha256"] != {
        key: value for key, value in origin["input_sha256"].items() if key.endswith("zarr")
    }


ORIGIN = {"code_sha256": "abc", "input_sha256": {}}


class TestAFile:
    def write(self, path, text="1,2\n"):
        with storage.publish_file(path, ORIGIN) as partial:
            assert partial.suffix == path.suffix
            partial.write_text(text)

    def test_has_a_manifest_with_its_provenance_that_sha256sum_reads(self, tmp_path):
        self.write(tmp_path / "new" / "t.csv")
        assert sorted(path.name for path in (tmp_path / "new").iterdir()) == [
            "t.csv",
            "t.csv.origin",
            "t.csv.sha256",
        ]
        assert (
            json.loads(
                (tmp_path / "new" / "t.csv.sha256").read_text().splitlines()[0].removeprefix("# ")
            )
            == ORIGIN
        )
        subprocess.run(
            ["sha256sum", "--check", "--quiet", "--strict", "t.csv.sha256"],
            cwd=tmp_path / "new",
            check=True,
        )
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
            (
                lambda path: storage.manifest_of(path).unlink(),
                "its manifest t.csv.sha256 is missing",
            ),
            (lambda path: storage.manifest_of(path).write_bytes(b"\xff\xfe"), "cannot be read"),
        ],
    )
    def test_that_was_damaged_is_not_used(self, tmp_path, damage, words):
        table = tmp_path / "results" / "t.csv"
        self.write(table)
        damage(table)
        with pytest.raises(InputError, match=words) as caught:
            storage.check_file(table)
        assert f"snakemake --cores 8 {table}" in str(caught.value)
        assert "\n" not in str(caught.value)


class TestProblems:
    @pytest.fixture
    def folder(self, tmp_path):
        """Lattices, a layer that is made from them, and a table of that;
        beside them what does not count.
        """
        tmp_path = tmp_path / "results"
        lattices, layer = tmp_path / "lattices.zarr", tmp_path / "nets" / "layer.zarr"
        storage.save_samples(
            "spins",
            blocks([97]),
            97,
            lambda _: {"kind": "lattices", **storage.provenance(COMMAND, {})},
            lattices,
        )
        storage.save(dataset().assign_attrs(storage.provenance(COMMAND, {}, [lattices])), layer)
        with storage.publish_file(
            tmp_path / "tables" / "t.csv", storage.provenance(COMMAND, {}, [layer])
        ) as partial:
            partial.write_text("1,2\n")
        for name in ("logs/a.log", ".hidden", "nets/.checkpoints/x.npz"):
            (tmp_path / name).parent.mkdir(exist_ok=True)
            (tmp_path / name).write_text("")
        return tmp_path

    def found(self, folder):
        return {
            path.relative_to(folder).as_posix(): problem
            for path, problem in storage.problems(folder, ["logs"])
        }

    def test_are_not_found_where_there_are_none(self, folder):
        assert self.found(folder) == {
            "lattices.zarr": None,
            "nets/layer.zarr": None,
            "tables/t.csv": None,
        }

    def test_are_not_found_after_moving_the_folder(self, folder, tmp_path_factory):
        elsewhere = tmp_path_factory.mktemp("elsewhere") / "results"
        shutil.move(folder, elsewhere)
        assert set(self.found(elsewhere).values()) == {None}

    @pytest.mark.parametrize("damage", [_flip, _truncate, _lose])
    def test_are_named_where_bytes_changed(self, folder, damage):
        damage(folder / "lattices.zarr")
        found = self.found(folder)
        assert "SHA-256 differs from lattices.zarr.sha256" in found["lattices.zarr"]
        assert f"snakemake --cores 8 {folder / 'lattices.zarr'}" in found["lattices.zarr"]
        assert found["nets/layer.zarr"] is None

    def test_are_named_where_an_input_was_made_anew(self, folder):
        shutil.rmtree(folder / "lattices.zarr")
        save_spins(folder / "lattices.zarr", [96])
        assert (
            f"was made from {folder / 'lattices.zarr'}, which has changed since"
            in self.found(folder)["nets/layer.zarr"]
        )

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
        (folder / "empty").mkdir()
        assert main(["verify", str(folder / "empty")]) == 2
        assert "holds no results; give their folder" in capsys.readouterr().err


def test_a_file_whose_manifest_cannot_be_written_is_not_put_in_place(tmp_path, monkeypatch):
    def full(*_):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(storage, "_manifest_lines", full)
    with (
        pytest.raises(JobError, match=r"t\.csv: .*free some space"),
        storage.publish_file(tmp_path / "t.csv", ORIGIN) as partial,
    ):
        partial.write_text("a")
    assert list(tmp_path.iterdir()) == []
