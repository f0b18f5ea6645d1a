"""What determines how an autoencoder is fine-tuned, apart from its layers and its data.
docs/method.md has the equations.
"""

from typing import Annotated, Literal

from pydantic import ConfigDict, Field
from pydantic.dataclasses import dataclass

from isingdbn.parameters.numbers import Epochs, LearningRate, Minibatch, Penalty

__all__ = ["Finetuning"]


@dataclass(frozen=True, kw_only=True, config=ConfigDict(extra="forbid"))
class Finetuning:
    """Gradient descent of the autoencoder: how it starts, what is minimized, and by which steps."""

    epochs: Epochs
    learning_rate: LearningRate
    minibatch: Minibatch
    l1: Penalty
    l1_scale: Annotated[
        Literal["per_sample", "per_pixel"],
        Field(
            description=(
                "per_pixel: λ·Σ|W| beside the cost, an average over pixels; per_sample:"
                " divided by the number of pixels"
            )
        ),
    ]
    augment: Annotated[
        bool,
        Field(
            description=(
                "draw a fresh lattice symmetry and spin sign for every lattice in every epoch"
            )
        ),
    ]
    initial: Annotated[
        Literal["stack", "random"],
        Field(
            description=(
                "start from the pre-trained stack, or from Glorot-uniform weights without it"
            )
        ),
    ] = "stack"
    unrolling: Annotated[
        Literal["calibrated", "copied"],
        Field(
            description="of the stack. calibrated: ReLU units scaled to the means of their"
            " sigmoids, the way down as the stack's; copied: weights and hidden biases"
            " as they are, their transposes on the way down with all biases 0.1"
        ),
    ] = "calibrated"
    tied: Annotated[
        bool,
        Field(
            description=(
                "the decoder's weights are the encoder's, transposed, all through the training"
            )
        ),
    ] = False
    cost: Annotated[
        Literal["mse", "rmse"],
        Field(description="mean squared error a pixel of a minibatch, or its square root"),
    ] = "mse"
    penalized: Annotated[
        Literal["weights", "encoder"],
        Field(
            description=(
                "what the L1 penalty sums: all weights and no biases,"
                " or the encoder's weights and biases"
            )
        ),
    ] = "weights"
    optimizer: Annotated[
        Literal["adam", "sgd"], Field(description="Adam, or plain gradient descent")
    ] = "adam"
    schedule: Annotated[
        Literal["cosine", "constant"],
        Field(
            description="of the learning rate: from learning_rate to zero as a cosine, or constant"
        ),
    ] = "cosine"
    precision: Annotated[
        Literal["float32", "bfloat16"],
        Field(
            description=(
                "type to which operands and results of matrix products are rounded in training"
            )
        ),
    ] = "float32"
