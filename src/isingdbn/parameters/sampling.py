"""What determines a set of lattices."""

from collections.abc import Callable
from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field, ValidationError, WrapValidator, model_validator
from pydantic.dataclasses import dataclass

from isingdbn.parameters.numbers import MOST

__all__ = ["WIDEST_PACKED", "Sampling"]

WIDEST_PACKED = 64  # columns that the packed kernel can take, bits of a word


def _or_auto(value: Any, check: Callable[[Any], int | str]) -> int | str:
    try:
        return check(value)
    except ValidationError:
        allowed = f"give auto or a whole number from 1 (thermalization: 0) to {MOST}"
        raise ValueError(f"{value!r} is not allowed: {allowed}") from None


@dataclass(frozen=True, kw_only=True, config=ConfigDict(extra="forbid"))
class Sampling:
    """How lattices of one temperature and seed are drawn, by Wolff updates.

    `chain`: independent chains, half of them from random spins and half from all spins up,
    are thermalized and then take turns in giving samples. `independent`: every sample is a chain
    of its own, from random spins. The number of chains belongs to the definition of the sample,
    not to the machine, so the result does not depend on threads.
    """

    samples: Annotated[int, Field(ge=1, le=MOST, description="stored lattices")]
    protocol: Annotated[
        Literal["chain", "independent"],
        Field(
            description=(
                "chain: long chains; independent: a fresh start for each sample,"
                " which uses only samples, updates and kernel"
            )
        ),
    ]
    updates: Annotated[
        Annotated[int, Field(ge=1, le=MOST)] | Literal["auto"],
        WrapValidator(_or_auto),
        Field(
            description=(
                "Wolff updates between stored lattices of a chain, or auto:"
                " chosen from the measured autocorrelation"
            )
        ),
    ]
    thermalization: Annotated[
        Annotated[int, Field(ge=0, le=MOST)] | Literal["auto"],
        WrapValidator(_or_auto),
        Field(
            description=(
                "Wolff updates of each chain before its first stored lattice, or auto:"
                " until chains are measured to agree"
            )
        ),
    ]
    chains: Annotated[int, Field(ge=1, le=10**6, description="independent chains")]
    max_autocorrelation: Annotated[
        float,
        Field(
            gt=0,
            lt=1,
            description=(
                "updates: auto keeps the autocorrelation of successive stored"
                " lattices of a chain below it"
            ),
        ),
    ]
    kernel: Annotated[
        Literal["auto", "scalar", "packed"],
        Field(
            description=(
                "scalar: site by site; packed: sixteen chains side by side, to 64 columns; auto:"
                " by the expected cluster size"
            )
        ),
    ]

    @model_validator(mode="after")
    def _fresh_starts_need_their_updates(self) -> "Sampling":
        if self.protocol == "independent" and self.updates == "auto":
            raise ValueError(
                "updates: 'auto' is not allowed with protocol independent:"
                " give the Wolff updates of each fresh start, such as 1000"
            )
        return self
