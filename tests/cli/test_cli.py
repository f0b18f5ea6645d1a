"""The command line: its contract, its refusals, and that what it refuses leaves no trace."""

import csv
import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import xarray as xr

from isingdbn import storage
from isingdbn.cli import main
from isingdbn.cli.csv_files import read


@pytest.fixture(scope="module")
def lattices(tmp_path_factory):
    """A small rectangular store."""
    store = tmp_path_factory.mktemp("cli") / "spins.zarr"
    assert simulate(store) == 0
    return store


def simulate(output, **changes):
    options = {
        "size": "3x5",
        "temperature": "2.5",
        "samples": "40",
        "updates": "5",
        "seed": "0",
        "thermalization": "20",
    } | changes
    return main(
        [
            "simulate",
            *(part for key, value in options.items() for part in (f"--{key}", value)),
            "--output",
            str(output),
        ]
    )


PRETRAIN = ["--held-out", "10", "--epochs", "2", "--learning-rate", "0.01", "--momentum", "0.5",
            "--minibatch", "10", "--gibbs-steps", "1", "--l1", "5e-4",
            "--initial-scale", "0.01"]  # fmt: skip


def pretrain(lattices, output, *below, units="7", sigma="0.8", options=PRETRAIN):
    own = (
        ["--visible", "bernoulli", "--below", *map(str, below)]
        if below
        else ["--visible", "gaussian", "--sigma", sigma]
    )
    kinds = [*own, "--hidden", "bernoulli"]
    return main(["pretrain", "--lattices", str(lattices), "--units", units, *options, *kinds,
                 "--output", str(output)])  # fmt: skip


def finetune(lattices, layers, output, keras):
    return main(["finetune", "--lattices", str(lattices), "--layers", *map(str, layers),
                 "--epochs", "2", "--learning-rate", "1e-3", "--minibatch", "10", "--l1", "5e-4",
                 "--l1-scale", "per_pixel", "--augment", "true", "--output", str(output),
                 "--keras", str(keras)])  # fmt: skip


def test_a_rectangle_goes_through_all_stages(lattices, tmp_path):
    """Every command by itself, without Snakemake, on a 3×5 lattice."""
    layers = [tmp_path / "layer0.zarr", tmp_path / "layer1.zarr"]
    assert pretrain(lattices, layers[0]) == 0
    assert pretrain(lattices, layers[1], layers[0], units="2") == 0
    network, keras = tmp_path / "net.zarr", tmp_path / "net.keras"
    assert finetune(lattices, layers, network, keras) == 0
    fields, dead, reconstruction = (
        tmp_path / f"{name}.zarr" for name in ("fields", "dead", "reconstruction")
    )
    stack = ["--layers", *map(str, layers)]
    data = ["--lattices", str(lattices)]
    thresholds = ["--weight-fraction", "0.1", "--activity-fraction", "0.01", "--percentile", "99"]
    assert (
        main(
            [
                "analyse",
                "receptive-fields",
                "--network",
                str(network),
                *stack,
                "--output",
                str(fields),
            ]
        )
        == 0
    )
    assert main(["analyse", "dead-neurons", "--network", str(network), *stack, *data, *thresholds,
                 "--output", str(dead)]) == 0  # fmt: skip
    settings = ["--block", "2", "--examples", "2"]
    assert main(["analyse", "reconstruction", "--network", str(network), *stack, *data, *settings,
                 "--output", str(reconstruction)]) == 0  # fmt: skip
    assert xr.open_zarr(fields)["finetuned_1"].shape == (2, 3, 5)
    np.testing.assert_allclose(xr.open_zarr(layers[0])["sigma_0"], 0.8)
    assert "sigma_1" not in xr.open_zarr(layers[1])
    assert set(xr.open_zarr(network).attrs["input_sha256"]) == {str(lattices), *map(str, layers)}
    errors = xr.open_zarr(reconstruction)
    np.testing.assert_allclose(errors["error_zero_output"], 1)
    assert errors.sizes["held_out"] == 10
    table = tmp_path / "table.csv"
    names = ["--nets", "Net", "--recipes", "r"]
    assert (
        main(["table", "dead-neurons", *names, "--inputs", str(dead), "--output", str(table)]) == 0
    )
    assert (
        table.read_text().splitlines()[0]
        == "net,recipe,data,temperature,seed,stage,layer,units,training_lattices,epochs,"
        "dead_by_weight,dead_by_activity,"
        "magnetization_correlation_of_dead,magnetization_correlation_of_others"
    )
    _, _, row, *_ = csv.DictReader(table.read_text().splitlines())
    measured = xr.open_zarr(dead).load().sel(stage=row["stage"]).isel(layer=int(row["layer"]))
    for of, mask in (("dead", measured.dead_by_weight), ("others", ~measured.dead_by_weight)):
        mean = float(measured.magnetization_correlation.where(mask).mean())
        found = float(row[f"magnetization_correlation_of_{of}"] or "nan")
        assert found == pytest.approx(mean, nan_ok=True)
    pattern, twice = dead.with_stem("{point}"), tmp_path / "twice.csv"
    again = dead.with_stem("again")
    measure = ["analyse", "dead-neurons", "--network", str(network), *stack, *data, *thresholds]
    assert main([*measure, "--output", str(again)]) == 0
    points = ["--points", dead.stem, again.stem]
    inputs = ["--inputs", str(pattern), *points]
    assert main(["table", "dead-neurons", *names, *inputs, "--output", str(twice)]) == 0
    head, *rows = table.read_text().splitlines()
    assert twice.read_text().splitlines() == [head, *rows, *rows]
    image = tmp_path / "figure.png"
    assert (
        main(
            [
                "figure",
                "loss",
                "--network",
                str(network),
                "--reconstruction",
                str(reconstruction),
                "--label",
                "x",
                "--output",
                str(image),
            ]
        )
        == 0
    )
    assert image.stat().st_size > 10_000


