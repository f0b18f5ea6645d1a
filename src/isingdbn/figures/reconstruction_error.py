"""Figure 4: held-out reconstruction error of every network beside the baselines."""

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from isingdbn.figures.style import COLOURS, new_figure, seeds_text, temperature_label

__all__ = ["reconstruction_error_figure"]


def reconstruction_error_figure(errors: pd.DataFrame) -> Figure:
    """One panel a temperature, one row a method, one point a seed with its standard
    error over held-out lattices.

    A net that is not fine-tuned is drawn in orange, with the error of its stack's mean
    field, up and down again.

    Parameters
    ----------
    errors : one row a (net, recipe, temperature, seed, method) with code (length of the net's
        code), held_out_error and standard_error.
    """
    temperatures = list(dict.fromkeys(errors["temperature"]))
    nets = list(dict.fromkeys(zip(errors["net"], errors["recipe"], strict=True)))
    codes = list(dict.fromkeys(errors["code"]))
    rows = [
        "zero output",
        "block mean",
        *(f"PCA-{code}" for code in codes),
        *(f"{net}\n({recipe} recipe)" for net, recipe in nets),
    ]
    title = f"Held-out reconstruction error, {seeds_text(errors['seed'])}"
    figure = new_figure(5 * len(temperatures) + 1, 1.4 + 0.55 * len(rows), title)
    panels = figure.subplots(1, len(temperatures), squeeze=False, sharey=True)[0]
    for temperature, axes in zip(temperatures, panels, strict=True):
        here = errors[errors["temperature"] == temperature]
        baselines = [
            here[(here["method"] == method) & (here["net"] == nets[0][0])]
            for method in ("zero_output", "block_mean")
        ]
        for code in codes:
            of_code = here[(here["method"] == "pca") & (here["code"] == code)]
            baselines.append(of_code[of_code["net"] == of_code["net"].iloc[0]])
        for row, points in enumerate(baselines):
            _draw_row(axes, row, points, COLOURS["blue"])
        for row, (net, _) in enumerate(nets, start=len(baselines)):
            of_net = here[here["net"] == net]
            finetuned = "autoencoder" in of_net["method"].values
            method, colour = (
                ("autoencoder", COLOURS["vermilion"]) if finetuned else ("stack", COLOURS["orange"])
            )
            _draw_row(axes, row, of_net[of_net["method"] == method], colour)
        title = f"$T = {temperature_label(temperature)}\\,J/k_B$"
        axes.set(
            title=title,
            xlabel="mean squared error a pixel",
            yticks=range(len(rows)),
            yticklabels=rows,
        )
        axes.margins(x=0.25, y=0.15)
        axes.grid(axis="x", alpha=0.3)
    panels[0].invert_yaxis()
    return figure


def _draw_row(axes: Axes, row: int, points: pd.DataFrame, colour: str) -> None:
    """One point a seed, and above them their mean with the standard error: over seeds,
    or over lattices if there is one seed.
    """
    error, spread = points["held_out_error"], points["standard_error"]
    axes.errorbar(error, [row] * len(points), xerr=spread, fmt="o", color=colour, capsize=3)
    of_mean = error.std() / len(error) ** 0.5 if len(error) > 1 else spread.iloc[0]
    text = f"{error.mean():.4f} ± {of_mean:.4f}" if of_mean > 0 else f"{error.mean():g}"
    axes.annotate(
        text, (error.mean(), row), (0, 7), textcoords="offset points", ha="center", fontsize=9
    )
