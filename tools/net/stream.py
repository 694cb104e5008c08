"""One URL's bytes into its partial file, over as many requests as it takes.

A connection lost half-way goes on with `Range` and `If-Range`, in this process or in a later one. What is asked for
begins a little before the end of what is here, so that a part from elsewhere, or of another file, does not fit on.
An answer counts as the rest only where everything that it says of itself agrees with the beginning (`parts.py`);
after one that does not, the file is asked for whole, and never in parts again.
"""

import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import requests

from noglue.tools.net import asking, checksums, failures, parts
from noglue.tools.net.cache_store import Store, Validators
from noglue.tools.net.checksums import Digests
from noglue.tools.net.transport import CONNECT_SECONDS, Web
from noglue.tools.spec.errors import BudgetSpent, DataError, Kind
from noglue.tools.spec.step import Step

if TYPE_CHECKING:
    from urllib3 import BaseHTTPResponse

_CHUNK = 1 << 18
_TRIES = 4  # without a byte of progress
_PIECES = 200
_SLOWEST = 512  # bytes a second, over `patience` seconds
_LOOK_EVERY = 64 << 20
_TELL_SECONDS = 0.25
_DISTRUSTED = 2  # answers with a wrong part, after which it is an error


@dataclass
class Landed:
    """A whole file, under its partial name. `digests`: of the bytes as they came. open_ended: no length was stated."""

    final: str
    headers: "requests.structures.CaseInsensitiveDict[str] | dict[str, str]"
    digests: Digests
    size: int
    resumed: bool
    open_ended: bool = False


class _Broken(Exception):
    """The body ended early; another request may go on."""

    def __init__(self, error: DataError) -> None:
        self.error = error


@dataclass
class Transfer:
    """limit: bytes that may still be written. patience: seconds of silence or crawling that count as a lost line."""

    web: Web
    store: Store
    step: Step
    limit: int
    patience: float = 60.0
    distrusted: dict[str, int] = field(default_factory=dict)

    def run(
        self, url: str, conditions: dict[str, str], headers: dict[str, str], algorithms: list[str]
    ) -> Landed | None:
        """→ the file, or None when the server says that `conditions` still hold. Raises DataError, BudgetSpent."""
        failed = 0
        for _ in range(_PIECES):
            before = self._size(url)
            try:
                return self._attempt(url, conditions, headers, algorithms)
            except _Broken as broken:
                failed = 1 if self._size(url) > before else failed + 1
                if failed >= _TRIES or self.distrusted.get(url, 0) > _DISTRUSTED:
                    raise broken.error from None
                self._in_time()
                self.step.note(f"{broken.error.message} Going on.", url=failures.shown(url), have=self._size(url))
                time.sleep(min(0.1 * 2**failed, 5.0, self.patience))
        raise DataError(
            Kind.UNREACHABLE, f"{failures.shown(url)} was cut off {_PIECES} times.", hint="Try again later."
        )

    def _size(self, url: str) -> int:
        return self.store.partial_size(url)

    def _attempt(
        self, url: str, conditions: dict[str, str], headers: dict[str, str], algorithms: list[str]
    ) -> Landed | None:
        validators = self.store.validators(url)
        can_go_on = validators.strong() and not self.distrusted.get(url)
        offset = self._size(url) if can_go_on else 0
        overlap = min(offset, parts.OVERLAP)
        asked = headers | (
            {"Range": f"bytes={offset - overlap}-", "If-Range": str(validators.strong())} if offset else conditions
        )
        self.web.clock.silence = self.patience
        limits = asking.Limits(self.step.remaining, CONNECT_SECONDS, self.patience)
        with asking.answer(self.web, url, asked, limits) as response:
            if response.status_code == 304 and conditions and not offset:
                return None
            if response.status_code == 416 and offset:
                return self._had_it_all(url, response, offset, validators, algorithms)
            if response.status_code not in (200, 203, 206):
                raise asking.refused(response)
            why = parts.mismatch(response, offset - overlap if offset else None, validators)
            if why:
                self._distrust(url, why)
            if response.status_code == 206 and offset:
                return self._body(url, response, offset, algorithms, overlap)
            self.store.begin(url, parts.validators_of(response))
            return self._body(url, response, 0, algorithms)

    def _distrust(self, url: str, why: str) -> None:
        """An answer that is not what was asked for: nothing of the file is kept, and no part of it asked for again."""
        self.store.drop(url)
        self.distrusted[url] = self.distrusted.get(url, 0) + 1
        raise _Broken(
            DataError(
                Kind.WRONG_PART,
                f"{failures.shown(url)} was answered with another part than asked for: {why}.",
                hint="The server can't be trusted with parts of a file; give a copy of the file with --data.",
                url=failures.shown(url),
            )
        )

    def _had_it_all(
        self, url: str, response: requests.Response, offset: int, validators: Validators, algorithms: list[str]
    ) -> Landed:
        """416: either nothing is missing, or it is another file now."""
        if response.headers.get("Content-Range", "").replace(" ", "") != f"bytes*/{offset}":
            self._distrust(url, "it changed while it was being downloaded")
        known = {"ETag": validators.etag, "Last-Modified": validators.modified, "Content-Encoding": validators.encoding}
        digests = checksums.of_file(self.store.partial(url), *algorithms)
        return Landed(response.url, {key: value for key, value in known.items() if value}, digests, offset, True)

    def _body(
        self, url: str, response: requests.Response, offset: int, algorithms: list[str], overlap: int = 0
    ) -> Landed:
        partial = self.store.partial(url)
        total = parts.total_of(response)
        self._fits(url, total or offset, (total or offset) - offset)
        digests = checksums.of_file(partial, *algorithms) if offset else Digests(algorithms)
        meter = _Meter(self, url, offset, total)
        if overlap and not self._same(url, response, offset, overlap):
            self._distrust(url, "it does not fit on to what is here")
        try:
            with self.store.open_partial(url) as file:
                while chunk := _read(self.web, response.raw, url, self.patience):
                    file.write(chunk)
                    digests.update(chunk)
                    meter.add(len(chunk))
        except OSError as error:
            raise failures.of_disk(error, failures.shown(url)) or error from error
        meter.tell()
        if total is not None and meter.done < total:
            raise _Broken(_cut(url, meter.done, total))
        if getattr(getattr(response.raw, "_original_response", None), "excess", b""):
            self.store.drop(url)
            raise _Broken(_more_than(url, meter.done))
        return Landed(response.url, response.headers, digests, meter.done, offset > 0, total is None)

    def _same(self, url: str, response: requests.Response, offset: int, overlap: int) -> bool:
        """Does the answer begin with the last bytes that are here?"""
        with self.store.partial(url).open("rb") as file:
            file.seek(offset - overlap)
            here = file.read(overlap)
        came = b""
        while len(came) < overlap and (chunk := _read(self.web, response.raw, url, self.patience, overlap - len(came))):
            came += chunk
        return came == here

    def _fits(self, url: str, size: int, missing: int) -> None:
        if size > self.limit:
            raise DataError(
                Kind.TOO_LARGE,
                f"{failures.shown(url)} ({size / 1e6:,.0f} MB) is over the {self.limit / 1e6:,.0f} MB that are left.",
                hint="Name a smaller source, or raise the limit.",
                bytes=size,
            )
        self.store.room(missing, failures.shown(url))

    def _in_time(self) -> None:
        left = self.step.remaining()
        if left is not None and left <= 0:
            raise BudgetSpent(
                Kind.TIMEOUT,
                "The time ran out during the download, which is slow; what is here already is kept.",
                hint="Run again: it goes on where it stopped.",
            )


