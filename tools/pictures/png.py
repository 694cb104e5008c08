"""One image as a PNG with words in it, and back.

    >>> data = encode(pixels, {"Software": "noglue 0.1.0", "Synthetic": "true"})
    >>> decode(data).texts["Synthetic"]
    'true'

Source: https://www.w3.org/TR/png-3/#11textinfo (tEXt for Latin-1, iTXt for any words; keywords up to 79 characters).
"""

import io
import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from noglue.tools.spec.errors import DataError, Kind

if TYPE_CHECKING:
    import numpy as np

XMP = "XML:com.adobe.xmp"
_BIT_DEPTH = 24  # the byte of a PNG that says how many bits a sample has


@dataclass(frozen=True)
class Decoded:
    """pixels: uint8 (height, width, 4), the last for opacity. plain: one still image of at most 8 bits a sample."""

    pixels: "np.ndarray"
    texts: dict[str, str]
    plain: bool

    def raw(self, channels: int) -> bytes | None:
        """The pixels as `channels` (1 or 3) bytes each, row by row; None where the image holds more than that."""
        red = self.pixels[..., :1]
        if not self.plain or (self.pixels[..., 3] != 255).any():
            return None
        if channels == 1:
            return red.tobytes() if (self.pixels[..., :3] == red).all() else None
        return self.pixels[..., :3].tobytes()


def encode(pixels: "np.ndarray", texts: Mapping[str, str]) -> bytes:
    """pixels: uint8 (height, width, 1 or 3). Always the same bytes for the same input and version of Pillow."""
    from PIL import Image
    from PIL.PngImagePlugin import PngInfo

    words = PngInfo()
    for keyword, text in texts.items():
        if keyword == XMP:  # other programs look for it in an iTXt chunk, uncompressed
            words.add_itxt(keyword, text)
        else:
            words.add_text(keyword, text)
    image = Image.fromarray(pixels[..., 0] if pixels.shape[-1] == 1 else pixels)
    stream = io.BytesIO()
    image.save(stream, "PNG", pnginfo=words)
    return stream.getvalue()


def decode(data: bytes) -> Decoded:
    """Raises DataError `unreadable` for anything but a whole PNG of a size that is safe to open."""
    import numpy as np
    from PIL import Image

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(data), formats=["PNG"]) as image:
                image.load()
                texts = {str(name): str(text) for name, text in getattr(image, "text", {}).items()}
                plain = getattr(image, "n_frames", 1) == 1 and data[_BIT_DEPTH] <= 8
                return Decoded(np.asarray(image.convert("RGBA")), texts, plain)
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise DataError(Kind.UNREADABLE, f"It can't be read as a PNG: {error}.") from error
