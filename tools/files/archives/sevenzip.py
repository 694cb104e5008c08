"""Members of a 7z, in the order in which they lie in it, by py7zr.

    37 7A BC AF 27 1C  version, checksum, where the list of members is; the list may be packed too

py7zr pushes what it unpacks; it does so in a thread of its own, a few pieces ahead of whoever reads.
Source: https://py7zr.readthedocs.io/en/stable/archive_format.html
"""

import io
import queue
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from typing import TYPE_CHECKING, Any

from noglue.tools.files.archives import guard
from noglue.tools.files.archives.member import Member, locked, unsupported
from noglue.tools.files.archives.packed import Packed
from noglue.tools.spec.errors import DataError

if TYPE_CHECKING:
    import py7zr

_ROOT = "/"  # py7zr makes every name a path below some folder
_LONGEST_LINK = 4096
_AHEAD = 16
_SECONDS = 0.1


def stated_size(packed: Packed) -> int:
    with _opened(packed) as archive:
        return sum(one.uncompressed for one in archive.list() if not one.is_directory)


def members(packed: Packed) -> Iterator[Member]:
    """Raises DataError `encrypted-archive`, `unsupported-archive`, `unsafe-archive`; ValueError for damage."""
    with _opened(packed) as archive:
        listed = archive.list()
        for one in listed:
            guard.inside(one.filename, packed.name)
            if not (one.is_file or one.is_directory or one.is_symlink):
                raise guard.unsafe(packed.name, one.filename, "is a device or a pipe")
        links = {one.filename for one in listed if one.is_symlink}
        with _Flow(archive, packed.name) as flow:
            while (name := flow.next_name()) is not None:
                stream = _Member(flow)
                if name in links:
                    yield Member(name, link=guard.readable(stream.read(_LONGEST_LINK)), read=flow.position)
                else:
                    yield Member(name, io.BufferedReader(stream), read=flow.position)
                stream.skip()


@contextmanager
def _opened(packed: Packed) -> "Iterator[py7zr.SevenZipFile]":
    import py7zr

    with ExitStack() as stack:
        try:
            archive = stack.enter_context(py7zr.SevenZipFile(stack.enter_context(packed.open())))
            needs_password = archive.needs_password()
        except Exception as error:  # whatever a list of members may break; nothing else has been done yet
            raise _told(error, packed.name) from error
        if needs_password:
            raise locked(packed.name)
        yield archive


def _told(error: Exception, shown: str) -> Exception:
    """What py7zr raised, as the callers of `members` know it."""
    from py7zr import exceptions

    if isinstance(error, DataError | OSError):
        return error
    if isinstance(error, exceptions.PasswordRequired):
        return locked(shown)
    if isinstance(error, exceptions.UnsupportedCompressionMethodError):
        return unsupported(shown, "by a method of 7z that is not supported")
    if isinstance(error, exceptions.CrcError):
        return ValueError(f"the checksum of {error.args[2]!r} does not match")
    return ValueError(f"it is damaged ({error or type(error).__name__})")


class _Left(Exception):
    """Whoever read has stopped."""


class _Flow:
    """What py7zr pushes, to be pulled: ("begin", name), pieces, ("end", None), …, at last ("done", None)."""

    def __init__(self, archive: "py7zr.SevenZipFile", shown: str) -> None:
        self._archive, self._shown = archive, shown
        self._pieces: queue.Queue[tuple[str, Any]] = queue.Queue(_AHEAD)
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._push_all, daemon=True)

    def __enter__(self) -> "_Flow":
        self._thread.start()
        return self

    def __exit__(self, *ending: object) -> None:
        self._stopped.set()
        self._thread.join()

    @property
    def position(self) -> int:
        return int(self._archive.fp.tell())

    def push(self, what: str, content: Any) -> None:
        while not self._stopped.is_set():
            try:
                return self._pieces.put((what, content), timeout=_SECONDS)
            except queue.Full:
                continue
        raise _Left

    def next_name(self) -> str | None:
        """Of the next member, None after the last. Raises what unpacking raised."""
        what, content = self._pieces.get()
        if what == "failed":
            raise content
        return str(content) if what == "begin" else None

    def next_piece(self) -> bytes:
        """Of the member that has begun; nothing at its end."""
        what, content = self._pieces.get()
        if what == "failed":
            raise content
        return bytes(content) if what == "piece" else b""

    def _push_all(self) -> None:
        try:
            self._archive.extractall(path=_ROOT, factory=_factory(self))
            self.push("done", None)
        except _Left:
            pass
        except Exception as error:  # whatever it is, it is raised where the members are read
            with suppress(_Left):
                self.push("failed", _told(error, self._shown))


def _factory(flow: _Flow) -> Any:
    from py7zr.io import Py7zIO, WriterFactory

    class Writer(Py7zIO):
        """One member, on its way."""

        def __init__(self, name: str) -> None:
            self._written = 0
            flow.push("begin", name)

        def write(self, s: bytes | bytearray) -> int:
            if s:
                flow.push("piece", s)
                self._written += len(s)
            return len(s)

        def read(self, size: int | None = None) -> bytes:
            return b""

        def seekable(self) -> bool:
            return False

        def seek(self, offset: int, whence: int = 0) -> int:
            return 0

        def flush(self) -> None:
            pass

        def size(self) -> int:
            return self._written

        def close(self) -> None:
            flow.push("end", None)

    class Factory(WriterFactory):
        def create(self, filename: str) -> Py7zIO:
            return Writer(filename.removeprefix(_ROOT))

    return Factory()


class _Member(io.RawIOBase):
    """One member's content, to its end and not beyond."""

    def __init__(self, flow: _Flow) -> None:
        self._flow, self._ready, self._ended = flow, memoryview(b""), False

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        if not self._ready and not self._ended:
            self._ready = memoryview(self._flow.next_piece())
            self._ended = not self._ready
        count = min(len(buffer), len(self._ready))
        buffer[:count], self._ready = self._ready[:count], self._ready[count:]
        return count

    def skip(self) -> None:
        while not self._ended:
            self._ended = not self._flow.next_piece()
