"""Encoded images to pixels, with the checks that a hostile or broken file needs.

Used by the readers, and by whatever decodes at training or prediction time, so that all see the same pixels:
transparency lies on white, palettes and CMYK become RGB, EXIF turns are applied.
"""

import io
import os
import threading
import warnings
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    import numpy as np
    from PIL import Image

EXTENSIONS = frozenset(
    {".png", ".jpg", ".jpeg", ".jpe", ".jfif", ".bmp", ".gif", ".webp", ".tif", ".tiff", ".ppm", ".pgm", ".pbm", ".pnm"}
)
MOST_PIXELS = 89_478_485  # Pillow's own line: a quarter of a gigabyte as RGB
_GREY = {"1", "L", "LA", "I", "I;16", "I;16B", "F"}

T = TypeVar("T")
S = TypeVar("S")


def size(source: Path | bytes) -> tuple[int, int, int]:
    """Height, width and channels (1 or 3) from the header, without decoding.

    Raises ValueError with the reason: not an image, cut off, empty, or too large to be meant honestly.
    """
    with _guarded(), _open(source) as image:
        if _cut_off(source, image.format):
            raise ValueError("it is cut off")
        return _shape(image)


def pixels(source: Path | bytes, channels: int = 3, resize: tuple[int, int] | None = None) -> "np.ndarray":
    """uint8 (height, width, channels), resized to `resize` = (height, width) when given (bilinear, antialiased).

    Raises ValueError with the reason.
    """
    import numpy as np
    from PIL import Image

    with _guarded(), _open(source) as image:
        if resize is not None and image.format == "JPEG":
            image.draft(None, (resize[1], resize[0]))  # lets the decoder skip detail that would be thrown away
        whole = _plain(image, channels)
        if resize is not None and (whole.height, whole.width) != resize:
            whole = whole.resize((resize[1], resize[0]), Image.Resampling.BILINEAR)
        array = np.asarray(whole, dtype=np.uint8)
    return array.reshape(*array.shape[:2], channels)


def exactly(source: Path | bytes, shape: tuple[int, int, int]) -> "np.ndarray | None":
    """The pixels if they have this height, width and no more channels, else None. Raises ValueError with the reason."""
    import numpy as np

    with _guarded(), _open(source) as image:
        height, width, channels = _shape(image)
        if (height, width) != shape[:2] or channels > shape[2]:
            return None
        return np.asarray(_plain(image, shape[2]), dtype=np.uint8).reshape(shape)


def each(work: Callable[[S], T], sources: Sequence[S]) -> Iterator[T | ValueError]:
    """`work` on every source, in order, on all cores; a ValueError takes the place of its result."""

    def some(part: Sequence[S]) -> list[T | ValueError]:
        found: list[T | ValueError] = []
        for source in part:
            try:
                found.append(work(source))
            except ValueError as error:
                found.append(error)
        return found

    with _quiet(), ThreadPoolExecutor(os.cpu_count()) as pool:
        for start in range(0, len(sources), 1 << 14):  # so that results need not all wait in memory
            window = sources[start : start + (1 << 14)]
            for part in pool.map(some, [window[place : place + 256] for place in range(0, len(window), 256)]):
                yield from part


@contextmanager
def _guarded() -> Iterator[None]:
    """Everything that Pillow raises on a bad file, as one ValueError."""
    import struct

    from PIL import Image, UnidentifiedImageError

    try:
        yield
    except UnidentifiedImageError as error:
        raise ValueError("it is not an image that can be decoded") from error
    except Image.DecompressionBombError as error:
        raise ValueError("its header claims far too many pixels") from error
    except (OSError, SyntaxError, EOFError, struct.error, IndexError, KeyError, MemoryError, TypeError) as error:
        raise ValueError(f"it is damaged ({error})") from error


def _open(source: Path | bytes) -> "Image.Image":
    from PIL import Image

    if (source.stat().st_size if isinstance(source, Path) else len(source)) == 0:
        raise ValueError("it is empty")
    with _quiet():
        image = Image.open(source if isinstance(source, Path) else io.BytesIO(source))
    if image.width * image.height > MOST_PIXELS:
        claimed = f"its header claims {image.width}×{image.height} pixels"
        image.close()
        raise ValueError(claimed)
    return image


@contextmanager
def _quiet() -> Iterator[None]:
    """No warnings of odd EXIF data and large pictures. The switch is the whole process's, so `each` sets it once."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def _shape(image: "Image.Image") -> tuple[int, int, int]:
    height, width = (image.width, image.height) if _turn(image) >= 5 else (image.height, image.width)
    return height, width, 1 if image.mode in _GREY else 3


def _plain(image: "Image.Image", channels: int) -> "Image.Image":
    """Upright, opaque, 8 bits a channel: mode L or RGB."""
    from PIL import Image, ImageOps

    upright = ImageOps.exif_transpose(image) if _turn(image) > 1 else image
    if upright.mode in ("RGBA", "LA", "PA") or "transparency" in upright.info:
        clear = upright.convert("RGBA")
        upright = Image.alpha_composite(Image.new("RGBA", clear.size, "white"), clear).convert("RGB")
    if upright.mode in ("I", "I;16", "I;16B", "F"):
        upright = _eight_bits(upright)
    return upright.convert("L" if channels == 1 else "RGB")


def _eight_bits(image: "Image.Image") -> "Image.Image":
    """16-bit and real-valued pixels: 0…65535 is halved to its upper byte, anything up to 255 stays."""
    import numpy as np
    from PIL import Image

    values = np.asarray(image, dtype=np.float32)
    high = float(values.max(initial=0))
    scale = 255.0 if high <= 1 else 1.0 if high <= 255 else 1 / 257
    return Image.fromarray(np.clip(values * scale + 0.5, 0, 255).astype(np.uint8))


def _turn(image: "Image.Image") -> int:
    """EXIF's orientation: 1 upright, 5…8 a quarter turn. Looked up for JPEG alone, where cameras write it."""
    if image.format != "JPEG" or "exif" not in image.info:
        return 1
    told = image.getexif().get(0x0112, 1)
    return told if told in range(2, 9) else 1


def _cut_off(source: Path | bytes, format_: str | None) -> bool:
    """Whether the end that JPEG and PNG must have is missing; some writers pad behind it."""
    marks = {"JPEG": b"\xff\xd9", "PNG": b"IEND"}
    if format_ not in marks:
        return False
    if isinstance(source, Path):
        with source.open("rb") as file:
            file.seek(max(0, source.stat().st_size - 4096))
            tail = file.read()
    else:
        tail = source[-4096:]
    return marks[format_] not in tail
