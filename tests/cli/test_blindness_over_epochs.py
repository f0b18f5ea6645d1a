"""Whether machines tell lattices from surrogates after each epoch, and how long they take
to forget.
"""

from itertools import product

import numpy as np
import pandas as pd
import pytest
import xarray as xr

from isingdbn import storage
from isingdbn.cli.data import load_lattices
from isingdbn.cli.network import layer_dataset
from isingdbn.ising.mixing_time import mixing_times
from isingdbn.learning.free_energy import spin_free_energies
from isingdbn.learning.stack import StackLayer
from tests.cli.commands import refused, run

MACHINE = (
    "--held-out 150 --units 3 --visible spin --hidden spin --epochs 12 --learning-rate 0.05"
    " --minibatch 25 --initial-scale 0.1 --zero-field true"
)


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    """Cold lattices, surrogates of them, and machines on each."""
    home = tmp_path_factory.mktemp("epochs")
    options = ["--size", "5x4", "--temperature", 1.9, "--samples", 600, "--chains", 4]
    run("simulate", *options, "--seed", 7, "--output", home / "lattices.zarr")
    source = ["--lattices", home / "lattices.zarr"]
    run("surrogate", *source, "--data", "independent", "--output", home / "independent.zarr")
    for name, words in {
        "machine": MACHINE,
        "fields": MACHINE.replace("--zero-field true", ""),
        "gaussian": MACHINE.replace("--visible spin", "--visible gaussian"),
        "untrained": MACHINE.replace("--epochs 12", "--epochs 0"),
    }.items():
        for data in ("lattices", "independent"):
            output = ["--output", home / f"{name}_{data}.zarr"]
            run("pretrain", "--lattices", home / f"{data}.zarr", *words.split(), *output)
    run("discriminate-epochs", *pair(home), "--output", home / "told.zarr")
    return home


def pair(home, machine="machine"):
    return ["--layers", home / f"{machine}_lattices.zarr", "--lattices", home / "lattices.zarr",
            "--control-layers", home / f"{machine}_independent.zarr",
            "--control-lattices", home / "independent.zarr"]  # fmt: skip


def test_free_energies_are_those_of_a_sum_over_hidden_spins(home):
    """F(v) = -log Σ_h exp(v·W·h + b·v + c·h), over all h."""
    rng = np.random.default_rng(3)
    weights, b, c = rng.normal(size=(20, 3)), rng.normal(size=20), rng.normal(size=3)
    held_out = load_lattices(home / "lattices.zarr", 150).held_out.flat()
    v = held_out.rows(slice(None)).astype(float)
    hidden = np.array(list(product((-1, 1), repeat=3)))
    energies = (v @ weights + c) @ hidden.T + (v @ b)[:, None]
    found = spin_free_energies(held_out, weights, b, c)
    np.testing.assert_allclose(found, -np.log(np.exp(energies).sum(axis=1)), rtol=1e-5)


def test_free_energies_do_not_overflow(home):
    held_out = load_lattices(home / "lattices.zarr", 150).held_out.flat()
    found = spin_free_energies(held_out, np.full((20, 3), 1e4), np.zeros(20), np.zeros(3))
    m = held_out.rows(slice(None)).astype(float).sum(axis=1)
    np.testing.assert_allclose(found, -3 * np.where(m, 1e4 * abs(m), np.log(2)), rtol=1e-6)


def test_the_last_epoch_is_told_as_by_the_trained_machines(home, tmp_path):
    """Up to what half precision of records costs, and physics to the bit."""
    run("discriminate", *pair(home), "--output", tmp_path / "told.zarr")
    told = storage.load(tmp_path / "told.zarr", "discrimination").load()
    over = storage.load(home / "told.zarr", "discrimination_over_epochs").load()
    assert over["epoch"].values[[0, -1]].tolist() == [1, 12]
    assert over["epoch"].values.tolist() == sorted(set(over["epoch"].values.tolist()))
    last = over.isel(epoch=-1)
    assert float(last["machine_auc"]) == pytest.approx(float(told["machine_auc"]), abs=2e-3)
    for name in ("physics_auc", "energy_auc", "plaquette_auc", "abs_magnetization_auc"):
        assert float(over[name]) == float(told[name]), name
    assert over.attrs["held_out_lattices"] == 150


def test_each_epoch_is_that_of_its_record_and_cold_lattices_are_learned(home):
    over = storage.load(home / "told.zarr", "discrimination_over_epochs").load()
    layers = [xr.open_zarr(home / f"machine_{data}.zarr") for data in ("lattices", "independent")]
    spins = [
        load_lattices(home / f"{data}.zarr", 150).held_out.flat().rows(slice(None)).astype(float)
        for data in ("lattices", "independent")
    ]
    for record, epoch in enumerate(over["epoch"].values):
        weights = [
            layer["recorded_weights_0"].isel(record=record).values.astype(float) for layer in layers
        ]
        ratios = [
            np.subtract(*(np.log(2 * np.cosh(v @ w)).sum(axis=1) for w in weights)) for v in spins
        ]
        expected = np.mean(np.sign(ratios[0][:, None] - ratios[1]) / 2 + 0.5)
        assert float(over["machine_auc"][record]) == pytest.approx(expected, abs=1e-3), epoch
    assert float(over["machine_auc"][-1]) > 0.97