def test_simulate_keeps_its_contract(tmp_path):
    command = [sys.executable, "-m", "isingdbn", "simulate", "--size", "6", "--temperature", "2.50",
               "--samples", "23", "--updates", "10"]  # fmt: skip
    done = subprocess.run(
        [*command, "--seed", "0", "--output", str(tmp_path / "s.zarr")],
        capture_output=True,
        text=True,
        check=True,
    )
    assert "100%" in done.stderr
    data = xr.open_zarr(tmp_path / "s.zarr").load()
    assert data["spins"].shape == (23, 6, 6)
    assert {
        "temperature": 2.5,
        "seed": 0,
        "updates": 10,
        "height": 6,
        "width": 6,
    }.items() <= data.attrs.items()
    assert "J = k_B = 1" in data.attrs["title"]
    assert json.dumps(data.attrs["parameters"])


def test_threads_do_not_change_the_bytes(tmp_path):
    for threads in ("1", "3"):
        assert simulate(tmp_path / threads / "s.zarr", threads=threads) == 0
    assert (tmp_path / "1" / "s.zarr.sha256").read_text() == (
        tmp_path / "3" / "s.zarr.sha256"
    ).read_text()


@pytest.mark.parametrize(
    ("option", "value", "allowed"),
    [
        ("size", "1", "each ≥ 2"), ("size", "0x5", "each ≥ 2"), ("size", "big", "height x width"),
        ("size", "3.5", "each ≥ 2"), ("size", "4097", "≤ 4096"),
        ("temperature", "0", "finite number > 0"), ("temperature", "-1", "finite number > 0"),
        ("temperature", "nan", "finite number > 0"), ("temperature", "inf", "finite number > 0"),
        ("temperature", "1e-200", "from 1e-100 to 1e+100"),
        ("temperature", "warm", "finite number > 0"),
        ("samples", "0", "greater than or equal to 1"), ("samples", "many", "valid integer"),
        ("updates", "0", "whole number from 1"), ("updates", "often", "give auto"),
        ("seed", "-1", "integer ≥ 0"), ("seed", "1.5", "integer ≥ 0"),
        ("threads", "0", "integer ≥ 1"), ("chains", "0", "greater than or equal to 1"),
        ("thermalization", "-1", "give auto or a whole number"),
        ("kernel", "gpu", "'auto', 'scalar' or 'packed'"),
        ("protocol", "x", "independent"),
        ("max-autocorrelation", "1", "less than 1"), ("max-autocorrelation", "nan", "less than 1"),
    ],
)  # fmt: skip
def test_bad_options_are_one_line_and_exit_status_2(tmp_path, capsys, option, value, allowed):
    assert simulate(tmp_path / "s.zarr", **{option: value}) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith("isingdbn simulate: ")
    assert f"--{option}" in line
    assert repr(value) in line
    assert allowed in line
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "arguments",
    [["simulate"], ["polish"], ["simulate", "--sizes", "4"], ["figure", "polish"], ["analyse"]],
)
def test_bad_commands_are_one_line_and_exit_status_2(capsys, arguments):
    assert main(arguments) == 2
    assert len(capsys.readouterr().err.splitlines()) == 1


