"""How the receptive fields of a layer share the lattice.

``fields`` are arrays (unit, height, width) of the living units; sites are those of a torus.
"""

import numpy as np

from isingdbn.analysis.localization import centres, radii
from isingdbn.analysis.metric import metric
from isingdbn.analysis.strength import strong

__all__ = ["centre_entropy", "coverage", "covering_units", "spacing_over_diameter"]

HALF = 0.5
CELLS = 4  # in each direction, of the grid on which centres are counted


@metric("entropy of the centres", local="higher", of_layer=True)
def centre_entropy(fields: np.ndarray) -> float:
    """The entropy of the centres over a grid of 4×4 cells, divided by its largest
    value, log min(units, 16): 1 if they are spread evenly.
    """
    shares = centres(fields) / fields.shape[1:]
    cells = np.minimum((shares * CELLS).astype(int), CELLS - 1) @ [CELLS, 1]
    counts = np.bincount(cells)
    p = counts[counts > 0] / len(fields)
    largest = np.log(min(len(fields), CELLS**2))
    return float(-np.sum(p * np.log(p)) / largest) if largest else np.nan


@metric("distance of the nearest centre over the diameter", local="higher", of_layer=True)
def spacing_over_diameter(fields: np.ndarray) -> float:
    """The median distance from a unit's centre to the next one, over the median of the
    fields' diameters, twice their root mean square radius; about 1 if windows touch.
    """
    places = centres(fields)
    if len(places) < 2:
        return np.nan
    sides = np.array(fields.shape[1:])
    apart = (places[:, None] - places + sides / 2) % sides - sides / 2
    distance = np.sqrt(np.sum(apart**2, axis=2))
    np.fill_diagonal(distance, np.inf)
    diameter = 2 * np.median(radii(fields, places))
    return float(np.median(distance.min(axis=1)) / diameter) if diameter else np.nan


@metric("part of the lattice that is covered", local="lower", of_layer=True)
def coverage(fields: np.ndarray) -> float:
    """The part of the sites at which some unit has at least half of its largest |w|."""
    return float(np.mean(strong(fields, HALF).any(axis=0)))


@metric("units that cover a covered site", local="lower", of_layer=True)
def covering_units(fields: np.ndarray) -> float:
    """The mean number of units with at least half of their largest |w| at a
    site that is covered: 1 for tiles that do not overlap.
    """
    high = strong(fields, HALF)
    return float(high.sum() / high.any(axis=0).sum())
