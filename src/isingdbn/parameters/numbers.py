"""Numbers that several parameter classes share."""

from typing import Annotated

from pydantic import Field

__all__ = ["LARGEST_SEED", "MOST", "Epochs", "LearningRate", "Minibatch", "Penalty"]

LARGEST_SEED = 2**63 - 1
MOST = 10**9  # of anything that is counted: more would not end, and further on not fit an integer

Epochs = Annotated[int, Field(ge=1, le=MOST, description="passes through the training lattices")]
LearningRate = Annotated[
    float, Field(gt=0, le=10, allow_inf_nan=False, description="step size (dimensionless)")
]
Minibatch = Annotated[int, Field(ge=1, le=MOST, description="lattices a gradient step")]
Penalty = Annotated[
    float, Field(ge=0, allow_inf_nan=False, description="strength λ of the L1 penalty")
]
