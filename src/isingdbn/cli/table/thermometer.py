"""``isingdbn table thermometer``: whether lattices that machines draw at two temperatures are to
one another as Ising lattices are, by the histograms of their energies.
"""

import argparse
from collections import defaultdict
from collections.abc import Iterator
from itertools import pairwise

import xarray as xr

from isingdbn import storage
from isingdbn.cli.csv_tables import named_stores, network_parser, shown, write
from isingdbn.ising.histograms import inverse_temperature_difference

__all__ = ["parser", "run"]


def parser() -> argparse.ArgumentParser:
    """The options of the command."""
    return network_parser("thermometer", "sample")


def run(arguments: argparse.Namespace) -> None:
    """Compare every temperature of a net and seed with the next one; gather and write."""
    found = defaultdict(list)
    stores = []
    for names, store in named_stores(arguments):
        data = storage.load(store, "samples")
        machine = {**names, "data": data.attrs["data"], "seed": data.attrs["seed"]}
        found[tuple(machine.items())].append(data)
        stores.append(store)
    rows = [row for machine, samples in found.items() for row in _rows(dict(machine), samples)]
    write(__name__, arguments, stores, rows)


def _rows(machine: dict, samples: list[xr.Dataset]) -> Iterator[dict]:
    """One row a pair of neighbouring temperatures: the slope and the bend of the log ratio of
    their histograms, and the slope of Ising lattices.
    """
    ordered = sorted(samples, key=lambda data: data.attrs["temperature"])
    for pair in pairwise(ordered):
        low, high = (of["energy"].values * of["spins"][0].size for of in pair)
        chains = pair[0]["chain"].values, pair[1]["chain"].values
        measured = inverse_temperature_difference(low, high, chains)
        colder, hotter = (of.attrs["temperature"] for of in pair)
        yield {
            **{name: machine[name] for name in ("net", "recipe", "data")},
            "temperature": hotter,
            "seed": machine["seed"],
            "colder": colder,
            "ising_slope": float(f"{1 / colder - 1 / hotter:.6g}"),
            **{name: shown(value) for name, value in measured.items()},
            "slope_over_ising": shown(measured["slope"] / (1 / colder - 1 / hotter)),
            "colder_energy": shown(float(low.mean())),
            "hotter_energy": shown(float(high.mean())),
        }
