"""Secrets that are said in words, or are known by their shape.

>>> redacted("my password is hunter2, token: ghp_0123456789abcdefghij")
'my password is [redacted], token: [redacted]'
"""

import re
from collections.abc import Iterator

from noglue.tools.showing.addresses import HIDDEN

_PASSWORD = (
    r"pass[ _-]?(?:word|wd|phrase|code|wort)|passwd|pwd|kennwort|geheimwort|contrase[nñ]a|clave|mot de passe|mdp|senha|"
    r"wachtwoord|parola d'ordine|has[lł]o|l[oö]senord|парол[ья]|密码|密碼|パスワード|비밀번호"
)
_TOKEN = (
    r"tokens?|api[ _-]?keys?|access[ _-]?keys?(?:[ _-]?id)?|secret[ _-]?(?:access[ _-]?)?keys?|private[ _-]?keys?|"
    r"account[ _-]?keys?|shared[ _-]?access[ _-]?signature|(?:client[ _-]?)?secrets?|credentials?|"
    r"auth[ _-]?(?:code|key)|session[ _-]?(?:id|key)|one[ -]time code|otp|passkey"
)
_NAMES = rf"(?:{_PASSWORD}|{_TOKEN})"
_VALUE = r"(?P<value>\"[^\"\n]+\"|'[^'\n]+'|`[^`\n]+`|“[^”\n]+”|„[^“”\n]+[“”]|«[^»\n]+»|[^\s\"'`“”„«»]+)"
_MINE = r"(?:my|our|his|her|their|your|mein\w*|unser\w*|mon|ma|notre|nuestra|mi|minha|mi[ao]|nossa|мо[йя]|我的)"
_OF = r"(?:\s+(?:for|of|to|on|at|f[uü]r|von|pour|para|di|da)\s+(?:[\w.@'/-]+\s+){0,3}?[\w.@'/-]+)?"
_IS = r"(?:is|was|are|be|reads?|lautet|ist|est|es|é|è|:=|=>|->|→|=|:|：)"

