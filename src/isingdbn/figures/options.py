"""What a figure is drawn from, as its module declares it: the options of its command,
which reads them and calls ``draw`` with what they hold.

Each module of a figure has ``OPTIONS``, a dictionary of these by name, and
``draw(…) -> matplotlib.figure.Figure`` with a parameter for each.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from isingdbn.errors import InputError

__all__ = ["Option", "Store", "Table", "Words", "require_labels"]


@dataclass(frozen=True)
class Store:
    """A store, given to ``draw`` as an xarray.Dataset; or several, as a list.

    Parameters
    ----------
    kind : of the store.
    made_by : the command that makes such stores.
    many : whether there can be several.
    at_points : whether they can be given as a pattern with ``--points``; then there are several.
    of_net_of : the name of another store that must be of the same network.
    """

    kind: str
    made_by: str
    many: bool = False
    at_points: bool = False
    of_net_of: str | None = None


@dataclass(frozen=True)
class Table:
    """A CSV table with at least these ``columns``, and rows of these ``nets``, given as a
    pandas.DataFrame.
    """

    made_by: str
    columns: tuple[str, ...]
    nets: tuple[str, ...] = ()


@dataclass(frozen=True)
class Words:
    """A text; or several, as a list."""

    help: str
    many: bool = False
    choices: Iterable[str] | None = None


Option = Store | Table | Words


def require_labels(labels: list[str], inputs: list) -> None:
    """Refuse ``labels`` that are not as many as the ``inputs``, or not distinct, with
    `InputError`.
    """
    if len(inputs) != len(labels):
        raise InputError(
            f"--labels: {len(labels)} names for {len(inputs)} inputs; give one a store"
        )
    twice = next((label for label in labels if labels.count(label) > 1), None)
    if twice is not None:
        raise InputError(f"--labels: {twice!r} is given twice; give each input its own")
