"""Arguments that several commands share, and how parameter classes become options."""

import argparse
import dataclasses
import re
import sys
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from types import UnionType
from typing import Annotated, Any, Literal, NoReturn, Union, get_args, get_origin, get_type_hints

from pydantic import ValidationError

from isingdbn.errors import InputError, explain
from isingdbn.parameters.lattice import COLDEST, HOTTEST, LARGEST_SIDE
from isingdbn.parameters.numbers import LARGEST_SEED, MOST

__all__ = [
    "Parser",
    "add_output",
    "add_points",
    "add_settings",
    "add_threads",
    "at_points",
    "options",
    "path_options",
    "positive",
    "refuse_repeated",
    "seed",
    "settings_from",
    "shape",
    "temperature",
]


class Parser(argparse.ArgumentParser):
    """A parser whose errors are one line, without the usage text, and whose options cannot be
    shortened or given twice.
    """

    def __init__(self, **keywords: Any) -> None:
        super().__init__(**keywords, allow_abbrev=False)

    def error(self, message: str) -> NoReturn:
        """Raise the message as an InputError; the caller prints it."""
        if message.startswith("unrecognized arguments"):
            message += f"; `{self.prog} --help` lists what there is"
        raise InputError(message)

    def parse_known_args(self, args: Iterable[str] | None = None, namespace: Any = None) -> Any:
        """As of `argparse`, which of an option that is given twice would
        take the last in silence.
        """
        given = set()
        for word in sys.argv[1:] if args is None else args:
            option = word.partition("=")[0]
            action = self._option_string_actions.get(option)
            if word == "--":
                break
            # those without a value, such as --help, say the same twice
            if action is not None and action.nargs != 0:
                if option in given:
                    self.error(f"argument {option}: is given twice; give it once")
                given.add(option)
        return super().parse_known_args(args, namespace)


def temperature(text: str) -> float:
    """A temperature in J/k_B."""
    allowed = (
        f"a temperature is a finite number > 0, in units of J/k_B, from {COLDEST:g} to {HOTTEST:g}"
    )
    value = _number(float, text, allowed)
    if not COLDEST <= value <= HOTTEST:
        raise argparse.ArgumentTypeError(f"{text!r} is not allowed: {allowed}")
    return value


def positive(text: str) -> int:
    """An integer ≥ 1."""
    return _whole(1, MOST, text)


def seed(text: str) -> int:
    """An integer ≥ 0 that names an independent repetition."""
    return _whole(0, LARGEST_SEED, text)


def shape(text: str) -> tuple[int, int]:
    """Height and width of a lattice from ``40`` or ``24x40``."""
    match = re.fullmatch(r"(\d{1,6})(?:x(\d{1,6}))?", text)
    sides = (int(match[1]), int(match[2] or match[1])) if match else (0, 0)
    if min(sides) < 2 or max(sides) > LARGEST_SIDE:
        raise argparse.ArgumentTypeError(
            f"{text!r} is not allowed: give one side (40) or height x width (24x40),"
            f" each ≥ 2 and ≤ {LARGEST_SIDE}"
        )
    return sides


