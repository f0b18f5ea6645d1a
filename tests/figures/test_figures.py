"""What the figures say; how they look is for the eye (docs/gallery)."""

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
import xarray as xr
from matplotlib.text import Text

from isingdbn.errors import InputError
from isingdbn.figures import (
    dead_neurons,
    loss,
    map_fields,
    receptive_fields,
    reconstruction_error,
    reconstructions,
)
from isingdbn.figures.dead_neurons import summarize
from isingdbn.figures.receptive_fields import mosaic, representative
from isingdbn.figures.style import house_style, make_legible, new_figure

ATTRIBUTES = {
    "height": 3,
    "width": 5,
    "temperature": 2.2976,
    "seed": 7,
    "units": [15, 11, 2],
    "training_lattices": 90,
    "pretraining_epochs": [3, 4],
    "finetuning_epochs": 7,
    "l1": 5e-4,
    "l1_scale": "per_sample",
}


def texts(figure):
    figure.draw_without_rendering()
    return "\n".join(text.get_text() for text in figure.findobj(Text))


def test_mosaic_puts_every_unit_in_its_place():
    fields = np.arange(7 * 3 * 5, dtype=float).reshape(7, 3, 5)
    image = mosaic(fields, gap=1)
    assert image.shape == (3 * 4 - 1, 3 * 6 - 1)
    for unit in range(7):
        y, x = unit // 3 * 4, unit % 3 * 6
        assert (image[y : y + 3, x : x + 5] == fields[unit]).all()
    assert np.isnan(image[3]).all()
    assert np.isnan(image[8:, 6:]).all()


def test_representative_units_are_the_strongest_median_and_weakest_living_ones():
    strength = np.random.default_rng(0).permutation(41)
    fields = np.zeros((41, 3, 5))
    fields[:, 2, 1] = -strength  # the sign does not matter
    living = strength >= 20  # 21 units
    chosen = strength[representative(fields, living)]
    assert chosen.tolist() == [40, 39, 38, 31, 30, 29, 22, 21, 20]
    assert strength[representative(fields, strength < 4)].tolist() == [3, 2, 1, 0]
    assert len(representative(fields, np.zeros(41, bool))) == 9


def test_text_is_legible_where_a_figure_is_reduced_to_a_page():
    figure = new_figure(21, 4, "title")
    axes = figure.subplots()
    axes.plot([1, 2], label="line")
    axes.legend(fontsize=5)
    axes.set_title("large", fontsize=40)
    make_legible(figure)
    figure.draw_without_rendering()
    sizes = {text.get_text(): text.get_fontsize() for text in figure.findobj(Text)}
    assert min(size for text, size in sizes.items() if text) == 21
    assert sizes["large"] == 40


def drawn(style):
    """A figure in a style, as it is written: its dots, and of these the height of its texts, and
    the width of a line.
    """
    with house_style(style):
        figure = new_figure(9, 4, "a title that is as wide as the figure when it is enlarged" * 2)
        axes = figure.add_subplot()
        (line,) = axes.plot([1, 2], label="a line of a legend that is long" * 4)
        axes.set(xlabel="x", ylabel="y")
        figure.legend(loc="outside lower center")
        make_legible(figure, style)
        figure.set_dpi(plt.rcParams["savefig.dpi"])
        figure.draw_without_rendering()
    dots = figure.dpi / 72
    (legend,) = figure.legends
    ticks = [text for text in axes.get_xticklabels() if text.get_text()]
    sizes = {"label": axes.xaxis.label, "tick": ticks[0], "title": figure._suptitle}
    return {
        **{name: text.get_fontsize() * dots for name, text in sizes.items()},
        "line": line.get_linewidth() * dots,
        "size": tuple(figure.bbox.size.round()),
        "widest": max(part.get_window_extent().width for part in (figure._suptitle, legend)),
    }


def test_text_and_lines_are_larger_on_slides_and_nothing_is_cut_off():
    paper, slides = drawn("print"), drawn("slides")
    assert slides["size"] == paper["size"] == (900, 400)
    for part in ("label", "tick", "line"):
        assert slides[part] == pytest.approx(1.25 * paper[part]), part
    assert slides["title"] > 0.9 * paper["title"]
    assert slides["widest"] <= 900


