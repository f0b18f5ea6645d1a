"""The package from Python: the examples run, results are those of the commands, mistakes are
one line.
"""

import doctest
import subprocess
import sys
import warnings

import numpy as np
import pytest
import xarray as xr

import isingdbn as idbn
from isingdbn import interface
from isingdbn.errors import InputError
from isingdbn.learning.runtime import use_threads
from tests.cli.commands import run

QUICK = {"epochs": 2, "minibatch": 20}

use_threads(1)  # as the commands do, which the other tests of this process call


@pytest.fixture(scope="module")
def lattices():
    return idbn.sample(8, 2.5, 240, seed=3)


def test_every_name_has_an_example_that_runs():
    found = doctest.DocTestFinder().find(interface, module=interface)
    with_examples = {test.name.split(".")[-1] for test in found if test.examples}
    functions = {name for name in interface.__all__ if not isinstance(getattr(idbn, name), type)}
    assert functions <= with_examples
    assert set(interface.__all__) <= set(dir(idbn))
    outcome = doctest.testmod(interface)
    assert (outcome.failed, outcome.attempted > 15) == (0, True)


def test_importing_the_package_loads_nothing():
    heavy = "{'numpy', 'tensorflow', 'xarray', 'numba'}"
    code = f"import sys, isingdbn; print(*{heavy} & sys.modules.keys())"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ""


def test_lattices_are_those_of_the_command(lattices, tmp_path):
    options = ["--size", 8, "--temperature", 2.5, "--samples", 240, "--seed", 3]
    run("simulate", *options, "--chains", 16, "--output", tmp_path / "spins.zarr")
    stored = xr.open_zarr(tmp_path / "spins.zarr")
    assert np.array_equal(stored["spins"], lattices["spins"])
    np.testing.assert_allclose(stored["energy"], lattices["energy"])
    assert lattices.attrs["temperature"] == 2.5


def test_from_lattices_to_a_figure(lattices):
    stack = idbn.fit(lattices, [16, 4], seed=1, **QUICK)
    assert [errors.shape for errors in stack.errors] == [(2,), (2,)]
    fields = idbn.receptive_fields(stack)
    np.testing.assert_allclose(fields[0].values.reshape(16, 64), stack.layers[0].weights.T)
    table = idbn.metrics(fields[0])
    power = fields[0].values.reshape(16, 64) ** 2
    np.testing.assert_allclose(
        table["participation_ratio"], power.sum(axis=1) ** 2 / (power**2).sum(axis=1), rtol=1e-4
    )
    figure = idbn.draw(fields[0], title="sixteen units")
    assert len(figure.axes) == 2  # and a colour bar
    assert "sixteen units" in figure.get_suptitle()


def test_another_seed_is_another_training_and_the_same_one_the_same(lattices):
    first, again, other = (idbn.fit(lattices, [5], seed=seed, **QUICK) for seed in (1, 1, 2))
    assert np.array_equal(first.layers[0].weights, again.layers[0].weights)
    assert not np.array_equal(first.layers[0].weights, other.layers[0].weights)


def test_the_ising_machine_is_made_from_the_temperature_of_the_lattices(lattices):
    (layer,) = idbn.fit(lattices, [128], initial="ising", epochs=0).layers
    assert layer.weights.max() == pytest.approx(0.5 * np.arccosh(np.exp(2 / 2.5)))
    with pytest.raises(InputError, match="say no temperature"):
        idbn.fit(lattices["spins"], [128], initial="ising", epochs=0)


def test_a_network_reconstructs_better_than_zeros(lattices):
    some, others = lattices.isel(sample=slice(0, 200)), lattices.isel(sample=slice(200, None))
    units = {"visible": "gaussian", "hidden": "bernoulli", "zero_field": False, "l1": 0.0}
    stack = idbn.fit(some, [30, 10], passed_up="means", **units, **QUICK, mismatched_units=True)
    net = idbn.finetune(stack, some, others, epochs=30, minibatch=20, l1=0.0)
    given = others["spins"].values
    error = np.mean((net.reconstruct(others) - given) ** 2)
    assert error < 0.9
    assert error == pytest.approx(float(net.errors["held_out_error"][-1]), abs=1e-3)
    assert net.encode(given).shape == (40, 10)
    assert [fields.shape[0] for fields in idbn.receptive_fields(net)] == [30, 10]


def test_twins_have_the_two_point_function_and_other_spins(lattices):
    twin = idbn.twin(lattices, seed=5)
    assert set(np.unique(twin["spins"])) == {-1, 1}
    assert not np.array_equal(twin["spins"], lattices["spins"])
    assert idbn.twin(lattices, "gaussian_field")["spins"].dtype == np.float32


