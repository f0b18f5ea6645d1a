"""The tiny experiment through the real workflow: all stages, all figures,
the report, and what may go wrong.
"""

import csv
import json
import shutil
import signal
import subprocess
import sys
import time

import numpy as np
import pytest
import xarray as xr
import yaml
from PIL import Image

from tests.length import length
from tests.workflow.conftest import ROOT, digests, stop, wait_for

POINT, CRITICAL = "L8_T3.5_seed3", "L8_T2.269185314213022_seed3"
FIGURES_OF_DEEP = [
    f"figure1_loss_Deep_lattices_{POINT}",
    *(
        f"figure3_receptive_fields_Deep_lattices_{stage}_{colours}_{POINT}"
        for stage in ("pretrained", "finetuned")
        for colours in ("prism", "RdBu_r")
    ),
]
FIGURES = [
    *FIGURES_OF_DEEP,
    *(
        f"{name}_{point}"
        for point in (POINT, CRITICAL)
        for name in (
            "figure1_loss_Shallow_lattices",
            "figure2_reconstructions_all_lattices",
            *(
                f"figure3_receptive_fields_Shallow_lattices_{stage}_{colours}"
                for stage in ("pretrained", "finetuned")
                for colours in ("hot", "RdBu_r")
            ),
        )
    ),
    *(
        f"figure3_receptive_fields_{net}_lattices_pretrained_{colours}_{CRITICAL}"
        for net in ("Spins", "Exploding")
        for colours in ("hot", "RdBu_r")
    ),
]
FILMS = [
    f"film_Deep_lattices_{POINT}",
    *(f"film_Shallow_lattices_{point}" for point in (POINT, CRITICAL)),
    *(f"film_{net}_lattices_{CRITICAL}" for net in ("Spins", "Exploding")),
]


def test_all_figures_are_there_and_not_blank(finished):
    names = {
        *FIGURES,
        "table1_dead_neurons_all",
        "figure4_reconstruction_error",
        "figure5_thermodynamics_L8",
    }
    found = {path.name for path in (finished.path / "results" / "figures").iterdir()}
    files = {f"{name}.{suffix}" for name in names for suffix in ("png", "pdf", "html")}
    files |= {"fields.html", *(f"{film}.gif" for film in FILMS)}
    assert found == {f"{file}{end}" for file in files for end in ("", ".sha256", ".origin")}
    for path in (finished.path / "results" / "figures").glob("*.png"):
        with Image.open(path) as image:
            assert min(image.size) > 300
            assert len(np.unique(np.asarray(image.convert("L")))) > 20
            assert json.loads(image.info["Description"])["input_sha256"]


def test_a_second_run_has_nothing_to_do(finished):
    assert "Nothing to be done" in finished.snakemake().stderr


def test_lattices_open_with_plain_xarray(finished):
    data = xr.open_zarr(finished.path / "results" / "lattices" / f"{POINT}.zarr").load()
    spins = data["spins"].values
    assert spins.shape == (300, 8, 8)
    assert set(np.unique(spins)) == {-1, 1}
    np.testing.assert_allclose(data["magnetization"], spins.mean(axis=(1, 2)))
    bonds = spins * np.roll(spins, 1, 1) + spins * np.roll(spins, 1, 2)
    np.testing.assert_allclose(data["energy"], -bonds.sum(axis=(1, 2)) / 64)
    assert data.attrs["temperature"] == 3.5
    assert data.attrs["seed"] == 3
    assert data.attrs["kernel"] == "scalar"
    assert data.attrs["updates"] >= 1
    assert (
        data.attrs["lag1_autocorrelation_energy"]
        < 0.1 + 4 * data.attrs["lag1_autocorrelation_energy_standard_error"]
    )
    assert 200 < data.attrs["effective_sample_size"] <= 300
    assert data["energy"].attrs["units"] == "J"
    assert data["chain"].values.tolist() == [index % 7 for index in range(300)]


