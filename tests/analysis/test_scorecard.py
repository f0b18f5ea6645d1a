"""Verdicts from tables: planted effects are found, and nothing is decided by too few seeds."""

import itertools
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import yaml

from isingdbn import config
from isingdbn.analysis.claim import Claim, Comparison, Derived, MissingError, Quantity
from isingdbn.analysis.claims import CLAIMS, CONFIRM, LEARNING, MS, PAPER, TWINS
from isingdbn.analysis.metrics import METRICS
from isingdbn.analysis.scorecard import compared, judge
from isingdbn.learning.callbacks import RECORDS
from isingdbn.parameters.analysis import DEFINITIONS
from isingdbn.workflow.figures import study_figures
from isingdbn.workflow.layout import STUDY, Layout

ROOT = Path(__file__).parents[2]
HERE, THERE = (Quantity("sizes", "size", {"net": net, "temperature": 2.5}) for net in "ab")


def table(here, there=(1.0,) * 5, first_seed=3):
    """One row a net and seed, and rows of another temperature that must not count."""
    rows = [
        {"net": net, "temperature": temperature, "seed": first_seed + k, "size": size}
        for net, sizes in (("a", here), ("b", there))
        for k, size in enumerate(sizes)
        for temperature, size in ((2.5, size), (3.5, 1e6))
    ]
    return {"sizes": pd.DataFrame(rows).sample(frac=1, random_state=1)}


def verdict(tables, *comparisons):
    claim = Claim("id", "A sentence.", "here", "the contrary", comparisons)
    return judge([claim], tables)[0]["verdict"].item()


SAME = Comparison("same", HERE, THERE, "ratio", 0.8, 1.25)
NOISE = 1 + 0.02 * np.random.default_rng(7).standard_normal(5)


@pytest.mark.parametrize(
    ("here", "expected"),
    [(NOISE, "supported"), (2 * NOISE, "contradicted"), (NOISE[:4], "undecided"),
     (2 * NOISE[:4], "undecided"), ([0.4, 2, 0.5, 1, 1.4], "undecided")],
)  # fmt: skip
def test_equivalence(here, expected):
    assert verdict(table(here), SAME) == expected


def test_a_claim_holds_if_all_of_its_comparisons_do_and_is_contradicted_by_one():
    large = Comparison("large", HERE, THERE, "value", 0.5)
    small = Comparison("small", HERE, THERE, "difference", high=-0.5)
    tables = table(NOISE)
    assert verdict(tables, SAME, large) == "supported"
    assert verdict(tables, SAME, large, small) == "contradicted"


def test_a_net_and_its_control_are_paired_by_seed():
    """Sizes that vary tenfold between seeds, always twice those of the control."""
    sizes = np.array([1.0, 10, 3, 0.2, 7])
    found = compared(Comparison("", HERE, THERE, "ratio", 1.5, 3.0), table(2 * sizes, sizes))
    assert found.tested.mean == pytest.approx(2)
    assert found.tested.upper - found.tested.lower < 1e-9
    assert found.value.mean == pytest.approx(2 * found.control.mean)
    assert compared(SAME, table(NOISE, NOISE[:3])).tested.seeds == 3


def test_what_was_not_measured_is_undecided_and_says_so():
    nobody = Quantity("sizes", "size", {"net": "c"})
    judged = compared(Comparison("", nobody, HERE, "ratio", 0.8), table(NOISE))
    assert judged.missing == "not in this experiment: net c"
    assert verdict(table(NOISE), Comparison("", nobody, HERE, "ratio", 0.8)) == "undecided"
    with pytest.raises(MissingError, match="net c"):
        nobody.of(table(NOISE))
    with pytest.raises(MissingError, match="column height of sizes"):
        Quantity("sizes", "height", {"net": "a"}).of(table(NOISE))
    dead = compared(SAME, table(np.full(5, np.nan)))
    assert dead.missing.startswith("no number in any seed")


def test_a_comparison_of_few_seeds_neither_decides_nor_hides_what_another_decides():
    """Three seeds far outside of the range, and five a little outside of it."""
    few = Comparison("few", HERE, THERE, "ratio", 0.8, 1.25)
    many = Comparison("many", THERE, THERE, "value", None, 0.5)
    tables = table(100 * NOISE[:3], NOISE)
    assert verdict(tables, few) == "undecided"
    assert verdict(tables, many) == verdict(tables, few, many) == "contradicted"


