"""What `make reproduce` judges by: the tables of 16 seeds of config/reproduction.yaml, and what it
says of changes that were planted; writes docs/tables/reproduction and docs/reproduction.md.

Every run is done in a copy of the sources, edited as its change says, below the scratch folder.
What is there already is not computed again: `python -m docs.make_reproduction --scratch FOLDER`,
about twenty minutes on two cores.
"""

import argparse
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pandas as pd
import yaml
from benchmarks.processor import processor
from docs.reproduce import LEVEL, PUBLISHED, TABLES, judge, numbers_of

from isingdbn.analysis.consistency import left_out
from isingdbn.cli.csv_files import parse

ROOT = Path(__file__).parents[1]
SEEDS = range(16)  # published
FRESH = range(16, 19)  # of every change, as of config/reproduction.yaml


@dataclass(frozen=True)
class Change:
    """An edit of a source file, and whether a run with it should be told from the published ones.

    Parameters
    ----------
    what : in words.
    edits : file below src/isingdbn, a text that stands in it, and what replaces it.
    harmful : whether the science is another one.
    settings : of recipes, laid over the configuration.
    """

    what: str
    edits: tuple[tuple[str, str, str], ...]
    harmful: bool
    settings: dict[str, dict] = field(default_factory=dict)


FLOAT32 = {"precision": "float32"}
ONEDNN = '"TF_ENABLE_ONEDNN_OPTS": "1",'
CHANGES = (
    Change("none, other seeds", (), harmful=False),
    # Under this limit TensorFlow ends at bfloat16, which it sees that the processor has.
    Change(
        "oneDNN as on a processor with AVX2 only, float32 products",
        (("surroundings.py", ONEDNN, f'{ONEDNN} "ONEDNN_MAX_CPU_ISA": "AVX2",'),),
        harmful=False,
        settings={
            "corrected": {"first_layer": FLOAT32, "finetuning": FLOAT32},
            "mehta_schwab": {"first_layer": FLOAT32},
        },
    ),
    Change(
        "oneDNN without bfloat16 instructions",
        (("surroundings.py", ONEDNN, f'{ONEDNN} "ONEDNN_MAX_CPU_ISA": "AVX512_CORE",'),),
        harmful=False,
    ),
    Change(
        "TensorFlow without oneDNN",
        (("surroundings.py", ONEDNN, ONEDNN.replace("1", "0")),),
        harmful=False,
    ),
    Change(
        "λ of every pre-training doubled",
        (
            (
                "learning/contrastive_divergence.py",
                "l1 = settings.l1 if settings.l1_step",
                "l1 = 2 * settings.l1 if settings.l1_step",
            ),
        ),
        harmful=True,
    ),
    Change(
        "no translations in fine-tuning",
        (
            (
                "learning/augmentation.py",
                "first_y[part], first_x[part])",
                "0 * first_y[part], 0 * first_x[part])",
            ),
        ),
        harmful=True,
    ),
    Change(
        "temperature of every simulation 1 % too high",
        (
            (
                "cli/simulate.py",
                "arguments.size, arguments.temperature,",
                "arguments.size, 1.01 * arguments.temperature,",
            ),
        ),
        harmful=True,
    ),
)


def tables_of(scratch: Path, change: Change, seeds: range) -> dict[str, pd.DataFrame]:
    """The tables of a run with a change; it is computed unless it is there."""
    checkout = scratch / f"{'-'.join(change.what.split())}_{seeds.start}"
    folder = checkout / "results" / "tables"
    wanted = [f"results/tables/{name}.csv" for name in TABLES]
    if not all((checkout / path).is_file() for path in wanted):
        if not checkout.is_dir():
            _copy(checkout, change)
        overlay = {"seeds": list(seeds), "recipes": change.settings}
        (checkout / "seeds.yaml").write_text(yaml.safe_dump(overlay))
        # fmt: off
        command = [
            sys.executable, "-I", "-X", "utf8", "src", "warm", "snakemake", "--cores", "2",
            "--configfile", "config.yaml", "config/reproduction.yaml", "seeds.yaml",
            "--", *wanted,
        ]
        # fmt: on
        subprocess.run(command, cwd=checkout, check=True)
    return {name: parse(folder / f"{name}.csv") for name in TABLES}


def _copy(checkout: Path, change: Change) -> None:
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, check=True, capture_output=True, text=True
    )
    for name in filter(None, listed.stdout.split("\0")):
        target = checkout / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, target)
    for name, text, replacement in change.edits:
        path = checkout / "src" / "isingdbn" / name
        source = path.read_text(encoding="utf-8")
        if text not in source:
            raise SystemExit(f"{path}: has no {text!r} to be changed; mend CHANGES")
        path.write_text(source.replace(text, replacement), encoding="utf-8")


