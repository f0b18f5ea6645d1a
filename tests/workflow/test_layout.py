"""Where results are, and in which order jobs begin: without Snakemake."""

from copy import deepcopy
from importlib import import_module
from pathlib import Path
from types import SimpleNamespace

import pytest
import yaml
from snakemake.utils import update_config

from isingdbn import config
from isingdbn.cli.drawing import SUFFIXES
from isingdbn.errors import InputError
from isingdbn.figures import dial, onset
from isingdbn.figures.register import FIGURES
from isingdbn.workflow.figures import (
    figures_of,
    paper_figures,
    path_of,
    renormalization_figures,
    study_figures,
)
from isingdbn.workflow.layout import Layout
from isingdbn.workflow.paths import LATTICES, LAYER, SAMPLES, filled

ROOT = Path(__file__).parents[2]
DEFAULT = yaml.safe_load((ROOT / "config.yaml").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def layout():
    return Layout(config.validate(DEFAULT, "config"))


class Wildcards(SimpleNamespace):
    """As Snakemake's: names as attributes and as keys."""

    def keys(self):
        return vars(self).keys()

    def __getitem__(self, name):
        return vars(self)[name]


def test_patterns_are_filled_with_every_combination_and_keep_other_wildcards():
    assert filled("{a}/{b}{c}", a=[1, 2], b="x") == ["1/x{c}", "2/x{c}"]
    assert filled(["{a}", "z"], a=[1, 2], unused=3) == ["1", "2", "z"]
    assert filled("{a}", a=[]) == []


def test_a_net_is_trained_on_its_data_and_says_so(layout):
    point = {"size": "40", "temperature": "2.2976", "seed": "0", "net": "SmallNet"}
    lattices, shuffled = (Wildcards(**point, data=data) for data in ("lattices", "pixel_shuffle"))
    assert layout.data_of(lattices) == "results/lattices/L40_T2.2976_seed0.zarr"
    assert layout.data_of(shuffled) == "results/surrogates/pixel_shuffle/L40_T2.2976_seed0.zarr"
    assert layout.label_of(lattices) == "SmallNet (corrected recipe)"
    assert layout.label_of(shuffled) == "SmallNet on pixel shuffle (corrected recipe)"
    assert layout.stack_of(shuffled) == [
        f"results/nets/SmallNet/pixel_shuffle/L40_T2.2976_seed0/layer{k}.zarr" for k in (0, 1)
    ]


def test_what_the_longest_training_waits_for_goes_first(layout):
    point = {"size": "40", "temperature": "2.2976", "seed": "0", "data": "lattices"}

    def work(net, **layer):
        return layout.work_left(Wildcards(**point, net=net, **layer))

    steps = [work("LargeNet", layer=str(k)) for k in range(3)] + [work("LargeNet")]
    assert steps == sorted(steps, reverse=True)
    assert steps[-1] > work("SmallNet", layer="0") > work("SpinStack", layer="0") > 0
    lattices = layout.work_left(Wildcards(size="40", temperature="2.2976", seed="0"))
    assert lattices == steps[0]
    assert layout.work_left(Wildcards(size="40", temperature="5", seed="0")) == 0


def test_every_figure_has_a_caption_and_tells_its_images_apart(layout):
    for figure in FIGURES.values():
        assert bool(figure.category) == bool(figure.caption)
        if figure.caption:
            text = (ROOT / "workflow" / "report" / figure.caption).read_text()
            assert "`PDF <{{ snakemake.output.pdf }}>`_" in text, figure.caption
        for values in layout.grid(figure.grid):
            paths = filled(path_of(figure), **values)
            assert paths
            assert not any("{" in path for path in paths)
            assert len(set(paths)) == len(paths)


def test_what_a_figure_draws_can_be_written_to_its_files():
    for name, figure in FIGURES.items():
        draw = import_module(f"isingdbn.figures.{name}").draw
        drawn = SUFFIXES[draw.__annotations__["return"]]
        assert drawn == tuple(f".{suffix}" for suffix in figure.suffixes), name


def test_the_page_takes_the_portraits_of_every_trained_net_with_its_name(layout):
    stores = layout.portraits
    assert len(stores) == len(set(stores)) == 5 * 3
    assert set(stores) <= set(layout.all_stores)
    words = layout.portrait_settings()
    nets, patterns, points = (
        words[words.index(start) + 1 : end and words.index(end)]
        for start, end in (
            ("--nets", "--portraits"),
            ("--portraits", "--points"),
            ("--points", None),
        )
    )
    assert points == ["0"]
    assert [path.replace("{point}", "0") for path in patterns] == stores
    assert [path.split("/")[2] for path in patterns] == nets


def test_all_stores_are_those_of_a_list_by_hand(layout):
    """Three temperatures of nets among fifteen of the physics; five nets, two of them tuned."""
    stores = set(layout.all_stores)
    count = {
        "results/lattices/": 15,
        "results/nets/SmallNet/": 3 * (2 + 2),
        "results/nets/LargeNet/": 3 * (3 + 2),
        "results/nets/FaithfulLarge/": 3 * (3 + 2),
        "results/nets/SpinStack/": 3 * 3,
        "results/nets/BinaryStack/": 3 * 3,
        "results/analysis/SmallNet/": 3 * 7,
        "results/analysis/BinaryStack/": 3 * 6,
        "results/thermodynamics/": 15 + 1 + 1,
        "results/block_spins/majority_2/lattices/": 3 * (3 + 3 + 1 + 3),
        "results/block_spins/decimation_2/lattices/": 3 * (3 + 3 + 1 + 3),
        "results/block_spins/SpinStack.lattices/lattices/": 3 * (3 + 3 + 1 + 3),
        "results/block_spins/": 3 * 3 * (3 + 3 + 1 + 3),
        "results/samples/": 3 * 2,
        "results/surrogates/": 0,
    }
    for folder, number in count.items():
        assert sum(path.startswith(folder) for path in stores) == number, folder
    assert filled(LAYER, net="SmallNet", data="lattices", layer=[0], **layout.at)[0] in stores
    assert set(layout.everywhere(LATTICES)) <= stores


def study_of(name):
    """The layout of an overlay in config/, and the names of the images of its study."""
    values = deepcopy(DEFAULT)
    update_config(values, yaml.safe_load((ROOT / f"config/{name}.yaml").read_text()))
    study = Layout(config.validate(values, "study"))
    return study, {Path(path).stem for path in study_figures(study)}


def test_figure_22_is_that_of_the_third_study_alone():
    """Where its data are the whole dial, four times as long as in Figure 7, with and without λ."""
    study, drawn = study_of("study_twins")
    assert {"figure19_more_twins", "figure22_dial_160"} <= drawn
    assert "figure22_dial_160" not in study_of("study")[1]
    for net, penalty in (("LongDial", 5e-4), ("LongDialFree", 0)):
        first = study.experiment.recipe_of(net).first_layer
        assert (first.epochs, first.l1) == (160, penalty)
        assert set(study.nets[net].data) == {"lattices", *dial.EXPONENTS, "elliptical"}


def test_figure_18_is_that_of_the_second_study_and_says_how_its_nets_are_trained(layout):
    """Its places along x are by hand, and are those of the configuration."""
    study, drawn = study_of("study_learning")
    assert {"figure14_flow", "figure18_onset"} <= drawn
    assert not any("figure18" in path for path in study_figures(layout))

    def first(net):
        return study.experiment.recipe_of(net).first_layer

    for along, net, place, updates in (
        (along, net, *at) for along, nets in onset.UPDATES.items() for net, at in nets.items()
    ):
        lattices = study.nets[net].training_lattices or 9000
        found = {"lattices": lattices, "learning rate": first(net).learning_rate}
        assert {**found, "penalty λ": first(net).l1}[along] == place
        assert lattices / first(net).minibatch == updates
    for penalty, nets in onset.PENALTIES.items():
        for units, net in nets.items():
            assert study.nets[net].layers == [1600, units]
            assert first(net).l1 == penalty
    assert first("Kurtosis").l1 > first("KurtosisFree").l1 == 0


def test_the_paper_s_figures_are_those_of_a_list_by_hand(layout):
    point = "lattices_L40_T2.2976_seed0"
    fields = "figure3_receptive_fields"
    point_of_fields = point.removeprefix("lattices_")
    names = {
        f"figure1_loss_SmallNet_{point}",
        f"figure1_loss_LargeNet_{point}",
        f"figure2_reconstructions_paper_{point}",
        f"{fields}_SmallNet_lattices_pretrained_hot_{point_of_fields}",
        f"{fields}_SmallNet_lattices_finetuned_hot_{point_of_fields}",
        f"{fields}_LargeNet_lattices_pretrained_prism_{point_of_fields}",
        f"{fields}_LargeNet_lattices_finetuned_prism_{point_of_fields}",
        "table1_dead_neurons_paper",
    }
    found = paper_figures(layout)
    assert len(found) == len(set(found))
    assert set(found) == {
        f"results/figures/{name}.{suffix}" for name in names for suffix in ("png", "pdf")
    }


@pytest.mark.parametrize(
    "change", [{"temperatures": ["critical"]}, {"nets": [DEFAULT["nets"][0]]}], ids=str
)
def test_without_the_paper_s_nets_or_temperature_there_is_no_such_selection(change):
    assert list(Layout(config.validate(DEFAULT | change, "config")).selections) == ["all"]


def test_a_net_that_only_a_control_has_is_in_no_figure_of_the_paper():
    nets = [dict(net) for net in DEFAULT["nets"]]
    nets[0]["data"] = ["lattices", "pixel_shuffle"]
    nets[3]["data"] = ["lattices", "independent"]
    found = paper_figures(Layout(config.validate(DEFAULT | {"nets": nets}, "config")))
    kinds = {kind for kind in ("pixel_shuffle", "independent") if any(kind in f for f in found)}
    assert kinds == {"pixel_shuffle"}


def test_a_net_can_be_trained_at_some_of_the_temperatures():
    nets = [dict(net) for net in DEFAULT["nets"]]
    nets[1] |= {
        "temperatures": [2.450980392156863, "critical"],
        "data": ["lattices", "independent"],
    }
    layout = Layout(config.validate(DEFAULT | {"nets": nets}, "config"))
    hot, paper = "2.450980392156863", "2.2976"
    stores = [path for path in layout.all_stores if "/LargeNet/" in path]
    # and how machines tell the two kinds apart; they are Gaussian, so not over epochs
    assert len(stores) == 2 * 2 * (3 + 2 + 7) + 2
    assert not any(paper in path for path in stores)
    assert [path for path in layout.all_stores if "surrogates" in path] == [
        f"results/surrogates/independent/L40_T{t}_seed0.zarr" for t in (hot, "2.269185314213022")
    ]
    assert list(layout.selections) == ["all"]
    drawn = {(v["data"], v["temperature"]) for v in layout.grid("selection and data")}
    assert ("independent", hot) in drawn
    assert ("independent", paper) not in drawn
    assert "LargeNet" not in layout.nets_on("lattices", paper, "all")
    inputs = layout.table_inputs("training")
    assert len(inputs) == 3 * (2 + 3 + 3 + 3) + 2 * 2 * 3
    words = layout.table_settings("training")
    start, end = words.index("--inputs") + 1, words.index("--points")
    assert [path.replace("{point}", "0") for path in words[start:end]] == inputs
    assert words[end + 1 :] == ["0"]
    small = {"size": "40", "seed": "0", "temperature": paper}
    assert layout.work_left(Wildcards(**small)) == layout.work["FaithfulLarge", 0]


def test_machines_of_spins_with_a_control_are_followed_over_epochs_and_mixed_if_they_ask_for_it():
    """Not those with fields, whose visible biases records do not keep, nor those made by hand."""
    nets = [
        {"name": name, "layers": [1600, 400, 25], "recipe": recipe,
         "data": ["lattices", "thresholded_gaussian", "independent"][:kinds],
         "first_machine": ["mixing"] if name not in ("Alone", "Gaussian") else []}
        for name, recipe, kinds in (("Stack", "mehta_schwab", 3), ("Alone", "mehta_schwab", 1),
                                    ("Fields", "fields", 2), ("Untrained", "untrained", 2),
                                    ("Gaussian", "corrected", 2))
    ]  # fmt: skip
    stack = DEFAULT["recipes"]["mehta_schwab"]
    recipes = {
        **DEFAULT["recipes"],
        "fields": {**stack, "first_layer": {**stack["first_layer"], "zero_field": False}},
        "untrained": {**stack, "first_layer": {**stack["first_layer"], "epochs": 0}},
    }
    changes = {"nets": nets, "recipes": recipes, "temperatures": ["paper"]}
    layout = Layout(config.validate(DEFAULT | changes, "config"))
    assert layout.told_over_epochs == [
        ("Stack", "thresholded_gaussian"),
        ("Stack", "independent"),
    ]
    assert layout.mixed == [
        (net, data)
        for net, kinds in (("Stack", 3), ("Fields", 2), ("Untrained", 2))
        for data in ("lattices", "thresholded_gaussian", "independent")[:kinds]
    ]
    point = "L40_T2.2976_seed0"
    for table, pairs in (
        ("discrimination_over_epochs", layout.told_over_epochs),
        ("mixing", layout.mixed),
    ):
        stores = [f"results/analysis/{net}/{data}/{point}/{table}.zarr" for net, data in pairs]
        assert layout.table_inputs(table) == stores
        assert [path for path in layout.all_stores if path.endswith(f"/{table}.zarr")] == stores
        assert f"results/tables/{table}.csv" in layout.all_tables
        assert layout.command_of(table) == f"table {table.replace('_', '-')}"
    figure = "results/figures/figure17_blindness_over_epochs.png"
    assert figure in figures_of(layout)
    assert figure in study_figures(layout)
    without = Layout(config.validate(DEFAULT | changes | {"nets": nets[1:]}, "config"))
    assert figure not in figures_of(without)
    assert "discrimination_over_epochs" not in [*without.tables, *without.study]


def with_block_map(**changes):
    """A layout of one net of spins with a block map."""
    net = {"name": "Net", "layers": [1600, 400, 100, 25], "recipe": "mehta_schwab",
           "block_map": True, **changes}  # fmt: skip
    return Layout(config.validate(DEFAULT | {"nets": [net]}, "config"))


def test_a_net_and_its_twin_are_mapped_on_lattices_and_each_on_its_own_data():
    layout = with_block_map(data=["lattices", "thresholded_gaussian"], temperatures=["paper"])
    stores = [path for path in layout.block_stores if path.endswith("exponents.zarr")]
    assert {path.removeprefix("results/block_spins/").rsplit("/", 2)[0] for path in stores} == {
        "majority_2/lattices",
        "majority_2/thresholded_gaussian",
        "decimation_2/lattices",
        "decimation_2/thresholded_gaussian",
        "Net.lattices/lattices",
        "Net.thresholded_gaussian/lattices",
        "Net.thresholded_gaussian/thresholded_gaussian",
    }
    point = {"on": "lattices", "size": "40", "temperature": "2.2976", "seed": "0"}
    at = Wildcards(**point, map="Net.lattices")
    levels = [f"results/block_spins/Net.lattices/lattices/L40_T2.2976_seed0/step{n}.zarr"
              for n in (1, 2, 3)]  # fmt: skip
    assert layout.levels_of(at) == levels
    fields = "results/analysis/Net/{}/L40_T2.2976_seed0/receptive_fields.zarr"
    assert layout.stacks_mapped == {
        fields.format("lattices"): "Net (mehta_schwab recipe)",
        fields.format("thresholded_gaussian"): (
            "Net on thresholded Gaussian (mehta_schwab recipe)"
        ),
    }
    net = Wildcards(**point, net="Net", data="lattices", step="2")
    assert [path.rpartition("/")[2] for path in layout.layers_up_to(net)] == [
        "layer0.zarr",
        "layer1.zarr",
    ]


def test_a_net_is_a_map_at_some_of_its_temperatures():
    layout = with_block_map(temperatures=["paper", "critical"], block_map=["paper"])
    stores = layout.all_stores
    for folder in ("results/block_spins/", "results/samples/"):
        assert {"T2.2976_" in path for path in stores if path.startswith(folder)} == {True}
    flows = [path for path in stores if path.endswith(("flow.zarr", "fixed_points.zarr"))]
    assert len(flows) == 2
    assert layout.table_inputs("flow") == [path for path in flows if path.endswith("flow.zarr")]
    assert len(layout.table_inputs("metrics")) == 2
    for table in ("machine_samples", "thermometer"):
        assert layout.table_inputs(table) == filled(
            SAMPLES, **layout.at | {"temperature": "2.2976"}, net="Net", data="lattices"
        )
        assert table in layout.tables
        assert table in layout.judged_by


@pytest.mark.parametrize("first", ["Short", "Deep"])
def test_a_rule_has_the_steps_of_the_deepest_net_whichever_comes_first(first):
    nets = [
        {"name": "Short", "layers": [1600, 400], "recipe": "mehta_schwab", "block_map": True},
        {"name": "Deep", "layers": [1600, 400, 100], "recipe": "mehta_schwab", "block_map": True},
    ]
    nets.sort(key=lambda net: net["name"] != first)
    changes = {"nets": nets, "temperatures": ["paper"]}
    layout = Layout(config.validate(DEFAULT | changes, "config"))
    rule = next(at["map"] for at in layout.mapped if "majority" in at["map"])
    at = Wildcards(map=rule, on="lattices", size="40", temperature="2.2976", seed="0")
    assert [path.rpartition("/")[2] for path in layout.levels_of(at)] == [
        "step1.zarr",
        "step2.zarr",
    ]


def test_levels_too_small_for_exponents_are_left_out():
    layout = with_block_map(layers=[1600, 4])  # sides of 40 and 2
    at = Wildcards(map="Net.lattices", on="lattices", size="40", temperature="2.2976", seed="0")
    assert [path.rpartition("/")[2] for path in layout.levels_of(at)] == []
    stores = layout.block_stores
    assert not [path for path in stores if "couplings" in path]
    assert [path for path in stores if path.endswith("information1.zarr")]
    assert layout.block_tables == ["information"]
    layout = with_block_map(layers=[1600, 100])
    assert [path.rpartition("/")[2] for path in layout.levels_of(at)] == ["step1.zarr"]


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"layers": [1600, 400, 90]}, "layers of 1600, 400, 90 units are no square grids"),
        ({"layers": [1600, 400, 25]}, "layers of 1600, 400, 25 units are no square grids"),
        ({"layers": [1600, 1600]}, "layers of 1600, 1600 units are no square grids"),
        ({"recipe": "corrected", "data": ["gaussian_field"]}, "needs data that are spins"),
    ],
)
def test_a_block_map_that_cannot_be_is_one_line(changes, message):
    with pytest.raises(InputError, match=message):
        with_block_map(**changes)


