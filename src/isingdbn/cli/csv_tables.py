"""CSV files: gathered from many stores, and checked by reading them back before publication."""

import argparse
import math
from collections.abc import Callable, Iterator
from numbers import Real
from pathlib import Path

import numpy as np
import pandas as pd
import xarray as xr

from isingdbn import storage
from isingdbn.cli.arguments import Parser, add_output, add_points, at_points, refuse_repeated
from isingdbn.errors import InputError

NOTHING = ("data", "temperature", "seed")  # columns of a table to which no store gave a row

__all__ = [
    "gather",
    "median_shown",
    "named_stores",
    "network_parser",
    "shown",
    "store_parser",
    "write",
]


def store_parser(name: str, source: str) -> argparse.ArgumentParser:
    """The options of ``isingdbn table NAME``, which gathers stores of ``isingdbn SOURCE``."""
    parser = Parser(
        prog=f"isingdbn table {name}", description=f"Gather stores of `isingdbn {source}` in a CSV."
    )
    parser.add_argument(
        "--inputs", type=Path, nargs="+", required=True, help=f"stores of `isingdbn {source}`"
    )
    add_points(parser, "--inputs")
    add_output(parser, "the CSV file")
    parser.set_defaults(nets=None, recipes=None)
    return parser


def network_parser(name: str, source: str) -> argparse.ArgumentParser:
    """The same for stores of networks, which have names and recipes."""
    parser = store_parser(name, source)
    parser.add_argument(
        "--nets", nargs="+", required=True, help="the name of each network's architecture"
    )
    parser.add_argument("--recipes", nargs="+", required=True, help="the recipe of each network")
    return parser


def gather(
    module: str,
    arguments: argparse.Namespace,
    kind: str,
    rows_of: Callable[[xr.Dataset], Iterator[dict]],
) -> None:
    """Write the rows of all stores as one table.

    Parameters
    ----------
    module : the ``__name__`` of the command.
    kind : of the stores.
    rows_of : the rows of one store.

    Raises
    ------
    InputError : a store is missing, damaged or of another kind, or a name would
        be read as something else.
    """
    inputs = named_stores(arguments)
    rows = [
        {
            **names,
            **({} if arguments.nets is None else {"data": data.attrs["data"]}),
            **{name: data.attrs[name] for name in ("temperature", "seed") if name in data.attrs},
            **row,
        }
        for names, store in inputs
        for data in [storage.load(store, kind)]
        for row in rows_of(data)
    ]
    write(module, arguments, [store for _, store in inputs], rows)


def named_stores(arguments: argparse.Namespace) -> list[tuple[dict[str, str], Path]]:
    """Every store of ``--inputs``, with the name and the recipe of its network, if they are given.

    Raises
    ------
    InputError : names do not fit the inputs, or a store is given twice.
    """
    names = {"net": arguments.nets, "recipe": arguments.recipes}
    for name, values in names.items():
        if values is not None and len(values) != len(arguments.inputs):
            raise InputError(
                f"--{name}s: {len(values)} names for {len(arguments.inputs)}"
                " inputs; give one a store"
            )
    inputs = [
        ({name: values[index] for name, values in names.items() if values is not None}, store)
        for index, pattern in enumerate(arguments.inputs)
        for store in at_points(pattern, arguments.points)
    ]
    refuse_repeated("--inputs", [store for _, store in inputs])
    return inputs


def write(module: str, arguments: argparse.Namespace, stores: list[Path], rows: list[dict]) -> None:
    """Publish the rows of a table.

    Parameters
    ----------
    module : the ``__name__`` of the command.
    stores : what the rows are of.

    Raises
    ------
    InputError : a name would be read as something else.
    """
    named = {"net": arguments.nets, "recipe": arguments.recipes}
    columns = None if rows else [*(n for n, given in named.items() if given is not None), *NOTHING]
    with storage.publish_file(
        arguments.output, storage.provenance(module, {}, stores)
    ) as temporary:
        pd.DataFrame(rows, columns=columns).to_csv(temporary, index=False, lineterminator="\n")
        _refuse_misread(temporary, rows, arguments.output)


def shown(value: float, digits: int = 6) -> float | str:
    """A cell: the value to so many digits; nothing if it is not a number."""
    return float(f"{value:.{digits}g}") if math.isfinite(value) else ""


def median_shown(values: np.ndarray) -> float | str:
    """A cell: the median of those that are numbers, as `shown`; nothing if there is none."""
    numbers = values[np.isfinite(values)]
    return shown(float(np.median(numbers))) if numbers.size else ""


def _refuse_misread(written: Path, rows: list[dict], output: Path) -> None:
    """Raise InputError if ``pandas.read_csv`` reads anything in ``written``
    as something else than ``rows`` mean.
    """
    found_rows = pd.read_csv(written).to_dict("records")
    # a name that makes more rows or fewer is seen first
    for row, read in zip(rows, found_rows, strict=False):
        for column, found in read.items():
            value, named = row.get(column, ""), column in ("net", "recipe")
            if not _same(value, found) or (named and not value):
                where = f"--{column}s" if named else f"{output}: {column}"
                raise InputError(
                    f"{where}: {value!r} is not allowed: pandas.read_csv reads it"
                    f" as {found!r}; give another one"
                )
    if len(found_rows) != len(rows):
        raise InputError(
            f"{output}: {len(rows)} rows are read back as {len(found_rows)}; give other names"
        )


def _same(meant: object, found: object) -> bool:
    """Whether a cell is read as what it means; an empty text and what is not
    a number are both missing values.
    """
    if meant == "" or (isinstance(meant, Real) and math.isnan(meant)):
        return isinstance(found, float) and math.isnan(found)
    if isinstance(meant, str):
        return isinstance(found, str) and found == meant
    return isinstance(found, Real) and not isinstance(found, bool) and found == meant
