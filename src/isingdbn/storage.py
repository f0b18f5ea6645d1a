"""Labelled stores on disk: the only module that opens Zarr.

A store is immutable. It is written beside its final place, checked, listed in a manifest
``STORE.sha256`` (the format of ``sha256sum``, so ``sha256sum -c`` in its folder checks it
without this package) and then moved into place, the manifest last. What is read is compared
with its manifest first, so damaged data never reach a result. Files (tables, images, Keras models)
have such a manifest, too, with their provenance in a comment line. The commit that was checked out,
the libraries' versions and the processor stand beside both in a file ``….origin``,
for readers: they are no part of what is compared, so the same sources and inputs give
the same bytes whatever git says.

Two processes may write one store at a time: a cluster runs a job again if it loses sight of its
node, where the job may live on. Each writes under a name of its own; the first to end publishes,
and the other finds the same bytes in place, which is no fault. As long as a process writes,
it holds a lock on a file beside what it writes. The kernel releases it when the process ends.
On a network file system the server also releases it when a node is lost; such a process finds its
files gone and fails. What has no holder any more is removed by the next process that writes there.
"""

import errno
import fcntl
import glob
import hashlib
import importlib.metadata
import json
import os
import platform
import re
import shutil
import subprocess
import tempfile
import warnings
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import numpy as np
import xarray as xr
import zarr
from zarr.codecs import BloscCodec
from zarr.errors import ZarrUserWarning

from isingdbn import __version__
from isingdbn.errors import InputError, JobError
from isingdbn.sources import PACKAGE, code_digest

__all__ = [
    "check_file",
    "comes_from",
    "digest",
    "load",
    "manifest_of",
    "origin_of",
    "problems",
    "provenance",
    "publish_file",
    "refuse_existing",
    "save",
    "save_samples",
    "values_of",
]

SHARD_BYTES = 2**22
CHUNKS_IN_SHARD = 4
SECONDS_FOR_GIT = 10
RESULTS = "results"  # the folder of what the workflow makes
LIBRARIES = ("numpy", "numba", "tensorflow", "keras", "xarray", "zarr", "matplotlib")
# What others leave in folders and is no one's data: Snakemake, macOS (on Samba too), Windows,
# NFS, FUSE, KDE, Synology.
LITTER = re.compile(
    r"\.snakemake_timestamp|\.DS_Store|\._.*|\.AppleDouble|\.Spotlight-V100|\.TemporaryItems"
    r"|\.Trash.*|\.fseventsd|Thumbs\.db|desktop\.ini|\$RECYCLE\.BIN|\.nfs[0-9a-f]+"
    r"|\.fuse_hidden.*|\.smbdelete.*|\.directory|@eaDir",
    re.IGNORECASE,
)

# what is written does not depend on a user's settings of Zarr
zarr.config.refresh(paths=[], env={})


def manifest_of(artifact: Path) -> Path:
    """The manifest that belongs to a store or file."""
    return artifact.with_name(artifact.name + ".sha256")


def origin_of(artifact: Path) -> Path:
    """The file beside a store or file that says of which commit, with which libraries
    and on what processor it was made.
    """
    return artifact.with_name(artifact.name + ".origin")


def provenance(
    module: str | tuple[str, ...], parameters: dict, inputs: Iterable[Path] = ()
) -> dict:
    """Attributes that say where a result comes from: version and sources, parameters,
    and the digests of its inputs by path.

    Parameters
    ----------
    module : the ``__name__`` of the command, or all that make it up; their
        `code_digest` is recorded.
    """
    modules = (module,) if isinstance(module, str) else module
    digests = {path.as_posix(): digest(path) for path in inputs}
    return {
        "isingdbn_version": __version__,
        "code_sha256": code_digest(*modules),
        "parameters": parameters,
        "input_sha256": digests,
    }


def digest(path: Path) -> str:
    """SHA-256 of a file, or of the manifest of a store."""
    return hashlib.sha256((manifest_of(path) if path.is_dir() else path).read_bytes()).hexdigest()


def comes_from(attributes: dict, source: Path) -> bool:
    """Whether ``source`` is, by content, among the inputs that
    ``attributes`` of `provenance` record.
    """
    return digest(source) in attributes["input_sha256"].values()


