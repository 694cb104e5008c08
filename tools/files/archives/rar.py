"""Members of a rar, by rarfile: stored ones as they lie there, packed ones by a program that can, if one is installed.

    52 61 72 21 1A 07 00      rar 1.5 to 4;      52 61 72 21 1A 07 01 00      rar 5

How rar packs is secret but for reading programs: unrar, unar, 7z or bsdtar. Volumes are found by their names.
Source: https://www.rarlab.com/technote.htm, https://rarfile.readthedocs.io
"""

import io
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO, TYPE_CHECKING, Any

from noglue.tools.files.archives import guard
from noglue.tools.files.archives.member import Member, locked, unsupported
from noglue.tools.files.archives.packed import Packed
from noglue.tools.spec.errors import DataError, Kind

if TYPE_CHECKING:
    import rarfile

_LONGEST_LINK = 4096
_HARD_LINK, _FILE_COPY = 4, 5
_DAMAGE = (ArithmeticError, AssertionError, AttributeError, LookupError, MemoryError, TypeError, EOFError)


def stated_size(packed: Packed) -> int:
    with _opened(packed) as archive:
        return sum(one.file_size for one in archive.infolist())


def members(packed: Packed) -> Iterator[Member]:
    """Raises DataError `encrypted-archive`, `unsupported-archive`, `unsafe-archive`, `bad-archive` for a part that is
    missing; ValueError for damage."""
    with _opened(packed) as archive:
        read = 0
        for one in archive.infolist():
            read += one.compress_size
            if one.is_dir():
                continue
            redirected = getattr(one, "file_redir", None)
            if redirected is not None and redirected[0] in (_HARD_LINK, _FILE_COPY):
                yield Member(one.filename, link=redirected[2], from_root=True, read=read)
            elif one.is_symlink():
                target = archive.read(one) if one.file_size < _LONGEST_LINK else b"/"
                yield Member(one.filename, link=guard.readable(target), read=read)
            elif not one.is_file():
                raise guard.unsafe(packed.name, one.filename, "is a device or a pipe")
            else:
                with archive.open(one) as stream:
                    yield Member(one.filename, io.BufferedReader(_Checked(stream)), read=read)


class _Checked(io.RawIOBase):
    """A member's content; what rarfile finds wrong with it is damage."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        import rarfile

        try:
            data = self._stream.read(len(buffer))
            buffer[: len(data)] = data
            return len(data)
        except (rarfile.Error, *_DAMAGE) as error:
            raise ValueError(str(error) or type(error).__name__) from error


@contextmanager
def _opened(packed: Packed) -> "Iterator[rarfile.RarFile]":
    import rarfile

    try:
        with rarfile.RarFile(str(packed.first), errors="strict") as archive:
            locked_ones = [one.filename for one in archive.infolist() if one.needs_password()]
            if locked_ones or archive.needs_password():
                raise locked(packed.name, locked_ones[0] if locked_ones else None)
            volumes = archive.volumelist()
            if len(volumes) < len(packed.parts):
                raise ValueError(f"its part {packed.parts[len(volumes)].name} does not go on where the one before ends")
            yield archive
    except (rarfile.PasswordRequired, rarfile.NoCrypto) as error:
        raise locked(packed.name) from error
    except rarfile.RarCannotExec as error:
        raise unsupported(
            packed.name,
            "as rar, which needs a program of its own that is not installed",
            "Install unrar, unar, 7z or bsdtar; or unpack it yourself and give the folder with --data.",
        ) from error
    except rarfile.NeedFirstVolume as error:
        raise DataError(
            Kind.BAD_ARCHIVE,
            f"{packed.first.name} is a later part of a rar, whose first part is missing.",
            hint="Put all parts into one folder, under the names that they came with.",
        ) from error
    except (rarfile.Error, *_DAMAGE) as error:
        raise ValueError(str(error) or type(error).__name__) from error
