"""Tables in pages of HTML, among menus and layout: header rows with cells over several columns, totals at the end.

    <table><thead><tr><th>species<th colspan=2>bill</tr><tr><th><th>length<th>depth</tr></thead>
           <tr><td>Adelie<td>39.1<td>18.7</tr>…</table>
    species  bill length  bill depth
    Adelie   39.1         18.7

A table counts as data where it has rows of at least two columns and holds no other table; a page whose table lists
files to download is no data itself.
Source: https://html.spec.whatwg.org/multipage/tables.html
"""

import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from noglue.tools.readers import _grids
from noglue.tools.readers._encoding import encoding_of
from noglue.tools.readers._splits import unreadable
from noglue.tools.spec.data_form import DataForm

if TYPE_CHECKING:
    from bs4 import Tag

READS = "tables in pages of HTML (.html, .xls)"
_ENDINGS = (".html", ".htm", ".xhtml", ".xls")
_MOST_BYTES = 64 << 20
_FEWEST_ROWS, _FEWEST_COLUMNS = 4, 2
_MOST_SPAN = 1000
_MOST_CELLS = 10_000_000
_PAGE = re.compile(rb"<(!doctype html|html|table|head|body)\b", re.IGNORECASE)
_FILE = re.compile(r"\.(csv|tsv|zip|gz|tgz|tar|xlsx?|parquet|json|7z|arff|data|npz|mat)([?#].*)?$", re.IGNORECASE)


def _likely(files: Sequence[Path]) -> list[Path]:
    """By ending and first bytes, then by the tables that a page holds."""
    return [path for path in files if path.suffix.lower() in _ENDINGS and _is_page(path)]


def _is_page(path: Path) -> bool:
    with path.open("rb") as file:
        head = file.read(4096).removeprefix(b"\xef\xbb\xbf")
    return _PAGE.search(head.replace(b"\0", b"")) is not None


def _load(path: Path, form: DataForm | None) -> dict[str, _grids.Grid]:
    """Raises DataError `unreadable` for a page without a table."""
    from bs4 import BeautifulSoup

    if path.stat().st_size > _MOST_BYTES:
        raise unreadable(path, "it is a page of more than 64 MB; save its table as CSV")
    content = path.read_bytes()
    declared = re.search(rb"charset=[\"']?([\w-]+)", content[:4096])
    encoding = declared[1].decode("ascii") if declared else encoding_of(content[: 1 << 17])
    try:
        text = content.decode(encoding, "replace")
    except LookupError:
        text = content.decode(encoding_of(content[: 1 << 17]), "replace")
    try:
        page = BeautifulSoup(text, "html.parser")
        tables = [table for table in page.find_all("table") if table.find("table") is None]
        found: dict[str, _grids.Grid] = {}
        for number, table in enumerate(tables, 1):
            one = _table(table, form)
            if one is not None:
                found[_title(table, number, found)] = one
    except (RecursionError, AssertionError, ValueError) as error:
        raise unreadable(path, f"it is no page that can be read ({error})") from error
    return found if len(found) != 1 else {"": next(iter(found.values()))}


def _title(table: "Tag", number: int, taken: dict[str, Any]) -> str:
    """The caption, or the table's own name in the page, or its number."""
    caption = table.find("caption")
    name = (caption.get_text(" ", strip=True) if caption else "") or str(table.get("id") or "")
    name = re.sub(r"\s+", " ", name)[:60] or f"table {number}"
    return name if name not in taken else f"{name} {number}"


def _table(table: "Tag", form: DataForm | None) -> _grids.Grid | None:
    """None for a layout, a menu, or a list of files."""
    rows = list(table.find_all("tr"))
    linked = sum(1 for row in rows if any(_FILE.search(str(link.get("href"))) for link in row.find_all("a", href=True)))
    fewest = _FEWEST_ROWS if form is None else 1
    if len(rows) < fewest or linked > 0.2 * len(rows):
        return None
    texts = _cells(rows)
    width = max(map(len, texts), default=0)
    filled = sum(sum(bool(cell) for cell in row) >= _FEWEST_COLUMNS for row in texts)
    if width < _FEWEST_COLUMNS or filled < max(fewest, 0.5 * len(texts)):
        return None
    texts = [row + [""] * (width - len(row)) for row in texts]
    above = _heading(rows)
    foot = [place for place, row in enumerate(rows) if row.parent is not None and row.parent.name == "tfoot"]
    if not above:
        return _grids.grid([row for place, row in enumerate(texts) if place not in foot], form)
    names = [_joined([row[place] for row in texts[:above]]) for place in range(width)]
    body = [row for place, row in enumerate(texts) if place >= above and place not in foot]
    made = _grids.grid([names, *body], form) if body else None
    if made is None or not foot:
        return made
    told = f"{len(foot)} row{'s' * (len(foot) > 1)} at the table's foot left out"
    return replace(made, notes=[*made.notes, told])


def _heading(rows: "Sequence[Tag]") -> int:
    """How many rows on top are of names: those of a `thead`, or without one plain cell."""
    number = 0
    for row in rows:
        inside = row.parent is not None and row.parent.name == "thead"
        if not inside and (row.find("td") is not None or row.find("th") is None):
            break
        number += 1
    return number if number < len(rows) else 0


def _joined(parts: Sequence[str]) -> str:
    """`bill` over `length`: one name; the same one twice is one."""
    return " ".join(dict.fromkeys(part for part in parts if part))


def _cells(rows: "Sequence[Tag]") -> list[list[str]]:
    """The grid of cells, each as often as it spans rows and columns. Raises ValueError where that is beyond measure."""
    found: list[list[str]] = []
    below: dict[int, tuple[int, str]] = {}  # column → for how many rows more, and what stands there
    total = 0
    for row in rows:
        line: list[str] = []
        carried = dict(below)
        below = {place: (left - 1, text) for place, (left, text) in carried.items() if left > 1}

        def fill(line: list[str] = line, carried: dict[int, tuple[int, str]] = carried) -> None:
            while len(line) in carried:
                line.append(carried[len(line)][1])

        for cell in row.find_all(["td", "th"], recursive=False):
            fill()
            text = re.sub(r"\s+", " ", cell.get_text(" ", strip=True))
            down = _span(cell, "rowspan")
            for _ in range(_span(cell, "colspan")):
                if down > 1:
                    below[len(line)] = (down - 1, text)
                line.append(text)
        fill()
        total += len(line)
        if total > _MOST_CELLS:
            raise ValueError(f"its cells claim to be more than {_MOST_CELLS:,}")
        found.append(line)
    return found


def _span(cell: "Tag", name: str) -> int:
    value = str(cell.get(name) or "1")
    return max(1, min(int(value), _MOST_SPAN)) if value.isdigit() else 1


_READER = _grids.GridReader(_likely, _load, 0.6, most=20, least=0.35)
sniff, readings, count, read = _READER.sniff, _READER.readings, _READER.count, _READER.read
