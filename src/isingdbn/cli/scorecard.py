"""``isingdbn scorecard``: the verdict on every claim of `isingdbn.analysis.claims`, from the tables
of an experiment.
"""

import argparse
import json
from pathlib import Path

import pandas as pd

from isingdbn import storage
from isingdbn.analysis.claims import CLAIMS
from isingdbn.analysis.scorecard import judge
from isingdbn.cli.arguments import Parser, add_output, refuse_repeated
from isingdbn.cli.csv_files import read
from isingdbn.progress import note

__all__ = ["parser", "run"]

DIGITS = "%.6g"
OF_ALL_TEMPERATURES = ("peaks",)  # tables of lattices at all temperatures together


def parser() -> argparse.ArgumentParser:
    """The options of the command."""
    parser = Parser(prog="isingdbn scorecard", description=__doc__)
    parser.add_argument(
        "--tables",
        type=Path,
        nargs="+",
        required=True,
        help=(
            "CSV of `isingdbn table`, each named as its measurement: metrics.csv, training.csv, …;"
            " claims that need another are undecided"
        ),
    )
    add_output(parser, "CSV: one row a claim, with its verdict and the comparison that decides it")
    parser.add_argument("--comparisons", type=Path, required=True, help="CSV: one row a comparison")
    parser.add_argument("--json", type=Path, required=True, help="both, nested, as JSON")
    return parser


def run(arguments: argparse.Namespace) -> None:
    """Judge and write."""
    outputs = [arguments.output, arguments.comparisons, arguments.json]
    refuse_repeated("--output, --comparisons and --json", outputs)
    tables = {path.stem: _table(path) for path in arguments.tables}
    nets = {net for table in tables.values() if "net" in table for net in table["net"]}
    about_them = [claim for claim in CLAIMS if claim.is_about(nets)]
    if others := len(CLAIMS) - len(about_them):
        note(f"{others} claims are about nets that are not in these tables, and are left out")
    scorecard, comparisons = judge(about_them, tables)
    texts = {
        arguments.output: scorecard.to_csv(index=False, float_format=DIGITS, lineterminator="\n"),
        arguments.comparisons: comparisons.to_csv(
            index=False, float_format=DIGITS, lineterminator="\n"
        ),
        arguments.json: json.dumps(_nested(scorecard, comparisons), indent=2, ensure_ascii=False)
        + "\n",
    }
    origin = storage.provenance(__name__, {}, arguments.tables)
    for path, text in texts.items():
        with storage.publish_file(path, origin) as temporary:
            temporary.write_text(text, encoding="utf-8")
    counts = scorecard["verdict"].value_counts()
    note(", ".join(f"{count} {verdict}" for verdict, count in counts.items()))


def _table(path: Path) -> pd.DataFrame:
    at = () if path.stem in OF_ALL_TEMPERATURES else ("data", "temperature")
    return read(path, *at, "seed")


def _nested(scorecard: pd.DataFrame, comparisons: pd.DataFrame) -> list[dict]:
    """The scorecard with the comparisons of each claim, without what is not a number."""
    of_claim = {
        name: [_plain(row) for row in rows.drop(columns="claim").to_dict("records")]
        for name, rows in comparisons.groupby("claim", sort=False)
    }
    return [
        {**_plain(row), "comparisons": of_claim[row["claim"]]}
        for row in scorecard.to_dict("records")
    ]


def _plain(row: dict) -> dict:
    return {
        key: None if isinstance(value, float) and not pd.notna(value) else value
        for key, value in row.items()
    }