def test_network_store_and_keras_file_are_one_network(finished, tmp_path):
    folder = finished.path / "results" / "nets" / "Deep" / "lattices" / POINT
    data = xr.open_zarr(folder / "autoencoder.zarr").load()
    assert [data[f"weights_{k}"].shape for k in range(3)] == [(64, 23), (23, 11), (11, 5)]
    assert data.sizes["epoch"] == 4
    spins = (
        xr.open_zarr(finished.path / "results" / "lattices" / f"{POINT}.zarr")["spins"]
        .values[:17]
        .reshape(17, 64)
        .astype(np.float32)
    )
    np.save(tmp_path / "in.npy", spins)
    script = (
        "import keras, numpy as np, sys; np.save('out.npy',"
        " keras.models.load_model(sys.argv[1]).predict(np.load('in.npy'), verbose=0))"
    )
    subprocess.run(
        [sys.executable, "-c", script, folder / "autoencoder.keras"],
        cwd=tmp_path,
        check=True,
        capture_output=True,
    )
    values = spins
    for k in range(3):
        values = np.maximum(values @ data[f"weights_{k}"].values + data[f"bias_{k}"].values, 0)
    for k in (2, 1, 0):
        values = np.tanh(
            values @ data[f"decoder_weights_{k}"].values + data[f"decoder_bias_{k}"].values
        )
    np.testing.assert_allclose(np.load(tmp_path / "out.npy"), values, atol=1e-5)


def test_tables_agree_with_the_stores(finished):
    results = finished.path / "results"
    with (results / "tables" / "reconstruction_error.csv").open() as file:
        errors = {
            (row["net"], row["temperature"], row["method"]): float(row["held_out_error"])
            for row in csv.DictReader(file)
        }
    assert len(errors) == 3 * 5 + 2 * 4
    assert not any(net == "Spins" and how == "autoencoder" for net, _, how in errors)
    history = xr.open_zarr(results / "nets" / "Shallow" / "lattices" / POINT / "autoencoder.zarr")[
        "held_out_error"
    ].values
    assert abs(errors["Shallow", "3.5", "autoencoder"] - history[-1]) < 1e-5
    assert errors["Shallow", "3.5", "zero_output"] == 1
    assert (
        errors["Shallow", "3.5", "pca"]
        == errors["Deep", "3.5", "pca"]
        < errors["Deep", "3.5", "zero_output"]
    )
    with (results / "tables" / "dead_neurons.csv").open() as file:
        dead = list(csv.DictReader(file))
    assert len(dead) == 2 * 2 * 2 + 2 * 3 + 2 + 1
    fields = xr.open_zarr(
        results / "analysis" / "Deep" / "lattices" / POINT / "receptive_fields.zarr"
    ).load()
    layers = xr.open_zarr(
        results / "nets" / "Deep" / "lattices" / POINT / "autoencoder.zarr"
    ).load()
    product = layers["weights_0"].values @ layers["weights_1"].values @ layers["weights_2"].values
    np.testing.assert_allclose(fields["finetuned_2"].values.reshape(5, 64), product.T, atol=1e-5)


def test_divergence_is_in_the_training_table(finished):
    with (finished.path / "results" / "tables" / "training.csv").open() as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 2 * 2 + 3 + 2 + 1
    for row in rows:
        diverged = row["diverged_in_epoch"]
        assert (row["net"] == "Exploding") == bool(diverged)
        if diverged:
            assert 1 <= int(diverged) <= 9
            assert int(row["epochs"]) == int(diverged) - 1


def test_physics_table_has_exact_values_and_pulls(finished):
    with (finished.path / "results" / "tables" / "thermodynamics.csv").open() as file:
        rows = list(csv.DictReader(file))
    pulls = [float(row["pull"]) for row in rows if row["pull"]]
    assert {row["temperature"] for row in rows} == {"2.1", "2.269185314213022", "2.5"}
    assert len(pulls) == 3 * (4 + 4)
    assert max(map(abs, pulls)) < 5


