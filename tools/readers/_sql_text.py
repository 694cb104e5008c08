"""The few words of SQL that dumps are made of: where a statement ends, a table's columns, and rows of literals.

    >>> list(rows_of("VALUES (1,'it''s',NULL),(2.5,'x;y',TRUE)", 6, 1, False))
    [['1', "it's", ''], ['2.5', 'x;y', 'true']]

Source: ISO/IEC 9075-2, chapter 5; https://dev.mysql.com/doc/refman/en/string-literals.html
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

_LONGEST = 1 << 28
# What may hold a semicolon or a bracket that ends nothing.
_PIECE = re.compile(
    r"""(?P<comment>--[^\n]*|\#[^\n]*|/\*.*?\*/)|(?P<dollar>\$(\w*)\$.*?\$\3\$)|(?P<string>'(?:[^']|'')*')"""
    r"""|(?P<name>"(?:[^"]|"")*"|`[^`]*`)|(?P<end>;)|(?P<open>['"`]|/\*)""",
    re.DOTALL,
)
_PIECE_BACKSLASH = re.compile(_PIECE.pattern.replace("'(?:[^']|'')*'", r"'(?:[^'\\]|\\.|'')*'").replace(
    '"(?:[^"]|"")*"', r'"(?:[^"\\]|\\.|"")*"'), re.DOTALL)  # fmt: skip
_GAP = r"(?:\s|/\*.*?\*/)*"
_TEXT = re.compile(r"(?:[NnEeBb]|_\w+\s*)?'((?:[^']|'')*)'(?:::[\w ()\[\]]+)?", re.DOTALL)
_TEXT_BACKSLASH = re.compile(r"(?:[NnEe]|_\w+\s*)?'((?:[^'\\]|\\.|'')*)'|\"((?:[^\"\\]|\\.|\"\")*)\"", re.DOTALL)
_ESCAPED = re.compile(r"[Ee]'((?:[^'\\]|\\.|'')*)'", re.DOTALL)
_BYTES = re.compile(r"(?:[XxBb]'[0-9A-Fa-f]*'|0x[0-9A-Fa-f]+|_binary\s*'(?:[^'\\]|\\.|'')*')")
_PLAIN = re.compile(r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?(?:::[\w ()]+)?")
_WORD = re.compile(r"(null|true|false|default|current_\w+(?:\(\))?)\b", re.IGNORECASE)
_DATED = re.compile(r"(?:date|time|timestamp)\s+(?=')", re.IGNORECASE)
_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "0": "", "b": "\b", "Z": "\x1a"}


class Damaged(Exception):
    """A dump that breaks off, or is none. line: of the file, from 1."""

    def __init__(self, line: int, why: str) -> None:
        super().__init__(why)
        self.line = line


@dataclass
class Columns:
    """keys: column, other table, its column ("" for its primary key)."""

    names: list[str] = field(default_factory=list)
    keys: list[tuple[str, str, str]] = field(default_factory=list)
    primary: str = ""


def identifier(text: str) -> str:
    """`"public"."my table"` → `my table`."""
    last = re.findall(r'`[^`]*`|"(?:[^"]|"")*"|\[[^\]]*\]|[^.\s`"\[\]]+', text.strip())
    name = last[-1] if last else text.strip()
    return name[1:-1].replace('""', '"') if name[:1] in '`"[' else name


def statements(text: str, backslash: bool) -> Iterator[tuple[int, str]]:
    """Each statement without comments, with the line where it begins; a COPY with the lines of data that follow it.

    Raises Damaged where a string or a comment has no end.
    """
    pattern = _PIECE_BACKSLASH if backslash else _PIECE
    start = counted = 0
    line = 1
    parts: list[str] = []
    place = 0
    while found := pattern.search(text, place):
        kind, place = found.lastgroup, found.end()
        if kind == "comment" or (kind != "end" and kind != "open"):
            if found["comment"] is not None and not found["comment"].startswith("/*!"):
                parts.append(text[start : found.start()])
                start = place
            continue
        if kind == "open":
            line += text.count("\n", counted, found.start())
            raise Damaged(line, "a text that begins here has no end; the dump is cut off")
        statement = "".join([*parts, text[start : found.start()]])
        line += text.count("\n", counted, found.start())
        counted = found.start()
        parts, start = [], place
        if re.match(r"\s*copy\b.*\bfrom\s+stdin", statement, re.IGNORECASE | re.DOTALL):
            end = re.search(r"^\\\.\r?$", text[place:], re.MULTILINE)
            if end is None:
                raise Damaged(line, "the rows that follow this COPY have no end; the dump is cut off")
            head = re.sub(r"\s+", " ", statement)
            statement = head + "\n" + text[place : place + end.start()].lstrip("\r\n")
            start = place = place + end.end()
        if len(statement) > _LONGEST:
            raise Damaged(line, "a statement longer than 256 MB")
        if statement.strip():
            yield line, statement
    rest = "".join([*parts, text[start:]])
    if re.match(r"\s*(insert|replace|copy)\b", rest, re.IGNORECASE):
        raise Damaged(line + text.count("\n", counted), "the last statement has no end; the dump is cut off")


