"""What a table's columns are: numbers, categories, text, dates, identifiers, constants.

    >>> [(c.name, c.kind) for c in describe(titanic)]
    [('PassengerId', 'identifier'), ('Survived', 'boolean'), ('Pclass', 'category'), ('Name', 'text'), …]

Text that is numbers or dates written out counts as such; `tools/values/text_values.py` converts it.
"""

import re
from collections.abc import Sequence

import pyarrow as pa
import pyarrow.compute as pc

from noglue.tools.spec.profiles import MOST_VALUES, Column, ColumnKind
from noglue.tools.values import label_lists
from noglue.tools.values.text_values import parse

_EXAMPLES = 5
_EXAMPLE_LENGTH = 80
_LONG_WITHOUT_BLANKS = 4
UNSPACED = re.compile("[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\u0e00-\u0eff\u1780-\u17ff\u1000-\u109f]")
_WORD = re.compile(r"[^\W\d_]+(?:[ '’.-]+[^\W\d_]+)*\.?")
_HARDLY_ANY_TWICE = 0.8  # of the values are different
_FEW_ROWS = 20  # below this, unique values say nothing
_MOST_CODES = 1000
_MOST_PARTED = 2000  # cells that are looked at for labels
_LONG_TEXT = 50
_IDENTIFIER = re.compile(
    r"(.*[_\s.-])?(id|ids|uuid|guid|key|rowid|row|index|idx|serial|no|nr|number|hash|unnamed: ?0|column_1)"
    r"|unnamed.*|id[_\s.-].*", re.IGNORECASE)  # fmt: skip
_CAMEL_IDENTIFIER = re.compile(r".*[a-z]I[dD]")
_TIMELIKE = re.compile(r".*(year|month|day|hour|minute|second|time|date|week|step|epoch|age).*", re.IGNORECASE)
_CODE = re.compile(
    r"(.*[_\s.-])?(class|code|type|category|cat|cluster|group|zip|zipcode|postal|region|district|level|grade|label|kind|"
    r"species|status|id|model|brand|store|shop|item|product|month|weekday|day_of_week|dow|quarter)"
    r"|.*[a-z](Class|SubClass|Code|Type|Id|ID|Zip)|pclass", re.IGNORECASE)  # fmt: skip
_KEY_SHAPES = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|[0-9a-f]{16,64}", re.IGNORECASE)


def describe(table: pa.Table) -> list[Column]:
    """One `Column` for each column of the table, over the rows it has. Lists and binary data are of kind `image`."""
    return [column(name, values) for name, values in zip(table.column_names, table.columns, strict=True)]


def column(name: str, values: pa.ChunkedArray) -> Column:
    """What one column is, with its counts, its range where it is a number, and up to five examples."""
    kind_of = values.type
    if pa.types.is_nested(kind_of) or pa.types.is_binary(kind_of) or pa.types.is_large_binary(kind_of):
        return Column(name=name, kind="image", dtype=str(kind_of), missing=values.null_count)
    if pa.types.is_dictionary(kind_of):
        values = values.cast(kind_of.value_type)
    missing, distinct = _missing(values), _distinct(values)
    read = parse(values).column if _is_text(values.type) and distinct > 1 else values
    kind = _kind(name, values, read, missing, distinct)
    limits = pc.min_max(_finite(read)).as_py() if kind == "number" or _is_number(read.type) else {}
    return Column(
        name=name,
        kind=kind,
        dtype=str(values.type),
        missing=missing,
        distinct=distinct,
        minimum=_as_float(limits.get("min")),
        maximum=_as_float(limits.get("max")),
        examples=_examples(values),
        values=_all_values(values) if distinct <= MOST_VALUES else [],
        separator=_separator(values) if kind in ("category", "text", "identifier") and _is_text(values.type) else None,
    )


def _kind(name: str, values: pa.ChunkedArray, read: pa.ChunkedArray, missing: int, distinct: int) -> ColumnKind:
    """`read`: the values, as numbers or dates where text wrote those."""
    present = len(values) - missing
    if distinct == 0 or (distinct == 1 and missing == 0):
        return "constant"
    if pa.types.is_boolean(read.type):
        return "boolean"
    if pa.types.is_temporal(read.type):
        return "date"
    unique = distinct == present >= _FEW_ROWS
    if pa.types.is_integer(read.type):
        return _integers(name, read, unique, distinct, present)
    if pa.types.is_floating(read.type) or pa.types.is_decimal(read.type):
        return _reals(name, read, distinct, present)
    return _text(name, values, unique, distinct, present)


def _integers(name: str, values: pa.ChunkedArray, unique: bool, distinct: int, present: int) -> ColumnKind:
    """Codes are told from quantities by the column's name: trees do well with either, linear models do not."""
    if distinct == 2 and pc.min_max(values).as_py() == {"min": 0, "max": 1}:
        return "boolean"
    if unique and (_names_identifier(name) or (_counts_up(values) and not _TIMELIKE.fullmatch(name))):
        return "identifier"
    if _CODE.fullmatch(name) and 2 <= distinct <= _MOST_CODES and distinct <= present / 2:
        return "category"
    return "number"


