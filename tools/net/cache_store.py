"""The download cache that runs share. Content is stored once, by its SHA-256; an index tells what a URL gave last.

    objects/<sha256>            whole files, read-only
    index/<key>.json            `Entry`: what a URL gave, with ETag and Last-Modified; key = SHA-256 of the URL
    partial/<key>, <key>.json   a download that was cut off, with the validators it needs to go on
    locks/<key>                 flock: one download of a URL at a time, over all runs

Files appear by rename, so that a reader never sees half of one; a killed run leaves a partial file that the next
one goes on with.
"""

import fcntl
import hashlib
import os
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from pydantic import BaseModel, ValidationError

from noglue.tools.net import checksums
from noglue.tools.spec.errors import DataError, Kind
from noglue.tools.spec.web_pages import Checksum

RESERVE = 64 << 20
_POLL_SECONDS = 0.2


class Entry(BaseModel):
    """What a URL gave. `url`, `final` (after redirects): without tokens, fit to be shown. `at`: seconds since 1970."""

    url: str
    final: str
    sha256: str
    bytes: int
    name: str
    etag: str | None = None
    modified: str | None = None
    type: str = ""
    at: float = 0.0


class Validators(BaseModel):
    """What a partial file needs to go on: it must still be the same file."""

    etag: str | None = None
    modified: str | None = None

    def strong(self) -> str | None:
        """For If-Range: a strong ETag, else the date; None when the server gave neither."""
        if self.etag and not self.etag.startswith("W/"):
            return self.etag
        return self.modified


class Store:
    def __init__(self, root: Path) -> None:
        self.root = root
        for name in ("objects", "index", "partial", "locks"):
            (root / name).mkdir(parents=True, exist_ok=True)

    @staticmethod
    def key(url: str) -> str:
        return hashlib.sha256(url.encode()).hexdigest()

    def object(self, sha256: str) -> Path:
        return self.root / "objects" / sha256

    def partial(self, url: str) -> Path:
        return self.root / "partial" / self.key(url)

    def entry(self, url: str) -> Entry | None:
        """What the URL gave last, if that content is still here."""
        try:
            entry = Entry.model_validate_json(
                (self.root / "index" / f"{self.key(url)}.json").read_text(encoding="utf-8")
            )
        except (OSError, ValidationError):
            return None
        return entry if self.object(entry.sha256).is_file() else None

    def intact(self, sha256: str, published: Checksum | None = None) -> bool:
        """Is the content here, unharmed, and what was published? Harmed content is dropped."""
        path = self.object(sha256)
        if not path.is_file():
            return False
        digests = checksums.of_file(path, *([published.algorithm] if published else []))
        if digests.hex() != sha256:
            path.unlink(missing_ok=True)
            return False
        return published is None or digests.hex(published.algorithm) == published.hex

    def keep(self, url: str, sha256: str, entry: Entry) -> Path:
        """Turn the partial file of a URL into an object, and remember where it came from."""
        place = self.object(sha256)
        partial = self.partial(url)
        partial.chmod(0o444)
        partial.replace(place)
        partial.with_suffix(".json").unlink(missing_ok=True)
        self.remember(url, entry)
        return place

    def remember(self, url: str, entry: Entry) -> None:
        now = entry.model_copy(update={"at": time.time()})
        _write(self.root / "index" / f"{self.key(url)}.json", now.model_dump_json())

    def validators(self, url: str) -> Validators:
        try:
            return Validators.model_validate_json(self.partial(url).with_suffix(".json").read_text(encoding="utf-8"))
        except (OSError, ValidationError):
            return Validators()

    def begin(self, url: str, validators: Validators) -> None:
        """A new partial file, empty. Its validators are on disk before its first byte."""
        self.partial(url).unlink(missing_ok=True)
        _write(self.partial(url).with_suffix(".json"), validators.model_dump_json())

    def drop(self, url: str) -> None:
        self.partial(url).unlink(missing_ok=True)
        self.partial(url).with_suffix(".json").unlink(missing_ok=True)

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
        descriptor = os.open(self.root / "locks" / self.key(url), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o666)
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
    partial.write_text(text, encoding="utf-8")
    partial.replace(path)


def describe(entry: Entry) -> str:
    """For notes: `cifar-10-python.tar.gz (170 MB)`."""
    return f"{entry.name} ({entry.bytes / 1e6:,.1f} MB)"
