"""Encoded images to pixels, with the checks that a hostile or broken file needs.

Used by the readers, and by whatever decodes at training or prediction time, so that all see the same pixels:
transparency lies on white, palettes and CMYK become RGB, EXIF turns are applied whatever the format, of several frames
the first is taken (`formats.py` says what is read, `dicom.py` how scans are), and more than 8 bits a channel are
brought to 8 on the data set's scale (`Schema.form.pixels`, see `tools/pictures/bit_depth.py`).
"""

import io
import os
import re
import sys
import threading
import warnings
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar, cast

from noglue.tools.pictures import formats
from noglue.tools.spec.data_form import PixelScale

if TYPE_CHECKING:
    from types import ModuleType

    import numpy as np
    from PIL import Image, ImageFile

    from noglue.tools.pictures.bit_depth import Span

FEW = 4  # pictures, for which starting threads takes longer than the work
MOST_PIXELS = 89_478_485  # Pillow's own line: a quarter of a gigabyte as RGB
_DEEP = {"I", "I;16", "I;16L", "I;16B", "I;16N", "F"}
_GREY = {"1", "L", "LA"} | _DEEP
_DEEP_COLOUR = re.compile(r"(RGB|RGBA|LA);16[BLN]")  # Pillow's names of 16 bits in a file that it would cut to 8
_EXIF = ("exif", "Raw profile type exif")
_END = {"JPEG": b"\xff\xd9", "PNG": b"IEND"}  # what the last bytes must hold; some writers pad behind it

_LACKING = "{} need {}, which is not installed; pip install 'noglue[formats]' installs it"
_SCAN = ("DICOM",)
_SMALL, _LARGE = 1 << 16, 1 << 26  # bytes of a file that is read whole for its header, and for its pixels
_OWN = ("PNG", "JPEG", "BMP", "GIF", "WEBP", "TIFF", "PPM")  # what stays encoded as it is

T = TypeVar("T")
S = TypeVar("S")


def size(source: Path | bytes) -> tuple[int, int, int]:
    """Height, width and channels (1 or 3) from the header, without decoding.

    Raises ValueError with the reason: not an image, cut off, empty, or too large to be meant honestly.
    """
    with _guarded():
        source = _held(source, _SMALL)
        if formats.decoders(source) == _SCAN:
            found = _scans().header(source)
            if found.height * found.width > MOST_PIXELS:
                raise ValueError(f"its header claims {found.width}×{found.height} pixels")
            return found.height, found.width, found.channels
    with _guarded(), _open(source) as image:
        tail = _tail(source)
        if _END.get(image.format or "", b"") not in tail:
            raise ValueError("it is cut off")
        if image.format == "PNG" and b"eXIf" in tail:
            image.load()  # it stands behind the pixels
        return _shape(image)


def pixels(
    source: Path | bytes, channels: int = 3, resize: tuple[int, int] | None = None, scale: PixelScale | None = None
) -> "np.ndarray":
    """uint8 (height, width, channels), resized to `resize` = (height, width) when given (bilinear, antialiased).

    scale: the data set's; without one, more than 8 bits are on their type's full range. Raises ValueError with the
    reason.
    """
    import numpy as np
    from PIL import Image

    with _guarded(), _open(source := _held(source)) as image:
        if resize is not None and image.format == "JPEG":
            image.draft(None, (resize[1], resize[0]))  # lets the decoder skip detail that would be thrown away
        whole = _plain(image, source, channels, scale)
        if resize is not None and (whole.height, whole.width) != resize:
            whole = whole.resize((resize[1], resize[0]), Image.Resampling.BILINEAR, reducing_gap=2.0)
        array = np.asarray(whole, dtype=np.uint8)
    return array.reshape(*array.shape[:2], channels)


def exactly(source: Path | bytes, shape: tuple[int, int, int], scale: PixelScale | None = None) -> "np.ndarray | None":
    """The pixels if they have this height, width and no more channels, else None. Raises ValueError with the reason."""
    import numpy as np

    with _guarded(), _open(source := _held(source)) as image:
        if image.mode not in _GREY and shape[2] == 1:
            return None
        whole = _plain(image, source, shape[2], scale)
        same = (whole.height, whole.width) == shape[:2]
        return np.asarray(whole, dtype=np.uint8).reshape(shape) if same else None


