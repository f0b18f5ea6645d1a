"""Every unit of a layer at one epoch of its training: whether it is dead, and where its receptive
field is.
"""

import numpy as np

from isingdbn.analysis.localization import centres, participation_ratio
from isingdbn.analysis.smoothness import sign_coherence

__all__ = ["MEASURES", "largest_singular_values", "onset", "unit_measures"]

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
    if not living.any():
        return found
    found["participation_ratio"][living] = participation_ratio(fields[living])
    found["sign_coherence"][living] = sign_coherence(fields[living])
    found["centre_y"][living], found["centre_x"][living] = centres(fields[living]).T
    return found


def largest_singular_values(weights: np.ndarray, count: int) -> np.ndarray:
    """The largest singular values of ``weights`` (visible, hidden), (count,) in falling order;
    zeros beyond the smaller side.
    """
    values = weights.astype(np.float64)
    small = values.T @ values if len(values) > values.shape[1] else values @ values.T
    found = np.sqrt(np.clip(np.linalg.eigvalsh(small)[::-1], 0, None))[:count]
    return np.pad(found, (0, count - len(found)))


def onset(epochs: np.ndarray, sizes: np.ndarray, below: float) -> float:
    """After how many epochs the size of fields first falls below a mark; not a number if never.

    Between two records the logarithm of the size is taken as linear in that of the epoch. Of what
    is below from the first record on, that is given: it may have been earlier.

    Parameters
    ----------
    epochs : epochs done, rising. sizes : of living units, one a record, in sites; infinite where
        none lives.
    """
    low = np.flatnonzero(sizes < below)
    if not len(low):
        return float("nan")
    after = low[0]
    if not after or not np.isfinite(sizes[after - 1]):
        return float(epochs[after])
    x = np.log(epochs[after - 1 : after + 1])
    y = np.log(sizes[after - 1 : after + 1])
    return float(np.exp(x[0] + (np.log(below) - y[0]) / (y[1] - y[0]) * (x[1] - x[0])))
