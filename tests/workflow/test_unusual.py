"""Configurations that are unusual and right are computed to the end; of any other,
Snakemake says one line and starts nothing.
"""

import copy
from pathlib import Path

import pandas as pd
import pytest
import xarray as xr
import yaml
from hypothesis import HealthCheck, given, settings

from isingdbn import config
from isingdbn.errors import InputError
from tests.length import length
from tests.test_config_fuzz import TINY, configurations
from tests.workflow.conftest import Checkout

EXAMPLES = length(5, 200)


def changed(**blocks):
    """The tiny experiment with some of its blocks replaced, ``lattice`` in part."""
    values = copy.deepcopy(TINY)
    values["lattice"].update(blocks.pop("lattice", {}))
    return {**values, **blocks}


ONE_TEMPERATURE = {
    "temperatures": [2.5],
    "thermodynamics": {"temperatures": [2.5], "peak": [2.4, 2.6]},
}
UNUSUAL = {
    "odd lattice, one net of five layers, one temperature, a large seed": changed(
        lattice={"size": 7},
        nets=[{"name": "Five", "layers": [49, 20, 11, 6, 3], "recipe": "tiny"}],
        seeds=[2**63 - 1], **ONE_TEMPERATURE
    ),
    "no fine-tuning, a single machine with more units than spins, the smallest lattice": changed(
        lattice={"size": 2}, nets=[{"name": "Single", "layers": [4, 9], "recipe": "stack"}],
        **{**ONE_TEMPERATURE, "temperatures": [40]},
        analysis={**TINY["analysis"], "reconstruction": {"block": 1, "examples": 1}},
    ),
    "layers that grow, one code unit, two seeds": changed(
        nets=[{"name": "Wide", "layers": [64, 70, 1], "recipe": "tiny"}], seeds=[0, 1]
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", length(list(UNUSUAL)[1:2], UNUSUAL))
def test_an_unusual_configuration_is_computed_to_the_end(tmp_path, name):
    checkout = Checkout(tmp_path / "checkout")
    (checkout.path / "unusual.yaml").write_text(yaml.safe_dump(UNUSUAL[name]))
    checkout.snakemake(configfile="unusual.yaml")
    assert "all as they were written" in checkout.run("isingdbn", "verify", "results").stdout
    experiment = config.validate(UNUSUAL[name], "config")
    networks = len(experiment.seeds) * len(experiment.temperatures) * len(experiment.nets)
    finetuned = list(checkout.path.glob("results/nets/*/*/*/autoencoder.zarr"))
    assert len(finetuned) == (
        0 if experiment.recipes[experiment.nets[0].recipe].finetuning is None else networks
    )
    for store in checkout.path.glob("results/nets/*/*/*/layer0.zarr"):
        assert xr.open_zarr(store)["weights_0"].shape == tuple(experiment.nets[0].layers[:2])
    assert "Nothing to be done" in checkout.snakemake(configfile="unusual.yaml").stderr


def test_nets_on_several_kinds_of_data_have_their_kind_in_stores_tables_and_figures(tmp_path):
    """Net and control are trained in the same order from the same initial weights."""
    spins, real = ["lattices", "pixel_shuffle"], ["gaussian_field"]
    gaussian = {**TINY["recipes"]["tiny"]["first_layer"], "epochs": 1}
    tuning = {**TINY["recipes"]["tiny"]["finetuning"], "epochs": 1, "augment": False}
    blocks = {**TINY["recipes"]["stack"]["first_layer"], "epochs": 0, "initial": "blocks"}
    by_hand = {**TINY["recipes"]["stack"], "first_layer": {**blocks, "initial_scale": 1.0}}
    recipe = {"first_layer": gaussian, "upper_layers": gaussian, "finetuning": tuning}
    values = changed(
        nets=[
            {
                "name": "Spins",
                "layers": [64, 16],
                "recipe": "stack",
                "data": spins,
                "block_map": True,
                "first_machine": ["mixing"],
            },
            {"name": "Field", "layers": [64, 3], "recipe": "real", "data": real},
            {"name": "ByHand", "layers": [64, 16], "recipe": "blocks", "block_map": True},
        ],
        recipes={**TINY["recipes"], "real": recipe, "blocks": by_hand},
        **ONE_TEMPERATURE,
    )
    checkout = Checkout(tmp_path / "checkout")
    (checkout.path / "controls.yaml").write_text(yaml.safe_dump(values))
    checkout.snakemake(configfile="controls.yaml")
    results = checkout.path / "results"
    pairs = [("Spins", data) for data in spins] + [("Field", data) for data in real]
    for net, data in pairs:
        for store in [
            *results.glob(f"nets/{net}/{data}/*/*.zarr"),
            *results.glob(f"analysis/{net}/{data}/*/*.zarr"),
        ]:
            assert xr.open_zarr(store).attrs["data"] == data, store
    for table in ("dead_neurons", "reconstruction_error", "training"):
        rows = pd.read_csv(results / "tables" / f"{table}.csv")
        assert list(dict.fromkeys(zip(rows["net"], rows["data"], strict=True))) == [
            *pairs,
            ("ByHand", "lattices"),
        ]
    assert set(pd.read_csv(results / "tables" / "evaluation.csv")["data"]) == set(spins)
    told = pd.read_csv(results / "tables" / "discrimination.csv")
    assert list(told["data"]) == spins[1:]
    assert told["machine_auc"].between(0, 1).all()
    over_epochs = pd.read_csv(results / "tables" / "discrimination_over_epochs.csv")
    assert over_epochs["epoch"].tolist() == [1, 2, 3]
    assert over_epochs["machine_auc"].iloc[-1] == pytest.approx(told["machine_auc"][0], abs=0.01)
    assert over_epochs["physics_auc"].tolist() == [told["physics_auc"][0]] * 3
    mixing = pd.read_csv(results / "tables" / "mixing.csv")
    assert list(zip(mixing["net"], mixing["data"], strict=True)) == pairs[:2]
    assert (mixing["tau_m2"] >= 0.5).all()
    weights = {
        data: xr.open_zarr(next(results.glob(f"nets/Spins/{data}/*/layer0.zarr"))) for data in spins
    }
    assert len({weights[data]["weights_0"].values.tobytes() for data in spins}) == len(spins)
    for data in (*spins, *real):
        assert list(results.glob(f"figures/figure2_reconstructions_all_{data}_*.png"))
    maps = pd.read_csv(results / "tables" / "block_couplings.csv")
    assert set(zip(maps["net"], maps["map"], maps["trained_on"], maps["data"], strict=True)) == {
        ("Majority", "majority", "no net", "lattices"),
        ("Majority", "majority", "no net", "pixel_shuffle"),
        ("Decimation", "decimation", "no net", "lattices"),
        ("Decimation", "decimation", "no net", "pixel_shuffle"),
        ("Spins", "hidden spins", "lattices", "lattices"),
        ("Spins", "hidden spins", "pixel_shuffle", "lattices"),
        ("Spins", "hidden spins", "pixel_shuffle", "pixel_shuffle"),
        ("ByHand", "hidden spins", "nothing", "lattices"),
    }
    exponents = pd.read_csv(results / "tables" / "exponents.csv")
    assert len(exponents.drop_duplicates(["net", "map", "trained_on", "data"])) == 8
    kept = pd.read_csv(results / "tables" / "information.csv")
    assert set(kept["net"]) == {"Majority", "Decimation", "Spins", "ByHand"}
    assert set(kept["data"]) == {"lattices"}
    own = kept[kept["encoder"] == "block spins"].set_index(["net", "trained_on"])
    followed = own["majority_overlap"]
    assert followed["ByHand", "nothing"] > 0.8 > followed["Spins", "pixel_shuffle"]
    for table in ("machine_exponents", "machine_samples", "fixed_points"):  # of trained machines
        rows = pd.read_csv(results / "tables" / f"{table}.csv")
        assert set(zip(rows["net"], rows["data"], strict=True)) == set(pairs[:2])
    for name in ("figure12_block_couplings", "figure13_exponents", "figure16_information",
                 "figure17_blindness_over_epochs", "figure20_fixed_points",
                 "figure21_map_fields"):  # fmt: skip
        assert (results / "figures" / f"{name}.png").is_file()
    drawn = xr.open_zarr(next(results.glob("surrogates/gaussian_field/*.zarr")))["spins"]
    assert float(abs(drawn).max()) > 1


def complaint(values):
    """What is wrong with a configuration; nothing if it is right."""
    try:
        config.validate(yaml.safe_load(yaml.safe_dump(values)), "config")
    except InputError as error:
        return str(error)
    return ""


@pytest.fixture(scope="module")
def checkout(tmp_path_factory):
    return Checkout(tmp_path_factory.mktemp("planned") / "checkout")


@given(configurations())
@settings(
    max_examples=EXAMPLES, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck)
)
def test_snakemake_plans_what_is_accepted_and_refuses_the_rest_in_one_line(checkout, values):
    """The configuration takes the place of config.yaml, since --configfile would only be laid over
    it. What is refused is really run.
    """
    Path(checkout.path / "config.yaml").write_text(yaml.safe_dump(values))
    problem = complaint(values)
    done = checkout.run(
        "snakemake", *([] if problem else ["--dry-run"]), "--cores", "2", check=False
    )
    assert "Traceback" not in done.stderr + done.stdout
    assert [path.name for path in (checkout.path / "results").iterdir()] == ["README.md"]
    assert done.returncode == (2 if problem else 0), done.stderr[-2000:]
    assert problem in done.stderr