def frames(source: Path | bytes) -> int:
    """How many pictures the file holds, as an animation or a stack does: the first is taken. Raises ValueError."""
    with _guarded():
        if formats.decoders(source) == _SCAN:
            return int(_scans().header(source).frames)
        with _open(source) as image:
            return int(getattr(image, "n_frames", 1))


def span(source: Path | bytes) -> "Span | None":
    """The range of values of a picture with more than 8 bits a channel, None for others. Raises ValueError."""
    from noglue.tools.pictures import bit_depth

    with _guarded(), _open(source) as image:
        return bit_depth.span(_values(image, source)[0]) if _is_deep(image) else None


def beyond(source: Path | bytes, scale: PixelScale | None) -> bool:
    """Whether a picture with more than 8 bits a channel holds values that are cut off. Raises ValueError."""
    from noglue.tools.pictures import bit_depth

    with _guarded(), _open(source) as image:
        return _is_deep(image) and bit_depth.beyond(_values(image, source)[0][None], scale) > 0


def in_bytes(source: bytes, scale: PixelScale | None) -> bytes:
    """The file as it is; one with more than 8 bits a channel, or of a rarer format, as PNG of 8, upright.

    Raises ValueError.
    """
    with _guarded(), _open(source) as image:
        if not _is_deep(image) and image.format in _OWN:
            return source
        buffer = io.BytesIO()
        _plain(image, source, 1 if image.mode in _GREY else 3, scale).save(buffer, "PNG", compress_level=1)
        return buffer.getvalue()


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

    if len(sources) <= FEW:
        with quiet():
            found = some(sources)
        yield from found
        return
    with quiet(), ThreadPoolExecutor(os.cpu_count()) as pool:
        for start in range(0, len(sources), 1 << 14):  # so that results need not all wait in memory
            window = sources[start : start + (1 << 14)]
            for part in pool.map(some, [window[place : place + 256] for place in range(0, len(window), 256)]):
                yield from part


@contextmanager
def _guarded() -> Iterator[None]:
    """Everything that Pillow raises on a bad file, as one ValueError."""
    import struct
    import zlib

    from PIL import Image, UnidentifiedImageError

    try:
        yield
    except UnidentifiedImageError as error:
        raise ValueError("it is not an image that can be decoded") from error
    except Image.DecompressionBombError as error:
        raise ValueError("its header claims far too many pixels") from error
    except (OSError, SyntaxError, EOFError, ArithmeticError, LookupError, MemoryError, TypeError, AttributeError,
            AssertionError, RecursionError, RuntimeError, struct.error, zlib.error) as error:  # fmt: skip
        raise ValueError(f"it is damaged ({error})") from error


def _held(source: Path | bytes, most: int = _LARGE) -> Path | bytes:
    """A file's content, unless it is too large: its first and last bytes are looked at before it is decoded, and of a
    small picture each opening takes as long as the decoding."""
    if not isinstance(source, Path):
        return source
    with source.open("rb", buffering=0) as file:
        return file.read() if os.fstat(file.fileno()).st_size <= most else source


def _open(source: Path | bytes) -> "ImageFile.ImageFile":
    from PIL import Image

    if (source.stat().st_size if isinstance(source, Path) else len(source)) == 0:
        raise ValueError("it is empty")
    names = formats.decoders(source)
    with quiet():
        if names == _SCAN:
            return cast("ImageFile.ImageFile", _scans().opened(source, MOST_PIXELS))
        if names == ("HEIF",):
            _learn_heif()
        file = source if isinstance(source, Path) else io.BytesIO(source)
        if names == formats.MISLABELLED:  # the decoder goes by the brand alone
            whole = source.read_bytes() if isinstance(source, Path) else source
            file, names = io.BytesIO(whole[:8] + b"avif" + whole[12:]), ("AVIF",)
        image = Image.open(file, formats=names)
    image.filename = ""  # else Pillow maps plain pixels into memory, and turns a TIFF without turning them
    if image.width * image.height > MOST_PIXELS:
        claimed = f"its header claims {image.width}×{image.height} pixels"
        image.close()
        raise ValueError(claimed)
    return image


def _scans() -> "ModuleType":
    try:
        import pydicom  # noqa: F401
    except ModuleNotFoundError as error:
        raise ValueError(_LACKING.format("DICOM pictures", "pydicom")) from error
    from noglue.tools.pictures import dicom

    return dicom