def test_the_table_has_a_row_an_epoch(home, tmp_path):
    run("table", "discrimination-over-epochs", "--nets", "N", "--recipes", "r",
        "--inputs", home / "told.zarr", "--output", tmp_path / "t.csv")  # fmt: skip
    table = pd.read_csv(tmp_path / "t.csv")
    assert table.columns.tolist() == [
        "net", "recipe", "data", "temperature", "seed", "units", "algorithm", "gibbs_steps",
        "epoch", "machine_auc", "physics_auc", "held_out_lattices",
    ]  # fmt: skip
    over = storage.load(home / "told.zarr", "discrimination_over_epochs").load()
    assert table["epoch"].tolist() == over["epoch"].values.tolist()
    np.testing.assert_allclose(table["machine_auc"], over["machine_auc"], rtol=1e-5)
    assert set(table["data"]) == {"independent"}
    assert table[["units", "algorithm", "gibbs_steps"]].values.tolist()[0] == [3, "cd", 1]


def test_what_has_no_curve_is_one_line(home, tmp_path, capsys):
    cases = {
        "fields_lattices.zarr: was trained with fields": pair(home, "fields"),
        "its units are gaussian and spin": pair(home, "gaussian"),
        "have no record of the same epoch": pair(home, "untrained"),
        "is not the pair of": [*pair(home)[:4], "--control-layers", wider(home, tmp_path),
                               *pair(home)[6:]],
        "--layers: 2 stores": [pair(home)[0], *[home / "machine_lattices.zarr"] * 2,
                               *pair(home)[2:]],
    }  # fmt: skip
    for message, words in cases.items():
        line = refused(capsys, "discriminate-epochs", *words, "--output", tmp_path / "x.zarr")
        assert message in line
        assert not (tmp_path / "x.zarr").exists()


def wider(home, tmp_path):
    words = MACHINE.replace("--units 3", "--units 4").split()
    run("pretrain", "--lattices", home / "independent.zarr", *words,
        "--output", tmp_path / "wider.zarr")  # fmt: skip
    return tmp_path / "wider.zarr"


def states(units):
    return np.array(list(product((-1.0, 1.0), repeat=units)))


def exact_times(weights):
    """½ + Σ ρ(t) of m² and of the energy, of visible spins on a torus of 2×2, by the matrix
    of all transitions v → h → v, enumerated.
    """
    v, h = states(len(weights)), states(weights.shape[1])
    up = np.exp(v @ weights @ h.T)
    joint = up / up.sum()
    down = joint / joint.sum(axis=0)  # p(v | h), (v, h)
    transition = (up / up.sum(axis=1, keepdims=True)) @ down.T
    p = joint.sum(axis=1)
    np.testing.assert_allclose(p @ transition, p)
    times = []
    grid = v.reshape(-1, 2, 2)
    for f in (
        v.mean(axis=1) ** 2,
        -sum((grid * np.roll(grid, 1, axis)).sum(axis=(1, 2)) for axis in (1, 2)) / 4,
    ):
        deviation = f - p @ f
        # Σ_{t≥0} P^t of what has mean zero solves (1 - P + 1 pᵀ) x = f
        total = np.linalg.solve(np.eye(len(p)) - transition + p, deviation)
        times.append((p * deviation) @ total / ((p * deviation) @ deviation) - 0.5)
    return times


def stored(home, tmp_path, weights, hidden="spin"):
    visible, units = weights.shape
    layer = StackLayer(weights.astype(np.float32), np.zeros(visible, np.float32),
                       np.zeros(units, np.float32), visible="spin", hidden=hidden)  # fmt: skip
    identity = {"seed": 5, "height": 2, "width": 2, "temperature": 3.0}
    attributes = {
        "data": "lattices", "units": [units], **identity, "held_out": 100, "algorithm": "cd",
        "gibbs_steps": 1, "epochs_done": 1, "diverged": 0,
        **storage.provenance("isingdbn.cli.pretrain", {}, [home / "small.zarr"]),
    }  # fmt: skip
    storage.save(layer_dataset(0, layer, np.zeros(1), attributes), tmp_path / "layer.zarr")
    return tmp_path / "layer.zarr"


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    home = tmp_path_factory.mktemp("small")
    run("simulate", "--size", 2, "--temperature", 3.0, "--samples", 200, "--chains", 4,
        "--seed", 5, "--output", home / "small.zarr")  # fmt: skip
    return home


WEIGHTS = np.random.default_rng(68).normal(0, 1.3, size=(4, 3))


