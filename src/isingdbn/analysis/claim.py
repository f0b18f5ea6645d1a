"""What a claim is: a sentence, and comparisons of measured numbers that decide about it.

The comparisons and their ranges are fixed before the data are seen. A quantity is one number per
seed, read from the tables of an experiment; a net and its control are paired by seed.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal

import numpy as np
import pandas as pd

from isingdbn.parameters.analysis import JACOBIAN
from isingdbn.parameters.data import NO_NET

__all__ = ["NOT_MEASURED", "Claim", "Comparison", "Derived", "MissingError", "Quantity"]

Tables = Mapping[str, pd.DataFrame]

NOT_MEASURED = "not in this experiment"
NO_NUMBER = "no number in any seed, as of dead layers or histograms that do not overlap"
OF_FIELDS = "metrics"  # the table of receptive fields as products of weights
LIVING = "living"  # its column of units, which no definition changes


class MissingError(Exception):
    """A quantity that the experiment did not measure, or that is no number in it: why, and of
    what.
    """


@dataclass(frozen=True)
class Quantity:
    """One number per seed: a ``column`` of a ``table`` in the rows where other columns have
    the values of ``where``. ``if_none`` stands for seeds without a number, if others have one.
    """

    table: str
    column: str
    where: Mapping[str, Any]
    if_none: float | None = None

    @property
    def name(self) -> str:
        """What is measured, in words."""
        return str(self.where.get("metric", self.column)).replace("_", " ")

    @property
    def tables(self) -> set[str]:
        """The one that it is in."""
        return {self.table}

    @property
    def of_fields(self) -> bool:
        """Whether it is measured on receptive fields, which have several definitions."""
        return self.table == OF_FIELDS and self.column != LIVING

    def by(self, definition: str) -> "Quantity":
        """The same by another definition of receptive fields. The mean derivative of a unit of the
        first layer is its weights times a number, which changes no metric.
        """
        if not self.of_fields or (definition == JACOBIAN and self.where["layer"] == 0):
            return self
        where = {name: value for name, value in self.where.items() if name != "metric"}
        return Quantity(
            "definitions", self.where["metric"], {**where, "definition": definition}, self.if_none
        )

    @property
    def nets(self) -> set[str]:
        """The net that it is of, if it is of one and not of a block-spin rule."""
        of_net = "net" in self.where and self.where.get("trained_on") != NO_NET
        return {str(self.where["net"])} if of_net else set()

    def of(self, tables: Tables) -> pd.Series:
        """The numbers, by seed.

        Raises
        ------
        MissingError : no row is so, or the table has no such column.
        ValueError : there are two for one seed.
        """
        if self.table not in tables:
            raise MissingError(f"{NOT_MEASURED}: table {self.table}")
        rows = tables[self.table]
        for column in (*self.where, self.column):
            if column not in rows:
                raise MissingError(f"{NOT_MEASURED}: column {column} of {self.table}")
        for column, value in self.where.items():
            same = rows[column] == value
            if isinstance(value, float):
                same = np.isclose(rows[column], value, rtol=1e-9)
            rows = rows[same]
        found = rows.set_index("seed")[self.column].astype(np.float64)
        if self.if_none is not None and found.notna().any():
            found = found.fillna(self.if_none)
        found = found.dropna()
        if found.empty:
            where = ", ".join(f"{key} {value}" for key, value in self.where.items())
            why = NO_NUMBER if len(rows) else NOT_MEASURED
            raise MissingError(f"{why}: {where}")
        if found.index.has_duplicates:
            raise ValueError(f"{self}: is not one number per seed")
        return found


@dataclass(frozen=True)
class Derived:
    """One number per seed, a function of several quantities at the same seed."""

    name: str
    parts: tuple[Quantity, ...]
    function: Callable[..., float]

    @property
    def tables(self) -> set[str]:
        """Those that its parts are in."""
        return set().union(*(part.tables for part in self.parts))

    @property
    def nets(self) -> set[str]:
        """Those that its parts are of."""
        return set().union(*(part.nets for part in self.parts))

    @property
    def of_fields(self) -> bool:
        """Whether a part is measured on receptive fields."""
        return any(part.of_fields for part in self.parts)

    def by(self, definition: str) -> "Derived":
        """The same by another definition of receptive fields."""
        return replace(self, parts=tuple(part.by(definition) for part in self.parts))

    def of(self, tables: Tables) -> pd.Series:
        """The numbers, by seed; MissingError if a part is."""
        parts = pd.concat([part.of(tables) for part in self.parts], axis=1, join="inner")
        values = [self.function(*row) for row in parts.to_numpy()]
        return pd.Series(values, index=parts.index, dtype=np.float64)


@dataclass(frozen=True)
class Comparison:
    """A quantity beside its control, and the range in which it must be.

    Parameters
    ----------
    label : which of the comparisons of its claim.
    value, control : what is compared.
    how : whether the range is one of the ``ratio`` of value and control, tested on its
        logarithm; of their ``difference``; or of the ``value``, which the control only illustrates.
    low, high : the range; None leaves it open.
    """

    label: str
    value: Quantity | Derived
    control: Quantity | Derived
    how: Literal["ratio", "difference", "value"]
    low: float | None = None
    high: float | None = None

    def __post_init__(self) -> None:
        if self.low is None and self.high is None:
            raise ValueError(f"{self.label}: give low, high or both: nothing would refute it")

    @property
    def nets(self) -> set[str]:
        """Those of which one is compared."""
        return self.value.nets | self.control.nets

    @property
    def tables(self) -> set[str]:
        """Those in which what is compared is."""
        return self.value.tables | self.control.tables

    @property
    def of_fields(self) -> bool:
        """Whether what is compared is measured on receptive fields."""
        return self.value.of_fields or self.control.of_fields

    def by(self, definition: str) -> "Comparison":
        """The same by another definition of receptive fields; itself, if it is not of these."""
        if not self.of_fields:
            return self
        return replace(self, value=self.value.by(definition), control=self.control.by(definition))

    @property
    def rule(self) -> str:
        """What must hold, in words."""
        what = {
            "ratio": "the ratio to the control",
            "difference": "the difference from the control",
            "value": "the value",
        }[self.how]
        if self.low is None:
            return f"{what} is below {self.high:g}"
        if self.high is None:
            return f"{what} is above {self.low:g}"
        return f"{what} is between {self.low:g} and {self.high:g}"


@dataclass(frozen=True)
class Claim:
    """A sentence that is true if all of its comparisons hold.

    Parameters
    ----------
    id : its name in tables.
    sentence : what is claimed, in our words.
    source : whose claim it is.
    refuted_by : what would refute it, in words.
    comparisons : at least one.
    headline : whether it is one of the questions that the study is for.
    after_data : whether its rule was fixed after data of the same kind had been seen.
    """

    id: str
    sentence: str
    source: Literal["paper", "here"]
    refuted_by: str
    comparisons: tuple[Comparison, ...] = field(repr=False)
    headline: bool = False
    after_data: bool = False

    def __post_init__(self) -> None:
        if not self.comparisons:
            raise ValueError(f"{self.id}: a claim needs a comparison")

    @property
    def of_fields(self) -> bool:
        """Whether it is judged by receptive fields."""
        return any(comparison.of_fields for comparison in self.comparisons)

    def is_about(self, nets: Collection[str]) -> bool:
        """Whether it is about one of these ``nets``, or about none at all."""
        own = set().union(*(comparison.nets for comparison in self.comparisons))
        return not own or not own.isdisjoint(nets)
