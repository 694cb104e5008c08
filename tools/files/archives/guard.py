"""Which names an archive may write, and how much.

Zip-slip (`../../etc/cron.d/x`), absolute names and links out of the folder refuse the whole archive: nothing honest
has them. Bombs are caught by ratio and by total while they unfold.
"""

import errno
import hashlib
import re
import shutil
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from noglue.tools.spec.errors import DataError, Kind

GRACE_BYTES = 64 << 20  # under this, no ratio is a bomb
GRACE_FILES = 100_000
BYTES_A_FILE = 4  # of the archive, that a member takes at least where there are many
RESERVE = 64 << 20
_LONGEST = 240
_DEEPEST = 64
_LOOK_EVERY = 64 << 20
_CLUTTER = re.compile(r"(^|/)(__MACOSX(/|$)|\.DS_Store$|Thumbs\.db$|desktop\.ini$|\._[^/]*$)", re.I)


def inside(name: str, archive: str) -> PurePosixPath | None:
    """A member's name as a path below the target; None for the target itself. Raises DataError `unsafe-archive`."""
    text = name.replace("\\", "/")
    if text.startswith("/") or re.match(r"[A-Za-z]:/", text):
        raise unsafe(archive, name, "is an absolute path")
    parts = [part for part in text.split("/") if part not in ("", ".")]
    if ".." in parts:
        raise unsafe(archive, name, "points outside the folder")
    if len(parts) > _DEEPEST:
        raise unsafe(archive, name, f"is more than {_DEEPEST} folders deep")
    return PurePosixPath(*map(_component, parts)) if parts else None


def target_of(link: PurePosixPath, target: str, archive: str, from_root: bool) -> PurePosixPath:
    """What a link in the archive points to, as a path below the same folder. Raises DataError `unsafe-archive`."""
    if target.startswith("/"):
        raise unsafe(archive, str(link), f"is a link to {target[:100]!r}, outside the folder")
    parts: list[str] = [] if from_root else list(link.parent.parts)
    for part in target.split("/"):
        if part == ".." and not parts:
            raise unsafe(archive, str(link), f"is a link to {target[:100]!r}, outside the folder")
        if part == "..":
            parts.pop()
        elif part not in ("", "."):
            parts.append(_component(part))
    return PurePosixPath(*parts)


def is_clutter(path: PurePosixPath) -> bool:
    """What file managers leave: `__MACOSX/`, `.DS_Store`, `._x`, `Thumbs.db`."""
    return _CLUTTER.search(str(path)) is not None


def readable(raw: bytes) -> str:
    """A name that is not UTF-8, read as what it most likely is: never fails."""
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        from charset_normalizer import from_bytes

        best = from_bytes(raw).best()
        return str(best) if best is not None else raw.decode("latin-1")


def unsafe(archive: str, member: str, why: str) -> DataError:
    return DataError(
        Kind.UNSAFE_ARCHIVE,
        f"{archive} was not unpacked: its member {member[:200]!r} {why}.",
        hint="Get the data from another source; this archive may be an attack.",
        member=member[:200],
    )


def bad(archive: str, member: str | None, why: object) -> DataError:
    """A damaged or unreadable archive."""
    where = f" at {member[:200]!r}" if member else ""
    reason = (str(why).splitlines() or [""])[0].rstrip(".")
    reason = f"{reason[:200]} …" if len(reason) > 200 else reason  # a library may quote what it stumbles over
    return DataError(
        Kind.BAD_ARCHIVE,
        f"{archive} can't be unpacked{where}: {reason or type(why).__name__}.",
        hint="It may be cut off or damaged: download it again, or use another mirror.",
        member=member,
    )


def full(error: OSError, archive: str) -> DataError | None:
    """For a full disk, else None."""
    if error.errno not in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
        return None
    return DataError(
        Kind.DISK_FULL, f"The disk is full: no room to unpack {archive}.", hint="Free some space and resume."
    )


def _component(part: str) -> str:
    if part.isprintable() and 4 * len(part) <= _LONGEST:
        return part
    clean = "".join("_" if not letter.isprintable() or 0xD800 <= ord(letter) <= 0xDFFF else letter for letter in part)
    data = clean.encode()
    if len(data) <= _LONGEST:
        return clean
    mark = hashlib.sha256(data).hexdigest()[:8]
    return data[: _LONGEST - 40].decode(errors="ignore") + "~" + mark + data[-20:].decode(errors="ignore")


@dataclass
class Budget:
    """How much may come out of one archive, nested ones included. `packed`: its size. `folder`: on which disk."""

    archive: str
    packed: int
    folder: Path
    max_bytes: int
    max_files: int
    max_ratio: float
    bytes: int = 0
    files: int = 0
    _looked: int = 0

    def expect(self, size: int) -> None:
        """What the archive says of itself, before anything is written."""
        self._check(self.bytes + size)
        free = shutil.disk_usage(self.folder).free
        if size + RESERVE > free:
            message = f"{self.archive} unpacks to {size / 1e6:,.0f} MB and the disk has {free / 1e6:,.0f} MB free."
            raise DataError(Kind.DISK_FULL, message, hint="Free some space, or set --runs to a larger disk.")

    def take(self, count: int) -> None:
        self.bytes += count
        self._check(self.bytes)
        if self.bytes - self._looked >= _LOOK_EVERY:
            self._looked = self.bytes
            self.expect(0)

    def file(self) -> None:
        self.files += 1
        if self.files > self.max_files:
            raise self._bomb(f"it has more than {self.max_files:,} members")
        if self.files > GRACE_FILES and self.files * BYTES_A_FILE > self.packed:
            raise self._bomb(f"its {self.packed / 1e6:,.3f} MB hold more than {self.files - 1:,} members")

    def _check(self, size: int) -> None:
        if size > self.max_bytes:
            raise self._bomb(f"it unpacks to more than {self.max_bytes / 1e9:,.1f} GB")
        if size > GRACE_BYTES and size > self.max_ratio * self.packed:
            raise self._bomb(f"its {self.packed / 1e6:,.3f} MB unpack to more than {self.max_ratio:,.0f} times as much")

    def _bomb(self, why: str) -> DataError:
        return DataError(
            Kind.ARCHIVE_BOMB,
            f"{self.archive} was not unpacked: {why}.",
            hint="If that is right, unpack it yourself and give the folder with --data.",
        )
