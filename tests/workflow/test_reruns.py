"""What an edit reruns: exactly what depends on it.

Every case is planned by Snakemake itself on a finished experiment.
"""

import json
import shutil
from collections import Counter
from pathlib import Path

import pytest
import yaml

from tests.workflow import programs
from tests.workflow.conftest import copy_of

TINY = "tests/workflow/tiny.yaml"
HOT, CRITICAL = "3.5", "2.269185314213022"
ANALYSE = {
    "receptive_fields",
    "dead_neurons",
    "emergence",
    "metrics",
    "portraits",
    "reconstruction",
}
EVALUATE = {"evaluate"}
PER_NET_FIGURES = {"figure_film", "figure_loss", "figure_receptive_fields"}
PAGE = {"portraits", "figure_film", "figure_fields"}
FIGURES = {
    *PER_NET_FIGURES,
    "figure_reconstructions",
    "figure_dead_neurons",
    "figure_reconstruction_error",
    "figure_fields",
}
TABLES = {"table"}
TRAIN = {"pretrain", "finetune"}
AFTER_TRAINING = ANALYSE | EVALUATE | TABLES | FIGURES
PHYSICS = {
    "thermodynamics",
    "peaks",
    "figure_thermodynamics",
    "thermodynamics_table",
    "peaks_table",
}
EVERYTHING = {"simulate", "exact"} | TRAIN | AFTER_TRAINING | PHYSICS


def planned(checkout, configfile=TINY, *arguments):
    done = checkout.fork(programs.plan, configfile, *arguments)
    return {
        (rule, frozenset(wildcards.items()))
        for rule, wildcards in json.loads(done.stdout.splitlines()[-1])
    }


@pytest.fixture(scope="module")
def finished(finished, tmp_path_factory):
    """The finished experiment, with sources that can be edited."""
    return copy_of(finished, tmp_path_factory.mktemp("reruns") / "checkout").with_own_sources()


@pytest.fixture(scope="module")
def jobs(finished):
    """All jobs of the tiny experiment: 4 sets of lattices, 2 for nets, one of which is trained at
    both; 5 nets of 1 to 3 layers; their measurements; tables and figures.
    """
    everything = planned(finished, TINY, "--all")
    count = {rule: sum(job[0] == rule for job in everything) for rule in EVERYTHING}
    assert count == {
        "simulate": 4, "pretrain": 10, "finetune": 3, "receptive_fields": 5, "dead_neurons": 5,
        "emergence": 5, "metrics": 5, "portraits": 5, "reconstruction": 5,
        "evaluate": 4, "table": 7,
        "figure_loss": 3, "figure_receptive_fields": 16, "figure_reconstructions": 2,
        "figure_dead_neurons": 1,
        "figure_reconstruction_error": 1, "figure_film": 5, "figure_fields": 1,
        "exact": 1, "thermodynamics": 3, "peaks": 1, "figure_thermodynamics": 1,
        "thermodynamics_table": 1, "peaks_table": 1,
    }  # fmt: skip
    return everything


def of(jobs, rules, **wildcards):
    """The jobs of ``rules``; a given wildcard must match where the job has it."""
    return {
        job
        for job in jobs
        if job[0] in rules
        and all(dict(job[1]).get(key, value) == value for key, value in wildcards.items())
    }


def table(jobs, *names):
    return {job for name in names for job in of(jobs, {"table"}, table=name)}


def after_fine_tuning(jobs):
    """What depends on the fine-tuned nets: the others have nothing to do with it,
    and layers and first machines are as they were.
    """
    own = {
        job
        for job in of(jobs, {"finetune"} | ANALYSE | PER_NET_FIGURES)
        if dict(job[1])["net"] in ("Shallow", "Deep")
    }
    return (
        own
        | of(jobs, FIGURES - PER_NET_FIGURES)
        | table(jobs, "dead_neurons", "emergence", "finetuning", "metrics", "reconstruction_error")
    )


def config_edit(tmp_path, edit):
    values = yaml.safe_load((Path(__file__).parent / "tiny.yaml").read_text())
    edit(values)
    path = tmp_path / "edited.yaml"
    path.write_text(yaml.safe_dump(values))
    return path


def only_hot_lattices_changed(jobs):
    return of(
        jobs,
        {"simulate"} | TRAIN | ANALYSE | EVALUATE | PER_NET_FIGURES | {"figure_reconstructions"},
        temperature=HOT,
    ) | of(jobs, TABLES | {"figure_dead_neurons", "figure_reconstruction_error", "figure_fields"})


