"""Labelled stores on disk: the only module that opens Zarr.

A store is immutable. It is written beside its final place, checked, listed in a manifest ``STORE.sha256`` (the format of
``sha256sum``, so ``sha256sum -c`` in its folder checks it without this package) and then moved into place, the manifest last.
What is read is compared with its manifest first, so damaged data never reach a result. Files (tables, images, Keras models) have
such a manifest, too, with their provenance in a comment line.

Two processes may write one store at a time: a cluster runs a job again if it loses sight of its node, where the job may live on.
Each writes under a name of its own; the first to end publishes, and the other finds the same bytes in place, which is no fault.
"""

import errno
import hashlib
import json
import os
import shutil
import socket
import subprocess
import warnings
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import psutil
import xarray as xr
import zarr
from zarr.codecs import BloscCodec

from isingdbn import __version__
from isingdbn.errors import InputError, JobError

__all__ = [
    "check_file",
    "comes_from",
    "digest",
    "load",
    "manifest_of",
    "problems",
    "provenance",
    "publish_file",
    "refuse_existing",
    "save",
    "save_samples",
]

SHARD_BYTES = 2**22
CHUNKS_IN_SHARD = 4
MARKER = ".snakemake_timestamp"  # Snakemake leaves it in directories that a rule has made


def manifest_of(artifact: Path) -> Path:
    """The manifest that belongs to a store or file."""
    return artifact.with_name(artifact.name + ".sha256")


def provenance(parameters: dict, inputs: Iterable[Path] = ()) -> dict:
    """Attributes that say where a result comes from: package version, commit, parameters, and the digests of its inputs by path."""
    digests = {path.as_posix(): digest(path) for path in inputs}
    return {"isingdbn_version": __version__, "commit": _commit(), "parameters": parameters, "input_sha256": digests}


def digest(path: Path) -> str:
    """SHA-256 of a file, or of the manifest of a store."""
    return hashlib.sha256((manifest_of(path) if path.is_dir() else path).read_bytes()).hexdigest()


def comes_from(attributes: dict, source: Path) -> bool:
    """Whether ``source`` is, by content, among the inputs that ``attributes`` of `provenance` record."""
    return digest(source) in attributes["input_sha256"].values()


def refuse_existing(*paths: Path) -> None:
    """Raise InputError if anything is at ``paths``, so that a job finds out before it works and not after."""
    for path in paths:
        if path.exists():
            raise InputError(f"{path}: exists already and is not overwritten; remove it and its .sha256, if it has one, to make it anew")


def _commit() -> str:
    """The last commit that changed this package, marked where its sources differ from it, or ``"unknown"``.

    A commit elsewhere in the repository does not count, so that the same sources give the same bytes.
    """

    def git(*arguments: str) -> str:
        command = ["git", "--no-optional-locks", "-C", str(Path(__file__).parent), *arguments, "--", "."]
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()

    try:
        commit, changed = git("log", "-1", "--format=%H"), git("status", "--porcelain")
    except (OSError, subprocess.CalledProcessError):
        return "unknown"
    return commit + ("+changes" if changed else "") if commit else "unknown"


def _manifest_lines(artifact: Path, name: str) -> str:
    """The lines of a manifest for what is at ``artifact``, a store or a file, and is to be called ``name``."""
    if artifact.is_file():
        return f"{digest(artifact)}  {name}\n"
    files = sorted(path for path in artifact.rglob("*") if path.is_file() and path.name != MARKER)
    return "".join(f"{digest(path)}  {name}/{path.relative_to(artifact).as_posix()}\n" for path in files)


def _partial(path: Path) -> Path:
    """The name beside ``path`` under which this process writes it; what dead processes of this machine left there is removed."""
    start = f".partial.{socket.gethostname()}."
    for left in path.parent.glob(f"{start}*.{path.name}"):
        process = left.name.removeprefix(start).removesuffix(f".{path.name}")
        if process.isdigit() and not psutil.pid_exists(int(process)):
            shutil.rmtree(left) if left.is_dir() else left.unlink()
    return path.with_name(f"{start}{os.getpid()}.{path.name}")