def test_a_surrogate_is_made_when_asked_for(own):
    target = f"results/surrogates/pixel_shuffle/{POINT}.zarr"
    own.snakemake(target)
    surrogate, lattices = (
        xr.open_zarr(own.path / path).load() for path in (target, f"results/lattices/{POINT}.zarr")
    )
    assert surrogate["magnetization"].equals(lattices["magnetization"])
    assert not surrogate["spins"].equals(lattices["spins"])


def test_a_damaged_store_stops_what_reads_it_and_only_that(own, finished):
    """The error names the file and the remedy, what does not depend on the store is made,
    and the remedy heals everything.
    """
    store = own.path / "results" / "lattices" / f"{POINT}.zarr"
    chunk = next(path for path in sorted((store / "spins" / "c").rglob("*")) if path.is_file())
    whole = chunk.read_bytes()
    chunk.write_bytes(whole[:100] + bytes([whole[100] ^ 1]) + whole[101:])
    done = own.snakemake("--forcerun", "reconstruction", check=False)
    assert done.returncode == 1
    assert f"results/lattices/{POINT}.zarr/spins/c/0/0/0: is damaged" in done.stderr
    assert f"snakemake --cores 8 results/lattices/{POINT}.zarr" in done.stderr
    assert "Traceback" not in done.stderr
    assert not (own.path / f"results/analysis/Deep/lattices/{POINT}/reconstruction.zarr").exists()
    assert (own.path / f"results/analysis/Shallow/lattices/{CRITICAL}/reconstruction.zarr").exists()
    shutil.rmtree(store)
    store.with_name(store.name + ".sha256").unlink()
    own.snakemake(f"results/lattices/{POINT}.zarr")
    done = own.snakemake()
    assert "rule pretrain" not in done.stderr, "an identical store must not train again"
    assert digests(own) == digests(finished)


def test_everything_is_as_recorded_and_sha256sum_agrees(finished):
    done = finished.run("isingdbn", "verify", "results")
    assert done.stdout.startswith("results: "), done.stdout
    assert (
        f"{len(list(finished.path.glob('results/**/*.sha256')))} stores and files,"
        " all as they were written"
    ) in done.stdout
    for manifest in (
        "tables/training.csv.sha256",
        f"nets/Deep/lattices/{POINT}/autoencoder.zarr.sha256",
    ):
        path = finished.path / "results" / manifest
        subprocess.run(
            ["sha256sum", "--check", "--quiet", "--strict", path.name], cwd=path.parent, check=True
        )


def test_a_damaged_table_is_not_drawn(own, finished):
    table = own.path / "results/tables/dead_neurons.csv"
    table.write_text(table.read_text().replace("Deep", "Deap"))
    done = own.snakemake("--forcerun", "figure_dead_neurons", check=False)
    assert done.returncode == 1
    assert "results/tables/dead_neurons.csv: is damaged" in done.stderr
    assert "Traceback" not in done.stderr
    table.unlink()
    own.snakemake()
    assert digests(own) == digests(finished)


def test_waiting_jobs_are_looked_at_only_when_something_has_ended(own):
    """Snakemake looks again every second, in as many chains as jobs have ended,
    unless the Snakefile switches that off.
    """
    images = [f"results/figures/{name}.png" for name in FIGURES_OF_DEEP]
    for image in images:
        (own.path / image).unlink()
    done = own.snakemake("--cores", "1", "--verbose", *images)
    assert len(images) <= done.stderr.count("Resources before job selection") <= len(images) + 2


def test_lost_stores_are_made_again_the_same(own, finished):
    for name in (
        f"nets/Shallow/lattices/{POINT}/autoencoder",
        f"analysis/Deep/lattices/{POINT}/dead_neurons",
    ):
        shutil.rmtree(own.path / "results" / f"{name}.zarr")
    own.snakemake()
    assert digests(own) == digests(finished)


