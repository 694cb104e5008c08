"""Web search by Brave, where BRAVE_API_KEY is set.

    GET https://api.search.brave.com/res/v1/web/search?q=wine+dataset&count=10   X-Subscription-Token: …
    {"type": "search", "web": {"type": "search", "results": [
        {"title": "Wine - UCI", "url": "https://archive.ics.uci.edu/dataset/109/wine",
         "description": "Using <strong>chemical</strong> analysis …"}]}}

Source: https://api-dashboard.search.brave.com/app/documentation/web-search/get-started
"""

from collections.abc import Mapping

from noglue.tools.sources import _asking
from noglue.tools.spec.sources import Candidate, Query, Web

FINDS, RANK = "pages", 30
KEYS = ("BRAVE_API_KEY",)
_MOST = 20


def available(environment: Mapping[str, str]) -> str | None:
    return None if environment.get("BRAVE_API_KEY") else "BRAVE_API_KEY is not set"


def find(query: Query, web: Web, environment: Mapping[str, str], limit: int = 10) -> list[Candidate]:
    base = _asking.endpoint(environment, "brave", "https://api.search.brave.com")
    headers = {"X-Subscription-Token": environment["BRAVE_API_KEY"]}
    asked = {"q": query.words[:400], "count": str(min(limit, _MOST))}
    answer = web.json(f"{base}/res/v1/web/search", asked, headers)
    return [
        _asking.page("brave", str(item["url"]), str(item.get("title", "")), str(item.get("description", "")))
        for item in _asking.items(answer, "web", "results")
        if str(item.get("url", "")).startswith(("http://", "https://"))
    ][:limit]
