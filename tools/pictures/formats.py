"""Which formats of pictures there are: by their endings, and by their first bytes, whatever a file is called.

    89 50 4e 47 …           PNG          00 00 00 0c 6a 50 20 20   JPEG 2000
    …… 66 74 79 70 heic     HEIC         128 bytes, then DICM      DICOM
    … TRUEVISION-XFILE.     TGA, which has no first bytes of its own: by its footer, or by a header that adds up

Source: https://www.garykessler.net/library/file_sigs.html
"""

import os
import re
from pathlib import Path

EXTENSIONS = frozenset(
    {".png", ".jpg", ".jpeg", ".jpe", ".jfif", ".bmp", ".dib", ".gif", ".webp", ".tif", ".tiff", ".ppm", ".pgm", ".pbm",
     ".pnm", ".avif", ".heic", ".heif", ".jp2", ".j2k", ".jpf", ".jpx", ".j2c", ".ico", ".tga", ".dcm", ".dicom"}
)  # fmt: skip
UNREADABLE = {".jxl": "JPEG XL", ".cr2": "raw", ".nef": "raw", ".arw": "raw", ".dng": "raw"}
# What an image is decoded by, whatever its name says. Pillow knows forty formats more: some start programs (EPS starts
# Ghostscript), the others are rarely tried against hostile files and hold no data sets.
FORMATS = ("PNG", "JPEG", "BMP", "DIB", "GIF", "WEBP", "TIFF", "PPM", "AVIF", "JPEG2000", "ICO")
MISLABELLED = ("AVIF, called HEIC",)
_OTHERS = re.compile(  # what is no picture by its ending, so that it need not be opened
    r".*\.(txt|[ct]sv|jsonl?|xml|ya?ml|md|html?|pdf|py|db|ini|np[zy]|parquet|mat|h5|zip|gz|tar|cls|log|xlsx?|docx?|mp[34]|avi"
    r"|mov|wav|svg)",
    re.IGNORECASE,
)
HEAD, TAIL = 4096, 26  # bytes by which a format is known
_MAGIC = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"GIF87a", b"GIF89a", b"II*\0", b"MM\0*",
          b"\0\0\0\x0cjP  \r\n\x87\n", b"\xff\x4f\xff\x51\0")  # fmt: skip
_HEIF = re.compile(rb"(hei[cxms]|hev[cxms]|mif1|msf1|mif2|miaf)")
_NETPBM = re.compile(rb"P[1-6][ \t\r\n]+[#\d]")
_TGA_DEPTHS = {1: (8, 16), 9: (8, 16), 2: (15, 16, 24, 32), 10: (15, 16, 24, 32), 3: (8, 16), 11: (8, 16)}


def decoders(source: Path | bytes) -> tuple[str, ...]:
    """Pillow's names of the decoders that may try a picture, `DICOM` for one that Pillow does not read."""
    head, tail, size = _ends(source)
    if is_dicom(head):
        return ("DICOM",)
    if is_heif(head):
        return MISLABELLED if b"av01" in head and b"hvc1" not in head else ("HEIF",)
    if not _known(head, size) and (tail[-18:] == b"TRUEVISION-XFILE.\0" or _is_tga(head, size)):
        return ("TGA",)
    return FORMATS


def is_image(name: str) -> bool:
    """By the ending of a file's name; hidden files are none."""
    return not name.startswith(".") and f".{name.rpartition('.')[2].lower()}" in EXTENSIONS


def is_picture(path: str | Path) -> bool:
    """By the ending of its name, or, where that is none or unknown, by its first bytes."""
    name = str(path).rpartition(os.sep)[2]
    if is_image(name):
        return True
    if name.startswith(".") or _OTHERS.fullmatch(name) or Path(name).suffix.lower() in UNREADABLE:
        return False
    return _begins_as_one(path)


def _begins_as_one(path: str | Path) -> bool:
    """By the first bytes, and TGA by its last."""
    try:
        head, tail, size = _ends(Path(path))
    except OSError:
        return False
    return (_known(head, size) or is_heif(head) or (is_dicom(head) and Path(path).name.upper() != "DICOMDIR")) or tail[
        -18:
    ] == b"TRUEVISION-XFILE.\0"


def is_dicom(head: bytes) -> bool:
    return head[128:132] == b"DICM"


def is_heif(head: bytes) -> bool:
    """AVIF has the same container; a brand of its own tells it, first or among those that it goes by as well."""
    return head[4:8] == b"ftyp" and _HEIF.match(head[8:12]) is not None and b"avif" not in head[16:40]


def _known(head: bytes, size: int) -> bool:
    """Whether a decoder of `FORMATS` is meant."""
    if head.startswith(_MAGIC) or (head[:4] == b"RIFF" and head[8:12] == b"WEBP"):
        return True
    if head[4:8] == b"ftyp" and (head[8:12] in (b"avif", b"avis") or b"avif" in head[16:40]):
        return True
    if head[:2] == b"BM" and len(head) >= 18:
        return int.from_bytes(head[14:18], "little") in (12, 40, 52, 56, 64, 108, 124)
    icon = head[:4] == b"\0\0\1\0" and len(head) >= 22 and 1 <= head[4] <= 64 and head[5] == head[9] == 0
    if icon:
        length, start = int.from_bytes(head[14:18], "little"), int.from_bytes(head[18:22], "little")
        return 6 + 16 * head[4] <= start < start + length <= size
    return _NETPBM.match(head) is not None and b"\0" not in head[:3]


def _is_tga(head: bytes, size: int) -> bool:
    """A header without a footer: kinds, depths and sizes that go together, and enough bytes for the pixels."""
    if len(head) < 18:
        return False
    map_kind, kind, depth = head[1], head[2], head[16]
    width, height = int.from_bytes(head[12:14], "little"), int.from_bytes(head[14:16], "little")
    indexed = kind in (1, 9)
    if map_kind != int(indexed) or depth not in _TGA_DEPTHS.get(kind, ()) or not width or not height or head[17] & 0xC0:
        return False
    if indexed and head[7] not in (15, 16, 24, 32):
        return False
    pixels = width * height * ((depth + 7) // 8)
    return size >= 18 + head[0] + (pixels if kind < 9 else pixels // 128)


def _ends(source: Path | bytes) -> tuple[bytes, bytes, int]:
    if not isinstance(source, Path):
        return source[:HEAD], source[-TAIL:], len(source)
    with source.open("rb") as file:
        head = file.read(HEAD)
        size = os.fstat(file.fileno()).st_size
        file.seek(max(0, size - TAIL))
        return head, file.read(TAIL), size
