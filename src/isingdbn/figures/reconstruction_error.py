"""Figure 4: held-out reconstruction error of every network beside the baselines."""

import pandas as pd
from matplotlib.figure import Figure

from isingdbn.figures.style import COLOURS, new_figure

__all__ = ["reconstruction_error_figure"]

BASELINES = {"zero_output": "zero output", "block_mean": "block mean", "pca": "PCA"}


def reconstruction_error_figure(errors: pd.DataFrame) -> Figure:
    """One panel a temperature, one row a method, one point a seed with its standard error over held-out lattices.

    Parameters
    ----------
    errors : one row a (net, temperature, seed, method) with held_out_error and standard_error.
    """
    temperatures = list(dict.fromkeys(errors["temperature"]))
    nets = list(dict.fromkeys(errors["net"]))
    rows = [*BASELINES.values(), *nets]
    figure = new_figure(4.6 * len(temperatures) + 1, 1.4 + 0.5 * len(rows), "Held-out reconstruction error")
    panels = figure.subplots(1, len(temperatures), squeeze=False, sharey=True)[0]
    for temperature, axes in zip(temperatures, panels, strict=True):
        here = errors[errors["temperature"] == temperature]
        for row, name in enumerate(rows):
            if name in nets:
                points, colour = here[(here["net"] == name) & (here["method"] == "autoencoder")], COLOURS["vermilion"]
            else:
                method = next(key for key, value in BASELINES.items() if value == name)
                points, colour = here[(here["net"] == nets[0]) & (here["method"] == method)], COLOURS["blue"]
            axes.errorbar(points["held_out_error"], [row] * len(points), xerr=points["standard_error"], fmt="o", color=colour, capsize=3)
            axes.annotate(
                f"{points['held_out_error'].mean():.4f}",
                (points["held_out_error"].mean(), row),
                (0, 7),
                textcoords="offset points",
                ha="center",
                fontsize=9,
            )
        axes.set(title=f"$T = {temperature:.6g}\\,J/k_B$", xlabel="mean squared error a pixel", yticks=range(len(rows)), yticklabels=rows)
        axes.margins(x=0.12, y=0.15)
        axes.grid(axis="x", alpha=0.3)
    panels[0].invert_yaxis()
    return figure
