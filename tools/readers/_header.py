"""Is a table's first row a header, and what are its columns called?"""

import re
from collections import Counter
from collections.abc import Sequence

from noglue.tools.values.missing_words import is_missing
from noglue.tools.values.number_text import is_number

_WORDS = re.compile(
    r"id|index|name|label|class|target|date|time|year|month|day|price|age|sex|gender|text|type|category|value|score|"
    r"count|y|x|x_?\d+|f\d+|v\d+|feature_?\d+|pixel_?\d+|pixels?|image|img|col(umn)?_?\d+",
    re.IGNORECASE,
)
_YEAR = re.compile(r"(1[89]|20)\d\d")
_NAME = re.compile(r"[^\W\d][\w .()/%#:&+-]{0,60}")


def is_header(first: Sequence[str], body: Sequence[Sequence[str]]) -> bool:
    """Each column votes: text over numbers is for a header; a number over numbers or a value seen below, against."""
    cells = [cell.strip() for cell in first]
    if cells == [str(place) for place in range(len(cells))]:
        return len(cells) > 2 and any(row[1:3] != cells[1:3] for row in body)  # pandas' own, 0…k-1
    if not body:
        return not any(is_number(cell) for cell in cells)
    numbers = [cell for cell in cells if _value(cell)]
    if len(numbers) > 1 and numbers == sorted(set(numbers)) and all(map(_YEAR.fullmatch, numbers)):
        cells = [f"y{cell}" if cell in numbers else cell for cell in cells]  # country,2010,2011,…
    vote = sum(_vote(cell, [row[place].strip() for row in body]) for place, cell in enumerate(cells))
    if vote:
        return vote > 0
    return len(set(cells)) == len(cells) and all(_NAME.fullmatch(cell) for cell in cells)


def _vote(cell: str, below: list[str]) -> float:
    present = [value for value in below if not is_missing(value)]
    if is_missing(cell) or not present:
        return 0.0
    vote = 1.0 if _WORDS.fullmatch(cell) else 0.0
    numeric = sum(map(_value, present)) >= 0.9 * len(present)
    if numeric:
        return -1.0 if _value(cell) else vote + 1.0
    if _value(cell):
        return -0.5
    if cell in present:
        return -1.0
    few = len(set(present)) <= len(present) / 2
    lengths = {len(value) for value in present}
    return vote + (0.5 if few else 0.0) + (0.5 if len(lengths) == 1 and len(cell) not in lengths else 0.0)


def _value(cell: str) -> bool:
    """A number, or a date or time, which no header has."""
    return is_number(cell) or is_number(cell, ",") or bool(re.fullmatch(r"\d[\d:./\sTZ+-]*", cell))


def unique_names(cells: Sequence[str]) -> list[str]:
    """Names without blanks around them, none empty, none twice.

    >>> unique_names(["a", "", "a", "#b "])
    ['a', 'column_2', 'a_2', '#b']
    """
    names: list[str] = []
    seen: Counter[str] = Counter()
    for place, cell in enumerate(cells):
        name = re.sub(r"\s+", " ", cell).strip().strip("\"'") or f"column_{place + 1}"
        name = name.lstrip("# ") if place == 0 and name.lstrip("# ") else name
        seen[name] += 1
        while seen[name] > 1 or name in names:
            name = f"{name}_{seen[name]}"
            seen[name] += 1
        names.append(name)
    return names


def named_twice(cells: Sequence[str], names: Sequence[str]) -> list[str]:
    """What is told of columns of one name. cells: the header as written; names: as it is read.

    >>> named_twice(["a", "y", "y"], ["a", "y", "y_2"])
    ['2 columns are called y, and are read as y, y_2']
    """
    read: dict[str, list[str]] = {}
    for cell, name in zip(cells, names, strict=False):
        if cell.strip():
            read.setdefault(" ".join(cell.split()), []).append(name)
    return [f"{len(all_)} columns are called {cell}, and are read as {', '.join(all_)}"
            for cell, all_ in read.items() if len(all_) > 1]  # fmt: skip


def counts_line(rows: Sequence[Sequence[str]]) -> list[str] | None:
    """The class names of scikit-learn's bundled files, whose first line is `150,4,setosa,versicolor,virginica`:

    rows, features, classes; the last column below counts the classes from 0. None where it is not such a line.
    """
    if len(rows) < 3 or len(rows[0]) < 4:
        return None
    top, width = rows[0], len(rows[1])
    if not (top[0].isdigit() and top[1].isdigit() and int(top[1]) == width - 1) or any(map(is_number, top[2:])):
        return None
    labels = {row[-1] for row in rows[1:] if len(row) == width}
    return list(top[2:]) if labels <= {str(place) for place in range(len(top) - 2)} else None
