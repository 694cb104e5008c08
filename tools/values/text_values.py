"""Cells written as text, to numbers, booleans and dates: a column's form is learned once, then applied unchanged.

    >>> form = learn(pa.chunked_array([["1.200,50", "15", "n.a."] * 20]))
    CellForm(kind='number', decimal=',', thousands='.', missing=['n.a.'])
    >>> apply(pa.chunked_array([["1.896", "soon"]]), form)
    Parsed(column=[1896.0, None], strays=['soon'], count=1)

What one column leaves open (is `1.250` a fraction? which of 3/4 is the month?) the table's other columns decide:
`learn_together`. Zip codes and other numbers with leading zeros stay text; so do integers too long for 64 bits.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from noglue.tools.spec.data_form import CellForm, Strays
from noglue.tools.values import compact_dates, date_order, date_text, missing_words, number_text, unit_text
from noglue.tools.values.cell_reading import MOST_BYTES, Parsed, apply, plain_numbers, texts_by
from noglue.tools.values.each_column import each_column
from noglue.tools.values.number_text import Marks, is_number
from noglue.tools.values.sentinels import sentinel

__all__ = [
    "Parsed",
    "apply",
    "is_number",
    "learn",
    "learn_together",
    "parse",
    "strays_in_words",
    "target_strays_in_words",
    "words",
]

FEW_STRAYS = (
    0.05  # of a column's values; more than that, and it is a column of text, unless they are the same few words
)
_MOST_STRAYS = 0.4  # a column of numbers but for a few words: at most so many of its values are words,
_FEW_WORDS = 10  # at most so many different ones,
_MANY_VALUES = 15  # beside at least so many different numbers
_MOST_OTHERS = 1000  # different values that decide whether a word among them is missing
_LONG_KEY = 1e18
_MOST_LOOKED_AT = 100_000  # rows or different values that units and moments are learned from
_TRIED = 200  # different values that show whether there are units


@dataclass(frozen=True)
class _Draft:
    """What a column shows by itself. marks: of numbers. swap: the other reading of its dates. words: missing ones.

    told: what is made of its cells, where someone may want to know.
    """

    form: CellForm
    marks: Marks | None = None
    swap: str | None = None
    words: tuple[str, ...] = ()
    shares: tuple[float, ...] = ()  # of the filled cells, that each word covers, in a column of text
    others: tuple[str, ...] = ()
    told: str = ""


def parse(column: pa.ChunkedArray) -> Parsed:
    """A string column as int64, float64, bool or timestamp[us] where nearly all its values are such, else as it is."""
    return apply(column, learn(column))


def words(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """A string column as it is, null where a word stands for a missing value."""
    return texts_by(column, learn(column))


def learn(column: pa.ChunkedArray) -> CellForm:
    """The form of one column by itself; the order of its rows matters where nothing else tells day from month."""
    return learn_together({"": column})[0][""]


def learn_together(
    columns: Mapping[str, pa.ChunkedArray], semicolons: bool = False
) -> tuple[dict[str, CellForm], list[str]]:
    """One form a column of a table, and notes on what was decided without certainty.

    semicolons: they separate the table's cells, as where the comma is the decimal mark.
    """
    drafts = each_column(columns, _draft)
    numeric = [draft.marks for draft in drafts.values() if draft.marks is not None and draft.marks.sure]
    commas = sum(marks.decimal == "," for marks in numeric)
    unsure = [draft.marks for draft in drafts.values() if draft.marks is not None and not draft.marks.sure]
    comma = any(marks.leans == "," or (semicolons and marks.open == ",") for marks in unsure)
    decimal = "," if commas > len(numeric) / 2 or (comma and not numeric) else "."
    told_by_none = decimal == "." and not numeric
    orders = [draft.form.dates[0] for draft in drafts.values() if draft.form.dates and draft.swap is None]
    day_first = [form.index("%d") < form.index("%m") for form in orders if date_text.swapped(form) != form]
    typed = [draft for draft in drafts.values() if draft.form.kind in ("number", "date")]
    elsewhere = frozenset(word.lower() for draft in typed for word in draft.words)
    forms: dict[str, CellForm] = {}
    doubtful: dict[str, list[str]] = {}
    notes: list[str] = []
    for name, draft in drafts.items():
        form = draft.form
        if draft.marks is not None:
            settled = number_text.settled(draft.marks, decimal)
            form = form.model_copy(
                update={"decimal": settled.decimal, "thousands": settled.thousands, "grouped": settled.grouped}
            )
            if told_by_none and draft.marks.open == ".":
                notes.append(f"column {name!r}: nothing shows what its points mean; they are read as decimal points")
        elif draft.swap is not None:
            form, sure = _ordered(form, draft.swap, columns[name], day_first)
            notes += [] if sure else [f"column {name!r}: day and month can't be told apart; the month is read first"]
        elif form.kind == "text":
            shares = dict(zip(draft.words, draft.shares, strict=True))
            values = missing_words.values_among(shares, draft.others, elsewhere)
            words = [word for word in draft.words if word not in values]
            form = form.model_copy(update={"missing": words, "values": values})
            form.levels = sorted({*draft.others, *values})[: missing_words.MOST_LEVELS + 1]
            form.levels = form.levels if len(form.levels) <= missing_words.MOST_LEVELS else []
            left = {word: shares[word] for word in words}
            for word in missing_words.might_be_values(left, draft.others, elsewhere):
                doubtful.setdefault(word, []).append(name)
        forms[name] = form
        notes += [f"column {name!r}: {draft.told}"] if draft.told else []
    notes += [f"{word!r} is read as missing in {_listed(names)}" for word, names in doubtful.items()]
    return forms, notes


def strays_in_words(name: str, strays: Strays) -> str:
    """In words: `column 'n': 1 value that does not fit the others ('unknown') is read as missing`."""
    one = strays.count == 1
    return (
        f"column {name!r}: {_values(strays)} that {'does' if one else 'do'} not fit the others ({_examples(strays)}) "
        f"{'is' if one else 'are'} read as missing"
    )


def target_strays_in_words(name: str, strays: Strays) -> str:
    """The same of the target, whose missing values cost their rows."""
    rows = "this row is" if strays.count == 1 else "these rows are"
    return f"{_values(strays)} of {name}, like {_examples(strays)}, can't be read as {strays.kind}s; {rows} left out"


def _values(strays: Strays) -> str:
    return f"{strays.count:,} value{'' if strays.count == 1 else 's'}"


def _examples(strays: Strays) -> str:
    return ", ".join(map(repr, strays.examples))


# ---- learning ----------------------------------------------------------------------------------------------------


def _draft(name: str, column: pa.ChunkedArray) -> _Draft:
    """The quick way for numbers that Arrow reads as they stand; all else by its different values and their counts."""
    numbers = plain_numbers(column)
    if numbers is not None and numbers.null_count < len(numbers) and _are_quantities(column, numbers):
        if _may_be_moments(numbers) and (
            form := compact_dates.form_of(name, _some(_counted(column.slice(0, _MOST_LOOKED_AT))[0]))
        ):
            return _Draft(CellForm(kind="date", dates=[form]))
        return _told_missing(_Draft(CellForm(kind="number"), _plain_marks(column, numbers.type)), sentinel(numbers))
    texts, counts = _counted(column)
    absent = missing_words.missing(texts).to_numpy(zero_copy_only=False) if len(texts) else np.zeros(0, bool)
    words = tuple(sorted(word for word in texts.filter(pa.array(absent)).to_pylist() if word))
    others, often = texts.filter(pa.array(~absent)), counts[~absent]
    if len(others):
        if (form := compact_dates.form_of(name, _some(others))) is not None:
            return _Draft(CellForm(kind="date", dates=[form], missing=list(words)), words=words)
        for attempt in (_number_draft, _boolean_draft, _date_draft, _unit_draft):
            found = attempt(others, often, words)
            if found is not None:
                return found
    often = dict(zip(texts.filter(pa.array(absent)).to_pylist(), counts[absent].tolist(), strict=True)) if words else {}
    filled = int(counts.sum())
    shares = tuple(often[word] / filled for word in words)
    kept = tuple(others.slice(0, _MOST_OTHERS).to_pylist())
    units = unit_text.mixed(kept)
    told = f"its numbers have units of no one dimension ({', '.join(units)}) and are left as text" if units else ""
    return _Draft(CellForm(kind="text"), words=words, shares=shares, others=kept, told=told)


def _some(texts: pa.Array) -> list[str]:
    """Some thousand of many different values."""
    some: list[str] = texts.take(pa.array(np.arange(0, len(texts), max(1, len(texts) // _MOST_OTHERS)))).to_pylist()
    return some


def _may_be_moments(numbers: pa.Array | pa.ChunkedArray) -> bool:
    """Whether numbers are as large as days and moments written as one number are."""
    return bool(pc.min(numbers).as_py() > compact_dates.LEAST)


def _told_missing(draft: _Draft, found: float | None) -> _Draft:
    """With the number that stands for a missing value."""
    if found is None:
        return draft
    word = f"{found:.10g}"
    form = draft.form.model_copy(update={"absent": [word]})
    return replace(draft, form=form, told=f"{word} lies far from all other numbers and is read as missing")


def _unit_draft(texts: pa.Array, counts: np.ndarray, words: tuple[str, ...]) -> _Draft | None:
    """Of numbers with units behind them, which are of one dimension."""
    some = texts.take(pa.array(np.arange(0, len(texts), max(1, len(texts) // _TRIED)))).to_pylist()
    if sum(unit_text.units_of(text) is not None for text in some) < (1 - 2 * FEW_STRAYS) * len(some):
        return None
    step = max(1, len(texts) // _MOST_LOOKED_AT)
    listed, counts = texts.take(pa.array(np.arange(0, len(texts), step))).to_pylist(), counts[::step]
    found = unit_text.learn(listed, counts)
    if found is None:
        return None
    heads = pa.array(unit_text.heads(listed), pa.string())
    marks = number_text.marks(heads, np.ones(len(heads), np.int64))
    read = number_text.numbers(heads, marks.decimal, marks.thousands)
    if read.null_count > FEW_STRAYS * len(heads) or not _are_quantities(heads, read.drop_null()):
        return None
    form = CellForm(kind="number", units=found.factors, missing=list(words))
    return _Draft(form, marks, words=words, told=found.told)


def _counted(column: pa.ChunkedArray) -> tuple[pa.Array, np.ndarray]:
    """The different values, without blanks around them, and how often each occurs."""
    if column.nbytes > MOST_BYTES:  # long texts: a part tells enough, and Arrow's strings end at 2 GB
        column = column.slice(0, max(1, int(len(column) * MOST_BYTES / column.nbytes)))
    counted = pc.value_counts(column.drop_null())
    texts, counts = pc.utf8_trim_whitespace(counted.field("values")), counted.field("counts").to_numpy()
    merged = texts.dictionary_encode()
    if len(merged.dictionary) == len(texts):
        return texts, counts
    return merged.dictionary, np.bincount(merged.indices.to_numpy(), weights=counts).astype(np.int64)


def _plain_marks(texts: pa.Array | pa.ChunkedArray, kind: pa.DataType) -> Marks:
    """Of numbers that can be read as they stand: a few of them mostly show that the point is the decimal mark."""
    if not pa.types.is_floating(kind):
        return Marks(".", ",", False)
    for part in (texts.slice(0, 100), texts):
        if pc.any(number_text.shows_point(part)).as_py():
            return Marks(".", ",", True, grouped=False)
    counted = pc.value_counts(texts.drop_null())
    return number_text.marks(counted.field("values"), counted.field("counts").to_numpy())


def _number_draft(texts: pa.Array, counts: np.ndarray, words: tuple[str, ...]) -> _Draft | None:
    numbers = plain_numbers(texts)
    if numbers is not None:
        if not _are_quantities(texts, numbers):
            return None
        draft = _Draft(CellForm(kind="number", missing=list(words)), _plain_marks(texts, numbers.type), words=words)
        return _told_missing(draft, sentinel(numbers, counts))
    like = number_text.looks_like_number(texts).to_numpy(zero_copy_only=False)
    if counts[like].sum() < (1 - _MOST_STRAYS) * counts.sum():
        return None
    marks = number_text.marks(texts.filter(pa.array(like)), counts[like])
    read = number_text.numbers(texts, marks.decimal, marks.thousands)
    fits = read.is_valid().to_numpy(zero_copy_only=False)
    if not _mostly(fits, counts) or not _are_quantities(texts.filter(read.is_valid()), read.drop_null()):
        return None
    draft = _Draft(CellForm(kind="number", missing=list(words)), marks, words=words)
    return _told_missing(draft, sentinel(read, counts))


def _boolean_draft(texts: pa.Array, counts: np.ndarray, words: tuple[str, ...]) -> _Draft | None:
    if len(texts) > 6 or not {text.lower() for text in texts.to_pylist()} <= {"true", "false"}:
        return None
    return _Draft(CellForm(kind="boolean", missing=list(words)), words=words)


def _date_draft(texts: pa.Array, counts: np.ndarray, words: tuple[str, ...]) -> _Draft | None:
    found = date_text.formats(texts, counts)
    if found is None:
        return None
    if not _mostly(found.fits, counts):
        return None
    return _Draft(CellForm(kind="date", dates=found.formats, missing=list(words)), swap=found.swap, words=words)


def _mostly(fits: np.ndarray, counts: np.ndarray) -> bool:
    """Nearly all cells fit, or those that do not are a few words that come again and again."""
    strays, all_cells = int(counts[~fits].sum()), int(counts.sum())
    if strays <= FEW_STRAYS * all_cells:
        return bool(fits.any())
    words, values = int((~fits).sum()), int(fits.sum())
    repeated = words <= _FEW_WORDS and 2 * words <= strays
    return strays <= _MOST_STRAYS * all_cells and repeated and values >= max(_MANY_VALUES, 5 * words)


def _are_quantities(texts: pa.Array | pa.ChunkedArray, numbers: pa.Array | pa.ChunkedArray) -> bool:
    """No leading zeros, and not digits alone, more than 18 of them: those are codes and keys."""
    zeros = pc.starts_with(texts, "0")
    if pc.any(zeros).as_py() and pc.any(pc.match_substring_regex(texts.filter(zeros), r"^0[\dxX]")).as_py():
        return False
    limits = pc.min_max(numbers).as_py()
    small = max(abs(limits["min"]), abs(limits["max"])) < _LONG_KEY
    return small or not pc.any(pc.match_substring_regex(texts, r"^[+-]?\d{19,}$")).as_py()


def _ordered(form: CellForm, swap: str, column: pa.ChunkedArray, elsewhere: Sequence[bool]) -> tuple[CellForm, bool]:
    """Day first or month first, where the cells allow both; and whether anything told."""
    dates, swapped = form.dates, [swap, *form.dates[1:]]
    if elsewhere:
        wanted = sum(elsewhere) > len(elsewhere) / 2
        turn = wanted != (dates[0].index("%d") < dates[0].index("%m"))
    else:
        readings = [apply(column, form.model_copy(update={"dates": one})).column.to_numpy() for one in (dates, swapped)]
        found = date_order.order_tells(*readings)
        if found is None:
            return form, False
        turn = found
    return form.model_copy(update={"dates": swapped if turn else dates}), True


def _listed(names: Sequence[str]) -> str:
    return ", ".join(names[:3]) + (f" and {len(names) - 3} more" if len(names) > 3 else "")
