"""What the columns of a table without a header are called, by a file beside it.

    adult.names         age: continuous.                        C4.5; the class comes last and unnamed
    wine.names          1) Alcohol  2) Malic acid …             a numbered list
    columns.txt         species⏎island⏎mass                     a name a line, or all in one line
    data_dictionary.csv column,description⏎species,kind of …    a table with a row for each column
    layout.csv          name,start,end⏎species,1,6              and where each begins, of fixed width

A file counts where it tells as many names as the table has columns.
"""

import csv
import io
import json
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from noglue.tools.values.number_text import is_number

_ENDINGS = (".names", ".info", ".txt", ".csv", ".tsv", ".md", ".json", ".doc", ".desc", ".rst", "")
_TELLING = re.compile(
    r"(.*[\W_])?(names?|columns?|cols|headers?|fields?|features?|attributes?|variables?|vars|dictionary|codebook|schema|"
    r"readme|info|layout|description|desc|metadata|spalten|columnas|colonnes|legend)([\W_].*)?", re.IGNORECASE,
)  # fmt: skip
_NAME_COLUMNS = (
    "name",
    "column",
    "columnname",
    "variable",
    "variablename",
    "attribute",
    "feature",
    "field",
    "fieldname",
)
_SENTENCE = re.compile(r".*\w\W+\w+\W+\w.*\w{2,}[)\"'”’]*[.!?…。]")
_LARGEST = 1 << 18
_LONGEST = 60
_MOST_FILES = 50


def beside(files: Sequence[Path], tables: Sequence[Path], names_of: int) -> list[Path]:
    """The files that may tell the names of these tables' columns, the one that does first. names_of: how many."""
    folders = {path.parent for path in tables} | {path.parent.parent for path in tables}
    stems = {path.stem for path in tables}
    likely = [
        path
        for path in files
        if path.parent in folders
        and path not in tables
        and path.suffix.lower() in _ENDINGS
        and (path.suffix.lower() in (".names", ".info") or path.stem in stems or _TELLING.fullmatch(path.stem))
        and path.stat().st_size <= _LARGEST
    ]
    likely.sort(key=lambda path: (path.suffix != ".names", path.stem not in stems, path.name))
    return [path for path in likely[:_MOST_FILES] if told_by(path, names_of)[0] is not None][:1]


def told_by(path: Path, width: int) -> tuple[list[str] | None, str | None]:
    """The names of `width` columns, and the target where the file tells it."""
    text = path.read_text(encoding="utf-8", errors="replace")[:_LARGEST]
    if path.suffix.lower() == ".json":
        return _of_json(text, width), None
    names, target = column_names(text, width)
    return (names, target) if names else (_listed(text, width) or _of_dictionary(text, width), None)


def column_names(text: str, width: int) -> tuple[list[str] | None, str | None]:
    """C4.5's format (`age: continuous.`, the class comes last and unnamed), or a numbered list of all the columns."""
    lines = [line.split("|")[0].strip() for line in text.splitlines()]
    listed = [
        match[1].strip() for line in lines if (match := re.fullmatch(r"([A-Za-z][\w /()-]{0,60}):\s*(\S.*)", line))
    ]
    ends = [listed[start : start + size] for size in (width - 1, width) for start in [len(listed) - size] if start >= 0]
    for names in ends:
        if len(set(names)) == len(names) and _is_attribute_block(lines, names):
            return (names, None) if len(names) == width else ([*names, "class"], "class")
    run: list[str] = []
    for line in lines:
        match = re.match(r"(\d+)[.)]?\s*[.):]\s*(\S.*)", line)
        if match and int(match[1]) == len(run) + 1:
            run.append(re.split(r"[:(,]|\s{2,}|\s[-–=]\s", match[2])[0].strip().strip(".`*"))
            if len(run) == width and len(set(run)) == width:
                return run, run[-1] if run[-1].lower() in ("class", "target", "label") else None
        elif match:
            run = []
    return None, None


def _is_attribute_block(lines: Sequence[str], names: Sequence[str]) -> bool:
    """Each name's line gives `continuous` or a list of values, as C4.5 has it; prose does not."""
    values = {line.split(":")[0].strip(): line.split(":", 1)[1].strip() for line in lines if ":" in line}
    return sum(bool(re.match(r"(continuous|discrete|ignore)\b|[^,]+(,[^,]+)+", values[name])) for name in names) == len(
        names
    )


def _listed(text: str, width: int) -> list[str] | None:
    """One name a line, or all in one line between commas, tabs, semicolons or bars; `#` or `12 ` may stand in front."""
    lines = [line.strip().lstrip("#").strip() for line in text.splitlines() if line.strip().lstrip("#").strip()]
    numbered = [re.fullmatch(rf"{number}[.:)]?\s+(\S.*)", line) for number, line in enumerate(lines, 1)]
    bare = [match[1] for match in numbered if match]
    candidates = [bare, lines] if len(bare) == len(lines) == width else [lines] if len(lines) == width else []
    candidates += [re.split(r"\s*[,;\t|]\s*", line) for line in lines[:3]] if len(lines) <= 3 else []
    candidates += [lines[0].split()] if len(lines) == 1 else []
    return next((names for names in candidates if _are_names(names, width)), None)


def _of_dictionary(text: str, width: int) -> list[str] | None:
    """The column of names in a table with a row for each column."""
    for mark in (",", "\t", ";", "|"):
        rows = [row for row in csv.reader(io.StringIO(text, newline=""), delimiter=mark) if any(row)]
        if len(rows) != width + 1 or len(rows[0]) < 2:
            continue
        plain = [re.sub(r"[\W_]+", "", cell).lower() for cell in rows[0]]
        place = next((plain.index(name) for name in _NAME_COLUMNS if name in plain), None)
        if place is not None and all(len(row) > place for row in rows):
            names = [row[place].strip() for row in rows[1:]]
            if _are_names(names, width):
                return names
    return None


def _of_json(text: str, width: int) -> list[str] | None:
    """`["species", …]`, `{"columns": […]}`, or a list of `{"name": "species", …}`."""
    try:
        content: Any = json.loads(text)
    except (ValueError, RecursionError):
        return None
    waiting = [content]
    while waiting:
        one = waiting.pop(0)
        if isinstance(one, dict):
            waiting += [value for value in one.values() if isinstance(value, dict | list)][:20]
        elif isinstance(one, list):
            names = [entry.get("name") if isinstance(entry, dict) else entry for entry in one]
            if all(isinstance(name, str) for name in names) and _are_names(names, width):
                return [str(name) for name in names]
    return None


def _are_names(names: Sequence[Any], width: int) -> bool:
    plain = [str(name).strip() for name in names]
    fit = len(plain) == width == len(set(plain)) and all(
        name and len(name) <= _LONGEST and not is_number(name) for name in plain
    )
    return fit and not _are_sentences(plain)


def _are_sentences(names: Sequence[str]) -> bool:
    """Whether most of them are several words that end as sentences do: the lines of a letter, not names."""
    return 2 * sum(_SENTENCE.fullmatch(name) is not None for name in names) > len(names)
