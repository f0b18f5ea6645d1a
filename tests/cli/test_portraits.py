"""The portraits of the units of a small net are what the other stores say, in few steps."""

import numpy as np
import pytest
import xarray as xr

from isingdbn import storage
from isingdbn.cli.data import load_lattices
from tests.cli.commands import refused, run
from tests.cli.conftest import THRESHOLDS


def options(home, **changes):
    paths = {
        "layers": [home / "layer0.zarr", home / "layer1.zarr"],
        "network": home / "net.zarr",
        "lattices": home / "spins.zarr",
        "dead": home / "dead.zarr",
        "metrics": home / "metrics.zarr",
        "emergence": home / "units.zarr",
        **changes,
    }
    words = []
    for name, value in paths.items():
        if value is not None:
            words += [f"--{name}", *(value if isinstance(value, list) else [value])]
    return words


@pytest.fixture(scope="module")
def portraits(small_net, tmp_path_factory):
    store = tmp_path_factory.mktemp("portraits") / "portraits.zarr"
    run("analyse", "portraits", *options(small_net), "--output", store)
    return storage.load(store, "portraits").load()


def field(portraits, name):
    largest = portraits[f"{name}_largest"].values[..., None, None]
    return portraits[name].values / portraits.attrs["steps"] * largest


def test_the_product_is_the_receptive_field(small_net, portraits):
    fields = storage.load(small_net / "fields.zarr", "receptive_fields")
    for stage in ("pretrained", "finetuned"):
        for layer in (0, 1):
            expected = fields[f"{stage}_{layer}"].values
            found = field(portraits, f"product_{stage}_{layer}")
            off = np.abs(found - expected).max(axis=(1, 2))
            assert np.all(off <= 0.51 / 127 * np.abs(expected).max(axis=(1, 2)))
    assert "jacobian_pretrained_0" not in portraits
    assert {"jacobian_pretrained_1", "covariance_finetuned_0"} <= set(portraits)


def test_definitions_are_those_whose_agreement_is_measured(small_net, portraits):
    """The cosine of the shown fields is that of the store of definitions."""
    definitions = storage.load(small_net / "definitions.zarr", "definitions").load()
    first, other = (field(portraits, f"{name}_pretrained_0") for name in ("product", "covariance"))
    cosine = (first * other).sum((1, 2)) ** 2 / (first**2).sum((1, 2)) / (other**2).sum((1, 2))
    expected = definitions["cosine_with_product"].sel(definition="covariance", stage="pretrained")
    np.testing.assert_allclose(cosine, expected.isel(layer=0), atol=0.02)


def test_lattices_that_excite_a_unit_are_its_largest_inputs(small_net, portraits):
    layer = xr.open_zarr(small_net / "layer0.zarr")
    held_out = load_lattices(small_net / "spins.zarr", 40).held_out.flat().rows(slice(None))
    sigma = layer["sigma_0"].values
    inputs = (held_out / sigma) @ layer["weights_0"].values + layer["hidden_bias_0"].values
    at = portraits.sel(stage="pretrained").isel(layer=0, unit=slice(7))
    assert at.sizes["place"] == 4
    expected = np.sort(inputs, axis=0)[::-1][:4].T
    np.testing.assert_allclose(at["input"], expected, rtol=1e-4)
    numbers = portraits["held_out"].values[at["excites"].values]
    own = np.take_along_axis(inputs.T, numbers, axis=1)  # equal lattices have equal inputs
    np.testing.assert_allclose(own, expected, rtol=1e-4)
    spins = np.unpackbits(portraits["spins"].values, axis=1, count=20)
    np.testing.assert_array_equal(spins, held_out[portraits["held_out"].values] > 0)


def test_followed_fields_end_with_the_trained_net(portraits):
    for stage in ("pretrained", "finetuned"):
        for layer, units in enumerate((7, 3)):
            last = field(portraits, f"followed_{stage}_{layer}")[-1]
            turn = portraits["turn"].sel(stage=stage).isel(layer=layer).values[:units]
            whole = field(portraits, f"product_{stage}_{layer}")[np.argsort(turn)]
            np.testing.assert_allclose(last, whole, atol=0.02 * np.abs(whole).max())


def test_numbers_are_those_of_the_other_stores(small_net, portraits):
    metrics = storage.load(small_net / "metrics.zarr", "metrics").load()
    units = storage.load(small_net / "units.zarr", "emergence").load()
    name = "participation_ratio"
    np.testing.assert_array_equal(portraits[f"metric_{name}"], metrics[name])
    np.testing.assert_array_equal(portraits[f"history_{name}"], units[name])
    assert "metric_participation_ratio_permuted" not in portraits
    strength = portraits["metric_largest_weight"].sel(stage="pretrained").isel(layer=0)[:7]
    weights = xr.open_zarr(small_net / "layer0.zarr")["weights_0"].values
    assert np.argmax(strength.values) == np.argmax(np.abs(weights).max(axis=0))


def test_stores_of_another_net_are_one_line(small_net, tmp_path, capsys):
    first = [small_net / "layer0.zarr"]
    stores = {name: tmp_path / f"{name}.zarr" for name in ("dead", "fields", "metrics", "units")}
    data = ["--layers", *first, "--lattices", small_net / "spins.zarr", *THRESHOLDS.split()]
    run("analyse", "dead-neurons", *data, "--output", stores["dead"])
    run("analyse", "receptive-fields", "--layers", *first, "--output", stores["fields"])
    run("analyse", "metrics", "--fields", stores["fields"], "--dead", stores["dead"],
        "--output", stores["metrics"])  # fmt: skip
    run("analyse", "emergence", *data, "--output", stores["units"])
    for name, store in (("metrics", "metrics"), ("emergence", "units"), ("dead", "dead")):
        words = options(small_net, **{name: stores[store]})
        line = refused(capsys, "analyse", "portraits", *words, "--output", tmp_path / "x.zarr")
        assert f"--{name}: {stores[store]}" in line
    alone = options(small_net, layers=first, network=None, dead=stores["dead"],
                    metrics=stores["metrics"], emergence=stores["units"])  # fmt: skip
    run("analyse", "portraits", *alone, "--output", tmp_path / "alone.zarr")
    found = storage.load(tmp_path / "alone.zarr", "portraits")
    assert found["stage"].values.tolist() == ["pretrained"]
