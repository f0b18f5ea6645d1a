"""Judge a fresh run of config/reproduction.yaml by the published seeds of docs/tables/reproduction:
`python -m docs.reproduce [TABLES]`, or `make reproduce`.

One pooled statistic a table says how far the fresh seeds are from the published ones, and how often
as many of them, taken in turn, are as far from the others: see `isingdbn.analysis.consistency`.
What is written down and not measured must be equal. The exit status is 0 if the run is reproduced,
1 if a table differs, and 2 if it cannot be judged.
"""

import argparse
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pandas as pd

from isingdbn.analysis.consistency import Consistency, consistency, differences
from isingdbn.cli.csv_files import parse

__all__ = ["LEVEL", "PUBLISHED", "TABLES", "Judged", "Table", "judge", "numbers_of"]

ROOT = Path(__file__).parents[1]
PUBLISHED = ROOT / "docs" / "tables" / "reproduction"
FRESH = ROOT / "reproduction" / "results" / "tables"
LEVEL = 0.05  # of a false alarm, for all tables together
MISSING = 0.05  # of the numbers of a table, which may be missing by chance
FARTHEST = 3  # numbers that are named where a table differs


@dataclass(frozen=True)
class Table:
    """What names a number of one seed, the columns of numbers, and those that must be equal."""

    keys: tuple[str, ...]
    numbers: tuple[str, ...]
    same: tuple[str, ...] = field(default=())


NET = ("net", "recipe", "data", "temperature")
TABLES = {
    "thermodynamics": Table(("temperature", "quantity"), ("value",), ("exact",)),
    "training": Table(
        (*NET, "layer"),
        (
            "first_reconstruction_error",
            "last_reconstruction_error",
            "largest_weight",
            "zero_weights",
        ),
        ("units", "visible", "hidden", "epochs", "l1_effective"),
    ),
    "finetuning": Table(
        NET,
        tuple(
            f"{when}_{name}"
            for name in ("training_error", "held_out_error", "cost")
            for when in ("first", "last")
        ),
        ("code", "epochs", "l1", "l1_scale"),
    ),
    "dead_neurons": Table(
        (*NET, "stage", "layer"),
        ("dead_by_weight", "dead_by_activity"),
        ("units", "training_lattices", "epochs"),
    ),
    "metrics": Table((*NET, "stage", "layer", "metric"), ("median", "living"), ("units",)),
    "reconstruction_error": Table(
        (*NET, "method"),
        ("held_out_error", "minus_pca", "lag_1", "low_mode_share"),
        ("code", "held_out_lattices", "training_lattices", "epochs"),
    ),
    "evaluation": Table((*NET, "quantity"), ("value",)),
}


@dataclass(frozen=True)
class Judged:
    """What was found of one table.

    Parameters
    ----------
    found : of the numbers, or None if there is none that all seeds have.
    numbers : how many.
    lines : what differs that is written down, or is missing; nothing of these is by chance.
    farthest : the numbers that are farthest away, in words.
    """

    found: Consistency | None
    numbers: int
    lines: list[str]
    farthest: list[str]

    def agrees(self, level: float) -> bool:
        """Whether the table is like the published one, with false alarms at a rate of ``level``."""
        return not self.lines and (self.found is None or self.found.p > level)


def numbers_of(name: str, table: pd.DataFrame) -> pd.DataFrame:
    """The numbers of a table, one row a seed, one column a number.

    Other columns of the table are not judged, so a published table may lack them.
    """
    columns = [*TABLES[name].keys]
    long = table.melt([*columns, "seed"], list(TABLES[name].numbers), "number", "measured")
    return long.pivot(index="seed", columns=[*columns, "number"], values="measured")


