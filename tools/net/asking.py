"""One question to a server, until there is an answer worth reading: redirects, busy servers, and an end to every wait.

    with answer(web, "https://example.org/a.csv", {}, Limits(remaining=step.remaining)) as response: …

Each redirect is a question of its own, so that no body of one is read, and a login goes no further than the scheme,
host and port that it was meant for. A server that asks to come back (429, 503; Retry-After) is waited for where that
is short, and else told.
"""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urljoin, urlsplit, urlunsplit

import requests

from noglue.tools.net import failures, origin, other_answers, waiting
from noglue.tools.net.transport import Web
from noglue.tools.spec.errors import BudgetSpent, DataError, Kind

HOPS = 10
_FOR_EVERYBODY = ("accept", "range", "if-range", "if-none-match", "if-modified-since")
_ERROR_BYTES = 8 << 10
_LEAST = 1.0  # seconds that a question gets, however little is left


def _no_limit() -> float | None:
    return None


@dataclass(frozen=True)
class Limits:
    """remaining: seconds left to the step, or None. answer: seconds until the headers are here, redirects included."""

    remaining: Callable[[], float | None] = _no_limit
    connect: float = 20.0
    answer: float = 60.0
    patience: waiting.Patience = field(default_factory=waiting.Patience)

    def seconds(self) -> float:
        """For the next question. Raises BudgetSpent when there is no time."""
        left = self.remaining()
        if left is None:
            return self.answer
        if left <= 0:
            raise BudgetSpent(
                Kind.TIMEOUT,
                "The time ran out while the data was being fetched; what is here already is kept.",
                hint="Give it more with --budget; another run goes on where this one stopped.",
            )
        return min(self.answer, max(left * 0.8, _LEAST))


def answer(
    web: Web,
    url: str,
    headers: Mapping[str, str],
    limits: Limits,
    params: Mapping[str, str] | None = None,
    body: Any = None,
) -> requests.Response:
    """The answer to a question, its body still to be read; any status that is neither a redirect nor a busy server's.

    Raises DataError: `redirect-loop`, `rate-limited`, and what `failures` makes of a connection; BudgetSpent.
    """
    asked = 0
    while True:
        asked += 1
        response = _after_redirects(web, url, headers, limits, params, body)
        if response.status_code not in waiting.BUSY:
            return response
        stated = waiting.seconds_of(response.headers.get("Retry-After"))
        wait = limits.patience.wait(stated, asked, limits.remaining())
        if wait is None:
            with response:
                raise _busy(response, stated) if response.status_code in (202, 425, 429, 503) else refused(response)
        response.close()
        time.sleep(wait)


def refused(response: requests.Response) -> DataError:
    """The error of a status, with what the server says about it."""
    return failures.of_status(response, _says(response))


def _after_redirects(
    web: Web, url: str, headers: Mapping[str, str], limits: Limits, params: Mapping[str, str] | None, body: Any
) -> requests.Response:
    here, kept = url, dict(headers)
    web.clock.start(limits.seconds())
    for _ in range(HOPS + 1):
        response = _ask(web, here, kept, limits, params, body)
        place = response.headers.get("Location", "")
        if not (place and response.is_redirect):
            return response
        response.close()
        there = urljoin(response.url, _as_text(place))
        if not origin.same(there, here):
            kept = {name: value for name, value in kept.items() if name.lower() in _FOR_EVERYBODY}
        elif "@" in urlsplit(here).netloc:
            there = with_login(there, here)
        here, params, body = there, None, None
    raise DataError(
        Kind.REDIRECT_LOOP,
        f"{failures.shown(url)} sends us from one address to the next, endlessly.",
        url=failures.shown(url),
    )


def _ask(
    web: Web, url: str, headers: dict[str, str], limits: Limits, params: Mapping[str, str] | None, body: Any
) -> requests.Response:
    try:
        return web.request(
            "GET" if body is None else "POST",
            url,
            params=params,
            headers=headers,
            json=body,
            stream=True,
            allow_redirects=False,
            timeout=(limits.connect, web.clock.left()),
        )
    except (*failures.CAUGHT, TimeoutError) as error:
        failure = failures.of_exception(error, url)
        failure.data["place"] = urlsplit(url).netloc.rpartition("@")[2]
        raise failure from error
    except DataError as error:
        error.data["place"] = urlsplit(url).netloc.rpartition("@")[2]
        raise


def with_login(url: str, asked: str) -> str:
    """The address with the user's login for it, where both are of one origin and it brings none itself."""
    login = urlsplit(asked).netloc.rpartition("@")[0]
    parts = urlsplit(url)
    if not login or "@" in parts.netloc or not origin.same(url, asked):
        return url
    return urlunsplit(parts._replace(netloc=f"{login}@{parts.netloc}"))


def _as_text(location: str) -> str:
    """Headers are read as Latin-1; what servers write there is UTF-8."""
    try:
        return location.encode("latin-1").decode("utf-8")
    except UnicodeError:
        return location


def _busy(response: requests.Response, stated: float | None) -> DataError:
    """A server that asks to come back: when, in words, and in seconds for a planner."""
    status, host = response.status_code, urlsplit(response.url).hostname
    what = {429: "says there were too many requests", 202: "is still preparing the file"}.get(status, "is busy")
    when = f" and asks us to come back in {waiting.in_words(stated)}" if stated else ""
    says = _says(response)
    return DataError(
        Kind.SERVER_ERROR if status == 503 and not stated else Kind.RATE_LIMITED,
        f"{host} {what}{when}: {failures.shown(response.url)} (HTTP {status})."
        + (f" It says: {says}." if says else ""),
        hint=f"Run again in {waiting.in_words(stated)}, or name another source." if stated else "Try again later.",
        url=failures.shown(response.url),
        status=status,
        retry_after=stated,
    )


def _says(response: requests.Response) -> str:
    """What an error's body says, where it is words; nobody is waited for long."""
    content = b""
    try:
        while len(content) < _ERROR_BYTES and (chunk := response.raw.read1(_ERROR_BYTES, decode_content=False)):
            content += chunk
    except (*failures.CAUGHT, OSError):
        pass
    return other_answers.words(content[:_ERROR_BYTES])
