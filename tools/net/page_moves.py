"""Where a page sends people who look for its file, without a link that says so.

    <meta http-equiv="refresh" content="0; url=/new/">          forward: /new/
    <form action=/uc><input type=hidden name=confirm value=t>   forward: /uc?confirm=t, where nothing is to be filled in
    <button onclick="location.href='/members.csv'">             hidden: /members.csv
    <script>{"downloadUrl": "/members.csv"}</script>            hidden: /members.csv

No script is run. A form that wants a name, a word, a tick or an agreement is a person's to send, and none is posted.
"""

import re
from collections.abc import Iterator
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit, urlunsplit

from bs4 import BeautifulSoup, Tag

from noglue.tools.net import url_names
from noglue.tools.spec.web_pages import Link

_REFRESH = re.compile(r"^\s*(\d+)?(?:\.\d*)?\s*[;,]?\s*(?:url\s*=)?\s*['\"]?\s*([^'\"]*?)\s*['\"]?\s*$", re.I)
_LONGEST_REFRESH = 60
_MOVES = re.compile(
    r"(?:(?:window|document|self|top|parent)\s*\.\s*)*location(?:\s*\.\s*href)?\s*(?:=(?!=)|\.\s*(?:replace|assign)\s*\()"
    r"\s*(['\"`])(?P<to>[^'\"`\s<>]{1,2000})\1"
    r"|window\s*\.\s*open\s*\(\s*(['\"`])(?P<open>[^'\"`\s<>]{1,2000})\3",
    re.I,
)
_QUOTED = re.compile(r"(['\"`])((?:https?:)?(?:\\?/|\.{0,2}/)?[^'\"`\s<>{}|^]{3,2000})\1", re.I)
_ON = re.compile(
    r"download|anyway|confirm|continue|proceed|get (the )?(file|data)|go on|herunterladen|trotzdem|weiter|télécharger|"
    r"continuer|descargar|continuar|scarica|baixar|export",
    re.I,
)
_AGREEING = re.compile(r"\b(agree|accept|terms|licen[cs]e|consent|years|old enough|akzeptier|zustimm|j'accepte)", re.I)
_HERE = re.compile(
    r"(click|tap|press|use|try|follow)\b.{0,40}\b(here|link)|does(n't| not) (start|begin)|direct link|start automatic|"
    r"hier klicken|cliquez ici|haga clic|if nothing happens",
    re.I,
)
_ATTRIBUTES = ("data-href", "data-url", "data-download", "data-download-url", "data-file", "data-link", "data-src",
               "data-target-url", "formaction")  # fmt: skip
_FILLED_IN = ("text", "password", "email", "search", "checkbox", "radio", "file", "number", "tel", "url", "date")
_TYPES = ("text/csv", "application/json", "application/zip", "application/x-zip-compressed", "application/gzip")
_MOST = 200
_SCRIPT_BYTES = 2 << 20


def forward(soup: BeautifulSoup, start: str) -> list[Link]:
    """Where a browser, or a person with one click, would be taken: refreshes, plain forms, `click here`, scripts."""
    found: dict[str, Link] = {}
    for url, words in (*_refreshes(soup), *_forms(soup, start), *_click_here(soup), *_script_moves(soup)):
        target = absolute(start, url)
        if target is not None:
            found.setdefault(target, Link(target, words))
    return list(found.values())[:_MOST]


def hidden(soup: BeautifulSoup, start: str) -> list[Link]:
    """Addresses in attributes, in the facts for search engines and in scripts, that promise a data file."""
    found: dict[str, Link] = {}
    for url, words in (*_buttons(soup), *_alternates(soup), *_in_scripts(soup)):
        target = absolute(start, url)
        if target is not None and url_names.is_data(target):
            found.setdefault(target, Link(target, words))
    return list(found.values())[:_MOST]


def absolute(start: str, link: str) -> str | None:
    """None for anything that is not a page or a file of the web (mailto, javascript, an anchor on this page)."""
    try:
        url = urljoin(start, link.strip()).partition("#")[0]
        return url if urlsplit(url).scheme in ("http", "https") and urlsplit(url).hostname and url != start else None
    except ValueError:
        return None


def _refreshes(soup: BeautifulSoup) -> Iterator[tuple[str, str]]:
    for tag in soup.find_all("meta", attrs={"http-equiv": re.compile(r"^\s*refresh\s*$", re.I)}):
        match = _REFRESH.match(str(tag.get("content") or ""))
        if match and match[2] and int(match[1] or 0) <= _LONGEST_REFRESH:
            yield match[2], "the page's own refresh"


