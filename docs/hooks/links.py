"""Links of the site. In the repository, where GitHub shows the same files, pages link to files that
are not under docs/, and to folders; in the site these are pages of their own, which
`docs/hooks/pages.py` makes.
"""

import posixpath
import re
from pathlib import Path
from typing import Any

from pymdownx.slugs import slugify

__all__ = [
    "LINK",
    "PAGES",
    "ROOT",
    "on_config",
    "on_page_markdown",
    "outside",
    "page_of",
    "target_of",
]

ROOT = Path(__file__).parents[2]
LINK = re.compile(r"(?<=\]\()(?!\w+:|#)([^)\s#]+)")  # where it leads, without the anchor
# Markdown files of the repository that are pages, and where.
PAGES = {"README.md": "index.md", "CONTRIBUTING.md": "contributing.md"}


def on_config(config: Any) -> None:
    """Name the anchors of headings as GitHub does."""
    config.mdx_configs["toc"]["slugify"] = slugify(case="lower")


def target_of(link: str, source: str) -> str:
    """The path in the repository to which a ``link`` of the file ``source`` leads."""
    return posixpath.normpath(posixpath.join(posixpath.dirname(source), link))


def outside(path: str) -> bool:
    """Whether a path of the repository needs a page that shows it: a text that is not under docs/,
    or a folder.
    """
    if path in PAGES:
        return False
    return (ROOT / path).is_dir() or (not path.startswith("docs/") and (ROOT / path).is_file())


def page_of(path: str) -> str:
    """Where the site has a path of the repository."""
    if outside(path):
        return f"repository/{path}.md"
    return PAGES.get(path, path.removeprefix("docs/"))


def on_page_markdown(markdown: str, *, page: Any, **_: Any) -> str:
    """Let the links of a page lead to where the site has the file."""
    here = page.file.src_uri
    source = next((name for name, where in PAGES.items() if where == here), f"docs/{here}")

    def lead(link: re.Match[str]) -> str:
        return posixpath.relpath(page_of(target_of(link[1], source)), posixpath.dirname(here))

    made = page.file.generated_by and here not in PAGES.values()
    return markdown if made else LINK.sub(lead, markdown)
