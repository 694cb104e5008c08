"""One archive's members as a stream, whatever its format: zip, tar (plain or compressed), a single compressed file.

7z and rar have files of their own beside this one.
"""

import bz2
import copy
import gzip
import io
import lzma
import stat
import struct
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import IO, Any

from noglue.tools.files.archives import guard, kinds, rar, sevenzip, spanning
from noglue.tools.files.archives.kinds import ArchiveKind
from noglue.tools.files.archives.member import Member, locked, unsupported
from noglue.tools.files.archives.packed import Packed

# What the standard library, and Zstandard's frames here, raise for damaged input.
BROKEN = (zipfile.BadZipFile, tarfile.TarError, zlib.error, lzma.LZMAError, EOFError, struct.error, UnicodeError,
          ValueError, NotImplementedError, RuntimeError)  # fmt: skip
_BUFFER = 1 << 20
_CHUNK = 1 << 16
_LARGEST_DICTIONARY = 256 << 20
_LONGEST_HEADER = 1 << 20
_HEADER_RATIO = 300
_CAREFUL = 1 << 11  # bytes of zstd at a time, so that what was read and what came of it can be compared


def members(packed: Packed, kind: ArchiveKind) -> Iterator[Member]:
    """Every file and link. Raises DataError `encrypted-archive`, `unsupported-archive`, `unsafe-archive`; BROKEN."""
    if kind in kinds.UNSUPPORTED:
        raise unsupported(packed.name, f"as {kind}")
    if kind == "zip":
        yield from _zip(packed)
    elif kind == "7z":
        yield from sevenzip.members(packed)
    elif kind == "rar":
        yield from rar.members(packed)
    else:
        with packed.open() as raw, _plain(raw, kind) as plain:
            if kind == "tar" or kinds.is_tar(plain.peek(512)):
                yield from _tar(plain, raw, packed)
            else:
                yield Member(kinds.stem(packed.name, kind), plain, read=raw.tell())


def stated_size(packed: Packed, kind: ArchiveKind) -> int | None:
    """What a zip, a 7z or a rar says it unpacks to; None where only unpacking tells."""
    if kind == "7z":
        return sevenzip.stated_size(packed)
    if kind == "rar":
        return rar.stated_size(packed)
    if kind != "zip":
        return None
    with packed.open() as raw, zipfile.ZipFile(raw) as archive:
        return sum(info.file_size for info in archive.infolist())


def _zip(packed: Packed) -> Iterator[Member]:
    read, shown = 0, packed.name
    with packed.open() as raw, zipfile.ZipFile(raw) as archive:
        spanning.settle(archive, raw, packed)
        for info in archive.infolist():
            name, odd = _zip_name(info)
            if info.flag_bits & 0x1:
                raise locked(shown, name)
            read += info.compress_size
            mode = info.external_attr >> 16
            if not name:
                raise guard.bad(shown, None, "a member has no name")
            if name.endswith(("/", "\\")):
                continue
            if stat.S_ISLNK(mode):
                target = archive.read(info).decode("utf-8", errors="replace") if info.file_size < 4096 else "/"
                yield Member(name, link=target, read=read, odd=odd)
            elif stat.S_IFMT(mode) not in (0, stat.S_IFREG):
                raise guard.unsafe(shown, name, "is a device or a pipe")
            else:
                folded = info.compress_type in (zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA)
                opened: Any = _Unfolded(archive, info) if folded else archive.open(info)
                with opened as stream:
                    yield Member(name, stream, read=read, odd=odd)


def _zip_name(info: zipfile.ZipInfo) -> tuple[str, bool]:
    """Names without the UTF-8 flag come decoded as code page 437, which few wrote. → name, whether it was odd."""
    if info.flag_bits & 0x800 or info.filename.isascii():
        return info.filename, False
    return guard.readable(info.filename.encode("cp437")), True


