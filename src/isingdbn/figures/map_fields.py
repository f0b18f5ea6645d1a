"""Figure 21: receptive fields of the stacks that are compared as block-spin maps."""

import numpy as np
import xarray as xr
from matplotlib import colormaps
from matplotlib.figure import Figure

from isingdbn.figures.options import Store, Words, require_labels
from isingdbn.figures.receptive_fields import mosaic
from isingdbn.figures.style import describe, new_figure

__all__ = ["OPTIONS", "draw"]

OPTIONS = {
    "inputs": Store("receptive_fields", "analyse receptive-fields", many=True),
    "labels": Words("the names of the stacks, in the same order", many=True),
}

SHOWN = 9  # units per layer


def draw(inputs: list[xr.Dataset], labels: list[str]) -> Figure:
    """A row per stack, a column per layer: nine units about the median of the largest |weight|.

    Parameters
    ----------
    inputs : one per stack, with pretrained_k (unit_k, y, x) for every layer k; each is shown in
        units of its largest |weight|.
    labels : the names of the stacks.

    Raises
    ------
    InputError : there are not as many labels as stacks.
    """
    require_labels(labels, inputs)
    stacks = [
        [of[f"pretrained_{k}"].values for k in range(len(of.attrs["diverged"]))] for of in inputs
    ]
    columns = max(map(len, stacks))
    title = f"Fields of stacks: {SHOWN} units per layer about the median strength, pre-trained"
    shared = {describe(of.attrs) for of in inputs}
    if len(shared) == 1:
        title += f"\n{shared.pop()}"
    figure = new_figure(1.9 + 2.1 * columns, 1.5 + 2.1 * len(stacks), title)
    figure.set_layout_engine("compressed")  # square panels, close together
    colours = colormaps["RdBu_r"].with_extremes(bad="0.7")
    panels = figure.subplots(len(stacks), columns, squeeze=False)
    for k, axes in enumerate(panels[0]):
        axes.set_title(f"layer {k + 1}")
    for row, label, layers in zip(panels, labels, stacks, strict=True):
        for axes in row[len(layers) :]:
            axes.set_axis_off()
        for axes, values in zip(row, layers, strict=False):
            image = axes.imshow(mosaic(_about_the_median(values)), cmap=colours, vmin=-1, vmax=1)
            axes.set(xticks=[], yticks=[])
            axes.spines[:].set_visible(False)
        lines = label.replace(" on ", "\non ").replace(" (", "\n(")
        row[0].set_ylabel(lines, fontsize=9)
    bar = figure.colorbar(image, ax=panels, orientation="horizontal", shrink=0.6, aspect=40)
    bar.set_ticks([-1, -0.5, 0, 0.5, 1])
    bar.set_label("weight over the largest of its unit")
    return figure


def _about_the_median(fields: np.ndarray) -> np.ndarray:
    """Of ``fields`` (unit, y, x), those of the median by largest |weight|, over their largest."""
    strength = np.abs(fields).max(axis=(1, 2))
    first = max(0, (len(fields) - SHOWN) // 2)
    chosen = np.argsort(-strength, kind="stable")[first : first + SHOWN]
    return fields[chosen] / np.where(strength > 0, strength, 1)[chosen, None, None]
