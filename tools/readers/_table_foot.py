"""What stands below a table's rows: totals, means, and a note on the source, none of which is a row of data.

    Adelie,Torgersen,3750
    Total,,251900              a word for a sum or a mean in the first cell that is filled, and gaps beside it
    Source: Palmer LTER,,      a text alone

Only the last rows are looked at; a word that stands further up too is a value like others.
"""

import re
from collections.abc import Sequence

import pyarrow as pa

from noglue.tools.values.missing_words import is_missing
from noglue.tools.values.number_text import is_number, values
from noglue.tools.values.unit_text import units_of

TOTAL = "a total, a mean or the like, below the rows"
NOTE = "a note below the rows"
EMPTY = "an empty row above a total or a note"
_MOST = 12  # rows at the end
_LOOKED_AT = 1000
_WHOLE = 20_000  # rows, of a table whose sums are looked at
_NEAR = 0.005
_WORD = re.compile(
    r"(?:(?:grand|sub|overall|grande?)[\s-]*)?(?:totals?|totales|totaux|sum(?:me|a)?|gesamt(?:summe|ergebnis|wert)?|insgesamt|"
    r"total g[eé]n[eé]ral|ensemble|somme|means?|averages?|avg\.?|mittel(?:wert)?|durchschnitt|media|promedio|moyennes?|"
    r"median[ae]?|m[eé]diane?|min(?:imum|\.)?|max(?:imum|\.)?|m[ií]nimo|m[aá]ximo|std(?:\.? ?dev\.?)?|sd|stdev|"
    r"standard deviation|standardabweichung|counts?|anzahl|number of rows|n|∑|Σ)\s*:?", re.IGNORECASE,
)  # fmt: skip
_SOURCE = re.compile(
    r"[\[(*]*\s*(sources?|quellen?|fuentes?|notes?|notas?|anmerkung(en)?|hinweis|bemerkung|remarks?|stand|as of|"
    r"data (from|source)|exported|generated|created|erstellt|©|copyright|last updated?|footnote|\*|¹|\d\)\s|"
    r"end of (file|report)|eof)\b.*", re.IGNORECASE | re.DOTALL,
)  # fmt: skip


def feet(rows: Sequence[Sequence[str]], whole: bool = True) -> dict[int, str]:
    """Place → why it is none, of rows at the end of a table. whole: these are all its rows."""
    if len(rows) < 2 or len(rows[0]) < 2:
        return {}
    first_end = max(1, len(rows) - _MOST)
    above = rows[:first_end] if len(rows) > 2 * _MOST else rows[: max(1, len(rows) - 3)]
    numeric = [place for place in range(len(rows[0])) if _is_numeric([row[place] for row in above])]
    found: dict[int, str] = {}
    empty: list[int] = []
    for place in range(len(rows) - 1, max(first_end, len(above)) - 1, -1):
        why = _foot(rows[place], above, numeric, rows[:place] if whole else [])
        if why is None:
            if any(cell.strip() for cell in rows[place]):
                break
            empty.append(place)
        else:
            found[place] = why
    return found | {place: EMPTY for place in empty if found and place > min(found)}


def feet_of(table: pa.Table) -> dict[int, str]:
    """The same of a table of strings."""
    size = table.num_rows if table.num_rows <= _WHOLE else _LOOKED_AT
    tail = table.slice(table.num_rows - size)
    last = tail.slice(max(0, tail.num_rows - 3)).to_pylist()
    if not any(_likely([str(cell or "") for cell in row.values()]) for row in last):
        return {}
    columns = [[str(cell or "") for cell in column.to_pylist()] for column in tail.columns]
    found = feet(list(zip(*columns, strict=True)), size == table.num_rows)
    return {table.num_rows - size + place: why for place, why in found.items()}


def _likely(cells: Sequence[str]) -> bool:
    filled = [cell.strip() for cell in cells if cell.strip()]
    return len(filled) == 1 or any(_WORD.fullmatch(cell) for cell in filled[:2])


def _foot(
    row: Sequence[str], above: Sequence[Sequence[str]], numeric: Sequence[int], before: Sequence[Sequence[str]]
) -> str | None:
    filled = [place for place, cell in enumerate(row) if not is_missing(cell)]
    if not filled:
        return None
    place = filled[0]
    cell = row[place].strip()
    others = {one[place].strip() for one in above}
    if len(filled) == 1 and len(row) > 2 and not is_number(cell):
        lone = sum(sum(not is_missing(one) for one in line) == 1 for line in above)
        strange = _SOURCE.fullmatch(cell) or (" " in cell and len(cell) > 1.5 * max(map(len, others), default=0))
        return NOTE if strange and cell not in others and lone <= 0.02 * len(above) else None
    if not _WORD.fullmatch(cell) or cell in others or cell.lower() in {other.lower() for other in others}:
        return None
    numbers = [one for one in filled[1:] if one in numeric and _is_like_number(row[one])]
    if not numbers or any(one not in numeric for one in filled[1:]):
        return None
    words = [one for one in range(len(row)) if one != place and one not in numeric]
    gaps = [one for one in words if is_missing(row[one])]
    usual = sum(all(is_missing(line[one]) for one in gaps) for line in above) if gaps else len(above)
    if place in numeric or (gaps and usual <= 0.05 * len(above)):
        return TOTAL
    return TOTAL if any(_sums_up(row[one], [line[one] for line in before]) for one in numbers) else None


def _sums_up(cell: str, column: Sequence[str]) -> bool:
    """Whether a cell is what the cells above it come to: their sum, mean, least or greatest, or how many they are."""
    own = _number(cell)
    numbers = [number for number in map(_number, column) if number is not None]
    if own is None or len(numbers) < 3:
        return False
    sums = (sum(numbers), sum(numbers) / len(numbers), float(len(numbers)))
    return any(abs(own - one) <= _NEAR * max(abs(one), 1e-9) for one in sums)


def _number(cell: str) -> float | None:
    plain = values([cell])[0]
    if plain is None and is_number(cell, ","):
        plain = values([cell.replace(".", "").replace(",", ".")])[0]
    return plain


def _is_numeric(column: Sequence[str]) -> bool:
    filled = [cell for cell in column if not is_missing(cell)]
    return len(filled) > 1 and sum(map(_is_like_number, filled)) >= 0.9 * len(filled)


def _is_like_number(cell: str) -> bool:
    return is_number(cell) or is_number(cell, ",") or units_of(cell) is not None
