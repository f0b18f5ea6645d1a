"""How lattices are coarse-grained."""

from typing import Annotated, Literal

from pydantic import ConfigDict, Field
from pydantic.dataclasses import dataclass

from isingdbn.parameters.numbers import MOST

__all__ = ["FEWEST_CELLS", "SMALLEST_SIDE", "BlockSpins"]

FEWEST_CELLS = 2  # a side of a grid whose spins have neighbours
SMALLEST_SIDE = 4  # sites of a level that gives exponents; below, operators coincide on the torus


@dataclass(frozen=True, kw_only=True, config=ConfigDict(extra="forbid"))
class BlockSpins:
    """A rule that makes a block spin of each block of spins."""

    rule: Annotated[
        Literal["majority", "decimation", "kadanoff"],
        Field(
            description=(
                "the sign of most spins, ties at random; the first spin;"
                " or +1 with probability 1/(1 + exp(-2p Σ v))"
            )
        ),
    ] = "majority"
    block: Annotated[int, Field(ge=2, le=MOST, description="sites a side of a block")] = 2
    p: Annotated[float, Field(gt=0, allow_inf_nan=False, description="p of Kadanoff's rule")] = 1.0
