"""What all commands that draw share: the option ``--output``, the house's style,
and images with their provenance.
"""

import argparse
import json
from collections.abc import Callable
from pathlib import Path

import matplotlib as mpl
import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.backends.backend_pdf import FigureCanvasPdf
from matplotlib.figure import Figure
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from isingdbn import storage
from isingdbn.errors import InputError
from isingdbn.figures.style import house_style, make_legible

__all__ = ["add_images", "publish"]

PRINT = 300  # dots an inch
COLOURS = 256  # of a PNG, at screen size, which is a third as large then; PDFs have all


def add_images(parser: argparse.ArgumentParser) -> None:
    """The option ``--output``."""
    parser.add_argument(
        "--output", type=Path, nargs="+", required=True, help="the image files, .png or .pdf"
    )


def publish(
    modules: tuple[str, ...], outputs: list[Path], inputs: list[Path], draw: Callable[[], Figure]
) -> None:
    """Draw and write every image of ``outputs``.

    Parameters
    ----------
    modules : of the command, of which one draws.
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
        make_legible(figure)
        origin = storage.provenance(modules, {}, inputs)
        words = json.dumps(origin)
        for path in outputs:
            with storage.publish_file(path, origin) as temporary:
                _write(figure, temporary, words)


def _write(figure: Figure, path: Path, words: str) -> None:
    """Write one image, undated.

    ``Figure.savefig`` would lay out and draw everything twice, for either image.
    """
    if path.suffix == ".png":
        figure.set_dpi(mpl.rcParams["savefig.dpi"])
        canvas = FigureCanvasAgg(figure)
        canvas.draw()
        drawn = Image.fromarray(np.asarray(canvas.buffer_rgba())).convert("RGB")
        about = PngInfo()
        about.add_text("Description", words)
        reduced = drawn.quantize(COLOURS, Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)
        reduced.save(path, format="png", pnginfo=about, optimize=True)
    else:
        figure.set_dpi(PRINT)  # of images within; all else is drawn by lines
        FigureCanvasPdf(figure).print_pdf(path, metadata={"Subject": words, "CreationDate": None})
    figure.set_layout_engine("none")  # as it now is
