"""The configuration: what it accepts, and how it refuses the rest."""

import copy
import io
import json
import math
import re
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest
import yaml
from pandas._libs.parsers import STR_NA_VALUES

from isingdbn import config
from isingdbn.errors import InputError
from tests.workflow.conftest import Checkout

ROOT = Path(__file__).parents[1]
DEFAULT = yaml.safe_load((ROOT / "config.yaml").read_text())


def changed(path, value):
    values = copy.deepcopy(DEFAULT)
    *parents, last = path
    block = values
    for key in parents:
        block = block[key]
    if value is None:
        del block[last]
    else:
        block[last] = value
    return values


def test_the_shipped_configuration_has_the_papers_numbers():
    experiment = config.validate(DEFAULT, "config.yaml")
    assert 2.2976 in config.temperature_values(experiment.temperatures)
    assert 0 in experiment.seeds
    assert (
        experiment.lattice.size,
        experiment.lattice.sampling.samples,
        experiment.lattice.sampling.updates,
    ) == (40, 20000, "auto")
    assert {net.name: net.layers for net in experiment.nets}.items() >= {
        "SmallNet": [1600, 100, 25],
        "LargeNet": [1600, 400, 100, 25],
    }.items()
    finetuning = experiment.recipe_of("LargeNet").finetuning
    assert (finetuning.epochs, finetuning.minibatch, finetuning.l1) == (400, 100, 5e-4)


def test_the_shipped_configuration_trains_by_every_recipe_at_the_three_temperatures():
    experiment = config.validate(DEFAULT, "config.yaml")
    assert (
        {net.recipe for net in experiment.nets}
        == set(experiment.recipes)
        == {"corrected", "faithful", "mehta_schwab", "binary"}
    )
    assert sorted(
        round(value, 6) for value in config.temperature_values(experiment.temperatures)
    ) == [2.269185, 2.2976, 2.45098]


def test_critical_is_onsagers_temperature():
    experiment = config.validate(changed(["temperatures"], ["critical"]), "config")
    (critical,) = config.temperature_values(experiment.temperatures)
    assert math.isclose(math.sinh(2 / critical), 1, rel_tol=1e-15)


@pytest.mark.parametrize(
    "spellings",
    [
        [2.1, 2.10],
        ["critical", 2 / math.log1p(math.sqrt(2))],
        ["paper", 2.2976],
        [2, 2.0],
        [2.5, 2.5],
    ],
    ids=str,
)
def test_two_spellings_of_a_temperature_are_one(spellings):
    experiment = config.validate(changed(["temperatures"], spellings), "config")
    values = config.temperature_values(experiment.temperatures)
    assert len(values) == 1
    assert len({config.temperature_text(value) for value in values}) == 1


@pytest.mark.parametrize("value", [2.2976, 2.0, 2 / math.log1p(math.sqrt(2)), 1e-7, 123456789.125])
def test_temperature_text_reads_back(value):
    assert float(config.temperature_text(value)) == value
    assert re.fullmatch(r"[0-9.e+-]+", config.temperature_text(value))


SAMPLING, FINETUNING = ["lattice", "sampling"], ["recipes", "corrected", "finetuning"]