CONFIG_EDITS = {
    "fine-tuning epochs": (
        lambda c: c["recipes"]["tiny"]["finetuning"].update(epochs=5),
        after_fine_tuning,
    ),
    "learning rate of the upper layers": (
        lambda c: c["recipes"]["tiny"]["upper_layers"].update(learning_rate=0.04),
        lambda jobs: (
            (of(jobs, {"pretrain"}, layer="1") | of(jobs, {"pretrain"}, layer="2"))
            - of(jobs, {"pretrain"}, net="Spins")
            | after_fine_tuning(jobs)
            | table(jobs, "training")
        ),
    ),
    "λ of one recipe": (
        lambda c: c["recipes"]["stack"]["first_layer"].update(l1=0.01),
        lambda jobs: (
            of(jobs, TRAIN | ANALYSE | EVALUATE | PER_NET_FIGURES, net="Spins")
            | of(jobs, FIGURES - PER_NET_FIGURES, temperature=CRITICAL)
            | of(jobs, {"table"}) - table(jobs, "finetuning")
        ),
    ),
    "threshold of dead neurons": (
        lambda c: c["analysis"]["dead_neurons"].update(weight_fraction=0.2),
        lambda jobs: (
            of(jobs, {"dead_neurons", "metrics", "figure_receptive_fields", "figure_dead_neurons"})
            | of(jobs, {"emergence"} | PAGE)
            | table(jobs, "dead_neurons", "emergence", "metrics")
        ),
    ),
    "block of the baseline": (
        lambda c: c["analysis"]["reconstruction"].update(block=2),
        lambda jobs: (
            of(
                jobs,
                {
                    "reconstruction",
                    "figure_loss",
                    "figure_reconstructions",
                    "figure_reconstruction_error",
                },
            )
            | of(jobs, {"table"}, table="reconstruction_error")
        ),
    ),
    "top layer of one net": (
        lambda c: c["nets"][0].update(layers=[64, 13, 4]),
        lambda jobs: (
            of(jobs, {"pretrain"}, net="Shallow", layer="1")
            | of(jobs, {"finetune"} | ANALYSE | PER_NET_FIGURES, net="Shallow")
            | of(
                jobs,
                {
                    "figure_reconstructions",
                    "figure_dead_neurons",
                    "figure_reconstruction_error",
                    "figure_fields",
                },
            )
            | table(
                jobs, "dead_neurons", "emergence", "finetuning", "metrics", "reconstruction_error"
            )
            | table(jobs, "training")
        ),
    ),
    "Wolff updates": (
        lambda c: c["lattice"]["sampling"].update(updates=61),
        lambda jobs: jobs - of(jobs, {"exact"}),
    ),
    "a temperature of the physics figure": (
        lambda c: c["thermodynamics"].update(temperatures=[2.1, "critical"]),
        lambda jobs: of(jobs, {"exact", "peaks", *PHYSICS - {"thermodynamics"}}),
    ),
    "another spelling of every value": (
        lambda c: c.update(temperatures=[2.269185314213022, 3.50, "critical"]),
        lambda _: set(),
    ),
    "style of figures": (
        lambda c: c.update(figures={"style": "slides"}),
        lambda jobs: of(
            jobs, FIGURES - {"figure_film", "figure_fields"} | {"figure_thermodynamics"}
        ),
    ),
    "a recipe that no net uses": (
        lambda c: c["recipes"].update(
            other={
                **c["recipes"]["tiny"],
                "finetuning": {**c["recipes"]["tiny"]["finetuning"], "epochs": 9},
            }
        ),
        lambda _: set(),
    ),
}


def test_the_paper_s_figures_need_its_two_nets_at_its_temperature_alone(finished):
    """One set of lattices, five layers, two fine-tuned nets and what is measured on them."""
    found = planned(finished, "config.yaml", "paper")
    count = Counter(rule for rule, _ in found)
    assert count == {
        "simulate": 1, "pretrain": 5, "finetune": 2, "receptive_fields": 2, "dead_neurons": 2,
        "reconstruction": 2, "table": 1, "figure_loss": 2, "figure_reconstructions": 1,
        "figure_receptive_fields": 4, "figure_dead_neurons": 1,
    }  # fmt: skip
    assert {dict(wildcards).get("temperature", "2.2976") for _, wildcards in found} == {"2.2976"}


def test_the_paper_s_figures_of_an_experiment_without_its_nets_are_one_line(finished):
    done = finished.snakemake("paper", check=False)
    assert done.returncode == 1
    assert "No rule to produce paper" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("name", CONFIG_EDITS)
def test_config_edit(finished, jobs, tmp_path, name):
    edit, expected = CONFIG_EDITS[name]
    assert planned(finished, config_edit(tmp_path, edit)) == expected(jobs)


def test_config_edit_of_a_colormap(finished, jobs, tmp_path):
    path = config_edit(tmp_path, lambda c: c["nets"][0].update(colormap="cividis"))
    new = planned(finished, path)
    assert {job[0] for job in new} == {"figure_receptive_fields"}
    assert {(dict(job[1])["net"], dict(job[1])["colormap"]) for job in new} == {
        ("Shallow", "cividis")
    }
    assert len(new) == 4


def test_config_edit_that_adds_a_seed(finished, jobs, tmp_path):
    path = config_edit(tmp_path, lambda c: c.update(seeds=[3, 4]))
    new = planned(finished, path)
    gathered = of(
        jobs,
        TABLES
        | {
            "figure_dead_neurons",
            "figure_reconstruction_error",
            "figure_fields",
            "figure_thermodynamics",
            "thermodynamics_table",
            "peaks_table",
        },
    )
    own = jobs - gathered - of(jobs, {"exact"})
    assert new - gathered == {
        (rule, frozenset({**dict(wildcards), "seed": "4"}.items())) for rule, wildcards in own
    }
    assert gathered <= new


