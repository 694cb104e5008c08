"""Files below a folder that may be a stranger's: by descriptor, through no link, plain files alone, with bounds.

    read(run, "steps/01-download/args.json", 4 << 20)      → bytes
    write(run, "run.json", data)                           whole or not at all
    os.close(open_plain(run, "journal.jsonl", os.O_WRONLY | os.O_APPEND | os.O_CREAT))
    copy(model, place, Bounds(files=1_000, depth=8, bytes=1 << 30))

The folder itself may be reached in any way; what is named below it is resolved by the kernel in one go (openat2 with
RESOLVE_BENEATH, RESOLVE_NO_SYMLINKS and RESOLVE_NO_MAGICLINKS), and where the kernel or a filter has no openat2, as
elsewhere than on Linux, folder by folder with O_NOFOLLOW. What is no plain file is refused before it is opened: opening
a pipe waits, and opening a device may do something.
"""

import ctypes
import errno
import os
import stat
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from noglue.tools.spec.errors import DataError, Kind

_PIECE = 1 << 20
_OPENAT2 = 437  # on every machine that has it
_BENEATH = 0x08 | 0x04 | 0x02  # RESOLVE_BENEATH, RESOLVE_NO_SYMLINKS, RESOLVE_NO_MAGICLINKS
_HOLD: int = getattr(os, "O_PATH", os.O_RDONLY | os.O_NONBLOCK)  # elsewhere than on Linux it has to be readable
_LOOK = _HOLD | os.O_NOFOLLOW | os.O_CLOEXEC
_WRITING = os.O_WRONLY | os.O_RDWR
_KINDS = {stat.S_IFLNK: "a link", stat.S_IFIFO: "a pipe", stat.S_IFSOCK: "a socket", stat.S_IFDIR: "a folder",
          stat.S_IFCHR: "a device", stat.S_IFBLK: "a device"}  # fmt: skip


@dataclass(frozen=True)
class Bounds:
    """Of everything below a folder: how many files and folders, how deep, how many bytes at most.

    bytes: of each file the larger of its apparent size and what it takes on the disk, so that holes count too.
    """

    files: int = 10_000
    depth: int = 16
    bytes: int = 2 << 30


@dataclass(frozen=True)
class Entry:
    """name: below the folder, `weights/a.safetensors`. bytes: apparent size."""

    name: str
    folder: bool
    bytes: int


class _How(ctypes.Structure):
    _fields_ = [("flags", ctypes.c_uint64), ("mode", ctypes.c_uint64), ("resolve", ctypes.c_uint64)]


def read(root: Path, name: str, limit: int) -> bytes:
    """The content of a plain file of at most `limit` bytes. Raises FileNotFoundError, DataError `unsafe-path`."""
    descriptor = open_plain(root, name)
    try:
        content = bytearray()
        if os.fstat(descriptor).st_size <= limit:
            while len(content) <= limit and (piece := os.read(descriptor, _PIECE)):
                content += piece
            if len(content) <= limit:
                return bytes(content)
    finally:
        os.close(descriptor)
    raise _unsafe(root, name, f"is larger than {limit:,} bytes, which no such file is")


def open_plain(root: Path, name: str, flags: int = os.O_RDONLY, mode: int = 0o644) -> int:
    """A descriptor of a plain file, for writing one that has no second name (a hard link) by which it is another's too.

    Raises FileNotFoundError, DataError `unsafe-path` for anything else, OSError as `os.open` does. Nothing is made or
    cut before the look.
    """
    writing = bool(flags & _WRITING)
    with _held(root) as top:
        try:
            look = _reach(top, name, _LOOK)
        except FileNotFoundError:
            if not flags & os.O_CREAT:
                raise
        else:
            try:
                must_be_plain(os.fstat(look), root, name, writing)
            finally:
                os.close(look)
        descriptor = _reach(top, name, flags | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC, mode)
        try:
            must_be_plain(os.fstat(descriptor), root, name, writing)  # of what was opened, should it be another now
        except DataError:
            os.close(descriptor)
            raise
        return descriptor


