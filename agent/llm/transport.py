"""The wire to a language model's server: bounded in seconds and bytes, and nothing on it is taken for more than it is.

    guard = Guard(seconds=20.0)
    openai.DefaultHttpxClient(transport=guard.transport)  # anthropic's, ollama's, google's clients take it too
    guard.within(lambda: model.invoke(messages))          # an answer, or OutOfTime after 20 s, whatever comes

A time-out of a client's own is one of silence: a blank every second keeps it waiting for ever. So the question is asked
in a thread that is left behind when its time is over, and whose connections are closed. Replies are read whole here,
before any provider's package sees them: up to `LARGEST` bytes when unpacked, JSON, no error in the clothes of a 200,
no redirect to another server, which would be handed the key.
"""

import json
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from contextvars import copy_context
from threading import Thread
from typing import Any, TypeVar
from urllib.request import getproxies, proxy_bypass

from noglue.agent.llm import wire_formats

LARGEST = 4 << 20  # bytes of one reply, unpacked: about a hundred times the longest answer
ENCODINGS = ("", "identity", "gzip", "deflate")
MOST_EMPTY = 1 << 16  # reads that bring nothing

Answer = TypeVar("Answer")


class OutOfTime(Exception):
    """The answer was not whole in its time. `str()`: for a person, as of the others here."""


class Unreadable(Exception):
    """What came back is no reply of a language model's server."""


class Refused(Exception):
    """The server answered with an error. status: the HTTP status, or the error's own code where that was 200.

    headers: lower-case names; `retry-after` is what they are kept for.
    """

    def __init__(self, message: str, status: int, headers: dict[str, str] | None = None) -> None:
        super().__init__(message)
        self.status, self.headers = status, headers or {}


def cause(error: BaseException) -> BaseException:
    """What the wire raised, under whatever a provider's package made of it; else the error itself."""
    seen: BaseException | None = error
    for _ in range(20):
        if seen is None or isinstance(seen, OutOfTime | Unreadable | Refused):
            break
        seen = seen.__cause__ or seen.__context__
    return seen if isinstance(seen, OutOfTime | Unreadable | Refused) else error


class Guard:
    """One question's time. `transport` is to be given to every client that asks it."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self._ends = time.monotonic() + seconds
        self._cut = False
        self.transport: Any = Transport(self)  # by its form one of httpx and of httpx2, by its class of neither

    def left(self) -> float:
        """Seconds. Raises OutOfTime when there are none."""
        left = self._ends - time.monotonic()
        if left <= 0 or self._cut:
            raise OutOfTime(f"its answer was not whole after {self.seconds:.0f} s")
        return left

    def renew(self, seconds: float) -> None:
        """The next question's time begins, on the same connections. Not after a cut: they are closed."""
        assert not self._cut
        self.seconds, self._ends = seconds, time.monotonic() + seconds

    @property
    def spent(self) -> bool:
        return self._cut

    def within(self, ask: Callable[[], Answer]) -> Answer:
        """What `ask` returns or raises, as soon as it does; OutOfTime when the time is over."""
        came: list[Answer] = []
        failed: list[BaseException] = []
        context = copy_context()

        def work() -> None:
            try:
                came.append(context.run(ask))
            except BaseException as error:  # whatever it is, it belongs to whom asked
                failed.append(error)

        thread = Thread(target=work, name="question", daemon=True)
        thread.start()
        try:
            thread.join(self.left() + 0.1)
        finally:
            if thread.is_alive():
                self._cut = True
                self.transport.close()
        if failed:
            raise failed[0]
        if not came:
            self.left()
        return came[0]


