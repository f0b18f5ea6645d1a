"""What machines make themselves: lattices, and fixed points without noise."""

from functools import partial

import numpy as np
import pandas as pd
import pytest
import xarray as xr

from isingdbn import storage
from isingdbn.analysis.emergence import largest_singular_values
from isingdbn.analysis.fixed_points import distinct
from isingdbn.cli.data import load_lattices
from isingdbn.cli.network import layer_dataset
from isingdbn.ising.exact import torus_energy
from isingdbn.learning.flow import ising_means, machine_means, rest, spectral_radius
from isingdbn.learning.stack import StackLayer
from isingdbn.seeding import generator
from tests.cli.commands import refused, run

TEMPERATURE = 2.5
MACHINE = (
    "--held-out 120 --visible spin --zero-field true --learning-rate 0.1 --minibatch 20"
    " --initial-scale 1"
)


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    """Lattices, the Ising machine of their temperature, and a machine of Gaussian units."""
    home = tmp_path_factory.mktemp("machines")
    options = ["--size", 8, "--temperature", TEMPERATURE, "--samples", 200, "--chains", 4]
    run("simulate", *options, "--seed", 1, "--output", home / "spins.zarr")
    pretrain = ["pretrain", "--lattices", home / "spins.zarr", *MACHINE.split(), "--hidden"]
    ising = ["--epochs", 0, "--units", 128, "--initial", "ising"]
    run(*pretrain, "spin", *ising, "--output", home / "ising.zarr")
    drawn = ["--epochs", 1, "--units", 3]
    run(*pretrain, "relu", *drawn, "--output", home / "relu.zarr")
    return home


def test_the_ising_machine_draws_ising_lattices(home, tmp_path):
    """The energy of its lattices is the exact one, and other commands take them."""
    layer = ["--layer", home / "ising.zarr", "--lattices", home / "spins.zarr"]
    chosen = ["--chains", 100, "--sweeps", 200, "--snapshots", 20]
    run("sample", *layer, *chosen, "--output", tmp_path / "own.zarr")
    own = storage.load(tmp_path / "own.zarr", "samples").load()
    spins = own["spins"].values.astype(int)
    assert spins.shape == (2000, 8, 8)
    assert set(np.unique(spins)) == {-1, 1}
    assert own["chain"].values.tolist() == list(range(100)) * 20
    energies = -sum((spins * np.roll(spins, 1, axis)).mean((1, 2)) for axis in (1, 2))
    of_chains = energies.reshape(20, 100).mean(axis=0)
    error = of_chains.std(ddof=1) / 10
    exact = torus_energy((8, 8), TEMPERATURE)
    assert abs(of_chains.mean() - exact) < 4 * error
    rule = ["--rule", "majority", "--block", 2, "--steps", 1]
    run("exponents", "--lattices", tmp_path / "own.zarr", *rule, "--output", tmp_path / "y.zarr")
    names = ["--nets", "A", "--recipes", "b", "--output", tmp_path / "y.csv"]
    run("table", "machine-exponents", "--inputs", tmp_path / "y.zarr", *names)
    table = pd.read_csv(tmp_path / "y.csv")
    assert set(table["exponent"]) == {"thermal", "magnetic"}
    assert set(table["data"]) == {"lattices"}
    run("couplings", "lattices", "--lattices", tmp_path / "own.zarr",
        "--output", tmp_path / "K.zarr")  # fmt: skip
    found = xr.open_zarr(tmp_path / "K.zarr")
    assert float(found["nearest"]) == pytest.approx(1 / TEMPERATURE, abs=0.03)


def spins_store(path, spins):
    """Twins (sample, y, x) as if they had been drawn."""
    identity = {"height": 4, "width": 6, "temperature": 2.0, "seed": 5}
    attributes = {
        "kind": "lattices", "data": "thresholded_gaussian", **identity,
        **storage.provenance("isingdbn.cli.surrogate", identity),
    }  # fmt: skip
    data = xr.Dataset({"spins": (("sample", "y", "x"), spins)})
    storage.save_samples("spins", [data], len(spins), lambda _: attributes, path)