def write(root: Path, name: str, data: bytes, mode: int = 0o644, sync: bool = True) -> None:
    """Write to a neighbour, then rename: a reader sees the old file or the new one, and a link that lay there is gone.

    sync: on the disk when this returns. Raises OSError, DataError `unsafe-path`.
    """
    above, _, base = name.rpartition("/")
    partial = f".{base}.partial"
    with _held(root) as top:
        folder = _reach(top, above or ".", _HOLD | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        with suppress(FileNotFoundError):
            os.unlink(partial, dir_fd=folder)
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
        with os.fdopen(os.open(partial, flags, mode, dir_fd=folder), "wb") as file:
            file.write(data)
            file.flush()
            if sync:
                os.fsync(file.fileno())
        os.rename(partial, base, src_dir_fd=folder, dst_dir_fd=folder)
    except IsADirectoryError:
        raise _unsafe(root, name, "can't be written: a folder is in its place") from None
    finally:
        os.close(folder)


def there(root: Path, name: str) -> os.stat_result | None:
    """What lies there itself, not where a link of that name leads; None for nothing. Raises DataError `unsafe-path`
    where the way passes through a link."""
    with _held(root) as top:
        try:
            look = _reach(top, name, _LOOK)
        except FileNotFoundError:
            return None
    try:
        return os.fstat(look)
    finally:
        os.close(look)


def is_link(facts: os.stat_result) -> bool:
    return stat.S_ISLNK(facts.st_mode)


def is_plain(root: Path, name: str) -> bool:
    """Whether a plain file lies there, with no link on the way."""
    try:
        found = there(root, name)
    except (OSError, DataError):
        return False
    return found is not None and stat.S_ISREG(found.st_mode)


def entries(root: Path, bounds: Bounds) -> list[Entry]:
    """Everything below a folder, outer folders first. Raises DataError `unsafe-path` for links, pipes, devices, and for
    more than the bounds allow; never walks further than they do."""
    found: list[Entry] = []
    waiting, total = [("", 0)], 0
    with _held(root) as top:
        while waiting:
            above, depth = waiting.pop(0)
            for name, facts in _listed(top, above):
                if stat.S_ISREG(facts.st_mode):
                    total += max(facts.st_size, facts.st_blocks * 512)
                elif not stat.S_ISDIR(facts.st_mode):
                    raise _unsafe(root, name, f"is {_kind(facts)}")
                else:
                    waiting.append((name, depth + 1))
                found.append(Entry(name, stat.S_ISDIR(facts.st_mode), facts.st_size))
                if len(found) > bounds.files:
                    raise _unsafe(root, "", f"holds more than {bounds.files:,} files")
                if depth + 1 > bounds.depth:
                    raise _unsafe(root, name, f"lies more than {bounds.depth} folders deep")
                if total > bounds.bytes:
                    raise _unsafe(root, "", f"holds more than {bounds.bytes / 1e9:.1f} GB, holes counted")
    return found


def copy(root: Path, target: Path, bounds: Bounds) -> None:
    """Copy a folder of plain files to `target`, which is made. Everything is looked at before a byte is copied.

    Raises DataError `unsafe-path` as `entries` does, and for a file that grows meanwhile.
    """
    listed = entries(root, bounds)
    target.mkdir()
    for entry in listed:
        if entry.folder:
            (target / entry.name).mkdir()
            continue
        descriptor = open_plain(root, entry.name)
        try:
            with (target / entry.name).open("xb") as file:
                left = entry.bytes
                while piece := os.read(descriptor, _PIECE):
                    left -= len(piece)
                    if left < 0:
                        raise _unsafe(root, entry.name, "grows while it is copied")
                    file.write(piece)
        finally:
            os.close(descriptor)


def must_be_plain(facts: os.stat_result, root: Path, name: str, writing: bool) -> None:
    """Raises DataError `unsafe-path` for anything else; writing: also for a file that has a second name."""
    if not stat.S_ISREG(facts.st_mode):
        raise _unsafe(root, name, f"is {_kind(facts)}")
    if writing and facts.st_nlink > 1:
        raise _unsafe(root, name, "has a second name (a hard link), by which another file would be written")


def _listed(top: int, above: str) -> Iterator[tuple[str, os.stat_result]]:
    """The names in a folder, as paths below the top, each with what lies there itself."""
    descriptor = _reach(top, above or ".", os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
    try:
        with os.scandir(descriptor) as names:
            for entry in names:
                facts = os.stat(entry.name, dir_fd=descriptor, follow_symlinks=False)
                yield (f"{above}/{entry.name}" if above else entry.name), facts
    finally:
        os.close(descriptor)


@contextmanager
def _held(root: Path) -> Iterator[int]:
    descriptor = os.open(root, _HOLD | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        yield descriptor
    finally:
        os.close(descriptor)


def _reach(top: int, name: str, flags: int, mode: int = 0) -> int:
    """Open what lies below a held folder. Raises FileNotFoundError, OSError, DataError `unsafe-path`."""
    parts = name.split("/")
    if name != "." and any(part in ("", ".", "..") or "\0" in part for part in parts):
        raise DataError(Kind.UNSAFE_PATH, f"{shown(name)} names nothing below its folder.")
    try:
        try:
            if sys.platform != "linux":
                return _by_walk(top, parts, flags, mode)
            return _by_kernel(top, name, flags, mode)
        except OSError as error:
            if error.errno not in (errno.ENOSYS, errno.EPERM, errno.EAGAIN):
                raise
            return _by_walk(top, parts, flags, mode)
    except OSError as error:
        if error.errno in (errno.ELOOP, errno.EXDEV, errno.ENOTDIR):
            what = f"{shown(name)} is or passes through a link, or through what is no folder"
            raise DataError(Kind.UNSAFE_PATH, f"{what}; noglue follows none in a run or a model.") from None
        raise


def _by_kernel(top: int, name: str, flags: int, mode: int) -> int:
    how = _How(flags, mode if flags & os.O_CREAT else 0, _BENEATH)
    text = os.fsencode(name)
    libc = ctypes.CDLL(None, use_errno=True)
    opened = int(libc.syscall(_OPENAT2, top, text, ctypes.byref(how), ctypes.c_size_t(ctypes.sizeof(how))))
    if opened < 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number), name)
    return opened


def _by_walk(top: int, parts: list[str], flags: int, mode: int) -> int:
    """One folder after the other, none through a link."""
    above = os.dup(top)
    try:
        for part in parts[:-1]:
            below = os.open(part, _HOLD | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC, dir_fd=above)
            os.close(above)
            above = below
        return os.open(parts[-1], flags | os.O_NOFOLLOW, mode, dir_fd=above)
    finally:
        os.close(above)


def _kind(facts: os.stat_result) -> str:
    return _KINDS.get(stat.S_IFMT(facts.st_mode), "of an unknown kind") + ", and no plain file"


def _unsafe(root: Path, name: str, what: str) -> DataError:
    place = root / name if name else root
    return DataError(Kind.UNSAFE_PATH, f"{shown(place)} {what}.", hint="Look at it; noglue left it as it was.")


def shown(path: str | Path) -> str:
    """A name for a message; bytes that are no text are written out."""
    return os.fsencode(path).decode("utf-8", "backslashreplace")
