"""Table 1: dead neurons per layer."""

import pandas as pd
from matplotlib.figure import Figure

from isingdbn.figures.options import Table
from isingdbn.figures.style import new_figure, range_text, seeds_text, temperature_label
from isingdbn.parameters.data import data_label

__all__ = ["OPTIONS", "draw", "summarize"]

OPTIONS = {"table": Table("table dead-neurons", ("dead_by_weight", "data", "epochs"))}

NONE = "–"  # where a net is not fine-tuned
COUNTS = ("dead_by_weight", "dead_by_activity")


def summarize(counts: pd.DataFrame) -> pd.DataFrame:
    """Counts of dead units as text, one row a (net, recipe, data, temperature, layer),
    one column a (stage, criterion).

    With several seeds an entry is the mean and the standard deviation over them.
    A net that is not fine-tuned has a dash there.

    Parameters
    ----------
    counts : one row a (net, recipe, data, temperature, seed, stage, layer) with units,
        dead_by_weight and dead_by_activity.
    """
    keys = ["net", "recipe", "data", "temperature", "layer", "units"]

    def entry(values: pd.Series) -> str:
        return (
            f"{values.mean():g}" if len(values) == 1 else f"{values.mean():.1f}±{values.std():.1f}"
        )

    entries = (
        counts.groupby([*keys, "stage"], sort=False)[list(COUNTS)]
        .agg(entry)
        .unstack("stage", sort=False, fill_value=NONE)
    )
    columns = pd.MultiIndex.from_product([("pretrained", "finetuned"), COUNTS])
    return entries.swaplevel(axis=1).reindex(columns=columns, fill_value=NONE)


def draw(table: pd.DataFrame) -> Figure:
    """What `summarize` makes of ``table`` as a figure, one row a (net, recipe, data, temperature),
    its layers side by side.
    """
    summary = summarize(table)
    seeds = seeds_text(table["seed"])
    spread = ", mean ± standard deviation" if "seeds" in seeds else ""
    stages = table.groupby("stage", sort=False)["epochs"]
    epochs = " + ".join(range_text(of_stage) for _, of_stage in stages)
    trained = f"trained on {range_text(table['training_lattices'])} lattices, {epochs} epochs"
    columns = [
        f"{stage},\nby {how}"
        for stage in ("pre-trained", "fine-tuned")
        for how in ("weight", "activity")
    ]
    rows = []
    for (net, recipe, data, temperature), layers in summary.groupby(
        ["net", "recipe", "data", "temperature"], sort=False
    ):
        units = layers.index.get_level_values("units")
        entries = [
            NONE if set(column) == {NONE} else " / ".join(column) for column in layers.values.T
        ]
        at = temperature_label(temperature)
        rows.append([net, recipe, data_label(data), at, " / ".join(map(str, units)), *entries])
    title = f"Dead neurons, layer by layer, {seeds}{spread}\n{trained}"
    figure = new_figure(13, 1.3 + 0.36 * (len(rows) + 1), title)
    axes = figure.add_subplot()
    axes.set_axis_off()
    drawn = axes.table(
        rows,
        colLabels=["net", "recipe", "data", "T (J/k$_B$)", "units", *columns],
        loc="center",
        cellLoc="center",
        colWidths=[0.12, 0.1, 0.12, 0.085, 0.125, *[0.1125] * 4],
        edges="horizontal",
    )
    drawn.auto_set_font_size(False)
    drawn.scale(1, 1.7)
    for (row, _), cell in drawn.get_celld().items():
        if row == 0:
            cell.set_height(2 * cell.get_height())
            cell.set_text_props(weight="bold")
    return figure
