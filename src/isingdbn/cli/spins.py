"""The spins of a store of lattices, as every command reads them:
a shard at a time, each one checked.
"""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import xarray as xr

from isingdbn import storage
from isingdbn.errors import InputError

__all__ = ["numbered_spin_blocks", "spin_blocks"]


def spin_blocks(spins: xr.DataArray, store: Path) -> Iterator[np.ndarray]:
    """The ``spins`` (sample, y, x) of ``store``, int8, a shard after the other.

    Raises
    ------
    InputError : a value is neither -1 nor +1, or a shard cannot be read.
    """
    shard = (spins.encoding.get("shards") or spins.encoding["chunks"])[0]
    for first in range(0, len(spins), shard):
        block = storage.values_of(spins[first : first + shard], store)
        wrong = block[np.abs(block) != 1]
        if wrong.size:
            raise InputError(
                f"{store}: has a spin {wrong[0]}, other than -1 and +1;"
                " give a store of `isingdbn simulate`"
            )
        yield block


def numbered_spin_blocks(spins: xr.DataArray, store: Path) -> Iterator[tuple[slice, np.ndarray]]:
    """The same, each shard with the numbers of its samples."""
    first = 0
    for block in spin_blocks(spins, store):
        yield slice(first, first + len(block)), block
        first += len(block)
