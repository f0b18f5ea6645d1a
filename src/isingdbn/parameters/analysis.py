"""What determines the measurements on a trained network."""

from typing import Annotated

from pydantic import ConfigDict, Field, model_validator
from pydantic.dataclasses import dataclass

from isingdbn.parameters.numbers import MOST

__all__ = [
    "COVARIANCE",
    "DEFINITIONS",
    "JACOBIAN",
    "MEASURED",
    "PLAIN_BLOCK",
    "PRODUCT",
    "SWEPT",
    "DeadNeurons",
    "FixedPoints",
    "Flow",
    "MachineCouplings",
    "Reconstruction",
    "Sampled",
]

MEASURED = ("flow", "fixed_points", "samples", "mixing")  # of first machines, if asked for

# Of a receptive field: product of weights, mean derivative, decorrelated covariance.
DEFINITIONS = PRODUCT, JACOBIAN, COVARIANCE = ("product", "jacobian", "covariance")

SWEPT = (1, 3, 10, 30)  # percent of the reference unit's max |w|, below which units are counted
# The share in |k| ≤ 2 of a block of 8×8 sites of 40×40; so too the mean cos² of the principal
# angles between these blocks and modes.
PLAIN_BLOCK = 0.61

Fraction = Annotated[float, Field(gt=0, lt=1, allow_inf_nan=False)]


@dataclass(frozen=True, kw_only=True, config=ConfigDict(extra="forbid"))
class DeadNeurons:
    """When a unit counts as dead; both thresholds are relative to the unit
    at ``percentile`` of its own layer.
    """

    weight_fraction: Annotated[
        Fraction,
        Field(
            description=(
                "dead by weight if max |w| is below this fraction of that of the reference unit"
            )
        ),
    ]
    activity_fraction: Annotated[
        Fraction,
        Field(
            description=(
                "dead by activity if its standard deviation over held-out"
                " lattices is below this fraction"
            )
        ),
    ]
    percentile: Annotated[
        float,
        Field(
            gt=0,
            le=100,
            allow_inf_nan=False,
            description="percentile of the reference unit in its layer",
        ),
    ]


@dataclass(frozen=True, kw_only=True, config=ConfigDict(extra="forbid"))
class MachineCouplings:
    """How the couplings of a machine are read from its weights."""

    draws: Annotated[
        int, Field(ge=2, le=MOST, description="random spins over which the couplings are averaged")
    ]


@dataclass(frozen=True, kw_only=True, config=ConfigDict(extra="forbid"))
class Flow:
    """How the flow of a machine is followed."""

    chains: Annotated[
        int, Field(ge=2, le=MOST, description="chains of each start, one from each lattice")
    ]
    steps: Annotated[
        int, Field(ge=1, le=MOST, description="times that hidden and visible units are drawn")
    ]


@dataclass(frozen=True, kw_only=True, config=ConfigDict(extra="forbid"))
class FixedPoints:
    """How the fixed points of a machine's means are sought."""

    starts: Annotated[
        int,
        Field(ge=2, le=MOST, description="held-out lattices, and as many random spins, to start"),
    ]
    steps: Annotated[
        int, Field(ge=1, le=MOST, description="times that hidden and visible means are taken")
    ]


@dataclass(frozen=True, kw_only=True, config=ConfigDict(extra="forbid"))
class Sampled:
    """How lattices of a machine's own are drawn."""

    chains: Annotated[int, Field(ge=2, le=MOST, description="chains, each from a held-out lattice")]
    sweeps: Annotated[
        int, Field(ge=2, le=MOST, description="Gibbs sweeps; those of the first half are left out")
    ]
    snapshots: Annotated[
        int, Field(ge=1, le=MOST, description="lattices of each chain, evenly over the second half")
    ]

    @model_validator(mode="after")
    def _snapshots_differ(self) -> "Sampled":
        if 2 * self.snapshots > self.sweeps:
            raise ValueError(
                f"snapshots: {self.snapshots} need at least {2 * self.snapshots} sweeps,"
                f" not {self.sweeps}; give more sweeps or fewer snapshots"
            )
        return self


@dataclass(frozen=True, kw_only=True, config=ConfigDict(extra="forbid"))
class Reconstruction:
    """Baselines and examples of the reconstruction error."""

    block: Annotated[
        int,
        Field(ge=1, le=MOST, description="side of the blocks of the block-mean baseline (sites)"),
    ]
    examples: Annotated[int, Field(ge=1, le=MOST, description="held-out lattices that are drawn")]
