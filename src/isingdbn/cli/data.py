"""The lattices of a job: read block by block, checked, packed, and split by seed into
training and held-out ones.
"""

import argparse
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from isingdbn import storage
from isingdbn.cli.spins import spin_blocks
from isingdbn.errors import InputError
from isingdbn.learning.dataset import PackedLattices, Values
from isingdbn.parameters.data import LATTICES, data_problem
from isingdbn.seeding import generator

__all__ = [
    "Lattices", "add_lattices", "held_out_rows", "load_lattices", "load_lattices_of",
    "require_fitting", "require_minibatch",
]  # fmt: skip


@dataclass(frozen=True)
class Lattices:
    """Lattices of one temperature (J/k_B) and seed, packed if they are spins; ``data`` says
    what they are, one of `isingdbn.parameters.data.DATA`.
    """

    training: PackedLattices | Values
    held_out: PackedLattices | Values
    temperature: float
    seed: int
    data: str

    @property
    def shape(self) -> tuple[int, int]:
        """Height and width of a lattice."""
        shape: tuple[Any, ...] = self.training.shape
        return shape

    @property
    def identity(self) -> dict[str, int | float]:
        """What distinguishes these lattices, for random streams and for attributes.

        Not what they are: a net and its control draw the same random numbers.
        """
        return {"height": self.shape[0], "width": self.shape[1], "temperature": self.temperature}


def add_lattices(parser: argparse.ArgumentParser) -> None:
    """The option ``--lattices``."""
    parser.add_argument("--lattices", type=Path, required=True, help="store of `isingdbn simulate`")


def load_lattices(store: Path, held_out: int) -> Lattices:
    """Read the store, and hold out a random part of it, the same for every net:
    it depends on the seed and the number of lattices.

    Raises
    ------
    InputError : the store is missing or damaged, holds too few lattices for the part to be held
        out, or values other than ±1, unless it is a field.
    """
    dataset = storage.load(store, "lattices", "field")
    samples = dataset.sizes["sample"]
    if samples < 2:
        raise InputError(
            f"{store}: holds {samples} lattices, at least 2 are needed;"
            " give a larger store of `isingdbn simulate`"
        )
    if held_out >= samples:
        raise InputError(
            f"{store}: {held_out} held-out lattices of {samples} leave nothing to train"
            f" on; at most {samples - 1}"
        )
    if dataset.attrs["kind"] == "field":
        lattices: PackedLattices | Values = Values(storage.values_of(dataset["spins"], store))
    else:
        lattices = PackedLattices.pack_blocks(spin_blocks(dataset["spins"], store))
    seed = int(dataset.attrs["seed"])
    order = generator(seed, "split", samples=samples).permutation(samples)
    held_out_part, training = (lattices.take(np.sort(part)) for part in np.split(order, [held_out]))
    return Lattices(
        training,
        held_out_part,
        float(dataset.attrs["temperature"]),
        seed,
        dataset.attrs.get("data", LATTICES),
    )


def load_lattices_of(store: Path, trained: Path, attributes: dict) -> Lattices:
    """The lattices in ``store``, split as they were for ``trained``, a layer or network
    with these ``attributes``.

    Raises
    ------
    InputError : as `load_lattices`, or ``trained`` was trained on other lattices.
    """
    lattices = load_lattices(store, attributes["held_out"])
    if not storage.comes_from(attributes, store):
        raise InputError(
            f"{trained}: was trained on other lattices than {store};"
            " give the store that it was trained on"
        )
    return lattices


def held_out_rows(lattices: Lattices, store: Path, option: str, number: int) -> np.ndarray:
    """The first ``number`` of the held-out lattices, (number, site).

    Raises
    ------
    InputError : there are fewer than the ``option`` asks for.
    """
    held_out = lattices.held_out.flat()
    if number > len(held_out):
        raise InputError(
            f"{option}: {number} is more than the {len(held_out)} held-out lattices of {store};"
            " give fewer"
        )
    return held_out.rows(slice(0, number))


def require_fitting(lattices: Lattices, visible: str | None = None, augment: bool = False) -> None:
    """Raise InputError if nothing can be trained on such data in this way, see `data_problem`."""
    if problem := data_problem(lattices.data, visible, augment):
        raise InputError(f"--{problem}")


def require_minibatch(minibatch: int, lattices: Lattices) -> None:
    """Raise InputError if there are fewer training lattices than a minibatch takes."""
    if minibatch > len(lattices.training):
        raise InputError(
            f"--minibatch: {minibatch} is more than the {len(lattices.training)} training"
            " lattices; at most that many"
        )
