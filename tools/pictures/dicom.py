"""DICOM: the pixels of a scan or an X-ray, and nothing else of what the file tells of a patient.

    128 bytes, DICM, then tags: (0028,0010) Rows 512, (0028,1050) WindowCenter 40, …, (7FE0,0010) PixelData

Values are what the device measured (rescaled, as Hounsfield units are), through the first window of the file where it
has one: 8 bits a pixel, as a viewer shows them. Without a window all bits are kept. MONOCHROME1, where 0 is white, is
turned round. Of several frames the first is taken. Read is what is not packed, and RLE; other packings are refused.
Source: https://dicom.nema.org/medical/dicom/current/output/html/part03.html#sect_C.7.6.3
"""

import io
import logging
import struct
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    import numpy as np
    from PIL import Image

_PLAIN = ("1.2.840.10008.1.2", "1.2.840.10008.1.2.1", "1.2.840.10008.1.2.2")
_RLE = "1.2.840.10008.1.2.5"
_DEFLATED = b"1.2.840.10008.1.2.1.99"
_HEADER = ("Rows", "Columns", "SamplesPerPixel", "BitsStored", "BitsAllocated", "NumberOfFrames", "PixelRepresentation",
           "PhotometricInterpretation", "WindowCenter", "WindowWidth", "VOILUTFunction", "VOILUTSequence",
           "RescaleSlope", "RescaleIntercept", "RescaleType", "ModalityLUTSequence")  # fmt: skip
_PALETTE = ["PhotometricInterpretation", "BitsStored", "SegmentedRedPaletteColorLookupTableData"]
_PALETTE += [f"{name}PaletteColorLookupTable{part}" for name in ("Red", "Green", "Blue") for part in
             ("Data", "Descriptor")]  # fmt: skip


class Header(NamedTuple):
    height: int
    width: int
    channels: int
    frames: int


def header(source: Path | bytes) -> Header:
    """Raises ValueError with the reason."""
    with _said():
        return _header(_read(source))


def _header(tags: Any) -> Header:
    colour = int(tags.get("SamplesPerPixel", 1)) == 3 or tags.get("PhotometricInterpretation") == "PALETTE COLOR"
    frames = int(tags.get("NumberOfFrames", 1) or 1)
    return Header(int(tags.Rows), int(tags.Columns), 3 if colour else 1, frames)


def opened(source: Path | bytes, most_pixels: int) -> "Image.Image":
    """Mode L or RGB of 8 bits, else F or I;16 with all bits. Raises ValueError with the reason."""
    import numpy as np
    from PIL import Image

    found = header(source)
    if found.height * found.width > most_pixels:
        raise ValueError(f"its header claims {found.width}×{found.height} pixels")
    with _said():
        tags = _read(source)
        values = _colours(source, tags) if found.channels == 3 else _greys(source, tags)
    if values.shape[:2] != (found.height, found.width):
        raise ValueError("it holds other pixels than its header says")
    image = Image.fromarray(np.ascontiguousarray(values))
    image.format = "DICOM"
    image.tile = ()  # type: ignore[attr-defined]
    return image


def _read(source: Path | bytes) -> Any:
    """Those tags that tell of the picture alone; a name or a date of birth is never looked at."""
    import pydicom

    pydicom.config.settings.reading_validation_mode = pydicom.config.IGNORE
    logging.getLogger("pydicom").setLevel(logging.CRITICAL)
    if _DEFLATED in _start(source):  # unfolded by the mere opening, to any size
        raise ValueError("it is deflated as a whole, which is not unpacked here")
    tags = pydicom.dcmread(_file(source), specific_tags=list(_HEADER), stop_before_pixels=True)
    kind = str(tags.file_meta.get("TransferSyntaxUID", "1.2.840.10008.1.2"))
    if kind not in (*_PLAIN, _RLE):
        name = pydicom.uid.UID(kind).name
        raise ValueError(f"its pixels are packed as {name}, which is not unpacked here")
    if not tags.get("Rows") or not tags.get("Columns"):
        raise ValueError("it holds no picture, as a report or a plan does")
    return tags


