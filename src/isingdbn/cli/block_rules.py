"""The block-spin rules of `isingdbn.parameters.renormalization` as functions, and what commands
that use them share.
"""

from functools import partial
from pathlib import Path

import numpy as np
import xarray as xr

from isingdbn import storage
from isingdbn.parameters.data import LATTICES, NO_NET
from isingdbn.parameters.renormalization import BlockSpins
from isingdbn.renormalization.block_spin import Rule, decimation, kadanoff, majority
from isingdbn.seeding import generator

__all__ = [
    "SPINS",
    "block_labels",
    "identity_of",
    "load_spins",
    "map_of",
    "rule_of",
    "stream_of",
]

SPINS = ("lattices", "block_spins", "samples")  # kinds of stores that hold spins


def rule_of(settings: BlockSpins) -> Rule:
    """The rule as a function of spins, block and the keyword ``random``."""
    rules: dict[str, Rule] = {
        "majority": majority,
        "decimation": decimation,
        "kadanoff": partial(kadanoff, p=settings.p),
    }
    return rules[settings.rule]


def load_spins(store: Path) -> xr.Dataset:
    """A store of lattices, of surrogates that are spins, or of block spins."""
    return storage.load(store, *SPINS)


def identity_of(source: xr.Dataset) -> dict:
    """What distinguishes the spins of a store, for attributes."""
    identity = {name: source.attrs[name] for name in ("height", "width", "temperature", "seed")}
    return identity | {"data": source.attrs.get("data", LATTICES)}


def map_of(source: xr.Dataset) -> dict:
    """By what map, and of how many steps, the spins of a store were made from lattices."""
    return {
        "map": source.attrs.get("map", "none"),
        "trained_on": source.attrs.get("trained_on", NO_NET),
        "steps": source.attrs.get("steps", 0),
    }


def block_labels(source: xr.Dataset, successive: int, chains: int | None = None) -> np.ndarray:
    """The block of each lattice, integers (sample,) from 0, such that blocks are independent.

    Parameters
    ----------
    successive : blocks of successive lattices, at most, where these do not say their chain.
    chains : blocks of whole chains, at most; each chain is one if not given.
    """
    samples = source.sizes["sample"]
    if "chain" not in source.coords:
        return np.arange(samples) * min(successive, samples) // samples
    _, labels = np.unique(source["chain"].values, return_inverse=True)
    count = int(labels.max()) + 1
    return labels if chains is None else labels * min(chains, count) // count


def stream_of(source: xr.Dataset, settings: BlockSpins) -> np.random.Generator:
    """The random numbers of a rule on a store."""
    identity = identity_of(source)
    return generator(
        identity.pop("seed"), "block_spins", rule=settings.rule, block=settings.block, **identity
    )
