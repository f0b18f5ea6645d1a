"""Figure 2: what networks make of the same held-out lattices."""

import xarray as xr
from matplotlib.figure import Figure

from isingdbn.figures.options import Store, Words, require_labels
from isingdbn.figures.style import SPINS, describe, epochs_text, new_figure

__all__ = ["OPTIONS", "draw"]

OPTIONS = {
    "inputs": Store("reconstruction", "analyse reconstruction", many=True),
    "labels": Words("the names of the networks, in the same order", many=True),
}


def draw(inputs: list[xr.Dataset], labels: list[str]) -> Figure:
    """One row a held-out lattice: the original, then the reconstruction
    by each network, left to right.

    Parameters
    ----------
    inputs : one a network, with lattice and reconstruction (example, y, x), of the same lattices;
        the attribute ``method`` of reconstruction names the variable with its error.
    labels : the names of the networks.

    Raises
    ------
    InputError : there are not as many labels as networks.
    """
    require_labels(labels, inputs)
    networks = dict(zip(labels, inputs, strict=True))
    first = next(iter(networks.values()))
    rows, columns = first.sizes["example"], len(networks) + 1
    figure = new_figure(
        2.7 * columns + 0.8,
        2.8 * rows + 0.8,
        f"Held-out lattices and their reconstructions; error: squared, per pixel\n"
        f"{describe(first.attrs)}",
    )
    figure.set_layout_engine("compressed")  # square panels, the colour bar close by
    axes = figure.subplots(rows, columns, squeeze=False)
    for row in range(rows):
        images: list[tuple[str, xr.DataArray, float | None]] = [
            ("original", first["lattice"][row], None)
        ]
        for label, data in networks.items():
            images.append(
                (
                    f"{label}\n{epochs_text(data.attrs)}",
                    data["reconstruction"][row],
                    float(data[f"error_{data['reconstruction'].attrs['method']}"][row]),
                )
            )
        for column, (label, values, error) in enumerate(images):
            panel = axes[row, column]
            image = panel.imshow(values, cmap=SPINS, vmin=-1, vmax=1)
            panel.set(xticks=[], yticks=[])
            panel.spines[:].set_visible(True)
            if row == 0:
                panel.set_title(label.replace(" (", "\n(").replace(" recipe)", ")"))
            panel.set_xlabel(f"lattice {row + 1}" if error is None else f"error {error:.3f}")
    figure.colorbar(
        image,
        ax=axes,
        label="spin, or output",
        extend="both" if float(abs(first["lattice"]).max()) > 1 else "neither",
        shrink=0.7,
        ticks=[-1, -0.5, 0, 0.5, 1],
    )
    return figure