def test_a_ratio_of_what_is_not_positive_is_undecided():
    judged = compared(SAME, table([1, 1, 0, 1, 1]))
    assert judged.missing == "a ratio needs positive numbers"
    assert judged.tested.p_within == judged.tested.p_outside == 1


def test_value_and_control_have_intervals_of_their_own():
    """Arithmetic means for a value and for a difference, geometric ones for a ratio."""
    here, there = np.array([1.0, 2, 3, 4, 5]), np.array([2.0, 2, 2, 2, 3])
    tables = table(here, there)
    for comparison in (
        Comparison("", HERE, THERE, "value", 0.5),
        Comparison("", HERE, THERE, "difference", 0.5),
    ):
        found = compared(comparison, tables)
        assert found.value.mean == pytest.approx(3)
        assert found.value.upper - 3 == pytest.approx(2.776 * here.std(ddof=1) / 5**0.5, rel=1e-3)
        assert found.control.mean == pytest.approx(2.2)
    found = compared(Comparison("", HERE, THERE, "ratio", 0.5), tables)
    assert found.value.mean == pytest.approx(120**0.2)
    assert found.value.lower < found.value.mean < found.value.upper
    row = judge([Claim("id", "", "here", "", (SAME,))], tables)[0].iloc[0]
    assert row["value_lower"] == found.value.lower
    assert row["control_upper"] == found.control.upper


def test_one_seed_has_no_interval_and_says_so():
    found = compared(SAME, table([2.0], [1.0]))
    assert found.tested.mean == 2
    assert np.isnan(found.tested.lower)
    assert found.missing == "one seed has no interval"


def test_a_seed_without_a_number_counts_as_said_if_others_have_one():
    onset = Quantity("sizes", "size", {"net": "a", "temperature": 2.5}, if_none=40)
    assert onset.of(table([3, np.nan, 5])).sort_index().to_list() == [3, 40, 5]
    with pytest.raises(MissingError, match="no number in any seed"):
        onset.of(table([np.nan, np.nan]))


def in_metrics(value, layer=1):
    """The size of a layer by products of weights in five seeds."""
    where = {"net": "a", "stage": "pretrained", "layer": layer, "metric": "size"}
    rows = [{**where, "seed": seed, "median": value + 0.01 * seed} for seed in range(5)]
    return pd.DataFrame(rows), Quantity("metrics", "median", where)


def test_a_verdict_stands_beside_those_by_other_definitions_of_a_field():
    """Sizes of 2 by products, of 2 by derivatives and of 9 by covariances."""
    rows, size = in_metrics(2.0)
    defined = pd.concat(
        rows.rename(columns={"median": "size"}).assign(definition=definition, size=value)
        for definition, value in (("jacobian", rows["median"]), ("covariance", 9.0))
    )
    claims = [
        Claim("fields", "", "here", "", (Comparison("", size, size, "value", 1.0, 3.0),)),
        Claim("other", "", "here", "", (SAME,)),
    ]
    tables = {"metrics": rows, "definitions": defined, **table(NOISE)}
    of_fields, other = judge(claims, tables)[0].to_dict("records")
    assert of_fields["verdict"] == "supported"
    assert of_fields["fields_by"] == "product"
    assert of_fields["verdict_by_jacobian"] == "supported"
    assert of_fields["verdict_by_covariance"] == "contradicted"
    assert other["fields_by"] == other["verdict_by_jacobian"] == ""
    alone = judge(claims, {**tables, "definitions": defined.iloc[:0]})[0].iloc[0]
    assert alone["verdict_by_jacobian"] == "not measured"


def test_a_derived_quantity_keeps_its_function_by_another_definition():
    rows, size = in_metrics(2.0)
    twice = Derived("twice", (size, HERE), lambda of_fields, other: 2 * of_fields + other)
    defined = rows.rename(columns={"median": "size"}).assign(definition="jacobian", size=5.0)
    other = twice.by("jacobian")
    assert other.name == "twice"
    assert other.parts[1] == HERE
    tables = {"definitions": defined, **table([1, 2, 3, 4, 5], first_seed=0)}
    assert other.of(tables).sort_index().to_list() == [11, 12, 13, 14, 15]


def test_living_units_are_those_of_the_product_by_every_definition():
    _, size = in_metrics(2.0)
    living = Quantity("metrics", "living", size.where)
    assert living.by("covariance") == living


