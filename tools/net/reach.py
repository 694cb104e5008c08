"""What searching asks of the web: JSON answers, pages, the first bytes of a file. Short, and never twice in one step.

    reach = Reach(step.network)
    reach.json("https://zenodo.org/api/records", {"q": "wine", "type": "dataset"})["hits"]["hits"]
    reach.page("https://www.cs.toronto.edu/~kriz/cifar.html").links
    reach.look("https://example.org/wine.csv").head          # b"alcohol,malic_acid,…"

A host that could not be reached is not asked again; that is told by the same error at once, so that one dead host
costs its time only once. Files are downloaded by `fetch`, not by this.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import urlsplit

import requests

from noglue.tools.net import asking, failures, html_page, naming, sniff, transport
from noglue.tools.net.waiting import Patience
from noglue.tools.spec.errors import DataError, Kind
from noglue.tools.spec.web_pages import Page

if TYPE_CHECKING:
    from noglue.tools.sandbox.network import Channel

LIMIT = 4 << 20
HEAD = 16 << 10
_CONNECT, _READ = 8.0, 20.0
_PATIENCE = Patience(tries=2, longest=5.0)
_DEAD = (Kind.UNREACHABLE, Kind.NAME_NOT_FOUND, Kind.OFFLINE, Kind.TLS_ERROR, Kind.FORBIDDEN_ADDRESS)
_T = TypeVar("_T")


@dataclass(frozen=True)
class Look:
    """The beginning of what a URL gives. final: after redirects. bytes: of the whole, where the server says so."""

    final: str
    type: str
    name: str
    head: bytes
    bytes: int | None = None

    @property
    def is_page(self) -> bool:
        return sniff.is_page(self.head)


class Reach:
    """A `Web` (see `tools/spec/sources.py`). remaining: seconds left to the step, or None for no limit."""

    def __init__(self, channel: "Channel", remaining: Callable[[], float | None] = lambda: None) -> None:
        self._channel, self._remaining = channel, remaining
        self._known: dict[str, Any] = {}
        self._dead: dict[str, DataError] = {}
        self.asked = 0

    @cached_property
    def _web(self) -> transport.Web:
        return transport.session(self._channel, _CONNECT, patient=False)

    def close(self) -> None:
        if "_web" in self.__dict__:
            self._web.close()

    def json(self, url: str, params: Mapping[str, str] | None = None, headers: Mapping[str, str] | None = None,
             body: Any = None) -> Any:  # fmt: skip
        """Raises DataError also for an answer that is no JSON (`server-error`) or over 4 MB (`too-large`)."""

        def ask() -> Any:
            _, content = self._get(url, params, {"Accept": "application/json", **(headers or {})}, body)
            if len(content) > LIMIT:
                raise DataError(Kind.TOO_LARGE, f"The answer of {_host(url)} is over {LIMIT >> 20} MB.")
            try:
                return json.loads(content)
            except ValueError as error:
                raise DataError(Kind.SERVER_ERROR, f"{_host(url)} did not answer in JSON: {error}.", url=url) from error

        return self._once(("json", url, _frozen(params), _frozen(headers), json.dumps(body)), ask)

    def page(self, url: str, params: Mapping[str, str] | None = None) -> Page:
        """Raises DataError also for what is no HTML page (`not-a-page`)."""

        def ask() -> Page:
            final, content = self._get(url, params, {"Accept": "text/html,application/xhtml+xml"}, None)
            if not sniff.is_page(content[:HEAD]) and b"<a " not in content[:HEAD]:
                raise DataError(Kind.NOT_A_PAGE, f"{failures.shown(url)} is no web page.", url=failures.shown(url))
            return html_page.read(content[:LIMIT], final)

        return self._once(("page", url, _frozen(params)), ask)

    def text(self, url: str) -> str:
        """A small text, like a SHA256SUMS file."""
        return self._once(("text", url), lambda: self._get(url, None, {}, None)[1][:LIMIT].decode(errors="replace"))

    def look(self, url: str, headers: Mapping[str, str] | None = None) -> Look:
        """The first 16 kB of a file, and how large it is. Servers that ignore Range are cut off after these."""

        def ask() -> Look:
            asked = {"Range": f"bytes=0-{HEAD - 1}", **(headers or {})}
            with self._response(url, None, asked, None) as response:
                head = self._read(response, HEAD, url)
                stated = response.headers.get("Content-Range", "").rpartition("/")[2]
                stated = stated if response.status_code == 206 else response.headers.get("Content-Length", "")
                kind = response.headers.get("Content-Type", "").partition(";")[0].strip().lower()
                name = naming.name_of(response.url, response.headers, head)
                return Look(response.url, kind, name, head, int(stated) if stated.isdigit() else None)

        return self._once(("look", url, _frozen(headers)), ask)

    def _once(self, key: tuple[Any, ...], ask: Callable[[], _T]) -> _T:
        """What was asked before is answered, or refused, as before."""
        if str(key) not in self._known:
            try:
                self._known[str(key)] = ask()
            except DataError as error:
                self._known[str(key)] = error
        known = self._known[str(key)]
        if isinstance(known, DataError):
            raise known
        found: _T = known
        return found

    def _get(
        self, url: str, params: Mapping[str, str] | None, headers: Mapping[str, str], body: Any
    ) -> tuple[str, bytes]:
        with self._response(url, params, headers, body) as response:
            return response.url, self._read(response, LIMIT + 1, url)

    def _response(
        self, url: str, params: Mapping[str, str] | None, headers: Mapping[str, str], body: Any
    ) -> requests.Response:
        """The answer after redirects. A key in the headers goes to the place it is meant for and to no other."""
        place = urlsplit(url).netloc
        if place in self._dead:
            raise self._dead[place]
        self.asked += 1
        self._web.clock.silence = _READ
        limits = asking.Limits(self._remaining, _CONNECT, _READ, _PATIENCE)
        try:
            response = asking.answer(self._web, url, headers, limits, params, body)
        except DataError as error:
            if error.kind in _DEAD:
                self._dead[str(error.data.get("place", place))] = error
            raise
        if response.status_code not in (200, 203, 206):
            with response:
                raise asking.refused(response)
        return response

    def _read(self, response: requests.Response, most: int, url: str) -> bytes:
        """At most so many bytes, and no more of the body is waited for."""
        content = bytearray()
        self._web.clock.start(_READ)
        try:
            while len(content) < most and (chunk := response.raw.read1(1 << 14, decode_content=True)):
                content += chunk
        except (*failures.CAUGHT, TimeoutError) as error:
            raise failures.of_exception(error, url) from error
        return bytes(content[:most])


def _host(url: str) -> str:
    return urlsplit(url).hostname or url


def _frozen(pairs: Mapping[str, str] | None) -> tuple[tuple[str, str], ...]:
    return tuple(sorted((pairs or {}).items()))
