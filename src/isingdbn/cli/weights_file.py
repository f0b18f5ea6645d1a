"""Weights in files that others write: NumPy's ``.npz``, HDF5, and Keras' ``.keras``."""

import io
import zipfile
from pathlib import Path

import h5py
import numpy as np

from isingdbn.errors import InputError

__all__ = ["SUFFIXES", "read_matrices", "stack_of"]

SUFFIXES = (".npz", ".h5", ".hdf5", ".keras")
KERAS_WEIGHTS = "model.weights.h5"


def read_matrices(path: Path) -> dict[str, np.ndarray]:
    """Every array of two dimensions in a file, by name, in the file's order; float64.

    Raises
    ------
    InputError : it is missing, of another kind, cannot be read, or has no such array.
    """
    if path.suffix not in SUFFIXES:
        raise InputError(f"{path}: is not one of {', '.join(SUFFIXES)}; give such a file")
    if not path.is_file():
        found = "is a folder" if path.is_dir() else "there is no such file"
        raise InputError(f"{path}: {found}; check the path")
    try:
        if path.suffix == ".npz":
            with zipfile.ZipFile(path):  # NumPy reads other kinds of files by this name too
                pass
            with np.load(path, allow_pickle=False) as archive:
                arrays = {name: archive[name] for name in archive.files}
        elif path.suffix == ".keras":
            with zipfile.ZipFile(path) as archive:
                arrays = _of_hdf5(io.BytesIO(archive.read(KERAS_WEIGHTS)))
        else:
            arrays = _of_hdf5(path)
    except (OSError, EOFError, ValueError, KeyError, zipfile.BadZipFile) as error:
        raise InputError(
            f"{path}: cannot be read, {' '.join(str(error).split())}; give a file of weights"
        ) from None
    matrices = {
        name: array.astype(np.float64)
        for name, array in arrays.items()
        if array.ndim == 2 and np.issubdtype(array.dtype, np.number) and np.isrealobj(array)
    }
    if not matrices:
        raise InputError(
            f"{path}: has no array of two dimensions and real numbers; give a file of weights"
        )
    return matrices


def _of_hdf5(source: Path | io.BytesIO) -> dict[str, np.ndarray]:
    arrays: dict[str, np.ndarray] = {}

    def take(name: str, item: h5py.Dataset | h5py.Group) -> None:
        if isinstance(item, h5py.Dataset):
            arrays[name] = item[()]

    with h5py.File(source, "r") as file:
        file.visititems(take)
    return arrays


def stack_of(matrices: dict[str, np.ndarray], sites: int, path: Path) -> list[np.ndarray]:
    """The weights of a stack, each (units below, units), from the lattice inwards.

    Parameters
    ----------
    matrices : in order; each may be transposed. A decoder, which leads back to more units, ends
        the stack.
    sites : of the lattice.

    Raises
    ------
    InputError : one fits neither way, or has a value that is not finite.
    """
    stack: list[np.ndarray] = []
    below = sites
    for name, matrix in matrices.items():
        if below not in matrix.shape:
            size = "x".join(map(str, matrix.shape))
            raise InputError(
                f"{path}: {name} has the shape {size}, and {below} units are below it; name the"
                " arrays of the stack, from the lattice inwards, and the side of the lattice"
            )
        weights = matrix if matrix.shape[0] == below else matrix.T
        if stack and weights.shape[1] > below:
            break
        if not (np.abs(weights) <= np.finfo(np.float32).max).all():
            raise InputError(
                f"{path}: {name} has a value that is not finite in single precision; correct it"
            )
        stack.append(weights)
        below = weights.shape[1]
    return stack
