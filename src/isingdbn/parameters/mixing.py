"""How long the chains are from which the mixing time of a machine is measured."""

from typing import Annotated, Literal

from pydantic import ConfigDict, Field
from pydantic.dataclasses import dataclass

from isingdbn.parameters.numbers import MOST

__all__ = ["Mixing"]


@dataclass(frozen=True, kw_only=True, config=ConfigDict(extra="forbid"))
class Mixing:
    """How the mixing time of a machine is measured.

    5000 sweeps of 10 chains are some five seconds of one core for 1600 and 400 spins, and enough
    for times of up to 50 sweeps; for longer ones they are found too short, and marked so.
    """

    chains: Annotated[int, Field(ge=2, le=MOST, description="chains, from which errors are")]
    sweeps: Annotated[
        int, Field(ge=4, le=MOST, description="Gibbs sweeps; those of the first half are left out")
    ]
    start: Annotated[
        Literal["lattices", "random"],
        Field(description="what chains start from: held-out lattices, or random spins"),
    ] = "lattices"
