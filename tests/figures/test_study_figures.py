"""Figures 4 and 5 can be read; the later ones and the scorecard show the numbers they are given."""

import math
from itertools import product
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import xarray as xr
import yaml
from matplotlib.figure import Figure
from matplotlib.text import Text
from scipy import stats

from isingdbn.analysis import claims
from isingdbn.analysis.modes import low_mode_overlap, low_mode_share
from isingdbn.analysis.scorecard import judge
from isingdbn.analysis.statistics import mean_within
from isingdbn.cli.table import emergence as table_emergence
from isingdbn.figures import (
    blindness,
    blindness_over_epochs,
    block_couplings,
    code,
    dial,
    dial_160,
    emergence,
    exponents,
    fixed_points,
    flow,
    fourier,
    information,
    intervals,
    more_twins,
    onset,
    reconstruction_error,
    scorecard,
    thermodynamics,
    twins,
    width_law,
)
from isingdbn.figures.style import COLOURS, KINDS, OTHER_COLOURS
from isingdbn.parameters.data import data_label

ROOT = Path(__file__).parents[2]
PAPER, MS = 2.2976, 2.450980392156863
SEEDS = range(5)


def texts(figure):
    figure.draw_without_rendering()
    return "\n".join(text.get_text() for text in figure.findobj(Text))


def drawn_in(axes):
    """All heights of marks in one panel, to nine digits."""
    heights = (np.asarray(line.get_ydata(), float) for line in axes.lines)
    return {float(f"{value:.9g}") for of_line in heights for value in of_line}


def drawn(figure):
    """The same in all panels."""
    return set().union(*(drawn_in(axes) for axes in figure.axes))


def metrics(nets, metrics, stages=("pretrained",), temperatures=(PAPER, MS), layers=(0, 1, 2)):
    """A table with another number in each row."""
    rows = product(nets, temperatures, SEEDS, stages, layers, metrics)
    table = pd.DataFrame(
        [
            {"net": net, "data": data, "temperature": temperature, "seed": seed, "stage": stage,
             "layer": layer, "metric": metric}
            for (net, data), temperature, seed, stage, layer, metric in rows
        ]
    )  # fmt: skip
    return table.assign(
        median=np.random.default_rng(0).uniform(0.2, 1, len(table)).round(6),
        living=np.arange(len(table)) % 37 + 20,
        units=400,
    )


def test_errors_of_figure_4_have_digits_and_are_inside_of_its_panels():
    errors = {"zero_output": (1, 0), "block_mean": (0.3, 0.002), "stack": (0.99985, 0.00002)}
    rows = [
        {"net": "Net", "recipe": "r", "data": "lattices", "temperature": at, "seed": 0, "code": 25,
         "method": method, "held_out_error": error, "standard_error": deviation,
         "training_lattices": 90, "epochs": 4}
        for method, (error, deviation) in errors.items() for at in (PAPER, MS)
    ]  # fmt: skip
    figure = reconstruction_error.draw(pd.DataFrame(rows))
    assert "0.99985 ± 0.00002" in texts(figure)
    for axes in figure.axes:
        panel = axes.get_window_extent()
        for text in axes.texts:
            extent = text.get_window_extent()
            assert panel.x0 <= extent.x0 < extent.x1 <= panel.x1


def test_the_exact_curve_of_figure_5_has_a_key():
    names = ("specific_heat", "connected_susceptibility")
    curves = {name: ("temperature", [1.0, 2.0, 1.0]) for name in (*names, "specific_heat_exact")}
    places = {f"{name}_peak_temperature{error}": 2.3 for name in names for error in ("", "_error")}
    axes = Figure().add_subplot()
    peaks = xr.Dataset(curves | places, {"temperature": [2.2, 2.3, 2.4]})
    thermodynamics._maxima(axes, [peaks])
    named = dict(zip(*axes.get_legend_handles_labels()[::-1], strict=True))
    assert named["$C$, exact"].get_color() == "black"
    assert len(named) == 3


def test_twins_has_a_panel_a_metric_and_temperature():
    nets = [("SpinStack", "lattices"), ("SpinStack", "thresholded_gaussian"),
            ("SpinProducts", "sign_product_2"), ("Other", "lattices")]  # fmt: skip
    table = metrics(nets, [*twins.METRICS, "regions"])
    figure = twins.draw(table)
    assert len(figure.axes) == (1 + 4) * 2
    sizes = table[table["metric"] == "participation_ratio"].set_index(
        ["temperature", "layer", "seed"]
    )
    own, other = (
        sizes[(sizes["net"] == net) & (sizes["data"] == data)]["median"]
        for net, data in (("SpinStack", "lattices"), ("SpinProducts", "sign_product_2"))
    )
    assert {float(f"{v:.9g}") for v in other / own} <= drawn(figure)
    shown = table[(table["net"] != "Other") & (table["metric"] != "regions")]
    assert set(shown["median"]) <= drawn(figure)
    for word in ("5 seeds", "2.2976", "thresholded Gaussian", "sign product 2", "rms radius"):
        assert word in texts(figure)


def test_kurtosis_is_that_of_the_moments():
    assert dial.excess_kurtosis(0) == pytest.approx(-2)
    assert dial.excess_kurtosis(1) == pytest.approx(0)
    normal = np.abs(np.random.default_rng(0).standard_normal(10**6))
    moments = [np.mean(normal ** (0.5 * power)) for power in (4, 2)]
    assert dial.excess_kurtosis(0.5) == pytest.approx(moments[0] / moments[1] ** 2 - 3, abs=0.01)


def test_dial_puts_each_kind_at_its_kurtosis():
    nets = [("GaussianStack", "lattices"), ("GaussianStack", "thresholded_gaussian"),
            ("Dial", "power_0.5"), ("Dial", "gaussian_field"), ("Dial", "elliptical")]  # fmt: skip
    table = metrics(nets, ["participation_ratio"])
    table = table[(table["net"] != "Dial") | (table["temperature"] == PAPER)]
    figure = dial.draw(table)
    shown = table[(table["layer"] == 0) & (table["temperature"] == PAPER)]
    assert set(shown["median"]) <= drawn(figure)
    assert not set(table[table["layer"] == 1]["median"]) & drawn(figure)
    places = {
        round(float(x), 6) for line in figure.axes[0].lines for x in np.asarray(line.get_xdata())
    }
    assert round(3 * math.e - 3, 6) in places
    assert {-2.0, 0.0, round(dial.excess_kurtosis(0.5), 6)} <= places


