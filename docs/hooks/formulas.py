"""Formulas of the site as MathML, which browsers draw without a script or a font from elsewhere."""

import html
import logging
import re
from typing import Any

from latex2mathml.converter import convert

__all__ = ["on_page_content"]

FORMULA = re.compile(r'<span class="arithmatex">\\([(\[])(.*?)\\[)\]]</span>', re.DOTALL)
log = logging.getLogger("mkdocs.hooks.formulas")


def on_page_content(content: str, *, page: Any, **_: Any) -> str:
    """Replace every formula of a page."""

    def mathml(formula: re.Match[str]) -> str:
        latex = html.unescape(formula[2]).strip()
        try:
            drawn = convert(latex, display="block" if formula[1] == "[" else "inline")
            return drawn.replace(r"\_", "_")  # which it leaves in text
        except Exception as error:  # of many kinds, none of them documented
            log.warning("%s: the formula %s cannot be read: %r", page.file.src_uri, latex, error)
            return formula[0]

    return FORMULA.sub(mathml, content)
