"""Tables drawn with bars, as Markdown, Org, reStructuredText's grids and the shells of databases have them.

    | species | mass |          species | mass        +---------+------+        Markdown with outer bars and without,
    |---------|-----:|          --------|-----        | species | mass |        what psql and mysql print
    | Adelie  | 3750 |          Adelie  | 3750        +=========+======+
                                (1 row)               | Adelie  | 3750 |

A line of dashes divides the names from the rows; what stands around a table is prose. Several tables of a document are
called by the headings above them.
Source: https://github.github.com/gfm/#tables-extension-, https://orgmode.org/manual/Tables.html
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from noglue.tools.files.file_account import is_prose
from noglue.tools.readers import _beginnings, _grids
from noglue.tools.readers._encoding import encoding_of
from noglue.tools.readers._splits import unreadable
from noglue.tools.spec.data_form import DataForm

READS = "tables drawn with bars, as in Markdown (.md, .org, .rst)"
_ENDINGS = (".md", ".markdown", ".mdown", ".rst", ".org", ".txt", ".text", ".out", "")
_RULE = re.compile(r"\s*[|+]?\s*:?[-=]{2,}:?\s*([|+]\s*:?[-=]+:?\s*)*[|+]?\s*")
_BETWEEN = re.compile(  # the same in bytes, with one bar or more
    rb"(?m)^[ \t]*(?:[|+][ \t]*)?:?[-=]{2,}:?[ \t]*(?:[|+][ \t]*:?[-=]+:?[ \t]*)+[|+]?[ \t]*\r?$"
)
_CELL = re.compile(r"(?<!\\)\|")
_MARKUP = re.compile(r"(\*\*|__|\*|`)(.+)\1")
_HEADING = re.compile(r"\s*(?:#+|\*+)\s+(.*\S)")
_SURE, _OF_PROSE, _BROKEN = 0.66, 0.36, 0.3
_FEWEST_ROWS, _FEWEST_COLUMNS = 4, 2
_HEAD = 1 << 16
_MOST_TRIED = 500
_MOST_BYTES = 256 << 20


def _likely(files: Sequence[Path]) -> list[Path]:
    """By a line of dashes between bars near the beginning. A table in a readme is the data where nothing else is."""
    likely = [path for path in files if path.suffix.lower() in _ENDINGS and not _beginnings.hidden(path)]
    likely = [path for path in likely[:_MOST_TRIED] if _BETWEEN.search(_beginnings.start(path, _HEAD))]
    prose = [path for path in likely if is_prose(Path(path.stem))]
    return [path for path in likely if path not in prose] or prose


def _confidence(likely: Sequence[Path]) -> float:
    return _OF_PROSE if all(is_prose(Path(path.stem)) for path in likely) else _SURE


def _load(path: Path, form: DataForm | None) -> dict[str, _grids.Grid]:
    """Raises DataError `unreadable` for a document without a table."""
    if path.stat().st_size > _MOST_BYTES:
        raise unreadable(path, f"it is larger than {_MOST_BYTES >> 20} MB; give it as CSV")
    content = path.read_bytes()
    text = content.decode(encoding_of(content[:_HEAD]), "replace").removeprefix("\ufeff")
    least = _FEWEST_ROWS if form is None else 1
    found: dict[str, _grids.Grid] = {}
    for number, (title, lines) in enumerate(_blocks(text.splitlines()), 1):
        one = _grid(lines)
        if one is not None and len(one.names) >= _FEWEST_COLUMNS and len(one) >= least:
            found[title if title and title not in found else f"table {number}"] = one
    if not found:
        raise unreadable(path, "there is no table in it")
    return found if len(found) > 1 else {"": next(iter(found.values()))}


def _blocks(lines: Sequence[str]) -> Iterator[tuple[str, list[str]]]:
    """Heading above, and lines with bars that follow one another, a line of dashes among them."""
    title, block = "", list[str]()
    for line in [*lines, ""]:
        if "|" in line or (_RULE.fullmatch(line) and ("+" in line or block)):
            block.append(line)
            continue
        if any(map(_RULE.fullmatch, block)):
            yield title, block
        block = []
        heading = _HEADING.fullmatch(line)
        title = heading[1].strip("* ") if heading else title


def _grid(lines: Sequence[str]) -> _grids.Grid | None:
    """What stands above the first line of dashes that has something above it are the names."""
    from noglue.tools.readers._header import unique_names

    below = [place for place, line in enumerate(lines) if _RULE.fullmatch(line) and place]
    if not below:
        return None
    heading = [_split(line) for line in lines[: below[0]] if not _RULE.fullmatch(line)]
    rows = [_split(line) for line in lines[below[0] :] if not _RULE.fullmatch(line)]
    if not heading or not rows:
        return None
    width = len(heading[-1])
    bad = {place: f"it has {len(row)} cells instead of {width}" for place, row in enumerate(rows) if len(row) > width}
    made = _grids.Grid.of(unique_names(heading[-1]), ([] if place in bad else row for place, row in enumerate(rows)))
    return replace(made, bad=bad)


def _split(line: str) -> list[str]:
    """`| **Adelie** | a \\| b |` → Adelie, a | b. A bar at the beginning or the end stands outside of the cells."""
    bare = line.strip()
    bare = bare.removeprefix("|")
    bare = bare[:-1] if bare.endswith("|") and not bare.endswith("\\|") else bare
    cells = [cell.strip().replace("\\|", "|") for cell in _CELL.split(bare)]
    return [found[2] if (found := _MARKUP.fullmatch(cell)) else cell for cell in cells]


_READER = _grids.GridReader(_likely, _load, _confidence, most=20, least=_BROKEN)  # prose without a table breaks nothing
sniff, readings, count, read = _READER.sniff, _READER.readings, _READER.count, _READER.read