def _learn_heif() -> None:
    try:
        import pillow_heif
    except ModuleNotFoundError as error:
        raise ValueError(_LACKING.format("HEIC pictures", "pillow-heif")) from error
    pillow_heif.options.DEPTH_IMAGES = pillow_heif.options.AUX_IMAGES = False
    pillow_heif.register_heif_opener()


@contextmanager
def quiet() -> Iterator[None]:
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


def _plain(
    image: "ImageFile.ImageFile", source: Path | bytes, channels: int, scale: PixelScale | None
) -> "Image.Image":
    """Upright, opaque, 8 bits a channel: mode L or RGB."""
    from PIL import Image, ImageOps

    eight: Image.Image = _eight_bits(image, source, scale) if _is_deep(image) else image
    eight.load()  # a PNG may tell behind its pixels how it is turned
    upright = ImageOps.exif_transpose(eight) if _turn(eight) > 1 else eight
    if upright.mode in ("RGBA", "LA", "PA") or "transparency" in upright.info:
        clear = upright.convert("RGBA")
        upright = Image.alpha_composite(Image.new("RGBA", clear.size, "white"), clear).convert("RGB")
    mode = "L" if channels == 1 else "RGB"
    return upright if upright.mode == mode else upright.convert(mode)


def _is_deep(image: "ImageFile.ImageFile") -> bool:
    """Whether a channel has more than 8 bits, by the header; to be asked before the pixels are loaded."""
    return image.mode in _DEEP or bool(image.tile and _DEEP_COLOUR.search(str(image.tile[0].args)))


def _eight_bits(image: "ImageFile.ImageFile", source: Path | bytes, scale: PixelScale | None) -> "Image.Image":
    import numpy as np
    from PIL import Image

    from noglue.tools.pictures import bit_depth

    values, opacity = _values(image, source)
    eight = Image.fromarray(bit_depth.to_bytes(values, scale))
    if opacity is not None:
        eight = eight.convert("RGB")
        eight.putalpha(Image.fromarray(np.ascontiguousarray(opacity)))
    eight.info |= {name: image.info[name] for name in _EXIF if name in image.info}
    return eight


def _values(image: "ImageFile.ImageFile", source: Path | bytes) -> "tuple[np.ndarray, np.ndarray | None]":
    """All bits of a deep picture, (height, width) or (height, width, 3), and its opacity as uint8 where it has some.

    Of 16-bit colour Pillow keeps the upper bytes; told that the file has the other byte order, it keeps the lower.
    """
    import numpy as np

    if image.mode in _DEEP:
        values = np.asarray(image)
        return values.astype(np.uint16) if image.format == "PPM" and image.mode == "I" else values, None
    with _open(source) as again:
        again.tile = [tile._replace(args=_lower(tile.args)) for tile in again.tile]
        lower = np.asarray(again)
        grey = _lower(image.tile[0].args) == "RGBA"
    if grey:  # the four bytes of a pixel, of which two are its grey and two its opacity
        return lower[..., 0].astype(np.uint16) << 8 | lower[..., 1], lower[..., 2]
    upper = np.asarray(image)
    values = upper[..., :3].astype(np.uint16) << 8 | lower[..., :3]
    return values, upper[..., 3] if upper.shape[2] == 4 else None


def _lower(args: Any) -> Any:
    """A decoder's arguments, which begin with the form of a pixel in the file."""
    if isinstance(args, tuple):
        return (_lower(args[0]), *args[1:])
    if args == "LA;16B":
        return "RGBA"
    native = "L" if sys.byteorder == "little" else "B"
    return args[:-1] + {"B": "L", "L": "B"}[args[-1].replace("N", native)]


def _turn(image: "Image.Image") -> int:
    """EXIF's orientation: 1 upright, 5…8 a quarter turn, by the header alone. TIFF is turned by Pillow itself."""
    if image.format == "TIFF" or not any(name in image.info for name in _EXIF):
        return 1
    orientation = image.getexif().get(0x0112, 1)
    return orientation if orientation in range(2, 9) else 1


def _tail(source: Path | bytes) -> bytes:
    if not isinstance(source, Path):
        return source[-4096:]
    with source.open("rb") as file:
        file.seek(max(0, source.stat().st_size - 4096))
        return file.read()
