"""Web search through a SearXNG instance that the user names: NOGLUE_SEARXNG_URL.

    GET {NOGLUE_SEARXNG_URL}/search?q=wine+dataset&format=json
    {"query": "wine dataset", "number_of_results": 0, "results": [
        {"url": "https://archive.ics.uci.edu/dataset/109/wine", "title": "Wine - UCI Machine Learning …",
         "content": "Using chemical analysis to determine the origin …", "engine": "duckduckgo", "score": 1.0}], …}

Source: https://docs.searxng.org/dev/search_api.html. An instance answers 403 unless its settings allow `json`.
"""

from collections.abc import Mapping

from noglue.tools.sources import _asking
from noglue.tools.spec.errors import DataError, Kind
from noglue.tools.spec.sources import Candidate, Query, Web

FINDS, RANK = "pages", 10


def available(environment: Mapping[str, str]) -> str | None:
    return None if environment.get("NOGLUE_SEARXNG_URL") else "NOGLUE_SEARXNG_URL names no instance"


def find(query: Query, web: Web, environment: Mapping[str, str], limit: int = 10) -> list[Candidate]:
    base = environment["NOGLUE_SEARXNG_URL"].rstrip("/").removesuffix("/search")
    try:
        answer = web.json(f"{base}/search", {"q": query.words, "format": "json"})
    except DataError as error:
        if error.kind == Kind.FORBIDDEN:
            error.hint = "SearXNG gives JSON only where its settings.yml has `search: formats: [html, json]`."
        raise
    results = _asking.items(answer, "results")
    return [
        _asking.page("searxng", str(item["url"]), str(item.get("title", "")), str(item.get("content", "")))
        for item in results
        if str(item.get("url", "")).startswith(("http://", "https://"))
    ][:limit]
