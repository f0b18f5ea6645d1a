"""Figure 4: held-out reconstruction error of every network beside the baselines."""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from isingdbn.figures.options import Table
from isingdbn.figures.style import COLOURS, new_figure, range_text, seeds_text, temperature_label
from isingdbn.parameters.data import data_label

__all__ = ["OPTIONS", "draw"]

OPTIONS = {"table": Table("table reconstruction-error", ("held_out_error", "data", "epochs"))}

BASELINES = ("zero_output", "block_mean")
MARKS = {"autoencoder": COLOURS["purple"], "stack": COLOURS["sky"]}


def draw(table: pd.DataFrame) -> Figure:
    """One panel per temperature and kind of data, one row per method, one point per seed with its
    standard error over held-out lattices.

    A net that is not fine-tuned is drawn in a lighter colour, with the error of its stack's mean
    field, up and down again.

    Parameters
    ----------
    table : one row a (net, recipe, data, temperature, seed, method) with code (length of the
        net's code), held_out_error and standard_error.
    """
    temperatures = sorted(set(table["temperature"]))
    kinds = dict(list(table.groupby("data", sort=False)))
    rows = {data: _rows(errors) for data, errors in kinds.items()}
    heights = [0.9 + 0.75 * len(names) for names in rows.values()]
    seeds, lattices = seeds_text(table["seed"]), range_text(table["training_lattices"])
    epochs = range_text(table["epochs"][table["epochs"] > 0])
    title = (
        f"Held-out reconstruction error, {seeds}\ntrained on {lattices} lattices, {epochs} epochs"
    )
    figure = new_figure(3.6 * len(temperatures) + 2, sum(heights) + 0.8, title)
    panels = figure.subplots(
        len(kinds),
        len(temperatures),
        squeeze=False,
        sharey="row",
        sharex=True,
        height_ratios=heights,
    )
    inner = table["held_out_error"].min(), table["held_out_error"].max()
    for (data, errors), row_of_panels in zip(kinds.items(), panels, strict=True):
        of = f"{data_label(data)}, " if len(kinds) > 1 else ""
        for temperature, axes in zip(temperatures, row_of_panels, strict=True):
            here = errors[errors["temperature"] == temperature]
            for row, (column, value, method) in enumerate(rows[data]):
                points = here[(here[column] == value) & (here["method"] == method)]
                points = points.drop_duplicates("seed")
                if points.empty:  # no such net is trained at this temperature
                    continue
                _draw_row(axes, row, points, MARKS.get(method, COLOURS["black"]), inner)
            axes.set(
                title=f"{of}$T = {temperature_label(temperature)}\\,J/k_B$",
                xlabel="mean squared error per pixel",
                yticks=range(len(rows[data])),
                yticklabels=rows[data].values(),
            )
            axes.margins(x=0.1, y=0.1)
            axes.grid(axis="x", alpha=0.3)
        row_of_panels[0].invert_yaxis()
    return figure


def _rows(errors: pd.DataFrame) -> dict[tuple[str, str | int, str], str]:
    """What is drawn of nets on one kind of data: a column and its value that tell the rows of
    ``errors``, and a method, with its name.

    A baseline is the same for every net; that of principal components, for every net with a code
    of that length.
    """
    rows: dict[tuple[str, str | int, str], str] = {
        ("method", method, method): method.replace("_", " ") for method in BASELINES
    }
    rows |= {("code", code, "pca"): f"PCA-{code}" for code in dict.fromkeys(errors["code"])}
    tuned = set(errors["net"][errors["method"] == "autoencoder"])
    for net, recipe in dict.fromkeys(zip(errors["net"], errors["recipe"], strict=True)):
        method = "autoencoder" if net in tuned else "stack"
        rows["net", net, method] = f"{net}\n({recipe} recipe)"
    return rows


def _draw_row(
    axes: Axes, row: int, points: pd.DataFrame, colour: str, inner: tuple[float, float]
) -> None:
    """One point per seed, and above them their mean with the standard error: over seeds,
    or over lattices if there is one seed. The text begins or ends at the mean, away from the
    nearer of the ``inner`` limits of the errors.
    """
    error, spread = points["held_out_error"], points["standard_error"]
    axes.errorbar(error, [row] * len(points), xerr=spread, fmt="o", color=colour, capsize=3)
    of_mean = error.std() / len(error) ** 0.5 if len(error) > 1 else spread.iloc[0]
    text = f"{error.mean():g}"
    if of_mean > 0:
        places = max(4, -int(np.floor(np.log10(of_mean))))
        text = f"{error.mean():.{places}f} ± {of_mean:.{places}f}"
    left, right = inner
    inwards = "left" if error.mean() < (left + right) / 2 else "right"
    axes.annotate(
        text, (error.mean(), row), (0, 5), textcoords="offset points", ha=inwards, fontsize=9
    )