BAD = [
    (["surprise"], 1, "surprise: unknown key"),
    (["lattice", "sise"], 40, "lattice.sise: unknown key"),
    ([*SAMPLING, "chians"], 16, "lattice.sampling.chians: unknown key"),
    ([*FINETUNING, "lr"], 16, "recipes.corrected.finetuning.lr: unknown key"),
    (["lattice"], None, "lattice: missing"),
    ([*SAMPLING, "updates"], None, "lattice.sampling.updates: missing"),
    (["temperatures"], 2.3, "temperatures: 2.3 is not allowed: a list is needed, such as [2.0,"),
    (["seeds"], 5, "seeds: 5 is not allowed: a list is needed"),
    (["lattice", "size"], "forty", "lattice.size: 'forty' is not allowed"),
    (
        ["analysis", "flow", "chains"],
        20001,
        "analysis.flow.chains: 20001 is more than the 20000 lattices; give fewer, or more",
    ),
    (
        ["nets", 0, "first_machine"],
        ["mixing"],
        "first_machine: mixing is not allowed with the recipe corrected, whose first layer has"
        " visible: gaussian and hidden: bernoulli; it needs visible: spin",
    ),
    (["nets", 0, "first_machine"], ["samples"], "it needs visible: spin; leave it out"),
    (["lattice", "size"], 1, "lattice.size: 1 is not allowed"),
    (["lattice", "size"], True, "lattice.size: True is not allowed"),
    (["lattice", "size"], 40.5, "lattice.size: 40.5 is not allowed"),
    (
        ["lattice", "size"],
        39,
        "nets.0 (SmallNet).layers: the first layer has 1600 units, lattice.size² = 1521 is needed",
    ),
    (["lattice", "test_fraction"], 1.0, "lattice.test_fraction: 1.0 is not allowed"),
    (["lattice", "test_fraction"], 1e-9, "leaves 0 held-out lattices"),
    ([*SAMPLING, "samples"], 0, "lattice.sampling.samples: 0 is not allowed"),
    (
        [*SAMPLING, "samples"],
        10**20,
        "lattice.sampling.samples: 100000000000000000000 is not allowed",
    ),
    ([*SAMPLING, "chains"], 10**9, "lattice.sampling.chains: 1000000000 is not allowed"),
    ([*SAMPLING, "samples"], "20000", "lattice.sampling.samples: '20000' is not allowed"),
    ([*SAMPLING, "samples"], 50, "minibatch: 100 is more than the 45 training lattices"),
    ([*SAMPLING, "updates"], -1, "lattice.sampling.updates: -1 is not allowed"),
    (
        [*SAMPLING, "updates"],
        "often",
        "lattice.sampling.updates: 'often' is not allowed: give auto or a whole number",
    ),
    ([*SAMPLING, "updates"], 2.5, "lattice.sampling.updates: 2.5 is not allowed"),
    ([*SAMPLING, "thermalization"], -1, "lattice.sampling.thermalization: -1 is not allowed"),
    (
        [*SAMPLING, "protocol"],
        "independent",
        "updates: 'auto' is not allowed with protocol independent",
    ),
    ([*SAMPLING, "protocol"], "fresh", "lattice.sampling.protocol: 'fresh' is not allowed"),
    ([*SAMPLING, "kernel"], "gpu", "lattice.sampling.kernel: 'gpu' is not allowed"),
    (
        [*SAMPLING, "max_autocorrelation"],
        1.0,
        "lattice.sampling.max_autocorrelation: 1.0 is not allowed",
    ),
    ([*SAMPLING, "chains"], 0, "lattice.sampling.chains: 0 is not allowed"),
    (["temperatures"], [], "temperatures: [] is not allowed"),
    (["temperatures"], 2.2, "temperatures: 2.2 is not allowed"),
    (["temperatures"], [0], "temperatures: 0 is not allowed"),
    (["temperatures"], [1e-200], "temperatures: 1e-200 is not allowed"),
    (["temperatures"], [-2.0], "temperatures: -2.0 is not allowed"),
    (["temperatures"], [float("nan")], "temperatures: nan is not allowed"),
    (["temperatures"], [float("inf")], "temperatures: inf is not allowed"),
    (["temperatures"], ["critcal"], "temperatures: 'critcal' is not allowed"),
    (["temperatures"], [[2.0]], "temperatures: [2.0] is not allowed"),
    (["seeds"], [0, 1, 0], "seeds: 0 is given twice"),
    (["seeds"], [-1], "seeds.0: -1 is not allowed"),
    (["seeds"], [0.5], "seeds.0: 0.5 is not allowed"),
    (["nets"], [], "nets: [] is not allowed"),
    (["nets", 0, "layers"], [1600], "nets.0.layers: [1600] is not allowed"),
    (["nets", 0, "layers"], [1600, 0], "nets.0.layers.1: 0 is not allowed"),
    (["nets", 0, "layers"], [100, 25], "lattice.size² = 1600 is needed"),
    (["nets", 0, "name"], "../up", "nets.0.name: '../up' is not allowed"),
    (["nets", 0, "name"], "LargeNet", "this name is given twice"),
    (
        ["nets", 0, "recipe"],
        "secret",
        "nets.0 (SmallNet).recipe: unknown recipe 'secret'; allowed are corrected",
    ),
    (
        ["analysis", "fixed_points", "starts"],
        2001,
        "analysis.fixed_points.starts: 2001 is more than the 2000 held-out lattices",
    ),
    (
        ["nets", 3, "block_map"],
        "yes, please",
        "nets.3.block_map: 'yes, please' is not allowed: give true, false or a list",
    ),
    (
        ["nets", 3, "block_map"],
        [2.2976, "Tc"],
        "nets.3.block_map: 'Tc' is not allowed: a temperature is a number > 0 in J/k_B",
    ),
    (
        ["nets", 3, "block_map"],
        ["paper", 2.5],
        "nets.3 (SpinStack).block_map: 2.5 is not among the temperatures of the net, 2.2976",
    ),
    (
        ["recipes", "mehta_schwab", "upper_layers", "initial"],
        "ising",
        (
            "nets.3 (SpinStack).layers: with the recipe mehta_schwab, initial: ising is of a first"
            " layer only"
        ),
    ),
    (
        ["recipes", "mehta_schwab", "first_layer", "initial"],
        "ising",
        "initial: ising has one hidden spin a bond, 3200 units, not 400",
    ),
    (["nets", 0, "colormap"], "jett", "nets.0.colormap: 'jett' is not allowed"),
    ([*FINETUNING, "epochs"], 0, "recipes.corrected.finetuning.epochs: 0 is not allowed"),
    ([*FINETUNING, "l1"], -1e-4, "recipes.corrected.finetuning.l1: -0.0001 is not allowed"),
    ([*FINETUNING, "l1"], "5e-4", "write 5.0e-04 with a decimal point"),
    ([*FINETUNING, "l1"], float("nan"), "recipes.corrected.finetuning.l1: nan is not allowed"),
    ([*FINETUNING, "l1_scale"], "per_lattice", "'per_sample' or 'per_pixel'"),
    (
        [*FINETUNING, "minibatch"],
        18001,
        "recipes.corrected.finetuning.minibatch: 18001 is more than the 18000 training lattices",
    ),
    ([*FINETUNING, "augment"], 1, "recipes.corrected.finetuning.augment: 1 is not allowed"),
    (
        ["recipes", "corrected", "first_layer", "visible"],
        "bernoulli",
        (
            "recipes.corrected: first_layer.visible: bernoulli units cannot stand for data from -1"
            " to +1: choose spin or gaussian, or set"
        ),
    ),
    (
        ["recipes", "corrected", "upper_layers", "visible"],
        "spin",
        (
            "recipes.corrected: upper_layers.visible: spin units cannot stand for data from 0 to 1:"
            " choose bernoulli or gaussian or relu"
        ),
    ),
    (
        ["recipes", "mehta_schwab", "finetuning"],
        DEFAULT["recipes"]["corrected"]["finetuning"],
        (
            "recipes.mehta_schwab: finetuning: a ReLU encoder starts from Bernoulli hidden units"
            " only; choose these, or finetuning: null"
        ),
    ),
    (
        ["recipes", "corrected", "first_layer", "sigma"],
        0,
        "recipes.corrected.first_layer.sigma: 0 is not allowed",
    ),
    (
        ["recipes", "corrected", "first_layer", "momentum"],
        1.0,
        "recipes.corrected.first_layer.momentum: 1.0 is not allowed",
    ),
    (
        ["analysis", "dead_neurons", "percentile"],
        101,
        "analysis.dead_neurons.percentile: 101 is not allowed",
    ),
    (
        ["analysis", "reconstruction", "examples"],
        3000,
        "analysis.reconstruction.examples: 3000 is more than the 2000 held-out lattices",
    ),
    (
        ["analysis", "reconstruction", "block"],
        41,
        "analysis.reconstruction.block: 41 is more than lattice.size = 40",
    ),
]


