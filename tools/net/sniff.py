"""Is this a web page, or another answer that is no data, where data was expected, and what does it say?"""

import re
from pathlib import Path

from noglue.tools.net import failures, other_answers
from noglue.tools.spec.errors import DataError, Kind

_START = (
    rb"\A(\xef\xbb\xbf)?\s*(<\?xml[^>]*>\s*)?(<!--.*?-->\s*)*"
    rb"<(!doctype\s+html|html|head|body|title|script|style|meta|link|noscript|iframe|center|div|span|form|h[1-6]|p|br|b|"
    rb"font|pre)(?=[\s>/])"
)
_PAGE = re.compile(_START, re.I | re.S)
_BROWSER = "download it in a browser and give the file with --data"
_LATER = "try again later or use another source"
_SAYS = (  # what the page has in it, the reason's name, what it does, what to do
    (r"quota exceeded|too many users|download limit|bandwidth limit", "quota",
     "says that too many people have downloaded it", _LATER),
    (r"rate limit|too many requests|slow down|unusual traffic", "busy",
     "says that there were too many requests", _LATER),
    (r"type=.?password|log ?in\b|sign ?in\b|anmelden|connexion|iniciar sesi", "login",
     "wants people to log in", _BROWSER),
    (r"captcha|are you (a )?human|checking your browser|just a moment|cf-challenge|verify you are", "captcha",
     "wants to see a browser", _BROWSER),
    (r"virus", "confirm", "asks for a confirmation, as it could not scan the file for viruses", _BROWSER),
    (r"maintenance|back soon|temporarily unavailable", "maintenance",
     "says that the server is being worked on", _LATER),
    (r"\b(i|we) (accept|agree)|agree to the|terms of use|accept the (terms|licen[cs]e)", "terms",
     "asks people to agree to terms", _BROWSER),
    (r"<title>[^<]*(not found|404|gone|error|denied|forbidden|expired)", "error", "says that there is an error",
     "check the address"),
    (r"enable javascript|requires javascript|you need to enable|noscript", "script",
     "puts itself together by a script, which is not run here", _BROWSER),
    (r"cookie", "cookies", "talks of cookies first", _BROWSER),
)  # fmt: skip
_TITLE = re.compile(r"<title[^>]*>(.*?)</title>", re.I | re.S)


def is_page(head: bytes) -> bool:
    """By its first bytes: `<!DOCTYPE html>…`, with or without BOM, XML declaration and comments."""
    if head[:2] in (b"\xff\xfe", b"\xfe\xff"):
        head = head.decode("utf-16", errors="ignore").encode()
    return _PAGE.match(head) is not None


def head(path: Path, count: int = 4096) -> bytes:
    with path.open("rb") as file:
        return file.read(count)


class PageInstead(DataError):
    """`html-instead-of-data`. content, final: of the page and where it was found, for who can read on from it."""

    content: bytes = b""
    final: str = ""


def require_data(path: Path, name: str, url: str, final: str, *, page_may_be: bool, prose: bool = False) -> None:
    """Raises DataError for what is no data: `html-instead-of-data` (PageInstead), `not-the-data`.

    page_may_be: nothing promised data, so that a page is an answer too. prose: short texts are what is wanted.
    """
    start = head(path, 64 << 10)
    if not page_may_be and is_page(start):
        raise page_instead(path, url, final)
    other = other_answers.recognise(start, path.stat().st_size, name, promised=not page_may_be, prose=prose)
    if other is None:
        return
    facts = {"url": failures.shown(url), "reason": other.what}
    if other.what == "lfs":
        raise DataError(
            Kind.NOT_THE_DATA,
            f"{failures.shown(url)} gave no data but {other.says}: the file itself lies in Git LFS storage.",
            hint="Get the file with `git lfs pull`, or in a browser, and give it with --data.",
            **facts,
            oid=other.oid,
            size=other.size,
        )
    raise DataError(
        Kind.NOT_THE_DATA,
        f"{failures.shown(url)} gave a message instead of data: “{other.says}”.",
        hint="See what the message asks for, or name another source.",
        **facts,
    )


def reason_of(content: bytes) -> tuple[str, str, str]:
    """Why a page may stand in the place of data: a name, what it does, and what to do."""
    text = content[:200_000].decode(errors="replace")
    return next(
        ((name, does, advice) for pattern, name, does, advice in _SAYS if re.search(pattern, text, re.I)),
        ("page", "is a page, not the file", "look there for the address of the file itself"),
    )


def page_instead(path: Path, url: str, final: str) -> PageInstead:
    """`html-instead-of-data`, with what the page says of itself."""
    content = head(path, 4 << 20)
    found = _TITLE.search(content[:200_000].decode(errors="replace"))
    title = re.sub(r"\s+", " ", found[1]).strip()[:120] if found else ""
    name, does, advice = reason_of(content)
    called = f" ({title!r})" if title else ""
    error = PageInstead(
        Kind.HTML_INSTEAD_OF_DATA,
        f"{failures.shown(url)} gave a web page{called} instead of data: it {does}.",
        hint=advice[:1].upper() + advice[1:] + ".",
        url=failures.shown(url),
        reason=name,
    )
    error.content, error.final = content, final
    return error
