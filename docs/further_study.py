"""The page of a study beside the first: its answer, sections with tables, and every claim."""

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pandas as pd
from docs import make_findings
from docs.make_findings import (
    ROOT,
    how_computed,
    net_table,
    require_verdicts,
    section,
    verdict_table,
    wrapped,
)

from isingdbn.analysis.claim import Claim
from isingdbn.cli.csv_files import parse

__all__ = ["FurtherStudy", "Section"]

Read = dict[str, pd.DataFrame]


@dataclass(frozen=True)
class Section:
    """Which claims it has, by how their names begin, and the figures and tables beside these."""

    title: str
    claims: str | tuple[str, ...]
    tables: Callable[[Read], tuple[Iterator[str], ...]]
    figures: tuple[str, ...] = ()


@dataclass(frozen=True)
class FurtherStudy:
    """What docs/{name}.md says of a finished study, and what is copied from it.

    Parameters
    ----------
    name : of the page, of its script and of its tables and figures in docs/.
    claims : its own.
    rests_on : the verdicts on which the words of the ``answer`` rest.
    numbers_of : every number of the answer, by its name there.
    how : how it was judged.
    tables, figures : those that are copied.
    """

    name: str
    title: str
    claims: tuple[Claim, ...]
    rests_on: dict[str, str]
    answer: str
    numbers_of: Callable[[Read], dict[str, str]]
    sections: tuple[Section, ...]
    how: str
    tables: tuple[str, ...]
    figures: tuple[str, ...]

    def page(self, read: Read) -> str:
        """The page, from the tables by their names."""
        own = [claim.id for claim in self.claims]
        scorecard = read["scorecard"][read["scorecard"]["claim"].isin(own)]
        require_verdicts(f"docs/make_{self.name}.py", self.rests_on, scorecard)
        counts = scorecard["verdict"].value_counts()
        parts = [f"# {self.title}\n", wrapped(self.answer.format(**self.numbers_of(read))), ""]
        computed = (
            f"{int(scorecard['seeds'].max())} seeds;"
            f" {', '.join(f'{count} {verdict}' for verdict, count in counts.items())}"
            f" of {len(scorecard)} claims. {how_computed()}"
        )
        parts += [wrapped(computed), ""]
        for each in self.sections:
            texts = ["\n".join(lines) for lines in each.tables(read)]
            figures = tuple(f"{self.name}_{figure}" for figure in each.figures)
            parts += section(each.title, each.claims, figures, scorecard, *texts)
        parts += ["## Every claim\n", *verdict_table(scorecard), ""]
        parts += ["## The nets\n", *net_table(f"study_{self.name}"), "", self.how.strip(), ""]
        return "\n".join(parts)

    def write(self) -> None:
        """Write the page, and copy tables and figures."""
        names = {path.stem for path in make_findings.TABLES.glob("*.csv")}
        read = {name: parse(make_findings.TABLES / f"{name}.csv") for name in sorted(names)}
        (ROOT / "docs" / f"{self.name}.md").write_text(self.page(read), encoding="utf-8")
        for folder, target, kept, suffix in (
            (make_findings.TABLES, "tables", self.tables, "csv"),
            (make_findings.FIGURES, "gallery", self.figures, "png"),
        ):
            for name in kept:
                to = ROOT / "docs" / target / f"{self.name}_{name}.{suffix}"
                shutil.copyfile(folder / f"{name}.{suffix}", to)