def machine_of_one_lattice(path, lattice, lattices):
    """A machine that draws one ``lattice`` whatever its hidden spins are, as if it had been trained
    on a store; 13 lattices were held out.
    """
    sites = lattice.size
    layer = StackLayer(
        np.zeros((sites, 3), np.float32), 50 * lattice.ravel().astype(np.float32),
        np.zeros(3, np.float32), None, "spin", "spin",
    )  # fmt: skip
    attributes = {
        "data": "thresholded_gaussian", "units": [sites, 3], "seed": 5, "temperature": 2.0,
        "held_out": 13, "epochs_done": 1, "diverged": 0,
        **storage.provenance("isingdbn.cli.pretrain", {}, [lattices]),
    }  # fmt: skip
    storage.save(layer_dataset(0, layer, np.zeros(1), attributes), path)


def test_the_physics_of_drawn_lattices_stands_beside_that_of_the_data_they_started_from(tmp_path):
    """All spins up but one are drawn. Half of the data are stripes without magnetization, in which
    every plaquette is 1; in the other half each is -1, and every second row is up.
    """
    up = np.ones((4, 6), np.int8)
    drawn, stripes, frustrated = up.copy(), up.copy(), up.copy()
    drawn[2, 1] = -1
    stripes[1::2] = frustrated[1::2, 1::2] = -1
    for name, others in (("mixed", frustrated), ("without", stripes)):
        spins_store(tmp_path / f"{name}.zarr", np.stack([stripes, others] * 10))
        data = ["--lattices", tmp_path / f"{name}.zarr"]
        machine_of_one_lattice(tmp_path / f"{name}0.zarr", drawn, data[1])
        run("sample", "--layer", tmp_path / f"{name}0.zarr", *data, "--chains", 13, "--sweeps", 6,
            "--snapshots", 2, "--output", tmp_path / f"{name}_own.zarr")  # fmt: skip
    names = ["--nets", "A", "B", "--recipes", "r", "s", "--output", tmp_path / "s.csv"]
    own = [tmp_path / f"{name}_own.zarr" for name in ("mixed", "without")]
    run("table", "machine-samples", "--inputs", *own, *names)
    table = pd.read_csv(tmp_path / "s.csv")
    assert table["net"].tolist() == ["A", "B"]
    assert set(table["data"]) == {"thresholded_gaussian"}
    assert set(table["temperature"]) == {2.0}
    assert set(table["seed"]) == {5}
    of_drawn = {"energy": -2 + 8 / 24, "plaquette": 1 - 8 / 24, "abs_magnetization": 22 / 24,
                "magnetization_squared": (22 / 24) ** 2, "binder": 2 / 3}  # fmt: skip
    began = load_lattices(tmp_path / "mixed.zarr", 13).held_out.flat().rows(slice(None))
    share = (began.sum(axis=1) > 0).mean()
    assert 0 < share < 1
    of_mixed = {"energy": 0, "plaquette": 1 - 2 * share, "abs_magnetization": share / 2,
                "magnetization_squared": share / 4, "binder": 1 - 1 / (3 * share)}  # fmt: skip
    of_stripes = dict.fromkeys(of_drawn, 0) | {"plaquette": 1, "binder": np.nan}
    for (_, row), held_out in zip(table.iterrows(), (of_mixed, of_stripes), strict=True):
        for name, value in of_drawn.items():
            assert row[name] == pytest.approx(value, rel=1e-5)
            assert row[f"held_out_{name}"] == pytest.approx(held_out[name], rel=1e-5, nan_ok=True)


def test_ising_machines_are_to_one_another_as_ising_lattices_are(home, tmp_path):
    """The slope is Δ(1/T) by a machine of each temperature, and no lattice is measured anew."""
    hotter = 2.9
    run("simulate", "--size", 8, "--temperature", hotter, "--samples", 200, "--chains", 4,
        "--seed", 1, "--output", tmp_path / "hotter.zarr")  # fmt: skip
    run("pretrain", "--lattices", tmp_path / "hotter.zarr", *MACHINE.split(), "--hidden", "spin",
        "--epochs", 0, "--units", 128, "--initial", "ising",
        "--output", tmp_path / "machine.zarr")  # fmt: skip
    for name, layer, spins in (
        ("cold", home / "ising.zarr", home / "spins.zarr"),
        ("hot", tmp_path / "machine.zarr", tmp_path / "hotter.zarr"),
    ):
        run("sample", "--layer", layer, "--lattices", spins, "--chains", 100, "--sweeps", 200,
            "--snapshots", 20, "--output", tmp_path / f"{name}.zarr")  # fmt: skip
    stores = [tmp_path / "cold.zarr", tmp_path / "hot.zarr"]
    run("table", "thermometer", "--inputs", *stores, "--nets", "A", "A", "--recipes", "r", "r",
        "--output", tmp_path / "t.csv")  # fmt: skip
    (row,) = pd.read_csv(tmp_path / "t.csv").to_dict("records")
    assert row["slope_over_ising"] == pytest.approx(1, abs=0.15)
    for name, temperature in (("colder", TEMPERATURE), ("hotter", hotter)):
        exact = 64 * torus_energy((8, 8), temperature)
        assert row[f"{name}_energy"] == pytest.approx(exact, rel=0.03)


