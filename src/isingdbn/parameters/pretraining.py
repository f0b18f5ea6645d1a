"""What determines how a machine of a stack is pre-trained, apart from its layers and its data.
docs/method.md has the equations.
"""

import math
from typing import Annotated, Literal

from pydantic import ConfigDict, Field, model_validator
from pydantic.dataclasses import dataclass

from isingdbn.parameters.numbers import MOST, LearningRate, Minibatch, Penalty

__all__ = [
    "ACCEPTED_DATA",
    "Pretraining",
    "Unit",
    "block_side",
    "initial_problem",
    "unit_problem",
]

Unit = Literal["bernoulli", "spin", "gaussian", "relu", "truncated_gaussian"]
Positive = Annotated[float, Field(gt=0, allow_inf_nan=False)]

# The kinds of data, named by the units whose values or means they are, that a kind
# of visible units can stand for.
ACCEPTED_DATA: dict[str, tuple[str, ...]] = {
    "bernoulli": ("bernoulli",),
    "spin": ("spin",),
    "gaussian": ("bernoulli", "spin", "gaussian", "relu", "truncated_gaussian"),
    "relu": ("bernoulli", "relu", "truncated_gaussian"),
    "truncated_gaussian": ("bernoulli", "relu", "truncated_gaussian"),
}
RANGES = {
    "bernoulli": "from 0 to 1",
    "spin": "from -1 to +1",
    "gaussian": "any real numbers",
    "relu": "not negative",
    "truncated_gaussian": "not negative",
}