def test_an_existing_path_is_not_overwritten(tmp_path, capsys):
    assert simulate(tmp_path / "s.zarr") == 0
    before = (tmp_path / "s.zarr.sha256").read_bytes()
    assert simulate(tmp_path / "s.zarr", seed="1") == 2
    assert "exists already" in capsys.readouterr().err
    assert (tmp_path / "s.zarr.sha256").read_bytes() == before


def test_divergence_is_a_failed_job_that_keeps_the_good_epochs(lattices, tmp_path, capsys):
    options = [*PRETRAIN, "--largest-parameter", "0.1"]
    options[PRETRAIN.index("--epochs") + 1] = "400"
    assert pretrain(lattices, tmp_path / "layer0.zarr", options=options) == 1
    (last,) = [
        line for line in capsys.readouterr().err.splitlines() if line.startswith("isingdbn ")
    ]
    assert "pre-training diverged" in last
    assert "smaller learning_rate" in last
    (folder,) = tmp_path.iterdir()
    (kept,) = folder.iterdir()
    assert last.endswith(f"kept in {kept}")
    with np.load(kept, allow_pickle=False) as archive:
        assert np.abs(archive["variable_0"]).max() <= 0.1
        assert f"in epoch {archive['finished'] + 1} of 400" in last


def test_wrong_stores_are_named(lattices, tmp_path, capsys):
    def refused(status, words):
        assert status == 2
        (line,) = [
            line for line in capsys.readouterr().err.splitlines() if line.startswith("isingdbn ")
        ]
        assert words in line

    refused(
        pretrain(tmp_path / "none.zarr", tmp_path / "a.zarr"), "none.zarr: there is no such store"
    )
    refused(
        pretrain(lattices, tmp_path / "a.zarr", lattices),
        "spins.zarr: is of the kind 'lattices', 'layer' is needed",
    )
    refused(
        finetune(lattices, [lattices], tmp_path / "n.zarr", tmp_path / "n.keras"),
        "'layer' is needed",
    )
    refused(
        pretrain(
            lattices,
            tmp_path / "a.zarr",
            options=[{"10": "40"}.get(value, value) for value in PRETRAIN],
        ),
        "leave nothing to train on",
    )
    assert list(tmp_path.iterdir()) == []
    first, other, second = (tmp_path / f"{name}.zarr" for name in ("first", "other", "second"))
    assert pretrain(lattices, first) == 0
    assert pretrain(lattices, other, sigma="0.9") == 0
    assert pretrain(lattices, second, first, units="2") == 0
    capsys.readouterr()
    refused(
        finetune(lattices, [other, second], tmp_path / "n.zarr", tmp_path / "n.keras"),
        f"was not trained on top of {other}",
    )
    refused(
        finetune(lattices, [second], tmp_path / "n.zarr", tmp_path / "n.keras"),
        "is layer 1 of a stack, layer 0 is needed",
    )
    more = tmp_path / "more.zarr"
    assert simulate(more, seed="1") == 0
    capsys.readouterr()
    refused(
        finetune(more, [first], tmp_path / "n.zarr", tmp_path / "n.keras"),
        "first.zarr: was trained on other lattices",
    )
    refused(pretrain(lattices, first), "exists already")


def test_a_table_that_is_none_is_refused(tmp_path, capsys):
    table = tmp_path / "table.csv"
    for content in ("", "a,b\n1,2\n"):
        table.write_text(content)
        assert (
            main(
                [
                    "figure",
                    "dead-neurons",
                    "--table",
                    str(table),
                    "--output",
                    str(tmp_path / "x.png"),
                ]
            )
            == 2
        )
        assert len(capsys.readouterr().err.splitlines()) == 1


