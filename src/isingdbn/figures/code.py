"""Figure 15: what of the physics of lattices is in the code, beside linear codes."""

import pandas as pd
from matplotlib.figure import Figure

from isingdbn.figures.intervals import draw_means
from isingdbn.figures.options import Table
from isingdbn.figures.style import COLOURS, new_figure, seeds_text, temperature_label
from isingdbn.parameters.data import LATTICES

__all__ = ["OPTIONS", "draw"]

NET = "SmallNet"
TARGETS = {
    "magnetization": "m",
    "abs_magnetization": "|m|",
    "energy": "energy",
    "plaquette": "plaquette",
    "low_modes": "25 lowest\nwaves",
}
ENCODERS = {
    "finetuned": ("fine-tuned code", "purple", "s"),
    "pretrained": ("code of the stack", "sky", "^"),
    "pca": ("principal components", "black", "o"),
    "random_projection": ("random projections", "grey", "D"),
}
TWIN = "thresholded_gaussian"
OPTIONS = {
    "table": Table(
        "table code", ("net", "data", "encoder", "decoder", *(f"r2_{name}" for name in TARGETS))
    )
}


def draw(table: pd.DataFrame) -> Figure:
    """A panel a temperature: R² of each target by each code, with the quadratic decoder.

    Parameters
    ----------
    table : one row a (net, data, temperature, seed, encoder, decoder).
    """
    table = table[(table["net"] == NET) & (table["decoder"] == "quadratic")]
    temperatures = sorted(set(table["temperature"]))
    title = f"What 25 numbers say of a held-out lattice, {NET}, {seeds_text(table['seed'])}"
    figure = new_figure(1 + 4.6 * len(temperatures), 4.8, title)
    panels = figure.subplots(1, len(temperatures), sharey=True, squeeze=False)[0]
    for axes, temperature in zip(panels, temperatures, strict=True):
        at = table[table["temperature"] == temperature]
        for shift, (encoder, (label, colour, marker)) in enumerate(ENCODERS.items()):
            for data, offset in ((LATTICES, -0.06), (TWIN, 0.06)):
                of = at[(at["encoder"] == encoder) & (at["data"] == data)]
                groups = [
                    (place + 0.2 * (shift - 1.5) + offset, of[f"r2_{name}"])
                    for place, name in enumerate(TARGETS)
                ]
                kind = "lattices" if data == LATTICES else "twins"
                draw_means(axes, groups, COLOURS[colour], marker, f"{label}, {kind}", line="",
                         filled=data == LATTICES)  # fmt: skip
        axes.set_xticks(range(len(TARGETS)), TARGETS.values())
        axes.axhline(0, color="gray", linewidth=0.8)
        axes.grid(axis="y", alpha=0.3)
        axes.set(title=f"$T = {temperature_label(temperature)}\\,J/k_B$", ylim=(-0.1, 1.03))
    panels[0].set_ylabel("R², products of two numbers included")
    handles, labels = panels[0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside lower center", ncols=4, fontsize=9)
    return figure
