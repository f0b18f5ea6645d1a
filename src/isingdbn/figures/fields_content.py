"""What is put into the page of fields: fields as numbers of few bits, compressed, and everything
that is said of them as JSON.
"""

import base64
import json
import zlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import xarray as xr

from isingdbn.figures.style import temperature_label
from isingdbn.parameters.analysis import DEFINITIONS, PRODUCT
from isingdbn.parameters.data import LATTICES, data_label

__all__ = ["ALLOWANCES", "LARGEST", "Allowance", "Content", "contents"]

LARGEST = 13_000_000  # bytes of the content; the libraries of the page have 1.3 million
DIGITS = 4  # of the numbers that are shown


@dataclass(frozen=True)
class Allowance:
    """What a page takes in.

    Parameters
    ----------
    bits : of each value of a field.
    units : of each layer, at the most; None is all.
    others : of these, those whose fields by other definitions than the product are shown.
    followed : of these, those whose fields are shown epoch by epoch.
    """

    bits: int
    units: int | None
    others: int | None
    followed: int

    @property
    def steps(self) -> int:
        """Of a value, from zero to the largest of its field."""
        return 2 ** (self.bits - 1) - 1

    @property
    def sentence(self) -> str:
        """What it means, for readers."""

        def units(number: int | None) -> str:
            named = {None: "all units", 0: "no unit", 1: "one unit"}
            return named.get(number, f"{number} units")

        return (
            f"Of each layer the page has {units(self.units)}; of {units(self.others)} the fields by"
            f" the other definitions, and of {units(self.followed)} those after the recorded"
            " epochs. Where they are not all, they are by turns the strongest, the one nearest to"
            " the median, and the weakest that is left, by the largest incoming weight."
            f" Every value has {self.bits} bits: it is shown in steps of 1/{self.steps} of the"
            " largest of its field, zero being exact."
        )


# From the best to the least; a page has the first that fits.
ALLOWANCES = (
    Allowance(6, None, None, 12),
    Allowance(5, None, None, 9),
    Allowance(5, None, 100, 6),
    Allowance(4, None, 100, 6),
    Allowance(4, None, 48, 6),
    Allowance(4, None, 24, 3),
    Allowance(4, 96, 24, 3),
    Allowance(4, 64, 16, 3),
    Allowance(4, 40, 10, 3),
    Allowance(4, 24, 6, 3),
    Allowance(4, 16, 4, 2),
    Allowance(4, 10, 3, 1),
    Allowance(4, 6, 1, 1),
    Allowance(4, 3, 0, 0),
    Allowance(4, 1, 0, 0),
)


@dataclass
class Content:
    """The blocks of a page: compressed bytes, as text, in the order of their numbers."""

    allowance: Allowance
    blocks: list[str] = field(default_factory=list)
    size: int = 0

    def add(self, data: bytes) -> int:
        """Add a block; returns its number."""
        self.blocks.append(base64.b64encode(zlib.compress(data, 6)).decode())
        self.size += len(self.blocks[-1])
        return len(self.blocks) - 1

    def add_steps(self, steps: np.ndarray, of: int) -> int:
        """Add fields in steps of 1/``of`` as numbers from 0, zero being the allowance's steps."""
        fewer = np.rint(steps * (self.allowance.steps / of)) + self.allowance.steps
        return self.add(fewer.astype(np.uint8).tobytes())


def contents(portraits: Sequence[xr.Dataset], nets: Sequence[str]) -> Content:
    """All that the page shows, in the best of `ALLOWANCES` that fits, or in the last.

    The last block describes the others: it is JSON, whose lists are in the order of units.

    Parameters
    ----------
    portraits : of trained nets.
    nets : their names.
    """
    for allowance in ALLOWANCES:
        content = Content(allowance)
        shown: list[dict[str, Any]] = []
        exciting: dict[tuple, dict[int, bytes]] = {}
        for portrait, net in zip(portraits, nets, strict=True):
            shown.append(_net(portrait, net, content))
            _add_exciting(portrait, shown[-1], exciting)
            if content.size > LARGEST and allowance is not ALLOWANCES[-1]:
                break
        description = {
            "steps": allowance.steps,
            "allowance": allowance.sentence,
            "metrics": _metrics(portraits),
            "nets": shown,
            "lattices": [_lattices(spins, content) for spins in exciting.values()],
        }
        content.add(json.dumps(description, separators=(",", ":"), allow_nan=False).encode())
        if content.size <= LARGEST:
            break
    return content


def _metrics(portraits: Sequence[xr.Dataset]) -> dict[str, dict[str, str]]:
    """Long names and units of the metrics of any of the nets, by name."""
    found = {}
    for portrait in portraits:
        for name in _metric_names(portrait):
            words = portrait[f"metric_{name}"].attrs
            found[name] = {"name": words["long_name"], "units": words["units"]}
    return found


def _metric_names(portrait: xr.Dataset) -> list[str]:
    return _named(portrait, "metric_")


def _named(portrait: xr.Dataset, prefix: str) -> list[str]:
    """The rest of the names of variables that begin with ``prefix``."""
    names = map(str, portrait.data_vars)
    return [name.removeprefix(prefix) for name in names if name.startswith(prefix)]