@pytest.mark.parametrize("start", ["lattices", "random"])
def test_a_machine_of_seven_spins_has_its_exact_mixing_times(small, tmp_path, start):
    machine = stored(small, tmp_path, WEIGHTS)
    run("mixing", "--layer", machine, "--lattices", small / "small.zarr", "--chains", 150,
        "--sweeps", 4000, "--start", start, "--output", tmp_path / "m.zarr")  # fmt: skip
    found = storage.load(tmp_path / "m.zarr", "mixing").load()
    exact = exact_times(WEIGHTS)
    assert min(exact) > 6  # slow enough for a test
    for index, expected in enumerate(exact):
        at = found.isel(observable=index)
        assert abs(float(at["tau"]) - expected) < 4.5 * float(at["error"])
        assert float(at["error"]) < 0.05 * expected
    assert found.attrs["window"] == pytest.approx(6 * float(found["tau"].max()), rel=0.1)
    run("table", "mixing", "--nets", "N", "--recipes", "r", "--inputs", tmp_path / "m.zarr",
        "--output", tmp_path / "t.csv")  # fmt: skip
    (row,) = pd.read_csv(tmp_path / "t.csv").to_dict("records")
    assert list(row) == [
        "net", "recipe", "data", "temperature", "seed", "units", "algorithm", "gibbs_steps",
        "chains", "sweeps", "measured_sweeps", "window", "lower_bound",
        "tau_m2", "tau_m2_error", "tau_energy", "tau_energy_error",
    ]  # fmt: skip
    assert row["tau_m2"] == pytest.approx(float(found["tau"][0]), rel=1e-5)
    assert (row["units"], row["sweeps"], row["measured_sweeps"]) == (3, 4000, 2000)
    assert row["lower_bound"] == 0


def ar1(a, shape, rng):
    """Chains x' = a x + noise, of variance 1."""
    series = np.empty(shape)
    x = rng.normal(size=shape[1])
    for step in range(len(series)):
        x = a * x + np.sqrt(1 - a**2) * rng.normal(size=shape[1])
        series[step] = x
    return series


def test_errors_over_chains_are_the_spread_of_repetitions():
    rng = np.random.default_rng(0)
    found = [mixing_times({"x": ar1(0.8, (2000, 12), rng)}) for _ in range(60)]
    tau = np.array([times.tau["x"] for times in found])
    assert tau.mean() == pytest.approx(4.5, abs=4 * tau.std() / np.sqrt(60) + 0.02)
    error = np.sqrt(np.mean([times.error["x"] ** 2 for times in found]))
    assert error == pytest.approx(tau.std(), rel=0.35)


def test_a_slow_part_of_small_weight_is_seen_beside_a_slow_observable():
    """Of 0.1 of slow and 0.9 of white: τ = ½ + 0.1 (19.5 - ½); by itself it would be near ½."""
    rng = np.random.default_rng(4)
    slow = ar1(0.95, (20000, 20), rng)
    mixed = np.sqrt(0.1) * slow + np.sqrt(0.9) * rng.normal(size=slow.shape)
    times = mixing_times({"slow": slow, "mixed": mixed})
    for name, tau in (("slow", 19.5), ("mixed", 2.4)):
        assert abs(times.tau[name] - tau) < 4.5 * times.error[name] + 0.005 * tau
        assert times.error[name] < 0.15 * tau
    assert mixing_times({"mixed": mixed}).tau["mixed"] < 1.5
    assert not times.lower_bound


def test_chains_that_are_too_short_say_so():
    rng = np.random.default_rng(1)
    noise = rng.normal(size=(400, 5))
    walk = np.cumsum(noise, axis=0)
    assert mixing_times({"walk": walk}).lower_bound
    assert mixing_times({"noise": noise, "walk": walk}).lower_bound
    assert not mixing_times({"noise": noise}).lower_bound
    still = mixing_times({"still": np.ones((400, 5)), "noise": noise})
    assert still.lower_bound
    assert np.isnan([still.tau["still"], still.error["still"]]).all()
    stuck = mixing_times({"x": np.tile(np.arange(5.0), (400, 1))})  # each elsewhere, for good
    assert stuck.lower_bound
    assert stuck.tau["x"] > 40


def test_what_cannot_mix_is_one_line(home, small, tmp_path, capsys):
    to = ["--sweeps", 9, "--output", tmp_path / "m.zarr"]
    relu = stored(small, tmp_path, WEIGHTS, "relu")
    line = refused(capsys, "mixing", "--layer", relu, "--lattices", small / "small.zarr", *to)
    assert "required: --chains" in line
    to = ["--chains", 2, *to]
    line = refused(capsys, "mixing", "--layer", relu, "--lattices", small / "small.zarr", *to)
    assert "its units are spin and relu" in line
    gaussian = ["--layer", home / "gaussian_lattices.zarr", "--lattices", home / "lattices.zarr"]
    assert "its units are gaussian and spin" in refused(capsys, "mixing", *gaussian, *to)
    machine = ["--layer", home / "machine_lattices.zarr", "--lattices", home / "lattices.zarr"]
    line = refused(capsys, "mixing", *machine, *to, "--chains", 1)
    assert "--chains" in line
    line = refused(capsys, "mixing", *machine, "--start", "elsewhere", *to)
    assert "--start" in line
    line = refused(capsys, "mixing", *machine[:2], "--lattices", home / "independent.zarr", *to)
    assert "was trained on other lattices" in line