def test_without_noise_lattices_come_to_rest(home, tmp_path):
    layer = ["--layer", home / "ising.zarr", "--lattices", home / "spins.zarr"]
    run("fixed-points", *layer, "--starts", 60, "--steps", 3000, "--output", tmp_path / "f.zarr")
    found = storage.load(tmp_path / "f.zarr", "fixed_points").load()
    assert (found["rested"] == 1).all()
    assert (found["fixed_points"].sel(start="lattices") < 60).all()
    for name in ("fixed_points", "overlap", "norm", "spectral_radius"):  # it is the Ising machine
        trained, ising = (found[name].sel(machine=of) for of in found["machine"].values)
        np.testing.assert_allclose(trained, ising, rtol=1e-3)
    weight = 0.5 * np.arccosh(np.exp(2 / TEMPERATURE))
    assert float(found["largest_singular_value"]) == pytest.approx(weight * np.sqrt(8), rel=1e-5)
    names = ["--nets", "A", "--recipes", "b", "--output", tmp_path / "f.csv"]
    run("table", "fixed-points", "--inputs", tmp_path / "f.zarr", *names)
    table = pd.read_csv(tmp_path / "f.csv").set_index(["machine", "start"])
    assert len(table) == 4
    for name in ("fixed_points", "spectral_radius"):
        number = float(found[name].sel(machine="trained", start="lattices"))
        assert table.loc[("trained", "lattices"), name] == pytest.approx(number, rel=1e-5)
    assert (table["spectral_radius"].between(0.1, 1)).all()  # of stable points


def test_a_weak_machine_has_zero_alone_and_a_strong_one_two_states():
    """A machine of one hidden spin: m = tanh(w tanh(n w m)), which is not zero if n w² > 1."""
    for weight, expected in ((0.2, [0.0]), (0.6, [1, -1])):
        layer = StackLayer(
            np.full((9, 1), weight, np.float32), np.zeros(9, np.float32), np.zeros(1, np.float32),
            None, "spin", "spin",
        )  # fmt: skip
        start = np.random.default_rng(0).choice([-1.0, 1.0], (40, 9)).astype(np.float32)
        states, rested = rest(partial(machine_means, layer), start, 10000)
        assert rested.all()
        means = states.mean(axis=1)
        if expected == [0.0]:
            assert np.abs(means).max() < 1e-3
        else:
            np.testing.assert_array_equal(np.sign(means), np.sign(start.sum(axis=1)))
            m = np.abs(means)[0]
            assert m == pytest.approx(np.tanh(weight * np.tanh(9 * weight * m)), abs=1e-4)
            assert distinct(states).max() == 1


def small_machine(visible, hidden, units=(30, 20), scale=0.3):
    """A machine with biases, of weights that are as large as trained ones."""
    rng = np.random.default_rng(5)
    weights, *biases = (
        rng.normal(0, scale, shape).astype(np.float32) for shape in (units, units[0], units[1])
    )
    sigma = rng.uniform(0.5, 2, units[0]).astype(np.float32) if visible == "gaussian" else None
    return StackLayer(weights, *biases, sigma, visible, hidden)


def exact_radii(layer, states):
    """The largest |eigenvalue| of each state's Jacobian: slopes of means times weights."""
    slopes = {
        "spin": lambda mean: 1 - mean**2,
        "bernoulli": lambda mean: mean * (1 - mean),
        "gaussian": np.ones_like,
    }
    found = []
    for state in states.astype(np.float64):
        hidden = layer.hidden_mean(state)
        outer = slopes[layer.visible](layer.visible_mean(hidden))
        jacobian = (outer[:, None] * layer.weights * slopes[layer.hidden](hidden)) @ (
            layer.input_weights.T
        )
        found.append(np.abs(np.linalg.eigvals(jacobian)).max())
    return np.array(found)


