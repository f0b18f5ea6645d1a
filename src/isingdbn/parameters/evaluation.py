"""What determines the evaluation of a trained machine as a model of its lattices.
docs/method.md has the equations.
"""

from typing import Annotated

from pydantic import ConfigDict, Field
from pydantic.dataclasses import dataclass

__all__ = ["Evaluation"]


@dataclass(frozen=True, kw_only=True, config=ConfigDict(extra="forbid"))
class Evaluation:
    """How much work goes into the partition function, and into the model's own lattices."""

    chains: Annotated[
        int,
        Field(
            ge=2,
            le=10**4,
            description="independent chains of annealing, and of Gibbs sampling from each start",
        ),
    ]
    annealing_steps: Annotated[
        int,
        Field(
            ge=2,
            le=10**6,
            description="inverse temperatures of annealed importance sampling, evenly from 0 to 1",
        ),
    ]
    sweeps: Annotated[
        int,
        Field(
            ge=1, le=10**7, description="Gibbs sweeps of each chain; the second half is measured"
        ),
    ]
