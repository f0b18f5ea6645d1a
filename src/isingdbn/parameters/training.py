"""What determines how a network is trained, apart from its layers and its data. docs/method.md has the equations."""

from typing import Annotated, Literal

from pydantic import ConfigDict, Field
from pydantic.dataclasses import dataclass

__all__ = ["Finetuning", "GaussianPretraining", "Pretraining"]

Epochs = Annotated[int, Field(ge=1, description="passes through the training lattices")]
LearningRate = Annotated[float, Field(gt=0, le=10, allow_inf_nan=False, description="step size (dimensionless)")]
Minibatch = Annotated[int, Field(ge=1, description="lattices a gradient step")]
Penalty = Annotated[float, Field(ge=0, allow_inf_nan=False, description="strength λ of the L1 penalty")]


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


@dataclass(frozen=True, kw_only=True, config=ConfigDict(extra="forbid"))
class Finetuning:
    """Gradient descent (Adam, cosine decay to zero) of the unrolled autoencoder."""

    epochs: Epochs
    learning_rate: LearningRate
    minibatch: Minibatch
    l1: Penalty
    l1_scale: Annotated[
        Literal["per_sample", "per_pixel"],
        Field(description="whether λ·Σ|W| is added to the squared error summed over a lattice, or averaged over its pixels"),
    ]
    augment: Annotated[bool, Field(description="draw a fresh lattice symmetry and spin sign for every lattice in every epoch")]