@pytest.mark.parametrize(("path", "value", "message"), BAD, ids=[message for _, _, message in BAD])
def test_bad_values_are_one_line_with_the_key_the_value_and_what_is_allowed(path, value, message):
    with pytest.raises(InputError) as caught:
        config.validate(changed(path, value), "config.yaml")
    text = str(caught.value)
    assert text.startswith("config.yaml: ")
    assert message in text
    assert "\n" not in text


@pytest.mark.parametrize(
    ("path", "wrong"),
    [(["lattice", "size"], "sise"), (["seeds"], "seed"), ([*FINETUNING, "epochs"], "epoch")],
)
def test_a_misspelt_key_is_named_before_the_one_that_is_missing_for_it(path, wrong):
    values = changed(path, None)
    block = values
    for key in path[:-1]:
        block = block[key]
    block[wrong] = 1
    with pytest.raises(InputError) as caught:
        config.validate(values, "config.yaml")
    assert f"{'.'.join([*path[:-1], wrong])}: unknown key" in str(caught.value)
    assert str(caught.value).endswith("(and 1 more)")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (
            "a: 1\nb: [1,\nc: {}\nd:\n  e: 1\n",
            "line 4, column 1: expected ',' or ']', but got '<scalar>', while parsing a flow"
            " sequence of line 2; write plain YAML",
        ),
        ("a: b: c\n", "line 1, column 5: mapping values are not allowed here"),
        ("\ta: 1\n", "line 1, column 1: found character '\\t' that cannot start any token"),
        ("only text\n", "has no keys at its top level"),
        ("", "has no keys at its top level"),
        (b"a: \xff\n", "cannot be read"),
        (None, "there is no such file in "),
    ],
)
def test_a_file_that_cannot_be_read_is_one_line_with_the_place(tmp_path, text, words):
    file = tmp_path / "config.yaml"
    if text is not None:
        file.write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(InputError) as caught:
        config.refuse_what_is_read_otherwise(file)
    assert str(caught.value).startswith(f"{file}: ")
    assert words in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("values", [None, [], [1], 3, "text"])
