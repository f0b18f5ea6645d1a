"""What all commands that draw share: the option ``--output``, the house's style,
and images, films and pages with their provenance.
"""

import argparse
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import matplotlib as mpl
import numpy as np
from matplotlib.animation import Animation, PillowWriter
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
FRAMES = 2  # of a film, a second
DOTS = 80  # of a film, an inch
SUFFIXES = {Figure: (".png", ".pdf"), Animation: (".gif",), str: (".html",)}


def add_images(parser: argparse.ArgumentParser, draw: Callable) -> None:
    """The option ``--output``, for what ``draw`` draws."""
    parser.add_argument(
        "--output",
        type=Path,
        nargs="+",
        required=True,
        help=f"the files, {' or '.join(_suffixes(draw))}",
    )


def publish(
    modules: tuple[str, ...],
    outputs: list[Path],
    inputs: list[Path],
    draw: Callable[..., Figure | Animation | str],
    values: dict[str, Any],
) -> None:
    """Draw and write every file of ``outputs``.

    Parameters
    ----------
    modules : of the command, of which one draws.
    inputs : what the figure is drawn from.
    draw : called with ``values`` within the house's style. What it is annotated to return says
        what is written: images, a film, or the HTML of a page.

    Raises
    ------
    InputError : a file has another suffix. JobError : one cannot be written.
    """
    allowed = _suffixes(draw)
    for path in outputs:
        if path.suffix not in allowed:
            raise InputError(f"--output: {path} must end in {' or '.join(allowed)}")
    with house_style():
        drawn = draw(**values)
        if isinstance(drawn, Figure):
            make_legible(drawn)
        origin = storage.provenance(modules, {}, inputs)
        words = json.dumps(origin)
        for path in outputs:
            with storage.publish_file(path, origin) as temporary:
                _write(drawn, temporary, words)


def _suffixes(draw: Callable) -> tuple[str, ...]:
    """Those of the files that what ``draw`` returns can be written to."""
    return SUFFIXES[draw.__annotations__["return"]]


def _write(drawn: Figure | Animation | str, path: Path, words: str) -> None:
    """Write one file, undated."""
    if isinstance(drawn, str):
        path.write_text(drawn, encoding="utf-8")
    elif isinstance(drawn, Animation):
        drawn.save(path, writer=PillowWriter(fps=FRAMES), dpi=DOTS)
    else:
        _write_image(drawn, path, words)


def _write_image(figure: Figure, path: Path, words: str) -> None:
    """Write one image.

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
