"""Figure 1: the reconstruction loss of a network over epochs of fine-tuning."""

import numpy as np
import xarray as xr
from matplotlib.figure import Figure

from isingdbn.figures.style import COLOURS, describe, new_figure

__all__ = ["loss_figure"]


def loss_figure(network: xr.Dataset, reconstruction: xr.Dataset, label: str) -> Figure:
    """Training and held-out error, total cost, the line at 1, and principal components.

    Parameters
    ----------
    network : with training_error, held_out_error and penalty (epoch), in mean squared error a pixel.
    reconstruction : of the same network, with error_pca (held_out).
    label : names the network and its recipe.
    """
    figure = new_figure(7.5, 4.6, f"{label}: reconstruction loss\n{describe(network.attrs)}")
    axes = figure.add_subplot()
    epochs = np.arange(1, network.sizes["epoch"] + 1)
    total = network["training_error"] + network["penalty"]
    code = network.attrs["units"][-1]
    axes.axhline(1, color="black", linestyle=":", linewidth=1.2, label="zero output (1)")
    axes.plot(epochs, total, color=COLOURS["orange"], linestyle="--", label="total cost, L1 term included (training)")
    axes.plot(epochs, network["training_error"], color=COLOURS["blue"], label="reconstruction error, training")
    axes.plot(epochs, network["held_out_error"], color=COLOURS["vermilion"], label="reconstruction error, held-out")
    pca = float(reconstruction["error_pca"].mean())
    axes.axhline(pca, color=COLOURS["green"], linestyle="-.", linewidth=1.2, label=f"PCA-{code}, held-out ({pca:.3f})")
    axes.set(xlabel="epoch", ylabel="mean squared error a pixel", xlim=(0, epochs[-1] + 1))
    axes.legend(loc="center right")
    return figure