@pytest.mark.parametrize(
    "signal_number", length([signal.SIGTERM], [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
)
def test_an_interrupted_change_is_finished_by_the_next_run(own, tmp_path, signal_number):
    """Another number of epochs, interrupted while the old networks are gone
    and the old figures are not.
    """
    tiny = yaml.safe_load((ROOT / "tests" / "workflow" / "tiny.yaml").read_text())
    tiny["recipes"]["tiny"]["finetuning"]["epochs"] = 5
    edited = tmp_path / "edited.yaml"
    edited.write_text(yaml.safe_dump(tiny))
    log = own.path / f"results/logs/finetune/Deep/lattices/{POINT}.log"
    started = time.time()
    running = own.start("snakemake", "--cores", "4", "--configfile", str(edited))
    wait_for(lambda: log.exists() and log.stat().st_mtime > started)
    stop(running, signal_number)
    time.sleep(1)
    done = own.snakemake(configfile=str(edited), check=False)
    if "--unlock" in done.stderr:
        own.snakemake("--unlock", configfile=str(edited))
        done = own.snakemake(configfile=str(edited), check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    assert len(digests(own)) > 0
    for network in own.path.glob("results/nets/*/*/*/autoencoder.zarr"):
        assert xr.open_zarr(network).sizes["epoch"] == 5
    with (own.path / "results" / "tables" / "reconstruction_error.csv").open() as file:
        errors = {
            row["net"]: float(row["held_out_error"])
            for row in csv.DictReader(file)
            if row["method"] == "autoencoder"
        }
    last = xr.open_zarr(own.path / "results/nets/Deep/lattices/L8_T3.5_seed3/autoencoder.zarr")[
        "held_out_error"
    ].values[-1]
    assert abs(errors["Deep"] - last) < 1e-5
    assert "Nothing to be done" in own.snakemake(configfile=str(edited)).stderr


BAD = {
    "__use_yte__: true": (
        "__use_yte__: a template is not allowed, it can run code; write plain YAML"
    ),
    "lattice: {size: 9}": (
        "nets.0 (Shallow).layers: the first layer has 64 units, lattice.size² = 81 is needed"
    ),
    "tempratures: [2.0]": "tempratures: unknown key",
    "temperatures: [-1.0]": "temperatures: -1.0 is not allowed",
    "seeds: [1, 1]": "seeds: 1 is given twice",
}


@pytest.mark.parametrize("text", BAD)
def test_a_bad_configuration_is_one_line_before_any_job(finished, tmp_path, text):
    tiny = yaml.safe_load((ROOT / "tests" / "workflow" / "tiny.yaml").read_text())
    for key, value in yaml.safe_load(text).items():
        tiny[key] = {**tiny[key], **value} if isinstance(value, dict) else value
    path = tmp_path / "bad.yaml"
    path.write_text(yaml.safe_dump(tiny))
    done = finished.snakemake(configfile=str(path), check=False)
    assert done.returncode == 2
    assert BAD[text] in done.stderr
    assert "Traceback" not in done.stderr
    assert "rule " not in done.stderr


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("lattice:\n  size: [8,\nseeds: 3\n", "config.yaml: line 4, column 1: expected ',' or"),
        (None, "config.yaml: there is no such file in "),
    ],
)
def test_an_unreadable_configuration_is_one_line_with_the_place(own, text, words):
    path = own.path / "config.yaml"
    if text is None:
        path.unlink()
    else:
        path.write_text(text)
    done = own.run("snakemake", "-n", "--cores", "1", check=False)
    assert done.returncode == 2
    assert words in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    "name",
    [
        "nets/Deep/../../../../up/L8_T3.5_seed3/layer0.zarr",
        "lattices/L8_T3.5;touch up_seed3.zarr",
        "figures/$(touch up).png",
    ],
)
def test_what_is_asked_for_by_a_hostile_name_is_not_made(own, name):
    done = own.snakemake(f"results/{name}", check=False)
    assert done.returncode == 1
    assert "MissingRuleException" in done.stderr
    assert not list(own.path.parent.rglob("up"))


def test_lint_and_format_find_nothing(finished):
    lint = finished.run("snakemake", "--lint", check=False)
    assert "Congratulations" in lint.stdout + lint.stderr, lint.stdout[-3000:] + lint.stderr[-3000:]
