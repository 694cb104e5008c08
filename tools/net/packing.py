"""Content-Encoding: what was packed for the way is unpacked; what was not packed, or twice, is told by its content.

    undo(path, "gzip", name="x.csv", …)      the file at `path` as it is on the server

Handled: gzip, deflate (with and without its zlib header, as servers send both) and zstd, one within the other. Brotli
and others are never asked for, and told. A file that is itself a `.gz` and was announced as gzip on the way is left.
"""

import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from noglue.tools.net import failures, zstandard_frames
from noglue.tools.spec.errors import DataError, Kind

_CHUNK = 1 << 18
_NOTHING = frozenset(("", "identity", "none", "binary", "utf-8", "utf8", "8bit", "7bit", "chunked", "aws-chunked"))
_GZIP = b"\x1f\x8b"
_ZSTD = b"\x28\xb5\x2f\xfd"
_RATIO = 1200  # gzip can't do better than 1,032 to 1


def encodings(header: str | None) -> list[str]:
    """In the order in which they are to be undone: `deflate, gzip` → gzip, deflate."""
    named = [word.strip().lower().removeprefix("x-") for word in (header or "").split(",")]
    return [word for word in reversed(named) if word not in _NOTHING]


def undo(path: Path, header: str | None, name: str, limit: int, url: str) -> bool:
    """Unpack in place. → whether the file was changed. limit: bytes that it may have then.

    Raises DataError: `wrong-encoding` for one that is not known, `truncated` for what ends too early or is damaged,
    `too-large`, `disk-full`.
    """
    changed = False
    for encoding in encodings(header):
        start = _start(path)
        if encoding == "gzip":
            if not start.startswith(_GZIP):
                continue  # announced, and not done
            if name.lower().endswith((".gz", ".tgz", ".gzip")) and not _gzip_within(path):
                continue  # it is the file itself that is packed
            unpack: Callable[[Path], Iterator[bytes]] = _gzip
        elif encoding == "deflate":
            unpack = _deflate_of(path)
            if unpack is _plain:
                continue
        elif encoding == "zstd":
            if not start.startswith(_ZSTD) or name.lower().endswith((".zst", ".zstd")):
                continue
            unpack = _zstd
        else:
            raise DataError(
                Kind.WRONG_ENCODING,
                f"{failures.shown(url)} comes packed as {encoding[:40]!r}, though we asked for it unpacked.",
                hint="Download it in a browser and give the file with --data.",
                url=failures.shown(url),
            )
        _write(path, unpack, limit, url)
        changed = True
    return changed


def _write(path: Path, unpack: Callable[[Path], Iterator[bytes]], limit: int, url: str) -> None:
    plain, size = path.with_suffix(".plain"), 0
    plain.unlink(missing_ok=True)
    most = min(limit, max(path.stat().st_size, 1) * _RATIO)
    try:
        with plain.open("xb") as file:
            for chunk in unpack(path):
                size += len(chunk)
                if size > most:
                    raise DataError(Kind.TOO_LARGE, f"{failures.shown(url)} unpacks to more than the limit.")
                file.write(chunk)
    except (OSError, EOFError, zlib.error, zstandard_frames.zstd.ZstdError) as error:
        plain.unlink(missing_ok=True)
        full = failures.of_disk(error, path.name) if isinstance(error, OSError) else None
        raise full or DataError(
            Kind.TRUNCATED, f"{failures.shown(url)} came damaged, or was cut short: {error}."
        ) from error
    except DataError:
        plain.unlink(missing_ok=True)
        raise
    plain.replace(path)


def _gzip(path: Path) -> Iterator[bytes]:
    """Members one after the other; zeros after the last are padding, anything else is what gzip itself ignores."""
    with path.open("rb") as file:
        rest = file.read(_CHUNK)
        while rest.startswith(_GZIP):
            unpacker = zlib.decompressobj(16 + zlib.MAX_WBITS)
            yield from _inflate(unpacker, file, rest)
            rest = (unpacker.unused_data + file.read(_CHUNK)).lstrip(b"\0")


def _inflate(unpacker: Any, file: Any, data: bytes) -> Iterator[bytes]:
    """Raises EOFError for a stream without its end."""
    while not unpacker.eof:
        if not data:
            raise EOFError("the packed stream has no end")
        yield unpacker.decompress(data, _CHUNK)
        data = unpacker.unconsumed_tail or (b"" if unpacker.eof else file.read(_CHUNK))


def _with(bits: int) -> Callable[[Path], Iterator[bytes]]:
    def unpack(path: Path) -> Iterator[bytes]:
        with path.open("rb") as file:
            yield from _inflate(zlib.decompressobj(bits), file, file.read(_CHUNK))

    return unpack


_zlib, _raw = _with(zlib.MAX_WBITS), _with(-zlib.MAX_WBITS)


def _plain(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            yield chunk


def _deflate_of(path: Path) -> Callable[[Path], Iterator[bytes]]:
    """`deflate` is a zlib stream by the standard, and a bare one from many servers; or it was only announced."""
    start = _start(path, 1 << 12)
    if start.startswith(_GZIP):
        return _gzip
    for bits, unpack in ((zlib.MAX_WBITS, _zlib), (-zlib.MAX_WBITS, _raw)):
        try:
            zlib.decompressobj(bits).decompress(start, 1 << 16)
        except zlib.error:
            continue
        return unpack
    return _plain


def _zstd(path: Path) -> Iterator[bytes]:
    """Raises ZstdError; EOFError for a stream without its end."""
    with path.open("rb") as file:
        yield from zstandard_frames.frame(file, read=1 << 14)


def _gzip_within(path: Path) -> bool:
    """Is a gzip file in the gzip file?"""
    unpacker = zlib.decompressobj(16 + zlib.MAX_WBITS)
    try:
        return unpacker.decompress(_start(path, 1 << 12), 4).startswith(_GZIP)
    except zlib.error:
        return False


def _start(path: Path, count: int = 16) -> bytes:
    with path.open("rb") as file:
        return file.read(count)
