"""Answers of data portals in JSON that are no data but say where it is.

    {"result": {"resources": [{"url": "https://…/a.csv", "format": "CSV"}]}}   CKAN
    [{"name": "a.csv", "download_url": "https://…/a.csv"}]                     figshare, GitHub, OSF
    {"url": "/exports/7/a.csv"}                                                an export that is ready

Rows that happen to hold addresses are data: what counts is a key that says `download`, or that all else is about it.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from noglue.tools.net import url_names
from noglue.tools.net.page_moves import absolute
from noglue.tools.spec.web_pages import Link

_MOST_BYTES = 512 << 10
_MOST = 100
_DEEP = 8
_SAYS_SO = ("download_url", "downloadurl", "download", "contenturl", "medialink", "download_link", "downloadlink",
            "file_url", "fileurl", "data_url", "dataurl", "export_url", "signed_url", "signedurl")  # fmt: skip
_MAY_SAY = ("url", "href", "link", "location", "path", "file", "uri", "self", "content")
_AROUND = ("resources", "files", "distribution", "distributions", "attachments", "assets")


def links(path: Path, start: str) -> list[Link]:
    """The data files that a JSON answer names; none for what is data itself."""
    if path.stat().st_size > _MOST_BYTES:
        return []
    content = path.read_bytes()
    if content.lstrip()[:1] not in (b"{", b"["):
        return []
    try:
        answer = json.loads(content)
    except (ValueError, RecursionError):
        return []
    found: dict[str, Link] = {}
    for key, value, name in _addresses(answer, "", 0):
        target = absolute(start, value)
        if target is None or (not url_names.is_data(target) and not url_names.extension(name)):
            continue
        if key in _SAYS_SO or url_names.is_data(target):
            found.setdefault(target, Link(target, name or value))
    return list(found.values()) if len(found) <= _MOST else []


def _addresses(value: Any, around: str, depth: int) -> Iterator[tuple[str, str, str]]:
    """(key, address, the name beside it) of each address that is offered as a file."""
    if depth > _DEEP:
        return
    if isinstance(value, list):
        for item in value[:1000]:
            yield from _addresses(item, around, depth + 1)
    if not isinstance(value, dict):
        return
    name = next(
        (str(value[key]) for key in ("name", "filename", "key", "title") if isinstance(value.get(key), str)), ""
    )
    alone = depth == 0 and not any(isinstance(item, list) and len(item) > 1 for item in value.values())
    for key, item in value.items():
        lower = str(key).lower().replace("-", "_")
        if isinstance(item, str) and (lower in _SAYS_SO or (lower in _MAY_SAY and (around in _AROUND or alone))):
            yield lower, item, name
        elif isinstance(item, dict | list):
            yield from _addresses(item, lower if lower in _AROUND else around, depth + 1)