@dataclass(frozen=True, kw_only=True, config=ConfigDict(extra="forbid"))
class Pretraining:
    """How one restricted Boltzmann machine is trained.

    What has a default is off, or plain contrastive divergence.
    """

    visible: Annotated[Unit, Field(description="kind of the visible units")]
    hidden: Annotated[Unit, Field(description="kind of the hidden units")]
    epochs: Annotated[
        int,
        Field(
            ge=0,
            le=MOST,
            description="passes through the training lattices; 0 leaves the initial weights",
        ),
    ]
    learning_rate: LearningRate
    minibatch: Minibatch
    initial_scale: Annotated[
        float,
        Field(
            gt=0,
            le=1000,
            allow_inf_nan=False,
            description="standard deviation of the initial weights; of blocks, the weight itself",
        ),
    ]
    initial: Annotated[
        Literal["normal", "ising", "blocks"],
        Field(
            description=(
                "initial weights: normal, drawn at random; ising, made by hand, the Ising model"
                " itself with one hidden spin a bond; blocks, made by hand, a hidden unit of each"
                " square block"
            )
        ),
    ] = "normal"
    dead_units: Annotated[
        int,
        Field(
            ge=0,
            le=MOST,
            description=(
                "hidden units without weights, evenly spread, of initial blocks: their spins are"
                " coins, as those of dead units are"
            ),
        ),
    ] = 0
    sigma: Annotated[
        float,
        Field(
            gt=0, allow_inf_nan=False, description="standard deviation σ of Gaussian visible units"
        ),
    ] = 1.0
    learn_sigma: Annotated[
        bool, Field(description="learn σ of each Gaussian visible unit, from sigma on")
    ] = False
    smallest_sigma: Annotated[
        float, Field(gt=0, allow_inf_nan=False, description="lower bound of a learned σ")
    ] = 0.1
    largest_sigma: Annotated[
        float, Field(gt=0, allow_inf_nan=False, description="upper bound of a learned σ")
    ] = 10.0
    mismatched_units: Annotated[
        bool, Field(description="allow visible units whose values are not those of the data")
    ] = False
    algorithm: Annotated[
        Literal["cd", "pcd", "pt", "taught"],
        Field(
            description=(
                "contrastive divergence, persistent chains, or persistent"
                " chains with parallel tempering; taught, as a control: hidden spins are given, the"
                " majorities of square blocks"
            )
        ),
    ] = "cd"
    gibbs_steps: Annotated[
        int, Field(ge=1, le=MOST, description="Gibbs steps a gradient step: k of CD-k")
    ] = 1
    replicas: Annotated[
        int,
        Field(
            ge=2,
            le=1000,
            description="inverse temperatures of parallel tempering, evenly up to 1",
        ),
    ] = 10
    smallest_beta: Annotated[
        float,
        Field(
            ge=0,
            lt=1,
            allow_inf_nan=False,
            description=(
                "the smallest of them; large machines swap only if these are near one another"
            ),
        ),
    ] = 0.0
    schedule: Annotated[
        Literal["constant", "linear", "cosine"],
        Field(description="of the learning rate over the epochs"),
    ] = "constant"
    momentum: Annotated[
        float,
        Field(
            ge=0, lt=1, allow_inf_nan=False, description="fraction of the last step that is kept"
        ),
    ] = 0.0
    l1: Penalty = 0.0
    l1_step: Annotated[
        Literal["proximal", "subgradient", "none"],
        Field(
            description=(
                "how L1 enters: soft threshold after the step, -λ sign(W)"
                " in the gradient, or not at all"
            )
        ),
    ] = "proximal"
    l1_scaling: Annotated[
        Literal["learning_rate", "absolute"],
        Field(description="whether a step shrinks weights by learning_rate·l1 or by l1 itself"),
    ] = "learning_rate"
    l2: Annotated[
        float, Field(ge=0, allow_inf_nan=False, description="strength of the L2 penalty l2·ΣW²/2")
    ] = 0.0
    centering: Annotated[
        bool,
        Field(description="centre both layers at their means over the data (Melchior et al. 2016)"),
    ] = False
    largest_gradient: Annotated[
        Positive | None, Field(description="norm to which longer gradients are shortened")
    ] = None
    patience: Annotated[
        int | None,
        Field(
            ge=1,
            le=MOST,
            description="stop after that many epochs without a smaller reconstruction error",
        ),
    ] = None
    passed_up: Annotated[
        Literal["means", "samples"], Field(description="what the next layer is trained on")
    ] = "means"
    precision: Annotated[
        Literal["float32", "bfloat16"],
        Field(description="type to which operands and results of matrix products are rounded"),
    ] = "float32"
    zero_field: Annotated[bool, Field(description="keep all biases as they are initially")] = False
    initial_bias: Annotated[
        float, Field(allow_inf_nan=False, description="of all visible and hidden units")
    ] = 0.0
    initial_cut: Annotated[
        bool,
        Field(description="draw initial weights again that are beyond two standard deviations"),
    ] = False
    mean_field: Annotated[
        bool,
        Field(description="pass means instead of samples between the layers of the negative phase"),
    ] = False
    shared_noise: Annotated[
        Positive | None,
        Field(
            description=(
                "standard deviation of one row of noise, cut at two of them, that a minibatch's"
                " visible means share (mean_field)"
            )
        ),
    ] = None
    largest_parameter: Annotated[
        float,
        Field(gt=0, allow_inf_nan=False, description="a weight or bias beyond it is divergence"),
    ] = 1000.0
    divergence: Annotated[
        Literal["error", "result"],
        Field(
            description=(
                "whether divergence is an error, or a result: training ends, and the store says so"
            )
        ),
    ] = "error"

    @model_validator(mode="after")
    def _consistent(self) -> "Pretraining":
        gaussian = self.visible == "gaussian"
        if (self.learn_sigma or self.sigma != 1) and not gaussian:
            raise ValueError(
                "sigma and learn_sigma are of Gaussian visible units;"
                f" visible is {self.visible}: leave them out"
            )
        if not self.smallest_sigma <= self.sigma <= self.largest_sigma and self.learn_sigma:
            raise ValueError(
                f"sigma: {self.sigma} is not between smallest_sigma {self.smallest_sigma}"
                f" and largest_sigma {self.largest_sigma}"
            )
        if self.shared_noise is not None and not (self.mean_field and gaussian):
            raise ValueError(
                "shared_noise: is for mean_field with Gaussian visible units;"
                " set these, or leave it out"
            )
        if self.initial == "ising" and {self.visible, self.hidden} != {"spin"}:
            raise ValueError(
                "initial: ising is a machine of spins;"
                f" visible is {self.visible} and hidden {self.hidden}: choose spin, or normal"
            )
        if self.initial == "ising" and self.initial_bias:
            raise ValueError(
                f"initial_bias: {self.initial_bias} is not allowed with initial: ising,"
                " a machine without fields; leave it out"
            )
        if self.dead_units and self.initial != "blocks":
            raise ValueError(
                f"dead_units: {self.dead_units} is of initial: blocks, not {self.initial};"
                " leave it out"
            )
        if self.centering and self.zero_field:
            raise ValueError(
                "centering: true is not allowed with zero_field: true, its gradient of the weights"
                " is right only together with that of the biases; leave one of them out"
            )
        if self.algorithm == "taught" and (
            {self.visible, self.hidden} != {"spin"} or not self.zero_field
        ):
            raise ValueError(
                "algorithm: taught is of machines of spins in zero field; set visible: spin,"
                " hidden: spin and zero_field: true, or choose cd"
            )
        if self.mean_field and self.algorithm != "cd":
            raise ValueError(
                f"mean_field: is for the algorithm cd, not {self.algorithm}; leave it out"
            )
        return self

    def rate(self, epoch: int) -> float:
        """Learning rate of an epoch, counted from 0."""
        done = epoch / self.epochs
        factor = {
            "constant": 1.0,
            "linear": 1 - done,
            "cosine": 0.5 * (1 + math.cos(math.pi * done)),
        }[self.schedule]
        return self.learning_rate * factor

    @property
    def l1_effective(self) -> float:
        """λ_eff such that what is minimized is -log p + λ_eff Σ|W|, at the peak learning rate.

        Momentum multiplies the gradient's part of a step by 1/(1 - momentum) in the long run;
        a shrinking after the step is not multiplied, one inside the gradient is.
        """
        if self.l1_step == "none":
            return 0.0
        strength = self.l1 if self.l1_scaling == "learning_rate" else self.l1 / self.learning_rate
        inside = self.l1_step == "subgradient" and self.l1_scaling == "learning_rate"
        return strength if inside else (1 - self.momentum) * strength


