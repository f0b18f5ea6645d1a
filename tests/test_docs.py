"""The site is built without a warning, links lead somewhere, and the examples of its pages run."""

import os
import re
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote

import markdown
import numpy as np
import pytest
import yaml
from docs.hooks.configuration import Entry, configuration, entries
from docs.hooks.docstrings import markdown_of
from pymdownx.slugs import slugify
from snakemake.utils import update_config

from isingdbn import config
from isingdbn.ising import surrogates
from isingdbn.workflow.layout import Layout

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
TEXTS = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted(DOCS.rglob("*.md"))]
HOW_TO = sorted((DOCS / "how-to").glob("*.md"))


class Page(HTMLParser):
    """What a page links to or shows, what it loads, and its anchors."""

    def __init__(self, text):
        super().__init__()
        self.links, self.loaded, self.anchors = [], [], set()
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        found = dict(attributes)
        self.anchors |= {found[name] for name in ("id", "name") if found.get(name)}
        address = found.get("href") or found.get("src")
        if address and tag in ("a", "img"):
            self.links.append(address)
        if address and (tag != "a"):
            self.loaded.append(address)


def page(path):
    """A Markdown file as GitHub shows it."""
    settings = {"toc": {"slugify": slugify(case="lower")}}
    extensions = ["tables", "fenced_code", "toc"]
    return Page(
        markdown.markdown(path.read_text(), extensions=extensions, extension_configs=settings)
    )


@pytest.mark.parametrize("path", TEXTS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_every_local_link_of_a_text_leads_somewhere(path):
    for link in page(path).links:
        name, _, anchor = unquote(link).partition("#")
        if re.match(r"\w+:", name):
            continue
        target = (path.parent / name).resolve() if name else path
        assert target.exists(), link
        assert target.is_relative_to(ROOT), link
        assert not anchor or anchor in page(target).anchors, link


def build(*options, at):
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", *map(str, options)]
    surroundings = os.environ | {"NO_MKDOCS_2_WARNING": "1"}
    return subprocess.run(
        command, cwd=at, env=surroundings, capture_output=True, text=True, check=False
    )


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    folder = tmp_path_factory.mktemp("site") / "site"
    done = build("--site-dir", folder, at=ROOT)
    assert done.returncode == 0, done.stderr
    return folder


def test_every_page_of_the_site_is_there_and_whole(site):
    for path in DOCS.rglob("*.md"):
        assert (site / path.relative_to(DOCS)).with_suffix(".html").is_file(), path
    home = (site / "index.html").read_text()
    assert "Two commands" in home
    assert 'href="repository/config.yaml.html"' in home
    assert not list(site.rglob("*.py"))
    commands = (site / "reference" / "commands.html").read_text()
    assert "--annealing-steps" in commands
    assert "figure width-law" in commands
    interface = (site / "reference" / "interface.html").read_text()
    assert 'id="isingdbn.interface.twin"' in interface
    assert "--------" not in interface
    assert "<math" in (site / "method.html").read_text()
    assert r"\(" not in (site / "method.html").read_text()


def test_the_site_loads_nothing_from_elsewhere(site):
    for path in site.rglob("*.html"):
        assert not [what for what in Page(path.read_text()).loaded if "//" in what], path
    for path in site.rglob("*.css"):
        assert not re.search(r"url\(['\"]?(https?:)?//", path.read_text()), path


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("# A\n\n[b](nowhere.md)", "nowhere.md"),
        ("# A\n\n[b](index.md#nowhere)", "nowhere"),
        ("# A\n\n![b](nowhere.png)", "nowhere.png"),
        ("# A\n\n[a](#a)", None),
    ],
)
def test_a_dead_link_ends_the_build(text, complaint, tmp_path):
    """With the validation of the site, on a site of one page."""
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "index.md").write_text(text)
    own = {"hooks": [], "nav": ["index.md"], "plugins": [], "watch": []}
    own |= {"docs_dir": "docs", "not_in_nav": "", "exclude_docs": ""}
    text = (ROOT / "mkdocs.yml").read_text()
    (tmp_path / "all.yml").write_text(text)
    (tmp_path / "mkdocs.yml").write_text(yaml.safe_dump({"INHERIT": "all.yml", **own}))
    done = build(at=tmp_path)
    assert (done.returncode == 0) == (complaint is None), done.stderr
    assert (complaint or "") in done.stderr