def test_a_stack_is_measured_without_fine_tuning(lattices, tmp_path):
    layer = tmp_path / "layer0.zarr"
    assert pretrain(lattices, layer) == 0
    data = ["--layers", str(layer), "--lattices", str(lattices)]
    thresholds = ["--weight-fraction", "0.1", "--activity-fraction", "0.01", "--percentile", "99"]
    assert (
        main(
            [
                "analyse",
                "receptive-fields",
                "--layers",
                str(layer),
                "--network",
                "--output",
                str(tmp_path / "f.zarr"),
            ]
        )
        == 0
    )
    assert (
        main(["analyse", "dead-neurons", *data, *thresholds, "--output", str(tmp_path / "d.zarr")])
        == 0
    )
    assert main(["analyse", "reconstruction", *data, "--block", "2", "--examples", "2",
                 "--output", str(tmp_path / "r.zarr")]) == 0  # fmt: skip
    assert set(xr.open_zarr(tmp_path / "f.zarr")) == {"pretrained_0"}
    assert not any(str(name).startswith("finetuned") for name in xr.open_zarr(tmp_path / "d.zarr"))
    stack, errors = xr.open_zarr(layer).load(), xr.open_zarr(tmp_path / "r.zarr").load()
    assert "error_autoencoder" not in errors
    shown = errors["lattice"].values.reshape(2, 15)
    hidden = 1 / (
        1 + np.exp(-(shown @ stack["weights_0"].values / 0.8**2 + stack["hidden_bias_0"].values))
    )
    expected = hidden @ stack["weights_0"].values.T + stack["visible_bias_0"].values
    np.testing.assert_allclose(errors["reconstruction"].values.reshape(2, 15), expected, atol=1e-5)


