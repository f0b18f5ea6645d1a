"""``isingdbn verify``: whether everything in a folder of results is as it was written,
and made from what is there.
"""

import argparse
from pathlib import Path

from isingdbn import storage
from isingdbn.cli.arguments import Parser
from isingdbn.errors import InputError, JobError

__all__ = ["CRATE", "METADATA", "NOT_RESULTS", "parser", "run"]

CRATE, METADATA = "crate", "ro-crate-metadata.json"  # what `isingdbn crate` adds
NOT_RESULTS = ("logs", "benchmarks", "README.md", CRATE, METADATA)


def parser() -> argparse.ArgumentParser:
    """The options of the command."""
    parser = Parser(prog="isingdbn verify", description=__doc__)
    parser.add_argument(
        "folder", type=Path, help="such as results; run in the folder in which snakemake is run"
    )
    return parser


def run(arguments: argparse.Namespace) -> None:
    """Print one line a problem and one in all; a problem is a failure."""
    if not arguments.folder.is_dir():
        raise InputError(
            f"{arguments.folder}: there is no such folder; give one with results, such as results"
        )
    found = []
    for _, problem in storage.problems(arguments.folder, NOT_RESULTS):
        found.append(problem)
        if problem:
            print(problem, flush=True)
    if not found:
        raise InputError(
            f"{arguments.folder}: holds no results; give their folder, such as results"
        )
    wrong = sum(problem is not None for problem in found)
    if wrong:
        raise JobError(
            f"{arguments.folder}: {wrong} of {len(found)} stores and files are not as they were"
            " written; see the lines above"
        )
    print(
        f"{arguments.folder}: {len(found)} stores and files, all as they were written"
        " and made from what is there"
    )