def test_loss_figure_draws_the_numbers_it_is_given():
    history = {name: ("epoch", np.array(values)) for name, values in
               {"training_error": [0.9, 0.6], "penalty": [0.3, 0.2],
                "held_out_error": [0.95, 0.7]}.items()}  # fmt: skip
    figure = loss.draw(
        xr.Dataset(history, attrs=ATTRIBUTES),
        xr.Dataset({"error_pca": ("held_out", [0.4, 0.5])}, attrs=ATTRIBUTES),
        "Net (recipe)",
    )
    curves = {
        line.get_label(): np.asarray(line.get_ydata(), float).tolist()
        for line in figure.axes[0].lines
    }
    assert curves["reconstruction error, held-out"] == [0.95, 0.7]
    assert np.allclose(curves["error with the L1 term, training"], [1.2, 0.8])
    assert curves["zero output (1)"] == [1, 1]
    assert np.allclose(curves["PCA-2, held-out (0.4500)"], 0.45)
    words = ("Net (recipe)", "2.2976", "seed 7", "trained on 90", "3 to 4 + 7 epochs")
    assert all(word in texts(figure) for word in words)


def test_reconstructions_are_in_the_given_order_beside_the_original():
    def data(sign):
        lattice = np.ones((2, 3, 5))
        reconstruction = (("example", "y", "x"), sign * 0.5 * lattice, {"method": "autoencoder"})
        return xr.Dataset({"lattice": (("example", "y", "x"), lattice),
                           "reconstruction": reconstruction,
                           "error_autoencoder": ("held_out", [0.25, 0.5, 0.1])},
                           attrs=ATTRIBUTES)  # fmt: skip

    figure = reconstructions.draw([data(1), data(-1)], ["Left", "Right"])
    panels = [axes for axes in figure.axes if axes.images and axes.get_label() != "<colorbar>"]
    assert [axes.get_title() for axes in panels[:3]] == [
        "original",
        "Left\n3 to 4 + 7 epochs",
        "Right\n3 to 4 + 7 epochs",
    ]
    assert [float(axes.images[0].get_array().mean()) for axes in panels[:3]] == [1, 0.5, -0.5]
    assert "error 0.250" in texts(figure)


MASKS = ("stage", "layer", "unit")


def first_units(dead, units):
    """The mask of a layer whose first units are dead."""
    return np.arange(units) < dead


def test_receptive_field_panels_tell_the_dead():
    rng = np.random.default_rng(0)
    images = {
        f"finetuned_{k}": ((f"unit_{k}", "y", "x"), rng.normal(size=(units, 3, 5)))
        for k, units in enumerate((11, 2))
    }
    fields = xr.Dataset(images, attrs={**ATTRIBUTES, "diverged": [0, 9]})
    dead = xr.Dataset(
        {
            "units": ("layer", [11, 2]),
            "dead_by_weight": (MASKS, [[first_units(4, 11), first_units(0, 11)]]),
            "dead_by_activity": (MASKS, [[first_units(5, 11), first_units(1, 11)]]),
        },
        {"stage": ["finetuned"]},
    )
    figure = receptive_fields.draw(fields, dead, "finetuned", "prism", "Net (recipe)")
    assert len([axes for axes in figure.axes if axes.get_title()]) == 2
    assert "dead: 4 by weight, 5 by activity" in texts(figure)
    assert "seed 7" in texts(figure)
    assert "11 units\n" in texts(figure)
    assert "2 units, diverged in epoch 9\n" in texts(figure)
    assert figure.axes[0].images[0].cmap.name == "prism"


