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
from urllib.parse import urljoin, urlsplit

import requests

from noglue.tools.net import failures, html_page, origin, sniff, transport, url_names
from noglue.tools.spec.errors import BudgetSpent, DataError, Kind
from noglue.tools.spec.web_pages import Page

if TYPE_CHECKING:
    from noglue.tools.sandbox.network import Channel

LIMIT = 4 << 20
HEAD = 16 << 10
_CONNECT, _READ = 8.0, 20.0
_HOPS = 5
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
    """A `Web` (see `tools/spec/protocols.py`). remaining: seconds left to the step, or None for no limit."""

    def __init__(self, channel: "Channel", remaining: Callable[[], float | None] = lambda: None) -> None:
        self._channel, self._remaining = channel, remaining
        self._known: dict[str, Any] = {}
        self._dead: dict[str, DataError] = {}
        self.asked = 0

    @cached_property
    def _web(self) -> requests.Session:
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
                head = _read(response, HEAD, url)
                stated = response.headers.get("Content-Range", "").rpartition("/")[2]
                stated = stated if response.status_code == 206 else response.headers.get("Content-Length", "")
                kind = response.headers.get("Content-Type", "").partition(";")[0].strip().lower()
                name = url_names.of_response(response.url, response.headers.get("Content-Disposition"))
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
            return response.url, _read(response, LIMIT + 1, url)

    def _response(
        self, url: str, params: Mapping[str, str] | None, headers: Mapping[str, str], body: Any
    ) -> requests.Response:
        """The answer after redirects. A key in the headers goes where it is meant for, scheme, host and port."""
        left = self._remaining()
        if left is not None and left <= 0:
            raise BudgetSpent(Kind.TIMEOUT, "The time ran out during the search.", hint="Give it more with --budget.")
        here = url
        for _ in range(_HOPS):
            response = self._ask(here, params, headers, body)
            place = response.headers.get("Location", "")
            if not (place and response.is_redirect):
                if response.status_code not in (200, 206):
                    response.close()
                    raise _refusal(response)
                return response
            response.close()
            there = urljoin(here, place)
            if not origin.same(there, here):
                headers = {name: value for name, value in headers.items() if name in ("Accept", "Range")}
            here, params, body = there, None, None
        raise DataError(Kind.REDIRECT_LOOP, f"{failures.shown(url)} sends us from one address to the next without end.")

    def _ask(
        self, url: str, params: Mapping[str, str] | None, headers: Mapping[str, str], body: Any
    ) -> requests.Response:
        place = urlsplit(url).netloc
        if place in self._dead:
            raise self._dead[place]
        self.asked += 1
        try:
            return self._web.request(
                "GET" if body is None else "POST",
                url,
                params=params,
                headers=headers,
                json=body,
                stream=True,
                allow_redirects=False,
                timeout=(_CONNECT, _READ),
            )
        except failures.CAUGHT as error:
            failure = failures.of_exception(error, url)
        except DataError as error:
            failure = error
        if failure.kind in _DEAD:
            self._dead[place] = failure
        raise failure


def _refusal(response: requests.Response) -> DataError:
    if response.status_code != 429:
        return failures.of_status(response)
    host = urlsplit(response.url).hostname
    return DataError(
        Kind.RATE_LIMITED, f"{host} says there were too many requests (HTTP 429).", hint="Try again later."
    )


def _read(response: requests.Response, most: int, url: str) -> bytes:
    """At most so many bytes, and no more of the body is waited for."""
    content = bytearray()
    try:
        for chunk in response.iter_content(1 << 14):
            content += chunk
            if len(content) >= most:
                break
    except failures.CAUGHT as error:
        raise failures.of_exception(error, url) from error
    return bytes(content[:most])


def _host(url: str) -> str:
    return urlsplit(url).hostname or url


def _frozen(pairs: Mapping[str, str] | None) -> tuple[tuple[str, str], ...]:
    return tuple(sorted((pairs or {}).items()))
