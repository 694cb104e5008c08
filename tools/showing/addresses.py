"""Addresses without what opens them: logins, signatures, tokens.

    >>> redacted("see postgresql://me:p@ss@db.example/club?sslmode=require&pwd=abcd")
    'see postgresql://[redacted]@db.example/club?sslmode=[redacted]&pwd=[redacted]'

Of a query only the values of names that are known to be harmless stay (`_HARMLESS`): what a service calls its secret
can't be known beforehand. Not `urllib.parse`: it refuses the odd addresses that secrets leak from.
"""

import re
from dataclasses import dataclass
from urllib.parse import unquote

HIDDEN = "[redacted]"

_ADDRESS = re.compile(r"(?<![A-Za-z0-9+.-])[A-Za-z][A-Za-z0-9+.-]{1,30}:(?:\\?/){1,3}[^\s<>\"“”«»`]+")
_HEAD = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:(?:\\?/)+")
_FULL_HOST = re.compile(r"(?:[\w-]+(?:\.[\w-]+)+|localhost|\[[0-9a-fA-F:.]+\])(?::\d+)?(?=[/?#]|$)")
_WITHOUT_SCHEME = re.compile(  # me:secret@host, //me:secret@host
    r"(?<![\w/@:%.+-])(?!mailto:|xmpp:|sips?:)(//)?([\w.%+~-]*:[^\s/:@\"'<>]+)@(?=[\w\[])(?!sha\d+:)", re.IGNORECASE
)
_ORACLE = re.compile(
    r"(?<=oracle:thin:)([^\s@/]+)/([^\s@]+)(?=@)|(?<=oracle:oci:)([^\s@/]+)/([^\s@]+)(?=@)", re.IGNORECASE
)
_PACKED_LOGIN = re.compile(r"(?<=%3A%2F%2F)[^\s&/]{1,400}(?=%40)", re.IGNORECASE)  # an address inside another
_PAIR = re.compile(r"([?&;])([^=&;?\s\"']*)(?:(=)([^&;\s\"'<>]*))?")
_ANCHOR = re.compile(r"#[\w.:!/~,%-]{0,60}[).,;:!?'\]]*")
_TRAILING = ".,;:!?)]}'>"
_SMALL = re.compile(r"\d{1,3}|true|false|yes|no|on|off", re.IGNORECASE)
_WORD = re.compile(r"[\w$%+:.,*'\"()<>=/ -]{0,200}")
SECRETIVE = re.compile(
    r"pass|pwd|\bpw\b|secret|token|auth|code|session|\bsid\b|sig|credential|api[-_.]?key|\bkey\b|[-_.]key\b|\bpin\b|otp|jwt"
    r"|bearer|login|cookie|ticket|nonce|hash|hmac|x-amz|x-goog|awsaccess|policy|private",
    re.IGNORECASE,
)
_HARMLESS = re.compile(  # names of parameters that say what is wanted, not who may have it; `$limit` is Socrata's
    r"\$?(?:"
    r"all|alt|bbox|begin|branch|category|charset|cid|city|cols|column|columns|compress|compression|"
    r"config|count|country|country_code|crs|daily|data|dataset|dataset_id|datasetid|date|dates|day|"
    r"decimal|delimiter|detail|did|dir|direction|dl|doi|download|driver|encoding|end|exclude|"
    r"expand|export|exporttype|ext|extension|facet|field|fields|file|file_name|filename|filter|"
    r"filters|first|fl|fmt|fname|folder|format|freq|frequency|from|gid|gl|group|groupby|h|handle|"
    r"having|header|height|hl|hour|hourly|id|ids|include|indicator|inline|interval|iso|item|join|"
    r"keyword|keywords|kind|labels|lang|language|last|lat|latitude|layer|layers|length|limit|lng|"
    r"locale|lon|longitude|max|min|mode|month|n|name|offset|oid|order|order_by|orderby|out|"
    r"outfmt|output|output_format|outputformat|package_id|page|page_size|pagesize|path|per-page|"
    r"per_page|period|perpage|persistentid|pid|q|quarter|query|raw|record|recursive|ref|region|"
    r"release|replicaset|request|resource|resource_id|response_format|retrywrites|rev|revision|rid|"
    r"row|rows|s|scale|search|seed|select|sep|separator|series|series_id|seriesid|service|sheet|"
    r"since|size|skip|sort|sortby|split|splits|srs|srsname|ssl|sslmode|start|state|subject|subset|"
    r"symbol|tab|table|tag|term|terms|ticker|time|timezone|title|to|top|topic|type|typename|"
    r"typenames|tz|uid|unit|units|until|use_labels|usp|v|ver|version|view|w|where|width|wt|year|"
    r"years|zoom"
    r")"
)


@dataclass(frozen=True)
class _Parts:
    """An address as written: `https://`, `me:secret` or None, `host/path`, `?a=b`, `#c`."""

    head: str
    login: str | None
    place: str
    query: str
    fragment: str