def with_nets(nets):
    return Layout(config.validate(DEFAULT | {"nets": nets}, "config"))


def test_a_net_names_what_is_measured_of_its_first_machine_and_how_many_lattices_it_learns():
    net = {"name": "Mine", "layers": [1600, 100], "recipe": "mehta_schwab",
           "data": ["lattices", "thresholded_gaussian"], "temperatures": ["paper"]}  # fmt: skip
    layout = with_nets([net | {"first_machine": ["flow", "mixing"], "training_lattices": 500}])
    both = [("Mine", "lattices"), ("Mine", "thresholded_gaussian")]
    assert layout.measured("flow") == layout.mixed == both
    assert layout.measured("samples") == layout.measured("fixed_points") == layout.mapped == []
    assert not {"machine_samples", "machine_exponents", "thermometer"} & set(layout.tables)
    assert {"flow", "mixing"} <= set(layout.tables)
    resting = with_nets([net | {"first_machine": ["fixed_points"]}])
    figure = "results/figures/figure20_fixed_points.png"
    for chosen in (figures_of, study_figures, renormalization_figures):
        assert figure in chosen(resting)
        assert figure not in chosen(layout)
    samples = layout.experiment.lattice.sampling.samples
    assert layout.experiment.held_out_of("Mine") == samples - 500
    assert with_nets([net]).mixed == []
    assert with_nets([net]).experiment.held_out_of("Mine") == layout.experiment.lattice.held_out


def test_more_training_lattices_than_there_are_is_one_line():
    net = {"name": "Mine", "layers": [1600, 100], "recipe": "mehta_schwab"}
    with pytest.raises(
        InputError, match=r"nets.0 \(Mine\).training_lattices: \d+ is more than the"
    ):
        with_nets([net | {"training_lattices": 10**6}])
    with pytest.raises(InputError, match="minibatch: 100 is more than the 20 training lattices"):
        with_nets([net | {"training_lattices": 20}])