def blocks(name, language):
    """The examples of a language in a page."""
    text = (DOCS / f"{name}.md").read_text()
    return re.findall(rf"^```{language}\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)


def run(source, names):
    """The names after a Python example has run among ``names``."""
    found = dict(names)
    exec(source, found)
    return found


@pytest.mark.parametrize("name", ["tutorial", "how-to/net", "how-to/recipe", "how-to/control"])
def test_a_configuration_of_a_page_is_valid(name):
    examples = blocks(name, "yaml")
    assert examples
    for example in examples:
        values = yaml.safe_load((ROOT / "config.yaml").read_text())
        update_config(values, yaml.safe_load(example))
        assert Layout(config.validate(values, name)).nets


def test_the_lines_of_the_readme_that_add_a_net_are_valid():
    found = re.search(r"^    - name: Mine\n(?:      .*\n)+", (ROOT / "README.md").read_text(), re.M)
    values = yaml.safe_load((ROOT / "config.yaml").read_text())
    values["nets"] += yaml.safe_load(found[0])
    assert config.validate(values, "README.md").nets[-1].name == "Mine"


def test_the_profile_of_a_page_names_rules_that_are():
    (example,) = blocks("how-to/cluster", "yaml")
    profile = yaml.safe_load(example)
    real = yaml.safe_load((ROOT / "profiles" / "slurm" / "config.yaml").read_text())
    assert profile.keys() - real.keys() == {"default-resources", "set-threads", "set-resources"}
    rules = "".join(path.read_text() for path in (ROOT / "workflow" / "rules").glob("*.smk"))
    for rule in (*profile["set-threads"], *profile["set-resources"]):
        assert re.search(rf"\b(rule|as) {rule}\b", rules), rule


def test_the_control_of_a_page_keeps_its_rows():
    (example,) = blocks("how-to/control", "python")
    draw = run(example, vars(surrogates))["row_shuffle"]
    spins = np.random.default_rng(0).choice([-1, 1], (3, 5, 7)).astype(np.int8)
    drawn = draw(spins, np.random.default_rng(1))
    assert (drawn.shape, drawn.dtype) == (spins.shape, spins.dtype)
    for some, others in zip(spins, drawn, strict=True):
        assert sorted(map(tuple, some)) == sorted(map(tuple, others))
        assert (some != others).any()


def test_the_first_steps_from_python_run(capsys):
    (example,) = blocks("tutorial", "python")
    run(example, {})
    assert [line.split()[0] for line in capsys.readouterr().out.splitlines()] == [
        "lattices",
        "thresholded_gaussian",
    ]


def test_what_contributing_says_can_be_added_has_its_example():
    rows = re.findall(r"^\| (a [a-z ]+?) \|", (ROOT / "CONTRIBUTING.md").read_text(), re.M)
    names = {"a way of training": "a recipe", "a kind of control": "a control"}
    names |= {"a metric of receptive fields": "a metric", "a measurement of nets": "a stage"}
    sections = re.findall(r"^## (.*)$", (DOCS / "extending.md").read_text(), re.M)
    shown = {f"a {path.stem}" for path in HOW_TO} | {section.lower() for section in sections}
    assert {names.get(row, row) for row in rows} - {"a block-spin rule"} == shown - {"a cluster"}


def test_the_reference_has_every_key_of_the_configuration():
    lines = configuration().splitlines()
    schema = config.schema()
    for block in ({"properties": schema["properties"]}, *schema["$defs"].values()):
        for key, part in block["properties"].items():
            meaning = part.get("description", "").replace("|", r"\|")
            if not meaning:
                continue
            assert any(line.startswith(f"| `{key}` | {meaning} |") for line in lines), key
    (size,) = [line for line in lines if line.startswith("| `size` |")]
    assert "| a whole number ≥ 2 and ≤ 4\u00a0096 |" in size
    assert r"| `40` sites a side, periodic \[P] |" in size


def test_an_entry_of_a_configuration_has_its_comment():
    text = """\
a:
  b: 1          # one,
                    # and more [P]
  c: &c {d: x y, e: [1, 2]}   # two
f: *c
g:
  - {h: 3}      # three
# of nothing
"""
    assert list(entries(text)) == [
        Entry("a.b", "1", "one, and more [P]"),
        Entry("a.c.d", "x y", ""),
        Entry("a.c.e", "[1, 2]", "two"),
        Entry("f.d", "x y", ""),
        Entry("f.e", "[1, 2]", "two"),
        Entry("g.0.h", "3", "three"),
    ]


def test_a_docstring_as_markdown():
    docstring = """\
What it does.

Parameters
----------
a, b : two
    numbers. c : another.

Raises
------
InputError : bad.

Examples
--------
>>> f(1)
2
"""
    assert (
        markdown_of(docstring)
        == """\
What it does.

**Parameters**

- `a`, `b`: two
    numbers.
- `c`: another.

**Raises**

- `InputError`: bad.

**Examples**

```pycon
>>> f(1)
2
```"""
    )
