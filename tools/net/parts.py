"""Is an answer the part of a file that was asked for? Everything that it says of itself must agree.

    mismatch(response, 1000, validators)     "" for the rest of the file from byte 1,000; else what is wrong with it

Source: RFC 9110, 14.4 (Content-Range), 13.1.5 (If-Range) and 15.3.7 (206).
"""

import re

import requests
from urllib3.exceptions import IncompleteRead, InvalidChunkLength, ProtocolError

from noglue.tools.net.cache_store import Validators

OVERLAP = 4096
CUT = (IncompleteRead, InvalidChunkLength, ProtocolError)
_RANGE = re.compile(r"\s*bytes\s+(\d{1,18})\s*-\s*(\d{1,18})\s*/\s*(\d{1,18}|\*)\s*", re.I)


def mismatch(response: requests.Response, start: int | None, known: Validators) -> str:
    """What is wrong with an answer to a question for the bytes from `start`, or (None) for a whole file.

    known: what the beginning was said to be.
    """
    stated = response.headers.get("Content-Range")
    if response.headers.get("Content-Type", "").lower().startswith("multipart/byteranges"):
        return "it is several parts in one"
    if response.status_code != 206:
        return "it calls itself a whole file and a part in one breath" if stated is not None else ""
    found = _RANGE.fullmatch(stated or "")
    if found is None:
        return "it does not say which part it is"
    first, last, total = int(found[1]), int(found[2]), None if found[3] == "*" else int(found[3])
    if start is None:
        whole = first == 0 and total == last + 1 and not _length_differs(response, first, last)
        return "" if whole else "it is a part where the whole file was asked for"
    if first != start:
        return f"it begins at byte {first:,} instead of {start:,}"
    if (total is not None and last >= total) or last < first:
        return "its end lies outside of the file"
    if known.total is not None and total is not None and total not in (known.total, start + OVERLAP):
        return f"it is of a file of {total:,} bytes instead of {known.total:,}"
    if _length_differs(response, first, last):
        return "its length is not the one of that part"
    return _another_file(response, known)


def _length_differs(response: requests.Response, first: int, last: int) -> bool:
    length = response.headers.get("Content-Length", "").strip()
    return length.isdigit() and int(length) != last - first + 1


def _another_file(response: requests.Response, known: Validators) -> str:
    etag, modified = response.headers.get("ETag"), response.headers.get("Last-Modified")
    if known.etag is not None and etag != known.etag:
        return "it is of another version of the file"
    if known.modified is not None and modified is not None and modified != known.modified:
        return "it is of another version of the file"
    encoding = response.headers.get("Content-Encoding")
    return "" if (encoding or None) == known.encoding else "it is packed in another way"


def total_of(response: requests.Response) -> int | None:
    """How long the whole file is, where the answer says so."""
    found = _RANGE.fullmatch(response.headers.get("Content-Range", ""))
    if response.status_code == 206 and found:
        return int(found[2]) + 1 if found[3] == "*" else int(found[3])
    length = response.headers.get("Content-Length", "").strip()
    chunked = "chunked" in response.headers.get("Transfer-Encoding", "").lower()
    return int(length) if length.isdigit() and not chunked else None


def validators_of(response: requests.Response) -> Validators:
    """What a later part must agree with."""
    return Validators(
        etag=response.headers.get("ETag"),
        modified=response.headers.get("Last-Modified"),
        encoding=response.headers.get("Content-Encoding") or None,
        total=total_of(response),
    )