def test_width_law_shows_single_layers_and_those_of_the_stack():
    nets = [(net, data) for net in ("Spin25", "Spin200", "SpinStack")
            for data in ("lattices", "thresholded_gaussian")]  # fmt: skip
    table = metrics(nets, ["participation_ratio"])
    table = table[(table["net"] == "SpinStack") | (table["layer"] == 0)]
    table = table[(table["net"] == "SpinStack") | (table["temperature"] == MS)]
    figure = width_law.draw(table)
    assert set(table[table["temperature"] == MS]["median"]) <= drawn(figure)
    assert "layers 2 and 3 of a stack, lattices" in texts(figure)


def widths(net_of):
    """A table of single layers at two temperatures whose sizes fall a little faster than the units
    rise, and a seed without one of them.
    """
    rows = product(net_of.items(), ("lattices", "thresholded_gaussian"), (PAPER, MS), SEEDS)
    rng = np.random.default_rng(3)
    table = pd.DataFrame(
        {"net": net, "data": data, "temperature": temperature, "seed": seed, "layer": 0,
         "stage": "pretrained", "metric": "participation_ratio", "living": units - seed,
         "median": 2000 / units**1.05 * np.exp(rng.normal(0, 0.1))}
        for (units, net), data, temperature, seed in rows
    )  # fmt: skip
    return table[(table["net"] != "Spin16") | (table["seed"] != 3)]


def test_exponents_of_the_width_law_are_those_of_the_claim():
    table = widths(claims.WIDTHS)
    figure = width_law.draw(table)
    for data, name in (("lattices", "lattices"), ("thresholded_gaussian", "twins")):
        exponents = claims.width_exponent(data).of({"metrics": table})
        assert len(exponents) == 4
        low, high = stats.t.interval(0.95, 3, exponents.mean(), exponents.sem())
        said = f"{name}: exponent {exponents.mean():.3f} [{low:.3f}, {high:.3f}]"
        assert said.replace("-", "−") in [text.get_text() for text in figure.axes[1].texts]


def test_a_power_law_of_widths_is_drawn_through_its_marks():
    table = widths({25: "Spin25", 100: "Spin100", 400: "SpinStack"})
    table["median"] = 3000 / table["living"] ** 1.2
    axes = width_law.draw(table).axes[0]
    colour = COLOURS[KINDS["lattices"][0]]
    (line,) = (
        line for line in axes.lines if line.get_linestyle() == "-" and line.get_color() == colour
    )
    factor = width_law.BESIDE[0][0]
    x, y = line.get_data()
    assert y == pytest.approx(3000 / (x / factor) ** 1.2)
    assert x == pytest.approx([factor * 21, factor * 400])


def test_a_width_law_of_one_seed_or_one_width_has_no_interval():
    table = widths(claims.WIDTHS)
    assert ", one seed" in texts(width_law.draw(table[table["seed"] == 0]))
    assert "not fitted" in texts(width_law.draw(table[table["net"] == "Spin25"]))


@pytest.fixture
def telling():
    """AUCs of a stack at two temperatures, and of a single machine at one."""
    rows = product(("SpinStack", "Spin25"), (PAPER, MS), SEEDS)
    table = pd.DataFrame(rows, columns=["net", "temperature", "seed"])
    table = table[(table["net"] != "Spin25") | (table["temperature"] == MS)]
    table = table.assign(data="thresholded_gaussian", units=400)
    table.loc[table["net"] == "Spin25", "units"] = 25
    alone = ("machine_auc", "physics_auc")
    cut = [f"stack_auc{bound}_{depth}" for bound in ("", "_weighted") for depth in (2, 3)]
    values = np.random.default_rng(1).uniform(0.5, 1, (6, len(table))).round(6)
    table = table.assign(**dict(zip((*alone, *cut), values, strict=True)))
    for bound in ("stack_auc", "stack_auc_weighted"):
        table[bound] = table[f"{bound}_3"]
    of_stacks = [name for name in table if name.startswith("stack_auc")]
    table.loc[table["net"] == "Spin25", of_stacks] = np.nan
    return table


def test_blindness_has_both_ways_of_telling(telling):
    telling.loc[telling.index[0], "machine_auc"] = 0.123  # worse than chance, and still seen
    figure = blindness.draw(telling)
    assert all(axes.get_ylim()[0] < 0.123 for axes in figure.axes)
    ways = ["machine_auc", "physics_auc", "stack_auc"]
    for axes, temperature in zip(figure.axes[:2], (PAPER, MS), strict=True):
        here = telling[telling["temperature"] == temperature][ways].to_numpy().ravel()
        assert set(here[~np.isnan(here)]) <= drawn_in(axes)
    ticks = [[label.get_text() for label in axes.get_xticklabels()] for axes in figure.axes[:2]]
    assert ticks == [["SpinStack"], ["Spin25", "SpinStack"]]


def test_blindness_has_a_panel_of_depths_of_each_stack_by_both_bounds(telling):
    figure = blindness.draw(telling)
    assert len(figure.axes) == 4
    cut = [name for name in telling if name[-1] in "23"]
    assert len(cut) == 4
    for axes, temperature in zip(figure.axes[2:], (PAPER, MS), strict=True):
        here = telling[(telling["temperature"] == temperature) & (telling["net"] == "SpinStack")]
        assert set(here[["machine_auc", *cut]].to_numpy().ravel()) <= drawn_in(axes)
        assert axes.get_title().startswith("SpinStack")
        assert axes.get_xticks().tolist() == [1, 2, 3]
    assert "the same, tighter" in texts(figure)
    single = blindness.draw(telling[telling["net"] == "Spin25"])
    assert len(single.axes) == 1


def told_over_epochs(nets, seeds=SEEDS, data="thresholded_gaussian"):
    """A table with other AUCs in each row; of one net at two temperatures."""
    rows = product(nets, (PAPER, MS), seeds, (1, 3, 10))
    table = pd.DataFrame(rows, columns=["net", "temperature", "seed", "epoch"])
    table = table[(table["net"] == nets[0]) | (table["temperature"] == MS)]
    values = np.random.default_rng(9).uniform(0.4, 1, (2, len(table))).round(6)
    return table.assign(
        data=data, algorithm="pcd", gibbs_steps=1, machine_auc=values[0], physics_auc=values[1],
        units=table["net"].map({net: 25 * (place + 1) for place, net in enumerate(nets)}),
    )  # fmt: skip