@pytest.mark.parametrize(
    "kinds",
    [("spin", "spin"), ("spin", "bernoulli"), ("bernoulli", "bernoulli"), ("gaussian", "bernoulli"),
     ("gaussian", "spin"), ("gaussian", "gaussian")],
    ids="-".join,
)  # fmt: skip
def test_spectral_radius_is_that_of_the_exact_jacobian(kinds):
    layer = small_machine(*kinds)
    states = np.random.default_rng(6).normal(0, 0.7, (25, 30)).astype(np.float32)
    found = spectral_radius(partial(machine_means, layer), states, generator(0, "test"))
    assert found.dtype == np.float64
    np.testing.assert_allclose(found, exact_radii(layer, states), rtol=1e-4)


def test_at_zero_the_spectral_radius_of_spins_is_the_largest_singular_value_squared():
    """Also with one hidden spin, whose Jacobian has rank 1; a constant map has the radius 0."""
    for units in ((1600, 400), (9, 1)):
        layer = small_machine("spin", "spin", units, 0.06)
        layer = StackLayer(
            layer.weights, 0 * layer.visible_bias, 0 * layer.hidden_bias, None, "spin", "spin"
        )
        states = np.zeros((3, units[0]), np.float32)
        expected = largest_singular_values(layer.weights, 1)[0] ** 2
        found = spectral_radius(partial(machine_means, layer), states, generator(0, "test"))
        np.testing.assert_allclose(found, expected, rtol=1e-3)
    assert spectral_radius(np.zeros_like, states, generator(0, "test")).tolist() == [0, 0, 0]


@pytest.mark.parametrize("temperature", [1.8, 2.5])
def test_spectral_radius_of_the_ising_model_is_that_of_the_exact_jacobian(temperature):
    """Fixed points of whole domains, with eigenvalues that are almost the same."""
    side = 16
    weight = 0.5 * np.arccosh(np.exp(2 / temperature))
    sites = np.eye(side**2).reshape(-1, side, side)
    bonds = [weight * (sites + np.roll(sites, -1, axis)).reshape(side**2, -1) for axis in (1, 2)]
    layer = StackLayer(
        np.concatenate(bonds).T, np.zeros(side**2), np.zeros(2 * side**2), None, "spin", "spin"
    )
    step = partial(ising_means, shape=(side, side), temperature=temperature)
    start = np.random.default_rng(7).choice([-1.0, 1.0], (20, side**2))
    np.testing.assert_allclose(step(start), machine_means(layer, start), atol=1e-6)
    states, _ = rest(step, start, 5000)
    found = spectral_radius(step, states, generator(0, "test"))
    np.testing.assert_allclose(found, exact_radii(layer, states), rtol=1e-3)


def test_distinct_states_are_numbered_by_how_common_they_are():
    a, b, c = np.zeros(50), np.ones(50), np.full(50, -1.0)
    states = np.stack([b, a + 0.001, c, a, a, b])
    assert distinct(states).tolist() == [1, 0, 2, 0, 0, 1]


def test_singular_values_are_those_of_numpy():
    weights = np.random.default_rng(2).normal(size=(12, 5)).astype(np.float32)
    expected = np.linalg.svd(weights.astype(float), compute_uv=False)
    for of in (weights, weights.T):
        np.testing.assert_allclose(largest_singular_values(of, 3), expected[:3], rtol=1e-6)
    assert largest_singular_values(weights, 7)[5:].tolist() == [0, 0]


def test_what_cannot_be_sampled_is_one_line(home, tmp_path, capsys):
    spins, output = ["--lattices", home / "spins.zarr"], ["--output", tmp_path / "x.zarr"]
    sampled = ["--sweeps", 20, "--snapshots", 2]
    relu, ising = (["--layer", home / f"{name}.zarr"] for name in ("relu", "ising"))
    for words, message in (
        (["sample", *relu, "--chains", 9, *sampled], "its units are spin and relu; give a machine"),
        (["sample", *ising, "--chains", 121, *sampled], "--chains: 121 is more than the 120"),
        (
            ["sample", *ising, "--chains", 9, "--sweeps", 3, "--snapshots", 2],
            "snapshots: 2 need at least 4 sweeps, not 3",
        ),
        (["fixed-points", *relu, "--starts", 9, "--steps", 9], "has spin visible and relu hidden"),
        (["fixed-points", *ising, "--starts", 121, "--steps", 9], "--starts: 121 is more than"),
    ):
        assert message in refused(capsys, *words, *spins, *output)
        assert not (tmp_path / "x.zarr").exists()
