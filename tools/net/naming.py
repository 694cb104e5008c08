"""Under which name a file is kept: what the server calls it, else its address; and its ending by what it is.

    name_of("https://x/api/export", {"Content-Type": "text/csv"}, b"age,plan\\n")                      → export.csv
    name_of("https://x/get?id=7", {"Content-Disposition": "attachment; filename*=UTF-8''caf%C3%A9.csv"}, …) → café.csv
    name_of("https://x/members.csv.gz", {}, b"age,plan\\n")                                            → members.csv

Readers go by endings, so a file without one gets that of its type; a type that its first bytes contradict is not
believed, and an ending that promises a packed file is taken off one that is not packed.
"""

import re
from collections.abc import Mapping
from email.message import Message
from urllib.parse import parse_qsl, unquote, urlsplit

from noglue.tools.net import url_names
from noglue.tools.spec.web_pages import last_part

_TYPES = {
    "text/csv": ".csv",
    "application/csv": ".csv",
    "text/x-csv": ".csv",
    "text/comma-separated-values": ".csv",
    "text/tab-separated-values": ".tsv",
    "application/json": ".json",
    "text/json": ".json",
    "application/x-ndjson": ".jsonl",
    "application/jsonl": ".jsonl",
    "application/x-jsonlines": ".jsonl",
    "application/jsonlines": ".jsonl",
    "application/vnd.apache.parquet": ".parquet",
    "application/x-parquet": ".parquet",
    "application/vnd.apache.arrow.file": ".arrow",
    "application/vnd.ms-excel": ".xls",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": ".xlsx",
    "application/vnd.oasis.opendocument.spreadsheet": ".ods",
    "application/vnd.sqlite3": ".sqlite",
    "application/x-sqlite3": ".sqlite",
    "text/x-arff": ".arff",
    "application/x-matlab-data": ".mat",
    "application/x-hdf5": ".h5",
    "application/x-hdf": ".h5",
    "image/png": ".png",
    "image/jpeg": ".jpg",
    "text/plain": ".txt",
}  # fmt: skip
_MAGIC = (
    (b"PAR1", ".parquet"),
    (b"ARROW1", ".arrow"),
    (b"\x89PNG\r\n\x1a\n", ".png"),
    (b"\xff\xd8\xff", ".jpg"),
    (b"SQLite format 3\0", ".sqlite"),
    (b"\x89HDF\r\n\x1a\n", ".h5"),
    (b"\x93NUMPY", ".npy"),
    (b"MATLAB 5.0", ".mat"),
    (b"\xd0\xcf\x11\xe0", ".xls"),
)
_PACKED = {
    ".gz": (b"\x1f\x8b",),
    ".tgz": (b"\x1f\x8b",),
    ".bz2": (b"BZh",),
    ".tbz2": (b"BZh",),
    ".xz": (b"\xfd7zXZ\0",),
    ".txz": (b"\xfd7zXZ\0",),
    ".zst": (b"\x28\xb5\x2f\xfd",),
    ".zip": (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08"),
}
_ANY_PACKED = (*(start for starts in _PACKED.values() for start in starts), b"7z\xbc\xaf", b"Rar!")
_QUERY_NAMES = ("filename", "file", "name", "path", "download", "f")
_FORMATS = ("format", "accesstype", "output", "outputformat", "type", "exporttype", "fmt", "mode")
_ENCODED = re.compile(r"filename\*\s*=\s*([\w!#$&+^`{}~.-]+)'[^']*'([^;\s]+)", re.I)
_LOOSE = re.compile(r"filename\s*=\s*(\"(?:[^\"\\]|\\.)*\"|[^;]+)", re.I)
_READ = (".sqlite", ".ods", ".xlsm", ".sav", ".dta", ".db", ".html")  # more endings that readers know


def name_of(url: str, headers: Mapping[str, str], head: bytes) -> str:
    """The name to keep a file under, with the ending of what it is. head: its first bytes."""
    stated = disposition_name(headers.get("Content-Disposition"))
    name = url_names.safe(stated or _of_address(url) or urlsplit(url).hostname or "download")
    kind = headers.get("Content-Type", "").partition(";")[0].strip().lower()
    if not _ending(name):
        name += _guessed(url, kind, head)
    return _unpromised(name, head)


def disposition_name(header: str | None) -> str | None:
    """The file's name in a Content-Disposition header: RFC 6266 and 5987, and what servers send instead of it."""
    if not header:
        return None
    header = _as_utf8(header)
    if encoded := _ENCODED.search(header):
        try:
            return unquote(encoded[2], encoding=encoded[1], errors="strict")
        except (LookupError, UnicodeError):
            pass
    if loose := _LOOSE.search(header):
        text = loose[1].strip()
        quoted = text.startswith('"')
        text = re.sub(r"\\([\"\\])", r"\1", text[1:-1]) if quoted else text
        if text.startswith("=?") or "%" in text:
            text = _decoded(text)
        return text or None
    message = Message()
    message["Content-Disposition"] = header
    return message.get_filename()


def _decoded(text: str) -> str:
    """`=?UTF-8?B?…?=` (RFC 2047) and percent signs, neither of which belongs there, and both of which are sent."""
    from email.header import decode_header, make_header

    try:
        return unquote(str(make_header(decode_header(text))), errors="strict")
    except (LookupError, UnicodeError, ValueError):
        return text


def _as_utf8(header: str) -> str:
    try:
        return header.encode("latin-1").decode("utf-8")
    except UnicodeError:
        return header


def _of_address(url: str) -> str:
    """The last part of the path; a name in the query (`?file=train.csv`) where the path has no known ending."""
    name = last_part(url)
    if not _ending(name):
        pairs = {key.lower(): value for key, value in parse_qsl(urlsplit(url).query)}
        stated = next((pairs[key] for key in _QUERY_NAMES if _ending(pairs.get(key, ""))), None)
        return stated or name
    return name


def _ending(name: str) -> str:
    return url_names.extension(name) or next((ending for ending in _READ if name.lower().endswith(ending)), "")


def _guessed(url: str, kind: str, head: bytes) -> str:
    """The ending for a file that has none: its first bytes, then its type, then what the address asks for."""
    if any(head.startswith(start) for start in _ANY_PACKED):
        office = kind in _TYPES and head.startswith(b"PK")
        return _TYPES[kind] if office and _TYPES[kind] in (".xlsx", ".ods") else ""  # an archive is told by its content
    found = next((ending for magic, ending in _MAGIC if head.startswith(magic)), "")
    if found:
        return found
    pairs = {key.lower(): value.lower() for key, value in parse_qsl(urlsplit(url).query)}
    asked = next((f".{pairs[key]}" for key in _FORMATS if _ending(f"x.{pairs.get(key, '')}")), "")
    typed = _TYPES.get(kind, "")
    if b"\0" in head[:1024] and not head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return asked if typed in ("", ".txt", ".csv", ".tsv", ".json") else typed
    if typed in (".xls", ".xlsx", ".parquet", ".arrow", ".png", ".jpg"):  # a type that the bytes contradict
        typed = ""
    return typed if typed not in ("", ".txt") else asked or _by_text(head) or typed


def _by_text(head: bytes) -> str:
    """A text by its form: JSON, or lines with as many separators each."""
    text = head.decode("utf-8-sig", errors="replace").strip()
    if text[:1] in ("{", "["):
        return ".jsonl" if re.match(r"\{[^\n]*\}\s*\n\s*\{", text) else ".json"
    lines = text.splitlines()[:-1][:20] if len(text) > 1000 else text.splitlines()[:20]
    if text.lower().startswith("@relation"):
        return ".arff"
    for separator, ending in (("\t", ".tsv"), (",", ".csv"), (";", ".csv"), ("|", ".csv")):
        counts = {line.count(separator) for line in lines}
        if len(lines) > 1 and len(counts) == 1 and counts != {0}:
            return ending
    return ""


def _unpromised(name: str, head: bytes) -> str:
    """Without the `.gz` that the content does not keep: `members.csv.gz` with plain text in it → `members.csv`."""
    lower = name.lower()
    ending = next((one for one in _PACKED if lower.endswith(one)), "")
    if not ending or not head or any(head.startswith(start) for start in _ANY_PACKED):
        return name
    if b"\0" in head[:1024] and not head.startswith((b"\xff\xfe", b"\xfe\xff")):
        magic = next((found for start, found in _MAGIC if head.startswith(start)), "")
        return name[: -len(ending)] + magic if magic else name
    plain = name[: -len(ending)]
    return plain if _ending(plain) and not plain.lower().endswith(".tar") else name
