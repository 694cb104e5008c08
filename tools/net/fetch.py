"""One URL into the cache: conditional, resumed, verified, shared with other runs.

fetcher = Fetcher(Store(step.cache), step)
fetcher.get("https://example.org/data.zip", checksum=parse("md5:…")).path
"""

import gzip
import time
import zlib
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import requests

from noglue.tools.net import checksums, failures, origin, sniff, transport, url_names
from noglue.tools.net.cache_store import Entry, Store, describe
from noglue.tools.net.stream import Landed, Transfer
from noglue.tools.spec.errors import DataError, Kind
from noglue.tools.spec.step import Step
from noglue.tools.spec.web_pages import Checksum

_STALE_SERVES = (Kind.OFFLINE, Kind.UNREACHABLE, Kind.SERVER_ERROR, Kind.NAME_NOT_FOUND)
_PACKED = ("gzip", "x-gzip")


@dataclass(frozen=True)
class Fetched:
    """A whole file in the cache. `url`, `final`: fit to be shown. `cached`: no byte of it was downloaded now."""

    url: str
    final: str
    path: Path
    name: str
    bytes: int
    sha256: str
    type: str = ""
    cached: bool = False
    verified: bool = False

    @property
    def is_page(self) -> bool:
        return sniff.is_page(sniff.head(self.path))


