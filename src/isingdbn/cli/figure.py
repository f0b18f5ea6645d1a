"""``isingdbn figure loss|reconstructions|receptive-fields|…``: draw one figure as PNG and PDF."""

import argparse
import json
from pathlib import Path

import pandas as pd
from matplotlib import colormaps
from matplotlib.figure import Figure

from isingdbn import storage
from isingdbn.cli.arguments import Parser, add_points, at_points
from isingdbn.errors import InputError
from isingdbn.figures.dead_neurons import dead_neurons_figure
from isingdbn.figures.loss import loss_figure
from isingdbn.figures.receptive_fields import receptive_fields_figure
from isingdbn.figures.reconstruction_error import reconstruction_error_figure
from isingdbn.figures.reconstructions import reconstructions_figure
from isingdbn.figures.style import house_style
from isingdbn.figures.thermodynamics import thermodynamics_figure
from isingdbn.parameters.temperature import NAMED_TEMPERATURES

__all__ = ["parser", "run"]

NAMES = ("net", "recipe", "stage", "method")  # columns of tables that are text, whatever it looks like
MARKS = {"critical": "exact $T_c$", "paper": "the paper's", "mehta_schwab": "Mehta and Schwab's"}


def parser() -> argparse.ArgumentParser:
    """The options of the command."""
    parser = Parser(prog="isingdbn figure", description=__doc__)
    parts = parser.add_subparsers(required=True, metavar="FIGURE", parser_class=Parser)
    loss = _add(parts, "loss", _loss, "Figure 1, the loss over epochs")
    loss.add_argument("--network", type=Path, required=True, help="store of `isingdbn finetune`")
    loss.add_argument("--reconstruction", type=Path, required=True, help="store of `isingdbn analyse reconstruction`")
    loss.add_argument("--label", required=True, help="names the network and its recipe")
    examples = _add(parts, "reconstructions", _reconstructions, "Figure 2, reconstructions of the same lattices")
    examples.add_argument("--inputs", type=Path, nargs="+", required=True, help="stores of `isingdbn analyse reconstruction`")
    examples.add_argument("--labels", nargs="+", required=True, help="the names of the networks, in the same order")
    fields = _add(parts, "receptive-fields", _receptive_fields, "Figure 3, the receptive fields of one network")
    fields.add_argument("--fields", type=Path, required=True, help="store of `isingdbn analyse receptive-fields`")
    fields.add_argument("--dead", type=Path, required=True, help="store of `isingdbn analyse dead-neurons`")
    fields.add_argument("--stage", choices=("pretrained", "finetuned"), required=True)
    fields.add_argument("--colormap", choices=sorted(colormaps), metavar="NAME", required=True, help="a Matplotlib colormap")
    fields.add_argument("--label", required=True, help="names the network and its recipe")
    physics = _add(parts, "thermodynamics", _thermodynamics, "Figure 5, the physics of the lattices beside the exact one")
    physics.add_argument("--measured", type=Path, nargs="+", required=True, help="stores of `isingdbn measure thermodynamics`")
    add_points(physics, "--measured")
    physics.add_argument("--exact", type=Path, required=True, help="store of `isingdbn exact`")
    physics.add_argument("--peaks", type=Path, nargs="+", required=True, help="stores of `isingdbn measure peaks`")
    for name, draw, purpose in (
        ("dead-neurons", _dead_neurons, "Table 1, dead neurons a layer"),
        ("reconstruction-error", _reconstruction_error, "Figure 4, held-out errors of all networks"),
    ):
        _add(parts, name, draw, purpose).add_argument("--table", type=Path, required=True, help=f"CSV of `isingdbn table {name}`")
    return parser


def _add(parts: argparse._SubParsersAction, name: str, draw: object, purpose: str) -> argparse.ArgumentParser:
    parser = parts.add_parser(name, description=purpose)
    parser.add_argument("--output", type=Path, nargs="+", required=True, help="the image files, .png or .pdf")
    parser.set_defaults(draw=draw)
    return parser