_SHORT_NAMES = r"(?:pass|pw|pin|login|log in|account|user(?:name)?)"
_NAMED = re.compile(rf"{_NAMES}|\b{_SHORT_NAMES}\b|zugang|anmeldung|identifiant|(?<!\S)-u ", re.IGNORECASE)
_ASSIGNED = re.compile(
    rf"(?<!\w)(?:[\w.-]{{0,40}}{_NAMES}[\w.-]{{0,40}}|(?P<short>pass|pw|pin))\\?[\"'`]?{_OF}\s*(?:=>|:=|->|→|=|:|：)\s*(?:\\[\"'`])?{_VALUE}",
    re.IGNORECASE,
)
_STATED = re.compile(
    rf"(?:(?P<mine>{_MINE})\s+)?(?:[\w.-]{{1,40}}\s+)?{_NAMES}{_OF}\s+(?:has been )?{_IS}\s+(?:still |now )?{_VALUE}",
    re.IGNORECASE,
)
_BESIDE = re.compile(rf"(?:{_NAMES}|\b(?:pass|pw|pin))(?:\s*(?:是|为|為|は|は、)\s*|\s+){_VALUE}", re.IGNORECASE)
_TURNED = re.compile(
    rf"(?<!\S){_VALUE},?\s+(?:is|as|ist|als|est|es|comme|como)\s+(?:{_MINE}\s+|the\s+|das\s+|le\s+|la\s+|an?\s+)?{_NAMES}",
    re.IGNORECASE,
)
_LOGIN = re.compile(
    r"\b(?:log\s?in|credentials?|account|zugang\w*|anmeldung|identifiants?)\s*(?:is|are|as|with|mit|:|=)?\s*"
    rf"[\w.@+-]{{1,80}}\s*(?:[/:,]|\band\b|\bund\b)\s*{_VALUE}",
    re.IGNORECASE,
)
_FLAG = re.compile(
    r"(?<!\S)(?:--[\w-]*(?:password|token|secret|api-key)[\w-]*[= ]|-u\s+[\w.@+-]+:)(?P<value>\S+)"
    r"|\b(?:mysql|mysqldump|mariadb|mysqladmin)\b[^\n|;]{0,200}?\s-p(?P<glued>[^\s-]\S*)|\bsshpass\s+-p\s*(?P<ssh>\S+)"
)
_VARIABLE = re.compile(
    r"(?<![\w-])(?:[A-Z][A-Z0-9]*_)+(?:KEY|PAT|PASS|PWD|AUTH|DSN|CREDS?)\s*[=:]\s*[\"'`]?(?P<value>[^\s\"'`,;]{4,})"
)
_LONG_KEY = re.compile(r"[\"']?\bkey[\"']?\s*[=:]\s*[\"']?(?P<value>[\w.~+/-]{16,}=*)", re.IGNORECASE)
_HEADER = re.compile(
    r"\b(?:(?:proxy-)?authorization|x-[\w-]*auth(?:-\w+)?|x-api-key|[\w-]*subscription-key|cookie|set-cookie)\\?[\"']?\s*[:=]\s*"
    r"\\?[\"']?(?:(?:bearer|basic|digest|token|negotiate):?\s+)?(?P<value>[^\s\"'\\,;]+)|\b(?:bearer|basic)\s+(?P<sent>[\w.~+/-]{8,}=*)",
    re.IGNORECASE,
)
_BLOCK = re.compile(r"-----BEGIN [^-\n]*PRIVATE KEY[^-\n]*-----.*?(?:-----END [^-\n]*-----|\Z)", re.DOTALL)
_SHAPE = re.compile(
    r"(?<![A-Za-z0-9_])(?:sk-[A-Za-z0-9_-]{16,}|(?:sk|pk|rk)_(?:live|test)_[A-Za-z0-9]{10,}|hf_[A-Za-z0-9]{8,}"
    r"|gh[pousr]_[A-Za-z0-9]{16,}|github_pat_\w{20,}|gl(?:pat|dt|rt|ptt)-[\w-]{16,}|A(?:KI|SI|GP|ID|RO)A[0-9A-Z]{16}"
    r"|xox[abeoprs]-[\w-]{10,}|xapp-[\w-]{10,}|AIza[\w-]{35}|ya29\.[\w-]{20,}|SG\.[\w-]{16,}\.[\w-]{16,}|npm_[A-Za-z0-9]{30,}"
    r"|pypi-[\w-]{30,}|do[opr]_v1_[0-9a-f]{40,}|shp(?:at|ca|pa|ss)_[0-9a-fA-F]{32}|gsk_[A-Za-z0-9]{20,}|xai-[A-Za-z0-9]{20,}"
    r"|r8_[A-Za-z0-9]{20,}|nvapi-[\w-]{20,}|tvly-[\w-]{16,}|lsv2_[a-z]{2}_\w{20,}|dapi[0-9a-f]{32}|glsa_\w{20,}|pat[A-Za-z0-9]{14}\."
    r"[0-9a-f]{64}|\d{8,10}:AA[\w-]{32,}|eyJ[\w-]{10,}\.[\w-]{10,}\.[\w-]{5,})"
)
_TYPES = re.compile(  # what is said of a column that is called password or token
    r"string|str|text|int|int64|int32|integer|float|float64|double|number|numeric|bool|boolean|"
    r"object|category|categorical|column|columns|feature|features|target|label|date|datetime|bytes|"
    r"binary|json|null|none|nan|na|yes|no|true|false|missing|unknown|optional|required|unique|"
    r"strong|weak|strength|length|hash|hashed|encrypted|plain|wrong|invalid|expired|stolen|reused|"
    r"leaked|broken|correct|empty|classification|type|types|count|counts|the|a|an|of|in|is|not|"
    r"and|or"
)
_TRAILING = ".,;:!?)]}"
_QUOTES = "\"'`“”„«»\\"


