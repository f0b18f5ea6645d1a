"""What `make reproduce` says of tables that were changed by known amounts."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from docs.reproduce import FRESH, LEVEL, PUBLISHED, TABLES, judge, numbers_of

from isingdbn.analysis.two_point import MEASURES
from isingdbn.cli.csv_files import parse

ROOT = Path(__file__).parents[1]
ONE = LEVEL / len(TABLES)


@pytest.fixture(scope="module")
def published():
    return {name: parse(PUBLISHED / f"{name}.csv") for name in TABLES}


def split(table, fresh):
    """The rows of some seeds, called by other numbers, and of all others."""
    chosen = table["seed"].isin(fresh)
    return table[chosen].assign(seed=table["seed"][chosen] + 100), table[~chosen]


@pytest.mark.parametrize("name", TABLES)
def test_every_published_table_has_sixteen_seeds_of_the_same_numbers(published, name):
    table = published[name]
    assert sorted(set(table["seed"])) == list(range(16))
    keys = list(TABLES[name].keys)
    assert not table.duplicated([*keys, "seed"]).any()
    numbers = numbers_of(name, table).dropna(axis=1, how="all")  # zero output is not smooth
    assert len(numbers) == 16
    assert numbers.notna().all().mean() > 0.95
    for column in TABLES[name].same:
        assert (table.groupby(keys)[column].nunique() <= 1).all()


@pytest.mark.parametrize("name", TABLES)
def test_published_seeds_agree_with_the_others(published, name):
    fresh, others = split(published[name], [3, 8, 12])
    judged = judge(name, fresh.sample(frac=1, random_state=3), others)
    assert judged.lines == []
    assert judged.found.p > 0.02


@pytest.mark.parametrize(
    ("name", "columns"),
    [("metrics", ["median"]), ("training", list(TABLES["training"].numbers))],
)
def test_numbers_that_all_move_by_three_deviations_are_told(published, name, columns):
    fresh, others = split(published[name], [3, 8, 12])
    spread = others.groupby(list(TABLES[name].keys))[columns].std()
    moved = fresh[list(TABLES[name].keys)].join(spread, on=list(TABLES[name].keys))
    fresh = fresh.assign(**{column: fresh[column] + 3 * moved[column] for column in columns})
    judged = judge(name, fresh, others)
    assert judged.found.p <= ONE
    assert not judged.agrees(ONE)
    assert "standard errors" in judged.farthest[0]


def test_what_is_written_down_must_be_equal_and_no_row_be_missing(published):
    fresh, others = split(published["training"], [3, 8, 12])
    changed = fresh.assign(epochs=fresh["epochs"].where(fresh["layer"] != 2, 61))
    (line,) = judge("training", changed, others).lines
    assert line.endswith("2: epochs differs")
    assert not judge("training", changed, others).agrees(0)
    lost = fresh[(fresh["layer"] != 2) | (fresh["net"] != "SpinStack")]
    assert any("is missing" in line for line in judge("training", lost, others).lines)
    extra = pd.concat([fresh, fresh.assign(net="Other")])
    assert any("not among" in line for line in judge("training", extra, others).lines)


def test_numbers_that_are_missing_by_chance_are_left_out_and_many_are_a_difference(published):
    fresh, others = split(published["metrics"], [3, 8, 12])
    few = fresh.copy()
    few.loc[few.index[0], "median"] = np.nan
    assert judge("metrics", few, others).lines == []
    many = fresh.assign(median=np.nan)
    assert "are not in every seed" in judge("metrics", many, others).lines[0]


def test_columns_that_the_published_table_lacks_are_not_judged(published):
    name = "reconstruction_error"
    judged_by = {*TABLES[name].keys, *TABLES[name].numbers, *TABLES[name].same, "seed"}
    of_table = {*MEASURES, *(f"{measure}_of_lattices" for measure in MEASURES)}
    new = of_table - judged_by
    assert len(new) == 2 * len(MEASURES) - 2  # all but lag_1 and low_mode_share
    fresh, others = split(published[name], [3, 8, 12])
    old = others.drop(columns=new, errors="ignore")
    more = fresh.assign(**dict.fromkeys(new, 7.0 + fresh["seed"]))
    assert judge(name, more, old) == judge(name, fresh, others)
    assert judge(name, more, old).agrees(ONE)


def test_the_program_says_the_verdict_by_its_status(published, tmp_path):
    for name, table in published.items():
        split(table, [1, 2, 3])[0].to_csv(tmp_path / f"{name}.csv", index=False)
    command = [sys.executable, "-m", "docs.reproduce", tmp_path]
    # the same numbers as published ones are nearer than any others
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout
    assert done.stdout.splitlines()[-1] == "reproduced"
    metrics = parse(tmp_path / "metrics.csv")
    metrics.assign(median=1.3 * metrics["median"]).to_csv(tmp_path / "metrics.csv", index=False)
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "metrics" in done.stdout.splitlines()[-1]
    (tmp_path / "metrics.csv").unlink()
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "there is no such table" in done.stderr


def test_make_reproduce_judges_what_it_computes():
    makefile = (ROOT / "Makefile").read_text()
    assert f"--directory {FRESH.relative_to(ROOT).parts[0]} " in makefile
    judged = makefile.split("JUDGED = ")[1].splitlines()[0].split()
    assert sorted(judged) == sorted(TABLES)