def test_fields_of_a_first_layer_are_the_same_by_derivatives():
    _, first = in_metrics(2.0, layer=0)
    assert first.by("jacobian") == first
    assert first.by("covariance").table == "definitions"


def test_two_numbers_a_seed_are_an_error():
    with pytest.raises(ValueError, match="not one number per seed"):
        Quantity("sizes", "size", {"net": "a"}).of(table(NOISE))


def test_a_derived_quantity_is_a_function_of_others_at_the_same_seed():
    ratio = Derived("ratio", (HERE, THERE), lambda a, b: a / b)
    found = ratio.of(table([2, 4, 6], [1, 1, 2, 9, 9]))
    assert found.to_dict() == {3: 2, 4: 4, 5: 3}


def test_many_true_claims_are_seldom_contradicted_together():
    """Holm over 30 claims whose ratios are exactly at the edge of their range: one false verdict
    in a twentieth of scorecards at most.
    """
    rng = np.random.default_rng(11)
    false = 0
    for _ in range(40):
        tables = {}
        claims = []
        for k in range(30):
            tables[f"t{k}"] = table(1.25 * np.exp(0.05 * rng.standard_normal(5)))["sizes"]
            one, other = (
                Quantity(f"t{k}", "size", {"net": net, "temperature": 2.5}) for net in "ab"
            )
            comparison = Comparison("", one, other, "ratio", 0.8, 1.25)
            claims.append(Claim(str(k), "", "here", "", (comparison,)))
        false += (judge(claims, tables)[0]["verdict"] != "undecided").any()
    assert false <= 7  # twice 5 % of 40, and a little


STUDIES = {
    "study": ["config.yaml", "config/study.yaml"],
    "full": ["config.yaml", "config/study.yaml", "config/study_full.yaml"],
    "learning": ["config.yaml", "config/study_learning.yaml"],
    "twins": ["config.yaml", "config/study_twins.yaml"],
    "confirm": ["config.yaml", "config/study_confirm.yaml"],
}


@pytest.fixture(scope="module", params=STUDIES)
def study(request):
    """What config/study.yaml, laid over config.yaml, trains; with study_full.yaml over both; and
    config/study_learning.yaml, config/study_twins.yaml and config/study_confirm.yaml.
    """
    return study_of(STUDIES[request.param])


def study_of(files):
    values, *overlays = (
        yaml.safe_load((ROOT / name).read_text(encoding="utf-8")) for name in files
    )

    def lay(onto, what):
        for key, value in what.items():
            both = isinstance(value, dict) and isinstance(onto.get(key), dict)
            onto[key] = lay(onto[key], value) if both else value
        return onto

    for over in overlays:
        values = lay(values, over)
    return Layout(config.validate(values, "study"))


def about(study):
    """The claims that the scorecard of a study has."""
    return [claim for claim in CLAIMS if claim.is_about(study.nets)]


def test_every_claim_is_of_one_of_the_studies_and_the_studies_share_no_net():
    layouts = [study_of(files) for files in STUDIES.values()]
    nets = {name: set(layout.nets) for name, layout in zip(STUDIES, layouts, strict=True)}
    del nets["full"]
    own = {name: {claim.id for claim in CLAIMS if claim.is_about(of)} for name, of in nets.items()}
    assert {claim.id for claim in LEARNING} <= own["learning"]
    assert {claim.id for claim in TWINS} <= own["twins"]
    assert {claim.id for claim in CONFIRM} <= own["confirm"]
    assert {claim.id for claim in CLAIMS} == set().union(*own.values())
    for one, other in itertools.combinations(nets, 2):
        assert not nets[one] & nets[other]
        shared = own[one] & own[other]
        assert all(not {*each.nets} for claim in CLAIMS if claim.id in shared
                   for each in claim.comparisons)  # fmt: skip


def test_a_claim_that_compares_with_a_rule_is_about_its_own_net_alone():
    (claim,) = (claim for claim in CLAIMS if claim.id == "map_has_exponents")
    assert claim.is_about(["SpinStack"])
    assert not claim.is_about(["Majority"])