@contextmanager
def _published(store: Path) -> Iterator[Path]:
    """A place to write ``store``; what stands there at the end is listed in a manifest and moved into place."""
    refuse_existing(store)
    partial = _partial(store)
    try:
        partial.parent.mkdir(parents=True, exist_ok=True)
        yield partial
        with _replaced(manifest_of(store)) as temporary:
            lines = _manifest_lines(partial, store.name)
            temporary.write_text(lines)
            try:
                partial.replace(store)
            except OSError as error:
                if not store.is_dir():
                    raise
                if _manifest_lines(store, store.name) != lines:
                    raise JobError(f"{store}: another process has put other data there meanwhile; nothing was written there") from error
    except OSError as error:
        raise _storage_error(error, store) from error
    finally:
        shutil.rmtree(partial, ignore_errors=True)


@contextmanager
def publish_file(path: Path, origin: dict) -> Iterator[Path]:
    """A place to write the file ``path``; what stands there at the end is moved into place, an existing file being replaced.

    Its manifest, moved last, has the `provenance` ``origin`` as JSON in its first line, a comment that ``sha256sum -c`` skips.

    Raises
    ------
    JobError : it cannot be written.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with _replaced(manifest_of(path)) as manifest, _replaced(path) as partial:
            yield partial
            manifest.write_text(f"# {json.dumps(origin)}\n{_manifest_lines(partial, path.name)}")
    except OSError as error:
        raise _storage_error(error, path) from error


@contextmanager
def _replaced(path: Path) -> Iterator[Path]:
    """A place beside ``path``, with the same ending; what is written there replaces it at the end."""
    partial = _partial(path)
    try:
        yield partial
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)


def _storage_error(error: OSError, path: Path) -> JobError:
    remedy = "free some space and run again" if error.errno in (errno.ENOSPC, errno.EDQUOT) else "nothing was written there"
    return JobError(f"{path}: cannot be written, {error.strerror or error}; {remedy}")


def _write(dataset: xr.Dataset, store: Path, mode: str) -> None:
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Consolidated metadata is currently not part", category=UserWarning)
        dataset.to_zarr(store, mode=mode, consolidated=True, zarr_format=3)


def save(dataset: xr.Dataset, store: Path) -> None:
    """Publish ``dataset`` as the Zarr v3 store ``store``, one chunk a variable.

    Raises
    ------
    InputError : ``store`` exists. JobError : it cannot be written.
    """
    with _published(store) as partial:
        _write(dataset, partial, "w")


def save_samples(name: str, blocks: Iterable[xr.Dataset], samples: int, describe: Callable[[xr.Dataset], dict], store: Path) -> None:
    """Publish a stream of blocks as one store, holding little more than a shard and a block of the large variable in memory.

    Parameters
    ----------
    name : the large variable, int8 or float32, whose first dimension is ``sample``; it is sharded, bit-shuffled and compressed.
    blocks : Datasets that follow one another along ``sample``, with ``name`` and any number of variables (sample,).
    samples : length of ``sample`` in all.
    describe : gives the attributes of the whole store from its variables (sample,), or raises to leave nothing behind.

    Raises
    ------
    InputError : ``store`` exists. JobError : it cannot be written.
    """
    with _published(store) as partial:
        small: list[xr.Dataset] = []
        pending: list[np.ndarray] = []
        array = None
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
                pending = [joined[whole:]]
                start += whole
        dataset = xr.concat(small, "sample")
        _write(dataset.assign_attrs(describe(dataset)), partial, "a")


def _sample_array(store: Path, values: xr.DataArray, samples: int) -> zarr.Array:
    row_bytes = values[0].nbytes
    chunk = max(1, min(samples, SHARD_BYTES // CHUNKS_IN_SHARD // row_bytes))
    return zarr.create_group(store).create_array(
        values.name,
        shape=(samples, *values.shape[1:]),
        dtype=values.dtype,
        chunks=(chunk, *values.shape[1:]),
        shards=(chunk * CHUNKS_IN_SHARD, *values.shape[1:]),
        compressors=BloscCodec(cname="zstd", clevel=5, shuffle="bitshuffle"),
        dimension_names=values.dims,
        attributes=values.attrs,
    )


def load(store: Path, kind: str) -> xr.Dataset:
    """Open ``store`` (variables are read when used) after comparing every byte of it with its manifest.

    Parameters
    ----------
    kind : the attribute of that name that the store must have, such as ``"lattices"``.

    Raises
    ------
    InputError : the store or its manifest is missing, a file was changed, lost or added (the message names it), or the store is
        of another kind.
    """
    if not store.is_dir():
        raise InputError(f"{store}: there is no such store; make it with `snakemake --cores 8 {store}`, or check the path")
    _check(store)
    try:
        dataset = xr.open_zarr(store, zarr_format=3)  # no format 2: its codecs include pickle
    except (OSError, ValueError) as error:
        raise InputError(f"{store}: cannot be read, {_line(error)}; {_remedy(store)}") from None
    if dataset.attrs.get("kind") != kind:
        raise InputError(f"{store}: is of the kind {dataset.attrs.get('kind')!r}, {kind!r} is needed; give another store")
    return dataset


def check_file(path: Path) -> None:
    """Raise InputError if the file ``path`` is missing or differs from its manifest."""
    if not path.is_file():
        raise InputError(f"{path}: there is no such file; make it with `snakemake --cores 8 {path}`, or check the path")
    _check(path)


def _check(artifact: Path) -> None:
    """Raise InputError with the first file of a store, or the file, that is not as its manifest says."""
    manifest = manifest_of(artifact)
    if not manifest.is_file():
        raise InputError(f"{artifact}: its manifest {manifest.name} is missing, so it cannot be trusted; {_remedy(artifact)}")
    try:
        recorded, found = _digests(manifest.read_text()), _digests(_manifest_lines(artifact, artifact.name))
    except (OSError, ValueError) as error:
        raise InputError(f"{artifact}: cannot be read, {_line(error)}; {_remedy(artifact)}") from None
    for file in sorted(recorded.keys() | found.keys()):
        if recorded.get(file) != found.get(file):
            how = "is missing" if file not in found else "is not in its manifest" if file not in recorded else "is damaged"
            where = artifact.parent / file
            raise InputError(f"{where}: {how}, SHA-256 differs from {manifest.name}; {_remedy(artifact)}")


def _remedy(artifact: Path) -> str:
    command = f"`snakemake --cores 8 {artifact}`, and the --configfile of the run if it had one"
    return f"remove {artifact} and {manifest_of(artifact).name}, and make it again with {command}"


def _line(error: Exception) -> str:
    return " ".join(str(error).split())


def _digests(manifest: str) -> dict[str, str]:
    """Digest by file name of the lines of a manifest."""
    lines = (line.partition("  ") for line in manifest.splitlines() if not line.startswith("#"))
    return {name: value for value, _, name in lines}


def problems(folder: Path, skipped: Iterable[str] = ()) -> Iterator[tuple[Path, str | None]]:
    """Check every store and file under ``folder``, but for its parts named ``skipped`` and hidden ones.

    Yields each artifact with what is wrong with it, in one line, or None: its bytes differ from its manifest, or an input that it
    records is, by content, neither in ``folder`` nor at the recorded path any more, or it has no manifest.
    """
    files = sorted(path for path in folder.rglob("*") if path.is_file() and _counts(path.relative_to(folder).parts, skipped))
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


def _counts(parts: tuple[str, ...], skipped: Iterable[str]) -> bool:
    return parts[0] not in skipped and not any(part.startswith(".") for part in parts)


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
            return f"{artifact}: was made from {path}, which {how}; make both again with `snakemake --cores 8 {artifact}`"
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
