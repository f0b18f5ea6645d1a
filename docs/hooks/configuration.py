"""The reference of the configuration, from its model and from config.yaml: each key with its unit
and meaning, what is allowed, its default, and what config.yaml gives and says.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import yaml
from docs.hooks.links import ROOT

from isingdbn import config

__all__ = ["Entry", "configuration", "entries"]

HEAD = """\
# Configuration

Every key that [config.yaml](../repository/config.yaml.md) may have, from the model that checks it.
Temperatures are in J/k_B, lengths in sites; other units are said where there is one.
*[P]* is the paper, *[MS]* Mehta and Schwab, *[Y]* the code that the paper most likely used,
*[here]* our choice. A key without a default must be given; an unknown one is an error. How
[a file is laid over it](../usage.md#change-the-experiment) is said there.
"""
REFERENCE = "#/$defs/"


@dataclass(frozen=True)
class Entry:
    """What config.yaml gives for a key, and its comment there."""

    path: str
    value: str
    comment: str


def configuration() -> str:
    """The page."""
    schema = config.schema()
    given = list(entries((ROOT / "config.yaml").read_text(encoding="utf-8")))
    blocks: dict[str, list[str]] = {}
    top = {"properties": schema["properties"], "required": schema["required"]}
    blocks["Experiment"] = [""]
    for name, path in _uses(schema, top, ""):
        blocks.setdefault(name, []).append(path)
    parts = [HEAD]
    for name, paths in blocks.items():
        block = top if name == "Experiment" else schema["$defs"][name]
        parts.append(_block(name, block, paths, given, schema["$defs"]))
    return "\n\n".join(parts) + "\n"


def _uses(schema: Mapping, block: Mapping, path: str) -> Iterator[tuple[str, str]]:
    """The blocks under a block, and under which keys each is."""
    for key, part in block["properties"].items():
        inner = part.get("items", part)
        here = f"{path}{key}" + ("[]" if "items" in part else "")
        for _, named in part.get("patternProperties", {}).items():
            inner, here = named, f"{path}{key}.NAME"
        for name in _names(inner):
            yield name, f"{here}."
            yield from _uses(schema, schema["$defs"][name], f"{here}.")


def _names(part: Mapping) -> list[str]:
    """The blocks to which a part refers."""
    choices = part.get("anyOf", [part])
    return [one["$ref"].removeprefix(REFERENCE) for one in choices if "$ref" in one]


def _block(name: str, block: Mapping, paths: list[str], given: list[Entry], others: Mapping) -> str:
    where = ", ".join(f"`{path.removesuffix('.')}`" for path in paths if path)
    lines = [f"## {name}"]
    lines += [f"Under {where}. {block['description']}"] if where else []
    lines += ["| key | meaning | allowed | default | in config.yaml |\n|---|---|---|---|---|"]
    required = block.get("required", ())
    for key, part in block["properties"].items():
        default = "" if key in required else _code(_text(part.get("default")))
        patterns = [re.compile(_pattern(f"{path}{key}")) for path in paths]
        found = [e for e in given if any(pattern.fullmatch(e.path) for pattern in patterns)]
        cells = (f"`{key}`", _meaning(part, others), _allowed(part), default, _given(found))
        lines[-1] += "\n| " + " | ".join(_cell(cell) for cell in cells) + " |"
    return "\n\n".join(lines)


def _meaning(part: Mapping, others: Mapping) -> str:
    """What a key means: its own description, or the beginning of that of the block under it."""
    blocks = _names(part.get("items", part))
    whole = others[blocks[0]]["description"] if blocks else ""
    return part.get("description") or whole.split("\n\n")[0]


def _pattern(path: str) -> str:
    """A regular expression for the paths of config.yaml that ``path`` stands for."""
    return re.escape(path).replace(r"\[\]", r"\.\d+").replace("NAME", r"\w+")


def _given(found: list[Entry]) -> str:
    """What config.yaml gives, with who gives the same in one line."""
    who: dict[tuple[str, str], list[str]] = {}
    for entry in found:
        parts = entry.path.split(".")
        owner = " ".join(parts[1:-1]) if parts[0] == "recipes" else ""
        who.setdefault((entry.value, entry.comment), []).append(owner)
    lines = []
    for (value, comment), owners in who.items():
        named = ", ".join(owner for owner in owners if owner)
        words = comment.replace("[", r"\[")  # sources in brackets, which are no links
        lines.append(" ".join(filter(None, [f"{named}:" if named else "", _code(value), words])))
    return "<br>".join(lines)


def _allowed(part: Mapping) -> str:
    """What a part of a schema allows, in words."""
    if names := _names(part):
        links = [f"[{name}](#{name.lower()})" for name in names]
        return " or ".join(
            links + [_code("null")] * any(_is_null(o) for o in part.get("anyOf", ()))
        )
    if "anyOf" in part:
        return ", or ".join(_allowed(choice) for choice in part["anyOf"])
    if "patternProperties" in part:
        return "names, each with " + ", ".join(map(_allowed, part["patternProperties"].values()))
    if "const" in part:
        return _code(_text(part["const"]))
    if "enum" in part:
        return ", ".join(_code(_text(value)) for value in part["enum"])
    if part.get("type") == "array":
        return f"a list{_length(part)}, each {_allowed(part['items'])}"
    kinds = {
        "integer": "a whole number",
        "number": "a number",
        "boolean": "`true` or `false`",
        "null": "`null`",
        "string": "text",
    }
    return kinds[part["type"]] + _limits(part)


def _is_null(part: Mapping) -> bool:
    return part.get("type") == "null"


def _length(part: Mapping) -> str:
    least, most = part.get("minItems", 0), part.get("maxItems")
    return f" of {least}" if least == most else f" of at least {least}"


def _limits(part: Mapping) -> str:
    """The range of a number."""
    signs = {"minimum": "≥", "exclusiveMinimum": ">", "maximum": "≤", "exclusiveMaximum": "<"}
    limits = [
        f"{sign} {part[name]:,}".replace(",", "\u00a0")
        for name, sign in signs.items()
        if name in part
    ]
    return f" {' and '.join(limits)}" if limits else ""


def entries(text: str) -> Iterator[Entry]:
    """Every key of a configuration whose value is no mapping, with its comment: what stands after
    it, and the comment lines under that.
    """
    lines = text.splitlines()
    waiting: list[tuple[str, Any]] = [("", yaml.compose(text, Loader=yaml.SafeLoader))]
    while waiting:
        path, node = waiting.pop(0)
        if isinstance(node, yaml.MappingNode):
            inner = [(f"{path}.{key.value}".lstrip("."), value) for key, value in node.value]
            waiting[:0] = inner
            continue
        if isinstance(node, yaml.SequenceNode) and isinstance(node.value[0], yaml.MappingNode):
            waiting[:0] = [(f"{path}.{index}", value) for index, value in enumerate(node.value)]
            continue
        value = " ".join(text[node.start_mark.index : node.end_mark.index].split())
        yield Entry(path, value, _comment(lines, node))


def _comment(lines: list[str], node: yaml.Node) -> str:
    """The comment beside a value and its lines below, which begin farther to the right."""
    rest = lines[node.end_mark.line][node.end_mark.column :]
    found = re.fullmatch(r"[\s}\],]*#(.*)", rest)
    if not found:
        return ""
    words = [found[1].strip()]
    for line in lines[node.end_mark.line + 1 :]:
        if not re.match(r"\s{20,}#", line):
            break
        words.append(line.strip().removeprefix("#").strip())
    return re.sub(r"\s+", " ", " ".join(words))


def _text(value: Any) -> str:
    """A value as YAML has it."""
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    return f"[{', '.join(map(_text, value))}]" if isinstance(value, list) else str(value)


def _code(text: str) -> str:
    return f"`{text}`"


def _cell(text: str) -> str:
    return re.sub(r"[ \n]+", " ", text.replace("|", r"\|")).strip(" ")
