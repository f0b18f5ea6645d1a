"""The two ways in which a job may fail, each one line for the user."""

import math
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:  # Snakemake's own processes need no pydantic for an error
    from pydantic import ValidationError

__all__ = ["InputError", "JobError", "explain", "one_line"]

LONGEST = 600  # characters of a complaint
UNKNOWN = ("unexpected_keyword_argument", "extra_forbidden")  # pydantic's words for such a key


class InputError(Exception):
    """The user gave something that cannot be used (exit status 2)."""

    exit_status = 2


class JobError(Exception):
    """The input was fine and the work failed (exit status 1)."""

    exit_status = 1


def explain(error: "ValidationError", name: Callable[[str], str]) -> str:
    """The first complaint of pydantic, of an unknown key if there is one, as one line: the key,
    the value and what is allowed.

    Parameters
    ----------
    name : turns the dotted key into how the user wrote it.
    """
    # A key that is misspelt is unknown, and the right one missing: the former is what to correct.
    first, *others = sorted(error.errors(), key=lambda one: one["type"] not in UNKNOWN)
    more = f" (and {len(others)} more)" if others else ""
    return one_line(_complaint(first, name)) + more


def one_line(text: str) -> str:
    """``text`` without line breaks and control characters, the middle left
    out where it is very long.
    """
    text = "".join(c if c.isprintable() else " " if c == "\n" else repr(c)[1:-1] for c in text)
    return text if len(text) <= LONGEST else f"{text[: LONGEST // 2]} … {text[-LONGEST // 2 :]}"


def _complaint(error: Mapping[str, Any], name: Callable[[str], str]) -> str:
    message = error["msg"].removeprefix("Value error, ")
    if not error["loc"]:  # of several keys together; the message begins with one of them
        key, colon, rest = message.partition(": ")
        return f"{name(key)}: {rest}" if colon and key.isidentifier() else message
    key = name(".".join(str(part) for part in error["loc"]))
    if error["type"] in UNKNOWN:
        return f"{key}: unknown key; remove it or correct its spelling"
    if error["type"] in ("missing", "missing_argument"):
        return f"{key}: missing; it must be given"
    if error["type"] == "list_type":
        message = "a list is needed, such as [2.0, 2.5]"
    if error["type"] == "float_type" and _reads_as_number(error["input"]):
        message += (
            f"; YAML reads {error['input']} as text,"
            f" write {float(error['input']):.1e} with a decimal point"
        )
    value = "" if error["type"] == "value_error" else f"{error['input']!r} is not allowed: "
    return f"{key}: {value}{message}"


def _reads_as_number(text: object) -> bool:
    try:
        return isinstance(text, str) and math.isfinite(float(text))
    except ValueError:
        return False
