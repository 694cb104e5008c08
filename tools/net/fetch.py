"""One URL into the cache: conditional, resumed, verified, shared with other runs.

fetcher = Fetcher(Store(step.cache), step)
fetcher.get("https://example.org/data.zip", checksum=parse("md5:…")).path
"""

import time
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from noglue.tools.net import checksums, failures, naming, origin, packing, sniff, transport, url_names, wholeness
from noglue.tools.net.cache_store import Entry, Store, describe
from noglue.tools.net.stream import Landed, Transfer
from noglue.tools.spec.errors import BudgetSpent, DataError, Kind
from noglue.tools.spec.step import Step
from noglue.tools.spec.web_pages import Checksum

_STALE_SERVES = (Kind.OFFLINE, Kind.UNREACHABLE, Kind.SERVER_ERROR, Kind.NAME_NOT_FOUND, Kind.RATE_LIMITED)


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
    def web(self) -> transport.Web:
        if self.step.network is None:
            raise ValueError("no channel to the network")
        return transport.session(self.step.network)

    def close(self) -> None:
        """Let go of the connections."""
        if "web" in self.__dict__:
            self.web.close()

    def get(self, url: str, checksum: Checksum | None = None, data: bool = False, prose: bool = False) -> Fetched:
        """The file at a URL. `data`: a web page in its place is an error. `prose`: a short text is what is wanted.

        Raises DataError: `not-found`, `forbidden`, `server-error`, `rate-limited`, `unreachable`, `name-not-found`,
        `tls-error`, `offline`, `forbidden-address`, `redirect-loop`, `checksum-mismatch`, `truncated`, `wrong-part`,
        `wrong-encoding`, `too-large`, `disk-full`, `html-instead-of-data` (a `PageInstead`), `not-the-data`;
        BudgetSpent when the step's time ends.
        """
        url = url.partition("#")[0]
        fetched = self._known(url, checksum) or self._alone(url, checksum, data, prose)
        if fetched.cached and not fetched.verified:
            sniff.require_data(fetched.path, fetched.name, url, fetched.final, page_may_be=not data, prose=prose)
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
            name = naming.name_of(url, {}, sniff.head(self.store.object(checksum.hex)))
            return self._cached(Entry(url=shown, final=shown, sha256=checksum.hex, bytes=size, name=name), True)
        return None

    def _alone(self, url: str, checksum: Checksum | None, data: bool, prose: bool) -> Fetched:
        """The same with the URL's lock held: another run may be at it right now."""
        began = time.time()
        with self.store.lock(url, lambda: self._waiting(url)) as waited:
            entry = self.store.entry(url)
            if entry is not None and not self.store.intact(entry.sha256):
                entry = None
            if entry is not None and waited and entry.at >= began and checksum is None:
                return self._cached(entry)
            if waited and (known := self._known(url, checksum)):
                return known
            try:
                return self._ask(url, entry, checksum, data, prose)
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

    def _waiting(self, url: str) -> None:
        """Raises BudgetSpent: another run may hold on to its download longer than this one has time."""
        self.step.progress("waiting for another run's download", url=failures.shown(url))
        left = self.step.remaining()
        if left is not None and left <= 0:
            raise BudgetSpent(
                Kind.TIMEOUT,
                f"The time ran out while another run was downloading {failures.shown(url)}.",
                hint="Run again when that one has ended, or give it more time with --budget.",
            )

    def _ask(self, url: str, entry: Entry | None, checksum: Checksum | None, data: bool, prose: bool) -> Fetched:
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
        fetched = self._settle(url, landed, checksum, data, prose)
        if fetched is None:  # resumed, and the whole does not add up: once more from the start
            self.step.note(f"{failures.shown(url)} was resumed and does not match its checksum; starting over.")
            landed = transfer.run(url, {}, headers, algorithms)
            fetched = self._settle(url, landed, checksum, data, prose) if landed else None
        if fetched is None:
            raise DataError(Kind.CHECKSUM_MISMATCH, f"{failures.shown(url)} could not be downloaded whole.")
        return fetched

    def _settle(self, url: str, landed: Landed, checksum: Checksum | None, data: bool, prose: bool) -> Fetched | None:
        """Check what came, and keep it. None: a resumed download that is worth another try."""
        partial = self.store.partial(url)
        name = naming.name_of(landed.final, landed.headers, b"")
        digests, size = landed.digests, landed.size
        as_sent = checksum is not None and digests.hex(checksum.algorithm) == checksum.hex
        try:
            encoding = landed.headers.get("Content-Encoding")
            if not as_sent and packing.undo(partial, encoding, name, self.max_bytes - self.spent, url):
                size = partial.stat().st_size
                digests = checksums.of_file(partial, *([checksum.algorithm] if checksum else []))
            verified = checksum is not None and digests.hex(checksum.algorithm) == checksum.hex
            name = naming.name_of(_named_by(url, landed.final), landed.headers, sniff.head(partial))
            if not verified:
                sniff.require_data(partial, name, url, landed.final, page_may_be=not data, prose=prose)
            if landed.open_ended:
                wholeness.require_whole(partial, name, url)
        except DataError:
            self.store.drop(url)
            raise
        if checksum is not None and not verified:
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
        return self._fetched(entry, cached=False, verified=verified)

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


def _named_by(url: str, final: str) -> str:
    """The address whose last part names the file: that which was asked for, where it promises one."""
    return url if url_names.is_data(url) or not url_names.is_data(final) else final
