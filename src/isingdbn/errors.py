"""The two ways in which a job may fail, each one line for the user."""

import math
from collections.abc import Callable

__all__ = ["InputError", "JobError", "explain"]


class InputError(Exception):
    """The user gave something that cannot be used (exit status 2)."""

    exit_status = 2


class JobError(Exception):
    """The input was fine and the work failed (exit status 1)."""

    exit_status = 1


def explain(error: Exception, name: Callable[[str], str]) -> str:
    """The first complaint of a pydantic ``ValidationError`` as one line: the key, the value and what is allowed.

    Parameters
    ----------
    name : turns the dotted key into how the user wrote it.
    """
    first, *others = error.errors()
    more = f" (and {len(others)} more)" if others else ""
    if not first["loc"]:
        return first["msg"].removeprefix("Value error, ") + more
    key = name(".".join(str(part) for part in first["loc"]))
    if first["type"] in ("unexpected_keyword_argument", "extra_forbidden"):
        return f"{key}: unknown key; remove it or correct its spelling{more}"
    if first["type"] in ("missing", "missing_argument"):
        return f"{key}: missing; it must be given{more}"
    message = first["msg"].removeprefix("Value error, ")
    if first["type"] == "float_type" and _reads_as_number(first["input"]):
        message += f"; YAML reads {first['input']} as text, write {float(first['input']):.1e} with a decimal point"
    value = "" if first["type"] == "value_error" else f"{first['input']!r} is not allowed: "
    return f"{key}: {value}{message}{more}".replace("\n", " ")


def _reads_as_number(text: object) -> bool:
    try:
        return isinstance(text, str) and math.isfinite(float(text))
    except ValueError:
        return False
