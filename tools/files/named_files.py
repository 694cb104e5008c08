"""Files and folders that the user named: are they there, and what exactly are they?"""

import difflib
import hashlib
import os
import stat
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from noglue.tools.net import checksums
from noglue.tools.showing.offering import did_you_mean
from noglue.tools.spec.errors import DataError, Kind

CONTENT_FILES = 1_000
CONTENT_BYTES = 16 << 30


@dataclass(frozen=True)
class Known:
    """bytes, files: of all below. sha256: of the content, or (`of` = `listing`) of the names and sizes."""

    bytes: int
    files: int
    sha256: str
    of: str


def located(named: str) -> Path:
    """`~/x`, `../x` → the absolute path, without `..`: a sandbox shows what lies there, not the way there."""
    path = Path(named).expanduser().absolute()
    return Path(os.path.realpath(path)) if ".." in path.parts else path


def there(path: Path) -> bool:
    """Also false for what can't be a path at all: too long, or with a NUL in it."""
    try:
        return path.exists()
    except (OSError, ValueError):
        return False


def require(path: Path) -> None:
    """Raises DataError `not-found`, with the names that are near, or `unreadable`."""
    try:
        path.stat()
    except ValueError as error:  # a NUL in it
        raise DataError(Kind.NOT_FOUND, f"{str(path)!r} is no path: {error}.", path=str(path)) from None
    except FileNotFoundError:
        raise DataError(Kind.NOT_FOUND, f"There is no {path}.", hint=_near(path), path=str(path)) from None
    except OSError as error:
        raise DataError(Kind.UNREADABLE, f"{path} can't be looked at: {error.strerror}.", path=str(path)) from error
    if not path.is_dir() and not path.is_file():
        raise DataError(Kind.UNREADABLE, f"{path} is neither a file nor a folder.", path=str(path))
    if not os.access(path, os.R_OK | (os.X_OK if path.is_dir() else 0)):
        raise DataError(Kind.UNREADABLE, f"{path} may not be read.", hint="Check its permissions.", path=str(path))


def describe(path: Path) -> Known:
    """A file: its content's digest. A folder: one digest over lines of `<digest or size>  <relative path>`, by name."""
    if path.is_file():
        return Known(path.stat().st_size, 1, checksums.of_file(path).hex(), "content")
    files = sorted(files_below(path))
    sizes = [file.stat().st_size for file in files]
    content = len(files) <= CONTENT_FILES and sum(sizes) <= CONTENT_BYTES
    digest = hashlib.sha256()
    for file, size in zip(files, sizes, strict=True):
        first = checksums.of_file(file).hex() if content else str(size)
        digest.update(f"{first}  {file.relative_to(path).as_posix()}\n".encode(errors="surrogateescape"))
    return Known(sum(sizes), len(files), digest.hexdigest(), "content" if content else "listing")


def files_below(folder: Path) -> Iterator[Path]:
    """Regular files, hidden ones and links left out."""
    for place, folders, files in os.walk(folder):
        folders[:] = [name for name in folders if not name.startswith(".")]
        for name in files:
            path = Path(place, name)
            if not name.startswith(".") and stat.S_ISREG(path.lstat().st_mode):
                yield path


def measured(path: Path) -> tuple[int, int]:
    """How many files `files_below` gives, one for a file, and their bytes; without a path for each."""
    if path.is_file():
        return 1, path.stat().st_size
    count, size, waiting = 0, 0, [str(path)]
    while waiting:
        with suppress(OSError), os.scandir(waiting.pop()) as entries:
            for entry in entries:
                if entry.name.startswith("."):
                    continue
                if entry.is_dir(follow_symlinks=False):
                    waiting.append(entry.path)
                elif entry.is_file(follow_symlinks=False):
                    count, size = count + 1, size + entry.stat().st_size
    return count, size


def _near(path: Path) -> str:
    """`Did you mean 'titanic.csv'?`"""
    parent = next(place for place in path.parents if place.exists())
    if parent != path.parent:
        return f"The folder {parent} exists, {path.relative_to(parent).parts[0]} in it does not."
    try:
        names = [entry.name for entry in parent.iterdir() if not entry.name.startswith(".")]
    except OSError:
        return "Check the path."
    lower = {name.lower(): name for name in names}
    close = [lower[name] for name in difflib.get_close_matches(path.name.lower(), list(lower), 3, 0.5)]
    if close:
        return did_you_mean(close)
    return f"{parent} holds: {', '.join(sorted(names)[:5])}." if names else f"{parent} is empty."
