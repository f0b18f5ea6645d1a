"""Figure 5: the physics of the lattices beside the exact finite torus."""

from typing import Any

import numpy as np
import xarray as xr
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from isingdbn.errors import InputError
from isingdbn.figures.options import Store
from isingdbn.figures.style import COLOURS, new_figure, seeds_text, temperature_label
from isingdbn.parameters.temperature import NAMED_TEMPERATURES

__all__ = ["OPTIONS", "draw"]

OPTIONS = {
    "measured": Store("thermodynamics", "measure thermodynamics", many=True, at_points=True),
    "exact": Store("exact", "exact"),
    "peaks": Store("peaks", "measure peaks", many=True),
}
WHOSE = {"critical": "exact $T_c$", "paper": "the paper's", "mehta_schwab": "Mehta and Schwab's"}
MARKS = {
    f"$T = {NAMED_TEMPERATURES[name]:.4f}$, {whose}": NAMED_TEMPERATURES[name]
    for name, whose in WHOSE.items()
}

BINDER_CRITICAL = 0.61069  # infinite square torus at T_c, Salas and Sokal 2000
MEASURED: dict[str, Any] = {"fmt": "o", "markersize": 4, "capsize": 2, "linestyle": "none"}
EXACT: dict[str, Any] = {"color": "black", "linewidth": 1, "zorder": 1}
TEMPERATURE = "temperature $T$ ($J/k_B$)"


def draw(measured: list[xr.Dataset], exact: xr.Dataset, peaks: list[xr.Dataset]) -> Figure:
    """E, C, |m|, χ, U4 and G(r) with error bars over exact curves, their pulls,
    and the maxima of C and χ.

    Parameters
    ----------
    measured : of `isingdbn measure thermodynamics`, one a temperature and seed, of one size.
    exact : of `isingdbn exact` for that size.
    peaks : of `isingdbn measure peaks`, one per seed.

    Raises
    ------
    InputError : they are of lattices of several shapes.
    """
    shapes = {(data.attrs["height"], data.attrs["width"]) for data in [*measured, *peaks, exact]}
    if len(shapes) > 1:
        raise InputError(
            f"--measured: the stores are of lattices {sorted(shapes)} (height, width);"
            " give stores of one shape"
        )
    size = f"{measured[0].attrs['height']}×{measured[0].attrs['width']}"
    seeds = seeds_text(data.attrs["seed"] for data in measured)
    figure = new_figure(
        10,
        14,
        (
            f"{size} lattices, {measured[0].attrs['samples']} per temperature, {seeds};"
            " lines: exact for this size"
        ),
    )
    panels = figure.subplots(4, 2).ravel()
    _thermal(
        panels[0],
        "energy",
        measured,
        exact["temperature"],
        exact["energy"],
        "energy per site $\\langle e\\rangle$ ($J$)",
    )
    _thermal(
        panels[1],
        "specific_heat",
        measured,
        exact["temperature"],
        exact["specific_heat"],
        "specific heat per site $C$ ($k_B$)",
    )
    _magnetization(panels[2], measured, exact)
    _susceptibility(panels[3], measured, exact)
    _binder(panels[4], measured)
    _correlations(panels[5], measured)
    _pulls(panels[6], measured)
    _maxima(panels[7], peaks)
    for index, axes in enumerate(panels):
        axes.set_title(f"({'abcdefgh'[index]})", loc="left", fontsize=10)
        if index != 5:
            _mark(axes, named=index == 0)
    panels[7].legend(loc="upper center")
    return figure


def _mark(axes: Axes, named: bool) -> None:
    for (label, temperature), style in zip(MARKS.items(), ("-", "--", ":"), strict=False):
        axes.axvline(
            temperature,
            color="0.6",
            linestyle=style,
            linewidth=1,
            zorder=0,
            label=label if named else None,
        )
    if named:
        axes.legend(fontsize=8)


def _points(axes: Axes, measured: list[xr.Dataset], name: str, **style: Any) -> None:
    values = [
        (data.attrs["temperature"], float(data[name]), float(data[f"{name}_error"]))
        for data in measured
    ]
    temperature, value, error = np.array(values).T
    axes.errorbar(temperature, value, _drawable(error), **MEASURED, **style)
    axes.set_xlabel(TEMPERATURE)


def _drawable(error: np.ndarray) -> np.ndarray:
    """Errors as they can be drawn: none where there is no estimate."""
    return np.where(np.isfinite(error), error, 0)


def _thermal(
    axes: Axes,
    name: str,
    measured: list[xr.Dataset],
    temperature: xr.DataArray,
    curve: xr.DataArray,
    label: str,
) -> None:
    axes.plot(temperature, curve, **EXACT)
    _points(axes, measured, name, color=COLOURS["blue"])
    axes.set_ylabel(label)


def _magnetization(axes: Axes, measured: list[xr.Dataset], exact: xr.Dataset) -> None:
    axes.plot(
        exact["temperature"],
        exact["spontaneous_magnetization"],
        "--",
        color=COLOURS["orange"],
        label="Yang, infinite lattice",
    )
    _points(
        axes,
        measured,
        "abs_magnetization",
        color=COLOURS["blue"],
        label=r"$\langle|m|\rangle$, measured",
    )
    axes.set_ylabel("magnetization per site")
    axes.legend(fontsize=8)