def mixing_of(table):
    """A table with other times in each row, the first of which is a lower bound."""
    rows = table.drop_duplicates(["net", "temperature", "seed"]).drop(columns="epoch")
    rows = pd.concat([rows.assign(data="lattices"), rows], ignore_index=True)
    times = np.random.default_rng(10).uniform(1, 900, (2, len(rows))).round(3)
    return rows.assign(tau_m2=times[0], tau_energy=times[1], lower_bound=(rows.index == 0) * 1)


def test_blindness_over_epochs_has_a_panel_a_net_and_one_of_mixing_times():
    table = told_over_epochs(["SpinStack", "Spin25", "SpinCD10", "Other", "Fifth"])
    mixing = mixing_of(table)
    figure = blindness_over_epochs.draw(table, mixing)
    shown = [axes for axes in figure.axes if axes.get_visible()]
    assert len(shown) == 5 + 1
    titles = [axes.get_title() for axes in shown[:5]]
    assert titles[0].split() == ["SpinStack", "25", "units,", "PCD-1"]
    means = table.groupby(["net", "temperature", "epoch"])["machine_auc"].mean()
    first_seed = table[table["epoch"] == 1].groupby(["net", "temperature"])["physics_auc"].mean()
    assert {float(f"{v:.9g}") for v in [*means, *first_seed, 0.5]} <= drawn(figure)
    assert set(mixing[["tau_m2", "tau_energy"]].to_numpy().ravel()) <= drawn(figure)
    for word in ("5 seeds", "2.2976", "lower bound", "on twins", "energy, plaquette and |m|"):
        assert word in texts(figure)


def test_bands_over_epochs_are_student_s():
    table = told_over_epochs(["Net"])
    table = table[table["temperature"] == MS]
    axes = blindness_over_epochs.draw(table, mixing_of(table)).axes[0]
    (band,) = axes.collections
    edges = {float(f"{y:.6g}") for y in band.get_paths()[0].vertices[:, 1]}
    for _, of_epoch in table.groupby("epoch"):
        tested = mean_within(of_epoch["machine_auc"], 0, 1)
        assert {float(f"{tested.lower:.6g}"), float(f"{tested.upper:.6g}")} <= edges


def test_blindness_over_epochs_of_one_seed_and_another_surrogate_has_no_bands():
    table = told_over_epochs(["Net"], range(1), "pixel_shuffle")
    figure = blindness_over_epochs.draw(table, mixing_of(table))
    assert "pixel shuffle" in texts(figure)
    assert "seed 0" in texts(figure)


def test_fourier_shows_the_code_before_and_after():
    nets = [("SmallNet", "lattices"), ("SmallNet", "thresholded_gaussian")]
    stages = ("pretrained", "finetuned")
    named = ["low_mode_share", "low_mode_overlap", "block_overlap", "lag_1"]
    table = metrics(nets, named, stages, layers=(0, 1))
    figure = fourier.draw(table)
    code_fields = table[table["layer"] == 1]
    shown = [heights(axes) for axes in figure.axes]
    rows = [set.union(*shown[:2]), set.union(*shown[2:])]
    for number, of_row in enumerate((named[:1], named[1:3])):
        expected = six(code_fields[code_fields["metric"].isin(of_row)]["median"])
        assert expected <= rows[number]
        assert not expected & rows[1 - number]
    assert not six(table[table["layer"] == 0]["median"]) & set.union(*rows)
    assert not six(table[table["metric"] == "lag_1"]["median"]) & set.union(*rows)
    assert "lattices, with blocks of 8×8" in texts(figure)


def test_the_lines_of_figure_10_are_those_of_blocks():
    tiles = np.zeros((25, 40, 40))
    for number, tile in enumerate(tiles):
        y, x = np.array(divmod(number, 5)) * 8
        tile[y : y + 8, x : x + 8] = 1
    assert low_mode_share(tiles) == pytest.approx(fourier.PLAIN_BLOCK, abs=0.005)
    assert low_mode_overlap(tiles) == pytest.approx(fourier.PLAIN_BLOCK, abs=0.005)
    assert fourier.PLAIN_BLOCK == claims.PLAIN_BLOCK


DEAD = ("dead_by_weight", "dead_by_activity")
SWEPT_COLUMNS = [f"below_{percent}_percent" for percent in emergence.SWEPT]


@pytest.fixture(scope="module")
def while_trained():
    """What Figure 11 is drawn from, of which a net of other penalties is at one temperature, one at
    two and the stack at both; with another number of dead units in each row.
    """
    nets = [(net, data) for net in ("SpinStack", "GaussianLong", "SpinFree", "SpinHeavy",
                                    "GaussianFree", "GaussianStack", "Other")
            for data in ("lattices", "thresholded_gaussian")]  # fmt: skip
    rows = product(nets, (PAPER, MS), SEEDS, (0, 1, 2), (1, 3, 10))
    table = pd.DataFrame(
        [
            {"net": net, "data": data, "temperature": temperature, "seed": seed, "layer": layer,
             "epoch": epoch, "stage": "pretrained", "units": 10000}
            for (net, data), temperature, seed, layer, epoch in rows
            if net == "SpinStack"
            or (layer == 0 and net == "SpinHeavy")
            or (layer == 0 and temperature == (MS if net == "SpinFree" else PAPER))
        ]
    )  # fmt: skip
    rng = np.random.default_rng(2)
    columns = (*DEAD, *SWEPT_COLUMNS)
    numbers = rng.permutation(9000)[: 8 * len(table)].reshape(8, -1)
    table = table.assign(**dict(zip(columns, numbers, strict=False)))
    table["participation_ratio"] = rng.uniform(1, 500, len(table)).round(3)
    ends = table.assign(**dict(zip(DEAD, numbers[6:], strict=True)))
    return table, ends[ends["epoch"] == 10]


def shares(rows, columns):
    """Those of the units, to six digits."""
    return six(np.ravel(rows[list(columns)].to_numpy() / rows[["units"]].to_numpy()))


def panels_titled(figure, start):
    return {axes.get_title(): axes for axes in figure.axes if axes.get_title().startswith(start)}