class _Unfolded(io.RawIOBase):
    """A member of a zip packed by bzip2 or LZMA, a little at a time.

    `zipfile` unfolds all the packed bytes that it has read at once: 400 of bzip2 can stand for gigabytes.
    """

    def __init__(self, archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> None:
        packed = copy.copy(info)
        packed.compress_type, packed.file_size = zipfile.ZIP_STORED, info.compress_size
        packed.CRC = None  # type: ignore[assignment]  # of the packed bytes none is known
        raw = archive.open(packed)
        self._stream: IO[bytes] = bz2.BZ2File(raw) if info.compress_type == zipfile.ZIP_BZIP2 else _lzma(raw)
        self._left, self._wanted, self._sum = info.file_size, info.CRC, 0

    def read(self, size: int = -1) -> bytes:
        """Raises EOFError and ValueError for what is damaged."""
        if self._left == 0:
            return b""
        data = self._stream.read(min(_CHUNK, self._left))
        self._left -= len(data)
        self._sum = zlib.crc32(data, self._sum)
        if not data:
            raise EOFError("the compressed data ends before its end")
        if self._left == 0 and self._sum != self._wanted:
            raise ValueError("its checksum does not match")
        return data


def _lzma(raw: IO[bytes]) -> lzma.LZMAFile:
    """Two bytes of version, two of length, then a byte for lc, lp and pb and four for the dictionary's size."""
    about = raw.read(9)
    if len(about) < 9 or about[2:4] != b"\x05\0" or about[4] >= 225:
        raise ValueError("its LZMA header is damaged")
    size = int.from_bytes(about[5:], "little")
    if size > _LARGEST_DICTIONARY:
        raise ValueError(f"it needs a dictionary of {size >> 20} MB")
    bits, pb = about[4] % 45, about[4] // 45
    filters = [{"id": lzma.FILTER_LZMA1, "dict_size": max(size, 4096), "lc": bits % 9, "lp": bits // 9, "pb": pb}]
    return lzma.LZMAFile(raw, format=lzma.FORMAT_RAW, filters=filters)


def _tar(plain: io.BufferedReader, raw: IO[bytes], packed: Packed) -> Iterator[Member]:
    shown = packed.name
    source: Any = _TarSource(plain, most=guard.GRACE_BYTES + _HEADER_RATIO * packed.size)
    with tarfile.open(
        fileobj=source,
        mode="r|",
        bufsize=_BUFFER,
        encoding="utf-8",
        errors="surrogateescape",
        tarinfo=_TarHeader,
        ignore_zeros=True,  # what `cat a.tar b.tar` made holds both
    ) as archive:
        for info in archive:
            name = guard.readable(info.name.encode("utf-8", "surrogateescape"))
            odd = name != info.name
            vars(archive)["members"] = []  # one pass: a million headers need not stay
            if info.isdir():
                continue
            if info.issym() or info.islnk():
                target = guard.readable(info.linkname.encode("utf-8", "surrogateescape"))
                yield Member(name, link=target, from_root=info.islnk(), read=raw.tell(), odd=odd)
            elif info.isreg():
                yield Member(name, archive.extractfile(info), read=raw.tell(), odd=odd)
            else:
                raise guard.unsafe(shown, name, "is a device or a pipe")
    left = source.most
    while left > 0 and (rest := plain.read(_BUFFER)):  # to the end: a checksum of the compression may stand there
        left -= len(rest)


class _TarSource:
    """What a tar is read from, with an account of what its headers take.

    A header may be as long as it says, and be followed by another: 14 MB of a compressed archive made 3 GB of memory.
    """

    def __init__(self, plain: io.BufferedReader, most: int) -> None:
        """most: bytes of all headers together."""
        self._plain, self.most = plain, most
        self.given, self.limit = 0, None

    limit: int | None

    def read(self, size: int) -> bytes:
        data = self._plain.read(size)
        self.given += len(data)
        if self.limit is not None and self.given > self.limit:
            raise ValueError(f"the header of a member is longer than {_LONGEST_HEADER >> 20} MB")
        return data


class _TarHeader(tarfile.TarInfo):
    """A member's header with all that belongs to it: long names, pax records, maps of sparse files."""

    @classmethod
    def frombuf(cls, buf: bytes | bytearray, encoding: str, errors: str) -> Any:
        """Raises ValueError for a damaged header, at which `tarfile` would end as if nothing came after it."""
        try:
            return super().frombuf(buf, encoding, errors)
        except (tarfile.TruncatedHeaderError, tarfile.InvalidHeaderError) as error:  # type: ignore[attr-defined]
            raise ValueError(f"the header of a member is damaged ({error})") from error

    def _proc_member(self, archive: Any) -> Any:
        source: _TarSource = archive.fileobj.fileobj
        if self.size < 0:
            raise ValueError("a member has a negative size")
        if source.limit is not None:  # a header that belongs to the one before
            return super()._proc_member(archive)  # type: ignore[misc]
        before = source.given
        source.limit = before + _LONGEST_HEADER + 2 * _BUFFER  # as much may be read ahead
        try:
            member = super()._proc_member(archive)  # type: ignore[misc]
        finally:
            source.limit = None
        source.most -= source.given - before
        if source.most < 0 or sum(map(len, archive.pax_headers.values())) > _LONGEST_HEADER:
            raise ValueError("its headers take more room than what they describe")
        if member.size < 0:
            raise ValueError("a member has a negative size")
        return member


@contextmanager
def _plain(raw: IO[bytes], kind: ArchiveKind) -> Iterator[io.BufferedReader]:
    """The uncompressed bytes of an open file."""
    opened: Any
    if kind == "gzip":
        opened = gzip.GzipFile(fileobj=raw)
    elif kind == "bzip2":
        opened = bz2.BZ2File(raw)
    elif kind == "xz":
        opened = lzma.LZMAFile(raw)  # noqa: SIM115 (raw is closed by its owner)
    elif kind == "zstd":
        opened = _Zstandard(raw)
    elif kind == "lz4":
        import lz4.frame

        opened = lz4.frame.LZ4FrameFile(raw)
    else:
        opened = raw
    yield io.BufferedReader(opened, _BUFFER)


class _Zstandard(io.RawIOBase):
    """Frames one after another, as the zstd program writes them. Unlike the package's own reader it notices a cut."""

    def __init__(self, raw: IO[bytes]) -> None:
        from noglue.tools.net import zstandard_frames

        self._raw, self._error, self._most = raw, zstandard_frames.zstd.ZstdError, zstandard_frames.PIECE
        self._new: Callable[[], Any] = zstandard_frames.decompressor
        self._frame, self._inside, self._ready = self._new(), False, memoryview(b"")

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        """Raises EOFError for a cut, ValueError for damage."""
        while not self._ready:
            packed = self._frame.unused_data if self._frame.eof else b""
            if self._frame.eof:
                self._frame, self._inside = self._new(), False
            if self._frame.needs_input and not packed:
                packed = self._raw.read(_CAREFUL)
                if not packed and self._inside:
                    raise EOFError("the compressed data ends before its end")
                if not packed:
                    return 0
            self._inside = True
            try:
                self._ready = memoryview(self._frame.decompress(packed, self._most))
            except self._error as error:
                raise ValueError(str(error)) from error
        count = min(len(buffer), len(self._ready))
        buffer[:count], self._ready = self._ready[:count], self._ready[count:]
        return count
