"""What a file is, by its first bytes; its name counts only for telling apart the formats that are zip inside."""

import tarfile
import zipfile
from pathlib import Path
from typing import Literal

ArchiveKind = Literal["zip", "tar", "gzip", "bzip2", "xz", "zstd", "7z", "rar", "compress", "lz4"]
HEAD = 1024
STREAMS: tuple[ArchiveKind, ...] = ("gzip", "bzip2", "xz", "zstd", "lz4")
UNSUPPORTED: tuple[ArchiveKind, ...] = ("compress",)

_MAGIC: tuple[tuple[bytes, ArchiveKind], ...] = (
    (b"PK\x03\x04", "zip"),
    (b"PK\x05\x06", "zip"),
    (b"PK\x07\x08", "zip"),
    (b"\x1f\x8b\x08", "gzip"),
    (b"BZh", "bzip2"),
    (b"\xfd7zXZ\x00", "xz"),
    (b"\x28\xb5\x2f\xfd", "zstd"),
    (b"7z\xbc\xaf\x27\x1c", "7z"),
    (b"Rar!\x1a\x07", "rar"),
    (b"\x1f\x9d", "compress"),
    (b"\x04\x22\x4d\x18", "lz4"),
)
# Formats that are a zip inside and are read whole by their own readers.
ZIP_INSIDE = (
    *(".npz", ".xlsx", ".xlsm", ".docx", ".pptx", ".ods", ".odt", ".epub", ".kmz", ".jar", ".whl", ".apk"),
    *(".pt", ".pth", ".ckpt", ".keras", ".skops", ".safetensors", ".parquet"),
)
_LONGEST_END = 22 + (1 << 16)  # of a zip: its last record with a comment
_TELLING = ("[Content_Types].xml", "META-INF/MANIFEST.MF", "AndroidManifest.xml", "mimetype", "model.weights.h5")
_ENDINGS = {
    "gzip": (".gz", ".gzip", ".z"), "bzip2": (".bz2",), "xz": (".xz",), "zstd": (".zst", ".zstd"), "lz4": (".lz4",),
}  # fmt: skip
_WHOLE_ENDINGS = (
    *(".tar.gz", ".tar.bz2", ".tar.xz", ".tar.zst", ".tar.lz4", ".tgz", ".tbz2", ".tbz", ".txz", ".tzst", ".tlz4"),
    *(".tar", ".zip", ".7z", ".rar"),
)


def of_head(head: bytes) -> ArchiveKind | None:
    """The kind of a file that begins so (at least 512 bytes for a tar), or None."""
    kind = next((kind for magic, kind in _MAGIC if head.startswith(magic)), None)
    if kind == "bzip2" and head[4:10] not in (b"\x31\x41\x59\x26\x53\x59", b"\x17\x72\x45\x38\x50\x90"):
        return None
    if kind is None and is_tar(head):
        return "tar"
    return kind


def is_tar(head: bytes) -> bool:
    """By the header's own checksum, which old tars without the word `ustar` have too."""
    if len(head) < 512 or not head[0] or head[148:156].strip(b"01234567 \0"):
        return False
    try:
        tarfile.TarInfo.frombuf(head[:512], "utf-8", "surrogateescape")
    except tarfile.TarError:
        return False
    return True


def of_file(path: Path) -> ArchiveKind | None:
    """None for what is no archive, or is a format of its own that happens to be a zip (npz, xlsx, pt, …)."""
    with path.open("rb") as file:
        kind = of_head(file.read(HEAD))
    if kind is None and path.suffix.lower() == ".zip" and _is_last_part(path):
        return "zip"
    return None if kind == "zip" and is_document(path) else kind


def _is_last_part(path: Path) -> bool:
    """Of a zip in several parts, which begins with anything and ends as a zip does, with the part's number."""
    with path.open("rb") as file:
        file.seek(max(0, path.stat().st_size - _LONGEST_END))
        tail = file.read()
    place = tail.rfind(b"PK\x05\x06")
    return place >= 0 and tail[place + 4 : place + 6] not in (b"", b"\0\0", b"\xff\xff")


def is_document(path: Path) -> bool:
    """A zip that is one document: by its name, or by what lies in it."""
    if path.suffix.lower() in ZIP_INSIDE:
        return True
    try:
        with zipfile.ZipFile(path) as archive:
            names = archive.namelist()[:50]
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        return False
    if any(name in names for name in _TELLING) or any(name.endswith("/data.pkl") for name in names):
        return True
    return path.suffix.lower() != ".zip" and bool(names) and all(name.endswith(".npy") for name in names)


def stem(name: str, kind: ArchiveKind) -> str:
    """The name of what comes out: `t10k-labels-idx1-ubyte.gz` → `t10k-labels-idx1-ubyte`, `x.tgz` → `x`."""
    lower = name.lower()
    for ending in (*_WHOLE_ENDINGS, *_ENDINGS.get(kind, ())):
        if lower.endswith(ending) and len(name) > len(ending):
            return name[: -len(ending)]
    return name