def unit_problem(settings: Pretraining, data: str) -> str | None:
    """What is wrong with training on the values or means of units of the kind ``data``,
    and the remedy; None if nothing is.
    """
    if settings.mismatched_units or data in ACCEPTED_DATA[settings.visible]:
        return None
    fitting = [kind for kind, accepted in ACCEPTED_DATA.items() if data in accepted]
    return (
        f"visible: {settings.visible} units cannot stand for data {RANGES[data]}:"
        f" choose {' or '.join(fitting)}, or set mismatched_units: true if that is meant"
    )


def initial_problem(settings: Pretraining, layer: int, visible: int, hidden: int) -> str | None:
    """Why the initial weights of ``settings`` are none of layer ``layer`` of a stack, between
    ``visible`` and ``hidden`` units, and the remedy; None if they are.
    """
    if settings.initial == "ising":
        if layer:
            return "initial: ising is of a first layer only; choose normal or blocks for upper ones"
        if hidden != 2 * visible:
            return (
                f"initial: ising has one hidden spin a bond, {2 * visible} units, not {hidden};"
                " give it these, or choose normal"
            )
    for key, of_blocks, other in (
        ("initial", "blocks", "normal"),
        ("algorithm", "taught", "cd"),
    ):
        if getattr(settings, key) == of_blocks and block_side(visible, hidden) is None:
            return (
                f"{key}: {of_blocks} divides no square grid of {visible} units into {hidden} square"
                f" blocks; choose numbers of units that do, or {other}"
            )
    if settings.dead_units >= hidden:
        return (
            f"dead_units: {settings.dead_units} of {hidden} hidden units leave none living;"
            f" give at most {hidden - 1}"
        )
    return None


def block_side(visible: int, hidden: int) -> int | None:
    """The side of the square blocks into which a square grid of ``visible`` units is divided
    by a square grid of ``hidden`` ones; None if it cannot be.
    """
    below, above = math.isqrt(visible), math.isqrt(hidden)
    if below**2 != visible or above**2 != hidden or below % above:
        return None
    return below // above
