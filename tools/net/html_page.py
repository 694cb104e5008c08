"""What an HTML page offers: links with the words around them, checksums beside them, title, licence.

Reads Apache, nginx and `python -m http.server` listings, and landing pages like
https://www.cs.toronto.edu/~kriz/cifar.html (three versions of two data sets, MD5 in the next table cell).
"""

import re
from urllib.parse import urljoin, urlsplit

from bs4 import BeautifulSoup, Tag

from noglue.tools.net import checksums, page_moves, url_names
from noglue.tools.spec.web_pages import Checksum, Link, Page

_LISTING = re.compile(r"^\s*(index of\s*/|directory listing (for|of)\b|[\w.-]+ - /)", re.I)  # the last is IIS
_LICENCES = re.compile(
    r"\b(CC[ -]BY(?:[ -](?:SA|NC|ND|NC[ -]SA|NC[ -]ND))?(?:[ -]\d\.\d)?|CC0(?:[ -]1\.0)?|"
    r"(?:MIT|Apache(?:[ -]2\.0)?|BSD(?:[ -][23][ -]clause)?|GPL(?:v?[23])?|ODbL|PDDL|ODC-By)(?= licen[cs]e))",
    re.I,
)
_CREATIVE = re.compile(r"creativecommons\.org/(?:licenses/([a-z-]+)/(\d\.\d)|publicdomain/zero/(\d\.\d))", re.I)
_TEXT_LIMIT = 20_000
_ROWS = ("tr", "li", "dd", "dt", "p", "div", "section")


def read(content: bytes, url: str) -> Page:
    """The page at `url`, which is where relative links start from (after redirects)."""
    soup = BeautifulSoup(content, "html.parser")
    base = soup.find("base", href=True)
    start = urljoin(url, str(base["href"])) if isinstance(base, Tag) else url
    heading = soup.find("h1")
    title = _text(soup.title) or _text(heading)
    listing = bool(_LISTING.match(title) or _LISTING.match(_text(heading)))
    page = Page(url, title, _licence(soup), listing, text=_words(soup))
    page.links = _listed(soup, start) if listing else _linked(soup, start)
    page.forward = page_moves.forward(soup, start)
    page.hidden = page_moves.hidden(soup, start)
    return page


def _linked(soup: BeautifulSoup, start: str) -> list[Link]:
    found: dict[str, Link] = {}
    for anchor in soup.find_all("a", href=True):
        url = page_moves.absolute(start, str(anchor["href"]))
        if url is None or url in found:
            continue
        context, checksum = _surroundings(anchor, start)
        found[url] = Link(url, _text(anchor), context, checksum)
    return list(found.values())


def _listed(soup: BeautifulSoup, start: str) -> list[Link]:
    """Only what lies below: no parent, no column sorting, no other site."""
    folder = urlsplit(start)
    root = folder.path[: folder.path.rfind("/") + 1]
    found: dict[str, Link] = {}
    for anchor in soup.find_all("a", href=True):
        url = page_moves.absolute(start, str(anchor["href"]))
        if url is None:
            continue
        parts = urlsplit(url)
        below = parts.netloc == folder.netloc and parts.path.startswith(root) and parts.path != root and not parts.query
        if below and "/" not in parts.path[len(root) :].rstrip("/"):
            found.setdefault(url, Link(url, _text(anchor), folder=parts.path.endswith("/")))
    return list(found.values())


def _surroundings(anchor: Tag, start: str) -> tuple[str, Checksum | None]:
    """The smallest piece of the page around a link that has a checksum and no other data link; else its row."""
    row = ""
    for parent in anchor.parents:
        if parent.name not in _ROWS:
            continue
        text = _text(parent)
        row = row or text
        others = {page_moves.absolute(start, str(other["href"])) for other in parent.find_all("a", href=True)}
        if sum(1 for url in others if url and url_names.is_data(url) and not url_names.is_checksums(url)) > 1:
            break
        found = checksums.all_in(text)
        if found:
            return row[:300], max(found, key=lambda checksum: len(checksum.hex))
    return row[:300], None


def _licence(soup: BeautifulSoup) -> str | None:
    for anchor in soup.find_all(["a", "link"], href=True):
        found = _CREATIVE.search(str(anchor["href"]))
        if found:
            return f"CC0 {found[3]}" if found[3] else f"CC {found[1].upper()} {found[2]}"
        if "license" in (anchor.get("rel") or []):
            return _text(anchor) or str(anchor["href"])
    words = _LICENCES.search(soup.get_text(" "))
    return words[1] if words else None


def _words(soup: BeautifulSoup) -> str:
    """What the page says of itself and what it shows; scripts and styles are no words."""
    about = soup.find("meta", attrs={"name": "description"})
    said = str(about.get("content") or "") if isinstance(about, Tag) else ""
    return f"{said} {_text(soup.body or soup)}".strip()[:_TEXT_LIMIT]


def _text(tag: Tag | None) -> str:
    return re.sub(r"\s+", " ", tag.get_text(" ")).strip() if tag is not None else ""
