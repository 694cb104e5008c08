"""Answers with status 200 that are not the data: what they are, and what they say.

    b'{"status": "error", "message": "over the limit"}'       an error of an interface, in JSON
    b"<Error><Code>AccessDenied</Code>…"                      the same in XML (S3, Azure, OGC)
    b"Sorry: this table was withdrawn."                       the same in words
    b"version https://git-lfs.github.com/spec/v1\\noid …"       where Git LFS keeps a file

What can be told by its form alone is told always. A few words are an error only where they read like one, or where a
table or an archive was promised. What a stranger wrote is quoted, never acted on.
"""

import json
import re
from dataclasses import dataclass
from typing import Any, Literal

from noglue.tools.net import url_names

_ELSEWHERE = (
    (re.compile(r"\A\S*/?annex/objects/\S+\Z"), "a pointer of git-annex, which keeps the file elsewhere"),
    (re.compile(r"\A(?:md5: \S+\s+)?(?:frozen: \S+\s+)?(?:deps:|outs:)\s*\n\s*-\s+(?:md5|path|etag|size)\b"),
     "a pointer of DVC, which keeps the file elsewhere"),
)  # fmt: skip
_SMALL = 64 << 10
_WORDS = 8 << 10
_LINES = 12
_QUOTED = 200
_POINTER = re.compile(rb"\Aversion https://(?:git-lfs\.github\.com|hawser\.github\.com)/spec/v\d+\s", re.I)
_OID = re.compile(r"^oid sha256:([0-9a-f]{64})\s*$", re.M)
_SIZE = re.compile(r"^size (\d{1,18})\s*$", re.M)
_XML_ROOT = re.compile(r"\A(?:\ufeff)?\s*(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)*<(?:[\w.-]+:)?([\w.-]+)[\s>/]", re.S)
_XML_ERRORS = frozenset(
    ("error", "errors", "errorresponse", "exception", "exceptionreport", "serviceexceptionreport", "fault", "problem")
)
_XML_SAYS = re.compile(
    r"<(?:[\w.-]+:)?(message|faultstring|exceptiontext|serviceexception|description|detail|title|reason|text|code)\b"
    r"[^>]*>\s*(?:<!\[CDATA\[)?([^<\]]{2,400})",
    re.I,
)
_XML_SOAP = re.compile(r"<(?:[\w.-]+:)?fault[\s>]", re.I)
_STRONG = ("error", "errors", "exception", "fault", "error_message", "errormessage", "error_description", "error_code")
_WEAK = ("message", "msg", "detail", "details", "title", "reason", "description", "info")
_FAILED = frozenset(
    ("error", "err", "fail", "failed", "failure", "denied", "forbidden", "unauthorized", "not_found", "not found",
     "notfound", "unavailable", "expired", "invalid", "limit", "pending", "queued", "processing", "nok", "ko")
)  # fmt: skip
_JSON = (".json", ".jsonl", ".ndjson", ".geojson")
_READS_LIKE_ONE = re.compile(
    r"^\W*(error|fatal|warning: |sorry|oops|access denied|permission denied|forbidden|not found|unauthori[sz]ed|"
    r"too many|rate ?limit|quota|bad (request|gateway)|service (is )?(temporarily )?unavailable|internal server|"
    r"temporarily|no such|invalid|missing|expired|unknown|cannot|can't|could not|unable|file (is )?not|"
    r"(40\d|41\d|42\d|50\d)\b|http[/ ]|traceback|exception|fehler|nicht gefunden|erreur|introuvable|no encontrado)"
    r"|\b(was|were|is|are|has been|have been|been) (not found|withdrawn|removed|deleted|moved|disabled|expired|denied|"
    r"gone|blocked|suspended|no longer|not available|unavailable|temporarily|required|exceeded|invalid|offline)"
    r"|\b(rate limit|too many requests|limit (is )?(exceeded|reached|used up)|access denied|not found|try again|"
    r"come back|not authori[sz]ed|under maintenance|please (log|sign) ?in|api key|does(n't| not) exist)\b",
    re.I,
)
_PLAIN_WORDS = re.compile(r"[^\W\d_]{2,}(?:['’][^\W\d_]+)?", re.U)
_SEPARATORS = ",\t;|"


@dataclass(frozen=True)
class Other:
    """says: what a person should know, one line. oid, size: of the file that an LFS pointer stands for."""

    what: Literal["lfs", "error"]
    says: str
    oid: str = ""
    size: int = 0


def recognise(head: bytes, size: int, name: str, *, promised: bool, prose: bool = False) -> Other | None:
    """What an answer is instead of data; None where it may be data.

    head: its first 64 kB. name: the file's, for its ending. promised: a data file was asked for by its name.
    prose: short texts are what is wanted (a folder of them).
    """
    if _POINTER.match(head.removeprefix(b"\xef\xbb\xbf")):
        return _pointer(head.decode(errors="replace"))
    if size > _SMALL or not head or b"\0" in head:
        return None
    text = head.decode("utf-8-sig", errors="replace").strip()
    ending = url_names.extension(name)
    says = next((what for form, what in _ELSEWHERE if form.search(text)), "")
    if says:
        pass
    elif text == "null":
        says = "null, which is nothing"
    elif text[:1] in ("{", "["):
        says = _json_error(text, is_json=ending in _JSON or not promised)
    elif text[:1] == "<":
        says = _xml_error(text)
    elif size <= _WORDS and not prose:
        says = _in_words(text, table=promised and ending not in ("", ".txt"))
    return Other("error", _line(says)) if says else None


