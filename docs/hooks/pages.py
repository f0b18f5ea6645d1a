"""The pages that code makes: the references, and the files of the repository that pages link to."""

import importlib
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from docs.hooks.configuration import configuration
from docs.hooks.links import LINK, PAGES, ROOT, outside, page_of, target_of
from mkdocs.structure.files import File, Files

from isingdbn.cli import COMMANDS
from isingdbn.surroundings import settle

__all__ = ["on_files"]

ROOMS = {
    "ising": "samples lattices, and knows their exact values",
    "learning": "trains networks; the only room with TensorFlow",
    "analysis": "measures trained weights, and judges claims",
    "renormalization": "makes block spins, exactly and sampled",
}
LANGUAGES = {".yaml": "yaml", ".csv": "text"}
COLUMNS = "100"  # of the text of --help


def on_files(files: Files, *, config: Any) -> Files:
    """Add the pages."""
    for where, text in _pages(files):
        files.append(File.generated(config, where, content=text))
    return files


def _pages(files: Files) -> Iterator[tuple[str, str]]:
    """Where each page is, and what it says."""
    yield "reference/interface.md", _interface()
    yield from ((f"reference/{room}.md", _room(room, what)) for room, what in ROOMS.items())
    yield "reference/configuration.md", configuration()
    yield "reference/commands.md", _commands()
    texts = {name: (ROOT / name).read_text(encoding="utf-8") for name in PAGES}
    yield from ((where, texts[name]) for name, where in PAGES.items())
    for file in files.documentation_pages():
        texts[f"docs/{file.src_uri}"] = file.content_string
    linked = {
        target_of(link[1], name) for name, text in texts.items() for link in LINK.finditer(text)
    }
    yield from ((page_of(path), _shown(path)) for path in sorted(linked) if outside(path))


def _interface() -> str:
    return (
        "# Python interface\n\n`import isingdbn as idbn` gives all of these names. The settings"
        " that `sample`, `fit` and `finetune` take are the keys of"
        " [Sampling](configuration.md#sampling), [Pretraining](configuration.md#pretraining) and"
        " [Finetuning](configuration.md#finetuning).\n\n::: isingdbn.interface\n"
        "    options: {show_root_heading: false, show_root_toc_entry: false,"
        " members_order: __all__}\n"
    )


def _room(room: str, what: str) -> str:
    """The public names of every module of a room."""
    modules = sorted(path.stem for path in (ROOT / "src" / "isingdbn" / room).glob("[!_]*.py"))
    shown = "\n\n".join(f"::: isingdbn.{room}.{module}" for module in modules)
    return f"# isingdbn.{room}\n\nThis room {what}.\n\n{shown}\n"


def _commands() -> str:
    """What every command says of itself."""
    settle()
    os.environ["COLUMNS"] = COLUMNS
    parts = [
        "# Command line",
        "Each job of the workflow is one of these commands. Options that are keys of the"
        " [configuration](configuration.md) are described there.",
    ]
    for command in COMMANDS:
        module, *drawing = (importlib.import_module(name) for name in command.modules)
        said = module.parser(*drawing).format_help()
        parts += [f"## isingdbn {command.name}", f"```text\n{said}```"]
    return "\n\n".join(parts) + "\n"


def _shown(path: str) -> str:
    """A file of the repository, or what is in a folder of docs/."""
    whole = ROOT / path
    if whole.is_file():
        language = LANGUAGES.get(whole.suffix, "text")
        text = whole.read_text(encoding="utf-8")
        return f"# {path}\n\n````{language}\n{text}````\n" if whole.suffix != ".md" else text
    if not whole.is_relative_to(ROOT / "docs"):
        raise ValueError(f"{path}: the site has no folder that is not under docs/; link to a file")
    names = sorted(file.name for file in whole.iterdir() if file.is_file())
    here = Path(page_of(path)).parent
    links = (
        f"- [{name}]({os.path.relpath(Path(page_of(f'{path}/{name}')), here)})" for name in names
    )
    return f"# {path}\n\n" + "\n".join(links) + "\n"
