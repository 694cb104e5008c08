"""What went wrong with a request, as a DataError that a planner can act on."""

import errno
import re
from urllib.parse import urlsplit

import requests
from urllib3.exceptions import HTTPError, NewConnectionError, ReadTimeoutError, SSLError

from noglue.tools.showing import addresses
from noglue.tools.spec.errors import DataError, Kind

_STATUS = {
    401: (Kind.FORBIDDEN, "wants a login", "Download it in a browser and give the file with --data."),
    403: (Kind.FORBIDDEN, "refuses to give it", "Download it in a browser and give the file with --data."),
    404: (Kind.NOT_FOUND, "has nothing there", "Check the address."),
    410: (Kind.NOT_FOUND, "has nothing there any more", "Look for a newer address."),
    429: (Kind.RATE_LIMITED, "says there were too many requests", "Try again later."),
}


def shown(url: str) -> str:
    """A URL for people and records: without passwords, signatures and tokens."""
    return addresses.record(url)


def of_status(response: requests.Response, says: str = "") -> DataError:
    """For a response that is neither the file nor a redirect. says: what its body tells, in a stranger's words."""
    url, status = shown(response.url), response.status_code
    default = Kind.SERVER_ERROR if status >= 500 else Kind.BAD_REQUEST
    kind, what, hint = _STATUS.get(status, (default, f"answers {status} {response.reason or ''}".rstrip(), ""))
    if status == 403 and response.headers.get("cf-mitigated"):
        what = "wants to see a browser"
    message = f"{urlsplit(url).hostname} {what}: {url} (HTTP {status})." + (f" It says: {says}." if says else "")
    return DataError(kind, message, hint=hint or "Try again later, or name another source.", url=url, status=status)


def of_exception(error: Exception, url: str) -> DataError:
    """For what `requests` and `urllib3` raise."""
    url = shown(url)
    host = urlsplit(url).hostname
    chain = list(_causes(error))
    for cause in chain:
        if isinstance(cause, DataError):
            return cause
    if any(isinstance(cause, (requests.exceptions.SSLError, SSLError)) for cause in chain):
        return DataError(
            Kind.TLS_ERROR,
            f"{host} could not prove that it is {host}: {_short(chain[-1])}.",
            url=url,
            hint="If a company proxy signs the traffic, name its certificate file in SSL_CERT_FILE.",
        )
    if isinstance(error, requests.TooManyRedirects):
        return DataError(Kind.REDIRECT_LOOP, f"{url} sends us from one address to the next, endlessly.", url=url)
    if isinstance(error, (requests.exceptions.InvalidSchema, requests.exceptions.MissingSchema)):
        return DataError(
            Kind.FORBIDDEN_ADDRESS, f"{url} leads to an address that is neither http nor https: {error}.", url=url
        )
    if isinstance(error, (requests.exceptions.InvalidURL, requests.exceptions.InvalidHeader, UnicodeError, ValueError)):
        return DataError(Kind.BAD_ADDRESS, f"{url} is not an address that can be asked: {_short(error)}.", url=url)
    if isinstance(error, requests.exceptions.RetryError):
        return DataError(
            Kind.SERVER_ERROR, f"{host} keeps failing: {_short(chain[-1])}.", url=url, hint="Try again later."
        )
    if any(isinstance(cause, TimeoutError | ReadTimeoutError) for cause in chain):
        return DataError(
            Kind.UNREACHABLE,
            f"{host} did not answer in time: {url} stayed silent, or sent too little, for too many seconds.",
            hint="Try again later, or give it more time with --budget.",
            url=url,
        )
    refused = next((cause for cause in chain if isinstance(cause, NewConnectionError)), None)
    reason = _short(refused or chain[-1])
    return DataError(
        Kind.UNREACHABLE,
        f"{host} did not answer properly: {reason}.",
        hint="Check the network; try again later.",
        url=url,
    )


def of_disk(error: OSError, place: str) -> DataError | None:
    """For a full disk, else None."""
    if error.errno not in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
        return None
    return DataError(
        Kind.DISK_FULL,
        f"The disk is full: no room for {place}.",
        hint="Free some space, or set NOGLUE_CACHE and --runs to a larger disk.",
    )


def _causes(error: BaseException) -> "list[BaseException]":
    """An exception and what lies under it, outermost first; urllib3 keeps causes in `args` and `reason`."""
    found: list[BaseException] = []
    waiting: list[BaseException] = [error]
    while waiting and len(found) < 20:
        current = waiting.pop(0)
        if any(current is known for known in found):
            continue
        found.append(current)
        for inner in (current.__cause__, current.__context__, getattr(current, "reason", None), *current.args):
            if isinstance(inner, BaseException):
                waiting.append(inner)
    return found


def _short(error: BaseException) -> str:
    text = re.sub(r"<[^>]*object at 0x[0-9a-f]+>:?\s*", "", str(error)) or type(error).__name__
    text = re.sub(r"^\w*Connection\([^)]*\):\s*", "", text)
    return text.strip().rstrip(".")[:300]


CAUGHT = (requests.RequestException, HTTPError, UnicodeError)