def _pixels(source: Path | bytes, colours: bool) -> "np.ndarray":
    """Of the first frame, as they are stored; colours as RGB."""
    from pydicom.pixels.utils import pixel_array

    with _said():
        return pixel_array(_file(source), index=0, raw=not colours)


def _greys(source: Path | bytes, tags: Any) -> "np.ndarray":
    import numpy as np
    from pydicom.pixels.processing import apply_modality_lut, apply_voi_lut

    stored = _pixels(source, colours=False)
    with _said():
        measured = apply_modality_lut(stored, tags)
        windowed = "WindowWidth" in tags or "VOILUTSequence" in tags
        seen = np.asarray(apply_voi_lut(measured, tags, index=0) if windowed else measured)
    inverse = tags.get("PhotometricInterpretation") == "MONOCHROME1"
    if windowed:
        least, most = _range(seen, tags)
        share = np.clip((seen.astype(np.float32) - least) / max(most - least, 1e-9), 0, 1)
        shades: np.ndarray = np.rint(255 * (1 - share if inverse else share)).astype(np.uint8)
        return shades
    if inverse:
        ends = np.asarray(apply_modality_lut(np.array(_stored_range(tags), stored.dtype), tags), np.float64)
        seen = ends.sum() - seen
    if seen.dtype == np.uint8 or (seen.dtype == np.uint16 and sys.byteorder == "little"):
        return seen
    bits = int(tags.get("BitsStored", 16))
    whole = seen.min() >= 0 and bool((seen == np.rint(seen)).all())
    if whole and seen.max() <= 255 and bits <= 8:
        return seen.astype(np.uint8)
    return seen.astype(np.uint16) if whole and seen.max() <= 65535 else seen.astype(np.float32)


def _range(seen: "np.ndarray", tags: Any) -> tuple[float, float]:
    """What a window or a table of values makes of the darkest and the brightest that the device can measure."""
    import numpy as np
    from pydicom.pixels.processing import apply_voi_lut

    if "VOILUTSequence" in tags and "WindowWidth" not in tags:
        return float(seen.min()), float(seen.max())
    values = np.asarray(apply_voi_lut(np.asarray([[-1e12, 1e12]]), tags, index=0))
    return float(values.min()), float(values.max())


def _stored_range(tags: Any) -> tuple[int, int]:
    bits = min(32, max(1, int(tags.get("BitsStored", 16))))
    return (-(1 << bits - 1), (1 << bits - 1) - 1) if tags.get("PixelRepresentation") == 1 else (0, (1 << bits) - 1)


def _colours(source: Path | bytes, tags: Any) -> "np.ndarray":
    import numpy as np
    import pydicom
    from pydicom.pixels.processing import apply_color_lut

    values = _pixels(source, colours=True)
    if tags.get("PhotometricInterpretation") == "PALETTE COLOR":
        with _said():
            values = apply_color_lut(values, pydicom.dcmread(_file(source), specific_tags=_PALETTE))
    bits = int(tags.get("BitsStored", 8)) if values.dtype == np.uint8 else 8 * values.dtype.itemsize
    return values if values.dtype == np.uint8 else (values >> max(0, bits - 8)).astype(np.uint8)


@contextmanager
def _said() -> Iterator[None]:
    """What pydicom raises on a bad file, as a ValueError."""
    from pydicom.errors import BytesLengthException, InvalidDicomError

    try:
        yield
    except ModuleNotFoundError:
        raise
    except (InvalidDicomError, BytesLengthException, NotImplementedError, RuntimeError, LookupError, AttributeError,
            TypeError, OverflowError, struct.error, EOFError) as error:  # fmt: skip
        raise ValueError(f"it is damaged ({' '.join(str(error).split())[:200]})") from error


def _file(source: Path | bytes) -> Any:
    return source if isinstance(source, Path) else io.BytesIO(source)


def _start(source: Path | bytes) -> bytes:
    if not isinstance(source, Path):
        return source[:4096]
    with source.open("rb") as file:
        return file.read(4096)
