"""Figures at screen size, as docs/gallery has them."""

from pathlib import Path

from PIL import Image

__all__ = ["copy_image"]

WIDTH = 1500  # pixels


def copy_image(source: Path, target: Path) -> None:
    """Copy a PNG, no wider than `WIDTH` and with 256 colours."""
    with Image.open(source) as image:
        image = image.convert("RGB")
        if image.width > WIDTH:
            height = round(image.height * WIDTH / image.width)
            image = image.resize((WIDTH, height), Image.Resampling.LANCZOS)
        image.quantize(256, Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE).save(
            target, optimize=True
        )
