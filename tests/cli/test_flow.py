"""The flow of machines: one made by hand that is the Ising model, and what is refused."""

import numpy as np
import pandas as pd
import pytest
import xarray as xr

from isingdbn import storage
from isingdbn.cli.network import layer_dataset
from isingdbn.ising.exact import torus_energy
from isingdbn.ising.thermometer import temperature_of_energy
from isingdbn.learning.stack import StackLayer
from tests.cli.commands import refused, run

SIDE = 4
TEMPERATURE = 3.0


def store(path, layer):
    attributes = {
        "data": "lattices", "units": list(layer.weights.shape), "seed": 3, "height": SIDE,
        "width": SIDE, "temperature": TEMPERATURE, "epochs_done": 1, "diverged": 0,
        **storage.provenance("isingdbn.cli.pretrain", {}, []),
    }  # fmt: skip
    storage.save(layer_dataset(0, layer, np.zeros(1), attributes), path)
    return path


def ising_machine(temperature):
    """One hidden spin a bond, with ½ log cosh 2w = 1/T: its visible spins are the Ising model."""
    weight = 0.5 * np.arccosh(np.exp(2 / temperature))
    sites = np.arange(SIDE**2).reshape(SIDE, SIDE)
    bonds = [(sites, np.roll(sites, -1, axis)) for axis in (0, 1)]
    weights = np.zeros((SIDE**2, 2 * SIDE**2), np.float32)
    for axis, (one, other) in enumerate(bonds):
        for bond in range(SIDE**2):
            column = axis * SIDE**2 + bond
            weights[one.flat[bond], column] = weights[other.flat[bond], column] = weight
    none = np.zeros
    return StackLayer(weights, none(SIDE**2, np.float32), none(2 * SIDE**2, np.float32),
                      visible="spin", hidden="spin")  # fmt: skip


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    home = tmp_path_factory.mktemp("flow")
    for temperature in (1.5, 5.0):
        run("simulate", "--size", SIDE, "--temperature", temperature, "--samples", 4000,
            "--chains", 20, "--seed", 5, "--output", home / f"T{temperature}.zarr")  # fmt: skip
    machine = store(home / "layer.zarr", ising_machine(TEMPERATURE))
    run("flow", "--layer", machine, "--lattices", home / "T1.5.zarr", home / "T5.0.zarr",
        "--chains", 4000, "--steps", 60, "--output", home / "flow.zarr")  # fmt: skip
    return home


def test_from_everywhere_it_goes_to_the_temperature_of_the_machine(home):
    found = storage.load(home / "flow.zarr", "flow").load()
    assert found["start"].values[:2].tolist() == [1.5, 5.0]
    assert np.isnan(found["start"].values[2])
    assert found["step"].values[[0, 1, -1]].tolist() == [0, 1, 60]
    end = found.isel(step=-1)
    exact = torus_energy((SIDE, SIDE), TEMPERATURE)
    assert (abs(end["energy"] - exact) < 4.5 * end["energy_error"]).all()
    assert (abs(end["effective_temperature"] - TEMPERATURE) < 0.15).all()


def test_it_begins_with_the_lattices_that_are_given(home):
    found = storage.load(home / "flow.zarr", "flow").load().isel(step=0)
    for start, temperature in enumerate((1.5, 5.0)):
        exact = torus_energy((SIDE, SIDE), temperature)
        at = found.isel(start=start)
        assert abs(at["energy"] - exact) < 5 * at["energy_error"]
    spins = xr.open_zarr(home / "T5.0.zarr")["spins"].values.astype(float)
    np.testing.assert_allclose(
        found["correlation_x"][1, 2], (spins * np.roll(spins, 2, axis=2)).mean(), atol=1e-9
    )
    assert abs(found["energy"][2]) < 5 * found["energy_error"][2]


