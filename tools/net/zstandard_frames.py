"""Frames of Zstandard (https://datatracker.ietf.org/doc/html/rfc8878), by Python's own library or its backport.

>>> import io
>>> b"".join(frame(io.BytesIO(zstd.compress(b"a,b\\n")), read=2048))
b'a,b\\n'
"""

import sys
from collections.abc import Iterator
from typing import IO

if sys.version_info >= (3, 14):
    from compression import zstd as zstd
else:
    from backports import zstd as zstd

LARGEST_WINDOW = 27  # as a power of two: 128 MB, what the zstd program takes unasked
PIECE = 1 << 16  # bytes given at once, however small what they are packed in


def decompressor() -> zstd.ZstdDecompressor:
    return zstd.ZstdDecompressor(options={zstd.DecompressionParameter.window_log_max: LARGEST_WINDOW})


def frame(file: IO[bytes], read: int) -> Iterator[bytes]:
    """The first frame's content. read: bytes taken from the file at a time.

    Raises ZstdError for damage, EOFError for a frame without its end.
    """
    unpacker = decompressor()
    while not unpacker.eof:
        packed = file.read(read) if unpacker.needs_input else b""
        if not packed and unpacker.needs_input:
            raise EOFError("the packed stream has no end")
        yield unpacker.decompress(packed, PIECE)
