"""What lies at the edge of what commands take: each ends with one line, or with a number
that says that it is none.
"""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import xarray as xr

from isingdbn import storage
from isingdbn.cli import main
from isingdbn.ising.observables import energy_per_site, magnetization_per_site

SOURCES = Path(__file__).parents[2] / "src"


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    """Lattices of one temperature and their measurements."""
    home = tmp_path_factory.mktemp("edges")
    options = ["--size", "6", "--temperature", "2.4", "--samples", "2000", "--chains", "16",
               "--seed", "0"]  # fmt: skip
    assert main(["simulate", *options, "--output", str(home / "lattices.zarr")]) == 0
    lattices = ["--lattices", str(home / "lattices.zarr")]
    assert (
        main(["measure", "thermodynamics", *lattices, "--output", str(home / "physics.zarr")]) == 0
    )
    assert (
        main(
            [
                "measure",
                "peaks",
                *lattices,
                "--between",
                "2.8",
                "3.1",
                "--output",
                str(home / "peaks.zarr"),
            ]
        )
        == 0
    )
    assert (
        main(
            [
                "exact",
                "--size",
                "6",
                "--temperatures",
                "2.4",
                "3",
                "--output",
                str(home / "exact.zarr"),
            ]
        )
        == 0
    )
    return home


def refused(capsys, words, message, status=2):
    """The command line ``words`` ends with one line that has ``message`` in it."""
    capsys.readouterr()
    assert main([str(word) for word in words]) == status
    (line,) = capsys.readouterr().err.splitlines()
    assert message in line


def test_a_maximum_outside_of_the_interval_is_not_a_number_and_its_error_infinite(
    home, tmp_path, capsys
):
    """The maxima of a 6×6 torus lie below 2.8: at the edge of the interval they
    would look as if measured.
    """
    data = xr.open_zarr(home / "peaks.zarr").load()
    for name in ("specific_heat", "connected_susceptibility"):
        assert np.argmax(data[name].values) == 0
        for what in (f"{name}_peak", f"{name}_peak_temperature"):
            assert np.isnan(data[what])
            assert np.isinf(data[f"{what}_error"])
    assert np.isnan(data["specific_heat_peak_temperature_exact"])
    peaks = ["measure", "peaks", "--lattices", str(home / "lattices.zarr"), "--between", "3", "3.1"]
    assert main([*peaks, "--output", str(tmp_path / "peaks.zarr")]) == 0
    line = "warning: no maximum of the specific heat a site between 3 and 3.1 J/k_B"
    assert line in capsys.readouterr().err
    inputs = [
        "--measured",
        home / "physics.zarr",
        "--exact",
        home / "exact.zarr",
        "--peaks",
        home / "peaks.zarr",
    ]
    assert (
        main(
            [
                "figure",
                "thermodynamics",
                *map(str, inputs),
                "--output",
                str(tmp_path / "figure.png"),
            ]
        )
        == 0
    )


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (
            "measure peaks --lattices lattices.zarr --between 2 1e5 --output x.zarr",
            "give temperatures at most 2 J/k_B apart",
        ),
        (
            "measure peaks --lattices lattices.zarr --between 1e-100 1e100 --output x.zarr",
            "at most 2 J/k_B apart",
        ),
        (
            "measure peaks --lattices lattices.zarr ./lattices.zarr --between 2 3 --output x.zarr",
            "lattices.zarr is given twice",
        ),
        (
            "table thermodynamics --inputs physics.zarr physics.zarr --output x.csv",
            "--inputs: physics.zarr is given twice",
        ),
        (
            (
                "figure thermodynamics --measured physics.zarr physics.zarr --exact exact.zarr"
                " --peaks peaks.zarr --output x.png"
            ),
            "--measured: physics.zarr is given twice",
        ),
        (
            "table thermodynamics --inputs physics.zarr --output peaks.zarr",
            "peaks.zarr: is a folder or a store, a file is to be written",
        ),
        (
            "table thermodynamics --inputs physics.zarr --output peaks.zarr.sha256",
            "names that end in .sha256 belong to what stands",
        ),
        (
            "measure thermodynamics --lattices lattices.zarr --output physics",
            "physics: is not allowed; the name of a store ends in .zarr",
        ),
        (
            (
                "simulate --size 4 --temperature 2 --samples 9 --seed 0"
                " --updates 99999999999999999999 --output x.zarr"
            ),
            "--updates: '9999",
        ),
        (
            (
                "simulate --size 4 --temperature 2 --samples 9 --seed 0"
                " --thermalization 9999999999 --output x.zarr"
            ),
            "to 1000000000",
        ),
        (
            (
                "simulate --size 4 --temperature 2 --samples 9"
                " --seed 9223372036854775808 --output x.zarr"
            ),
            "≤ 9223372036854775807",
        ),
        (
            "simulate --size 4 --temperature 2 --samples 9 --seed 0 --sampels 9 --output x.zarr",
            "isingdbn simulate --help` lists what there is",
        ),
        (
            "simulate --size 4 --temperature 2 --samples 9 --seed 0 --protocol independent"
            " --updates auto --output x.zarr",
            "--updates: 'auto' is not allowed with protocol independent",
        ),
        (
            "scorecard --tables m.csv --output a.csv --comparisons a.csv --json a.json",
            "--output, --comparisons and --json: a.csv is given twice; give each once",
        ),
    ],
)
def test_one_line_and_nothing_is_made(home, capsys, monkeypatch, words, message):
    monkeypatch.chdir(home)
    before = {path: path.stat().st_mtime_ns for path in home.rglob("*")}
    refused(capsys, words.split(), message)
    assert {path: path.stat().st_mtime_ns for path in home.rglob("*")} == before


