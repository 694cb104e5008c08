"""The same picture in every format that is read: written by real libraries."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pillow_heif
import pydicom
from PIL import Image
from pydicom.dataset import FileDataset, FileMetaDataset
from pydicom.uid import ExplicitVRLittleEndian, SecondaryCaptureImageStorage
from sklearn.datasets import load_digits

FOLDER = "digits"


def digits(each: int = 12, side: int = 32) -> dict[str, list[np.ndarray]]:
    """Zeros and ones, grey, 8 × 8 pixels brought up to `side`: class → pictures uint8 (side, side)."""
    pixels, labels = load_digits(return_X_y=True)
    large = np.rint(pixels.reshape(-1, 8, 8) * 255 / 16).astype(np.uint8).repeat(side // 8, 1).repeat(side // 8, 2)
    return {name: list(large[labels == int(name)][:each]) for name in ("0", "1")}


def scan(path: Path, pixels: np.ndarray, **tags: Any) -> None:
    """A DICOM file of grey (height, width), of one frame or several, or colours (height, width, 3)."""
    meta = FileMetaDataset()
    meta.MediaStorageSOPClassUID = SecondaryCaptureImageStorage
    meta.MediaStorageSOPInstanceUID = pydicom.uid.generate_uid()
    meta.TransferSyntaxUID = ExplicitVRLittleEndian
    told = FileDataset(str(path), {}, file_meta=meta, preamble=bytes(128))
    told.SOPClassUID, told.SOPInstanceUID = meta.MediaStorageSOPClassUID, meta.MediaStorageSOPInstanceUID
    told.PatientName, told.PatientID, told.PatientBirthDate = "Doe^Jane", "P-4711", "19610203"
    colour = pixels.ndim == 3 and pixels.shape[2] == 3
    told.Rows, told.Columns = pixels.shape[:2] if colour or pixels.ndim == 2 else pixels.shape[1:]
    told.SamplesPerPixel, told.PhotometricInterpretation = (3, "RGB") if colour else (1, "MONOCHROME2")
    if colour:
        told.PlanarConfiguration = 0
    if pixels.ndim == 3 and not colour:
        told.NumberOfFrames = len(pixels)
    told.BitsAllocated = told.BitsStored = 8 * pixels.dtype.itemsize
    told.HighBit, told.PixelRepresentation = told.BitsStored - 1, int(pixels.dtype.kind == "i")
    for name, value in tags.items():
        setattr(told, name, value)
    told.PixelData = pixels.tobytes()
    told.save_as(path, enforce_file_format=True)


def _heic(path: Path, pixels: np.ndarray) -> None:
    pillow_heif.from_pillow(Image.fromarray(pixels)).save(path, quality=-1)


def _by_pillow(form: str, **options: Any) -> Callable[[Path, np.ndarray], None]:
    return lambda path, pixels: Image.fromarray(pixels).save(path, form, **options)


def _palette(path: Path, pixels: np.ndarray) -> None:
    Image.fromarray(pixels).convert("P").save(path, "PNG")


def _clear(path: Path, pixels: np.ndarray) -> None:
    """Every pixel black and as opaque as it is dark, so that on white it is what it was."""
    Image.fromarray(np.stack([np.zeros_like(pixels), 255 - pixels], axis=2), "LA").save(path, "PNG")


def _cmyk(path: Path, pixels: np.ndarray) -> None:
    Image.fromarray(pixels).convert("RGB").convert("CMYK").save(path, "TIFF")


def _turned(form: str) -> Callable[[Path, np.ndarray], None]:
    """Stored lying on its side, with the note that says so."""

    def write(path: Path, pixels: np.ndarray) -> None:
        exif = Image.Exif()
        exif[0x0112] = 6
        Image.fromarray(np.rot90(pixels)).convert("RGB").save(path, form, exif=exif.tobytes(), quality=100)

    return write


EXACT: dict[str, Callable[[Path, np.ndarray], None]] = {
    "png": _by_pillow("PNG"),
    "bmp": _by_pillow("BMP"),
    "gif": _by_pillow("GIF"),
    "tif": _by_pillow("TIFF", compression="tiff_lzw"),
    "tiff": _by_pillow("TIFF"),
    "webp": _by_pillow("WEBP", lossless=True),
    "pgm": _by_pillow("PPM"),
    "pbm.ppm": lambda path, pixels: Image.fromarray(pixels).convert("RGB").save(path, "PPM"),
    "jp2": _by_pillow("JPEG2000"),
    "j2k": _by_pillow("JPEG2000"),
    "ico": _by_pillow("ICO", sizes=[(32, 32)]),
    "tga": _by_pillow("TGA"),
    "packed.tga": _by_pillow("TGA", compression="tga_rle"),
    "dcm": scan,
    "16.png": lambda path, pixels: Image.fromarray(pixels.astype(np.uint16) * 257).save(path, "PNG"),
    "32.tif": lambda path, pixels: Image.fromarray(pixels.astype(np.float32) / 255).save(path, "TIFF"),
    "palette.png": _palette,
    "clear.png": _clear,
    "cmyk.tif": _cmyk,
    "turned.png": lambda path, pixels: _turned("PNG")(path, pixels),
}
CLOSE: dict[str, Callable[[Path, np.ndarray], None]] = {
    "jpg": _by_pillow("JPEG", quality=95),
    "heic": _heic,
    "avif": _by_pillow("AVIF", quality=95),
    "lossy.webp": _by_pillow("WEBP", quality=95),
    "turned.jpg": _turned("JPEG"),
    "turned.avif": _turned("AVIF"),
    "turned.webp": _turned("WEBP"),
}
FORMATS = EXACT | CLOSE
