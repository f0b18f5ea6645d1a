"""Figures at screen size, as docs/gallery has them."""

import shutil
from pathlib import Path

from PIL import Image

__all__ = ["copy_image"]

WIDTH = 1800  # pixels


def copy_image(source: Path, target: Path) -> None:
    """Copy a PNG, no wider than `WIDTH`; one that must be made smaller has 256 colours."""
    with Image.open(source) as image:
        if image.width <= WIDTH:
            shutil.copyfile(source, target)
            return
        height = round(image.height * WIDTH / image.width)
        smaller = image.convert("RGB").resize((WIDTH, height), Image.Resampling.LANCZOS)
        smaller.quantize(256, Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE).save(
            target, optimize=True
        )
