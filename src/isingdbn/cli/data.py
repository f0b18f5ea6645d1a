"""The lattices of a job: read, checked, and split by seed into training and held-out ones."""

import argparse
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from isingdbn import storage
from isingdbn.errors import InputError
from isingdbn.seeding import generator

__all__ = ["Lattices", "add_lattices", "load_lattices", "load_lattices_of", "require_minibatch"]


@dataclass(frozen=True)
class Lattices:
    """Lattices (sample, y, x), int8 in {-1, +1}, of one temperature (J/k_B) and seed."""

    training: np.ndarray
    held_out: np.ndarray
    temperature: float
    seed: int

    @property
    def shape(self) -> tuple[int, int]:
        """Height and width of a lattice."""
        return self.training.shape[1:]

    @property
    def identity(self) -> dict[str, int | float]:
        """What distinguishes these lattices, for random streams and for attributes."""
        return {"height": self.shape[0], "width": self.shape[1], "temperature": self.temperature}


def add_lattices(parser: argparse.ArgumentParser) -> None:
    """The option ``--lattices``."""
    parser.add_argument("--lattices", type=Path, required=True, help="store of `isingdbn simulate`")


def load_lattices(store: Path, held_out: int) -> Lattices:
    """Read the store, and hold out a random part of it, the same for every net: it depends on the seed and the number of lattices.

    Raises
    ------
    InputError : the store is missing or damaged, holds no lattices, or is too small for the part to be held out.
    """
    dataset = storage.load(store, "lattices")
    spins = dataset["spins"].values
    if not (np.abs(spins) == 1).all():
        raise InputError(f"{store}: has spins other than -1 and +1; give a store of `isingdbn simulate`")
    if held_out >= len(spins):
        raise InputError(f"{store}: {held_out} held-out lattices of {len(spins)} leave nothing to train on; at most {len(spins) - 1}")
    seed = int(dataset.attrs["seed"])
    order = generator(seed, "split", samples=len(spins)).permutation(len(spins))
    held_out_part, training = np.split(order, [held_out])
    return Lattices(spins[np.sort(training)], spins[np.sort(held_out_part)], float(dataset.attrs["temperature"]), seed)


def load_lattices_of(store: Path, trained: Path, attributes: dict) -> Lattices:
    """The lattices in ``store``, split as they were for ``trained``, a layer or network with these ``attributes``.

    Raises
    ------
    InputError : as `load_lattices`, or ``trained`` was trained on other lattices.
    """
    lattices = load_lattices(store, attributes["held_out"])
    if not storage.comes_from(attributes, store):
        raise InputError(f"{trained}: was trained on other lattices than {store}; give the store that it was trained on")
    return lattices


def require_minibatch(minibatch: int, lattices: Lattices) -> None:
    """Raise InputError if there are fewer training lattices than a minibatch takes."""
    if minibatch > len(lattices.training):
        raise InputError(f"--minibatch: {minibatch} is more than the {len(lattices.training)} training lattices; at most that many")