def test_emergence_shows_sizes_of_first_layers_over_epochs(while_trained):
    table, last = while_trained
    figure = emergence.draw(table, last)
    first = table[table["layer"] == 0]
    shown = first[(first["net"] == "SpinStack") & (first["temperature"] == MS)]
    shown = pd.concat([shown, first[first["net"] == "GaussianLong"]])
    assert six(shown["participation_ratio"]) <= heights(figure.axes[0])
    others = first[first["net"].isin(["SpinFree", "Other"])]
    assert not six(others["participation_ratio"]) & heights(figure.axes[0])
    for word in ("5 seeds", "layer 3", "Gaussian units", "spin units, twins"):
        assert word in texts(figure)


def test_emergence_sweeps_the_threshold_at_the_end_of_the_first_layer(while_trained):
    table, last = while_trained
    (axes,) = panels_titled(emergence.draw(table, last), "At the end, first layer").values()
    of = table[(table["net"] == "SpinStack") & (table["data"] == "lattices")]
    first = of[of["layer"] == 0]
    assert shares(first[first["epoch"] == 10], SWEPT_COLUMNS) <= heights(axes)
    assert not shares(first[first["epoch"] < 10], SWEPT_COLUMNS) & heights(axes)
    assert not shares(of[of["layer"] > 0], SWEPT_COLUMNS) & heights(axes)
    (rule,) = [line for line in axes.lines if line.get_linestyle() == "--"]
    assert set(rule.get_xdata()) == {emergence.RULE}
    assert emergence.SWEPT == table_emergence.SWEPT
    rules = yaml.safe_load((ROOT / "config.yaml").read_text())["analysis"]["dead_neurons"]
    assert rules["weight_fraction"] == emergence.RULE / 100


def test_emergence_has_dead_units_by_both_criteria_at_every_temperature(while_trained):
    table, last = while_trained
    figure = emergence.draw(table, last)
    of = table[(table["net"] == "SpinStack") & (table["data"] == "lattices")]
    rows = [axes for axes in figure.axes if axes.get_ylabel().startswith("share of units\ndead")]
    assert [axes.get_ylabel().split()[-1] for axes in rows] == ["weight", "activity"]
    start = figure.axes.index(rows[0])
    panels = iter(figure.axes[start : start + 4])
    for criterion in DEAD:
        for temperature in (PAPER, MS):
            shown = heights(next(panels))
            here = of["temperature"] == temperature
            assert shares(of[here], [criterion]) <= shown
            assert not shares(of[~here], [criterion]) & shown
            assert not shares(of[here], set(DEAD) - {criterion}) & shown


def test_emergence_has_a_panel_of_penalties_wherever_there_are_several(while_trained):
    """Of Gaussian units there is one temperature, of spins with twice the penalty there are two."""
    table, last = while_trained
    figure = emergence.draw(table, last)
    panels = panels_titled(figure, "spin units") | panels_titled(figure, "Gaussian units")
    assert list(panels) == [
        "spin units, $T = 2.2976$", "spin units, $T = 2.45098$", "Gaussian units, $T = 2.2976$",
    ]  # fmt: skip
    ends = last[(last["data"] == "lattices") & (last["layer"] == 0)]
    for axes, temperature, nets in zip(
        panels.values(),
        (PAPER, MS, PAPER),
        (["SpinStack", "SpinHeavy"], ["SpinFree", "SpinStack", "SpinHeavy"],
         ["GaussianFree", "GaussianStack"]),
        strict=True,
    ):  # fmt: skip
        shown = ends["net"].isin(nets) & (ends["temperature"] == temperature)
        assert shares(ends[shown], DEAD) <= heights(axes)
        assert not shares(ends[~shown], DEAD) & heights(axes)


MAPS = [("Majority", "lattices", "majority", "no net"),
        ("Stack", "lattices", "hidden spins", "lattices"),
        ("Stack", "lattices", "hidden spins", "thresholded_gaussian"),
        ("Stack", "thresholded_gaussian", "hidden spins", "thresholded_gaussian"),
        ("ByHand", "lattices", "hidden spins", "nothing")]  # fmt: skip


