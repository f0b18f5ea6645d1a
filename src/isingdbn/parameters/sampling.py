"""What determines a set of lattices."""

from typing import Annotated

from pydantic import ConfigDict, Field
from pydantic.dataclasses import dataclass

__all__ = ["Sampling"]


@dataclass(frozen=True, kw_only=True, config=ConfigDict(extra="forbid"))
class Sampling:
    """How lattices of one temperature and seed are drawn.

    Several independent chains start from random spins, are thermalized, and then take turns in giving samples. Their number
    belongs to the definition of the sample, not to the machine, so the result does not depend on threads.
    """

    samples: Annotated[int, Field(ge=1, description="stored lattices")]
    updates: Annotated[int, Field(ge=1, description="Wolff updates between stored lattices of a chain")]
    thermalization: Annotated[int, Field(ge=0, description="Wolff updates of each chain before its first stored lattice")]
    chains: Annotated[int, Field(ge=1, description="independent chains")]
