"""``isingdbn table emergence``: the units of many networks while they were trained."""

import argparse
from collections.abc import Iterator

import numpy as np
import xarray as xr

from isingdbn.analysis.dead_neurons import far_below_reference
from isingdbn.analysis.emergence import onset
from isingdbn.analysis.localization import LOCAL_PART
from isingdbn.cli.csv_tables import gather, median_shown, network_parser, shown
from isingdbn.parameters.analysis import SWEPT

__all__ = ["parser", "run"]


def parser() -> argparse.ArgumentParser:
    """The options of the command."""
    return network_parser("emergence", "analyse emergence")


def run(arguments: argparse.Namespace) -> None:
    """Gather and write."""
    gather(__name__, arguments, "emergence", emergence_rows)


def emergence_rows(data: xr.Dataset) -> Iterator[dict]:
    """One row a stage, layer and recorded epoch: how many units are dead, by both criteria and
    by weight below other thresholds; how many were dead at an earlier record of the stage and are
    no longer; medians over the units that are not dead by weight, with how far their centres have
    moved since the record before; the largest singular values of the weights; and, the
    same in all rows of a layer, the epoch at which its fields became local.
    """
    percentile = data.attrs["percentile"]
    fractions = {
        "weight": data.attrs["weight_fraction"],
        "activity": data.attrs["activity_fraction"],
    }
    shape = (data.attrs["height"], data.attrs["width"])
    below = LOCAL_PART * shape[0] * shape[1]
    for stage, layer in np.ndindex(data.sizes["stage"], data.sizes["layer"]):
        units = int(data["units"][layer])
        at = data.isel(stage=stage, layer=layer, unit=slice(units))
        strength = {
            "weight": at["largest_weight"].values,
            "activity": at["activity_deviation"].values,
        }
        centres = np.stack([at["centre_y"].values, at["centre_x"].values], axis=-1)
        begun = _onset(at, strength["weight"], fractions["weight"], percentile, below)
        were = {name: np.zeros(units, bool) for name in strength}
        for record, epoch in enumerate(at["epoch"].values):
            if not epoch:
                break
            dead = {
                name: far_below_reference(of_units[record], fractions[name], percentile)
                for name, of_units in strength.items()
            }
            living = ~dead["weight"]
            now = at.isel(record=record, unit=living)
            yield {
                "stage": str(at["stage"].values),
                "layer": layer,
                "units": units,
                "epoch": int(epoch),
                **{f"dead_by_{name}": int(of_units.sum()) for name, of_units in dead.items()},
                **{
                    f"revived_by_{name}": int((were[name] & ~of_units).sum())
                    for name, of_units in dead.items()
                },
                **{
                    f"below_{percent}_percent": int(
                        far_below_reference(
                            strength["weight"][record], percent / 100, percentile
                        ).sum()
                    )
                    for percent in SWEPT
                },
                "participation_ratio": median_shown(now["participation_ratio"].values),
                "sign_coherence": median_shown(now["sign_coherence"].values),
                "moved": median_shown(_moved(centres, record, shape)[living]) if record else "",
                **{
                    f"singular_value_{rank + 1}": shown(value)
                    for rank, value in enumerate(now["singular_values"].values)
                },
                "local_from_epoch": shown(begun),
            }
            for name, of_units in dead.items():
                were[name] |= of_units


def _onset(
    at: xr.Dataset, strength: np.ndarray, fraction: float, percentile: float, below: float
) -> float:
    """The epoch at which the median size of the living units of a layer fell below `below`."""
    epochs = at["epoch"].values
    records = np.flatnonzero(epochs)
    sizes = []
    for record in records:
        living = ~far_below_reference(strength[record], fraction, percentile)
        size = at["participation_ratio"].values[record][living]
        size = size[np.isfinite(size)]
        sizes.append(np.median(size) if len(size) else np.inf)
    return onset(epochs[records], np.array(sizes), below)


def _moved(centres: np.ndarray, record: int, shape: tuple[int, int]) -> np.ndarray:
    """How far (unit,) on the torus ``centres`` (record, unit, 2) have moved since the record
    before, in sites.
    """
    sides = np.array(shape)
    step = (centres[record] - centres[record - 1] + sides / 2) % sides - sides / 2
    return np.hypot(*step.T)
