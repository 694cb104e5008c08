"""One URL's bytes into its partial file, over as many requests as it takes.

A connection lost half-way goes on with `Range` and `If-Range`, in this process or in a later one. The server may
answer 206 (checked: right place, same file), 200 (from the start again), 416 (we had it all, or the file changed).
"""

import re
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import requests

from noglue.tools.net import checksums, failures
from noglue.tools.net.cache_store import Store, Validators
from noglue.tools.net.checksums import Digests
from noglue.tools.net.transport import CONNECT_SECONDS
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


@dataclass
class Landed:
    """A whole file, still under its partial name. `digests`: of the bytes as they came."""

    final: str
    headers: "requests.structures.CaseInsensitiveDict[str] | dict[str, str]"
    digests: Digests
    size: int
    resumed: bool


class _Broken(Exception):
    """The body ended early; another request may go on."""

    def __init__(self, error: DataError) -> None:
        self.error = error


@dataclass
class Transfer:
    """limit: bytes that may still be written. patience: seconds of silence or crawling that count as a lost line."""

    web: requests.Session
    store: Store
    step: Step
    limit: int
    patience: float = 60.0

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
                if failed >= _TRIES:
                    raise broken.error from None
                self._in_time()
                self.step.note(f"{broken.error.message} Going on.", url=failures.shown(url), have=self._size(url))
                time.sleep(min(0.1 * 2**failed, 5.0, self.patience))
        raise DataError(
            Kind.UNREACHABLE, f"{failures.shown(url)} was cut off {_PIECES} times.", hint="Try again later."
        )

    def _size(self, url: str) -> int:
        partial = self.store.partial(url)
        return partial.stat().st_size if partial.exists() else 0

    def _attempt(
        self, url: str, conditions: dict[str, str], headers: dict[str, str], algorithms: list[str]
    ) -> Landed | None:
        validators = self.store.validators(url)
        offset = self._size(url) if validators.strong() else 0
        asked = headers | (
            {"Range": f"bytes={offset}-", "If-Range": str(validators.strong())} if offset else conditions
        )
        try:
            response = self.web.get(url, headers=asked, stream=True, timeout=(CONNECT_SECONDS, self.patience))
        except failures.CAUGHT as error:
            raise failures.of_exception(error, url) from error
        with response:
            if response.status_code == 304 and not offset:
                return None
            if response.status_code == 416 and offset:
                return self._had_it_all(url, response, offset, validators, algorithms)
            if response.status_code == 206 and offset and _goes_on(response, offset, validators):
                return self._body(url, response, offset, algorithms)
            if response.status_code == 206:
                self.store.drop(url)
                raise _Broken(
                    DataError(
                        Kind.SERVER_ERROR, f"{failures.shown(url)} was answered with another part than asked for."
                    )
                )
            if response.status_code != 200:
                raise failures.of_status(response)
            self.store.begin(
                url, Validators(etag=response.headers.get("ETag"), modified=response.headers.get("Last-Modified"))
            )
            return self._body(url, response, 0, algorithms)

    def _had_it_all(
        self, url: str, response: requests.Response, offset: int, validators: Validators, algorithms: list[str]
    ) -> Landed:
        """416: either nothing is missing, or it is another file now."""
        if response.headers.get("Content-Range", "").replace(" ", "") != f"bytes*/{offset}":
            self.store.drop(url)
            raise _Broken(DataError(Kind.SERVER_ERROR, f"{failures.shown(url)} changed while it was being downloaded."))
        known = {"ETag": validators.etag, "Last-Modified": validators.modified}
        digests = checksums.of_file(self.store.partial(url), *algorithms)
        return Landed(response.url, {key: value for key, value in known.items() if value}, digests, offset, True)

    def _body(self, url: str, response: requests.Response, offset: int, algorithms: list[str]) -> Landed:
        partial = self.store.partial(url)
        stated = response.headers.get("Content-Length", "")
        total = offset + int(stated) if stated.isdigit() else None
        self._fits(url, total or offset, (total or offset) - offset)
        digests = checksums.of_file(partial, *algorithms) if offset else Digests(algorithms)
        meter = _Meter(self, url, offset, total)
        try:
            with partial.open("ab" if offset else "wb") as file:
                while chunk := _read(response.raw, url):
                    file.write(chunk)
                    digests.update(chunk)
                    meter.add(len(chunk))
        except OSError as error:
            raise failures.of_disk(error, failures.shown(url)) or error from error
        meter.tell()
        if total is not None and meter.done < total:
            raise _Broken(_cut(url, meter.done, total))
        return Landed(response.url, response.headers, digests, meter.done, offset > 0)

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
                "The time ran out during the download; what is here already is kept.",
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


def _read(raw: "BaseHTTPResponse | Any", url: str) -> bytes:
    """What has come in, up to a chunk; empty at the end. Raises _Broken."""
    try:
        return bytes(raw.read1(_CHUNK, decode_content=False))
    except failures.CAUGHT as error:
        raise _Broken(failures.of_exception(error, url)) from error


def _cut(url: str, done: int, total: int) -> DataError:
    return DataError(
        Kind.TRUNCATED, f"{failures.shown(url)} ended after {done:,} of {total:,} bytes.", url=failures.shown(url)
    )


def _goes_on(response: requests.Response, offset: int, validators: Validators) -> bool:
    """Is this 206 the rest of the file we have the beginning of?"""
    found = re.match(r"bytes\s+(\d+)-\d+/(\d+|\*)", response.headers.get("Content-Range", ""))
    etag = response.headers.get("ETag")
    return found is not None and int(found[1]) == offset and (etag is None or etag == validators.etag)
