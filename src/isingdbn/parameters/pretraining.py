"""What determines how a machine of a stack is pre-trained, apart from its layers and its data. docs/method.md has the equations."""

from typing import Annotated

from pydantic import ConfigDict, Field
from pydantic.dataclasses import dataclass

from isingdbn.parameters.numbers import Epochs, LearningRate, Minibatch, Penalty

__all__ = ["GaussianPretraining", "Pretraining"]


@dataclass(frozen=True, kw_only=True, config=ConfigDict(extra="forbid"))
class Pretraining:
    """Contrastive divergence of one restricted Boltzmann machine of Bernoulli units."""

    epochs: Epochs
    learning_rate: LearningRate
    momentum: Annotated[float, Field(ge=0, lt=1, allow_inf_nan=False, description="fraction of the last step that is kept")]
    minibatch: Minibatch
    gibbs_steps: Annotated[int, Field(ge=1, description="Gibbs steps k of CD-k")]
    l1: Penalty
    initial_scale: Annotated[float, Field(gt=0, allow_inf_nan=False, description="standard deviation of the initial weights")]


@dataclass(frozen=True, kw_only=True, config=ConfigDict(extra="forbid"))
class GaussianPretraining(Pretraining):
    """The same with Gaussian visible units."""

    sigma: Annotated[float, Field(gt=0, allow_inf_nan=False, description="standard deviation σ of the Gaussian visible units (spin)")]
