"""Every unit of a layer at one epoch of its training: whether it is dead, and where its receptive
field is.
"""

import numpy as np

from isingdbn.analysis.localization import centres, participation_ratio
from isingdbn.analysis.smoothness import sign_coherence

__all__ = ["MEASURES", "unit_measures"]

# long name and units
MEASURES = {
    "largest_weight": ("largest incoming |w|", "1"),
    "activity_deviation": ("standard deviation of the activity over held-out lattices", "1"),
    "participation_ratio": ("participation ratio of the receptive field", "sites"),
    "sign_coherence": ("sign coherence of the receptive field", "1"),
    "centre_y": ("y of the circular centre of the receptive field", "sites"),
    "centre_x": ("x of the circular centre of the receptive field", "sites"),
}


def unit_measures(
    weights: np.ndarray, fields: np.ndarray, activity: np.ndarray
) -> dict[str, np.ndarray]:
    """Each of `MEASURES`, (unit,).

    Parameters
    ----------
    weights : (units below, unit), those of the layer.
    fields : (unit, height, width), through all layers. Where one is zero, what is measured
        of it is not a number.
    activity : (sample, unit), over held-out lattices.
    """
    living = fields.any(axis=(1, 2))
    found = {name: np.full(len(fields), np.nan) for name in MEASURES}
    found["largest_weight"] = np.abs(weights).max(axis=0)
    found["activity_deviation"] = activity.std(axis=0, dtype=np.float64)
    found["participation_ratio"][living] = participation_ratio(fields[living])
    found["sign_coherence"][living] = sign_coherence(fields[living])
    found["centre_y"][living], found["centre_x"][living] = centres(fields[living]).T
    return found