def _number(kind: type, text: str, allowed: str) -> Any:
    try:
        return kind(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is not allowed: {allowed}") from None


def _whole(least: int, most: int, text: str) -> int:
    allowed = f"it is an integer ≥ {least} and ≤ {most}"
    value = _number(int, text, allowed)
    if not least <= value <= most:
        raise argparse.ArgumentTypeError(f"{text!r} is not allowed: {allowed}")
    return value


def add_settings(parser: argparse.ArgumentParser, settings: type, **defaults: Any) -> None:
    """One option for each field of a parameter class; a field without a default,
    in the class or in ``defaults``, must be given.
    """
    own = {
        field.name: field.default
        for field in dataclasses.fields(settings)
        if field.default is not dataclasses.MISSING
    }
    defaults = own | defaults
    hints = get_type_hints(settings, include_extras=True)
    for field in dataclasses.fields(settings):
        option = "--" + field.name.replace("_", "-")
        about = _about(hints[field.name])
        keywords: dict[str, Any] = {"required": True}
        if field.name in defaults:
            default = defaults[field.name]
            keywords = {"default": default}
            text = str(default).lower() if isinstance(default, bool) else str(default)
            about.append("off by default" if default is None else f"default {text}")
        parser.add_argument(option, **keywords, help="; ".join(about).replace("%", "%%"))


def _about(hint: Any) -> list[str]:
    """What an annotated type says of itself: its description, and the words that it allows."""
    of = getattr(hint, "__metadata__", ())
    description = next((found for part in of if (found := getattr(part, "description", None))), "")
    words = ", ".join(_words(hint))
    return [part for part in (" ".join(description.split()), words) if part]


def _words(hint: Any) -> Iterator[str]:
    """The words that a type allows, of any of its alternatives."""
    if hint is bool:
        yield from ("true", "false")
    elif get_origin(hint) is Literal:
        yield from map(str, get_args(hint))
    elif get_origin(hint) is Annotated:
        yield from _words(get_args(hint)[0])
    elif get_origin(hint) in (Union, UnionType):
        for kind in get_args(hint):
            yield from _words(kind)


def settings_from(arguments: argparse.Namespace, settings: type) -> Any:
    """The parameter class from the options of `add_settings`, validated by its own limits."""
    try:
        return settings(
            **{field.name: getattr(arguments, field.name) for field in dataclasses.fields(settings)}
        )
    except ValidationError as error:
        raise InputError(explain(error, lambda key: "--" + key.replace("_", "-"))) from None


def options(settings: Any, **changes: Any) -> list[str]:
    """The inverse of `settings_from`: the words that give ``settings``, with some ``changes``,
    to a command. What is None is left out.
    """
    fields = dataclasses.asdict(settings) | changes
    return [
        word
        for name, value in fields.items()
        if value is not None
        for word in (f"--{name.replace('_', '-')}", str(value))
    ]


def path_options(given: Mapping[str, Any], made: Mapping[str, Any]) -> list[str]:
    """The words that give a rule's inputs and outputs to a command, each as the option of its name,
    with hyphens.

    Parameters
    ----------
    given : paths, one or a list, by name; manifests stand for no option, nor does an empty list.
    made : likewise; what is called store, csv, png, pdf, gif or html is ``--output``,
        and everything else but manifests is the option of its name.
    """
    words = []
    for name, paths in given.items():
        if name != "manifests" and paths:
            words += [
                f"--{name.replace('_', '-')}",
                *([paths] if isinstance(paths, str) else paths),
            ]
    main = ("store", "csv", "png", "pdf", "gif", "html")
    outputs = [path for name, path in made.items() if name in main]
    others = [
        word
        for name, path in made.items()
        if name not in main and "manifest" not in name
        for word in (f"--{name}", path)
    ]
    return [*words, "--output", *outputs, *others]


def add_threads(parser: argparse.ArgumentParser) -> None:
    """The option ``--threads``."""
    parser.add_argument(
        "--threads", type=positive, default=1, help="processor threads, 1 by default"
    )


def add_points(parser: argparse.ArgumentParser, stores: str) -> None:
    """Add ``--points``: the command of a thousand stores would be longer than the system allows,
    that of a pattern is not.
    """
    parser.add_argument(
        "--points",
        nargs="+",
        default=[""],
        help=f"each of them in the place of {{point}} in each of {stores}",
    )


def at_points(pattern: Path, points: list[str]) -> list[Path]:
    """``pattern`` with each of ``points`` in the place of ``{point}``."""
    return [Path(str(pattern).replace("{point}", point)) for point in points]


def refuse_repeated(option: str, stores: list[Path]) -> None:
    """Raise InputError if one of ``stores`` is given twice: it would count twice, or be
    overwritten.
    """
    seen: set[Path] = set()
    for store in stores:
        if store.resolve() in seen:
            raise InputError(f"{option}: {store} is given twice; give each once")
        seen.add(store.resolve())


def add_output(parser: argparse.ArgumentParser, what: str) -> None:
    """The option ``--output``; ``what`` says what is written there."""
    parser.add_argument("--output", type=Path, required=True, help=what)
