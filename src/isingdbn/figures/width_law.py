"""Figure 8: the size of receptive fields against the number of living units."""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from isingdbn.figures.intervals import draw_geometric, mean_and_reach
from isingdbn.figures.options import Table
from isingdbn.figures.style import (
    COLOURS,
    KINDS,
    named,
    new_figure,
    seeds_text,
    temperature_label,
)
from isingdbn.parameters.data import LATTICES, data_label
from isingdbn.power_law import fitted_exponent

__all__ = ["OPTIONS", "draw"]

NUMBERS = ("net", "data", "metric", "median", "living")
OPTIONS = {"table": Table("table metrics", NUMBERS, ("Spin25",))}

SITES = 1600
STACK, EQUAL = "SpinStack", "EqualStack"
SINGLE = ("Spin16", "Spin25", "Spin50", "Spin100", "Spin200", "Spin800")
SHOWN = (LATTICES, "thresholded_gaussian")
BESIDE = ((0.9, 1.04), (0.97, 1.12))  # times the units: single layers and those of the stack, each
ONCE = (0.5, 2.0)  # tilings that are called once


def draw(table: pd.DataFrame) -> Figure:
    """A panel per temperature, on logarithmic axes: a mark per net, layer and seed.

    Parameters
    ----------
    table : one row a (net, data, temperature, seed, stage, layer, metric), with its median
        and the number of living units.
    """
    sizes = table[table["metric"] == "participation_ratio"].dropna(subset=["median"])
    temperatures = sorted(set(sizes["temperature"][sizes["net"].isin(SINGLE)]))
    title = f"Size of fields and number of units, {seeds_text(sizes['seed'])}"
    figure = new_figure(1 + 5 * len(temperatures), 5.8, title)
    panels = figure.subplots(1, len(temperatures), sharex=True, sharey=True, squeeze=False)[0]
    for axes, temperature in zip(panels, temperatures, strict=True):
        _draw_panel(axes, sizes[sizes["temperature"] == temperature])
        axes.set_title(f"$T = {temperature_label(temperature)}\\,J/k_B$")
    panels[0].set_ylabel("participation ratio (sites)")
    figure.legend(*named(panels[::-1]), loc="outside lower center", ncols=2)
    return figure


def _draw_panel(axes: Axes, sizes: pd.DataFrame) -> None:
    """The sizes of one temperature, with the power law of single layers."""
    units = np.array([14.0, 900.0])
    low, high = (SITES / units * tilings for tilings in ONCE)
    axes.fill_between(units, low, high, color="gray", alpha=0.15, linewidth=0,
                      label="half to twice of it")  # fmt: skip
    axes.plot(units, SITES / units, color="gray", linestyle="--", linewidth=1,
              label="1600 sites / units")  # fmt: skip
    for number, (data, beside) in enumerate(zip(SHOWN, BESIDE, strict=True)):
        colour, marker = KINDS[data]
        of_data = sizes[sizes["data"] == data]
        first = of_data["layer"] == 0
        straight = of_data[of_data["net"].isin([*SINGLE, STACK]) & first]
        upper = of_data[(of_data["net"] == STACK) & ~first]
        label = data_label(data)
        for rows, filled, factor, kind in (
            (straight, True, beside[0], "single layers"),
            (upper, False, beside[1], "layers 2 and 3 of a stack"),
        ):
            layers = _layers(rows, factor)
            draw_geometric(axes, layers, COLOURS[colour], marker, f"{kind}, {label}", "", filled)
        found = _draw_fit(axes, straight, beside[0], COLOURS[colour])
        whose = "lattices" if data == LATTICES else "twins"
        axes.text(0.03, 0.1 - 0.06 * number, f"{whose}: exponent {found}", fontsize=10,
                  color=COLOURS[colour], transform=axes.transAxes)  # fmt: skip
    equal = sizes[(sizes["net"] == EQUAL) & (sizes["layer"] > 0)]
    draw_geometric(axes, _layers(equal, 1), COLOURS[KINDS[LATTICES][0]], "^",
                   "layers 2 and 3 of 100 units each, lattices", "", False)  # fmt: skip
    axes.set(xscale="log", yscale="log", xlabel="living units")
    ticks = [16, 25, 50, 100, 200, 400, 800]
    axes.set_xticks(ticks, [str(tick) for tick in ticks])
    axes.set_xticks([], minor=True)


def _draw_fit(axes: Axes, rows: pd.DataFrame, factor: float, colour: str) -> str:
    """A line of the mean exponent through the geometric means of single layers, at ``factor`` times
    their living units; the exponent with its interval over seeds, as text.

    Only seeds that have all layers are fitted. Without one, or with one layer, there is no line.
    """
    seeds = rows.pivot(index="seed", columns="net", values=["living", "median"]).dropna()
    units, sizes = (seeds[name].to_numpy() for name in ("living", "median"))
    if not len(seeds) or units.shape[1] < 2:
        return "not fitted"
    exponents = [fitted_exponent(*of_seed) for of_seed in zip(units, sizes, strict=True)]
    mean, reach = mean_and_reach(pd.Series(exponents))
    ends = np.array([units.min(), units.max()])
    centre, size = (np.exp(np.log(values).mean()) for values in (units, sizes))
    axes.plot(factor * ends, size * (ends / centre) ** mean, color=colour, linewidth=1)
    interval = f" [{mean - reach:.3f}, {mean + reach:.3f}]" if np.isfinite(reach) else ", one seed"
    return f"{mean:.3f}{interval}".replace("-", "−")


def _layers(rows: pd.DataFrame, factor: float) -> list[tuple[float, pd.Series]]:
    """The sizes of each layer, at ``factor`` times the mean of its living units."""
    layers = rows.groupby(["net", "layer"])
    return [(factor * of["living"].mean(), of["median"]) for _, of in layers]