def columns_of(inside: str) -> Columns:
    """Of what stands behind `CREATE TABLE t (`: names, foreign keys and the primary key, where one column is it."""
    found = Columns()
    for part in _parts(inside):
        upper = part.upper()
        reference = re.search(r"references\s+([\w`\"\[\].$]+)\s*(?:\(([^)]*)\))?", part, re.IGNORECASE)
        if re.match(r"(CONSTRAINT|PRIMARY|UNIQUE|KEY|INDEX|FOREIGN|CHECK|FULLTEXT|SPATIAL|EXCLUDE)\b", upper):
            _constraint(part, upper, reference, found)
            continue
        name = identifier((re.match(r'`[^`]*`|"(?:[^"]|"")*"|\[[^\]]*\]|\S+', part) or [part])[0])
        found.names.append(name)
        if "PRIMARY KEY" in upper:
            found.primary = name
        if reference is not None:
            found.keys.append((name, identifier(reference[1]), identifier(reference[2] or "")))
    return found


def _constraint(part: str, upper: str, reference: "re.Match[str] | None", found: Columns) -> None:
    own = re.search(r"\(([^)]*)\)", part)
    names = [identifier(name) for name in own[1].split(",")] if own else []
    if "PRIMARY KEY" in upper and len(names) == 1:
        found.primary = names[0]
    if "FOREIGN KEY" in upper and reference is not None and len(names) == 1:
        theirs = [identifier(name) for name in (reference[2] or "").split(",")]
        if len(theirs) == 1:
            found.keys.append((names[0], identifier(reference[1]), theirs[0]))


def _parts(inside: str) -> Iterator[str]:
    """Between commas that stand in no brackets and no quotes, to the bracket that closes."""
    depth, begin = 0, 0
    for found in re.finditer(r"""'(?:[^']|'')*'|"(?:[^"]|"")*"|`[^`]*`|[(),]""", inside):
        mark = found[0]
        if mark == "(":
            depth += 1
        elif mark == ")":
            depth -= 1
        if (mark == "," and depth == 0) or depth < 0:
            if inside[begin : found.start()].strip():
                yield inside[begin : found.start()].strip()
            begin = found.end()
        if depth < 0:
            return


def rows_of(statement: str, place: int, line: int, backslash: bool) -> Iterator[list[str] | str]:
    """The rows behind VALUES; why one could not be read, in its place. Raises Damaged where no row stands there."""
    gap = re.compile(_GAP, re.DOTALL)
    while True:
        place = _after(gap, statement, place)
        if not statement.startswith("(", place):
            at = line - statement.count("\n") + statement.count("\n", 0, place)
            raise Damaged(max(1, at), "there is no row of values where one should be")
        row, why, place = _row(statement, place + 1, gap, backslash)
        yield why or row
        place = _after(gap, statement, place)
        if not statement.startswith(",", place):
            return
        place += 1


def _row(statement: str, place: int, gap: "re.Pattern[str]", backslash: bool) -> tuple[list[str], str, int]:
    cells: list[str] = []
    why = ""
    while True:
        place = _after(gap, statement, place)
        value, end = _literal(statement, place, backslash)
        if value is None:
            why = why or f"{statement[place : place + 30]!r} is no plain value"
            end = _past(statement, place)
        cells.append(value or "")
        place = _after(gap, statement, end)
        if place >= len(statement) or statement[place] == ")":
            return cells, why, place + 1
        if statement[place] != ",":
            why = why or f"{statement[place : place + 30]!r} is no plain value"
            place = _past(statement, place)
            if place >= len(statement) or statement[place] == ")":
                return cells, why, place + 1
        place += 1


def _literal(statement: str, place: int, backslash: bool) -> tuple[str | None, int]:
    dated = _DATED.match(statement, place)
    place = dated.end() if dated else place
    if found := _BYTES.match(statement, place):
        return "", found.end()
    if not backslash and (found := _ESCAPED.match(statement, place)):
        return _unescaped(found[1]), found.end()
    if found := (_TEXT_BACKSLASH if backslash else _TEXT).match(statement, place):
        text = found[1] if found[1] is not None else found[2].replace('""', '"')
        text = text.replace("''", "'")
        return (_unescaped(text) if backslash else text), found.end()
    if found := _WORD.match(statement, place):
        word = found[1].lower()
        return (word if word in ("true", "false") else ""), found.end()
    if found := _PLAIN.match(statement, place):
        return found[0].partition("::")[0], found.end()
    return None, place


def _unescaped(text: str) -> str:
    return re.sub(r"\\(.)", lambda found: _ESCAPES.get(found[1], found[1]), text, flags=re.DOTALL)


def _past(statement: str, place: int) -> int:
    """The comma or the bracket that ends a value which is no literal."""
    depth = 0
    for found in re.finditer(r"'(?:[^']|'')*'|[(),]", statement[place:]):
        mark = found[0]
        if depth == 0 and mark in ",)":
            return place + found.start()
        depth += (mark == "(") - (mark == ")")
    return len(statement)


def _after(gap: "re.Pattern[str]", statement: str, place: int) -> int:
    found = gap.match(statement, place)
    return found.end() if found else place