def test_units_that_cannot_take_the_values_of_spins_are_refused_with_the_remedy(
    lattices, tmp_path, capsys
):
    arguments = ["pretrain", "--lattices", str(lattices), "--units", "3", *PRETRAIN,
                 "--visible", "bernoulli", "--hidden", "bernoulli"]  # fmt: skip
    output = ["--output", str(tmp_path / "a.zarr")]
    assert main([*arguments, *output]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert (
        "--visible: bernoulli units cannot stand for data from -1 to +1:"
        " choose spin or gaussian, or set mismatched_units"
    ) in line
    assert main([*arguments, "--mismatched-units", "true", *output]) == 0


def test_divergence_may_be_a_result(lattices, tmp_path):
    store = tmp_path / "a.zarr"
    options = [*PRETRAIN, "--divergence", "result", "--largest-parameter", "0.2"]
    options[options.index("--epochs") + 1] = "400"
    options[options.index("--learning-rate") + 1] = "0.1"
    assert pretrain(lattices, store, options=options) == 0
    data = xr.open_zarr(store).load()
    assert data.attrs["diverged"] == 1
    assert 0 < data.attrs["epochs_done"] == data.sizes["epoch"] < 400
    assert np.abs(data["weights_0"].values).max() <= 0.2
    assert f"in epoch {data.attrs['epochs_done'] + 1} of 400" in data.attrs["divergence_message"]


KILLED = """
import json, os, signal, sys
from isingdbn.cli import finetune, main, pretrain
from isingdbn.learning import callbacks

callbacks.Checkpoint.__init__.__defaults__ = (0.0,)
write = callbacks.Checkpoint.__call__

def do(folder, epochs, arguments):
    def write_and_die(self, training):
        write(self, training)
        if training.finished == epochs:
            os.kill(os.getpid(), signal.SIGKILL)

    callbacks.Checkpoint.__call__ = write_and_die
    os.chdir(folder)
    os.dup2(os.open("said", os.O_WRONLY | os.O_CREAT | os.O_TRUNC), 2)
    os._exit(main(arguments))

for line in sys.stdin:
    child = os.fork()
    if child == 0:
        do(*json.loads(line))
    print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)
"""


@pytest.fixture(scope="module")
def killed_after():
    """Do a command in the current folder, with a checkpoint after every epoch, and kill
    it after a number of them; returns its exit status and what it said.

    Each is a fork of one process that has loaded all it needs, and has done nothing.
    """
    with subprocess.Popen(
        [sys.executable, "-c", KILLED], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as loaded:

        def kill(epochs, *arguments):
            loaded.stdin.write(json.dumps([str(Path.cwd()), epochs, arguments]) + "\n")
            loaded.stdin.flush()
            status = int(loaded.stdout.readline())
            return status, Path("said").read_text()

        yield kill
        loaded.stdin.close()


def test_a_training_that_was_killed_goes_on_and_ends_as_if_it_had_not_been(
    lattices, tmp_path, monkeypatch, killed_after
):
    """SIGKILL after two of five epochs, of pre-training with persistent chains, and of fine-tuning;
    checkpoints after every epoch.
    """
    monkeypatch.chdir(tmp_path)
    pre = ["--lattices", str(lattices), "--units", "7", *PRETRAIN, "--visible", "spin",
           "--hidden", "bernoulli", "--algorithm", "pcd"]  # fmt: skip
    pre[pre.index("--epochs") + 1] = "5"
    fine = ["--lattices", str(lattices), "--epochs", "5", "--learning-rate", "1e-3",
            "--minibatch", "10", "--l1", "5e-4", "--l1-scale", "per_pixel",
            "--augment", "true"]  # fmt: skip
    for place in ("whole", "killed"):
        (tmp_path / place).mkdir()
    for command, options in (
        ("pretrain", [*pre, "--output", "layer0.zarr"]),
        (
            "finetune",
            [*fine, "--layers", "layer0.zarr", "--output", "net.zarr", "--keras", "net.keras"],
        ),
    ):
        monkeypatch.chdir(tmp_path / "whole")
        assert main([command, *options]) == 0
        monkeypatch.chdir(tmp_path / "killed")
        assert killed_after(2, command, *options)[0] == -9
        assert len(list((tmp_path / "killed" / ".checkpoints").iterdir())) == 1
        status, said = killed_after(99, command, *options)
        assert status == 0, said
        assert "going on after epoch 2 of 5" in said
        assert list((tmp_path / "killed" / ".checkpoints").iterdir()) == []
    manifests = [
        [(tmp_path / place / f"{store}.zarr.sha256").read_text() for store in ("layer0", "net")]
        for place in ("whole", "killed")
    ]
    assert manifests[0] == manifests[1]
    assert (tmp_path / "whole" / "net.keras").read_bytes() == (
        tmp_path / "killed" / "net.keras"
    ).read_bytes()


def test_another_configuration_does_not_take_the_checkpoint(
    lattices, tmp_path, monkeypatch, killed_after
):
    monkeypatch.chdir(tmp_path)
    options = ["--lattices", str(lattices), "--units", "7", *PRETRAIN, "--visible", "spin",
               "--hidden", "spin", "--output", "a.zarr"]  # fmt: skip
    options[options.index("--epochs") + 1] = "5"
    assert killed_after(2, "pretrain", *options)[0] == -9
    (checkpoint,) = (tmp_path / ".checkpoints").iterdir()
    changed = [*options, "--l2", "0.001"]
    assert killed_after(3, "pretrain", *changed)[0] == -9
    (other,) = set((tmp_path / ".checkpoints").iterdir()) - {checkpoint}
    checkpoint.replace(other)
    status, said = killed_after(99, "pretrain", *changed)
    assert status == 2
    assert len([line for line in said.splitlines() if line.startswith("isingdbn ")]) == 1
    assert f".checkpoints/{other.name}: is a checkpoint of another configuration" in said
    assert "remove it to train from the start" in said


@pytest.mark.parametrize(
    "again", [["--seed", "1"], ["--seed=1"], ["--output", "b.zarr"]], ids=" ".join
)
def test_an_option_given_twice_is_refused(tmp_path, monkeypatch, capsys, again):
    monkeypatch.chdir(tmp_path)
    words = ["--size", "3", "--temperature", "2", "--samples", "4", "--seed", "0",
             "--output", "a.zarr"]  # fmt: skip
    assert main(["simulate", *words, *again]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert (
        line
        == f"isingdbn simulate: argument {again[0].partition('=')[0]}: is given twice; give it once"
    )
    assert list(tmp_path.iterdir()) == []
    assert (
        main(
            [
                "table",
                "thermodynamics",
                "--inputs",
                "a.zarr",
                "--inputs",
                "b.zarr",
                "--output",
                "t.csv",
            ]
        )
        == 2
    )
    assert "argument --inputs: is given twice" in capsys.readouterr().err


@pytest.fixture(scope="module")
def dead_neurons(lattices, tmp_path_factory):
    """Two stores of `isingdbn analyse dead-neurons`."""
    home = tmp_path_factory.mktemp("dead")
    assert pretrain(lattices, home / "layer0.zarr") == 0
    data = ["--layers", str(home / "layer0.zarr"), "--lattices", str(lattices)]
    thresholds = ["--weight-fraction", "0.1", "--activity-fraction", "0.01", "--percentile", "99"]
    stores = [home / "dead.zarr", home / "again.zarr"]
    for store in stores:
        assert main(["analyse", "dead-neurons", *data, *thresholds, "--output", str(store)]) == 0
    return stores


@pytest.mark.parametrize(
    ("names", "found"),
    [(["NA", "Net"], "nan"), (["007", "8"], "7"), (["True", "False"], "True"),
     (["1e5", "2"], "100000.0"), (["", "x"], "nan"), (["inf", "1"], "inf"),
     (["a\rb", "c"], "'a'")],
)  # fmt: skip
@pytest.mark.parametrize("option", ["--nets", "--recipes"])
def test_a_table_that_would_be_read_as_something_else_is_not_written(
    dead_neurons, tmp_path, capsys, names, found, option
):
    texts = {"--nets": ["One", "Two"], "--recipes": ["r", "s"]} | {option: names}
    words = [word for name, values in texts.items() for word in (name, *values)]
    inputs = ["--inputs", *map(str, dead_neurons)]
    assert (
        main(["table", "dead-neurons", *words, *inputs, "--output", str(tmp_path / "t.csv")]) == 2
    )
    (line,) = capsys.readouterr().err.splitlines()
    assert line == (
        f"isingdbn table dead-neurons: {option}: {names[0]!r} is not allowed:"
        f" pandas.read_csv reads it as {found}; give another one"
    )
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("figure", "column"),
    [("dead-neurons", "dead_by_weight"), ("reconstruction-error", "held_out_error")],
)
def test_a_table_of_before_nets_had_their_data_is_one_line(tmp_path, capsys, figure, column):
    table = tmp_path / "t.csv"
    with storage.publish_file(table, storage.provenance("isingdbn.cli.verify", {})) as partial:
        partial.write_text(f"net,recipe,temperature,seed,{column}\nN,r,2.5,0,1\n")
    output = ["--output", str(tmp_path / "x.png")]
    assert main(["figure", figure, "--table", str(table), *output]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert "has no column data; give the right table" in line


def test_figures_take_the_names_of_an_older_table_as_text(tmp_path):
    """Before such names were refused, tables had them; a net with the name
    NA vanished from Table 1.
    """
    table = tmp_path / "t.csv"
    head = "net,recipe,data,temperature,seed,stage,layer,units,training_lattices,epochs,"
    head += "dead_by_weight,dead_by_activity"
    with storage.publish_file(
        table, storage.provenance("isingdbn.cli.table.dead_neurons", {})
    ) as partial:
        partial.write_text(
            f"{head}\nNA,null,lattices,2.450980392156863,0,pretrained,0,7,90,3,1,2\n"
            "007,True,lattices,2.450980392156863,0,pretrained,0,7,90,3,1,2\n"
        )
    names = read(table, "dead_by_weight")
    assert names[["net", "recipe"]].values.tolist() == [["NA", "null"], ["007", "True"]]
    assert names["temperature"].tolist() == [2.450980392156863] * 2
    assert (
        main(["figure", "dead-neurons", "--table", str(table), "--output", str(tmp_path / "x.png")])
        == 0
    )


@pytest.mark.parametrize(
    ("words", "shown", "hidden"),
    [
        (["--help"], ["figure loss", "table training", "simulate"], []),
        (["figure", "--help"], ["figure loss"], ["table"]),
    ],
)
def test_help_lists_the_commands(words, shown, hidden, capsys):
    assert main(words) == 0
    said = capsys.readouterr().out
    assert all(f"  {name} " in said for name in shown)
    assert not any(f"  {name} " in said for name in hidden)


def test_sources_that_were_edited_while_they_were_loaded_do_nothing(monkeypatch, tmp_path, capsys):
    monkeypatch.setattr("isingdbn.cli.edited_since", lambda module: module == "isingdbn.cli.exact")
    assert (
        main(["exact", "--size", "4", "--temperatures", "2", "--output", str(tmp_path / "a.zarr")])
        == 1
    )
    (line,) = capsys.readouterr().err.splitlines()
    assert "these sources were edited while they were loaded; run it again" in line
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "words", [["nonsense"], ["figure"], ["figure", "nonsense"], ["figure", "simulate"]]
)
def test_an_unknown_command_is_one_line_with_those_that_exist(words, capsys):
    assert main(words) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert f"unknown command {' '.join(words)!r}; allowed are" in line
    assert ("figure loss" in line) == (words[0] == "figure")