def words(content: bytes) -> str:
    """What the body of an error says, one short line; nothing for a page, for noise, and for what is no words."""
    text = content.decode("utf-8-sig", errors="replace").strip()
    if not text or "\0" in text or "\ufffd" in text or re.match(r"<!doctype|<html", text, re.I):
        return ""
    if text[0] in "{[":
        return _line(_json_error(text, is_json=False))
    if text[0] == "<":
        return _line(_xml_error(text))
    line = text.partition("\n")[0]
    return _line(line) if len(_PLAIN_WORDS.findall(line)) >= 2 and len(line) <= 2 * _QUOTED else ""


def _pointer(text: str) -> Other:
    oid, size = _OID.search(text), _SIZE.search(text)
    count = int(size[1]) if size else 0
    return Other("lfs", f"a Git LFS pointer to a file of {count / 1e6:,.1f} MB", oid[1] if oid else "", count)


def _json_error(text: str, *, is_json: bool) -> str:
    """is_json: the file was to be JSON, so that words in it are no error by themselves."""
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return ""
    if isinstance(value, list):
        value = value[0] if len(value) == 1 else None
    if not isinstance(value, dict) or _holds_rows(value):
        return ""
    told = {str(key).lower(): item for key, item in value.items()}
    strong = next((told[key] for key in _STRONG if _tells(told.get(key))), None)
    weak = " ".join(str(told[key]) for key in _WEAK if isinstance(told.get(key), str))
    if strong is not None:
        return " ".join(filter(None, (_told(strong), weak))) or "an error"
    if _failed(told):
        return weak or f"the status {_status(told)}"
    return weak if not is_json else ""


def _holds_rows(value: dict[str, Any]) -> bool:
    """Lists of more than one thing, or tables of columns, outside of what tells about the error itself."""
    data = [item for key, item in value.items() if str(key).lower() not in (*_STRONG, *_WEAK)]
    lists = [item for item in data if isinstance(item, list) and len(item) > 1]
    tables = [item for item in data if isinstance(item, dict) and any(isinstance(cell, list) for cell in item.values())]
    own = [
        value[key] for key in value if isinstance(value[key], list) and str(key).lower() not in ("errors", "details")
    ]
    return bool(lists or tables) or any(len(item) > 2 for item in own)


def _tells(item: Any) -> bool:
    return (
        (isinstance(item, str) and bool(item.strip())) or (isinstance(item, dict | list) and bool(item)) or item is True
    )


def _told(item: Any) -> str:
    """The words in an error object."""
    if isinstance(item, str):
        return item
    if isinstance(item, list):
        return _told(item[0]) if item else ""
    if isinstance(item, dict):
        known = {str(key).lower(): value for key, value in item.items()}
        found = [
            str(known[key]) for key in (*_WEAK, *_STRONG, "code", "status") if isinstance(known.get(key), str | int)
        ]
        return " ".join(found[:2])
    return ""


def _failed(told: dict[str, Any]) -> bool:
    if any(told.get(key) in (False, "false", "0", "no") for key in ("success", "ok", "succeeded")):  # 0 is False
        return True
    return any(
        (isinstance(item, int) and not isinstance(item, bool) and 400 <= item < 600)
        or (isinstance(item, str) and (item.strip().lower() in _FAILED or re.fullmatch(r"[45]\d\d", item.strip())))
        for key in ("status", "code", "statuscode", "status_code", "result", "state", "type")
        for item in [told.get(key)]
    )


def _status(told: dict[str, Any]) -> str:
    return next((str(told[key]) for key in ("status", "code", "statuscode", "state") if key in told), "failed")


def _xml_error(text: str) -> str:
    root = _XML_ROOT.match(text)
    if root is None or (
        root[1].lower() not in _XML_ERRORS and not (root[1].lower() == "envelope" and _XML_SOAP.search(text))
    ):
        return ""
    found = {match[1].lower(): match[2].strip() for match in reversed(list(_XML_SAYS.finditer(text)))}
    code, says = found.pop("code", ""), next(iter(reversed(found.values())), "")
    return f"{code}: {says}".strip(": ") or re.sub(r"<[^>]*>", " ", text) or "an error"


def _in_words(text: str, table: bool) -> str:
    """A few lines of prose. table: a table or an archive was promised, so that prose of any kind is none."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    if not lines or len(lines) > _LINES:
        return ""
    reads_like_one = bool(_READS_LIKE_ONE.search(text))
    one_sentence = (len(lines) == 1 and " " in lines[0]) or lines[0][-1] in ".!?:…"
    if _has_columns(lines) and not (
        reads_like_one and one_sentence and len(lines) <= 3 and _longest_cell(lines[0]) >= 3
    ):
        return ""
    if table:
        prose = max(_longest_cell(line) for line in lines) >= 4
        return lines[0] if prose or (reads_like_one and one_sentence) else ""
    return lines[0] if reads_like_one and one_sentence and len(lines) <= 4 else ""


def _has_columns(lines: list[str]) -> bool:
    counts = [{line.count(separator) for line in lines} for separator in _SEPARATORS]
    return len(lines) > 1 and any(len(count) == 1 and count != {0} for count in counts)


def _longest_cell(line: str) -> int:
    """In words."""
    cells = re.split(f"[{_SEPARATORS}]", line)
    return max(sum(bool(_PLAIN_WORDS.fullmatch(word.strip('.:!?()"“”'))) for word in cell.split()) for cell in cells)


def _line(text: str) -> str:
    """One line, printable, not too long, without a full stop at its end."""
    plain = "".join(letter if letter.isprintable() else " " for letter in text)
    plain = re.sub(r"\s+", " ", plain).strip()
    return (plain[: _QUOTED - 1] + "…" if len(plain) > _QUOTED else plain).rstrip(".")