def mapped(*columns):
    """A table of maps at two temperatures and three steps, with other numbers in each row."""
    rows = [
        {"net": net, "data": data, "map": by, "trained_on": on, "temperature": temperature,
         "seed": seed, "step": step, "side": 40 // 2**step}
        for (net, data, by, on), temperature, seed, step in product(
            MAPS, (PAPER, MS), SEEDS, (1, 2, 3)
        )
    ]  # fmt: skip
    rng = np.random.default_rng(8)
    table = pd.DataFrame(rows)
    return table.assign(**{name: rng.uniform(0.1, 0.9, len(rows)).round(6) for name in columns})


def panels_of(figure):
    """Those that show numbers, and not the names of maps."""
    return [axes for axes in figure.axes if axes.axison]


def test_block_couplings_has_a_panel_a_temperature_and_coupling():
    table = mapped("nearest", "next_nearest", "plaquette")
    figure = block_couplings.draw(table)
    assert len(panels_of(figure)) == 2 * 3 * 2  # rules and a stack, and what is not trained
    assert set(table[["nearest", "next_nearest", "plaquette"]].to_numpy().ravel()) <= drawn(figure)
    words = (
        "20×20",
        "majority rule",
        "(a) rules and Stack",
        "(b) controls",
        "net on thresholded Gaussian",
        "ByHand, not trained",
        "open: of thresholded Gaussian",
        "5 seeds",
        "2.2976",
    )
    for word in words:
        assert word in texts(figure)


def test_another_net_has_a_column_beside_the_majority_rule_where_it_is_trained():
    table = mapped("nearest", "next_nearest", "plaquette")
    other = table[(table["trained_on"] == "lattices") & (table["temperature"] == MS)]
    values = other["nearest"] + 2
    figure = block_couplings.draw(pd.concat([table, other.assign(net="Other", nearest=values)]))
    assert len(panels_of(figure)) == 2 * 3 * 2 + 3
    assert "(c) Other" in texts(figure)
    (axes,) = [axes for axes in panels_of(figure) if axes.get_title("left") == "(c) Other"]
    shown = {float(f"{y:.9g}") for line in axes.lines for y in np.asarray(line.get_ydata(), float)}
    reference = table[(table["map"] == "majority") & (table["temperature"] == MS)]["nearest"]
    assert {float(f"{value:.9g}") for value in values} | set(reference) <= shown


def test_maps_have_the_colours_of_what_they_were_trained_on():
    figure = block_couplings.draw(mapped("nearest", "next_nearest", "plaquette"))
    looks = {
        label: COLOURS[KINDS[kind][0]]
        for kind in ("lattices", "thresholded_gaussian")
        for label in [f"net on {data_label(kind)}"]
    }
    handles, labels = figure.axes[0].get_legend_handles_labels()
    drawn_as = {label: handle[0].get_color() for label, handle in zip(labels, handles, strict=True)}
    assert looks.items() <= drawn_as.items()


def test_exponents_are_drawn_with_all_couplings():
    parts = [
        mapped("value").assign(exponent=exponent, couplings=couplings)
        for exponent, most in (("thermal", 7), ("magnetic", 4))
        for couplings in (1, most)
    ]
    parts = [part.assign(value=part["value"] + 0.9 + 0.1 * k) for k, part in enumerate(parts)]
    beyond = (parts[1]["net"] == "ByHand") & (parts[1]["step"] == 2)
    parts[1].loc[beyond, "value"] = -7.25
    figure = exponents.draw(pd.concat(parts))
    assert len(panels_of(figure)) == 2 * 2 * 2
    assert {float(f"{v:.9g}") for k in (1, 3) for v in parts[k]["value"]} <= drawn(figure)
    arrows = [text for axes in figure.axes for text in axes.texts if text.arrow_patch]
    assert [text.get_text() for text in arrows] == ["−7.25"] * 2  # one a temperature
    low, _ = exponents.LIMITS["$y_T$"]
    assert {text.xy[1] for text in arrows} == {low} == {arrows[0].axes.get_ylim()[0]}
    assert not {float(f"{v:.9g}") for k in (0, 2) for v in parts[k]["value"]} & drawn(figure)
    assert "$y_H$" in texts(figure)


def test_information_shows_maps_and_as_many_other_signs():
    parts = [
        mapped("r2_low_modes", "majority_overlap", "nearest_correlation").assign(encoder=encoder)
        for encoder in ("block spins", "longest waves", "random projections")
    ]
    parts = [part.assign(r2_low_modes=part["r2_low_modes"] + k) for k, part in enumerate(parts)]
    table = pd.concat(parts)
    figure = information.draw(table)
    assert len(panels_of(figure)) == 2 * 3 * 2
    for name in ("r2_low_modes", "majority_overlap", "nearest_correlation"):
        assert {float(f"{v:.9g}") for v in parts[0][name]} <= drawn(figure)
    said = texts(figure)
    for word in ("signs of longest waves", "signs of random projections", "20×20", "5 seeds"):
        assert word in said


MANY, MANY_TWINS = "mixed_temperatures", "mixed_thresholded_gaussian"


def flowing(pairs, goal=2.0):
    """A table of the flow of (net, data, temperature), with another number in each row."""
    rows = product(pairs, SEEDS, ("T=1.5", "T=5", "random"), (0, 1, 10))
    table = pd.DataFrame(
        [
            {"net": net, "data": data, "temperature": temperature, "seed": seed, "start": start,
             "step": step}
            for (net, data, temperature), seed, start, step in rows
        ]
    )  # fmt: skip
    values = np.random.default_rng(4).uniform(goal - 0.5, goal + 1.5, len(table)).round(6)
    return table.assign(effective_temperature=values)


def titled(figure):
    """The titles of the panels, by their row and column."""
    specs = {axes: axes.get_subplotspec() for axes in figure.axes if axes.get_title()}
    return {(s.rowspan.start, s.colspan.start): a.get_title() for a, s in specs.items()}


def test_flow_has_a_panel_a_kind_of_data_and_temperature_and_a_line_a_start():
    kinds = ("lattices", "thresholded_gaussian")
    table = flowing([("SpinStack", data, at) for data in kinds for at in (PAPER, MS)], 3)
    table.loc[table.index[-1], "effective_temperature"] = np.inf
    figure = flow.draw(table)
    assert len(titled(figure)) == 2 * 2
    means = table.groupby(["data", "temperature", "start", "step"])["effective_temperature"].mean()
    assert {float(f"{value:.9g}") for value in means.clip(0, flow.TOP)} <= drawn(figure)
    for word in ("5 seeds", "T = 1.5", "random", "SpinStack on\nthresholded Gaussian", "of SpinSt"):
        assert word in texts(figure)


def test_flow_has_a_row_a_net_and_data_and_only_panels_that_exist():
    pairs = [("One", "lattices", PAPER), ("One", "lattices", MS), ("Another", "lattices", MS),
             ("Many", MANY, MS), ("Many", MANY_TWINS, MS)]  # fmt: skip
    table = flowing(pairs)
    figure = flow.draw(table)
    at = [f"trained at $T = {value}$" for value in ("2.2976", "2.45098")]
    many = "trained at many temperatures"
    assert titled(figure) == {
        (0, 0): at[0], (0, 1): at[1], (1, 1): at[1], (2, 0): many, (3, 0): many,
    }  # fmt: skip
    labels = [axes.get_ylabel() for axes in figure.axes if axes.get_ylabel()]
    assert labels == ["One on\nlattices", "Another on\nlattices", "Many on\nlattices",
                      "Many on\nthresholded Gaussian"]  # fmt: skip
    panels = [axes for axes in figure.axes if axes.get_title()]
    dotted = [sum(line.get_linestyle() == ":" for line in axes.lines) for axes in panels]
    assert dotted == [1, 1, 1, 0, 0]
    means = table.groupby(["net", "data", "temperature", "start", "step"])["effective_temperature"]
    assert {float(f"{value:.9g}") for value in means.mean()} <= drawn(figure)


def test_rows_of_flow_stay_legible_however_many_they_are():
    figure = flow.draw(flowing([(name, "lattices", PAPER) for name in "ABCDEFGHIJ"]))
    figure.draw_without_rendering()
    panels = [axes for axes in figure.axes if axes.get_title()]
    inches = [axes.get_window_extent().height / figure.dpi for axes in panels]
    assert len(inches) == 10
    assert min(inches) > 0.8


def test_flow_of_machines_at_many_temperatures_alone_is_one_column():
    table = flowing([(net, data, MS) for net in ("A", "B") for data in (MANY, MANY_TWINS)], 1.0)
    figure = flow.draw(table)
    assert set(titled(figure)) == {(row, 0) for row in range(4)}
    assert figure.axes[0].get_ylim()[0] < table["effective_temperature"].min()


def test_flow_has_the_interval_of_the_last_step():
    table = flowing([("One", "lattices", MS)])
    axes, _ = flow.draw(table).axes
    bars = [bar.get_segments()[0] for container in axes.containers for bar in container[2]]
    last = table[table["step"] == 10].groupby("start", sort=False)["effective_temperature"]
    expected = [stats.t.interval(0.95, 4, of.mean(), of.sem()) for _, of in last]
    assert np.allclose(sorted(bar[:, 1].tolist() for bar in bars), sorted(map(list, expected)))
    assert all((bar[:, 0] > 10).all() for bar in bars)


def resting(pairs):
    """A table of the fixed points of (net, data, temperature), another number in each row; that of
    the Ising model is the same beside all nets.
    """
    rows = product(pairs, SEEDS, ("trained", "Ising model"), ("lattices", "random spins"))
    table = pd.DataFrame(
        [
            {"net": net, "data": data, "temperature": temperature, "seed": seed, "machine": machine,
             "start": start, "starts": 250}
            for (net, data, temperature), seed, machine, start in rows
        ]
    )  # fmt: skip
    rng = np.random.default_rng(5)
    by_hand = table["machine"] == "Ising model"
    keys = ["data", "temperature", "seed", "machine", "start"]
    for name, most in (("fixed_points", 250), ("largest_basin", 1), ("spectral_radius", 0.9),
                       ("overlap", 0.8)):  # fmt: skip
        table[name] = rng.uniform(0.2 * most, most, len(table)).round(6)
        table.loc[by_hand, name] = table[by_hand].groupby(keys)[name].transform("first")
    return table


def test_fixed_points_has_a_row_a_temperature_and_the_ising_model_once_a_kind_of_data():
    pairs = [("One", "lattices", PAPER), ("One", "thresholded_gaussian", PAPER),
             ("Other", "lattices", PAPER), ("One", "lattices", MS), ("Odd", MANY, MS)]  # fmt: skip
    table = resting(pairs)
    figure = fixed_points.draw(table)
    assert len(figure.axes) == 2 * 4
    named = [[label.get_text() for label in axes.get_xticklabels()] for axes in figure.axes]
    assert named[0] == ["One", "Other", "Ising model"]
    assert named[4] == ["One", "Odd", "Ising model"]
    keys = ["net", "data", "temperature", "machine", "start"]
    for number, name in enumerate(fixed_points.NUMBERS):
        assert set(table[name]) <= drawn(figure)
        logs = np.log if name == "largest_basin" else np.asarray
        means = np.sort(table.groupby(keys)[name].agg(lambda of, logs=logs: logs(of).mean()))
        shown = [
            bar for axes in (figure.axes[number], figure.axes[4 + number]) for bar in bars(axes)
        ]
        np.testing.assert_allclose(np.unique(logs([mean for _, mean, _ in shown])).round(9),
                                   np.unique(means.round(9)))  # fmt: skip
        assert len(shown) == 2 * (5 + 2 + 2)  # starts of pairs, and of the Ising model
    for word in ("5 seeds", "T = 2.2976", "250 starts", "thresholded Gaussian, from random spins"):
        assert word in texts(figure)


def test_fixed_points_from_random_spins_are_open_and_of_one_seed_have_no_interval():
    table = resting([("One", "lattices", PAPER)])
    figure = fixed_points.draw(table[table["seed"] == 0])
    for axes in figure.axes:
        faces = [container[0].get_markerfacecolor() for container in axes.containers]
        assert faces == [COLOURS["blue"], "white"]
        assert all(low == middle == high for low, middle, high in bars(axes))
    assert "seed 0" in texts(figure)


def test_intervals_are_student_s():
    values = pd.Series([1.0, 2.0, 4.0, 8.0, 9.0])
    mean, reach = intervals.mean_and_reach(values)
    assert (mean - reach, mean + reach) == pytest.approx(
        stats.t.interval(0.95, 4, values.mean(), values.sem())
    )
    alone = intervals.mean_and_reach(values[:1])
    assert alone[0] == 1
    assert np.isnan(alone[1])


def bars(axes):
    """The intervals in a panel: their lower ends, middles and upper ends."""
    return [
        (low, middle, high)
        for container in axes.containers
        for middle, ((_, low), (_, high)) in zip(
            container[0].get_ydata(), container[2][0].get_segments(), strict=True
        )
    ]


@pytest.mark.parametrize("draw", [intervals.draw_means, intervals.draw_geometric])
def test_every_seed_is_beside_the_mean_and_its_interval(draw):
    values, axes = pd.Series([1.0, 2.0, 4.0, np.nan, 8.0, 9.0]), Figure().add_subplot()
    draw(axes, [(2, values), (3, values[:1]), (4, values[3:4])], "black", "o")
    seeds = values.dropna()
    (low, middle, high), (_, alone, reach) = bars(axes)
    if draw is intervals.draw_geometric:
        low, middle, high, seeds = np.log(low), np.log(middle), np.log(high), np.log(seeds)
    assert middle == pytest.approx(seeds.mean())
    assert (low, high) == pytest.approx(stats.t.interval(0.95, 4, seeds.mean(), seeds.sem()))
    assert alone == reach == 1  # one seed has no interval
    faint = next(line for line in axes.lines if line.get_alpha())
    assert set(faint.get_ydata()) == set(values.dropna())
    left, mean = (
        transform.transform((2, 1))[0] for transform in (faint.get_transform(), axes.transData)
    )
    assert left < mean - 4


def test_ranges_and_shades_are_those_of_the_claims():
    low, high = blindness.BLIND
    assert (pytest.approx(1 - claims.BLIND), claims.BLIND) == (low, high)
    assert twins.SAME == onset.SAME == claims.SAME
    assert width_law.ONCE == onset.ONCE


def test_kinds_of_data_look_alike_in_all_figures_and_nothing_else_does():
    assert {KINDS[data][0] for data in KINDS}.isdisjoint(OTHER_COLOURS)
    others = [colour for _, colour, *_ in [*blindness.WAYS.values(), *code.ENCODERS.values()]]
    others += [colour for colour, *_ in onset.WIDTHS.values()]
    others += [colour for _, colour, _ in onset.PENALIZED]
    others += [colour for _, colour in emergence.FIRST_LAYERS.values()]
    assert set(others) <= set(OTHER_COLOURS)


def trained(net, data, epochs, local_from, size=300.0):
    """Records of a net in each seed; a size of another number in each."""
    rng = np.random.default_rng([*f"{net} {data}".encode()])
    return pd.DataFrame(
        [
            {"net": net, "data": data, "temperature": PAPER, "seed": seed, "stage": "pretrained",
             "layer": 0, "units": 100, "epoch": epoch, "local_from_epoch": onset_of_seed,
             "participation_ratio": round(size + rng.uniform(0, 30), 6)}
            for seed, onset_of_seed in zip(SEEDS, local_from, strict=True)
            for epoch in epochs
        ]
    )  # fmt: skip


NEVER = [np.nan] * 5


@pytest.fixture
def emerging():
    """What Figure 18 is drawn from: onsets, and sizes with a number in each row."""
    early = [9.0, 10.0, 11.0, 12.0, 13.0]
    nets = [
        *(trained(net, "lattices", (1, 36, 54, 80), early) for net in onset.GAUSSIAN),
        trained("Kurtosis", "power_0.75", (1, 36, 54, 80), [70.0, 71.0, *NEVER[:3]]),
        trained("Kurtosis", "elliptical", (1, 36, 54, 80), NEVER),
        *(
            trained(net, "lattices", (1, 20), [3.0 + k / 10 + seed / 100 for seed in SEEDS])
            for k, net in enumerate(
                ("Lattices1000", "Lattices3000", "Lattices9000", "HalfRate", "DoubleRate",
                 "HalfPenalty")
            )
        ),
        trained("DoublePenalty", "lattices", (1, 20), NEVER, size=50),
        trained("Other", "lattices", (1, 20), early, size=1000),
    ]  # fmt: skip
    names = [(net, "lattices") for nets in onset.PENALTIES.values() for net in nets.values()]
    sizes = metrics(names, ["participation_ratio", "lag_1"])
    sizes = sizes[(sizes["net"] == "OneStep") | (sizes["temperature"] == MS)]
    return pd.concat(nets), sizes


def onset_panels(tables):
    """The figure's panels, each with all heights in it."""
    figure = onset.draw(*tables)
    texts(figure)
    return figure, [heights(axes) for axes in figure.axes]


def heights(axes):
    """All heights in a panel, to six digits."""
    return six(y for line in axes.lines for y in np.asarray(line.get_ydata(), float))


def six(values):
    return {float(f"{value:.6g}") for value in values}


def test_onset_shows_sizes_at_two_epochs_of_both_gaussian_nets(emerging):
    figure, heights = onset_panels(emerging)
    assert len(figure.axes) == 6
    table = emerging[0]
    of = table[table["net"].isin(onset.GAUSSIAN)]
    assert six(of[of["epoch"].isin([36, 80])]["participation_ratio"]) <= heights[0]
    assert not six(of[of["epoch"].isin([1, 54])]["participation_ratio"]) & heights[0]
    for word in ("with the penalty, epoch 36", "without it, epoch 80", "5 seeds",
                 "not in 80 epochs"):  # fmt: skip
        assert word in texts(figure)


def test_onset_has_a_mean_where_all_seeds_have_one(emerging):
    figure, heights = onset_panels(emerging)
    mean = np.exp(np.log([9, 10, 11, 12, 13]).mean())
    assert six([9, 13, mean, 70, 71, 1.25 * 80]) <= heights[1]
    mixed = [70, 71, *[100] * 3]
    assert not six([np.mean(mixed), np.exp(np.log(mixed).mean()), 70.5]) & heights[1]
    assert opened(figure.axes[1]) == [("o", 3), ("^", 1)]  # the seeds of power 0.75; elliptical
    assert "3 of 5" in texts(figure)


def opened(axes):
    """The open marks above all epochs: the shape and the number of each."""
    found = [line for line in axes.lines if line.get_markerfacecolor() == "none"]
    assert all(six(line.get_ydata()) == six([1.25 * 80]) for line in found)
    return [(line.get_marker(), len(line.get_ydata())) for line in found]


def test_onset_of_spin_units_is_in_updates(emerging):
    figure, heights = onset_panels(emerging)
    for panel, nets in zip(heights[2:5], onset.UPDATES.values(), strict=True):
        for net, (_, updates) in nets.items():
            of = emerging[0][emerging[0]["net"] == net]
            expected = of["local_from_epoch"].dropna() * updates
            assert six(expected if len(expected) else [updates * 1]) <= panel
    arrows = [line for line in figure.axes[4].lines if line.get_marker() == onset.BEFORE]
    assert six(arrows[-1].get_ydata()) == {90.0}
    reference = np.exp(np.log([3.2 + seed / 100 for seed in SEEDS]).mean()) * 90
    (rate,) = [line for line in figure.axes[3].lines if line.get_linestyle() == "--"]
    assert rate.get_ydata() == pytest.approx([2 * reference, reference, reference / 2])


def test_onset_has_the_tilings_at_the_penalties(emerging):
    _, heights = onset_panels(emerging)
    sizes = emerging[1]
    tilings = sizes["median"] * sizes["living"] / 1600
    chosen = (sizes["metric"] == "participation_ratio") & (sizes["layer"] == 0)
    assert six(tilings[chosen & (sizes["temperature"] == MS)]) <= heights[5]
    assert not six(tilings[chosen & (sizes["temperature"] == PAPER)]) & heights[5]


def test_more_twins_has_ratios_a_stack_and_temperature():
    data = ["lattices", "thresholded_gaussian", "sign_product_2"]
    sizes = pd.concat(
        [
            metrics([("SpinTwins", on) for on in data], ["participation_ratio"], layers=(0, 1),
                    temperatures=(MS,)),
            metrics([("GaussianTwins", on) for on in data], ["participation_ratio", "lag_1"]),
            metrics([("Other", on) for on in data], ["participation_ratio"]),
        ]
    )  # fmt: skip
    sizes["median"] = np.random.default_rng(1).uniform(0.2, 1, len(sizes)).round(6)
    figure = more_twins.draw(sizes)
    words = texts(figure)
    for word in ("see Figure 6", "no living\nunit", "Gaussian units", "5 seeds"):
        assert word in words
    assert len(figure.axes) == 4
    shown = drawn(figure)
    key = ["data", "layer", "seed"]
    for net, at in (("SpinTwins", MS), ("GaussianTwins", PAPER), ("GaussianTwins", MS)):
        of = sizes[(sizes["net"] == net) & (sizes["temperature"] == at)]
        of = of[of["metric"] == "participation_ratio"].set_index(key)["median"]
        for twin in data[1:]:
            assert {float(f"{ratio:.9g}") for ratio in of[twin] / of["lattices"]} <= shown


def test_dial_160_has_sizes_above_onsets_with_the_penalty_and_without():
    early = [9.0, 10.0, 11.0, 12.0, 13.0]
    with_it, without = [
        pd.concat([trained(net, "lattices", (1, 40, 80), early),
                   trained(net, "power_0.25", (1, 40, 80), onsets),
                   trained(net, "elliptical", (1, 40, 80), NEVER)])
        for net, onsets in (("LongDial", early), ("LongDialFree", [70.0, *NEVER[:4]]))
    ]  # fmt: skip
    other = trained("Other", "lattices", (1, 40, 80), early, size=1000)
    figure = dial_160.draw(pd.concat([with_it, without, other]))
    above, below = figure.axes[:2], figure.axes[2:]
    assert [axes.get_title("left") for axes in figure.axes] == [
        "size, with the penalty", "size, without the penalty",
        "onset, with the penalty", "onset, without the penalty",
    ]  # fmt: skip
    for axes, table in zip(above, (with_it, without), strict=True):
        sizes = table.set_index("epoch")["participation_ratio"]
        assert six(sizes[[40, 80]]) <= heights(axes)
        assert not six(sizes[1]) & heights(axes)
    assert len({axes.get_ylim() for axes in above}) == len({axes.get_ylim() for axes in below}) == 1
    assert [opened(axes) for axes in below] == [[("^", 1)], [("o", 4), ("^", 1)]]
    for word in ("4 of 5", "not in 80 epochs", "5 seeds", "100 Gaussian units"):
        assert word in texts(figure)


def test_the_line_through_powers_goes_from_the_least_kurtosis_to_the_largest():
    early = [9.0, 10.0, 11.0, 12.0, 13.0]
    powers = ["gaussian_field", "power_1.5", "power_0.25", "thresholded_gaussian"]
    of_net = [trained(net, data, (1, 40, 80), early) for net in dial_160.NETS for data in powers]
    table = pd.concat(of_net)
    axes = dial_160.draw(table).axes[0]
    lines = [line.get_xdata() for line in axes.lines if line.get_linestyle() == "-"]
    (places,) = [x for x in lines if len(x) == len(powers)]
    assert list(places) == sorted(places)


def test_code_shows_every_encoder_and_target_with_the_quadratic_decoder():
    encoders = ("pretrained", "finetuned", "pca", "random_projection")
    rows = product(("SmallNet", "SpinStack"), ("lattices", "thresholded_gaussian"), (PAPER, MS),
                   SEEDS, encoders, ("linear", "quadratic"))  # fmt: skip
    columns = ["net", "data", "temperature", "seed", "encoder", "decoder"]
    table = pd.DataFrame(rows, columns=columns)
    names = [f"r2_{name}" for name in code.TARGETS]
    values = np.random.default_rng(6).uniform(0, 1, (len(names), len(table))).round(6)
    table = table.assign(**dict(zip(names, values, strict=True)))
    figure = code.draw(table)
    assert len(figure.axes) == 2
    chosen = (table["net"] == "SmallNet") & (table["decoder"] == "quadratic")
    assert set(table[chosen][names].to_numpy().ravel()) <= drawn(figure)
    assert not set(table[~chosen][names].to_numpy().ravel()) & drawn(figure)
    for word in ("5 seeds", "fine-tuned code, lattices", "random projections, twins"):
        assert word in texts(figure)


JUDGED = {"claim": "a", "verdict": "undecided", "sentence": "A sentence.", "effect": 1.234,
          "lower": 1.1, "upper": 1.3, "rule": "the ratio is above 1", "comparison": "layer 1",
          "seeds": 5, "missing": ""}  # fmt: skip
UNKNOWN = dict.fromkeys(("effect", "lower", "upper"), np.nan)


def test_scorecard_says_every_verdict_and_what_decided_it():
    missing = "not in this experiment: net x"
    rows = [
        {**JUDGED, "verdict": "supported", "sentence": "Sentence supported."},
        {**JUDGED, "verdict": "contradicted", "sentence": "Sentence contradicted."},
        {**JUDGED, **UNKNOWN, "verdict": "undecided", "missing": missing},
    ]
    said = texts(scorecard.draw(pd.DataFrame(rows)))
    for word in ("✓ supported", "✗ contradicted", "– undecided", "Sentence contradicted.",
                 "1.23 [1.1, 1.3]", "not in this experiment", "3 claims, 5 seeds"):  # fmt: skip
        assert word in said


def test_a_scorecard_of_one_seed_has_values_without_bounds():
    """As they are judged: by the real rules, on tables of one seed."""
    table = metrics([("SpinStack", data) for data in ("lattices", "thresholded_gaussian")],
                    ["participation_ratio", "lag_1", "rms_radius", "sign_coherence"])  # fmt: skip
    judged, _ = judge(claims.CLAIMS, {"metrics": table[table["seed"] == 3]})
    assert judged["lower"].isna().all()
    known = judged[judged["effect"].notna()]
    assert len(known)
    said = " ".join(texts(scorecard.draw(judged)).split())
    assert "nan" not in said
    assert "claims, one seed" in said
    assert said.count(", one seed") == len(known) + 1
    for effect in known["effect"]:
        assert f"{effect:.3g}, one seed" in said


def test_a_scorecard_says_why_there_is_no_number():
    rows = [
        {**JUDGED, **UNKNOWN, "missing": "a ratio needs positive numbers"},
        {**JUDGED, **UNKNOWN, "seeds": 0},
        {**JUDGED, "lower": np.nan, "upper": np.nan, "seeds": 1, "missing": "one seed: no bounds"},
    ]
    said = " ".join(texts(scorecard.draw(pd.DataFrame(rows))).split())
    assert "layer 1: a ratio needs positive numbers" in said
    assert "layer 1: no seed has both numbers" in said
    assert "layer 1: 1.23, one seed" in said
    assert "nan" not in said
