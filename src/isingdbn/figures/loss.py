"""Figure 1: the reconstruction loss of a network over epochs of fine-tuning."""

import numpy as np
import xarray as xr
from matplotlib.figure import Figure

from isingdbn.figures.options import Store, Words
from isingdbn.figures.style import COLOURS, describe, epochs_text, new_figure

__all__ = ["OPTIONS", "draw"]

OPTIONS = {
    "network": Store("network", "finetune"),
    "reconstruction": Store("reconstruction", "analyse reconstruction", of_net_of="network"),
    "label": Words("names the network and its recipe"),
}

FAR_ABOVE_ONE = 3.0  # a logarithmic axis from here on


def draw(network: xr.Dataset, reconstruction: xr.Dataset, label: str) -> Figure:
    """Training and held-out error, the former with the L1 term, the line at 1, and principal
    components.

    The left panel holds the line at 1 and the error with the L1 term, the right one magnifies the
    errors after the first twentieth of the epochs.

    Parameters
    ----------
    network : with training_error, held_out_error and penalty (epoch),
        in mean squared error per pixel.
    reconstruction : of the same network, with error_pca (held_out).
    label : names the network and its recipe.
    """
    title = f"{label}: reconstruction loss, {epochs_text(reconstruction.attrs)}"
    penalty = rf"$\lambda = {network.attrs['l1']:g}$ {network.attrs['l1_scale'].replace('_', ' ')}"
    figure = new_figure(11, 5, f"{title}\n{describe(reconstruction.attrs)}, {penalty}")
    whole, magnified = figure.subplots(1, 2)
    epochs = np.arange(1, network.sizes["epoch"] + 1)
    total = network["training_error"] + network["penalty"]
    pca = float(reconstruction["error_pca"].mean())
    for axes in (whole, magnified):
        axes.axhline(1, color="black", linestyle=":", linewidth=1.2, label="zero output (1)")
        axes.plot(
            epochs,
            total,
            color=COLOURS["orange"],
            linestyle="--",
            label="error with the L1 term, training",
        )
        axes.plot(
            epochs,
            network["training_error"],
            color=COLOURS["blue"],
            label="reconstruction error, training",
        )
        axes.plot(
            epochs,
            network["held_out_error"],
            color=COLOURS["vermilion"],
            label="reconstruction error, held-out",
        )
        label = f"PCA-{network.attrs['units'][-1]}, held-out ({pca:.4f})"
        axes.axhline(pca, color=COLOURS["green"], linestyle="-.", linewidth=1.2, label=label)
        axes.set(
            xlabel="epoch",
            ylabel="error per pixel (dashed: with L1 term)",
            xlim=(0, epochs[-1] + 1),
        )
    if total.max() > FAR_ABOVE_ONE:
        whole.set_yscale("log")
    else:
        whole.set_ylim(0, max(1.05, 1.05 * float(total.max())))
    figure.legend(
        *whole.get_legend_handles_labels(), loc="outside lower center", ncols=3, fontsize=10
    )
    held_out = network["held_out_error"].values
    lowest = min(pca, network["training_error"].values.min(), held_out.min())
    highest = max(pca, *held_out[len(held_out) // 20 :])
    margin = 0.05 * (highest - lowest) or 0.05
    magnified.set_ylim(lowest - margin, highest + margin)
    magnified.set_title(f"magnified; held-out at the last epoch: {held_out[-1]:.4f}")
    return figure