class Transport:
    """A transport of httpx or of httpx2, whichever the client is of: it learns that from the first request."""

    def __init__(self, guard: Guard) -> None:
        self._guard = guard
        self._inner: dict[tuple[str, str], Any] = {}

    def handle_request(self, request: Any) -> Any:
        """An httpx.Response that has been read. Raises OutOfTime, Unreadable, Refused; httpx's own errors otherwise."""
        library = sys.modules[type(request).__module__.partition(".")[0]]
        request.extensions["timeout"] = dict.fromkeys(("connect", "read", "write", "pool"), self._guard.left())
        request.headers["Accept-Encoding"] = "gzip"
        reply = self._to(library, request.url).handle_request(request)
        headers = {name.lower(): value for name, value in reply.headers.items()}
        try:
            body = self._whole(reply, headers)
        finally:
            reply.close()
        content = _judged(request.url, reply.status_code, headers, body)
        kept = [(n, v) for n, v in reply.headers.items() if n.lower() not in ("content-encoding", "content-length")]
        plain = [(n, v) for n, v in kept if n.lower() != "transfer-encoding"]
        return library.Response(reply.status_code, headers=plain, content=content)

    def _to(self, library: Any, url: Any) -> Any:
        """The connections to a server, through the proxy of the environment where there is one for it."""
        place = (url.scheme, url.host)
        if place not in self._inner:
            proxy = None if proxy_bypass(url.host) else getproxies().get(url.scheme) or getproxies().get("all")
            none_kept = library.Limits(max_keepalive_connections=0)  # questions come seconds apart, and are few
            self._inner[place] = library.HTTPTransport(proxy=proxy, limits=none_kept)
        return self._inner[place]

    def _whole(self, reply: Any, headers: dict[str, str]) -> bytes:
        if headers.get("content-encoding", "").strip().lower() not in ENCODINGS:
            raise Unreadable("it answers in an encoding that was not asked for")
        parts, size, reads = [], 0, 0
        for part in reply.iter_bytes():
            self._guard.left()
            size, reads = size + len(part), reads + (not part)
            if size > LARGEST or reads > MOST_EMPTY:
                raise Unreadable(f"its answer has no end: more than {LARGEST >> 20} MB")
            parts.append(part)
        return b"".join(parts)

    def close(self) -> None:
        """From another thread, too: who still reads finds the connection gone."""
        for inner in list(self._inner.values()):
            with suppress(Exception):
                inner.close()

    def __enter__(self) -> "Transport":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _judged(url: Any, status: int, headers: dict[str, str], body: bytes) -> bytes:
    """The body as providers' packages can read it."""
    if 300 <= status < 400:
        _stay(url, headers.get("location", ""))
        return body
    if status >= 400:
        raise Refused(f"it answers {status}: {_said(body)}", status, headers)
    kind = headers.get("content-type", "").lower()
    if "html" in kind or body.lstrip()[:1] == b"<":
        raise Unreadable("it answers with a web page: that address is not one of an API")
    try:
        content = json.loads(body)
    except RecursionError as error:
        raise Unreadable("its answer is nested too deeply") from error
    except ValueError as error:
        return _lines(body, error)
    if (failed := wire_formats.error_in(content)) is not None:
        raise Refused(f"it answers with an error: {failed.message}", failed.status or 500, headers)
    tidied = wire_formats.tidied(content)
    return body if tidied is content else json.dumps(tidied).encode()


def _lines(body: bytes, error: ValueError) -> bytes:
    """A stream, as Ollama sends it: one JSON object a line."""
    lines = [line for line in body.splitlines() if line.strip()]
    streamed = [wire_formats.event(line) for line in lines]
    if not lines or None in streamed:
        raise Unreadable("its answer is no JSON" if body.strip() else "its answer is empty") from error
    for content in streamed:
        if (failed := wire_formats.error_in(content)) is not None:
            raise Refused(f"it answers with an error: {failed.message}", failed.status or 500)
    if (joined := wire_formats.joined([one for one in streamed if isinstance(one, dict)])) is not None:
        return json.dumps(wire_formats.tidied(joined)).encode()
    return body


def _stay(url: Any, location: str) -> None:
    """Raises Refused for a redirect that leaves the server: it would be sent the key and the request."""
    there = url.join(location) if location else url
    if (there.scheme, there.host, there.port) != (url.scheme, url.host, url.port) or not location:
        where = f"{there.scheme}://{there.host}{f':{there.port}' if there.port else ''}"
        raise Refused(f"it sends on to {where}; if that is meant, name it", 404)


def _said(body: bytes) -> str:
    """What a server says of its failure: the message of its error, or the beginning of its text."""
    with suppress(ValueError, RecursionError):
        content = json.loads(body)
        found = wire_formats.error_in(content) or wire_formats.error_in({"error": content})
        if found is not None:
            return found.message
    text = body[:2000].decode("utf-8", "replace")
    return "(a web page)" if text.lstrip()[:1] == "<" else " ".join(text.split()) or "(nothing)"