def refuse_existing(*paths: Path) -> None:
    """Raise InputError if anything is at ``paths``, or cannot be, so that a job finds out
    before it works and not after.
    """
    for path in paths:
        _refuse_name(path)
        if path.suffix not in (".zarr", ".keras"):
            raise InputError(
                f"{path}: is not allowed; the name of a store ends in .zarr,"
                " that of a Keras model in .keras"
            )
        if path.exists():
            raise InputError(
                f"{path}: exists already and is not overwritten; remove it and its .sha256,"
                " if it has one, to make it anew"
            )


def _refuse_name(path: Path) -> None:
    """Raise InputError for a name that the lines of a manifest cannot hold."""
    if not path.name.isprintable():
        raise InputError(
            f"{str(path)!r}: this name has characters that cannot be printed,"
            " such as a line break; give another one"
        )
    if path.suffix in (".sha256", ".origin", ".lock"):
        raise InputError(
            f"{path}: names that end in {path.suffix} belong to what stands beside"
            " a result; give another one"
        )


def _commit() -> str:
    """The last commit that changed this package, marked where tracked sources differ
    from it, or ``"unknown"``.
    """
    surroundings = {
        name: value for name, value in os.environ.items() if not name.startswith("GIT_")
    }

    def git(*arguments: str) -> str:
        command = ["git", "--no-optional-locks", "-C", str(PACKAGE), *arguments, "--", "."]
        done = subprocess.run(
            command,
            capture_output=True,
            text=True,
            check=True,
            env=surroundings,
            timeout=SECONDS_FOR_GIT,
        )
        return done.stdout.strip()

    try:
        commit, changed = (
            git("log", "-1", "--format=%H"),
            git("status", "--porcelain", "--untracked-files=no"),
        )
    except (OSError, subprocess.SubprocessError):
        return "unknown"
    return commit + ("+changes" if changed else "") if commit else "unknown"


def _origin_text() -> str:
    """What `origin_of` an artifact holds, a line each."""
    libraries = [f"{name} {_version(name)}" for name in LIBRARIES]
    return "\n".join(
        [
            f"commit {_commit()}",
            f"python {platform.python_version()}",
            *libraries,
            f"processor {_processor()}",
            "",
        ]
    )


def _version(library: str) -> str:
    try:
        return importlib.metadata.version(library)
    except importlib.metadata.PackageNotFoundError:
        return "unknown"


def _processor() -> str:
    """The processor's name as Linux tells it, or its kind."""
    try:
        names = re.search(
            r"^model name\s*:\s*(.+)$",
            Path("/proc/cpuinfo").read_text(encoding="utf-8"),
            re.MULTILINE,
        )
    except OSError:
        names = None
    return names[1] if names else platform.machine()


def _is_litter(path: Path) -> bool:
    return any(LITTER.fullmatch(part) for part in path.parts)


def _manifest_lines(artifact: Path, name: str) -> str:
    """The lines of a manifest for what is at ``artifact``, a store or a file,
    and is to be called ``name``.
    """
    if artifact.is_file():
        return f"{digest(artifact)}  {name}\n"
    files = (path.relative_to(artifact) for path in sorted(artifact.rglob("*")) if path.is_file())
    return "".join(
        f"{digest(artifact / file)}  {name}/{file.as_posix()}\n"
        for file in files
        if not _is_litter(file)
    )


