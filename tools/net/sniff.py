"""Is this a web page where data was expected, and what does it say?"""

import re
from pathlib import Path

from noglue.tools.net import failures
from noglue.tools.spec.errors import DataError, Kind

_START = rb"\A(\xef\xbb\xbf)?\s*(<\?xml[^>]*>\s*)?(<!--.*?-->\s*)*<(!doctype\s+html|html|head|body|title|script|meta)\b"
_PAGE = re.compile(_START, re.I | re.S)
_BROWSER = "download it in a browser and give the file with --data"
_SAYS = (  # what the page has in it, the reason's name, what to tell
    (
        r"quota exceeded|too many users|download limit|bandwidth limit",
        "quota",
        "says that too many people have downloaded it; try again later or use another source",
    ),
    (r"type=.?password|log ?in|sign ?in|anmelden|connexion", "login", f"wants a login; {_BROWSER}"),
    (
        r"captcha|are you (a )?human|checking your browser|just a moment",
        "captcha",
        f"wants to see a browser; {_BROWSER}",
    ),
    (r"virus scan", "confirm", f"wants a confirmation; {_BROWSER}"),
)
_TITLE = re.compile(r"<title[^>]*>(.*?)</title>", re.I | re.S)


def is_page(head: bytes) -> bool:
    """By its first bytes: `<!DOCTYPE html>…`, with or without BOM, XML declaration and comments."""
    if head[:2] in (b"\xff\xfe", b"\xfe\xff"):
        head = head.decode("utf-16", errors="ignore").encode()
    return _PAGE.match(head) is not None


def head(path: Path, count: int = 4096) -> bytes:
    with path.open("rb") as file:
        return file.read(count)


def page_instead(path: Path, url: str) -> DataError:
    """`html-instead-of-data`, with what the page says of itself."""
    text = head(path, 200_000).decode(errors="replace")
    found = _TITLE.search(text)
    title = re.sub(r"\s+", " ", found[1]).strip()[:120] if found else ""
    reason, advice = next(
        ((name, advice) for pattern, name, advice in _SAYS if re.search(pattern, text, re.I)),
        ("page", "is a page, not the file; look there for the address of the file itself"),
    )
    called = f" ({title!r})" if title else ""
    return DataError(
        Kind.HTML_INSTEAD_OF_DATA,
        f"{failures.shown(url)} gave a web page{called} instead of data: it {advice.partition(';')[0]}.",
        hint=advice.rpartition(";")[2].strip().capitalize() + ".",
        url=failures.shown(url),
        reason=reason,
    )
