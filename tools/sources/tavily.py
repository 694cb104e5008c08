"""Web search by Tavily, where TAVILY_API_KEY is set.

    POST https://api.tavily.com/search   Authorization: Bearer tvly-…   {"query": "wine dataset", "max_results": 10}
    {"query": "wine dataset", "results": [
        {"title": "Wine - UCI", "url": "https://archive.ics.uci.edu/dataset/109/wine", "content": "Using chemical …",
         "score": 0.91}], "response_time": 1.2}

Source: https://docs.tavily.com/documentation/api-reference/endpoint/search
"""

from collections.abc import Mapping

from noglue.tools.sources import _asking
from noglue.tools.spec.sources import Candidate, Query, Web

FINDS, RANK = "pages", 20
KEYS = ("TAVILY_API_KEY",)


def available(environment: Mapping[str, str]) -> str | None:
    return None if environment.get("TAVILY_API_KEY") else "TAVILY_API_KEY is not set"


def find(query: Query, web: Web, environment: Mapping[str, str], limit: int = 10) -> list[Candidate]:
    base = _asking.endpoint(environment, "tavily", "https://api.tavily.com")
    headers = {"Authorization": f"Bearer {environment['TAVILY_API_KEY']}"}
    answer = web.json(f"{base}/search", headers=headers, body={"query": query.words[:400], "max_results": limit})
    return [
        _asking.page("tavily", str(item["url"]), str(item.get("title", "")), str(item.get("content", "")))
        for item in _asking.items(answer, "results")
        if str(item.get("url", "")).startswith(("http://", "https://"))
    ][:limit]
