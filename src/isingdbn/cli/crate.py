"""``isingdbn crate``: a finished run, described for archives as a Workflow Run RO-Crate:
the workflow, its configuration, every result with its checksum, and the software that made it.

It writes ``ro-crate-metadata.json`` into the folder of results, and puts copies of the Snakefile
and of the configuration into ``crate/`` there. Every byte is compared with its manifest before.
(Leo and others, PLoS ONE 19, e0309210 (2024).)
"""

import argparse
import mimetypes
import shutil
import tempfile
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from rocrate.model.contextentity import ContextEntity
from rocrate.rocrate import ROCrate

from isingdbn import __version__, storage
from isingdbn.cli.arguments import Parser
from isingdbn.cli.verify import CRATE, METADATA, NOT_RESULTS
from isingdbn.errors import InputError, JobError
from isingdbn.sources import PACKAGE

__all__ = ["parser", "run"]

SNAKEFILE = PACKAGE.parents[1] / "Snakefile"
PROFILES = {
    "https://w3id.org/ro/wfrun/process/0.5": "Process Run Crate",
    "https://w3id.org/ro/wfrun/workflow/0.5": "Workflow Run Crate",
    "https://w3id.org/workflowhub/workflow-ro-crate/1.0": "Workflow RO-Crate",
}
TERMS = "https://w3id.org/ro/terms/workflow-run/context"
MIT = "https://spdx.org/licenses/MIT"
NAME = "Deep belief networks on Ising lattices"
WHAT = (
    "Ising lattices, nets that were trained on them and on controls, their measurements, tables and"
    " figures, made by the workflow isingdbn."
)


def parser() -> argparse.ArgumentParser:
    """The options of the command."""
    parser = Parser(prog="isingdbn crate", description=__doc__)
    parser.add_argument("folder", type=Path, help="the results of a finished run, such as results")
    parser.add_argument(
        "--configfiles",
        type=Path,
        nargs="+",
        required=True,
        help="what the run was configured by, as Snakemake was given it",
    )
    return parser


def run(arguments: argparse.Namespace) -> None:
    """Check, describe and write."""
    folder, configfiles = arguments.folder, arguments.configfiles
    if not folder.is_dir():
        raise InputError(f"{folder}: there is no such folder; give one with results")
    if not SNAKEFILE.is_file():
        raise InputError(f"{SNAKEFILE}: is not there; call the command of a checkout")
    for file in configfiles:
        if not file.is_file():
            raise InputError(f"--configfiles: {file}: there is no such file")
    if len({file.name for file in configfiles}) < len(configfiles):
        raise InputError("--configfiles: two have the same name; give each once, and rename one")
    artifacts = list(_sound(folder))
    if not artifacts:
        raise InputError(f"{folder}: holds no results; give the folder of a finished run")
    inside = folder / CRATE
    inside.mkdir(exist_ok=True)
    for file in (SNAKEFILE, *configfiles):
        shutil.copyfile(file, inside / file.name)
    crate = _described(folder, artifacts, [inside / file.name for file in configfiles])
    with tempfile.TemporaryDirectory(dir=folder, prefix=".crate") as temporary:
        crate.metadata.write(temporary)
        Path(temporary, METADATA).replace(folder / METADATA)
    print(f"{folder / METADATA}: {len(artifacts)} stores and files")


def _sound(folder: Path) -> Iterable[Path]:
    """Every store and file; JobError if one is not as it was written."""
    for artifact, problem in storage.problems(folder, NOT_RESULTS):
        if problem:
            raise JobError(f"{problem}; a crate holds sound results alone")
        yield artifact


def _described(folder: Path, artifacts: list[Path], configfiles: list[Path]) -> ROCrate:
    ended = max(storage.manifest_of(artifact).stat().st_mtime for artifact in artifacts)
    crate = ROCrate(version="1.1")
    crate.metadata.extra_contexts.append(TERMS)
    crate.name, crate.description = NAME, WHAT
    crate.license = crate.add(
        ContextEntity(crate, MIT, {"@type": "CreativeWork", "name": "MIT License"})
    )
    crate.datePublished = _time(ended)
    made_by = [_origin(artifact) for artifact in artifacts]
    workflow = crate.add_workflow(
        dest_path=f"{CRATE}/{SNAKEFILE.name}",
        properties=_of_file(folder / CRATE / SNAKEFILE.name)
        | {"name": "isingdbn", "version": __version__, "license": {"@id": MIT}},
        main=True,
        lang="snakemake",
        lang_version=version("snakemake"),
    )
    workflow["softwareRequirements"] = [
        crate.add(_software(crate, *line.split(" ", 1)))
        for line in _distinct(made_by, lambda name: name not in ("commit", "processor"))
    ]
    given, results = (
        [
            crate.add_file(dest_path=file.relative_to(folder).as_posix(), properties=_of_file(file))
            if file.is_file()
            else crate.add_directory(
                dest_path=file.relative_to(folder).as_posix(), properties=_of_store(file)
            )
            for file in files
        ]
        for files in (configfiles, artifacts)
    )
    made = _distinct(made_by, lambda name: name in ("commit", "processor"))
    crate.add_action(
        workflow,
        identifier="#run",
        object=given,
        result=results,
        properties={
            "name": "The run that made these results",
            "description": "; ".join(made),
            "endTime": _time(ended),
            "actionStatus": "http://schema.org/CompletedActionStatus",
        },
    )
    crate.root_dataset["conformsTo"] = [
        crate.add(
            ContextEntity(
                crate,
                address,
                {"@type": "CreativeWork", "name": name, "version": address.rpartition("/")[2]},
            )
        )
        for address, name in PROFILES.items()
    ]
    return crate


def _of_file(path: Path) -> dict:
    kind = mimetypes.guess_type(path.name)[0]
    return {
        "name": path.name,
        "contentSize": str(path.stat().st_size),
        "sha256": storage.digest(path),
        **({"encodingFormat": kind} if kind else {}),
    }


def _of_store(path: Path) -> dict:
    manifest = storage.manifest_of(path).name
    return {
        "name": path.name,
        "encodingFormat": "application/vnd+zarr",
        "description": f"Zarr store; sha256 is that of {manifest}, which has those of its files",
        "sha256": storage.digest(path),
    }


def _origin(artifact: Path) -> list[str]:
    """The lines of the file that says what an artifact was made with; none, if it is lost."""
    origin = storage.origin_of(artifact)
    return origin.read_text(encoding="utf-8").splitlines() if origin.is_file() else []


def _distinct(origins: list[list[str]], wanted: Callable[[str], bool]) -> list[str]:
    """The lines of ``origins`` whose first word is ``wanted``, each once, sorted."""
    return sorted({line for lines in origins for line in lines if wanted(line.split(" ")[0])})


def _software(crate: ROCrate, name: str, number: str) -> ContextEntity:
    properties = {"@type": "SoftwareApplication", "name": name, "softwareVersion": number}
    return ContextEntity(crate, f"#{name}-{number}", properties)


def _time(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="seconds")
