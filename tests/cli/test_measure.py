"""`isingdbn exact`, `measure`, `table thermodynamics` and their figure, from the command line."""

import csv

import numpy as np
import pytest
import xarray as xr

from isingdbn.cli import main
from isingdbn.ising.exact import torus_correlations, torus_energy, torus_specific_heat


@pytest.fixture(scope="module")
def stores(tmp_path_factory):
    """Lattices at two temperatures, their measurements and the exact curves."""
    home = tmp_path_factory.mktemp("physics")
    for temperature in ("2.1", "2.5"):
        options = ["--size", "3x5", "--temperature", temperature, "--samples", "4000",
                   "--chains", "16", "--seed", "0"]  # fmt: skip
        assert main(["simulate", *options, "--output", str(home / f"{temperature}.zarr")]) == 0
        output = ["--output", str(home / f"physics_{temperature}.zarr")]
        assert (
            main(
                [
                    "measure",
                    "thermodynamics",
                    "--lattices",
                    str(home / f"{temperature}.zarr"),
                    *output,
                ]
            )
            == 0
        )
    options[-1] = "1"
    assert main(["simulate", *options, "--output", str(home / "seed1.zarr")]) == 0
    lattices = [str(home / "2.1.zarr"), str(home / "2.5.zarr")]
    assert main(["measure", "peaks", "--lattices", *lattices, "--between", "1.8", "3",
                 "--output", str(home / "peaks.zarr")]) == 0  # fmt: skip
    assert main(["exact", "--size", "3x5", "--temperatures", "3", "2.1", "2.5",
                 "--output", str(home / "exact.zarr")]) == 0  # fmt: skip
    return home


def test_thermodynamics_are_measured_beside_exact_values(stores):
    for temperature in (2.1, 2.5):
        data = xr.open_zarr(stores / f"physics_{temperature}.zarr").load()
        exact = {
            "energy": torus_energy,
            "specific_heat": torus_specific_heat,
            "correlation": torus_correlations,
        }
        for name, function in exact.items():
            np.testing.assert_allclose(
                data[f"{name}_exact"], function((3, 5), temperature), rtol=1e-12
            )
            error = data[f"{name}_error"].values
            assert (
                abs(data[name].values - data[f"{name}_exact"].values)[error > 0]
                < 4.5 * error[error > 0]
            ).all()
        assert data["correlation"].shape == (3, 5)
        np.testing.assert_allclose(
            data["susceptibility_exact"], 15 * data["correlation_exact"].mean() / temperature
        )


def test_exact_store_lies_over_the_data(stores):
    exact = xr.open_zarr(stores / "exact.zarr").load()
    assert exact["temperature"].values.tolist() == [2.1, 2.5, 3.0]
    assert exact["energy"].attrs["units"] == "J"
    data = xr.open_zarr(stores / "physics_2.5.zarr").load()
    np.testing.assert_allclose(
        exact["correlation"].sel(temperature=2.5), data["correlation_exact"], atol=1e-12
    )


def test_peaks_are_found(stores):
    data = xr.open_zarr(stores / "peaks.zarr").load()
    difference = abs(
        data["specific_heat_peak_temperature"] - data["specific_heat_peak_temperature_exact"]
    )
    assert difference < 4 * data["specific_heat_peak_temperature_error"] < 0.4
    assert 1.8 < data["connected_susceptibility_peak_temperature"] < 3


def test_table_has_a_row_a_quantity(stores, tmp_path):
    inputs = [str(stores / f"physics_{temperature}.zarr") for temperature in (2.1, 2.5)]
    assert (
        main(["table", "thermodynamics", "--inputs", *inputs, "--output", str(tmp_path / "t.csv")])
        == 0
    )
    with (tmp_path / "t.csv").open() as file:
        rows = {(row["temperature"], row["quantity"]): row for row in csv.DictReader(file)}
    data = xr.open_zarr(inputs[1]).load()
    row = rows["2.5", "correlation(0,1)"]
    assert abs(float(row["value"]) - float(data["correlation"][0, 1])) < 1e-6
    pull = float((data["energy"] - data["energy_exact"]) / data["energy_error"])
    assert abs(float(rows["2.5", "energy"]["pull"]) - pull) < 0.006
    assert rows["2.1", "binder"]["exact"] == ""


def test_figure_is_drawn(stores, tmp_path):
    measured = [str(stores / f"physics_{temperature}.zarr") for temperature in (2.1, 2.5)]
    inputs = [
        "--measured",
        *measured,
        "--exact",
        str(stores / "exact.zarr"),
        "--peaks",
        str(stores / "peaks.zarr"),
    ]
    assert main(["figure", "thermodynamics", *inputs, "--output", str(tmp_path / "f.png")]) == 0
    assert (tmp_path / "f.png").stat().st_size > 50_000


def test_lattices_that_have_not_equilibrated_are_an_error_and_leave_nothing(tmp_path, capsys):
    """One update after a random start at low temperature."""
    options = ["--size", "12", "--temperature", "1.5", "--samples", "800", "--seed", "0",
               "--protocol", "independent", "--updates", "1"]  # fmt: skip
    assert main(["simulate", *options, "--output", str(tmp_path / "a.zarr")]) == 1
    line = capsys.readouterr().err.splitlines()[-1]
    assert line.startswith(
        "isingdbn simulate: the lattices are not from equilibrium: energy per site -"
    )
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (
            ["measure", "peaks", "--lattices", "2.1.zarr", "--between", "3", "1.8"],
            "--between: 3.0 1.8 is not allowed; give the lower",
        ),
        (
            ["measure", "peaks", "--lattices", "2.1.zarr", "--between", "0", "1.8"],
            "a temperature is a finite number > 0",
        ),
        (
            ["measure", "peaks", "--lattices", "2.1.zarr", "exact.zarr", "--between", "1", "2"],
            "is of the kind 'exact', 'lattices' is needed",
        ),
        (
            ["measure", "peaks", "--lattices", "2.1.zarr", "seed1.zarr", "--between", "1", "2"],
            "have the seeds 0, 1; give stores of one seed",
        ),
        (["measure", "thermodynamics", "--lattices", "none.zarr"], "there is no such store"),
        (["exact", "--size", "1", "--temperatures", "2"], "each ≥ 2"),
        (["exact", "--size", "3", "--temperatures", "nan"], "a temperature is a finite number > 0"),
        (
            [
                "simulate",
                "--size",
                "5x65",
                "--temperature",
                "2",
                "--samples",
                "3",
                "--seed",
                "0",
                "--kernel",
                "packed",
            ],
            "at most 64",
        ),
        (
            [
                "simulate",
                "--size",
                "5",
                "--temperature",
                "2",
                "--samples",
                "3",
                "--seed",
                "0",
                "--protocol",
                "independent",
            ],
            "'auto' is not",
        ),
    ],
)
def test_bad_input_is_one_line_and_exit_status_2(
    stores, tmp_path, capsys, monkeypatch, arguments, message
):
    monkeypatch.chdir(stores)
    assert main([*arguments, "--output", str(tmp_path / "x.zarr")]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert message in line
    assert list(tmp_path.iterdir()) == []
