"""``isingdbn table machine-samples``: energy, plaquette, magnetization and Binder's ratio of
lattices that many machines draw, beside those of the held-out data that their chains started from.
"""

import argparse
from collections.abc import Iterator

import xarray as xr

from isingdbn.cli.csv_tables import gather, network_parser, shown
from isingdbn.ising.thermodynamics import averages, blocks_of

__all__ = ["parser", "run"]

AVERAGED = ("energy", "abs_magnetization", "magnetization_squared", "binder")


def parser() -> argparse.ArgumentParser:
    """The options of the command."""
    return network_parser("machine-samples", "sample")


def run(arguments: argparse.Namespace) -> None:
    """Gather and write."""
    gather(__name__, arguments, "samples", sample_rows)


def sample_rows(data: xr.Dataset) -> Iterator[dict]:
    """One row: means over the drawn lattices and, as ``held_out_…``, over those that the chains
    started from. They are of the kind that the machine was trained on, lattices or surrogates.

    ``binder`` is U4 = 1 - ⟨m⁴⟩/3⟨m²⟩² (Binder, Z. Phys. B 43, 119 (1981)), and no number where
    every m is zero.
    """
    yield {
        f"{whose}{name}": shown(value)
        for whose in ("", "held_out_")
        for name, value in _means(data, whose).items()
    }


def _means(data: xr.Dataset, whose: str) -> dict[str, float]:
    energy, magnetization, plaquette = (
        data[f"{whose}{name}"].values for name in ("energy", "magnetization", "plaquette")
    )
    found = averages(
        energy,
        magnetization,
        blocks_of(data["chain"].values),
        data["spins"][0].size,
        data.attrs["temperature"],
    )
    return {name: found[name][0] for name in AVERAGED} | {"plaquette": float(plaquette.mean())}