SOURCE_EDITS = {
    "ising/packed.py": lambda jobs: jobs - of(jobs, {"exact"}),
    "ising/thermodynamics.py": lambda jobs: of(jobs, PHYSICS),
    "ising/surrogates.py": lambda _: set(),
    "storage.py": lambda jobs: jobs,
    "learning/contrastive_divergence.py": lambda jobs: of(jobs, TRAIN | AFTER_TRAINING),
    "learning/autoencoder.py": after_fine_tuning,
    "learning/evaluation.py": lambda jobs: of(jobs, EVALUATE) | table(jobs, "evaluation"),
    "analysis/dead_neurons.py": lambda jobs: (
        of(jobs, {"dead_neurons", "metrics", "figure_receptive_fields", "figure_dead_neurons"})
        | of(jobs, PAGE)
        | table(jobs, "dead_neurons", "emergence", "metrics")
    ),
    "analysis/receptive_fields.py": lambda jobs: (
        of(jobs, {"receptive_fields", "emergence", "metrics", "figure_receptive_fields"} | PAGE)
        | table(jobs, "emergence", "metrics")
    ),
    "analysis/localization.py": lambda jobs: (
        of(jobs, {"emergence", "metrics"} | PAGE) | table(jobs, "emergence", "metrics")
    ),
    "renormalization/block_spin.py": lambda jobs: (
        of(
            jobs,
            {
                "reconstruction",
                "figure_loss",
                "figure_reconstructions",
                "figure_reconstruction_error",
            },
        )
        | table(jobs, "reconstruction_error")
    ),
    "cli/measure/peaks.py": lambda jobs: of(
        jobs, {"peaks", "peaks_table", "figure_thermodynamics"}
    ),
    "cli/csv_tables.py": lambda jobs: of(
        jobs,
        TABLES
        | {
            "figure_dead_neurons",
            "figure_reconstruction_error",
            "thermodynamics_table",
            "peaks_table",
        },
    ),
    "cli/table/training.py": lambda jobs: table(jobs, "training"),
    "analysis/portraits.py": lambda jobs: of(jobs, PAGE),
    "figures/fields.js": lambda jobs: of(jobs, {"figure_fields"}),
    "figures/film.py": lambda jobs: of(jobs, {"figure_film"}),
    "figures/loss.py": lambda jobs: of(jobs, {"figure_loss"}),
    "cli/figure.py": lambda jobs: of(jobs, FIGURES | {"figure_thermodynamics"}),
    "figures/receptive_fields.py": lambda jobs: of(jobs, {"figure_receptive_fields"}),
    "figures/dead_neurons.py": lambda jobs: of(jobs, {"figure_dead_neurons"}),
    "figures/thermodynamics.py": lambda jobs: of(jobs, {"figure_thermodynamics"}),
    "figures/style.py": lambda jobs: of(jobs, FIGURES | {"figure_thermodynamics"}),
    "progress.py": lambda _: set(),
    "config.py": lambda _: set(),
}


@pytest.mark.parametrize("name", SOURCE_EDITS)
def test_source_edit(finished, jobs, name):
    path = finished.path / "src" / "isingdbn" / name
    before = path.read_text()
    path.write_text(before + "\n# an edit\n")
    try:
        assert planned(finished) == SOURCE_EDITS[name](jobs)
    finally:
        path.write_text(before)


def test_a_changed_stored_input_reruns_what_reads_it(finished, jobs):
    manifest = finished.path / "results" / "lattices" / f"L8_T{HOT}_seed3.zarr.sha256"
    before = manifest.read_text()
    manifest.write_text(before.replace(before[:4], "0000", 1))
    try:
        assert planned(finished) == only_hot_lattices_changed(jobs) - of(jobs, {"simulate"})
    finally:
        manifest.write_text(before)


def test_a_lost_store_reruns_its_job_and_what_reads_it(finished, jobs, tmp_path):
    store = finished.path / "results" / "lattices" / f"L8_T{HOT}_seed3.zarr"
    shutil.move(store, tmp_path / "away")
    try:
        assert planned(finished) == only_hot_lattices_changed(jobs)
    finally:
        shutil.move(tmp_path / "away", store)


def test_touching_files_reruns_nothing(finished):
    for path in [
        *finished.path.rglob("*.py"),
        *finished.path.rglob("*.smk"),
        finished.path / "config.yaml",
        *finished.path.glob("results/**/*.sha256"),
    ]:
        path.touch()
    assert planned(finished) == set()


def test_moving_the_repository_reruns_nothing(finished):
    home = finished.path
    finished.path = home.rename(home.with_name("moved"))
    try:
        assert planned(finished) == set()
    finally:
        finished.path = finished.path.rename(home)
