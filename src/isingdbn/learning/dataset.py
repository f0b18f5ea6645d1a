"""The samples that machines and networks train on.

Lattices stay packed, one bit a spin, until a block of minibatches takes them.

All kinds of samples have the same interface, `Samples`, so that a trainer takes any.
Nothing here needs TensorFlow.
"""

import math
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np

__all__ = ["PackedLattices", "Samples", "Values", "in_order", "minibatches"]

Index = np.ndarray | slice  # which samples: an array of their numbers, or a slice

# samples unpacked at a time: some megabytes. Random numbers may be named by block,
# so results can depend on it
BLOCK = 2000


class Samples(Protocol):
    """A number of samples, each an array of the same shape."""

    @property
    def shape(self) -> tuple[int, ...]:
        """Shape of one sample."""

    def __len__(self) -> int: ...

    def rows(self, index: Index) -> np.ndarray:
        """The samples with these numbers, (n, …) with the shape of a sample."""


@dataclass(frozen=True)
class PackedLattices:
    """Lattices of one shape, one bit a spin.

    Parameters
    ----------
    bits : uint8 (sample, bytes of a lattice), the spins in row-major order, highest bit first,
        1 for spin up, filled up with zeros.
    shape : of one lattice, (height, width), or (pixels,) as `flat` has it.
    """

    bits: np.ndarray
    shape: tuple[int, ...]

    @classmethod
    def pack(cls, spins: np.ndarray) -> "PackedLattices":
        """The lattices ``spins``, int8 (sample, y, x) in {-1, +1}."""
        pixels = math.prod(spins.shape[1:])
        return cls(np.packbits(spins.reshape(len(spins), pixels) > 0, axis=1), spins.shape[1:])

    @classmethod
    def pack_blocks(cls, blocks: Iterable[np.ndarray]) -> "PackedLattices":
        """The lattices of all ``blocks``, at least one, each as `pack` takes it;
        only one of them is held unpacked at a time.
        """
        packed = [cls.pack(spins) for spins in blocks]
        return cls(np.concatenate([block.bits for block in packed]), packed[0].shape)

    def __len__(self) -> int:
        return len(self.bits)

    def rows(self, index: Index) -> np.ndarray:
        """The lattices with the numbers ``index``, int8 (n, y, x) in {-1, +1};
        (n, pixels) if they are `flat`.
        """
        bits = self.bits[index]
        spins = np.unpackbits(bits, axis=1, count=math.prod(self.shape)).view(np.int8)
        spins *= 2
        spins -= 1
        return spins.reshape(len(bits), *self.shape)

    def take(self, index: Index) -> "PackedLattices":
        """The lattices with the numbers ``index``, packed as they are."""
        return PackedLattices(self.bits[index], self.shape)

    def flat(self) -> "PackedLattices":
        """The same lattices, of shape (pixels,), for machines that know nothing of rows
        and columns. Nothing is copied.
        """
        return PackedLattices(self.bits, (math.prod(self.shape),))


@dataclass(frozen=True)
class Values:
    """Samples as they are, ``array`` (sample, …): the means (float32) or states (int8) of the
    units below, which an upper layer of a stack trains on, or a real field (float32).
    """

    array: np.ndarray

    @classmethod
    def made_from(cls, samples: Samples, function: Callable[[np.ndarray], np.ndarray]) -> "Values":
        """``function`` of `rows` of ``samples``, in order and block by block; it gives (n, unit)
        of one type for n samples.
        """
        array: Any = None
        first = 0
        for rows in in_order(samples):
            values = function(rows)
            # written in place: a list of parts to join would take the memory twice
            if array is None:
                array = np.empty((len(samples), *values.shape[1:]), values.dtype)
            array[first : first + len(rows)] = values
            first += len(rows)
        return cls(array)

    @property
    def shape(self) -> tuple[int, ...]:
        """Shape of one sample, such as (units,)."""
        return self.array.shape[1:]

    def __len__(self) -> int:
        return len(self.array)

    def rows(self, index: Index) -> np.ndarray:
        """The samples with the numbers ``index``, (n, …)."""
        return self.array[index]

    def take(self, index: Index) -> "Values":
        """The samples with the numbers ``index``, a copy if it is an array."""
        return Values(self.array[index])

    def flat(self) -> "Values":
        """The same samples, of shape (pixels,). Nothing is copied."""
        return Values(self.array.reshape(len(self), -1))


def in_order(samples: Samples, block: int = BLOCK) -> Iterator[np.ndarray]:
    """All ``samples`` in their order, (n, …) with n = ``block``, less for the last."""
    for first in range(0, len(samples), block):
        yield samples.rows(slice(first, first + block))


def minibatches(
    samples: Samples, order: np.ndarray, minibatch: int, per_block: int = 20
) -> Iterator[np.ndarray]:
    """``samples`` in the ``order`` of an epoch, cut to whole minibatches, some of them at a time.

    Parameters
    ----------
    order : numbers of samples; those that do not fill a last minibatch are left out.
    minibatch : samples in one.

    Yields
    ------
    arrays (n, minibatch, …) with n = ``per_block``, less for the last.
    """
    whole = order[: len(order) - len(order) % minibatch].reshape(-1, minibatch)
    for first in range(0, len(whole), per_block):
        part = whole[first : first + per_block]
        yield samples.rows(part.ravel()).reshape(*part.shape, *samples.shape)
