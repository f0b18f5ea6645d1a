"""The film of fields: those of some units of every layer, after each recorded epoch of
pre-training.
"""

from typing import Any

import numpy as np
import xarray as xr
from matplotlib.animation import Animation, FuncAnimation
from matplotlib.image import AxesImage

from isingdbn.figures.options import Store, Words
from isingdbn.figures.style import EACH, LARGE, describe, new_figure

__all__ = ["OPTIONS", "draw"]

OPTIONS = {
    "portraits": Store("portraits", "analyse portraits"),
    "label": Words("names the network and its recipe"),
}

STILL = 4  # times that the last frame is shown
DIVERGING = "RdBu_r"


def draw(portraits: xr.Dataset, label: str) -> Animation:
    """A row for each layer; colours end at the largest |weight| of the unit at the last record.

    Parameters
    ----------
    portraits : of one network, with followed_pretrained_k (record, unit, y, x), its largest values
        and the epochs of its records, for each layer k; a layer without is left blank.
    label : names the network and its recipe.
    """
    layers = portraits.sizes["layer"]
    epochs = portraits["epoch"].sel(stage="pretrained").values
    figure = new_figure(
        9, 1.1 * layers + 0.8, f"{label}: fields while it is trained\n{describe(portraits.attrs)}"
    )
    engine: Any = figure.get_layout_engine()
    engine.set(wspace=0.02, hspace=0.02)
    panels = figure.subplots(layers, len(LARGE) * EACH, squeeze=False)
    for axes in panels.flat:
        axes.set(xticks=[], yticks=[])
        axes.spines[:].set_visible(False)
    for number, name in enumerate(LARGE):
        panels[0, number * EACH + EACH // 2].set_title(name, fontsize=10)
    fields = [_fields(portraits, layer) for layer in range(layers)]
    images = [_first_images(row, of_layer) for row, of_layer in zip(panels, fields, strict=True)]
    frames = max(1, *(len(of_layer) for of_layer in fields))

    def show(frame: int) -> list[AxesImage]:
        for layer, of_layer in enumerate(fields):
            if not len(of_layer):
                panels[layer, 0].set_ylabel(f"layer {layer + 1}\nno epoch\nrecorded", fontsize=9)
                continue
            record = min(frame, len(of_layer) - 1)
            for image, field in zip(images[layer], of_layer[record], strict=True):
                image.set_data(field)
            done = epochs[layer, record]
            panels[layer, 0].set_ylabel(f"layer {layer + 1}\nepoch {done}", fontsize=9)
        return [image for of_layer in images for image in of_layer]

    return FuncAnimation(figure, show, frames=[*range(frames), *[frames - 1] * STILL])


def _fields(portraits: xr.Dataset, layer: int) -> np.ndarray:
    """The fields of the shown units of a layer, over their largest |weight| at the last record,
    (record, unit, height, width): first the strongest, then the median and the weakest.
    """
    name = f"followed_pretrained_{layer}"
    if name not in portraits:
        return np.zeros((0, 0, 1, 1))
    # the units stand by turns: one of the strongest, one of the median, one of the weakest
    units = portraits[name].shape[1]
    by_turns = [list(range(turn, units, len(LARGE)))[:EACH] for turn in range(len(LARGE))]
    chosen = [unit for of_turn in by_turns for unit in of_turn]
    largest = portraits[f"{name}_largest"].values[:, chosen]
    last = np.where(largest[-1] > 0, largest[-1], 1)
    sizes = np.nan_to_num(largest / last)[:, :, None, None]
    return portraits[name].values[:, chosen] / portraits.attrs["steps"] * sizes


def _first_images(row: np.ndarray, fields: np.ndarray) -> list[AxesImage]:
    """An image for each unit of a layer, in axes of its ``row``."""
    shown = fields[0] if len(fields) else []
    return [
        axes.imshow(field, cmap=DIVERGING, vmin=-1, vmax=1)
        for axes, field in zip(row, shown, strict=False)
    ]