def foreign_store(path, spins):
    """Lattices that no command has made, with a manifest."""
    data = {"spins": (("sample", "y", "x"), spins)}
    data |= {
        "energy": ("sample", energy_per_site(spins)),
        "magnetization": ("sample", magnetization_per_site(spins)),
    }
    identity = {
        "height": spins.shape[1],
        "width": spins.shape[2],
        "temperature": 2.0,
        "seed": 0,
        "samples": len(spins),
    }
    attributes = {
        "kind": "lattices",
        **identity,
        **storage.provenance("isingdbn.cli.simulate", identity),
    }
    storage.save_samples("spins", [xr.Dataset(data)], len(spins), lambda _: attributes, path)


READERS = {
    "measure": "measure thermodynamics",
    "surrogate": "surrogate --data pixel_shuffle",
    "pretrain": "pretrain --held-out 2 --units 3 --visible spin --hidden spin --zero-field true"
    " --epochs 1 --learning-rate 0.1 --minibatch 2 --initial-scale 0.1",
}


@pytest.mark.parametrize("reader", READERS)
def test_spins_that_are_none_are_refused_by_every_reader(tmp_path, capsys, reader):
    spins = np.ones((9, 4, 4), np.int8)
    spins[5, 2, 1] = 0
    foreign_store(tmp_path / "zero.zarr", spins)
    words = [
        *READERS[reader].split(),
        "--lattices",
        tmp_path / "zero.zarr",
        "--output",
        tmp_path / "x.zarr",
    ]
    refused(capsys, words, "zero.zarr: has a spin 0, other than -1 and +1")


@pytest.mark.parametrize("reader", READERS)
def test_a_shard_that_is_as_recorded_and_cannot_be_decoded_is_one_line(tmp_path, capsys, reader):
    """Something has written another shard and a manifest that agrees."""
    store = tmp_path / "other.zarr"
    foreign_store(store, np.ones((9, 4, 4), np.int8))
    shard = next(path for path in (store / "spins" / "c").rglob("*") if path.is_file())
    before, content = storage.digest(shard), bytearray(shard.read_bytes())
    content[:8] = b"nonsense"
    shard.write_bytes(content)
    manifest = storage.manifest_of(store)
    manifest.write_text(manifest.read_text().replace(before, storage.digest(shard)))
    words = [*READERS[reader].split(), "--lattices", store, "--output", tmp_path / "x.zarr"]
    refused(capsys, words, "other.zarr: cannot be read, ")


@pytest.mark.parametrize("text", ["opt: 0\n", "a: [broken\n"])
def test_settings_of_numba_in_the_folder_are_refused(tmp_path, text):
    (tmp_path / ".numba_config.yaml").write_text(text)
    words = ["simulate", "--size", "4", "--temperature", "2", "--samples", "9", "--seed", "0",
             "--output", "x.zarr"]  # fmt: skip
    command = [sys.executable, "-I", "-X", "utf8", SOURCES, *words]
    done = subprocess.run(
        command, cwd=tmp_path, env=os.environ, capture_output=True, text=True, check=False
    )
    assert done.returncode == 2
    assert done.stderr.startswith(
        f"isingdbn: {tmp_path}/.numba_config.yaml: Numba would compile by these settings"
    )
    assert done.stderr.count("\n") == 1
    assert not (tmp_path / "x.zarr").exists()
