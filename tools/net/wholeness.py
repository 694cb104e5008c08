"""Is a file whole that came without a length? Only its own form can say so, as far as it has an end of its own.

HTTP/1.0 and a closed connection: a body that was cut off looks like one that has ended. Zip and Parquet have their
index at the end, gzip and JSON an end that can be looked for, lines of a table as many cells as those before.
"""

import re
import zlib
from collections import Counter
from pathlib import Path

from noglue.tools.net import failures
from noglue.tools.spec.errors import DataError, Kind

_TAIL = 66_000  # the end of a zip's index may lie so far from the end
_JSON = (".json", ".geojson")
_SEPARATORS = ",\t;|"
_CHUNK = 1 << 20
_PRICE = 256 << 20  # packed bytes that are read again for this


def require_whole(path: Path, name: str, url: str) -> None:
    """Raises DataError `truncated` for what has begun and not ended."""
    size = path.stat().st_size
    with path.open("rb") as file:
        start = file.read(16)
        file.seek(max(0, size - _TAIL))
        tail = file.read(_TAIL)
    if _cut(path, name.lower(), start, tail, size):
        raise DataError(
            Kind.TRUNCATED,
            f"{failures.shown(url)} was cut short: it has no proper end, and the server did not say how long it is.",
            hint="Try again, or give a whole copy with --data.",
            url=failures.shown(url),
        )


def _cut(path: Path, name: str, start: bytes, tail: bytes, size: int) -> bool:
    if start.startswith(b"PK\x03\x04"):
        return b"PK\x05\x06" not in tail
    if start.startswith(b"PAR1"):
        return not tail.endswith(b"PAR1") or size < 12
    if start.startswith(b"ARROW1\0\0"):
        return not tail.endswith(b"ARROW1")
    if start.startswith(b"\x1f\x8b"):
        return size <= _PRICE and not _gzip_ends(path)
    if start.startswith(b"\x89PNG"):
        return b"IEND" not in tail[-64:]
    if b"\0" in tail:
        return False
    if name.endswith(_JSON):
        return start.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] in (b"{", b"[") and tail.rstrip()[-1:] not in (b"}", b"]")
    return name.endswith((".csv", ".tsv", ".data")) and _last_line_is_short(tail)


def _gzip_ends(path: Path) -> bool:
    with path.open("rb") as file:
        unpacker = zlib.decompressobj(16 + zlib.MAX_WBITS)
        data = file.read(_CHUNK)
        try:
            while data and not unpacker.eof:
                unpacker.decompress(data, _CHUNK)
                data = unpacker.unconsumed_tail or file.read(_CHUNK)
        except zlib.error:
            return True  # damaged, which is another matter
        return unpacker.eof


def _last_line_is_short(tail: bytes) -> bool:
    """No line feed at the end, and fewer cells than nearly all lines before have."""
    if tail.endswith((b"\n", b"\r")) or b'"' in tail:
        return False
    *lines, last = re.split(r"\r\n|\n|\r", tail.decode(errors="replace"))
    lines = lines[1:] if len(lines) > 3 else lines
    for separator in _SEPARATORS:
        counts = Counter(line.count(separator) for line in lines)
        usual, often = counts.most_common(1)[0] if counts else (0, 0)
        if usual > 0 and often >= 0.95 * len(lines) and len(lines) >= 3:
            return last.count(separator) < usual or not last.rpartition(separator)[2].strip()
    return False