def test_energies_are_read_as_the_temperatures_that_they_are_of():
    temperatures = np.array([0.9, 1.5, 2.2, 2.2691853, 2.45, 4.0, 50.0])
    energies = np.array([torus_energy((40, 40), temperature) for temperature in temperatures])
    np.testing.assert_allclose(temperature_of_energy(energies, (40, 40)), temperatures, rtol=1e-4)
    assert temperature_of_energy(np.array([-2.1, 0.1]), (40, 40)).tolist() == [0, np.inf]


def test_gaussian_visible_units_go_on_with_their_noise(home, tmp_path):
    layer = StackLayer(np.zeros((16, 3), np.float32), np.zeros(16, np.float32),
                       np.zeros(3, np.float32), np.full(16, 0.5), "gaussian")  # fmt: skip
    machine = store(tmp_path / "layer.zarr", layer)
    run("flow", "--layer", machine, "--lattices", home / "T5.0.zarr", "--chains", 4000,
        "--steps", 1, "--output", tmp_path / "flow.zarr")  # fmt: skip
    end = xr.open_zarr(tmp_path / "flow.zarr").isel(step=1)
    np.testing.assert_allclose(end["correlation_x"][:, 0], 0.25, rtol=0.05)
    assert (abs(end["energy"]) < 5 * end["energy_error"]).all()


def test_the_table_has_a_row_a_start_and_step(home, tmp_path):
    run("table", "flow", "--nets", "Net", "--recipes", "r", "--inputs", home / "flow.zarr",
        "--output", tmp_path / "flow.csv")  # fmt: skip
    rows = pd.read_csv(tmp_path / "flow.csv")
    assert set(rows["start"]) == {"T=1.5", "T=5", "random"}
    found = storage.load(home / "flow.zarr", "flow").load()
    assert len(rows) == found.sizes["start"] * found.sizes["step"]
    last = rows[(rows["start"] == "T=5") & (rows["step"] == 60)].iloc[0]
    at = found.isel(start=1, step=-1)
    assert last["energy"] == pytest.approx(float(at["energy"]), rel=1e-5)
    far = (at["correlation_x"][2] + at["correlation_y"][2]) / 2
    assert last["far_correlation"] == pytest.approx(float(far), rel=1e-4)


def test_what_cannot_flow_is_one_line(home, tmp_path, capsys):
    to = ["--chains", 10, "--steps", 2, "--output", tmp_path / "flow.zarr"]
    machine = home / "layer.zarr"
    line = refused(capsys, "flow", "--layer", machine, "--lattices", home / "T5.0.zarr",
                   "--chains", 5000, *to[2:])  # fmt: skip
    assert "--chains: 5000 is more than the 4000 lattices of" in line
    run("simulate", "--size", 6, "--temperature", 5, "--samples", 100, "--chains", 5, "--seed", 6,
        "--output", tmp_path / "other.zarr")  # fmt: skip
    line = refused(capsys, "flow", "--layer", machine, "--lattices", tmp_path / "other.zarr", *to)
    assert "has lattices of 6x6 sites" in line
    relu = StackLayer(np.zeros((16, 3), np.float32), np.zeros(16, np.float32),
                      np.zeros(3, np.float32), None, "spin", "relu")  # fmt: skip
    line = refused(capsys, "flow", "--layer", store(tmp_path / "relu.zarr", relu),
                   "--lattices", home / "T5.0.zarr", *to)  # fmt: skip
    assert "has spin visible and relu hidden units; give a machine of spin or gaussian" in line
    binary = StackLayer(np.zeros((16, 3), np.float32), np.zeros(16, np.float32),
                        np.zeros(3, np.float32), None, "bernoulli", "bernoulli")  # fmt: skip
    line = refused(capsys, "flow", "--layer", store(tmp_path / "binary.zarr", binary),
                   "--lattices", home / "T5.0.zarr", *to)  # fmt: skip
    assert "has bernoulli visible and bernoulli hidden units; give a machine of spin or" in line
