"""Web search by DuckDuckGo's page without scripts; needs no key, and is asked only where no other engine is set up.

    GET https://html.duckduckgo.com/html/?q=wine+dataset
    <div class="result …"><h2 class="result__title">
        <a class="result__a" href="//duckduckgo.com/l/?uddg=https%3A%2F%2Fexample.org%2Fwine&amp;rut=…">Wine</a>
    </h2>… <a class="result__snippet" href="…">Using chemical analysis …</a></div>

Source: https://duckduckgo.com/duckduckgo-help-pages/features/non-javascript. `ddgs` reads the same page, but with an
HTTP client of its own, which the sandbox does not let out. A challenge page (HTTP 202) is told as `forbidden`.
"""

from collections.abc import Mapping
from urllib.parse import parse_qs, urlsplit

from noglue.tools.sources import _asking
from noglue.tools.spec import catalogue
from noglue.tools.spec.errors import DataError, Kind
from noglue.tools.spec.sources import Candidate, Query, Web

FINDS, RANK = "pages", 90
_BASE = "https://html.duckduckgo.com"


def available(environment: Mapping[str, str]) -> str | None:
    if environment.get("NOGLUE_DUCKDUCKGO_URL"):
        return None
    names = [name for name in catalogue.names("noglue.tools.sources") if name != "duckduckgo"]
    others = {name: catalogue.load("noglue.tools.sources", name) for name in names}
    engines = [name for name, other in others.items() if other.FINDS == "pages" and not other.available(environment)]
    first = min(engines, key=lambda name: others[name].RANK, default=None)
    return f"{first} is set up and asked in its place" if first else None


def find(query: Query, web: Web, environment: Mapping[str, str], limit: int = 10) -> list[Candidate]:
    base = _asking.endpoint(environment, "duckduckgo", _BASE)
    found: dict[str, Candidate] = {}
    page = web.page(f"{base}/html/", {"q": query.words})
    for link in page.links:
        url = _target(link.url)
        if url is None:
            continue
        found.setdefault(url, _asking.page("duckduckgo", url, link.text, link.context))
    if not found and "anomaly" in page.text.lower():
        raise DataError(Kind.FORBIDDEN, "DuckDuckGo wants to see a person before it answers.", hint="Try again later.")
    return list(found.values())[:limit]


def _target(url: str) -> str | None:
    """Where a result leads: `…/l/?uddg=https%3A%2F%2F…` → that address. Advertisements (`/y.js`) lead nowhere."""
    parts = urlsplit(url)
    stated = parse_qs(parts.query).get("uddg", [])
    if parts.path.startswith("/l/") and stated and stated[0].startswith(("http://", "https://")):
        host = urlsplit(stated[0]).hostname or ""
        return None if host.endswith("duckduckgo.com") else stated[0]
    return None
