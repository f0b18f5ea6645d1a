"""Our docstrings as Markdown, for the API reference: the sections of NumPy's style, in which a
line is ``name : what it is``, without types, which the signature has.
"""

import re
from collections.abc import Iterator
from textwrap import dedent
from typing import Any

import griffe

__all__ = ["Sections", "markdown_of"]

HEADING = re.compile(r"^(\S.*)\n-{3,}\n", re.MULTILINE)
ITEM = re.compile(r"^([\w*`]+(?:, [\w*`]+)*) : ", re.MULTILINE)
SECOND = re.compile(r"(?<=\.) (\w+ : )")  # another item in the same line
EXAMPLE = ">>> "


class Sections(griffe.Extension):
    """Makes Markdown of every docstring that is read."""

    def on_instance(self, *, obj: griffe.Object, **_: Any) -> None:
        """Do it for one module, class, function or attribute."""
        if obj.docstring is not None:
            obj.docstring.value = markdown_of(obj.docstring.value)


def markdown_of(docstring: str) -> str:
    """A docstring with headings in bold, items as lists, and examples as code."""
    head, *parts = HEADING.split(docstring)
    sections = zip(parts[::2], parts[1::2], strict=True)
    texts = [head, *(f"**{title}**\n\n{_section(body)}" for title, body in sections)]
    return "\n\n".join(text.strip() for text in texts)


def _section(body: str) -> str:
    body = body.strip("\n")
    if body.lstrip().startswith(EXAMPLE):
        return f"```pycon\n{body}\n```"
    return "\n".join(_lines(body)) if ITEM.search(body) else dedent(body)


def _lines(body: str) -> Iterator[str]:
    """The lines of a section that has items; what is no item stands before or between as text."""
    last = ""
    for line in SECOND.sub(r"\n\1", body).splitlines():
        found = ITEM.match(line)
        if last and not last.startswith((" ", "- ")) and found:
            yield ""
        last = "- " if found else line
        if found:
            names = ", ".join(f"`{name}`" for name in found[1].split(", "))
            yield f"- {names}: {line[found.end() :]}"
        else:
            yield line
