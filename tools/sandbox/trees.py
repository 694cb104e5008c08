"""Folders that a stranger may have filled: walked and removed step by step, by descriptor, within bounds.

    measure([step_folder], Bounds(bytes=256 << 30))        # Measured(bytes=1840312, entries=96)
    remove(run / "data")                                   # also 10,000 folders deep

No path is followed twice: each folder is opened from the one above it, never through a link, so that nothing that is
moved or replaced meanwhile leads elsewhere. Recursion and path lengths play no part: a tree may be of any depth.
"""

import os
import stat
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

MOST_DEEP = 100
MOST_ENTRIES = 5_000_000
_GONE = (FileNotFoundError, NotADirectoryError)
_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC


class OverBounds(Exception):
    """A tree is larger than it may be. `what`: `bytes`, `depth`, `entries`, or `hidden` for one that can't be read."""

    def __init__(self, what: str) -> None:
        super().__init__(what)
        self.what = what


@dataclass(frozen=True)
class Bounds:
    """bytes: apparent or on the disk, whichever is more, of each file, added up. depth: folders below the top."""

    bytes: int | None = None
    depth: int = MOST_DEEP
    entries: int = MOST_ENTRIES


@dataclass(frozen=True)
class Measured:
    bytes: int
    entries: int


@dataclass(frozen=True)
class Entry:
    """Something in a tree. folder: a descriptor of the folder that holds it, for as long as the walk stands there."""

    folder: int
    name: str
    parts: tuple[str, ...]
    found: os.stat_result

    @property
    def is_folder(self) -> bool:
        return stat.S_ISDIR(self.found.st_mode)


def walk(top: Path, bounds: Bounds = Bounds()) -> Iterator[Entry]:
    """Everything below `top`, a folder before what it holds; `top` itself, where it is no folder, is not followed.

    Raises OverBounds for what is deeper or holds more than the bounds say, and for a folder that can't be looked into.
    What is removed meanwhile is left out.
    """
    try:
        first = _looked_into(None, top)
    except (FileNotFoundError, NotADirectoryError):
        return
    stack: list[tuple[int, Iterator[str], tuple[str, ...]]] = [(first, _names(first), ())]
    count = 0
    try:
        while stack:
            folder, names, parts = stack[-1]
            name = next(names, None)
            if name is None:
                os.close(stack.pop()[0])
                continue
            count += 1
            if count > bounds.entries:
                raise OverBounds("entries")
            with suppress(*_GONE):
                entry = Entry(folder, name, (*parts, name), os.stat(name, dir_fd=folder, follow_symlinks=False))
                yield entry
                if entry.is_folder:
                    if len(entry.parts) > bounds.depth:
                        raise OverBounds("depth")
                    below = _looked_into(folder, name)
                    stack.append((below, _names(below), entry.parts))
    finally:
        for folder, _, _ in stack:
            os.close(folder)


def measure(folders: Iterable[Path], bounds: Bounds = Bounds()) -> Measured:
    """How large these folders are together. Raises OverBounds as soon as they are more than `bounds` has.

    A file counts with its length or with its blocks, whichever is more: a sparse one is read in full by whoever copies
    it, and blocks kept behind the end of a file fill the disk.
    """
    size = entries = 0
    for folder in folders:
        for entry in walk(folder, bounds):
            entries += 1
            if not entry.is_folder:
                size += size_of(entry.found)
            if bounds.bytes is not None and size > bounds.bytes:
                raise OverBounds("bytes")
            if entries > bounds.entries:
                raise OverBounds("entries")
    return Measured(size, entries)


def size_of(found: os.stat_result) -> int:
    """Bytes that a file takes or claims; a link, a pipe or a device takes none."""
    return max(found.st_size, found.st_blocks * 512) if stat.S_ISREG(found.st_mode) else 0


def remove(top: Path) -> None:
    """Remove a folder with all that is in it, or a file or link that stands there. What is not there is no error.

    Folders below the first level are moved up to it one after the other, so that no more than two are ever open.
    Raises OSError for what can't be removed.
    """
    try:
        if not stat.S_ISDIR(os.lstat(top).st_mode):
            top.unlink()
            return
    except FileNotFoundError:
        return
    root, moved = _open(None, top), 0
    try:
        while below := _empty(root):
            for name in below:
                folder = _open(root, name)
                try:
                    for inner in _empty(folder):
                        os.rename(inner, f".removing-{os.getpid()}-{moved}", src_dir_fd=folder, dst_dir_fd=root)
                        moved += 1
                finally:
                    os.close(folder)
                os.rmdir(name, dir_fd=root)
    finally:
        os.close(root)
    top.rmdir()


def remove_quietly(top: Path) -> None:
    """`remove`, for leftovers that may stay where they can't be removed."""
    with suppress(OSError):
        remove(top)


def _empty(folder: int) -> list[str]:
    """Remove everything but folders. → the folders' names."""
    left = []
    for name in list(_names(folder)):
        with suppress(FileNotFoundError):
            if stat.S_ISDIR(os.stat(name, dir_fd=folder, follow_symlinks=False).st_mode):
                left.append(name)
            else:
                os.unlink(name, dir_fd=folder)
    return left


def _names(folder: int) -> Iterator[str]:
    with os.scandir(folder) as entries:
        for entry in entries:
            yield entry.name


def _looked_into(above: int | None, name: Path | str) -> int:
    """A descriptor of a folder. Raises OverBounds where its mode hides what it holds."""
    try:
        return os.open(name, _FOLDER, dir_fd=above)
    except PermissionError as error:
        raise OverBounds("hidden") from error


def _open(above: int | None, name: Path | str) -> int:
    """A descriptor of a folder that is to be removed, and so is opened to its owner again where that is needed."""
    place = os.open(name, os.O_PATH | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC, dir_fd=above)
    try:
        same = f"/proc/self/fd/{place}"  # the very folder, whatever its name stands for by now
        if os.fstat(place).st_mode & 0o700 != 0o700:
            os.chmod(same, 0o700)  # noqa: PTH101
        return os.open(same, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    finally:
        os.close(place)