def judged(
    published: dict[str, pd.DataFrame], scratch: Path
) -> Iterator[tuple[Change, dict[str, float], list[str]]]:
    """Each change, p of every table, and the tables that differ."""
    for change in CHANGES:
        fresh = tables_of(scratch, change, FRESH)
        found = {name: judge(name, fresh[name], published[name]) for name in TABLES}
        differ = [name for name, of in found.items() if not of.agrees(LEVEL / len(TABLES))]
        p = {name: np.nan if of.found is None else of.found.p for name, of in found.items()}
        yield change, p, differ


def false_alarms(published: dict[str, pd.DataFrame]) -> float:
    """The part of all ways to take as many of the published seeds as are fresh, that are told from
    the others by some table.
    """
    told = None
    for name, table in published.items():
        numbers = numbers_of(name, table).dropna(axis=1).to_numpy(float)
        found = left_out(numbers, len(FRESH))
        p = (found[None] >= found[:, None] * (1 - 1e-12)).mean(axis=1)
        here = p <= LEVEL / len(TABLES)
        told = here if told is None else told | here
    return float(np.mean(told))


TEXT = """# Is a run reproduced?

Lattices are equal to the bit everywhere; a training in floating point is not: another kind of
processor adds in another order, and a training then goes another way, as it does with another seed.
So `make reproduce` computes a small experiment,
[config/reproduction.yaml](../config/reproduction.yaml),
for {fresh} seeds and judges it by the tables of {seeds} published seeds in
[docs/tables/reproduction](tables/reproduction).

Of hundreds of numbers some leave any interval by chance. Therefore one pooled statistic a table
says how far the fresh seeds are from the published ones: the mean of log(1 + z²) over all numbers,
where z is a difference of means in standard errors. Its threshold comes from the seeds themselves,
{fresh} of all being left out in turn: a table differs if the fresh seeds are among the
{level:.2%} most different of all {ways} choices. Over the {tables} tables that is a false alarm in
at most {family:.0%} of runs. Among the published seeds alone, taken {fresh} at a time,
{alarms:.1%} are told from the others.

| change | {names} | verdict |
|---|{rules}---|
{rows}

Numbers are p of each table; the smallest possible is {smallest:.4f}.
Computed on {processor} by `python -m docs.make_reproduction`.
"""


def main() -> None:
    """Compute, judge and write."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--scratch", type=Path, required=True)
    scratch = parser.parse_args().scratch.resolve()
    published = tables_of(scratch, CHANGES[0], SEEDS)
    PUBLISHED.mkdir(parents=True, exist_ok=True)
    rows, power = [], []
    for change, p, differ in judged(published, scratch):
        verdict = f"not reproduced: {', '.join(differ)}" if differ else "reproduced"
        cells = " | ".join("" if np.isnan(value) else f"{value:.4f}" for value in p.values())
        rows.append(f"| {change.what} | {cells} | {verdict} |")
        by = " ".join(differ) or "no table"
        power.append({"change": change.what, "caught": int(bool(differ)), "tables": by})
        print(f"{change.what}: {verdict}")
    for name, table in published.items():
        table.to_csv(PUBLISHED / f"{name}.csv", index=False, lineterminator="\n")
    pd.DataFrame(power).to_csv(PUBLISHED / "power.csv", index=False, lineterminator="\n")
    ways = int(1 / _smallest())
    text = TEXT.format(
        fresh=len(FRESH),
        seeds=len(SEEDS),
        level=LEVEL / len(TABLES),
        ways=ways,
        tables=len(TABLES),
        family=LEVEL,
        alarms=false_alarms(published),
        names=" | ".join(name.replace("_", " ") for name in TABLES),
        rules="---|" * len(TABLES),
        rows="\n".join(rows),
        smallest=_smallest(),
        processor=processor(),
    )
    (ROOT / "docs" / "reproduction.md").write_text(text, encoding="utf-8")
    wrong = [
        change.what
        for change, row in zip(CHANGES, power, strict=True)
        if change.harmful != bool(row["caught"])
    ]
    if wrong:
        raise SystemExit(f"docs/make_reproduction.py: the verdict is wrong on {', '.join(wrong)}")


def _smallest() -> float:
    """The smallest p: one over the ways to take as many seeds as are fresh."""
    ways = 1.0
    for k in range(len(FRESH)):
        ways = ways * (len(SEEDS) + len(FRESH) - k) / (k + 1)
    return 1 / ways


if __name__ == "__main__":
    main()