@dataclass
class Fetcher:
    """What one step downloads. max_bytes: for all of it. headers: origin → extra request headers (a Hub token)."""

    store: Store
    step: Step
    offline: bool = False
    max_bytes: int = 64 << 30
    patience: float = 60.0
    headers: dict[str, dict[str, str]] = field(default_factory=dict)
    spent: int = 0

    @cached_property
    def web(self) -> requests.Session:
        if self.step.network is None:
            raise ValueError("no channel to the network")
        return transport.session(self.step.network)

    def close(self) -> None:
        """Let go of the connections."""
        if "web" in self.__dict__:
            self.web.close()

    def get(self, url: str, checksum: Checksum | None = None, data: bool = False) -> Fetched:
        """The file at a URL. `data`: a web page in its place is an error.

        Raises DataError: `not-found`, `forbidden`, `server-error`, `unreachable`, `name-not-found`, `tls-error`,
        `offline`, `forbidden-address`, `redirect-loop`, `checksum-mismatch`, `truncated`, `too-large`, `disk-full`,
        `html-instead-of-data`; BudgetSpent when the step's time ends.
        """
        url = url.partition("#")[0]
        fetched = self._known(url, checksum) or self._alone(url, checksum, data)
        if data and fetched.is_page:
            raise sniff.page_instead(fetched.path, url)
        self.spent += fetched.bytes
        if self.spent > self.max_bytes:
            limit = f"{self.max_bytes / 1e6:,.0f} MB"
            raise DataError(
                Kind.TOO_LARGE,
                f"With {fetched.name} the download passes its limit of {limit}.",
                hint="Name a smaller source.",
            )
        return fetched

    def _known(self, url: str, checksum: Checksum | None) -> Fetched | None:
        """With a published checksum, content that is here already needs no question to the server."""
        entry = self.store.entry(url)
        if checksum is None:
            return None
        if entry is not None and self.store.intact(entry.sha256, checksum):
            return self._cached(entry, True)
        if checksum.algorithm == "sha256" and self.store.intact(checksum.hex):
            size = self.store.object(checksum.hex).stat().st_size
            shown = failures.shown(url)
            name = url_names.of_response(url, None)
            return self._cached(Entry(url=shown, final=shown, sha256=checksum.hex, bytes=size, name=name), True)
        return None

    def _alone(self, url: str, checksum: Checksum | None, data: bool) -> Fetched:
        """The same with the URL's lock held: another run may be at it right now."""
        began = time.time()
        stage = lambda: self.step.progress("waiting for another run's download", url=failures.shown(url))  # noqa: E731
        with self.store.lock(url, stage) as waited:
            entry = self.store.entry(url)
            if entry is not None and not self.store.intact(entry.sha256):
                entry = None
            if entry is not None and waited and entry.at >= began and checksum is None:
                return self._cached(entry)
            if waited and (known := self._known(url, checksum)):
                return known
            try:
                return self._ask(url, entry, checksum, data)
            except DataError as error:
                if entry is None or checksum is not None or error.kind not in _STALE_SERVES:
                    raise
                when = time.strftime("%Y-%m-%d", time.localtime(entry.at))
                self.step.note(
                    f"{error.message} The copy of {describe(entry)} from {when} is used.",
                    url=entry.url,
                    kind=error.kind,
                )
                return self._cached(entry)

    def _ask(self, url: str, entry: Entry | None, checksum: Checksum | None, data: bool) -> Fetched:
        if self.offline:
            raise DataError(
                Kind.OFFLINE,
                f"{failures.shown(url)} is not in the cache, and this run works without the internet.",
                hint="Run once with the internet, or give a local copy with --data.",
            )
        if self.step.network is None:
            raise DataError(
                Kind.UNREACHABLE, f"{failures.shown(url)} can't be asked: this step has no way to the network."
            )
        conditions = {} if checksum is not None or entry is None else _conditions(entry)
        transfer = Transfer(self.web, self.store, self.step, self.max_bytes - self.spent, self.patience)
        headers = self.headers.get(origin.of(url), {})
        algorithms = [checksum.algorithm] if checksum else []
        landed = transfer.run(url, conditions, headers, algorithms)
        if landed is None:
            assert entry is not None
            self.store.remember(url, entry)
            return self._cached(entry)
        fetched = self._settle(url, landed, checksum, data)
        if fetched is None:  # resumed, and the whole does not add up: once more from the start
            self.step.note(f"{failures.shown(url)} was resumed and does not match its checksum; starting over.")
            landed = transfer.run(url, {}, headers, algorithms)
            fetched = self._settle(url, landed, checksum, data) if landed else None
        if fetched is None:
            raise DataError(Kind.CHECKSUM_MISMATCH, f"{failures.shown(url)} could not be downloaded whole.")
        return fetched

    def _settle(self, url: str, landed: Landed, checksum: Checksum | None, data: bool) -> Fetched | None:
        """Check what came, and keep it. None: a resumed download that is worth another try."""
        partial = self.store.partial(url)
        if data and sniff.is_page(sniff.head(partial)):
            error = sniff.page_instead(partial, url)
            self.store.drop(url)
            raise error
        name = url_names.of_response(url, landed.headers.get("Content-Disposition"))
        digests, size = landed.digests, landed.size
        if landed.headers.get("Content-Encoding", "").lower() in _PACKED and not name.lower().endswith((".gz", ".tgz")):
            size = _unpack(partial, self.max_bytes - self.spent, url)
            digests = checksums.of_file(partial, *([checksum.algorithm] if checksum else []))
        if checksum is not None and digests.hex(checksum.algorithm) != checksum.hex:
            self.store.drop(url)
            if landed.resumed:
                return None
            raise DataError(
                Kind.CHECKSUM_MISMATCH,
                f"{failures.shown(url)} is not what was published: {checksum.algorithm} "
                f"{digests.hex(checksum.algorithm)} instead of {checksum.hex}.",
                hint="The file was changed or damaged on its way; another mirror may have the right one.",
                url=failures.shown(url),
            )
        entry = Entry(
            url=failures.shown(url),
            final=failures.shown(landed.final),
            sha256=digests.hex(),
            bytes=size,
            name=name,
            etag=landed.headers.get("ETag"),
            modified=landed.headers.get("Last-Modified"),
            type=landed.headers.get("Content-Type", "").partition(";")[0].strip().lower(),
        )
        self.store.keep(url, entry.sha256, entry)
        return self._fetched(entry, cached=False, verified=checksum is not None)

    def _cached(self, entry: Entry, verified: bool = False) -> Fetched:
        return self._fetched(entry, cached=True, verified=verified)

    def _fetched(self, entry: Entry, cached: bool, verified: bool) -> Fetched:
        return Fetched(
            entry.url,
            entry.final,
            self.store.object(entry.sha256),
            entry.name,
            entry.bytes,
            entry.sha256,
            entry.type,
            cached,
            verified,
        )


def _conditions(entry: Entry) -> dict[str, str]:
    """Ask for the file only if it is another one by now."""
    stated = {"If-None-Match": entry.etag, "If-Modified-Since": entry.modified}
    return {name: value for name, value in stated.items() if value}


def _unpack(path: Path, limit: int, url: str) -> int:
    """Undo a transfer's gzip, in place. → bytes."""
    plain, size = path.with_suffix(".plain"), 0
    try:
        with gzip.open(path) as packed, plain.open("wb") as file:
            while chunk := packed.read(1 << 18):
                size += len(chunk)
                if size > limit:
                    raise DataError(Kind.TOO_LARGE, f"{failures.shown(url)} unpacks to more than the limit.")
                file.write(chunk)
    except (OSError, EOFError, zlib.error) as error:
        plain.unlink(missing_ok=True)
        full = failures.of_disk(error, path.name) if isinstance(error, OSError) else None
        raise full or DataError(Kind.TRUNCATED, f"{failures.shown(url)} came damaged: {error}.") from error
    plain.replace(path)
    return size
