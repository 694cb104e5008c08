"""Kaggle's data sets, where KAGGLE_USERNAME and KAGGLE_KEY are set (kaggle.com, Settings, API).

    GET https://www.kaggle.com/api/v1/datasets/list?search=wine&sortBy=relevance   Authorization: Basic …
    [{"ref": "uciml/red-wine-quality-cortez-et-al-2009", "title": "Red Wine Quality", "subtitle": "Simple and clean …",
      "totalBytes": 28593, "licenseName": "Database: Open Database, Contents: Database Contents",
      "url": "https://www.kaggle.com/datasets/uciml/…", "tags": [{"name": "food"}], …}]
    GET https://www.kaggle.com/api/v1/datasets/download/uciml/red-wine-quality-cortez-et-al-2009   → a zip file

Source: https://github.com/Kaggle/kaggle-api (its swagger description). Fields may come with `Nullable` at their ends.
"""

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from noglue.tools.net import known_places
from noglue.tools.sources import _asking
from noglue.tools.spec.sources import Candidate, Query, Web

FINDS, RANK = "data", 80
KEYS = ("KAGGLE_USERNAME", "KAGGLE_KEY")


def available(environment: Mapping[str, str]) -> str | None:
    lacking = [name for name in KEYS if not environment.get(name)]
    return f"{' and '.join(lacking)} not set" if lacking else None


def find(query: Query, web: Web, environment: Mapping[str, str], limit: int = 10) -> list[Candidate]:
    base = _asking.endpoint(environment, "kaggle", known_places.KAGGLE)
    (login,) = known_places.logins(environment).values()
    found: dict[str, Candidate] = {}
    for words in _asking.narrower(query, most=3):
        asked = {"search": words, "sortBy": "relevance", "page": "1"}
        answer = web.json(f"{base}/api/v1/datasets/list", asked, login)
        for item in _asking.items({"list": answer}, "list"):
            reference = str(item.get("ref") or "")
            if reference.count("/") == 1:
                found.setdefault(reference, _candidate(item, reference, base))
        if len(found) >= limit:
            break
    return list(found.values())[:limit]


def _candidate(item: dict[str, Any], reference: str, base: str) -> Candidate:
    tags = " ".join(str(tag.get("name", "")) for tag in _asking.items(item, "tags"))
    return Candidate(
        name=f"kaggle-{reference}",
        title=_asking.plain(_field(item, "title"))[:200] or reference,
        urls=[f"{base}/api/v1/datasets/download/{quote(reference)}"],
        licence=str(_field(item, "licenseName") or "") or None,
        bytes=_asking.number(_field(item, "totalBytes")),
        page=f"{base}/datasets/{reference}",
        format="zip",
        text=_asking.plain(f"{_field(item, 'subtitle') or ''} {tags} {_field(item, 'description') or ''}"),
        source="kaggle",
    )


def _field(item: dict[str, Any], name: str) -> Any:
    return item.get(name) or item.get(f"{name}Nullable")
