"""Files that no reader knows: how they begin, what begins so, and what turns that into something that is read.

    >>> seen([Path("run7.root"), Path("run8.root")])
    [Seen(name='run7.root', bytes=8123904, first='72 6f 6f 74 00 00 f4 25 …', format='a ROOT file, of particle physics',
          advice='uproot turns its trees into tables: …', more=1)]

One of each kind, the commonest first. The formats stand in `first_bytes.toml`; TFRecord, which begins with a length and
its checksum, is told by these.
"""

import struct
import tomllib
from collections.abc import Sequence
from functools import cache
from pathlib import Path

from pydantic import BaseModel, Field

MOST_KINDS = 4
_MOST_OPENED = 200
_SHOWN = 16
_HEAD = 32769 + 5  # as far as the farthest mark
_TEXT = "text"
_NOTHING = "no format that is known by its first bytes"
_RECORDS_OF_TEXT = "Of text, write the records as rows of a CSV, a column a field, with their names on top."
_RECORDS = "records of TensorFlow (TFRecord)"
_UNPACK_RECORDS = (
    "tensorflow or the package tfrecord opens them: save each example's picture as a file in a folder for its class, "
    "or its features as a row of a CSV."
)


class Seen(BaseModel):
    """A file as it begins. first: up to 16 bytes in hexadecimal. more: how many others are of its kind."""

    name: str
    bytes: int
    first: str
    format: str
    advice: str = ""
    more: int = 0


class _Format(BaseModel):
    title: str
    mark: str = Field(alias="bytes")
    advice: str
    at: int = 0

    def begins(self, head: bytes) -> bool:
        marks = self.mark.split()
        found = head[self.at : self.at + len(marks)]
        return len(found) == len(marks) and all(
            mark in ("??", f"{one:02x}") for mark, one in zip(marks, found, strict=True)
        )


def seen(files: Sequence[Path]) -> list[Seen]:
    """One file of each kind: those of one format, or of one ending where no format is known."""
    kinds: dict[tuple[str, str], Seen] = {}
    known_as: dict[str, tuple[str, str]] = {}
    for number, path in enumerate(files):
        ending = path.suffix.lower()
        if number >= _MOST_OPENED and ending in known_as:  # by its ending alone
            kinds[known_as[ending]].more += 1
            continue
        if len(known_as) >= _MOST_OPENED:
            continue
        one = look(path)
        key = (one.format, ending if one.format in (_TEXT, _NOTHING) else "")
        known_as.setdefault(ending, key)
        if key in kinds:
            kinds[key].more += 1
        else:
            kinds[key] = one
    return sorted(kinds.values(), key=lambda one: -one.more)


def look(path: Path) -> Seen:
    """How one file begins; an unreadable one has no bytes."""
    try:
        with path.open("rb") as file:
            head = file.read(_HEAD)
        size = path.stat().st_size
    except OSError:
        head, size = b"", 0
    form, advice = _told(head, size)
    return Seen(name=path.name, bytes=size, first=head[:_SHOWN].hex(" "), format=form, advice=advice)


def in_words(one: Seen) -> str:
    """`run7.root (8.1 MB) begins 72 6f 6f 74 00 00 f4 25, as a ROOT file, of particle physics, does`."""
    size = _size(one.bytes)
    if not one.first:
        return f"{_short(one.name)} (empty)"
    told = one.format if one.format in (_TEXT, _NOTHING) else f"the mark of {one.format}"
    return f"{_short(one.name)} ({size}) begins {one.first[:23]} ({told})" + (
        f", and so do {one.more:,} more" if one.more > 1 else ", and so does 1 more" if one.more else ""
    )


def _told(head: bytes, size: int) -> tuple[str, str]:
    for one in _formats():
        if one.begins(head):
            return one.title, one.advice
    if _is_records(head, size):
        return _RECORDS, _UNPACK_RECORDS
    return (_TEXT, _RECORDS_OF_TEXT) if _is_text(head[:4096]) else (_NOTHING, "")


@cache
def _formats() -> tuple[_Format, ...]:
    """The longest marks first, so that no short one is taken for them."""
    text = Path(__file__).with_suffix(".toml").read_text(encoding="utf-8")
    found = [_Format.model_validate(one) for one in tomllib.loads(text)["format"]]
    return tuple(sorted(found, key=lambda one: -len(one.mark)))


def _is_records(head: bytes, size: int) -> bool:
    """A little-endian length, its masked CRC-32C, that many bytes, and four more."""
    if len(head) < 12:
        return False
    length, stored = struct.unpack("<QI", head[:12])
    checked = _crc32c(head[:8])
    masked = ((checked >> 15 | checked << 17) + 0xA282EAD8) & 0xFFFFFFFF
    return bool(masked == stored and length + 16 <= size)


def _crc32c(data: bytes) -> int:
    found = 0xFFFFFFFF
    for one in data:
        found ^= one
        for _ in range(8):
            found = found >> 1 ^ (0x82F63B78 if found & 1 else 0)
    return found ^ 0xFFFFFFFF


def _is_text(head: bytes) -> bool:
    controls = sum(one < 32 and one not in b"\t\n\r\f" for one in head)
    return bool(head) and controls == 0


def _size(count: int) -> str:
    for unit, size in (("GB", 10**9), ("MB", 10**6), ("KB", 10**3)):
        if count >= size:
            return f"{count / size:.1f} {unit}"
    return f"{count} B"


def _short(name: str, most: int = 40) -> str:
    return name if len(name) <= most else f"{name[: most - 12]}…{name[-11:]}"
