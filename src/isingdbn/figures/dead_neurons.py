"""Table 1: dead neurons a layer."""

import pandas as pd
from matplotlib.figure import Figure

from isingdbn.figures.style import new_figure

__all__ = ["dead_neurons_figure", "summarize"]

COUNTS = ("dead_by_weight", "dead_by_activity")


def summarize(counts: pd.DataFrame) -> pd.DataFrame:
    """Counts of dead units as text, one row a (net, temperature, layer), one column a (stage, criterion).

    With several seeds an entry is the mean and the standard deviation over them.

    Parameters
    ----------
    counts : one row a (net, temperature, seed, stage, layer) with units, dead_by_weight and dead_by_activity.
    """
    keys = ["net", "temperature", "layer", "units"]

    def entry(values: pd.Series) -> str:
        return f"{values.mean():g}" if len(values) == 1 else f"{values.mean():.1f} ± {values.std():.1f}"

    entries = counts.groupby([*keys, "stage"], sort=False)[list(COUNTS)].agg(entry).unstack("stage", sort=False)
    return entries.swaplevel(axis=1)[[(stage, count) for stage in ("pretrained", "finetuned") for count in COUNTS]]


def dead_neurons_figure(counts: pd.DataFrame) -> Figure:
    """The table of `summarize` as a figure."""
    table = summarize(counts)
    seeds = counts["seed"].nunique()
    title = "Dead neurons a layer" + (
        f", mean ± standard deviation over {seeds} seeds" if seeds > 1 else f", seed {counts['seed'].iloc[0]}"
    )
    figure = new_figure(10.5, 1.4 + 0.32 * (len(table) + 2), title)
    axes = figure.add_subplot()
    axes.set_axis_off()
    head = [
        "net",
        "T (J/k$_B$)",
        "layer",
        "units",
        "pre-trained,\nby weight",
        "pre-trained,\nby activity",
        "fine-tuned,\nby weight",
        "fine-tuned,\nby activity",
    ]
    rows = [
        [net, f"{temperature:.6g}", layer, units, *entries]
        for (net, temperature, layer, units), entries in zip(table.index, table.values, strict=True)
    ]
    drawn = axes.table(
        rows, colLabels=head, loc="center", cellLoc="center", colWidths=[0.15, 0.12, 0.08, 0.09, *[0.14] * 4], edges="horizontal"
    )
    drawn.auto_set_font_size(False)
    drawn.set_fontsize(11)
    drawn.scale(1, 1.5)
    for (row, _), cell in drawn.get_celld().items():
        if row == 0:
            cell.set_height(2 * cell.get_height())
            cell.set_text_props(weight="bold")
    return figure
