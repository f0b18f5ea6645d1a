"""CSV files as they are read, to be drawn or compared."""

from pathlib import Path

import pandas as pd

from isingdbn import storage
from isingdbn.errors import InputError

__all__ = ["parse", "read"]

# Columns of tables that are text, whatever it looks like.
TEXTS = (
    "net", "recipe", "data", "stage", "method", "visible", "hidden", "quantity", "metric",
    "claim", "source", "verdict", "sentence", "refuted_by", "comparison", "measure", "how", "rule",
    "missing", "definition", "rule_fixed", "map", "trained_on", "exponent",
    "start", "decoder", "encoder", "machine", "l1_scale",
    "fields_by", "verdict_by_jacobian", "verdict_by_covariance",
)  # fmt: skip


def read(path: Path, *columns: str) -> pd.DataFrame:
    """The table in ``path``, which has ``columns`` of these names.

    Raises
    ------
    InputError : it is missing, damaged, no table, or has no such column.
    """
    storage.check_file(path)
    try:
        table = parse(path)
    except (OSError, ValueError) as error:
        raise InputError(
            f"{path}: cannot be read, {' '.join(str(error).split())};"
            " give a table of `isingdbn table`"
        ) from None
    for column in columns:
        if column not in table:
            raise InputError(
                f"{path}: has no column {column}; give the right table of `isingdbn table`"
            )
    return table


def parse(path: Path) -> pd.DataFrame:
    """The CSV file ``path``, with names as text even if they look like
    a number or like a missing value.
    """
    numbers = set(pd.read_csv(path, nrows=0).columns) - set(TEXTS)
    empty = {number: [""] for number in numbers}
    return pd.read_csv(
        path, dtype=dict.fromkeys(TEXTS, str), keep_default_na=False, na_values=empty
    )
