"""The notebook runs from its first cell to its last, as a reader runs it."""

from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

DOCS = Path(__file__).parents[1] / "docs"
NOTEBOOK = nbformat.read(DOCS / "notebook.ipynb", as_version=4)


@pytest.fixture(scope="module")
def executed(tmp_path_factory):
    """The notebook with its outputs; an error in a cell is an error of the test."""
    home = tmp_path_factory.mktemp("home")
    with pytest.MonkeyPatch.context() as patch:
        for name in ("IPYTHONDIR", "JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR"):
            patch.setenv(name, str(home / name.lower()))
        notebook = nbformat.from_dict(NOTEBOOK)
        where = {"metadata": {"path": str(home)}}
        return NotebookClient(notebook, timeout=600, resources=where).execute()


def test_it_is_kept_without_outputs():
    nbformat.validate(NOTEBOOK)
    for cell in NOTEBOOK.cells:
        assert not cell.get("outputs")
        assert cell.get("execution_count") is None


def test_every_cell_runs_and_the_verdict_is_honest(executed):
    code = [cell for cell in executed.cells if cell.cell_type == "code"]
    assert [cell.execution_count for cell in code] == list(range(1, len(code) + 1))
    images = sum("image/png" in out.get("data", {}) for cell in code for out in cell.outputs)
    assert images == 4
    said = "".join(out.text for out in code[-1].outputs if out.output_type == "stream")
    assert "trained on lattices: fields are compact in every layer" in said
    assert "trained on twins: fields are compact in every layer" in said
    assert "likelihood ratio of the machines: AUC 0." in said
    assert "energy, plaquette and |m|: AUC 0.6" in said
    assert said.splitlines()[-1].endswith("one run, an anecdote")


def test_the_pages_that_it_names_are_there():
    links = [
        word.split(")")[0]
        for cell in NOTEBOOK.cells
        if cell.cell_type == "markdown"
        for word in cell.source.split("](")[1:]
    ]
    assert links
    assert all((DOCS / link).is_file() for link in links)