def _susceptibility(axes: Axes, measured: list[xr.Dataset], exact: xr.Dataset) -> None:
    if "mean_cluster_size" in exact:
        axes.plot(exact["temperature"], exact["mean_cluster_size"] / exact["temperature"], **EXACT)
    _points(
        axes, measured, "susceptibility", color=COLOURS["blue"], label=r"$N\langle m^2\rangle/T$"
    )
    _points(
        axes,
        measured,
        "connected_susceptibility",
        color=COLOURS["vermilion"],
        label=r"$N(\langle m^2\rangle-\langle|m|\rangle^2)/T$",
    )
    axes.set(yscale="log", ylabel="susceptibility ($1/J$)")
    axes.legend(fontsize=8)


def _binder(axes: Axes, measured: list[xr.Dataset]) -> None:
    _points(axes, measured, "binder", color=COLOURS["blue"])
    axes.axhline(
        BINDER_CRITICAL, linestyle=":", **EXACT, label=f"{BINDER_CRITICAL}, infinite at $T_c$"
    )
    axes.axhline(2 / 3, linestyle="--", **EXACT, label="2/3, ordered")
    axes.set_ylabel(r"$U_4 = 1-\langle m^4\rangle/3\langle m^2\rangle^2$")
    axes.legend(fontsize=8)


def _correlations(axes: Axes, measured: list[xr.Dataset]) -> None:
    """Along an axis, at four of the temperatures of the first seed."""
    first = sorted(
        (data for data in measured if data.attrs["seed"] == measured[0].attrs["seed"]),
        key=lambda data: data.attrs["temperature"],
    )
    chosen = [
        first[index]
        for index in np.unique(np.rint(np.linspace(0.15, 0.9, 4) * (len(first) - 1)).astype(int))
    ]
    for data, colour in zip(chosen, COLOURS.values(), strict=False):
        along = slice(1, data.sizes["dx"] // 2 + 1)
        row, error = data["correlation"][0, along], data["correlation_error"][0, along]
        distance = np.arange(1, row.size + 1)
        seen = row.values > 2 * error.values
        label = f"$T = {temperature_label(data.attrs['temperature'])}$"
        axes.errorbar(
            distance[seen],
            row[seen],
            _drawable(error[seen].values),
            **{**MEASURED, "markersize": 3},
            color=colour,
            label=label,
        )
        if "correlation_exact" in data:
            axes.plot(distance, data["correlation_exact"][0, along], color=colour, linewidth=1)
    axes.set(
        yscale="log",
        xlabel="distance along an axis $r$ (sites)",
        ylabel=r"$G(r)=\langle s_0 s_r\rangle$",
        ylim=(1e-3, 1.3),
    )
    axes.legend(fontsize=8)


def _pulls(axes: Axes, measured: list[xr.Dataset]) -> None:
    """(measured - exact)/error; several quantities of one temperature come from the same lattices,
    so their pulls go together.
    """
    quantities = {"energy": "$e$", "specific_heat": "$C$", "susceptibility": r"$\chi$"}
    styles = zip(quantities.items(), ("o", "s", "^"), COLOURS.values(), strict=False)
    all_pulls = []
    for (name, label), marker, colour in styles:
        known = [
            data
            for data in measured
            if f"{name}_exact" in data
            and np.isfinite(data[f"{name}_error"])
            and data[f"{name}_error"] > 0
        ]
        pulls = [
            float((data[name] - data[f"{name}_exact"]) / data[f"{name}_error"]) for data in known
        ]
        all_pulls += pulls
        axes.plot(
            [data.attrs["temperature"] for data in known],
            pulls,
            marker,
            markersize=4,
            color=colour,
            label=label,
        )
    for level in (-2, 2):
        axes.axhline(level, color="0.8", linewidth=1, zorder=0)
    axes.axhline(0, **EXACT)
    top = max([4.0, *(abs(pull) * 1.2 for pull in all_pulls)])
    axes.set(xlabel=TEMPERATURE, ylabel="(measured - exact)/standard error", ylim=(-top, top))
    axes.legend(fontsize=8, ncols=3, loc="upper right")


def _maxima(axes: Axes, peaks: list[xr.Dataset]) -> None:
    exact_height = float(peaks[0]["specific_heat_exact"].max())
    if exact_height > 0:
        exact = peaks[0]["specific_heat_exact"] / exact_height
        axes.plot(peaks[0]["temperature"], exact, **EXACT, label="$C$, exact")
    for name, label, colour in (
        ("specific_heat", "$C$", COLOURS["blue"]),
        ("connected_susceptibility", r"$\chi$", COLOURS["vermilion"]),
    ):
        for index, data in enumerate(peaks):
            height, place = float(data[name].max()), float(data[f"{name}_peak_temperature"])
            error = float(data[f"{name}_peak_temperature_error"])
            if not height > 0:  # all lattices alike
                axes.plot(
                    [],
                    [],
                    color=colour,
                    label=None if index else f"{label}, zero everywhere: no maximum",
                )
                continue
            text = f"{label}, {_maximum_text(place, error)}" if len(peaks) == 1 else label
            axes.plot(
                data["temperature"],
                data[name] / height,
                color=colour,
                linewidth=1.5,
                alpha=0.8,
                label=None if index else text,
            )
            if np.isfinite(place):
                axes.errorbar(
                    [place],
                    [1.0],
                    xerr=[error if np.isfinite(error) else 0],
                    **MEASURED,
                    color=colour,
                )
    axes.set(
        xlabel=TEMPERATURE,
        ylabel="reweighted, over its maximum",
        xlim=tuple(peaks[0]["temperature"].values[[0, -1]]),
        ylim=(None, 1.5),
    )


def _maximum_text(place: float, error: float) -> str:
    """Where a maximum is, as far as that is known."""
    if not np.isfinite(place):
        return "no maximum in between"
    return (
        f"maximum at {place:.4f} ± {error:.4f}"
        if np.isfinite(error)
        else f"maximum at {place:.4f}, error unknown"
    )