def redacted(text: str) -> str:
    """Every address in a text with its login and the values of unknown parameters hidden; the rest as it is."""
    if "@" not in text and "=" not in text and ":/" not in text and ":\\/" not in text and "%3" not in text:
        return text
    text = _ADDRESS.sub(lambda match: _hidden(match[0]), text)
    text = _WITHOUT_SCHEME.sub(lambda match: f"{match[1] or ''}{HIDDEN}@", text)
    text = _ORACLE.sub(HIDDEN, text)
    return _PACKED_LOGIN.sub(HIDDEN, text)


def record(url: str) -> str:
    """One URL for records and messages: without login and fragment, `…` for values that may be secret."""
    parts = _parts(url)
    if parts is None:
        return redacted(url)
    return parts.head + _values(parts.place, "…", marks=";") + _values(parts.query, "…")


def secrets(text: str) -> set[str]:
    """What stands in the addresses of a text and must not be shown anywhere else either: passwords and tokens."""
    found: set[str] = set()
    for match in _ADDRESS.finditer(text):
        parts = _parts(match[0])
        if parts is None:
            continue
        found |= _of_login(parts.login) if parts.login is not None else set()
        for _, name, sign, value in _PAIR.findall("&".join((parts.place, parts.query, parts.fragment[1:]))):
            secret = value.rstrip(_TRAILING) if sign else name
            if not _harmless(name, value, sign) and (SECRETIVE.search(unquote(name)) or mixed(secret)):
                found.add(secret)
    for match in _WITHOUT_SCHEME.finditer(text):
        found |= _of_login(match[2])
    found |= {part for match in _ORACLE.finditer(text) for part in (match[2], match[4]) if part}
    return {form for secret in found for form in (secret, unquote(secret)) if HIDDEN[:-1] not in form}


def mixed(value: str, least: int = 12) -> bool:
    """Whether a value looks drawn by lot: long, with letters and digits."""
    return len(value) >= least and any(map(str.isdigit, value)) and any(map(str.isalpha, value))


def _of_login(login: str) -> set[str]:
    """`me:secret` → the secret, and both as they are sent to a server; a login without a colon may be a token."""
    user, colon, password = login.partition(":")
    if colon:
        return {password} | ({login} if len(password) > 4 else set())
    return {user} if mixed(user) else set()


def _hidden(address: str) -> str:
    parts = _parts(address)
    if parts is None:
        return address
    login = "" if parts.login is None else f"{HIDDEN}@"
    fragment = parts.fragment
    if "=" in fragment:
        fragment = "#" + _values("&" + fragment[1:], HIDDEN)[1:]
    elif fragment and (not _ANCHOR.fullmatch(fragment) or mixed(fragment, 20)):
        fragment = f"#{HIDDEN}"
    return parts.head + login + _values(parts.place, HIDDEN, marks=";") + _values(parts.query, HIDDEN) + fragment


def _parts(address: str) -> _Parts | None:
    head = _HEAD.match(address)
    if head is None:
        return None
    rest = address[head.end() :]
    end = _end_of_login(rest)
    login, place = (None, rest) if end < 0 else (rest[:end], rest[end + 1 :])
    place, hash_mark, fragment = place.partition("#")
    place, mark, query = place.partition("?")
    return _Parts(head[0], login, place, mark + query, hash_mark + fragment)


def _end_of_login(rest: str) -> int:
    """Where the `@` after a login stands, -1 for none. Passwords hold `@`, `/`, `?`, `#` although they should not."""
    authority = re.match(r"[^/?#\\]*", rest)
    length = authority.end() if authority else 0
    end = rest.rfind("@", 0, length)
    later = [place.start() for place in re.finditer("@", rest[length:])]
    if not later:
        return end if end >= 0 or not _odd_port(rest[:length]) else length  # cut off before its host
    if end >= 0 and _FULL_HOST.match(rest[end + 1 :]):
        return end
    if end >= 0 or _odd_port(rest[:length]):
        full = [length + place for place in later if _FULL_HOST.match(rest[length + place + 1 :])]
        return full[0] if full else length + later[-1]
    return -1


def _odd_port(authority: str) -> bool:
    """Whether what follows the colon can be no port: `me:secret`."""
    if authority.startswith("["):
        return False
    _, colon, port = authority.partition(":")
    return bool(colon and port.rstrip(_TRAILING)) and not port.rstrip(_TRAILING).isdecimal()


def _values(text: str, hidden: str, marks: str = "?&;") -> str:
    def value(match: re.Match[str]) -> str:
        mark, name, sign, value = match[1], match[2], match[3] or "", match[4] or ""
        if mark not in marks or _harmless(name, value, sign):
            return match[0]
        return f"{mark}{name}={hidden}" if sign else f"{mark}{hidden}"

    return _PAIR.sub(value, text)


def _harmless(name: str, value: str, sign: str) -> bool:
    name, value = unquote(name).casefold(), unquote(value.rstrip(_TRAILING))
    if not sign:  # `?download`, `&amp;`; a bare token otherwise
        return len(name) <= 24 and not mixed(name)
    if not value:
        return True
    if _HARMLESS.fullmatch(name):
        return _WORD.fullmatch(value) is not None and not mixed(value, 80)
    return _SMALL.fullmatch(value) is not None and not SECRETIVE.search(name)