def test_what_is_no_mapping_is_one_line(values):
    with pytest.raises(InputError) as caught:
        config.validate(values, "config.yaml")
    assert str(caught.value).startswith("config.yaml: ")
    assert "\n" not in str(caught.value)


def test_unusual_experiments_are_fine():
    values = changed(["lattice", "size"], 7)
    values["nets"] = [{"name": "Odd", "layers": [49, 40, 30, 20, 10], "recipe": "corrected"}]
    values["analysis"]["reconstruction"]["block"] = 3
    values["seeds"] = [2**62]
    assert config.validate(values, "config").nets[0].layers[-1] == 10


def test_the_editor_schema_is_that_of_the_model():
    stored = json.loads((ROOT / "workflow" / "schemas" / "config.schema.json").read_text())
    assert stored == config.schema(), "run `make schema`"


@pytest.mark.parametrize(
    "modules",
    ["isingdbn", "isingdbn.config", "isingdbn.storage", "isingdbn.cli",
     ", ".join(f"isingdbn.analysis.{path.stem}" for path in sorted(
         (ROOT / "src" / "isingdbn" / "analysis").glob("[a-z]*.py")
     ))],
    ids=["isingdbn", "config", "storage", "cli", "all of analysis"],
)  # fmt: skip
def test_light_modules_load_neither_tensorflow_nor_numba(modules):
    script = (
        f"import sys, {modules}; print(*{{'tensorflow', 'numba', 'keras'}} & sys.modules.keys())"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == ""


@pytest.mark.parametrize(
    "command",
    ["receptive_fields", "dead_neurons", "emergence", "metrics", "definitions", "reconstruction",
     "portraits", "code"],
)  # fmt: skip
def test_the_analysis_stage_loads_no_tensorflow(command):
    script = (
        f"import sys, isingdbn.cli.analyse.{command};"
        " print(*{'tensorflow', 'keras'} & sys.modules.keys())"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == ""


LOOK_ALIKES = ["NA", "nan", "NaN", "null", "NULL", "None", "True", "true", "FALSE", "inf", "Inf",
               "INFINITY", "infinity"]  # fmt: skip


@pytest.mark.parametrize("name", LOOK_ALIKES)
def test_a_name_that_a_table_does_not_give_back_is_refused(name):
    values = changed(["nets", 0, "name"], name)
    with pytest.raises(
        InputError,
        match=rf"^config: nets.0.name: '{name}' is not allowed: .*; choose another name$",
    ):
        config.validate(values, "config")
    values = copy.deepcopy(DEFAULT)
    values["recipes"][name] = values["recipes"].pop("binary")
    with pytest.raises(
        InputError,
        match=rf"^config: recipes.{name}.*'{name}' is not allowed: .*; choose another name$",
    ):
        config.validate(values, "config")


def test_every_other_name_is_given_back_by_pandas():
    """All that it reads as missing, and words that look like numbers or booleans."""
    words = {*STR_NA_VALUES, *LOOK_ALIKES, "e5", "E10", "x1F", "yes", "No", "on", "off", "T", "F",
             "nA", "Nil", "NaT", "j", "pi", "infin"}  # fmt: skip
    pattern = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,39}")
    for word in filter(pattern.fullmatch, words):
        read = pd.read_csv(io.StringIO(f"net,seed\n{word},1\n"))["net"].tolist()
        if read != [word]:
            with pytest.raises(InputError):
                config.validate(changed(["nets", 0, "name"], word), "config")
        elif word.lower() not in config.NO_NAMES and "_" not in word:
            config.validate(changed(["nets", 0, "name"], word), "config")


REPEATED = {
    "at the top": (
        "seeds: [0]\nlattice: 1\nseeds: [1]\n",
        "seeds: is given twice, in lines 1 and 3",
    ),
    "nested": (
        "a:\n  - b: 1\n    c: 2\n  - b: 1\n    b: 2\n",
        "a.1.b: is given twice, in lines 4 and 5",
    ),
    "in one line": ("a: {b: 1, c: {b: 1}, b: 2}\n", "a.b: is given twice, in lines 1 and 1"),
    "spelt otherwise": ("a: 1\n'a': 2\n", "a: is given twice, in lines 1 and 2"),
    "a number": ("2: 1\n2: 2\n", "2: is given twice, in lines 1 and 2"),
    "inside an anchor": ("x: &x {b: 1, b: 2}\ny: *x\n", "x.b: is given twice"),
    "two merge keys": ("x: &x {a: 1}\ny: {<<: *x, <<: *x}\n", "y.<<: is given twice"),
    "beside a merge key": (
        "x: &x {a: 1}\ny:\n  <<: *x\n  b: 1\n  b: 2\n",
        "y.b: is given twice, in lines 4 and 5",
    ),
    "in a ring": ("x: &x\n  y: *x\n  z: 1\n  z: 2\n", "x.z: is given twice, in lines 3 and 4"),
    "JSON": ('{"a": 1,\n "b": {"c": 1,\n\t"c": 2}}', "b.c: is given twice, in lines 2 and 3"),
    "JSON in other letters": ('{"a": 1,\n"\\u0061": 2}', "a: is given twice, in lines 1 and 2"),
    "JSON that YAML cannot read": ('{"a": "\x7f\ud83d", "a": 2}', "a: is given twice"),
}


@pytest.mark.parametrize("name", REPEATED)
def test_a_key_given_twice_is_one_line_with_its_lines(name):
    text, message = REPEATED[name]
    with pytest.raises(InputError) as caught:
        config.refuse_repeated_keys(text, "mine.yaml")
    assert str(caught.value).startswith(f"mine.yaml: {message}")
    assert str(caught.value).endswith("; keep one of them")
    assert caught.value.exit_status == 2
    assert str(caught.value).isprintable()


FINE = {
    "merged and changed": "x: &x {a: 1, b: 2}\ny: {<<: *x, a: 3}\n",
    "two merged": "x: &x {a: 1}\ny: &y {a: 2}\nz: {<<: [*x, *y]}\n",
    "one alias twice": "x: &x {a: 1}\ny: *x\nz: *x\n",
    "a list that contains itself": "x: &x [*x]\n",
    "a mapping that contains itself": "x: &x {y: *x}\n",
    "a key that contains itself": "? &x [*x]\n: 1\n",
    "the same key in two mappings": "x: {a: 1}\ny: {a: 1}\n",
    "empty": "",
    "no YAML": "a: [1\n",
    "JSON": '{"a": {"a": 1}, "b": [{"a": 1}, {"a": 2}]}',
    "many aliases": "a0: &a0 {k: 1}\n"
    + "".join(f"a{n}: &a{n} [*a{n - 1}, *a{n - 1}]\n" for n in range(1, 60)),
}


@pytest.mark.parametrize("name", FINE)
def test_no_other_configuration_has_a_key_twice(name):
    config.refuse_repeated_keys(FINE[name], "mine.yaml")


@pytest.mark.parametrize(
    "file", ["config.yaml", "tests/workflow/tiny.yaml", "tests/slurm/small.yaml"]
)
def test_our_own_files_have_no_key_twice(file):
    config.refuse_repeated_keys((ROOT / file).read_text(), file)


def test_snakemake_says_so_in_one_line(tmp_path):
    """With the configuration laid over the default one, before any job."""
    mine = tmp_path / "mine.yaml"
    mine.write_text("seeds: [1]\nseeds: [2]\n")
    checkout = Checkout(tmp_path / "checkout")
    done = checkout.run(
        "snakemake", "--dry-run", "--cores", "1", "--configfile", str(mine), check=False
    )
    assert done.returncode == 2
    assert (
        f"{mine}: seeds: is given twice, in lines 1 and 2; keep one of them"
        in done.stderr.splitlines()
    )


def test_what_the_workflow_catalog_reads_is_there():
    catalog = yaml.safe_load((ROOT / ".snakemake-workflow-catalog.yml").read_text())["usage"]
    assert catalog.keys() == {"mandatory-flags", "software-stack-deployment", "report"}
    software = catalog["software-stack-deployment"]
    assert software == {"conda": True, "apptainer": False, "apptainer+conda": False}
    readme = (ROOT / "config" / "README.md").read_text()
    for block in config.Experiment.model_fields:
        assert f"\n| `{block}` | " in readme
    named = re.findall(r"^\| `(\w+\.yaml)`", readme, re.MULTILINE)
    assert sorted(named) == sorted(path.name for path in (ROOT / "config").glob("*.yaml"))