class _Meter:
    """Counts, tells, and gives up: on size, on a full disk, on a crawling server, on time."""

    def __init__(self, transfer: Transfer, url: str, offset: int, total: int | None) -> None:
        self._transfer, self._url, self._total = transfer, url, total
        self.done = offset
        self._told = self._window = time.monotonic()
        self._looked = self._window_start = offset

    def add(self, count: int) -> None:
        self.done += count
        if self.done > self._transfer.limit or self.done - self._looked >= _LOOK_EVERY:
            self._looked = self.done
            self._transfer._fits(self._url, self.done, 0)
        now = time.monotonic()
        if now - self._told >= _TELL_SECONDS:
            self._told = now
            self.tell()
            self._transfer._in_time()
        if now - self._window >= self._transfer.patience:
            if self.done - self._window_start < _SLOWEST * self._transfer.patience:
                raise _Broken(DataError(Kind.UNREACHABLE, f"{failures.shown(self._url)} comes too slowly."))
            self._window, self._window_start = now, self.done

    def tell(self) -> None:
        self._transfer.step.progress("download", self.done, self._total, unit="bytes", url=failures.shown(self._url))


def _read(web: Web, raw: "BaseHTTPResponse | Any", url: str, patience: float, most: int = _CHUNK) -> bytes:
    """What has come in, up to so many bytes; empty at the end. Raises _Broken, also when patience ends."""
    web.clock.start(patience)
    try:
        return bytes(raw.read1(most, decode_content=False))
    except parts.CUT as error:
        raise _Broken(
            DataError(
                Kind.TRUNCATED,
                f"{failures.shown(url)} was cut short: the connection ended within the file.",
                url=failures.shown(url),
            )
        ) from error
    except failures.CAUGHT as error:
        raise _Broken(failures.of_exception(error, url)) from error


def _cut(url: str, done: int, total: int) -> DataError:
    return DataError(
        Kind.TRUNCATED, f"{failures.shown(url)} ended after {done:,} of {total:,} bytes.", url=failures.shown(url)
    )


def _more_than(url: str, done: int) -> DataError:
    return DataError(
        Kind.TRUNCATED,
        f"{failures.shown(url)} was announced with {done:,} bytes and the server sent more: what came is cut short.",
        hint="The server is at fault; try another one, or give a copy of the file with --data.",
        url=failures.shown(url),
    )