@contextmanager
def _beside(path: Path) -> Iterator[Path]:
    """A name beside ``path``, with the same ending, that this process alone uses;
    what stands there at the end is removed.

    So is, before, what processes that are dead have left there.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    for lock in path.parent.glob(f".partial.*.{glob.escape(path.name)}.lock"):
        _remove_if_left(lock)
    descriptor, lock = _locked(path)
    try:
        yield _partial(lock)
    finally:
        _remove(lock)
        os.close(descriptor)


def _partial(lock: Path) -> Path:
    """What the holder of ``lock`` writes."""
    return lock.with_suffix("")


def _locked(path: Path) -> tuple[int, Path]:
    """A new file beside ``path``, open and locked.

    Without locks on this file system, other processes leave it alone for ever.
    """
    while True:
        descriptor, name = tempfile.mkstemp(f".{path.name}.lock", ".partial.", path.parent)
        if _lock(descriptor) is False or not _is_at(Path(name), descriptor):
            os.close(descriptor)  # another process took it for one that was left
            continue
        return descriptor, Path(name)


def _lock(descriptor: int) -> bool | None:
    """Lock an open file unless another process holds it; None if the file system knows no locks."""
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:
        return None
    return True


def _is_at(path: Path, descriptor: int) -> bool:
    """Whether the open file is still the one at ``path``."""
    try:
        return os.path.samestat(path.stat(), os.fstat(descriptor))
    except FileNotFoundError:
        return False


def _remove_if_left(lock: Path) -> None:
    """Remove ``lock`` and what was written under it, if no process holds it."""
    try:
        descriptor = os.open(lock, os.O_RDWR)
    except OSError:
        return
    if _lock(descriptor) and _is_at(lock, descriptor):
        _remove(lock)
    os.close(descriptor)


def _remove(lock: Path) -> None:
    partial = _partial(lock)
    for left in (partial, origin_of(partial), manifest_of(partial)):
        shutil.rmtree(left, ignore_errors=True) if left.is_dir() else left.unlink(missing_ok=True)
    lock.unlink(missing_ok=True)


def _to_disk(path: Path) -> None:
    """Have the system write a file, or a folder with all that is in it, to the disk."""
    for inside in [*path.rglob("*"), path]:
        _sync(inside)


def _sync(path: Path) -> None:
    """Have the system write a file, or the names in a folder, to the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    except OSError as error:
        # some file systems sync no folders
        if not path.is_dir() or error.errno not in (errno.EINVAL, errno.ENOTSUP):
            raise
    finally:
        os.close(descriptor)


@dataclass(frozen=True)
class _Meant:
    """What a store is to hold: small variables, and a large ``array`` with the digest of each
    shard's file as it was written.
    """

    dataset: xr.Dataset
    array: zarr.Array | None = None
    shards: dict[str, str] = field(default_factory=dict)


def _publish_store(store: Path, write: Callable[[Path], _Meant]) -> None:
    """Publish what ``write`` puts at the place that it is given, if that is what it returns."""
    refuse_existing(store)
    try:
        with _beside(store) as partial:
            meant = write(partial)
            # before the check: what is lost later differs from its manifest
            lines = _manifest_lines(partial, store.name)
            _check_written(partial, store, meant, _digests(lines))
            _publish(partial, store, lines)
    except OSError as error:
        raise _storage_error(error, store) from error


@contextmanager
def publish_file(path: Path, origin: dict) -> Iterator[Path]:
    """A place to write the file ``path``; what stands there at the end is moved into place,
    an existing file being replaced.

    Its manifest, moved last, has the `provenance` ``origin`` as JSON in its first line,
    a comment that ``sha256sum -c`` skips.

    Raises
    ------
    InputError : its name cannot stand in a manifest, or is that of a folder.
        JobError : it cannot be written.
    """
    _refuse_name(path)
    if path.is_dir():
        raise InputError(
            f"{path}: is a folder or a store, a file is to be written; give another name"
        )
    try:
        with _beside(path) as partial:
            yield partial
            _publish(
                partial, path, f"# {json.dumps(origin)}\n{_manifest_lines(partial, path.name)}"
            )
    except OSError as error:
        raise _storage_error(error, path) from error


def _publish(partial: Path, artifact: Path, manifest: str) -> None:
    """Move ``partial`` into the place of ``artifact``, and its manifest after it.

    Everything is on the disk before the first move, and each move before the next.
    After a power cut, a store is either complete or has no manifest. A file that replaced an older
    one may stand beside the older manifest; the next job that reads it says so.
    """
    manifest_of(partial).write_text(manifest, encoding="utf-8")
    origin_of(partial).write_text(_origin_text(), encoding="utf-8")
    for path in (partial, manifest_of(partial), origin_of(partial)):
        _to_disk(path)
    try:
        partial.replace(artifact)
    except OSError as error:
        if not artifact.is_dir():
            raise
        if _manifest_lines(artifact, artifact.name) != manifest:
            raise JobError(
                f"{artifact}: another process has put other data there meanwhile;"
                " nothing was written there"
            ) from error
    origin_of(partial).replace(origin_of(artifact))
    _sync(artifact.parent)
    manifest_of(partial).replace(manifest_of(artifact))
    _sync(artifact.parent)