def judge(name: str, fresh: pd.DataFrame, published: pd.DataFrame) -> Judged:
    """Judge the table called ``name`` of a fresh run."""
    lines = list(_unequal(name, fresh, published))
    ours, theirs = (
        numbers_of(name, table).dropna(axis=1, how="all") for table in (fresh, published)
    )
    common = ours.columns.intersection(theirs.columns, sort=False)
    whole = [
        column for column in common if ours[column].notna().all() and theirs[column].notna().all()
    ]
    every = theirs.columns.union(ours.columns, sort=False)
    if len(every) - len(whole) > MISSING * len(every):
        lines.append(f"{len(every) - len(whole)} of {len(every)} numbers are not in every seed")
    if not whole:
        return Judged(None, 0, lines, [])
    some, others = ours[whole].to_numpy(float), theirs[whole].to_numpy(float)
    away = differences(some, others)
    order = np.argsort(-np.abs(away), kind="stable")[:FARTHEST]
    farthest = [
        f"{', '.join(map(str, whole[k]))}: {some[:, k].mean():.6g}, published"
        f" {others[:, k].mean():.6g}, {away[k]:+.1f} standard errors"
        for k in order
    ]
    return Judged(consistency(some, others), len(whole), lines, farthest)


def _unequal(name: str, fresh: pd.DataFrame, published: pd.DataFrame) -> Iterator[str]:
    """Rows of seeds that one of both lacks, and what is written down otherwise."""
    keys, same = list(TABLES[name].keys), list(TABLES[name].same)
    expected = published.drop_duplicates(keys).set_index(keys)[same]
    rows = pd.MultiIndex.from_frame(fresh[keys])
    if name in ("thermodynamics", "training", "finetuning", "reconstruction_error"):
        known = pd.MultiIndex.from_frame(published[keys]).unique()
        for row in known.difference(rows):
            yield f"{_words(row)}: is missing"
        for row in rows.unique().difference(known):
            yield f"{_words(row)}: is not among the published ones"
    found = fresh.set_index(keys)[same]
    found = found[found.index.isin(expected.index)]
    agree = found.eq(expected.loc[found.index]) | (found.isna() & expected.loc[found.index].isna())
    for row, column in dict.fromkeys(
        (row, column)
        for row, of in zip(agree.index, agree.to_numpy(), strict=True)
        for column, equal in zip(same, of, strict=True)
        if not equal
    ):
        yield f"{_words(row)}: {column} differs"


def _words(row: tuple) -> str:
    return ", ".join(map(str, row if isinstance(row, tuple) else (row,)))


def read(folder: Path) -> Mapping[str, pd.DataFrame]:
    """The tables in a folder; a missing one ends the program with status 2."""
    for name in TABLES:
        if not (folder / f"{name}.csv").is_file():
            print(
                f"{folder / f'{name}.csv'}: there is no such table; make it with `make reproduce`",
                file=sys.stderr,
            )
            sys.exit(2)
    return {name: parse(folder / f"{name}.csv") for name in TABLES}


def main() -> None:
    """Print the verdict on every table; the exit status says whether all are reproduced."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("tables", type=Path, nargs="?", default=FRESH)
    fresh, published = read(parser.parse_args().tables), read(PUBLISHED)
    level = LEVEL / len(TABLES)
    differ = []
    for name in TABLES:
        judged = judge(name, fresh[name], published[name])
        agrees = judged.agrees(level)
        differ += [] if agrees else [name]
        verdict = "as published" if agrees else "DIFFERS"
        line = f"{name:22}{judged.numbers:5} numbers  {verdict:14}"
        if judged.found is not None:
            line += (
                f"statistic {judged.found.statistic:.3f} (typical {judged.found.typical:.3f}),"
                f" p = {judged.found.p:.4f}, limit {level:.4f}"
            )
        print(line)
        for detail in [] if agrees else [*judged.lines[:10], *judged.farthest]:
            print(f"  {detail}")
    print(f"False alarms in at most {LEVEL:.0%} of runs that are as published.")
    power = PUBLISHED / "power.csv"
    for row in pd.read_csv(power).itertuples() if power.is_file() else ():
        print(f"  {row.change}: {'caught' if row.caught else 'passes'}, by {row.tables}")
    print("not reproduced: " + ", ".join(differ) + " differ" if differ else "reproduced")
    sys.exit(1 if differ else 0)


if __name__ == "__main__":
    main()
