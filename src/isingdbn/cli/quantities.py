"""Names and units of the measured physics, and what both measurements
of lattices take from their stores.
"""

import numpy as np
import xarray as xr

__all__ = ["UNITS", "chains_of"]

UNITS = {
    "energy": ("energy a site", "J"),
    "specific_heat": ("specific heat a site", "k_B"),
    "abs_magnetization": ("mean size of the magnetization a site", "1"),
    "magnetization_squared": ("mean squared magnetization a site", "1"),
    "susceptibility": ("susceptibility N⟨m²⟩/T", "1/J"),
    "connected_susceptibility": ("susceptibility N(⟨m²⟩ - ⟨|m|⟩²)/T", "1/J"),
    "binder": ("Binder's 1 - ⟨m⁴⟩/3⟨m²⟩²", "1"),
    "correlation": ("spin correlation", "1"),
}


def chains_of(data: xr.Dataset) -> np.ndarray:
    """The chain of each lattice, (sample,); each has its own where none is named,
    as in surrogates drawn one by one.
    """
    return data["chain"].values if "chain" in data.coords else np.arange(data.sizes["sample"])
