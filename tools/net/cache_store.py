"""The download cache that runs share. Content is stored once, by its SHA-256; an index tells what a URL gave last.

    objects/<sha256>            whole files, read-only
    index/<key>.json            `Entry`: what a URL gave, with ETag and Last-Modified; key = SHA-256 of the URL
    partial/<key>, <key>.json   a download that was cut off, with the validators it needs to go on
    locks/<key>                 flock: one download of a URL at a time, over all runs

Files appear by rename, so that a reader never sees half of one; a killed run leaves a partial file that the next
one goes on with. Steps that load from the network may write here, so nothing that lies here is believed: each entry is
read by itself, small, as a plain file, and what it names is hashed again before it is used. A link, a pipe or a folder
in the place of a file is no entry, and gives way to one.
"""

import fcntl
import hashlib
import os
import shutil
import stat
import time
from collections.abc import Callable, Container, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from pydantic import BaseModel, Field, ValidationError, field_validator

from noglue.tools.net import checksums, url_names
from noglue.tools.spec.errors import BadUsage, DataError, Kind
from noglue.tools.spec.web_pages import Checksum

RESERVE = 64 << 20
_SMALL = 64 << 10  # an entry, or the validators of a part
FOLDERS = ("objects", "index", "partial", "locks")
_HEX = r"[0-9a-f]{64}"
_POLL_SECONDS = 0.2


class Entry(BaseModel):
    """What a URL gave. `url`, `final` (after redirects): without tokens, fit to be shown. `at`: seconds since 1970."""

    url: str
    final: str
    sha256: str = Field(pattern=f"^{_HEX}$")
    bytes: int = Field(ge=0)
    name: str
    etag: str | None = None
    modified: str | None = None
    type: str = ""
    at: float = 0.0

    @field_validator("name")
    @classmethod
    def _one_component(cls, name: str) -> str:
        return url_names.safe(name)


class Validators(BaseModel):
    """What a partial file needs to go on: it must still be the same file. total: bytes of the whole."""

    etag: str | None = None
    modified: str | None = None
    encoding: str | None = None
    total: int | None = None

    def strong(self) -> str | None:
        """For If-Range: a strong ETag, else the date; None when the server gave neither."""
        if self.etag and not self.etag.startswith("W/"):
            return self.etag
        return self.modified


class Store:
    def __init__(self, root: Path) -> None:
        self.root = root
        root.mkdir(parents=True, exist_ok=True)
        for folder in (root, *(root / name for name in FOLDERS)):
            if not stat.S_ISDIR(_mode(folder)) and folder != root:
                _clear(folder)
            folder.mkdir(exist_ok=True)

    @staticmethod
    def key(url: str) -> str:
        return hashlib.sha256(url.encode(errors="surrogatepass")).hexdigest()

    def object(self, sha256: str) -> Path:
        return self.root / "objects" / sha256

    def partial(self, url: str) -> Path:
        return self.root / "partial" / self.key(url)

    def entry(self, url: str) -> Entry | None:
        """What the URL gave last, if that content is still here."""
        try:
            entry = Entry.model_validate_json(_small(self.root / "index" / f"{self.key(url)}.json"))
        except (OSError, ValidationError):
            return None
        return entry if stat.S_ISREG(_mode(self.object(entry.sha256))) else None

    def intact(self, sha256: str, published: Checksum | None = None) -> bool:
        """Is the content here, unharmed, and what was published? Harmed content is dropped."""
        path = self.object(sha256)
        if not stat.S_ISREG(_mode(path)):
            _clear(path)
            return False
        digests = checksums.of_file(path, *([published.algorithm] if published else []))
        if digests.hex() != sha256:
            path.unlink(missing_ok=True)
            return False
        return published is None or digests.hex(published.algorithm) == published.hex

    def keep(self, url: str, sha256: str, entry: Entry) -> Path:
        """Turn the partial file of a URL into an object, and remember where it came from."""
        place = self.object(sha256)
        if not stat.S_ISREG(_mode(place)):
            _clear(place)
        partial = self.partial(url)
        partial.chmod(0o444)
        partial.replace(place)
        _clear(partial.with_suffix(".json"))
        self.remember(url, entry)
        return place

    def partial_size(self, url: str) -> int:
        """Bytes of a part that is here; 0 for none, and for what is no plain file."""
        try:
            facts = self.partial(url).lstat()
        except OSError:
            return 0
        return facts.st_size if stat.S_ISREG(facts.st_mode) and facts.st_nlink == 1 else 0

    def open_partial(self, url: str) -> BinaryIO:
        """To write on at the end."""
        flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
        return os.fdopen(os.open(self.partial(url), flags, 0o644), "ab")

    def remember(self, url: str, entry: Entry) -> None:
        now = entry.model_copy(update={"at": time.time()})
        _write(self.root / "index" / f"{self.key(url)}.json", now.model_dump_json())

    def validators(self, url: str) -> Validators:
        try:
            return Validators.model_validate_json(_small(self.partial(url).with_suffix(".json")))
        except (OSError, ValidationError):
            return Validators()

    def begin(self, url: str, validators: Validators) -> None:
        """A new partial file, empty. Its validators are on disk before its first byte."""
        _clear(self.partial(url))
        _write(self.partial(url).with_suffix(".json"), validators.model_dump_json())

    def drop(self, url: str) -> None:
        _clear(self.partial(url))
        _clear(self.partial(url).with_suffix(".json"))

    def room(self, needed: int, what: str) -> None:
        """Raises DataError `disk-full` when `needed` bytes and a reserve don't fit."""
        free = shutil.disk_usage(self.root).free
        if free < needed + RESERVE:
            raise DataError(
                Kind.DISK_FULL,
                f"{what} needs {needed / 1e6:,.0f} MB and the disk of the cache has {free / 1e6:,.0f} MB free.",
                hint="Free some space, or set NOGLUE_CACHE to a larger disk.",
                needed=needed,
                free=free,
            )

    @contextmanager
    def lock(self, url: str, waiting: Callable[[], None]) -> Iterator[bool]:
        """Alone with this URL, over all runs. → whether another run had it before. `waiting` is called while it has."""
        place = self.root / "locks" / self.key(url)
        if not stat.S_ISREG(_mode(place)):
            _clear(place)
        descriptor = os.open(place, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK, 0o666)
        waited = False
        try:
            while True:
                try:
                    fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    break
                except BlockingIOError:
                    waited = True
                    waiting()
                    time.sleep(_POLL_SECONDS)
            yield waited
        finally:
            os.close(descriptor)


