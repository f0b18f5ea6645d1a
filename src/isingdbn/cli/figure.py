"""``isingdbn figure …``: one figure a command. The module that draws it declares its options."""

import argparse
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

from isingdbn import storage
from isingdbn.cli.arguments import Parser, add_points, at_points, refuse_repeated
from isingdbn.cli.csv_files import read
from isingdbn.cli.drawing import add_images, publish
from isingdbn.cli.fields import refuse_other_net
from isingdbn.errors import InputError
from isingdbn.figures.options import Option, Store, Table, Words

__all__ = ["parser", "run"]


def parser(drawing: ModuleType) -> argparse.ArgumentParser:
    """The options of the command that draws by the module ``drawing``."""
    name = drawing.__name__.rpartition(".")[2].replace("_", "-")
    parser = Parser(prog=f"isingdbn figure {name}", description=drawing.__doc__)
    for name, option in drawing.OPTIONS.items():
        parser.add_argument(f"--{name}", required=True, **_keywords(option))
        if isinstance(option, Store) and option.at_points:
            add_points(parser, f"--{name}")
    add_images(parser, drawing.draw)
    return parser


def run(drawing: ModuleType, arguments: argparse.Namespace) -> None:
    """Read, draw and write."""
    inputs, values = [], {}
    for name, option in drawing.OPTIONS.items():
        paths = list(_paths(name, option, arguments))
        values[name] = _read(option, paths, getattr(arguments, name))
        if isinstance(option, Words) and drawing.draw.__annotations__["return"] is not str:
            given = values[name]  # a page has no formulas
            values[name] = [_plain(word) for word in given] if option.many else _plain(given)
        inputs += paths
        if isinstance(option, Store) and option.of_net_of:
            other = getattr(arguments, option.of_net_of)
            refuse_other_net(f"--{name}", paths[0], values[name], other, values[option.of_net_of])
    modules = (__name__, drawing.__name__)
    style = getattr(arguments, "style", "print")  # a page or film has none
    publish(modules, arguments.output, inputs, drawing.draw, values, style)


def _plain(text: str) -> str:
    """A text in which a dollar is a dollar, and does not begin a formula."""
    return text.replace("$", r"\$")


def _keywords(option: Option) -> dict[str, Any]:
    """How argparse takes an option."""
    several = {"nargs": "+"} if getattr(option, "many", False) else {}
    if isinstance(option, Words):
        choices = {} if option.choices is None else {"choices": option.choices, "metavar": "NAME"}
        return {"help": option.help, **choices, **several}
    what = "CSV" if isinstance(option, Table) else "stores" if several else "store"
    return {"type": Path, "help": f"{what} of `isingdbn {option.made_by}`", **several}


def _paths(name: str, option: Option, arguments: argparse.Namespace) -> Iterator[Path]:
    """The files of an option, each of them once."""
    if isinstance(option, Words):
        return
    given = getattr(arguments, name)
    points = arguments.points if isinstance(option, Store) and option.at_points else [""]
    patterns = given if isinstance(given, list) else [given]
    paths = [path for pattern in patterns for path in at_points(pattern, points)]
    refuse_repeated(f"--{name}", paths)
    yield from paths


def _read(option: Option, paths: list[Path], words: Any) -> Any:
    """What ``draw`` is given for an option."""
    if isinstance(option, Table):
        table = read(paths[0], *option.columns)
        for net in option.nets:
            if net not in set(table["net"]):
                raise InputError(
                    f"{paths[0]}: has no rows of the net {net}, which this figure shows; give a"
                    " table of an experiment that has it, such as one of config/study*.yaml"
                )
        return table
    if isinstance(option, Store):
        stores = [storage.load(path, option.kind) for path in paths]
        return stores if option.many else stores[0]
    return words