def _net(portrait: xr.Dataset, net: str, content: Content) -> dict[str, Any]:
    """One net, as trained on one set of data."""
    attributes = portrait.attrs
    data = attributes["data"]
    on = "" if data == LATTICES else f" on {data_label(data)}"
    return {
        "net": f"{net}{on}",
        "temperature": temperature_label(attributes["temperature"]),
        "seed": str(attributes["seed"]),
        "height": attributes["height"],
        "width": attributes["width"],
        "trained": attributes["training_lattices"],
        "searched": attributes["searched"],
        "diverged": list(attributes["diverged"]),
        "stages": {
            str(stage): [
                _layer(portrait, number, str(stage), layer, content)
                for layer in range(portrait.sizes["layer"])
            ]
            for number, stage in enumerate(portrait["stage"].values)
        },
    }


def _add_exciting(
    portrait: xr.Dataset, net: dict[str, Any], exciting: dict[tuple, dict[int, bytes]]
) -> None:
    """Add the lattices that excite the shown units of a net to those of all nets that are trained
    on the same, and say in ``net`` which these are.
    """
    key = tuple(portrait.attrs[name] for name in ("data", "temperature", "seed"))
    spins = exciting.setdefault(key, {})
    net["lattices"] = list(exciting).index(key)
    wanted = {
        number
        for layers in net["stages"].values()
        for layer in layers
        for of_unit in layer["excites"]
        for number in of_unit
    }
    for number, row in zip(
        portrait["held_out"].values.tolist(), portrait["spins"].values, strict=True
    ):
        if number in wanted:
            spins[number] = row.tobytes()


def _lattices(spins: dict[int, bytes], content: Content) -> dict[str, Any]:
    """Lattices, a bit a spin, and their numbers among those held out."""
    return {"numbers": list(spins), "block": content.add(b"".join(spins.values()))}


def _numbers_of_lattices(excites: np.ndarray, held_out: np.ndarray) -> list[list[int]]:
    """Of each unit the numbers of its lattices among those held out."""
    return [held_out[of_unit[of_unit >= 0]].tolist() for of_unit in excites]


def _layer(
    portrait: xr.Dataset, stage: int, name: str, layer: int, content: Content
) -> dict[str, Any]:
    """One layer at one stage."""
    allowance = content.allowance
    count = int(portrait["units"][layer])
    at = portrait.isel(stage=stage, layer=layer)
    turn = at["turn"].values[:count]
    shown = _first(turn, allowance.units)
    of_shown = at.isel(unit=shown)
    fields = {}
    for definition in DEFINITIONS:
        variable = f"{definition}_{name}_{layer}"
        number = allowance.units if definition == PRODUCT else allowance.others
        units = _first(turn, number)
        if variable in portrait and len(units):
            fields[definition] = {
                "units": units.tolist(),
                "largest": _numbers(portrait[f"{variable}_largest"].values[units]),
                "block": content.add_steps(
                    portrait[variable].values[units], portrait.attrs["steps"]
                ),
            }
    epochs = at["epoch"].values
    epochs = epochs[epochs > 0]
    return {
        "count": count,
        "units": shown.tolist(),
        "deadByWeight": of_shown["dead_by_weight"].values.astype(int).tolist(),
        "deadByActivity": of_shown["dead_by_activity"].values.astype(int).tolist(),
        "values": {
            metric: _numbers(of_shown[f"metric_{metric}"].values)
            for metric in _metric_names(portrait)
        },
        "centre": _numbers(np.stack([of_shown["centre_y"], of_shown["centre_x"]], axis=-1)),
        "fields": fields,
        "excites": _numbers_of_lattices(of_shown["excites"].values, portrait["held_out"].values),
        "input": _numbers(of_shown["input"].values),
        "epochs": epochs.tolist(),
        "history": {
            measure: _numbers(
                of_shown[f"history_{measure}"].transpose("unit", "record").values[:, : len(epochs)]
            )
            for measure in _named(portrait, "history_")
        },
        "followed": _followed(portrait, f"{name}_{layer}", turn, content),
    }


def _followed(
    portrait: xr.Dataset, name: str, turn: np.ndarray, content: Content
) -> dict[str, Any] | None:
    """The fields after the recorded epochs, if there are any."""
    variable = f"followed_{name}"
    if variable not in portrait:
        return None
    allowed = min(content.allowance.followed, portrait[variable].shape[1])
    if not allowed:
        return None
    return {
        "units": np.argsort(turn)[:allowed].tolist(),
        "largest": _numbers(portrait[f"{variable}_largest"].values[:, :allowed]),
        "block": content.add_steps(portrait[variable].values[:, :allowed], portrait.attrs["steps"]),
    }


def _first(turn: np.ndarray, number: int | None) -> np.ndarray:
    """The numbers of the units whose turn comes first, in rising order."""
    return np.sort(np.argsort(turn)[:number])


def _numbers(values: np.ndarray) -> list:
    """Numbers to `DIGITS` digits in lists, and None for what is no number."""
    if values.ndim > 1:
        return [_numbers(inner) for inner in values]
    return [
        float(f"{value:.{DIGITS}g}") if np.isfinite(value) else None for value in values.tolist()
    ]