def reconstructions(**net):
    """The table of reconstructions by SmallNet and by PCA, five seeds, of lattices whose measures
    are written here; those of the net are changed by ``net``.
    """
    of_lattices = {"lag_2": 0.5, "lag_4": 0.4, "share_above_10": 0.2, "sign_energy": -1.4}
    lattices = {f"{name}_of_lattices": value for name, value in of_lattices.items()}
    rows = [
        {"net": "SmallNet", "data": "lattices", "temperature": temperature, "seed": seed,
         "method": method, **lattices, **given}
        for temperature in (PAPER, MS)
        for seed in range(5)
        for method, given in (("autoencoder", net), ("pca", {"sign_energy": -1.9}))
    ]  # fmt: skip
    table = pd.DataFrame(rows)
    columns = list(of_lattices)
    table[columns] *= 1 + 1e-4 * np.random.default_rng(2).standard_normal((len(rows), 4))
    return {"finetuned_reconstruction_error": table}


SMOOTH = {"lag_2": 0.9, "lag_4": 0.8, "share_above_10": 0.01, "sign_energy": -1.85}


@pytest.mark.parametrize(
    ("claim", "like_lattices"),
    [
        ("reconstructions_smooth_at_distance", {"lag_2": 0.5}),
        ("reconstructions_smooth_at_distance", {"lag_4": 0.45}),
        ("reconstructions_lack_short_waves", {"share_above_10": 0.11}),
        ("signs_of_reconstructions_lower_energy", {"sign_energy": -1.3}),
        ("energy_as_pca", {"sign_energy": -1.4}),
    ],
)
def test_smooth_reconstructions_support_claims_that_those_like_lattices_contradict(
    claim, like_lattices
):
    (claim,) = (each for each in CLAIMS if each.id == claim)
    assert claim.after_data
    found = [
        judge([claim], reconstructions(**SMOOTH | other))[0]["verdict"].item()
        for other in ({}, like_lattices)
    ]
    assert found == ["supported", "contradicted"]


def test_every_claim_has_an_id_a_control_and_a_rule():
    assert len({claim.id for claim in CLAIMS}) == len(CLAIMS) >= 22
    for claim in CLAIMS:
        labels = [comparison.label for comparison in claim.comparisons]
        assert len(set(labels)) == len(labels), claim.id
        for comparison in claim.comparisons:
            assert comparison.control != comparison.value
            assert comparison.rule


def test_the_studies_draw_figures_6_to_22_and_the_scorecard(study):
    drawn = {Path(path).stem for path in study_figures(study)}
    numbers = {name.partition("_")[0].removeprefix("figure") for name in drawn}
    if "OneStep" in study.nets:
        assert numbers == {"14", "17", "18"}
    elif "FreshStack" in study.nets:
        assert numbers == {"12", "13", "14", "16", "20", "21"}
    elif "GaussianTwins" in study.nets:
        assert numbers == {"12", "13", "14", "16", "19", "20", "21", "22"}
    else:
        assert numbers == {*map(str, range(6, 17)), "20", "21", "scorecard"}


def test_a_study_has_the_tables_that_its_claims_are_judged_by_and_no_other():
    judged = {name: set(study_of(files).judged_by) for name, files in STUDIES.items()}
    assert judged["study"] == judged["full"]
    assert {"discrimination", "definitions", "code", "exponents", "peaks"} <= judged["study"]
    assert {"mixing", "discrimination_over_epochs"} <= judged["learning"]
    assert judged["twins"] == {
        "metrics", "dead_neurons", "discrimination", "fixed_points", "exponents",
        "block_couplings", "information", "peaks",
    }  # fmt: skip
    values = yaml.safe_load((ROOT / "config.yaml").read_text(encoding="utf-8"))
    for net in values["nets"]:
        net["name"] = f"My{net['name']}"  # of which nothing is claimed
    assert judged["confirm"] == {
        "metrics", "discrimination", "exponents", "block_couplings", "peaks",
    }  # fmt: skip
    mine = Layout(config.validate(values, "mine"))
    assert set(mine.study) <= set(mine.judged_by)


def test_every_twin_of_spins_is_told_from_lattices_where_nets_are_compared():
    """20 pairs of SpinTwins, 60 of GaussianTwins, and one net on one twin at one temperature four
    times, over five seeds.
    """
    twins = study_of(STUDIES["twins"])
    on = {data for net, data in twins.discriminated if net == "GaussianTwins"}
    assert on == {"thresholded_gaussian", "sign_product_2", "sign_product_3"}
    stores = twins.table_inputs("discrimination")
    assert len(stores) == 20 + 60 + 4 * 5
    assert set(stores) <= set(twins.all_stores)