def _write(path: Path, text: str) -> None:
    """Whole or not at all."""
    partial = path.with_name(f"{path.name}.{os.getpid()}")
    _clear(partial)
    descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, 0o644)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
    if stat.S_ISDIR(_mode(path)):
        _clear(path)
    partial.replace(path)


def _mode(path: Path) -> int:
    """Of the file itself, not of what a link leads to; 0 for none."""
    try:
        return path.lstat().st_mode
    except OSError:
        return 0


def _clear(path: Path) -> None:
    """Whatever lies there goes, a folder with all that is in it; no link is followed."""
    if stat.S_ISDIR(_mode(path)):
        with suppress(RecursionError):
            shutil.rmtree(path, ignore_errors=True)
        if path.is_dir():  # deeper than can be walked: out of the way is enough
            path.rename(path.with_name(f"{path.name}.{os.getpid()}.{time.monotonic_ns()}"))
    else:
        path.unlink(missing_ok=True)


def _small(path: Path) -> bytes:
    """The content of a plain file. Raises OSError for a link, a pipe, a folder, and what is too long to be an entry."""
    descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    with os.fdopen(descriptor, "rb") as file:
        facts = os.fstat(descriptor)
        if not stat.S_ISREG(facts.st_mode) or facts.st_size > _SMALL:
            raise OSError(f"{path.name} is no entry")
        return file.read(_SMALL)


def require_own(root: Path, others: Container[int] = ()) -> None:
    """Raises BadUsage `foreign-cache` where the cache is not this user's alone: its content can't be trusted then.

    others: users that are as good as this one (the one that root's steps run as).
    """
    for folder in (root, *(root / name for name in FOLDERS)):
        if not stat.S_ISDIR(_mode(folder)) and folder != root:
            continue  # none, or something that gives way to one
        facts = folder.stat()
        foreign = facts.st_uid != os.geteuid() and facts.st_uid not in others
        if foreign or (facts.st_mode & stat.S_IWOTH and not facts.st_mode & stat.S_ISVTX):
            whose = "belongs to another user" if foreign else "may be written to by everybody"
            raise BadUsage(
                Kind.FOREIGN_CACHE,
                f"The cache folder {folder} {whose}, so what lies in it can't be trusted.",
                hint="Set NOGLUE_CACHE to a folder of your own, or let nobody else write to this one (chmod o-w).",
            )


def describe(entry: Entry) -> str:
    """For notes: `cifar-10-python.tar.gz (170 MB)`."""
    return f"{entry.name} ({entry.bytes / 1e6:,.1f} MB)"
