"""Compare the tables of a run with the published ones in docs/tables:
`python docs/compare_tables.py [TABLES]`, or `make reproduce`.

Says for every table how many numbers are the same, differ within their interval,
and differ by more, and names those that differ and by how much, the last ones marked by ``!``.
The exit status is 1 if there are any of these, or if a row is missing. On a processor of the same
kind all are the same; another one adds in another order, and a training goes another way within
the spread that the intervals say.
"""

import argparse
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pandas as pd

from isingdbn.cli.csv_files import parse

PUBLISHED = Path(__file__).parent / "tables"
DEVIATIONS = 3  # standard errors of a difference

Interval = Callable[[pd.DataFrame, pd.DataFrame], pd.Series]


def by_error(column: str) -> Interval:
    """Three standard errors of the difference; the errors are in ``column``.

    Without a spread they are zero, and the numbers must be equal. An error that is missing was not
    estimated, as of a single lattice: the interval is infinite then.
    """
    return lambda ours, theirs: (
        DEVIATIONS * np.hypot(ours[column].fillna(np.inf), theirs[column].fillna(np.inf))
    )


def of_counts(column: str) -> Interval:
    """Three standard deviations of the difference of two counts of independent
    events, and at least one.
    """
    return lambda ours, theirs: np.maximum(1, DEVIATIONS * np.sqrt(ours[column] + theirs[column]))


def relative(column: str, part: float) -> Interval:
    """A ``part`` of the number."""
    return lambda _, theirs: part * theirs[column].abs()


@dataclass(frozen=True)
class Table:
    """What identifies a row, and the half-width of the interval of each number;
    what is ``same`` must not differ at all.
    """

    keys: tuple[str, ...]
    intervals: dict[str, Interval]
    same: tuple[str, ...] = field(default=())


NET = ("net", "recipe", "data", "temperature", "seed")
TABLES = {
    "dead_neurons": Table(
        (*NET, "stage", "layer"),
        {name: of_counts(name) for name in ("dead_by_weight", "dead_by_activity")},
        same=("units", "training_lattices", "epochs"),
    ),
    "reconstruction_error": Table(
        (*NET, "method"),
        {
            "held_out_error": by_error("standard_error"),
            "minus_pca": by_error("minus_pca_standard_error"),
        },
        same=("code", "held_out_lattices", "training_lattices", "epochs"),
    ),
    "training": Table(
        (*NET, "layer"),
        {
            **{
                name: relative(name, 0.1)
                for name in (
                    "first_reconstruction_error",
                    "last_reconstruction_error",
                    "zero_weights",
                    "largest_weight",
                )
            },
            "diverged_in_epoch": relative("diverged_in_epoch", 0.5),
        },
        same=("units", "visible", "hidden", "l1_effective", "epochs"),
    ),
    "evaluation": Table((*NET, "quantity"), {"value": by_error("standard_error")}),
    "thermodynamics": Table(
        ("temperature", "seed", "quantity"), {"value": by_error("standard_error")}, same=("exact",)
    ),
}


@dataclass
class Comparison:
    """How many numbers of one table are the same, and a line about each that differs within
    its interval, or by more.
    """

    same: int = 0
    within: list[str] = field(default_factory=list)
    outside: list[str] = field(default_factory=list)


def compare(table: Table, ours: pd.DataFrame, published: pd.DataFrame) -> Comparison:
    """Compare two tables row by row."""
    keys = list(table.keys)
    ours, published = (data.set_index(keys).sort_index() for data in (ours, published))
    result = Comparison()
    for row in published.index.difference(ours.index):
        result.outside.append(f"{_name(keys, row)}: is missing")
    for row in ours.index.difference(published.index):
        result.outside.append(f"{_name(keys, row)}: is not among the published ones")
    common = ours.index.intersection(published.index)
    ours, published = ours.loc[common], published.loc[common]
    for column in table.same:
        agree = (ours[column] == published[column]) | (
            ours[column].isna() & published[column].isna()
        )
        result.same += int(agree.sum())
        result.outside += [
            f"{_name(keys, row)}: {column} differs" for row in common[~agree.to_numpy()]
        ]
    for column, interval in table.intervals.items():
        for row, one, other, half in zip(
            common, ours[column], published[column], interval(ours, published), strict=True
        ):
            if one == other or (np.isnan(one) and np.isnan(other)):
                result.same += 1
            else:
                lines = result.within if abs(one - other) <= half else result.outside
                lines.append(
                    f"{_name(keys, row)}: {column} {one:.6g}, published {other:.6g},"
                    f" {one - other:+.2g} (interval ± {half:.2g})"
                )
    return result


def _name(keys: list[str], row: tuple) -> str:
    return ", ".join(f"{key} {value}" for key, value in zip(keys, row, strict=True))


def report(folder: Path) -> Iterator[tuple[str, Comparison]]:
    """Each table's name and comparison."""
    for name, table in TABLES.items():
        files = [folder / f"{name}.csv", PUBLISHED / f"{name}.csv"]
        for file in files:
            if not file.is_file():
                sys.exit(f"{file}: there is no such table; make it with `make figures`")
        yield name, compare(table, *map(parse, files))


def main() -> None:
    """Print the comparison; the exit status says whether all is reproduced."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "tables", type=Path, nargs="?", default=PUBLISHED.parents[1] / "results" / "tables"
    )
    outside = 0
    for name, found in report(parser.parse_args().tables):
        print(
            f"{name:22}{found.same:6} the same{len(found.within):6} within their"
            f" intervals{len(found.outside):6} outside"
        )
        print(
            "".join(
                [
                    *(f"  {line}\n" for line in found.within),
                    *(f"! {line}\n" for line in found.outside),
                ]
            ),
            end="",
        )
        outside += len(found.outside)
    print(
        "reproduced"
        if not outside
        else f"not reproduced: {outside} numbers outside their intervals"
    )
    sys.exit(1 if outside else 0)


if __name__ == "__main__":
    main()