def _reals(name: str, values: pa.ChunkedArray, distinct: int, present: int) -> ColumnKind:
    """Whole numbers with missing values among them come as floats."""
    if not (_CODE.fullmatch(name) and distinct <= min(_MOST_CODES, present / 2)):
        return "number"
    finite = _finite(values)
    return "category" if pc.all(pc.equal(finite, pc.round(finite))).as_py() else "number"


def _text(name: str, values: pa.ChunkedArray, unique: bool, distinct: int, present: int) -> ColumnKind:
    sample = [str(value) for value in values.drop_null().slice(0, 1000).to_pylist()]
    words = sum(len(value.split()) for value in sample) / len(sample)
    length = sum(map(len, sample)) / len(sample)
    if unique and all(_KEY_SHAPES.fullmatch(value) for value in sample):
        return "identifier"
    if distinct > present * 0.5 and present >= _FEW_ROWS:
        if words >= 2.5 or length > _LONG_TEXT or (_without_blanks(sample) and length > _LONG_WITHOUT_BLANKS):
            return "text"
        if unique and (_names_identifier(name) or _looks_coded(sample)):
            return "identifier"
        written = distinct > present * _HARDLY_ANY_TWICE and _are_written(sample)
        return "text" if written or _are_words(sample) else "category"
    if length > _LONG_WITHOUT_BLANKS and distinct > max(_FEW_ROWS, 0.2 * present) and _without_blanks(sample):
        return "text"
    return "text" if length > _LONG_TEXT and words > 5 and distinct > _FEW_ROWS else "category"


def _without_blanks(sample: Sequence[str]) -> bool:
    """Whether the values are written in a script that puts no blanks between words: Chinese, Japanese, Thai, …"""
    together = "".join(sample)
    return len(UNSPACED.findall(together)) > 0.3 * max(1, len(together))


def _are_words(sample: Sequence[str]) -> bool:
    """Names and words, no codes: what they begin and end with tells something, where hardly any comes again."""
    return sum(_WORD.fullmatch(value) is not None for value in sample) >= 0.9 * len(sample)


def _are_written(sample: Sequence[str]) -> bool:
    """Strings whose letters tell something, as in addresses, formulas and sequences: `CC(=O)O`, `ann@b.org`."""
    together = "".join(sample)
    return sum(map(str.isalpha, together)) >= 0.6 * max(1, len(together)) and len(together) >= 4 * len(sample)


def _looks_coded(sample: Sequence[str]) -> bool:
    """`A-1001`, `A-1002`: one pattern of letters and digits throughout, at least three digits."""
    patterns = {re.sub(r"\d", "9", re.sub(r"[A-Za-z]", "a", value)) for value in sample}
    return len(patterns) <= 2 and all(pattern.count("9") >= 3 and " " not in pattern for pattern in patterns)


def _names_identifier(name: str) -> bool:
    return bool(_IDENTIFIER.fullmatch(name) or _CAMEL_IDENTIFIER.fullmatch(name))


def _counts_up(values: pa.ChunkedArray) -> bool:
    """0, 1, 2, … or 1, 2, 3, … in this order: the row's number."""
    limits = pc.min_max(values).as_py()
    if values.null_count or limits["min"] not in (0, 1) or limits["max"] - limits["min"] != len(values) - 1:
        return False
    return bool(pc.all(pc.equal(values.cast(pa.int64()), pa.array(range(limits["min"], limits["max"] + 1)))).as_py())


def _missing(values: pa.ChunkedArray) -> int:
    nan = pc.sum(pc.is_nan(values)).as_py() or 0 if pa.types.is_floating(values.type) else 0
    return int(values.null_count + nan)


def _distinct(values: pa.ChunkedArray) -> int:
    if pa.types.is_null(values.type):
        return 0
    if pa.types.is_floating(values.type):
        values = values.filter(pc.invert(pc.is_nan(values)))
    return int(pc.count_distinct(values, mode="only_valid").as_py())


def _finite(values: pa.ChunkedArray) -> pa.ChunkedArray:
    return values.filter(pc.is_finite(values)) if pa.types.is_floating(values.type) else values


def _examples(values: pa.ChunkedArray) -> list[str]:
    found = values.slice(0, 1000).drop_null().unique().slice(0, _EXAMPLES).to_pylist()
    return [str(value)[:_EXAMPLE_LENGTH] for value in found]


def _as_float(value: object) -> float | None:
    return None if value is None else float(str(value)) if not isinstance(value, int | float) else float(value)


def _separator(values: pa.ChunkedArray) -> str | None:
    """What parts the labels in a cell, of a column of labels."""
    return label_lists.separator(values.slice(0, _MOST_PARTED).to_pylist())


def _is_number(kind: pa.DataType) -> bool:
    return bool(pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_decimal(kind))


def _is_text(kind: pa.DataType) -> bool:
    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_string_view(kind))


def _all_values(values: pa.ChunkedArray) -> list[str]:
    """Every value once, as text, the commonest first."""
    counted = values.drop_null().value_counts().to_pylist()
    ordered = sorted(counted, key=lambda one: -one["counts"])
    return [str(one["values"])[:_EXAMPLE_LENGTH] for one in ordered]
