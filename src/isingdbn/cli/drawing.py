"""What all commands that draw share: the option ``--output``, the house's style, and images with their provenance."""

import argparse
import json
from collections.abc import Callable
from pathlib import Path

from matplotlib.figure import Figure

from isingdbn import storage
from isingdbn.errors import InputError
from isingdbn.figures.style import house_style

__all__ = ["add_images", "publish"]


def add_images(parser: argparse.ArgumentParser) -> None:
    """The option ``--output``."""
    parser.add_argument("--output", type=Path, nargs="+", required=True, help="the image files, .png or .pdf")


def publish(module: str, outputs: list[Path], inputs: list[Path], draw: Callable[[], Figure]) -> None:
    """Draw and write every image of ``outputs``.

    Parameters
    ----------
    module : the ``__name__`` of the command.
    inputs : what the figure is drawn from.
    draw : called within the house's style.

    Raises
    ------
    InputError : an image is neither .png nor .pdf. JobError : one cannot be written.
    """
    for path in outputs:
        if path.suffix not in (".png", ".pdf"):
            raise InputError(f"--output: {path} must end in .png or .pdf")
    with house_style():
        figure = draw()
        origin = storage.provenance(module, {}, inputs)
        words = json.dumps(origin)
        for path in outputs:
            undated = {"Description": words} if path.suffix == ".png" else {"Subject": words, "CreationDate": None}
            with storage.publish_file(path, origin) as temporary:
                figure.savefig(temporary, metadata=undated)