def redacted(text: str) -> str:
    """With every secret in it hidden; a long text that holds none costs little."""
    for start, end in sorted(_spans(text), reverse=True):
        text = text[:start] + HIDDEN + text[end:]
    return text


def secrets(text: str) -> set[str]:
    """The same secrets, to be hidden elsewhere too."""
    found: set[str] = set()
    for start, end in _spans(text):
        said = text[start:end]
        found |= (
            {said, said.rstrip("!?")} if "\n" not in said else {line for line in said.split("\n") if len(line) >= 16}
        )
    return found


def _spans(text: str) -> list[tuple[int, int]]:
    """Where the secrets stand; what overlaps is one."""
    found = [match.span() for match in _SHAPE.finditer(text)]
    if "-----BEGIN" in text:
        found += [match.span() for match in _BLOCK.finditer(text)]
    found += [*_in_headers(text), *_in_settings(text)]
    if _NAMED.search(text):
        found += _in_words(text)
    joined: list[tuple[int, int]] = []
    for start, end in sorted(found):
        if joined and start < joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return joined


def _in_headers(text: str) -> Iterator[tuple[int, int]]:
    for match in _HEADER.finditer(text):
        group = "value" if match["value"] else "sent"
        if group == "value" or _drawn(match["sent"]):
            yield match.span(group)


def _in_words(text: str) -> Iterator[tuple[int, int]]:
    for match in _ASSIGNED.finditer(text):
        if _drawn(match["value"]) if match["short"] else not _is_type(match["value"]):
            yield _inner(text, *match.span("value"))
    for match in _STATED.finditer(text):
        if (match["mine"] or _drawn(match["value"])) and not _is_type(match["value"]):
            yield _inner(text, *match.span("value"))
    for form in (_BESIDE, _TURNED, _LOGIN):
        for match in form.finditer(text):
            if _drawn(match["value"]):
                yield _inner(text, *match.span("value"))


def _in_settings(text: str) -> Iterator[tuple[int, int]]:
    """Flags of commands, variables of the environment, and long keys, whatever the words around them."""
    for match in _FLAG.finditer(text):
        yield _inner(text, *match.span(match.lastgroup or 0))
    for form in (_VARIABLE, _LONG_KEY):
        for match in form.finditer(text):
            if _drawn(match["value"]):
                yield _inner(text, *match.span("value"))


def _inner(text: str, start: int, end: int) -> tuple[int, int]:
    """Without quotes around it and the sentence's own marks behind it."""
    if text[start] in _QUOTES and end - start > 2:
        return start + 1, end - 1
    if text[end - 1] == "\\" and text[end : end + 1] in ('"', "'"):
        end -= 1  # the quote is one of JSON within JSON
    while (
        end - start > 1
        and text[end - 1] in _TRAILING
        and not (text[end - 1] in "!?" and end < len(text) and text[end] in ".,;")
    ):
        end -= 1
    return start, end


def _drawn(value: str) -> bool:
    """Whether a word looks like a secret and not like a word: letters with digits, or with signs among them."""
    word = value.strip(_QUOTES + _TRAILING)
    if len(word) < 4 or _TYPES.fullmatch(word.casefold()) or HIDDEN in word or "[redacted" in value:
        return False
    letters, digits = any(map(str.isalpha, word)), any(map(str.isdigit, word))
    return (letters and digits) or any(sign in word for sign in "!@#$%^&*?~+=") or (len(word) >= 4 and word.isdigit())


def _is_type(value: str) -> bool:
    """`password: string`, `token: 3 values`: said of a column."""
    word = value.strip(_QUOTES + _TRAILING).casefold()
    return bool(_TYPES.fullmatch(word)) or not word or (word.isdigit() and len(word) < 4) or "[redacted" in value
