"""The lattices of a job: read, checked, and split by seed into training and held-out ones."""

import argparse
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from isingdbn import storage
from isingdbn.cli.arguments import positive
from isingdbn.errors import InputError
from isingdbn.seeding import generator

__all__ = ["Lattices", "add_lattices", "load_lattices"]


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
    """The options from which `load_lattices` reads."""
    parser.add_argument("--lattices", type=Path, required=True, help="store of `isingdbn simulate`")
    parser.add_argument("--held-out", type=positive, required=True, help="number of lattices held out from all training")


def load_lattices(arguments: argparse.Namespace) -> Lattices:
    """Read the store, and hold out a random part of it that depends on its seed alone, the same for every net.

    Raises
    ------
    InputError : the store is missing or damaged, is no lattice store, or is too small for the part to be held out.
    """
    dataset = storage.load(arguments.lattices)
    if "spins" not in dataset:
        raise InputError(f"{arguments.lattices}: has no variable spins; give a store of `isingdbn simulate`")
    spins = dataset["spins"].values
    if not (np.abs(spins) == 1).all():
        raise InputError(f"{arguments.lattices}: has spins other than -1 and +1; give a store of `isingdbn simulate`")
    if arguments.held_out >= len(spins):
        raise InputError(f"--held-out: {arguments.held_out} leaves nothing to train on; at most {len(spins) - 1}")
    seed = int(dataset.attrs["seed"])
    order = generator(seed, "split", samples=len(spins)).permutation(len(spins))
    held_out, training = np.split(order, [arguments.held_out])
    return Lattices(spins[np.sort(training)], spins[np.sort(held_out)], float(dataset.attrs["temperature"]), seed)
