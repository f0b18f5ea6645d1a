"""Weights of others' files give the fields and metrics that they have."""

import h5py
import keras
import numpy as np
import pytest
import xarray as xr

from isingdbn.cli import main

THRESHOLDS = ["--weight-fraction", "0.1", "--activity-fraction", "0.01", "--percentile", "99"]


@pytest.fixture
def weights():
    rng = np.random.default_rng(0)
    first, second = rng.normal(size=(15, 7)), rng.normal(size=(7, 3))
    first[:, 4] *= 1e-3  # dead
    return first, second


def words(file, folder, *more):
    stores = ["--fields", folder / "fields.zarr", "--dead", folder / "dead.zarr"]
    identity = ["--size", "3x5", "--temperature", "2.5"]
    every = ["import-weights", "--weights", file, *identity, *THRESHOLDS, *stores, *more]
    return [str(word) for word in every]


def write(path, first, second):
    if path.suffix == ".npz":
        np.savez(path, W0=first, bias=np.zeros(7), W1=second.T)  # one as others store it
    elif path.suffix == ".h5":
        with h5py.File(path, "w") as file:
            file["a/weights"], file["b/weights"] = first.T, second
    else:
        model = keras.Sequential([keras.layers.Input((15,))])
        for matrix in (first, second, second.T, first.T):  # an autoencoder
            layer = keras.layers.Dense(matrix.shape[1])
            model.add(layer)
            layer.set_weights([matrix, np.zeros(matrix.shape[1])])
        model.save(path)


@pytest.mark.parametrize("suffix", [".npz", ".h5", ".keras"])
def test_fields_are_products_of_the_weights_in_the_file(weights, tmp_path, suffix):
    first, second = weights
    file = tmp_path / f"net{suffix}"
    write(file, first, second)
    assert main(words(file, tmp_path)) == 0
    fields = xr.open_zarr(tmp_path / "fields.zarr").load()
    assert len(fields.data_vars) == 2
    for k, expected in enumerate((first, first @ second)):
        found = fields[f"pretrained_{k}"].values.reshape(expected.shape[1], 15).T
        np.testing.assert_allclose(found, expected, rtol=1e-5, atol=1e-6)
    dead = xr.open_zarr(tmp_path / "dead.zarr")["dead_by_weight"].values
    assert np.argwhere(dead[0]).tolist() == [[0, 4]]
    stores = ["--fields", tmp_path / "fields.zarr", "--dead", tmp_path / "dead.zarr"]
    measured = ["analyse", "metrics", *stores, "--output", tmp_path / "metrics.zarr"]
    assert main([str(word) for word in measured]) == 0
    image = ["--stage", "pretrained", "--colormap", "hot", "--label", "theirs"]
    drawn = ["figure", "receptive-fields", *stores, *image, "--output", tmp_path / "f.png"]
    assert main([str(word) for word in drawn]) == 0


def test_what_is_no_stack_is_one_line(weights, tmp_path, capsys):
    first, second = weights
    np.savez(tmp_path / "net.npz", W0=first, W1=second)
    np.savez(tmp_path / "wrong.npz", W0=first[:9], W1=second)
    np.savez(tmp_path / "nan.npz", W0=np.full((15, 2), np.nan))
    np.savez(tmp_path / "none.npz", bias=np.zeros(3))
    np.savez(tmp_path / "object.npz", W0=np.array([[{}]], object))
    (tmp_path / "broken.h5").write_bytes(b"no")
    (tmp_path / "net.txt").write_text("1 2")
    (tmp_path / "empty.npz").touch()
    np.save(tmp_path / "one.npy", np.ones((9, 9)))
    (tmp_path / "one.npy").rename(tmp_path / "one.npz")
    (tmp_path / "folder.h5").mkdir()
    np.savez(tmp_path / "huge.npz", W0=np.full((9, 15), 1e300))
    np.savez(tmp_path / "complex.npz", W0=np.full((9, 15), 1j))
    for name, message, more in (
        ("wrong.npz", "W0 has the shape 9x7, and 15 units are below it", ()),
        ("nan.npz", "W0 has a value that is not finite", ()),
        ("none.npz", "has no array of two dimensions", ()),
        ("object.npz", "cannot be read", ()),
        ("broken.h5", "cannot be read", ()),
        ("absent.npz", "there is no such file; check the path", ()),
        ("empty.npz", "cannot be read", ()),
        ("one.npz", "cannot be read", ()),
        ("folder.h5", "is a folder; check the path", ()),
        ("huge.npz", "W0 has a value that is not finite in single precision", ()),
        ("complex.npz", "has no array of two dimensions and real numbers", ()),
        ("net.txt", "is not one of .npz", ()),
        ("net.npz", "has no array W7 of two dimensions; it has W0, W1", ("--arrays", "W7")),
    ):
        capsys.readouterr()
        assert main(words(tmp_path / name, tmp_path, *more)) == 2
        (line,) = capsys.readouterr().err.splitlines()
        assert message in line
        assert not (tmp_path / "fields.zarr").exists()
