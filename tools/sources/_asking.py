"""What the providers share: where a service is, words for its search box, a search engine's result as a candidate.

Each service's address can be another one, a mirror or a copy in a company: `NOGLUE_ZENODO_URL`, `NOGLUE_OPENML_URL`, ….
"""

from collections.abc import Mapping
from html import unescape
from typing import Any

from bs4 import BeautifulSoup

from noglue.tools.spec.sources import Candidate, Query

TEXT = 2000


def endpoint(environment: Mapping[str, str], name: str, default: str) -> str:
    """`NOGLUE_ZENODO_URL`, else the service's own address; no slash at the end."""
    return (environment.get(f"NOGLUE_{name.upper()}_URL") or default).rstrip("/")


def plain(html: Any) -> str:
    """The words of a piece of HTML or Markdown that a stranger wrote, at most 2,000 characters."""
    text = str(html or "")
    words = BeautifulSoup(text, "html.parser").get_text(" ") if "<" in text else unescape(text)
    return " ".join(words.split())[:TEXT]


def narrower(query: Query, most: int = 5) -> list[str]:
    """For search boxes that want every word to match: all words, then pairs, then single ones, longest first.

    >>> narrower(Query(words="wine chemistry cultivar"))
    ['wine chemistry cultivar', 'wine chemistry', 'chemistry', 'cultivar', 'wine']
    """
    words = query.words.split()
    pairs = [" ".join(words[:2])] if len(words) > 2 else []
    return list(dict.fromkeys([" ".join(words), *pairs, *sorted(words, key=lambda word: -len(word))]))[:most]


def page(source: str, url: str, title: str, text: str) -> Candidate:
    """A search engine's result: a page to look at, no files yet."""
    return Candidate(name=url, title=plain(title)[:200] or url, urls=[], page=url, text=plain(text), source=source)


def items(answer: Any, *path: str) -> list[dict[str, Any]]:
    """The list at a place of a JSON answer; empty where the answer is not of the documented form."""
    for name in path:
        answer = answer.get(name) if isinstance(answer, dict) else None
    return [item for item in answer if isinstance(item, dict)] if isinstance(answer, list) else []


def number(value: Any) -> int | None:
    """`"150.0"`, 150 → 150."""
    try:
        return int(float(value))
    except (TypeError, ValueError):
        return None
