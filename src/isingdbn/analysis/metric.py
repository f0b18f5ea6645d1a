"""What a metric is: a measure of the receptive fields of one layer, with its unit and direction.

A metric is one function under the decorator `metric`, in the module of its family;
`isingdbn.analysis.metrics` lists the families, and stores, tables and pages follow from it.
"""

from collections.abc import Callable
from dataclasses import dataclass
from types import ModuleType
from typing import Literal

import numpy as np

__all__ = ["Metric", "metric", "metrics_of"]


@dataclass(frozen=True)
class Metric:
    """A measure of fields, called with an array (unit, height, width) none of whose units is zero.

    Parameters
    ----------
    function : gives an array (unit,), or one number if it measures the layer.
    long_name, units : for axes and stores; sites, or 1 for a pure number.
    local : whether a compact field has a lower or a higher value than the same
        numbers at permuted sites.
    of_layer : whether it measures a layer as a whole.
    """

    function: Callable[[np.ndarray], np.ndarray | float]
    long_name: str
    units: str
    local: Literal["lower", "higher"]
    of_layer: bool

    @property
    def name(self) -> str:
        """That of the function."""
        return self.function.__name__

    def __call__(self, fields: np.ndarray) -> np.ndarray:
        """The measure of ``fields``, shape (unit,), or () if it is one of the layer."""
        return np.asarray(self.function(fields), dtype=np.float64)


def metric(
    long_name: str, *, units: str = "1", local: Literal["lower", "higher"], of_layer: bool = False
) -> Callable[[Callable], Metric]:
    """Make a function a `Metric`."""
    return lambda function: Metric(function, long_name, units, local, of_layer)


def metrics_of(*families: ModuleType) -> dict[str, Metric]:
    """All metrics that stand in the modules ``families``, by name."""
    found = [
        value for family in families for value in vars(family).values() if type(value) is Metric
    ]
    return {metric.name: metric for metric in found}
