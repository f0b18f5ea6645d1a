"""``isingdbn table code``: the codes of many networks, and what they carry."""

import argparse
from collections.abc import Iterator

import xarray as xr

from isingdbn.cli.csv_tables import gather, network_parser

__all__ = ["parser", "run"]


def parser() -> argparse.ArgumentParser:
    """The options of the command."""
    return network_parser("code", "analyse code")


def run(arguments: argparse.Namespace) -> None:
    """Gather and write."""
    gather(__name__, arguments, "code", code_rows)


def code_rows(data: xr.Dataset) -> Iterator[dict]:
    """One row a code and decoder: how the code is distributed, and R² of each target."""
    described = [name for name in data.data_vars if data[name].dims == ("code",)]
    carried = [name for name in data.data_vars if data[name].dims == ("code", "decoder")]
    for code in data["code"].values:
        for decoder in data["decoder"].values:
            at = data.sel(code=code, decoder=decoder)
            yield {
                "encoder": str(code),
                "decoder": str(decoder),
                "numbers": data.attrs["units"][-1],
                **{str(name): float(f"{float(at[name]):.6g}") for name in described + carried},
            }
