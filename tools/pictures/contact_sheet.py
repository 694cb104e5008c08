"""Pages of images: many small ones side by side in one PNG.

>>> page(pixels, columns=10).size            # 100 digits of 28×28, doubled, with a line of 2 pixels between them
(582, 582)
"""

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from PIL import Image

GAP = 2
LEAST_SIDE = 40  # pixels that an image of the page takes at least; smaller ones are enlarged by a whole factor


def page(pixels: "np.ndarray", columns: int, gap: int = GAP) -> "Image.Image":
    """pixels: uint8 (n, h, w, 1 or 3), row by row; places left over stay white."""
    import numpy as np
    from PIL import Image

    count, height, width, channels = pixels.shape
    factor = _factor(height, width)
    large = pixels.repeat(factor, axis=1).repeat(factor, axis=2)
    rows = -(-count // columns)
    tall, wide = height * factor + gap, width * factor + gap
    sheet = np.full((rows * tall + gap, columns * wide + gap, channels), 255, np.uint8)
    for place, image in enumerate(large):
        top, left = gap + place // columns * tall, gap + place % columns * wide
        sheet[top : top + height * factor, left : left + width * factor] = image
    return Image.fromarray(sheet[..., 0] if channels == 1 else sheet)


def row_height(height: int, width: int, gap: int = GAP) -> int:
    """Of a page's first row of such images, with the line above and below it, in pixels."""
    return height * _factor(height, width) + 2 * gap


def _factor(height: int, width: int) -> int:
    return max(1, -(-LEAST_SIDE // max(height, width)))


def save(file: Path, pixels: "np.ndarray", columns: int) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    page(pixels, columns).save(file)  # not optimized: ten times the time for a thousandth of the bytes
