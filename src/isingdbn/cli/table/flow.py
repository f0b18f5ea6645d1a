"""``isingdbn table flow``: the flow of many machines."""

import argparse
from collections.abc import Iterator

import numpy as np
import xarray as xr

from isingdbn.cli.csv_tables import gather, network_parser

__all__ = ["parser", "run"]

FAR = 8  # sites; the distance of the correlation beside the energy


def parser() -> argparse.ArgumentParser:
    """The options of the command."""
    return network_parser("flow", "flow")


def run(arguments: argparse.Namespace) -> None:
    """Gather and write."""
    gather(__name__, arguments, "flow", flow_rows)


def flow_rows(data: xr.Dataset) -> Iterator[dict]:
    """One row a start and recorded step: the temperature of the start, 0 for random spins; energy
    and |m| with errors, the temperature of that energy, and the correlation at 8 sites, or at half
    of the side.
    """
    far = [
        data[f"correlation_{axis}"].isel(
            {f"distance_{axis}": min(FAR, data.sizes[f"distance_{axis}"] - 1)}
        )
        for axis in ("y", "x")
    ]
    for start, step in np.ndindex(data.sizes["start"], data.sizes["step"]):
        at = data.isel(start=start, step=step)
        from_temperature = float(at["start"])
        yield {
            "start": "random" if np.isnan(from_temperature) else f"T={from_temperature:.7g}",
            "step": int(at["step"]),
            **{
                name: float(f"{float(at[name]):.6g}")
                for name in (
                    "energy",
                    "energy_error",
                    "abs_magnetization",
                    "abs_magnetization_error",
                    "effective_temperature",
                )
            },
            "far_correlation": float(
                f"{float(sum(axis[start, step] for axis in far)) / len(far):.6g}"
            ),
        }