def _storage_error(error: OSError, path: Path) -> JobError:
    remedy = (
        "free some space and run again"
        if error.errno in (errno.ENOSPC, errno.EDQUOT)
        else "nothing was written there"
    )
    return JobError(f"{path}: cannot be written, {error.strerror or error}; {remedy}")


def _write(dataset: xr.Dataset, store: Path, mode: Literal["w", "a"]) -> None:
    with warnings.catch_warnings():
        # consolidated metadata, and files that others have put there
        warnings.simplefilter("ignore", ZarrUserWarning)
        dataset.to_zarr(store, mode=mode, consolidated=True, zarr_format=3)


def save(dataset: xr.Dataset, store: Path) -> None:
    """Publish ``dataset`` as the Zarr v3 store ``store``, one chunk a variable.

    Raises
    ------
    InputError : ``store`` exists. JobError : it cannot be written, or is not what was meant.
    """

    def write(partial: Path) -> _Meant:
        _write(dataset, partial, "w")
        return _Meant(dataset)

    _publish_store(store, write)


def save_samples(
    name: str,
    blocks: Iterable[xr.Dataset],
    samples: int,
    describe: Callable[[xr.Dataset], dict],
    store: Path,
) -> None:
    """Publish a stream of blocks as one store, holding little more than a shard and a block
    of the large variable in memory.

    Parameters
    ----------
    name : the large variable, int8 or float32, whose first dimension is ``sample``; it is sharded,
        bit-shuffled and compressed.
    blocks : Datasets that follow one another along ``sample``, with ``name`` and any
        number of variables (sample,).
    samples : length of ``sample`` in all.
    describe : gives the attributes of the whole store from its variables (sample,),
        or raises to leave nothing behind.

    Raises
    ------
    InputError : ``store`` exists. JobError : it cannot be written, or is not what was meant.
    """

    def write(partial: Path) -> _Meant:
        shards: dict[str, str] = {}
        small: list[xr.Dataset] = []
        pending: list[np.ndarray] = []
        array: Any = None
        start = 0
        for block in blocks:
            values = block[name]
            if array is None:
                array = _sample_array(partial, values, samples)
            small.append(block.drop_vars(name))
            pending.append(values.values)
            rows = sum(part.shape[0] for part in pending)
            whole = rows if start + rows == samples else rows - rows % array.shards[0]
            if whole:
                joined = np.concatenate(pending)
                array[start : start + whole] = joined[:whole]
                for shard in range(
                    start // array.shards[0], -(-(start + whole) // array.shards[0])
                ):
                    file = partial.joinpath(
                        name, array.metadata.encode_chunk_key((shard, *[0] * (values.ndim - 1)))
                    )
                    shards[f"{store.name}/{file.relative_to(partial).as_posix()}"] = digest(file)
                pending = [joined[whole:]]
                start += whole
        dataset = xr.concat(small, "sample")
        dataset = dataset.assign_attrs(describe(dataset))
        _write(dataset, partial, "a")
        return _Meant(dataset, array, shards)

    _publish_store(store, write)


def _check_written(partial: Path, store: Path, meant: _Meant, digests: dict[str, str]) -> None:
    """Raise JobError unless ``partial``, whose files have these ``digests``, holds the small
    variables value by value and every shard.
    """
    names: set[Any] = set(meant.dataset.variables) | (
        {meant.array.basename} if meant.array is not None else set()
    )
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ZarrUserWarning)
            found = xr.open_zarr(partial, zarr_format=3)
        lost = [
            name
            for name in names
            if name not in found.variables or not (partial / name / "zarr.json").is_file()
        ]
        there = {
            name: variable for name, variable in meant.dataset.variables.items() if name not in lost
        }
        other = [
            name for name, variable in there.items() if not _same(found.variables[name], variable)
        ]
        if (
            meant.array is not None
            and not lost
            and found[meant.array.basename].shape != meant.array.shape
        ):
            other.append(meant.array.basename)
        other += [file for file, value in meant.shards.items() if digests.get(file) != value]
        wrong = " ".join(map(str, lost + other[:3]))
    except (OSError, ValueError, KeyError) as error:
        wrong = _line(error)
    if wrong:
        remedy = (
            "something has removed or changed files of it meanwhile;"
            " nothing was put there; run again"
        )
        raise JobError(f"{store}: is not as it was written ({wrong}); {remedy}")


