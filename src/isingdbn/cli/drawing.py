"""What all commands that draw share: the option ``--output``, the house's style,
and images, films and pages with their provenance.
"""

import argparse
import base64
import html
import io
import json
import sys
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
from isingdbn.cli.arguments import refuse_repeated
from isingdbn.errors import InputError
from isingdbn.figures.style import STYLES, house_style, make_legible

__all__ = ["add_images", "publish"]

PRINT = 300  # dots an inch
COLOURS = 256  # of a PNG, at screen size, which is a third as large then; PDFs have all
SCREEN = (1280, 800)  # dots, which an image in a page never exceeds
LARGEST = 130_000  # bytes of it: the report of the default experiment is then below 15 MB
QUALITIES = (80, 50, 20)  # of it, of 100: the best that is no larger, or the last
FRAMES = 2  # of a film, a second
DOTS = 80  # of a film, an inch
SUFFIXES = {Figure: (".png", ".pdf", ".html"), Animation: (".gif",), str: (".html",)}

# An image with a text that is read aloud instead of it, as large as fits into any window.
# Snakemake's report shows images as they are, cut off where they do not fit (issue 3906), and
# without a text; a page it shows in a frame that is as large as its window.
PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="description" content="{origin}">
<title>{title}</title>
<style>
body {{ margin: 0; display: grid; place-items: center; height: 100vh; background: white }}
img {{ max-width: 100vw; max-height: 100vh }}
</style>
</head>
<body><img src="data:image/webp;base64,{image}" alt="{text}"></body>
</html>
"""


def add_images(parser: argparse.ArgumentParser, draw: Callable) -> None:
    """The option ``--output``, for what ``draw`` draws; and ``--style``, if that is images."""
    parser.add_argument(
        "--output",
        type=Path,
        nargs="+",
        required=True,
        help=f"the files, {' or '.join(_suffixes(draw))}",
    )
    if draw.__annotations__["return"] is Figure:
        parser.add_argument(
            "--style",
            choices=list(STYLES),
            default="print",
            help="for paper, or with larger text and thicker lines for talks",
        )


def publish(
    modules: tuple[str, ...],
    outputs: list[Path],
    inputs: list[Path],
    draw: Callable[..., Figure | Animation | str],
    values: dict[str, Any],
    style: str = "print",
) -> None:
    """Draw and write every file of ``outputs``.

    Parameters
    ----------
    modules : of the command, of which one draws.
    inputs : what the figure is drawn from.
    draw : called with ``values`` within the house's style. What it is annotated to return says
        what is written: images, a film, or the HTML of a page.
    style : one of `STYLES`.

    Raises
    ------
    InputError : a file has another suffix. JobError : one cannot be written.
    """
    allowed = _suffixes(draw)
    for path in outputs:
        if path.suffix not in allowed:
            raise InputError(f"--output: {path} must end in {' or '.join(allowed)}")
    refuse_repeated("--output", outputs)
    with house_style(style):
        drawn = draw(**values)
        if isinstance(drawn, Figure):
            make_legible(drawn, style)
        origin = storage.provenance(modules, {}, inputs)
        words = json.dumps(origin)
        about = sys.modules[draw.__module__].__doc__ or ""
        for path in outputs:
            with storage.publish_file(path, origin) as temporary:
                _write(drawn, temporary, words, about)


def _suffixes(draw: Callable) -> tuple[str, ...]:
    """Those of the files that what ``draw`` returns can be written to."""
    return SUFFIXES[draw.__annotations__["return"]]


def _write(drawn: Figure | Animation | str, path: Path, words: str, about: str) -> None:
    """Write one file, undated, with its provenance in ``words``, and what it is ``about``."""
    if isinstance(drawn, str):
        path.write_text(drawn, encoding="utf-8")
    elif isinstance(drawn, Animation):
        drawn.save(path, writer=PillowWriter(fps=FRAMES), dpi=DOTS)
    elif path.suffix == ".html":
        path.write_text(_page(drawn, about, words), encoding="utf-8")
    else:
        _write_image(drawn, path, words)


def _write_image(figure: Figure, path: Path, words: str) -> None:
    """Write one image.

    ``Figure.savefig`` would lay out and draw everything twice, for either image.
    """
    if path.suffix == ".png":
        about = PngInfo()
        about.add_text("Description", words)
        reduced = _drawn(figure, mpl.rcParams["savefig.dpi"]).quantize(
            COLOURS, Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE
        )
        reduced.save(path, format="png", pnginfo=about, optimize=True)
    else:
        figure.set_dpi(PRINT)  # of images within; all else is drawn by lines
        FigureCanvasPdf(figure).print_pdf(path, metadata={"Subject": words, "CreationDate": None})
    figure.set_layout_engine("none")  # as it now is


def _drawn(figure: Figure, dots: float) -> Image.Image:
    """A figure as an image of so many ``dots`` an inch."""
    figure.set_dpi(dots)
    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    return Image.fromarray(np.asarray(canvas.buffer_rgba())).convert("RGB")


def _page(figure: Figure, about: str, words: str) -> str:
    """A page with the figure at `SCREEN` size, whose text is ``about`` and the figure's title."""
    fitting = min(
        most // inches for most, inches in zip(SCREEN, figure.get_size_inches(), strict=True)
    )
    image = _drawn(figure, min(fitting, mpl.rcParams["savefig.dpi"]))
    for quality in QUALITIES:
        written = io.BytesIO()
        image.save(written, format="webp", quality=quality)
        if len(written.getvalue()) <= LARGEST:
            break
    title = figure.get_suptitle().replace("$", "").replace("\\,", " ")
    text = " ".join(f"{about} {title}".split())
    return PAGE.format(
        origin=html.escape(words),
        title=html.escape(about.partition(":")[0]),
        image=base64.b64encode(written.getvalue()).decode(),
        text=html.escape(text),
    )