def test_a_twin_that_misses_the_two_point_function_is_warned_of(lattices):
    """Of a single lattice, negative C(r) cannot be had by a product of two signs."""
    with pytest.warns(UserWarning, match=r"sign_product_2: .* by up to 0\.\d+, more than 0\.01"):
        idbn.twin(lattices.isel(sample=slice(1)), "sign_product_2")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        idbn.twin(lattices)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda _: idbn.sample(8, 2.5, 0), "samples: 0 is not allowed"),
        (lambda _: idbn.sample(8, 2.5, 9, kernels="a"), "kernels: unknown key"),
        (lambda x: idbn.twin(x, "mirror"), "kind: 'mirror' is not allowed; allowed are"),
        (lambda x: idbn.fit(x, [5], epochs=-1), "epochs: -1 is not allowed"),
        (lambda x: idbn.fit(x, [5], visible="bernoulli"), "bernoulli units cannot stand for"),
        (lambda x: idbn.fit(x, [5], initial="blocks"), "into 5 square blocks"),
        (lambda _: idbn.fit(np.zeros((9, 8, 8)), [5]), "hold other values than -1 and"),
        (lambda _: idbn.fit(np.ones((9, 64)), [5]), "have the shape (9, 64); (sample, y, x)"),
        (lambda _: idbn.metrics(np.ones((9, 64))), "have the shape (9, 64); (unit, y, x)"),
        (lambda _: idbn.sample(8.5, 2.5, 9), "size: 8.5 is not allowed"),
        (lambda _: idbn.sample(8, 0, 9), "temperature: 0 is not allowed"),
        (lambda _: idbn.sample(8, float("nan"), 9), "temperature: nan is not allowed"),
        (lambda _: idbn.sample(8, 2.5, 9, seed=-1), "seed: -1 is not allowed"),
        (lambda x: idbn.twin(x["spins"]), "say no temperature; give a Dataset"),
        (lambda x: idbn.fit(x, [5], divergence="result"), "divergence: 'result' is for stores"),
        (lambda x: idbn.fit(x, [0]), "units: [0] is not allowed"),
        (lambda x: idbn.fit(x, []), "units: [] is not allowed"),
        (lambda x: idbn.fit(x, 4), "units: 4 is not allowed"),
        (lambda x: idbn.fit(x[{"sample": slice(99)}], [4]), "minibatch: 100 is more than the 99"),
        (
            lambda x: idbn.fit(x.assign_attrs(temperature=-1.0), [128], initial="ising", epochs=0),
            "temperature: -1.0 is not allowed",
        ),
        (
            lambda x: idbn.fit(x, [128], initial="ising", epochs=0, initial_bias=0.5),
            "initial_bias: 0.5 is not allowed with initial: ising",
        ),
        (lambda _: idbn.receptive_fields([]), "net: is a list; give a Stack or a Network"),
        (lambda _: idbn.metrics(np.full((2, 8, 8), np.nan)), "not finite real numbers"),
        (lambda _: idbn.draw(np.ones((8, 8))), "have the shape (8, 8); (unit, y, x)"),
        (lambda _: idbn.draw([np.ones((2, 8, 8)), np.ones((3, 8, 8))]), "are no array"),
        (lambda x: idbn.finetune([], x, x), "stack: is a list; give what `fit` returns"),
        (lambda x: idbn.finetune(idbn.fit(x, [5], **QUICK), x, x), "Bernoulli hidden units"),
    ],
)
def test_a_mistake_is_one_line(lattices, call, message):
    with pytest.raises(InputError) as error:
        call(lattices)
    assert message in str(error.value)
    assert "\n" not in str(error.value)


def test_a_network_is_tuned_on_lattices_of_its_own_shape(lattices):
    units = {"visible": "gaussian", "hidden": "bernoulli", "zero_field": False}
    stack = idbn.fit(lattices, [5], passed_up="means", **units, **QUICK)
    spins = lattices["spins"].values
    for some, others, message in (
        (spins.reshape(-1, 4, 16), spins, "lattices: 240 of the shape (4, 16)"),
        (spins, spins[:0], "held_out: 0 of the shape (8, 8)"),
        (spins[:9], spins, "minibatch: 100 is more than the 9 lattices"),
    ):
        with pytest.raises(InputError) as error:
            idbn.finetune(stack, some, others, epochs=1)
        assert message in str(error.value)


def test_dead_units_have_no_metrics_and_stop_none():
    fields = np.zeros((3, 8, 8))
    fields[1, 2, 2] = 1
    table = idbn.metrics(fields)
    assert table["participation_ratio"].isnull().values.tolist() == [True, False, True]
    assert idbn.metrics(np.zeros((2, 8, 8)))["participation_ratio"].isnull().all()


def test_settings_of_a_training_count_from_python_too(lattices):
    """Patience ends it; a random start takes nothing from the stack, a copied one its weights."""
    stopped = idbn.fit(lattices, [9], epochs=9, learning_rate=1e-9, patience=2)
    assert len(stopped.errors[0]) < 9
    units = {"visible": "gaussian", "hidden": "bernoulli", "zero_field": False}
    stack = idbn.fit(lattices, [12], epochs=1, passed_up="means", **units)
    starts = {}
    for name, how in (("random", {"initial": "random"}), ("copied", {"unrolling": "copied"})):
        net = idbn.finetune(stack, lattices, lattices, epochs=1, learning_rate=1e-12, **how)
        starts[name] = net.encoder[0][0]
    np.testing.assert_allclose(starts["copied"], stack.layers[0].weights, atol=1e-6)
    assert np.abs(starts["random"] - stack.layers[0].weights).max() > 0.05
    spins = idbn.fit(lattices, [12], epochs=0)
    net = idbn.finetune(spins, lattices, lattices, epochs=1, initial="random")
    assert net.encoder[0][0].shape == (lattices["spins"][0].size, 12)
