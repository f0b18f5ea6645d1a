"""Figure 3: the receptive fields of every unit, one mosaic per layer, and some of them large."""

import numpy as np
import xarray as xr
from matplotlib import colormaps
from matplotlib.axes import Axes
from matplotlib.colors import Colormap
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator, ScalarFormatter

from isingdbn.errors import InputError
from isingdbn.figures.options import Store, Words
from isingdbn.figures.style import EACH, LARGE, describe, epochs_text, new_figure

__all__ = ["OPTIONS", "draw", "draw_fields", "mosaic", "representative"]

OPTIONS = {
    "fields": Store("receptive_fields", "analyse receptive-fields"),
    "dead": Store("dead_neurons", "analyse dead-neurons", of_net_of="fields"),
    "stage": Words("before or after fine-tuning", choices=("pretrained", "finetuned")),
    "colormap": Words("a Matplotlib colormap", choices=sorted(colormaps)),
    "label": Words("names the network and its recipe"),
}

NOT_TUNED = {"finetuning_epochs": 0}

# of the max |weight| of living units: neither one strong unit nor the dead
# ones set the scale of a layer
SCALE_PERCENTILE = 75

GAP = 2  # sites between tiles


def mosaic(fields: np.ndarray, gap: int = GAP) -> np.ndarray:
    """``fields`` (unit, y, x) as one image, row by row on the squarest grid, with NaN in the gaps
    and behind missing tiles.
    """
    units, height, width = fields.shape
    columns = int(np.ceil(np.sqrt(units)))
    rows = -(-units // columns)
    image = np.full(
        (rows * (height + gap) - gap, columns * (width + gap) - gap), np.nan, np.float32
    )
    for unit, field in enumerate(fields):
        y, x = (unit // columns) * (height + gap), (unit % columns) * (width + gap)
        image[y : y + height, x : x + width] = field
    return image


def draw(fields: xr.Dataset, dead: xr.Dataset, stage: str, colormap: str, label: str) -> Figure:
    """Two panels per layer: all of its units, and below the strongest, median and weakest living
    ones large. Both share one colour scale, symmetric about zero.

    The scale ends at the 75th percentile of the largest |weight| of a unit, over the units that
    are not dead by weight; what lies beyond is saturated.

    Parameters
    ----------
    fields : with {stage}_k (unit_k, y, x) for every layer k, and the attribute ``diverged``:
        for every layer the epoch in which pre-training diverged, or 0.
    dead : of the same network, with units (layer), and the masks dead_by_weight and
        dead_by_activity (stage, layer, unit).
    stage : ``pretrained`` or ``finetuned``.
    colormap : a Matplotlib colormap.
    label : names the network and its recipe.

    Raises
    ------
    InputError : the network has no such stage.
    """
    if stage not in dead["stage"].values:
        stages = ", ".join(map(str, dead["stage"].values))
        raise InputError(f"--stage: {stage} is not in --dead; it has {stages}")
    layers = dead.sizes["layer"]
    when = {"pretrained": "after pre-training", "finetuned": "after fine-tuning"}[stage]
    trained = epochs_text(fields.attrs if stage == "finetuned" else fields.attrs | NOT_TUNED)
    what = f"{label}: receptive fields {when}, {trained} ({colormap} colormap)"
    title = f"{what}\n{describe(fields.attrs)}"
    figure = new_figure(5.4 * layers + 0.8, 11.4, title)
    panels = figure.subplots(2, layers, squeeze=False, height_ratios=(6, 5))
    for k, (whole, large) in enumerate(panels.T):
        masks = dead.sel(stage=stage).isel(layer=k)
        units = int(masks["units"])
        by_weight, by_activity = (
            masks[f"dead_by_{how}"].values[:units] for how in ("weight", "activity")
        )
        values = fields[f"{stage}_{k}"].values
        draw_fields(whole, values, ~by_weight, colormap)
        chosen = representative(values, ~by_weight)
        scale = _scale(values, ~by_weight)
        large.imshow(mosaic(values[chosen]), cmap=_colours(colormap), vmin=-scale, vmax=scale)
        _name_rows(large, values.shape[1], len(chosen))
        product = " ".join(f"W_{{{below}}}" for below in range(k + 1))
        diverged = (
            f", diverged in epoch {fields.attrs['diverged'][k]}"
            if fields.attrs["diverged"][k]
            else ""
        )
        whole.set_title(
            rf"layer {k + 1}: $\hat{{W}}_{k} = {product}$"
            f"\n{units} units{diverged}"
            f"\ndead: {by_weight.sum()} by weight, {by_activity.sum()} by activity"
        )
    return figure


def representative(fields: np.ndarray, living: np.ndarray) -> np.ndarray:
    """The `EACH` strongest of the ``living`` units (unit,), those about the median and the weakest,
    by the largest |weight| of ``fields`` (unit, y, x); all, from strong to weak, if there are no
    more. The dead ones, if none lives.
    """
    units = np.flatnonzero(living) if living.any() else np.arange(len(fields))
    strength = np.abs(fields[units]).max(axis=(1, 2))
    units = units[np.argsort(-strength, kind="stable")]
    if len(units) <= EACH * len(LARGE):
        return units
    middle = (len(units) - EACH) // 2
    return np.concatenate([units[:EACH], units[middle : middle + EACH], units[-EACH:]])


def draw_fields(axes: Axes, fields: np.ndarray, living: np.ndarray, colormap: str) -> None:
    """All ``fields`` (unit, y, x) of a layer as one image with its colour bar; the scale is that of
    the units that are ``living`` (unit,).
    """
    scale = _scale(fields, living)
    image = axes.imshow(mosaic(fields), cmap=_colours(colormap), vmin=-scale, vmax=scale)
    axes.set_axis_off()
    bar = axes.figure.colorbar(
        image, ax=axes, orientation="horizontal", fraction=0.05, pad=0.02, extend="both"
    )
    bar.set_label("weight (dimensionless)")
    bar.locator = MaxNLocator(3)
    formatter = ScalarFormatter(useMathText=True)
    formatter.set_powerlimits((-1, 4))  # long numbers would run into each other
    bar.formatter = formatter
    bar.ax.xaxis.get_offset_text().set_x(1.07)  # beside the label


def _scale(fields: np.ndarray, living: np.ndarray) -> float:
    """The weight at which the colours of a layer end."""
    strongest = np.abs(fields[living] if living.any() else fields).max(axis=(1, 2))
    return float(np.percentile(strongest, SCALE_PERCENTILE)) or 1.0


def _colours(colormap: str) -> Colormap:
    """The map, with gaps that are none of its colours."""
    return colormaps[colormap].with_extremes(
        bad="white" if colormap in ("hot", "prism") else "black"
    )


def _name_rows(axes: Axes, height: int, units: int) -> None:
    """Say what the rows of large units of ``height`` sites are, if they are of three kinds."""
    axes.set(xticks=[])
    axes.spines[:].set_visible(False)
    axes.tick_params(length=0)
    rows = range(len(LARGE)) if units == EACH * len(LARGE) else ()
    places = [row * (height + GAP) + height / 2 for row in rows]
    axes.set_yticks(places, [LARGE[row] for row in rows], rotation=90, va="center")