def test_the_study_measures_what_every_claim_needs(study):
    """So no claim is left undecided for want of a net, a control or a temperature."""
    for claim in about(study):
        for comparison in (
            *claim.comparisons,
            *(each.by("jacobian") for each in claim.comparisons),
        ):
            for side in (comparison.value, comparison.control):
                for quantity in getattr(side, "parts", (side,)):
                    where = quantity.where
                    if quantity.table == "lattice_couplings":
                        assert any(
                            data == where["data"]
                            and f"{where['temperature']!r}" in study.at_of[net]["temperature"]
                            for net, data in study.coupled
                        )
                        continue
                    if quantity.table == "peaks":
                        assert "peaks" in study.judged_by
                        continue
                    if quantity.table in study.block_tables:
                        maps = [at for at in study.mapped if at["on"] == where["data"]]
                        maps = [at for at in maps if where["step"] in at["step"]]
                        on = {"no net": "", "nothing": "lattices"}.get(
                            where["trained_on"], where["trained_on"]
                        )
                        by = f"{where['net']}.{on}" if on else "majority_2"
                        assert not on or (where["trained_on"] == "nothing") == (
                            study.experiment.recipe_of(where["net"]).first_layer.epochs == 0
                        )
                        (temperatures,) = [at["temperature"] for at in maps if at["map"] == by][:1]
                        assert f"{where['temperature']!r}" in temperatures
                        continue
                    net = where["net"]
                    assert quantity.table in (*STUDY, "dead_neurons")
                    assert (net, where["data"]) in study.trained, (claim.id, where)
                    temperatures = [float(t) for t in study.at_of[net]["temperature"]]
                    assert where["temperature"] in temperatures, (claim.id, where)
                    assert where.get("stage") != "finetuned" or net in study.finetuned
                    assert where.get("layer", 0) in study.layers_of(net)
                    assert quantity.table != "metrics" or where["metric"] in METRICS
                    if quantity.table == "discrimination":
                        assert (net, where["data"]) in study.discriminated
                        assert quantity.column != "stack_auc" or study.layers_of(net)[1:]
                    if quantity.table == "discrimination_over_epochs":
                        assert (net, where["data"]) in study.told_over_epochs
                    if quantity.table == "mixing":
                        assert (net, where["data"]) in study.mixed
                    if quantity.table == "finetuning":
                        assert net in study.finetuned
                    if quantity.table == "code":
                        assert (net, where["data"]) in study.coded
                    if quantity.table == "emergence":
                        recipe = study.experiment.recipe_of(net)
                        epochs = recipe.first_layer.epochs
                        assert where["epoch"] == epochs
                    if quantity.table == "definitions":
                        assert (net, where["data"]) in study.defined
                        assert where["definition"] in DEFINITIONS
                        assert quantity.column in METRICS
                    if quantity.table == "machine_couplings":
                        assert (net, where["data"]) in study.coupled
                    if quantity.table == "discrimination_over_epochs":
                        assert (net, where["data"]) in study.told_over_epochs
                        epochs = study.experiment.recipe_of(net).first_layer.epochs
                        assert where["epoch"] in np.geomspace(1, epochs, RECORDS).round()
                    if quantity.table == "mixing":
                        assert (net, where["data"]) in study.mixed
                    if quantity.table in ("flow", "fixed_points"):
                        assert (net, where["data"]) in study.measured(quantity.table)
                    if quantity.table in ("machine_exponents", "machine_samples", "thermometer"):
                        assert (net, where["data"]) in study.measured("samples")
    assert len(study.experiment.seeds) >= 5


def test_the_confirmation_has_seeds_of_its_own():
    seeds = {name: set(study_of(files).experiment.seeds) for name, files in STUDIES.items()}
    assert len(seeds["confirm"]) == 10
    assert not seeds["confirm"] & (seeds["study"] | seeds["learning"] | seeds["twins"])


def test_a_comparison_without_bounds_or_a_claim_without_comparisons_is_an_error():
    with pytest.raises(ValueError, match="nothing would refute it"):
        Comparison("x", HERE, THERE, "ratio")
    with pytest.raises(ValueError, match="needs a comparison"):
        Claim("x", "", "here", "", ())