def test_fields_of_maps_are_those_about_the_median_each_in_its_own_scale():
    """Of 13 units with the largest |weights| 1 to 13, the nine from 11 down to 3."""
    many = np.zeros((13, 2, 2))
    many[np.arange(13), 0, 1] = -np.array([5, 13, 1, 2, 3, 4, 6, 7, 8, 9, 10, 11, 12.0])
    many[:, 1, 0] = 0.5
    few = np.zeros((2, 2, 2))
    few[1, 0, 0] = 4
    stacks = [
        xr.Dataset(
            {f"pretrained_{k}": ((f"unit_{k}", "y", "x"), values) for k, values in enumerate(of)},
            attrs={**ATTRIBUTES, "diverged": [0] * len(of)},
        )
        for of in ((many, few), (few,))
    ]
    figure = map_fields.draw(stacks, ["One on twins (of hands)", "Another (of hands)"])
    panels = [axes for axes in figure.axes if axes.images]
    assert [len(axes.images) for axes in figure.axes[:4]] == [1, 1, 1, 0]
    expected = [[[0, -1], [0.5 / value, 0]] for value in range(11, 2, -1)]
    np.testing.assert_allclose(panels[0].images[0].get_array().filled(np.nan),
                               mosaic(np.array(expected)), rtol=1e-6)  # fmt: skip
    shown = panels[1].images[0].get_array().filled(np.nan)
    np.testing.assert_array_equal(shown, mosaic(np.array([[[1, 0], [0, 0]], [[0, 0], [0, 0]]])))
    for words in ("One\non twins\n(of hands)", "Another\n(of hands)", "layer 2", "seed 7"):
        assert words in texts(figure)
    stacks[0].attrs["seed"] = 8
    figure = map_fields.draw(stacks[::-1], ["Another", "One"])
    assert "layer 2" in texts(figure)
    assert "seed" not in texts(figure)
    with pytest.raises(InputError, match="--labels: 1 names for 2 inputs; give one a store"):
        map_fields.draw(stacks, ["One"])
    with pytest.raises(InputError, match="--labels: 'One' is given twice; give each input its own"):
        map_fields.draw(stacks, ["One", "One"])


def test_the_scale_of_receptive_fields_is_that_of_living_units():
    fields = np.zeros((11, 3, 5))
    fields[:, 1, 2] = [1e-6, 2e-6, 0, 3e-6, *range(1, 8)]
    data = xr.Dataset(
        {"finetuned_0": (("unit_0", "y", "x"), -fields)}, attrs={**ATTRIBUTES, "diverged": [0]}
    )
    masks = {"units": ("layer", [11]), "dead_by_activity": (MASKS, [[first_units(0, 11)]])}
    cases = {
        "the weakest": (first_units(4, 11), np.percentile(range(1, 8), 75)),
        "the strongest": (np.arange(11) >= 8, np.percentile([0, 0, 0, 0, *range(1, 5)], 75)),
        "all": (first_units(11, 11), np.percentile([0, 0, 0, 0, *range(1, 8)], 75)),
    }
    for dead, limit in cases.values():
        masks["dead_by_weight"] = (MASKS, [[dead]])
        stores = data, xr.Dataset(masks, {"stage": ["finetuned"]})
        image = receptive_fields.draw(*stores, "finetuned", "hot", "Net").axes[0].images[0]
        assert np.allclose(image.get_clim(), (-limit, limit), atol=1e-5)


def counts(seeds):
    return pd.DataFrame(
        [
            {"net": "N", "recipe": "r", "data": "lattices", "temperature": 2.5, "seed": seed,
             "stage": stage, "layer": 0, "units": 100,
             "training_lattices": 90, "epochs": 3 if stage == "pretrained" else 7,
             "dead_by_weight": 10 * seed + (stage == "finetuned"),
             "dead_by_activity": 3}
            for seed in seeds for stage in ("pretrained", "finetuned")
        ]
    )  # fmt: skip


def test_dead_neuron_table_has_counts_or_means_over_seeds():
    assert summarize(counts([2])).loc[("N", "r", "lattices", 2.5, 0, 100)].tolist() == [
        "20",
        "3",
        "21",
        "3",
    ]
    assert summarize(counts([1, 3])).loc[("N", "r", "lattices", 2.5, 0, 100)].tolist() == [
        "20.0±14.1",
        "3.0±0.0",
        "21.0±14.1",
        "3.0±0.0",
    ]
    title = "2 seeds, mean ± standard deviation\ntrained on 90 lattices, 3 + 7 epochs"
    assert title in texts(dead_neurons.draw(counts([1, 3])))


def cells(figure):
    (table,) = figure.axes[0].tables
    return [cell.get_text().get_text() for cell in table.get_celld().values()]


def test_dead_neuron_table_has_the_layers_of_a_net_side_by_side():
    layers = [counts([2]).assign(layer=layer, units=units) for layer, units in enumerate((100, 25))]
    said = cells(dead_neurons.draw(pd.concat(layers)))
    assert [said.count(entry) for entry in ("100 / 25", "20 / 20", "21 / 21")] == [1, 1, 1]
    only = pd.concat(layers).query("stage == 'pretrained'")
    assert cells(dead_neurons.draw(only)).count("–") == 2


