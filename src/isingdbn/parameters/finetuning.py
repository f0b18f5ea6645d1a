"""What determines how an autoencoder is fine-tuned, apart from its layers and its data. docs/method.md has the equations."""

from typing import Annotated, Literal

from pydantic import ConfigDict, Field
from pydantic.dataclasses import dataclass

from isingdbn.parameters.numbers import Epochs, LearningRate, Minibatch, Penalty

__all__ = ["Finetuning"]


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
