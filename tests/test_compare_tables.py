"""What `make reproduce` says of tables that were changed by known amounts."""

import importlib.util
import shutil
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

ROOT = Path(__file__).parents[1]
SCRIPT = ROOT / "docs" / "compare_tables.py"


@pytest.fixture(scope="module")
def tool():
    spec = importlib.util.spec_from_file_location("compare_tables", SCRIPT)
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    yield module
    del sys.modules[spec.name]


def published(name):
    return pd.read_csv(ROOT / "docs" / "tables" / f"{name}.csv")


TABLES = ["dead_neurons", "reconstruction_error", "training", "evaluation", "thermodynamics"]


@pytest.mark.parametrize("name", TABLES)
def test_a_table_agrees_with_itself_in_every_number_and_any_order(tool, name):
    table, data = tool.TABLES[name], published(name)
    found = tool.compare(table, data.sample(frac=1, random_state=3), data)
    assert found.outside == []
    assert found.within == []
    assert found.same == len(data) * (len(table.intervals) + len(table.same))


@pytest.mark.parametrize(("deviations", "outside"), [(1.0, 0), (2.9, 0), (3.1, 1)])
def test_a_measured_number_may_differ_by_three_errors_of_the_difference(tool, deviations, outside):
    data = published("thermodynamics")
    ours = data.copy()
    ours.loc[17, "value"] += deviations * 2**0.5 * ours.loc[17, "standard_error"]
    found = tool.compare(tool.TABLES["thermodynamics"], ours, data)
    assert (len(found.within), len(found.outside)) == (1 - outside, outside)
    if outside:
        assert f"temperature {data.loc[17, 'temperature']}" in found.outside[0]
        assert data.loc[17, "quantity"] in found.outside[0]


@pytest.mark.parametrize(("more", "outside"), [(40, 0), (60, 1)])
def test_counts_may_differ_by_three_deviations(tool, more, outside):
    """131 and 131 + 40 are 2.3 of √302 apart, 131 + 60 are 3.3."""
    data = published("dead_neurons")
    row = data[data.units == 400].index[0]
    data.loc[row, "dead_by_weight"] = 131
    ours = data.copy()
    ours.loc[row, "dead_by_weight"] += more
    assert len(tool.compare(tool.TABLES["dead_neurons"], ours, data).outside) == outside


def test_rows_that_only_one_has_are_named(tool):
    data = published("reconstruction_error")
    found = tool.compare(
        tool.TABLES["reconstruction_error"], data.drop(index=5), data.drop(index=9)
    )
    assert sorted(line.rpartition(": ")[2] for line in found.outside) == [
        "is missing",
        "is not among the published ones",
    ]
    assert f"method {data.loc[5, 'method']}" in found.outside[0]


def run(folder):
    return subprocess.run(
        [sys.executable, SCRIPT, folder], capture_output=True, text=True, check=False
    )


def test_the_exit_status_says_whether_all_is_reproduced(tmp_path):
    shutil.copytree(ROOT / "docs" / "tables", tmp_path / "tables")
    done = run(tmp_path / "tables")
    assert done.returncode == 0
    assert done.stdout.splitlines()[-1] == "reproduced"
    table = tmp_path / "tables" / "reconstruction_error.csv"
    table.write_text(table.read_text().replace("pca,25,0.4", "pca,25,0.6"))
    done = run(tmp_path / "tables")
    assert done.returncode == 1
    assert "method pca: held_out_error 0.6" in done.stdout
    table.unlink()
    done = run(tmp_path / "tables")
    assert done.returncode == 1
    assert "there is no such table; make it with `make figures`" in done.stderr
    assert "Traceback" not in done.stderr