def test_dead_neuron_table_has_a_dash_for_a_net_that_is_not_fine_tuned():
    own = counts([2])
    assert summarize(own[own["stage"] == "pretrained"]).loc[
        ("N", "r", "lattices", 2.5, 0, 100)
    ].tolist() == [
        "20",
        "3",
        "–",
        "–",
    ]


NETS = ["A\n(r recipe)", "B\n(r recipe)"]


@pytest.mark.parametrize("temperatures", [[2.5], [2.0, 2.2976]])
def test_error_figure_has_a_panel_a_temperature_and_kind_of_data(temperatures):
    errors = {"zero_output": 1, "block_mean": 0.6, "pca": 0.5, "autoencoder": 0.45}
    rows = [
        {"net": net, "recipe": "r", "data": data, "temperature": temperature, "seed": 0,
         "method": method, "code": code, "standard_error": 0.01,
         "training_lattices": 90, "epochs": 7 * (method == "autoencoder"),
         "held_out_error": error + offset * (method in ("pca", "autoencoder"))}
        for net, code, offset, kinds in (
            ("A", 25, 0, ["lattices", "pixel_shuffle"]), ("B", 9, 0.02, ["lattices"])
        )
        for data in kinds for temperature in temperatures for method, error in errors.items()
    ]  # fmt: skip
    figure = reconstruction_error.draw(pd.DataFrame(rows))
    assert len(figure.axes) == 2 * len(temperatures)
    labels = [[text.get_text() for text in axes.get_yticklabels()] for axes in figure.axes]
    assert labels[0] == ["zero output", "block mean", "PCA-25", "PCA-9", *NETS]
    assert labels[len(temperatures)] == ["zero output", "block mean", "PCA-25", NETS[0]]
    assert "pixel shuffle, " in texts(figure)
    assert all(
        word in texts(figure)
        for word in (
            "0.4500 ± 0.0100",
            "0.4700",
            "0.5000",
            "0.5200",
            "zero output",
            "PCA-25",
            "PCA-9",
            "B\n(r recipe)",
            "seed 0",
            "trained on 90 lattices, 7 epochs",
        )
    )


def test_error_figure_draws_the_stack_of_a_net_that_is_not_fine_tuned():
    methods = {"zero_output": 1, "block_mean": 0.6, "pca": 0.5, "stack": 0.55}
    rows = [
        {"net": net, "recipe": "r", "data": "lattices", "temperature": 2.5, "seed": 0,
         "method": method, "code": 25, "held_out_error": error, "standard_error": 0.01,
         "training_lattices": 90, "epochs": {"stack": 4, "autoencoder": 7}.get(method, 0)}
        for net, errors in (("Tuned", {**methods, "autoencoder": 0.45}), ("Bare", methods))
        for method, error in errors.items()
    ]  # fmt: skip
    (axes,) = reconstruction_error.draw(pd.DataFrame(rows)).axes
    drawn = {float(line[0].get_xdata()[0]): line[0].get_color() for line in axes.containers}
    assert drawn[0.45] != drawn[0.55]
    assert "0.5500" in " ".join(text.get_text() for text in axes.texts)


def test_error_figure_leaves_out_a_net_where_it_is_not_trained():
    """And draws baselines and principal components there all the same."""
    errors = {"zero_output": 1, "block_mean": 0.6, "pca": 0.5, "autoencoder": 0.45}
    rows = [
        {"net": net, "recipe": "r", "data": "lattices", "temperature": temperature, "seed": 0,
         "method": method, "code": 25, "standard_error": 0.01, "training_lattices": 90,
         "epochs": 7, "held_out_error": error + 0.1 * (temperature == 3.5)}
        for net, temperatures in (("Cold", [2.0]), ("Both", [2.0, 3.5]))
        for temperature in temperatures for method, error in errors.items()
    ]  # fmt: skip
    cold, hot = reconstruction_error.draw(pd.DataFrame(rows)).axes
    labels = ["zero output", "block mean", "PCA-25", "Cold\n(r recipe)", "Both\n(r recipe)"]
    assert [text.get_text() for text in cold.get_yticklabels()] == labels
    places = [
        sorted(float(line[0].get_ydata()[0]) for line in axes.containers) for axes in (cold, hot)
    ]
    assert places == [[0, 1, 2, 3, 4], [0, 1, 2, 4]]
