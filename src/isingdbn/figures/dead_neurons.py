"""Table 1: dead neurons a layer."""

import pandas as pd
from matplotlib.figure import Figure

from isingdbn.figures.options import Table
from isingdbn.figures.style import new_figure, range_text, seeds_text, temperature_label
from isingdbn.parameters.data import data_label

__all__ = ["OPTIONS", "draw", "summarize"]

OPTIONS = {"table": Table("table dead-neurons", ("dead_by_weight", "data", "epochs"))}

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
            f"{values.mean():g}"
            if len(values) == 1
            else f"{values.mean():.1f} ± {values.std():.1f}"
        )

    entries = (
        counts.groupby([*keys, "stage"], sort=False)[list(COUNTS)]
        .agg(entry)
        .unstack("stage", sort=False, fill_value="–")
    )
    columns = pd.MultiIndex.from_product([("pretrained", "finetuned"), COUNTS])
    return entries.swaplevel(axis=1).reindex(columns=columns, fill_value="–")


def draw(table: pd.DataFrame) -> Figure:
    """What `summarize` makes of ``table`` as a figure."""
    summary = summarize(table)
    seeds = seeds_text(table["seed"])
    spread = ", mean ± standard deviation" if "seeds" in seeds else ""
    stages = table.groupby("stage", sort=False)["epochs"]
    epochs = " + ".join(range_text(of_stage) for _, of_stage in stages)
    trained = f"trained on {range_text(table['training_lattices'])} lattices, {epochs} epochs"
    title = f"Dead neurons a layer, {seeds}{spread}\n{trained}"
    figure = new_figure(13, 1.5 + 0.32 * (len(summary) + 1), title)
    axes = figure.add_subplot()
    axes.set_axis_off()
    columns = [
        f"{stage},\nby {how}"
        for stage in ("pre-trained", "fine-tuned")
        for how in ("weight", "activity")
    ]
    rows = [
        [net, recipe, data_label(data), temperature_label(temperature), layer, units, *entries]
        for (net, recipe, data, temperature, layer, units), entries in zip(
            summary.index, summary.values, strict=True
        )
    ]
    drawn = axes.table(
        rows,
        colLabels=["net", "recipe", "data", "T (J/k$_B$)", "layer", "units", *columns],
        loc="center",
        cellLoc="center",
        colWidths=[0.13, 0.11, 0.13, 0.09, 0.06, 0.06, *[0.105] * 4],
        edges="horizontal",
    )
    drawn.auto_set_font_size(False)
    drawn.set_fontsize(11)
    drawn.scale(1, 1.5)
    for (row, _), cell in drawn.get_celld().items():
        if row == 0:
            cell.set_height(2 * cell.get_height())
            cell.set_text_props(weight="bold")
    return figure