def run(arguments: argparse.Namespace) -> None:
    """Draw and write."""
    for path in arguments.output:
        if path.suffix not in (".png", ".pdf"):
            raise InputError(f"--output: {path} must end in .png or .pdf")
    with house_style():
        _draw(arguments)


def _draw(arguments: argparse.Namespace) -> None:
    figure, inputs = arguments.draw(arguments)
    origin = storage.provenance(__name__, {}, inputs)
    words = json.dumps(origin)
    for path in arguments.output:
        undated = {"Description": words} if path.suffix == ".png" else {"Subject": words, "CreationDate": None}
        with storage.publish_file(path, origin) as temporary:
            figure.savefig(temporary, metadata=undated)


def _loss(arguments: argparse.Namespace) -> tuple[Figure, list[Path]]:
    inputs = [arguments.network, arguments.reconstruction]
    network, reconstruction = storage.load(arguments.network, "network"), storage.load(arguments.reconstruction, "reconstruction")
    return loss_figure(network, reconstruction, arguments.label), inputs


def _reconstructions(arguments: argparse.Namespace) -> tuple[Figure, list[Path]]:
    if len(arguments.inputs) != len(arguments.labels):
        raise InputError(f"--labels: {len(arguments.labels)} names for {len(arguments.inputs)} inputs; give one a store")
    stores = [storage.load(store, "reconstruction") for store in arguments.inputs]
    networks = dict(zip(arguments.labels, stores, strict=True))
    return reconstructions_figure(networks), arguments.inputs


def _receptive_fields(arguments: argparse.Namespace) -> tuple[Figure, list[Path]]:
    inputs = [arguments.fields, arguments.dead]
    fields, dead = storage.load(arguments.fields, "receptive_fields"), storage.load(arguments.dead, "dead_neurons")
    return receptive_fields_figure(fields, dead, arguments.stage, arguments.colormap, arguments.label), inputs


def _dead_neurons(arguments: argparse.Namespace) -> tuple[Figure, list[Path]]:
    return dead_neurons_figure(_read_table(arguments.table, "dead_by_weight")), [arguments.table]


def _reconstruction_error(arguments: argparse.Namespace) -> tuple[Figure, list[Path]]:
    return reconstruction_error_figure(_read_table(arguments.table, "held_out_error")), [arguments.table]


def _thermodynamics(arguments: argparse.Namespace) -> tuple[Figure, list[Path]]:
    stores = [store for pattern in arguments.measured for store in at_points(pattern, arguments.points)]
    measured = [storage.load(store, "thermodynamics") for store in stores]
    peaks = [storage.load(store, "peaks") for store in arguments.peaks]
    exact = storage.load(arguments.exact, "exact")
    shapes = {(data.attrs["height"], data.attrs["width"]) for data in [*measured, *peaks, exact]}
    if len(shapes) > 1:
        raise InputError(f"--measured: the stores are of lattices {sorted(shapes)} (height, width); give stores of one shape")
    marks = {f"$T = {NAMED_TEMPERATURES[name]:.4f}$, {whose}": NAMED_TEMPERATURES[name] for name, whose in MARKS.items()}
    return thermodynamics_figure(measured, exact, peaks, marks), [*stores, arguments.exact, *arguments.peaks]


def _read_table(path: Path, column: str) -> pd.DataFrame:
    storage.check_file(path)
    try:
        numbers = set(pd.read_csv(path, nrows=0).columns) - set(NAMES)
        empty = {number: [""] for number in numbers}
        table = pd.read_csv(path, dtype=dict.fromkeys(NAMES, str), keep_default_na=False, na_values=empty)
    except (OSError, ValueError) as error:
        raise InputError(f"{path}: cannot be read, {' '.join(str(error).split())}; give a table of `isingdbn table`") from None
    if column not in table:
        raise InputError(f"{path}: has no column {column}; give the right table of `isingdbn table`")
    return table
