"""Which files are of a format: those of its endings, and those that begin as its files do, whatever they are called.

    iris.parquet  0000  a.png     of((".parquet",), b"PAR1") → iris.parquet, and 0000 where it begins so

A broken file is still known by its ending, so that it can be named. Pictures and recordings are known by theirs alone,
and of very many files only the first ones are opened: a data set without any endings is not one table in each file.
"""

import zipfile
from collections.abc import Sequence
from pathlib import Path

from noglue.tools.files.file_account import FILM, SOUND
from noglue.tools.pictures.formats import EXTENSIONS

_MOST_OPENED = 500
_MEDIA = SOUND | FILM | frozenset(EXTENSIONS)


def of(files: Sequence[Path], endings: Sequence[str], *marks: bytes) -> list[Path]:
    """marks: the first bytes of the format's files. Hidden files are left out."""
    strange = {path for path in others(files, endings) if start(path, max(map(len, marks))).startswith(marks)}
    return [path for path in files if path in strange or (path.suffix.lower() in endings and not hidden(path))]


def zips_of(files: Sequence[Path], endings: Sequence[str], member: str) -> list[Path]:
    """The same of a format that is a zip inside. member: of it, in each of its files."""
    strange = {path for path in others(files, endings) if start(path, 4) == b"PK\x03\x04" and _holds(path, member)}
    return [path for path in files if path in strange or (path.suffix.lower() in endings and not hidden(path))]


def others(files: Sequence[Path], endings: Sequence[str]) -> list[Path]:
    """Files of other endings, or without any, that may be of any format."""
    some = files[:_MOST_OPENED]
    return [path for path in some if path.suffix.lower() not in (*endings, *_MEDIA) and not hidden(path)]


def hidden(path: Path) -> bool:
    """Left by a program that has a file open, or by a system."""
    return path.name.startswith((".", "~"))


def start(path: Path, size: int) -> bytes:
    """The first bytes; none of what is no file, or can't be opened."""
    try:
        with path.open("rb") as file:
            return file.read(size)
    except OSError:
        return b""


def _holds(path: Path, member: str) -> bool:
    try:
        with zipfile.ZipFile(path) as archive:
            return member in archive.namelist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        return False
