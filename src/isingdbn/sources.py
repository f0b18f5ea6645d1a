"""Which sources a command's results depend on: the modules that it imports, and their digest.

A result carries this digest, a plan compares it, and a checkpoint is keyed by it; what git says of
the sources plays no part. Modules that only talk to the user are left out: what they say changes no
result. What every command starts with, the settings of `isingdbn.surroundings`, is among them.
"""

import ast
import functools
import hashlib
from importlib.util import resolve_name
from pathlib import Path

__all__ = ["PACKAGE", "code_digest", "edited_since", "sources_of"]

PACKAGE = Path(__file__).parent
ROOT = "isingdbn"
SAY_NOTHING = {"errors", "progress", "sources"}
READ = (".html", ".js")  # what a module may read that is called as it is, and stands beside it
BEFORE_ALL = f"{ROOT}.surroundings"


def sources_of(*modules: str) -> list[str]:
    """The source files of ``modules`` and of all that they import from this package, sorted.

    Parameters
    ----------
    modules : such as ``"isingdbn.cli.simulate"``.

    Returns
    -------
    Paths in the package, such as ``"ising/wolff.py"``, without the fronts ``__init__.py``; with
    the templates and programs of pages, which are called as the modules that read them.

    Raises
    ------
    FileNotFoundError : there is no such module.
    """
    for module in modules:
        _file(module).stat()
    found: set[str] = set()
    waiting = [*modules, BEFORE_ALL]
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting += _imported(name)
    files = {_file(name) for name in found}
    files |= {path.with_suffix(suffix) for path in files for suffix in READ}
    return sorted(path.relative_to(PACKAGE).as_posix() for path in files if path.is_file())


@functools.cache
def code_digest(*modules: str) -> str:
    """SHA-256 over the paths and contents of `sources_of` ``modules``,
    as they are at the first call.
    """
    return _digest_now(*modules)


def edited_since(*modules: str) -> bool:
    """Whether the sources of ``modules`` are no longer those of their first `code_digest`."""
    return _digest_now(*modules) != code_digest(*modules)


def _digest_now(*modules: str) -> str:
    lines = (
        f"{path} {hashlib.sha256((PACKAGE / path).read_bytes()).hexdigest()}\n"
        for path in sources_of(*modules)
    )
    return hashlib.sha256("".join(lines).encode()).hexdigest()


def _file(module: str) -> Path:
    return PACKAGE.joinpath(*module.split(".")[1:]).with_suffix(".py")


@functools.cache
def _imported(module: str) -> list[str]:
    """The modules of this package that ``module`` imports anywhere in it,
    but for those that change no result.
    """
    package = module.rpartition(".")[0]
    names: set[str] = set()
    for node in ast.walk(ast.parse(_file(module).read_bytes())):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            base = resolve_name("." * node.level + (node.module or ""), package)
            names |= {base, *(f"{base}.{alias.name}" for alias in node.names)}
    inside = (name for name in names if name.startswith(f"{ROOT}."))
    return [
        name for name in inside if name.split(".")[1] not in SAY_NOTHING and _file(name).is_file()
    ]
