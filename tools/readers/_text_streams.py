"""The bytes of a table of text, as pyarrow's parser takes them: unpacked, in UTF-8, from the first row of data on."""

import bz2
import codecs
import csv
import gzip
import io
import lzma
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO, Any, cast

import pyarrow as pa

from noglue.tools.readers._delimiters import split_spaces
from noglue.tools.readers._dialect import Dialect
from noglue.tools.readers._layout import cut, is_rule, mended

BLOCK = 1 << 23  # bytes that are read at once
DAMAGE = (OSError, EOFError, zlib.error, lzma.LZMAError)  # what a damaged packed file raises
_OPENERS: dict[str, Callable[..., Any]] = {".gz": gzip.open, ".bz2": bz2.open, ".xz": lzma.open}


def open_bytes(path: Path) -> IO[bytes]:
    """The file, decompressed if its name ends in .gz, .bz2 or .xz."""
    opener = _OPENERS.get(path.suffix.lower())
    return cast(IO[bytes], opener(path, "rb")) if opener else path.open("rb")


def utf8(path: Path, dialect: Dialect, encoding: str, rows: int | None, large: bool = False) -> pa.NativeFile:
    """A stream of UTF-8 that starts at the first row of data. large: it is not to lie in memory, where that can be."""
    ending = path.suffix.lower()
    if large and not dialect.rewrite and encoding == "utf-8" and ending in (".gz", ".bz2"):
        with open_bytes(path) as file:
            skip(file, dialect.start)
            start = file.tell()
        packed = pa.CompressedInputStream(pa.OSFile(str(path)), "gzip" if ending == ".gz" else "bz2")
        packed.read(start)
        return packed
    if not dialect.rewrite and encoding == "utf-8" and path.suffix.lower() not in _OPENERS:
        with path.open("rb") as file:
            skip(file, dialect.start)
            plain = pa.OSFile(str(path))
            plain.seek(file.tell())
        return plain
    out = io.BytesIO()
    lines = 0
    with open_bytes(path) as file:
        for text in _from_start(_decoded(file, encoding), dialect.start):
            if dialect.columns:
                lines_of = (
                    cut(line, dialect.columns)[: len(dialect.names) if dialect.tight else None]
                    for line in text.splitlines()
                    if line.strip() and not (dialect.ruled and is_rule(line))
                )
                text = "".join("\t".join(cells) + "\n" for cells in lines_of)
            elif dialect.delimiter == " ":
                text = "".join("\t".join(split_spaces(line)) + "\n" for line in text.splitlines()
                               if not (dialect.ruled and is_rule(line)))  # fmt: skip
            elif dialect.short or dialect.mend:
                text = _filled(text, dialect)
            out.write(text.encode())
            lines += text.count("\n")
            if rows is not None and lines > 4 * rows + 1000:
                break
    return pa.BufferReader(out.getbuffer())


def _decoded(file: IO[bytes], encoding: str) -> Iterator[str]:
    """Whole lines, some megabytes at a time, without byte-order mark and NUL; lone carriage returns end lines too."""
    decoder = codecs.getincrementaldecoder(encoding)("replace")
    rest, first = "", True
    while True:
        block = file.read(BLOCK)
        text = decoder.decode(block, final=not block).replace("\0", "")
        text = text.removeprefix("\ufeff") if first else text
        first = False
        text = rest + text
        if "\n" not in text:
            text = text.replace("\r", "\n")
        end = text.rfind("\n") + 1 if block else len(text)
        rest = text[end:]
        if text[:end]:
            yield text[:end]
        if not block:
            return


def _from_start(texts: Iterator[str], start: int) -> Iterator[str]:
    """Leave out the first `start` bytes (in UTF-8), which end with a line."""
    for text in texts:
        if start:
            raw = text.encode()
            text, start = raw[start:].decode(), max(0, start - len(raw))
        if text:
            yield text


def _filled(text: str, dialect: Dialect) -> str:
    """Every row as long as the header, where it may end early, or has a comma in its text."""
    out = io.StringIO()
    writer = csv.writer(out, delimiter=dialect.delimiter, quotechar=dialect.quote, lineterminator="\n")
    reading = csv.reader(
        io.StringIO(text, newline=""), delimiter=dialect.delimiter, quotechar=dialect.quote, escapechar=dialect.escape
    )
    for row in reading:
        if row:
            width = len(dialect.names) + dialect.closing
            row = mended(row, width) if dialect.mend else row
            writer.writerow(row + [""] * (width - len(row)) if dialect.short else row)
    return out.getvalue()


def skip(file: IO[bytes], start: int) -> None:
    """To the first row of data, past a byte-order mark."""
    file.seek(start + (len(codecs.BOM_UTF8) if file.read(3) == codecs.BOM_UTF8 else 0))