def _same(one: xr.Variable, other: xr.Variable) -> bool:
    return one.dtype == other.dtype and one.equals(other)


def _sample_array(store: Path, values: xr.DataArray, samples: int) -> zarr.Array:
    name: Any = values.name
    dimensions: tuple[Any, ...] = values.dims
    row_bytes = values[0].nbytes
    chunk = max(1, min(samples, SHARD_BYTES // CHUNKS_IN_SHARD // row_bytes))
    return zarr.create_group(store).create_array(
        name,
        shape=(samples, *values.shape[1:]),
        dtype=values.dtype,
        chunks=(chunk, *values.shape[1:]),
        shards=(chunk * CHUNKS_IN_SHARD, *values.shape[1:]),
        compressors=BloscCodec(cname="zstd", clevel=5, shuffle="bitshuffle"),
        dimension_names=dimensions,
        attributes=values.attrs,
        config={"write_empty_chunks": True},  # every shard is there, so that a lost one is seen
    )


def load(store: Path, *kinds: str) -> xr.Dataset:
    """Open ``store`` after comparing every byte of it with its manifest;
    the samples themselves are read by `values_of`.

    Parameters
    ----------
    kinds : of stores that are allowed, an attribute of theirs, such as ``"lattices"``.

    Raises
    ------
    InputError : the store or its manifest is missing, a file was changed, lost or added
        (the message names it), or the store is of another kind.
    """
    if not store.is_dir():
        raise _missing(store, "store")
    _check(store)
    with _readable(store):
        dataset = xr.open_zarr(store, zarr_format=3)  # no format 2: its codecs include pickle
        for variable in dataset.variables.values():
            if not _is_large(variable):
                variable.load()
    if dataset.attrs.get("kind") not in kinds:
        raise InputError(
            f"{store}: is of the kind {dataset.attrs.get('kind')!r},"
            f" {' or '.join(map(repr, kinds))} is needed; give another store"
        )
    return dataset


def values_of(samples: xr.DataArray, store: Path) -> np.ndarray:
    """The values of some ``samples`` of ``store``; an InputError if they cannot be read."""
    with _readable(store):
        return samples.values


def _is_large(variable: xr.Variable) -> bool:
    """Whether it is what `save_samples` writes shard by shard."""
    return variable.ndim > 1 and variable.dims[0] == "sample"


@contextmanager
def _readable(store: Path) -> Iterator[None]:
    """Say in one line that ``store`` is as it was written and still cannot be read."""
    try:
        yield
    except (OSError, ValueError, RuntimeError, KeyError) as error:  # of Zarr and its codecs
        raise InputError(f"{store}: cannot be read, {_line(error)}; {_remedy(store)}") from None


def check_file(path: Path) -> None:
    """Raise InputError if the file ``path`` is missing or differs from its manifest."""
    if not path.is_file():
        raise _missing(path, "file")
    _check(path)


def _missing(artifact: Path, kind: str) -> InputError:
    """What to say of a path that is not what it should be, a ``kind``."""
    if artifact.exists():
        found = "a folder" if artifact.is_dir() else "a file"
        return InputError(f"{artifact}: is {found}, a {kind} is needed; check the path")
    remedy = "check the path" if _maker(artifact) is None else f"make it with {_maker(artifact)}"
    return InputError(f"{artifact}: there is no such {kind}; {remedy}")


def _maker(artifact: Path) -> str | None:
    """The call of the workflow that makes an artifact; None if it is none of its results."""
    if RESULTS not in artifact.parts:
        return None
    return f"`snakemake --cores 8 {artifact}`, and the --configfile of the run if it had one"


def _check(artifact: Path) -> None:
    """Raise InputError with the first file of a store, or the file,
    that is not as its manifest says.
    """
    manifest = manifest_of(artifact)
    if not manifest.is_file():
        raise InputError(
            f"{artifact}: its manifest {manifest.name} is missing, so it cannot be"
            f" trusted; {_remedy(artifact) if _maker(artifact) else 'check the path'}"
        )
    try:
        recorded, found = (
            _digests(manifest.read_text()),
            _digests(_manifest_lines(artifact, artifact.name)),
        )
    except (OSError, ValueError) as error:
        raise InputError(
            f"{artifact}: cannot be read, {_line(error)}; {_remedy(artifact)}"
        ) from None
    for file in sorted(recorded.keys() | found.keys()):
        if recorded.get(file) != found.get(file):
            where = artifact.parent / file
            if file not in recorded:
                raise InputError(
                    f"{where}: is not in the manifest {manifest.name}, so it was added"
                    " later; remove this file alone"
                )
            how = "is damaged" if file in found else "is missing"
            raise InputError(
                f"{where}: {how}, SHA-256 differs from {manifest.name}; {_remedy(artifact)}"
            )


def _remedy(artifact: Path) -> str:
    command = _maker(artifact) or "the command that made it"
    return f"remove {artifact} and {manifest_of(artifact).name}, and make it again with {command}"


def _line(error: Exception) -> str:
    return " ".join(str(error).split())


def _digests(manifest: str) -> dict[str, str]:
    """Digest by file name of the lines of a manifest."""
    lines = (line.partition("  ") for line in manifest.splitlines() if not line.startswith("#"))
    return {name: value for value, _, name in lines}


def problems(folder: Path, skipped: Iterable[str] = ()) -> Iterator[tuple[Path, str | None]]:
    """Check every store and file under ``folder``, but for its parts named
    ``skipped`` and hidden ones.

    Yields each artifact with what is wrong with it, in one line, or None:
    its bytes differ from its manifest, or an input that it records is, by content,
    neither in ``folder`` nor at the recorded path any more, or it has no manifest.
    """
    files = sorted(
        path
        for path in folder.rglob("*")
        if path.is_file() and _counts(path.relative_to(folder), skipped)
    )
    manifests = [path for path in files if path.suffix == ".sha256"]
    artifacts = [path.with_suffix("") for path in manifests]
    there = {hashlib.sha256(path.read_bytes()).hexdigest() for path in manifests}
    there |= {value for path in manifests for value in _recorded(path).values()}
    for artifact in artifacts:
        yield artifact, _problem(artifact, there)
    known = set(artifacts) | set(manifests)
    for path in sorted({_artifact_of(path) for path in files} - known):
        yield path, f"{path}: has no manifest, so it cannot be trusted; {_remedy(path)}"


def _artifact_of(path: Path) -> Path:
    """The store that the file is in, or the file."""
    return next((parent for parent in path.parents if parent.suffix == ".zarr"), path)


def _counts(path: Path, skipped: Iterable[str]) -> bool:
    hidden = any(part.startswith(".") for part in path.parts)
    return (
        path.parts[0] not in skipped
        and path.suffix != ".origin"
        and not hidden
        and not _is_litter(path)
    )


def _recorded(manifest: Path) -> dict[str, str]:
    try:
        return _digests(manifest.read_text())
    except ValueError:
        return {}


def _problem(artifact: Path, there: set[str]) -> str | None:
    try:
        _check(artifact)
        inputs = _origin(artifact)["input_sha256"]
    except InputError as error:
        return str(error)
    except (OSError, ValueError, KeyError) as error:
        return f"{artifact}: its provenance cannot be read, {_line(error)}; {_remedy(artifact)}"
    for path, value in inputs.items():
        if value not in there and not _is(Path(path), value):
            how = "has changed since" if Path(path).exists() else "is not there"
            return (
                f"{artifact}: was made from {path}, which {how}; make both again"
                f" with {_maker(artifact) or 'the commands that made them'}"
            )
    return None


def _is(path: Path, value: str) -> bool:
    """Whether ``path``, a store or a plain file, has the digest ``value``."""
    try:
        return (path.is_dir() or path.is_file()) and digest(path) == value
    except OSError:
        return False


def _origin(artifact: Path) -> dict:
    """The `provenance` of an artifact."""
    if artifact.is_dir():
        return xr.open_zarr(artifact, zarr_format=3).attrs
    first = manifest_of(artifact).read_text().partition("\n")[0]
    return json.loads(first.removeprefix("# "))
