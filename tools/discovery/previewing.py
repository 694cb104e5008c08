"""What the first bytes of a file say, before all of it is downloaded.

>>> read(Look(…, head=b"alcohol,malic_acid,cultivar\\n13.2,1.78,class_0\\n…"))
Preview(format='csv', modality='table', columns=['alcohol', 'malic_acid', 'cultivar'], values={'cultivar': [...]}, …)

Tables: delimiter, column names, the distinct words of each column. Zip: the names of its first members. Gzip: what is
inside. Everything else: the format alone, by its magic bytes. Nothing here trusts a name.
"""

import csv
import re
import struct
import zlib
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from noglue.tools.net import url_names
from noglue.tools.net.reach import HEAD, Look
from noglue.tools.spec import modalities
from noglue.tools.spec.profiles import ModalityName

_MAGIC = (
    (b"PAR1", "parquet"),
    (b"\x1f\x8b", "gzip"),
    (b"BZh", "bzip2"),
    (b"\xfd7zXZ", "xz"),
    (b"\x28\xb5\x2f\xfd", "zstd"),
    (b"Rar!", "rar"),
    (b"7z\xbc\xaf", "7z"),
    (b"\x89HDF", "hdf5"),
    (b"\x93NUMPY", "npy"),
    (b"MATLAB 5.0", "matlab"),
    (b"%PDF", "pdf"),
    (b"\x89PNG", "image"),
    (b"\xff\xd8\xff", "image"),
    (b"RIFF", "audio"),
    (b"fLaC", "audio"),
)
READABLE = frozenset(
    ("csv", "parquet", "zip", "gzip", "bzip2", "xz", "zstd", "tar", "npz", "npy", "idx", "image", "jsonl")
)
_TABLES = (".csv", ".tsv", ".data", ".parquet")
_MOST_VALUES = 30


@dataclass
class Preview:
    """values: column → its distinct words, where they are few. members: names in an archive. rows: about so many."""

    format: str
    modality: ModalityName | None = None
    columns: list[str] = field(default_factory=list)
    values: dict[str, list[str]] = field(default_factory=dict)
    members: list[str] = field(default_factory=list)
    rows: int | None = None


def read(look: Look) -> Preview:
    return _read(look.head, look.bytes, look.name)


def _read(head: bytes, size: int | None, name: str) -> Preview:
    kind = next((kind for magic, kind in _MAGIC if head.startswith(magic)), "")
    if head[257:262] == b"ustar":
        return _archive("tar", [head[:100].rstrip(b"\0").decode(errors="replace")])
    if head.startswith(b"PK\x03\x04"):
        return _archive("zip", list(_members(head)))
    if kind == "gzip":
        return _inside(head, size, name)
    if head[:3] == b"\0\0\x08" and head[3:4] in (b"\1", b"\3", b"\4"):
        return Preview("idx", "image")
    if kind:
        return Preview(kind, "image" if kind == "image" else "audio" if kind == "audio" else None)
    return _text(head, size)


def _inside(head: bytes, size: int | None, name: str) -> Preview:
    """What a gzip holds; a compressed table stays a table. Its size is guessed to be four times as much."""
    try:
        plain = zlib.decompressobj(16 + zlib.MAX_WBITS).decompress(head, 1 << 20)
    except zlib.error:
        return Preview("gzip")
    found = _read(plain[:HEAD], None if size is None else 4 * size, url_names.stem(name))
    return found if found.format in ("csv", "tar", "idx", "jsonl") else Preview("gzip")


def _members(head: bytes) -> Iterable[str]:
    """Names in the local headers that the beginning of a zip holds (APPNOTE.TXT 4.3.7)."""
    place = 0
    while (place := head.find(b"PK\x03\x04", place)) >= 0 and place + 30 <= len(head):
        (length,) = struct.unpack_from("<H", head, place + 26)
        name = head[place + 30 : place + 30 + length].decode(errors="replace")
        place += 30 + length
        if len(name) == length and not name.startswith("__MACOSX"):
            yield name


def _archive(kind: str, members: list[str]) -> Preview:
    counted = Counter(_modality(name) for name in members if not name.endswith("/"))
    counted.pop(None, None)
    if members and all(name.endswith(".npy") for name in members):
        kind = "npz"
    return Preview(kind, counted.most_common(1)[0][0] if counted else None, members=members[:50])


def _modality(name: str) -> ModalityName | None:
    if name.lower().endswith(_TABLES):
        return "table"
    ending = name.lower().rpartition(".")[2]
    kinds = [kind for kind in map(modalities.load, modalities.names()) if kind.content]
    return next((kind.name for kind in kinds if ending in kind.endings.split()), None)


def _text(head: bytes, size: int | None) -> Preview:
    if b"\0" in head[:1024]:
        return Preview("unknown")
    lines = head.decode("utf-8", errors="replace").lstrip("\ufeff").splitlines()
    lines = lines[:-1] if len(head) >= HEAD else lines  # the last one may be cut
    lines = [line for line in lines if line.strip()]
    if not lines:
        return Preview("empty")
    if lines[0].lstrip().startswith(("{", "[")):
        return Preview("jsonl" if len(lines) > 1 and lines[1].lstrip().startswith("{") else "json")
    if any(line.lower().startswith("@relation") for line in lines[:50]):
        return Preview("arff", "table")
    return _table(lines, size, len(head))


def _table(lines: list[str], size: int | None, seen: int) -> Preview:
    mark = max(",;\t|", key=lambda mark: (min(line.count(mark) for line in lines[:5]), lines[0].count(mark)))
    if lines[0].count(mark) == 0:
        return Preview("text")
    rows = [row for row in csv.reader(lines[:500], delimiter=mark, skipinitialspace=True) if row]
    width = len(rows[0])
    regular = [row for row in rows if len(row) == width]
    if width < 2 or len(regular) < 0.8 * len(rows):
        return Preview("text")
    named = all(cell and not _number(cell) for cell in rows[0]) and len(set(rows[0])) == width
    columns = [cell.strip()[:80] for cell in rows[0]] if named else []
    body = regular[1:] if named else regular
    values = _values(columns or [f"column {number}" for number in range(1, width + 1)], body)
    lengths = sum(len(line.encode()) + 1 for line in lines) / len(lines)
    whole = len(lines) if size is None and seen < HEAD else None if size is None else round(size / lengths)
    return Preview("csv", "table", columns[:300], values, rows=None if whole is None else max(whole - named, 0))


def _values(columns: list[str], rows: list[list[str]]) -> dict[str, list[str]]:
    """Of the columns that hold few distinct words."""
    found = {}
    for place, column in enumerate(columns[:300]):
        cells = list(dict.fromkeys(row[place].strip()[:60] for row in rows))
        words = [cell for cell in cells if cell and not _number(cell)]
        if words and len(cells) <= _MOST_VALUES and len(cells) < max(3, 0.8 * len(rows)):
            found[column] = words
    return found


def _number(cell: str) -> bool:
    return (
        re.fullmatch(r"\s*[-+]?(\d+([.,]\d*)?|[.,]\d+)([eE][-+]?\d+)?%?\s*|\s*(nan|na|\?)?\s*", cell, re.I) is not None
    )