def _forms(soup: BeautifulSoup, start: str) -> Iterator[tuple[str, str]]:
    """Forms that are sent by GET, with nothing to fill in and a button to go on."""
    for form in soup.find_all("form"):
        if str(form.get("method") or "get").lower() != "get":
            continue
        fields = [tag for tag in form.find_all(["input", "select", "textarea"]) if _kind(tag) in _FILLED_IN]
        words = " ".join(
            [form.get_text(" "), *(str(tag.get("value") or "") for tag in _submits(form)), str(form.get("id"))]
        )
        if fields or not _submits(form) or _AGREEING.search(words) or not _ON.search(words):
            continue
        action = str(form.get("action") or start)
        action = next((str(tag["formaction"]) for tag in _submits(form) if tag.get("formaction")), action)
        pairs = [
            (str(tag["name"]), str(tag.get("value") or ""))
            for tag in form.find_all("input", attrs={"name": True})
            if _kind(tag) == "hidden"
        ]
        try:
            parts = urlsplit(urljoin(start, action))
        except ValueError:
            continue
        query = urlencode(pairs) if pairs else urlencode(parse_qsl(parts.query))
        yield urlunsplit(parts._replace(query=query, fragment="")), _words(form) or "the page's form"


def _kind(tag: Tag) -> str:
    return "text" if tag.name in ("select", "textarea") else str(tag.get("type") or "text").lower()


def _submits(form: Tag) -> list[Tag]:
    inputs = [tag for tag in form.find_all("input") if _kind(tag) in ("submit", "image", "button")]
    return [*inputs, *form.find_all("button")]


def _click_here(soup: BeautifulSoup) -> Iterator[tuple[str, str]]:
    """`If your download does not start, click here`."""
    for anchor in soup.find_all("a", href=True):
        around = _words(anchor.parent) if isinstance(anchor.parent, Tag) else ""
        if anchor.has_attr("download") or _HERE.search(_words(anchor)) or (len(around) < 200 and _HERE.search(around)):
            yield str(anchor["href"]), _words(anchor) or "a link"


def _script_moves(soup: BeautifulSoup) -> Iterator[tuple[str, str]]:
    for script in soup.find_all("script"):
        for match in _MOVES.finditer(script.get_text()[:_SCRIPT_BYTES]):
            yield _unescaped(match["to"] or match["open"]), "the page's script"


def _buttons(soup: BeautifulSoup) -> Iterator[tuple[str, str]]:
    for tag in soup.find_all(True):
        for name in _ATTRIBUTES:
            if isinstance(value := tag.get(name), str):
                yield value, _words(tag) or "a button"
        if isinstance(script := tag.get("onclick"), str):
            for match in (*_MOVES.finditer(script), *_QUOTED.finditer(script)):
                named = match.groupdict()
                yield _unescaped(named.get("to") or named.get("open") or match[2] or ""), _words(tag) or "a button"
        if tag.name in ("iframe", "embed") and isinstance(value := tag.get("src"), str):
            yield value, "a frame"
        if tag.name == "form" and isinstance(value := tag.get("action"), str):
            yield value, _words(tag) or "a form"


def _alternates(soup: BeautifulSoup) -> Iterator[tuple[str, str]]:
    for tag in soup.find_all("link", href=True):
        if str(tag.get("type") or "").lower() in _TYPES or "alternate" in (tag.get("rel") or []):
            yield str(tag["href"]), str(tag.get("title") or "another form of the page")


def _in_scripts(soup: BeautifulSoup) -> Iterator[tuple[str, str]]:
    """Quoted addresses in scripts, also in JSON that a script reads (JSON-LD's `contentUrl`)."""
    for script in soup.find_all(["script", "noscript", "template"]):
        for match in _QUOTED.finditer(script.get_text()[:_SCRIPT_BYTES]):
            yield _unescaped(match[2]), "the page's script"


def _unescaped(text: str) -> str:
    """JSON writes `\\/`, and `\\u0026` for an ampersand."""
    return text.replace("\\/", "/").replace("\\u0026", "&").replace("\\u002F", "/").replace("&amp;", "&")


def _words(tag: Tag) -> str:
    text = re.sub(r"\s+", " ", tag.get_text(" ")).strip() or str(tag.get("value") or tag.get("title") or "")
    return text[:80]
