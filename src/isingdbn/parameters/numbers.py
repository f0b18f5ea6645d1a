"""Numbers that several parameter classes share."""

from typing import Annotated

from pydantic import Field

__all__ = ["Epochs", "LearningRate", "Minibatch", "Penalty"]

Epochs = Annotated[int, Field(ge=1, description="passes through the training lattices")]
LearningRate = Annotated[float, Field(gt=0, le=10, allow_inf_nan=False, description="step size (dimensionless)")]
Minibatch = Annotated[int, Field(ge=1, description="lattices a gradient step")]
Penalty = Annotated[float, Field(ge=0, allow_inf_nan=False, description="strength λ of the L1 penalty")]
