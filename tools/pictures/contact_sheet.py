"""Pages of images: many small ones side by side in one PNG.

>>> page(pixels, columns=10).size            # 100 digits of 28×28, doubled, with a line of 2 pixels between them
(582, 582)
"""

from pathlib import Path
from typing import TYPE_CHECKING

from noglue.tools.spec.thumbnail import MOST_HIGH, MOST_WIDE, Thumbnail

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


def thumbnail(pixels: "np.ndarray") -> Thumbnail:
    """As many of them as a terminal has room for, side by side, each in its own size if it is small.

    pixels: uint8 (n, h, w, 1 or 3).
    """
    import numpy as np
    from PIL import Image

    count, height, width, _ = pixels.shape
    scale = min(1.0, MOST_HIGH / height, MOST_WIDE / width)
    tall, wide = max(1, int(height * scale)), max(1, int(width * scale))
    columns, rows = min(count, (MOST_WIDE + 1) // (wide + 1)), (MOST_HIGH + 1) // (tall + 1)
    rows = min(max(1, rows), -(-count // max(1, columns)))
    sheet = np.zeros((rows * (tall + 1) - 1, columns * (wide + 1) - 1, 3), np.uint8)
    for place, image in enumerate(pixels[: rows * columns]):
        small = Image.fromarray(image[..., 0] if image.shape[2] == 1 else image).convert("RGB").resize((wide, tall))
        top, left = place // columns * (tall + 1), place % columns * (wide + 1)
        sheet[top : top + tall, left : left + wide] = np.asarray(small)
    return Thumbnail.of(sheet.shape[1], sheet.shape[0], sheet.tobytes())


def row_height(height: int, width: int, gap: int = GAP) -> int:
    """Of a page's first row of such images, with the line above and below it, in pixels."""
    return height * _factor(height, width) + 2 * gap


def _factor(height: int, width: int) -> int:
    return max(1, -(-LEAST_SIDE // max(height, width)))


def save(file: Path, pixels: "np.ndarray", columns: int) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    page(pixels, columns).save(file)  # not optimized: ten times the time for a thousandth of the bytes
