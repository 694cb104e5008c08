"""Cells of text read by the form of their column: what it says is a number, a date, a truth value or missing.

    >>> apply(pa.chunked_array([["1.896", "soon"]]), CellForm(kind="number", decimal=",", thousands="."))
    Parsed(column=[1896.0, None], strays=['soon'], count=1)

Each different value is read once; every cell comes out as it would by itself.
"""

import contextlib
from collections.abc import Callable
from dataclasses import dataclass, field, replace

import pyarrow as pa
import pyarrow.compute as pc

from noglue.tools.spec.data_form import CellForm
from noglue.tools.values import date_text, missing_words, number_text, unit_text
from noglue.tools.values.absent import without

MOST_BYTES = 1 << 30
_MOST_STRAYS_TOLD = 5
_TRUE = pa.array(["true", "yes", "t", "y", "1", "1.0"])
_FALSE = pa.array(["false", "no", "f", "n", "0", "0.0"])


@dataclass(frozen=True)
class Parsed:
    """`strays`: a few of the values that did not fit and became missing; `count` of all of them."""

    column: pa.ChunkedArray
    strays: list[str] = field(default_factory=list)
    count: int = 0


def apply(column: pa.ChunkedArray, form: CellForm) -> Parsed:
    """The column read by its form, whatever stands in it: each cell comes out as it would by itself."""
    if form.absent:
        read = apply(without(column, form.absent), form.model_copy(update={"absent": []}))
        return replace(read, column=without(read.column, form.absent))
    if form.kind == "number":
        return _numbers(column, form)
    if form.kind == "boolean":
        return _kept(column, _by_distinct(column, _booleans))
    if form.kind == "date":
        return _kept(column, _by_distinct(column, lambda texts: date_text.read(texts, form.dates)))
    return Parsed(texts_by(column, form))


def plain_numbers(column: pa.Array | pa.ChunkedArray) -> pa.Array | pa.ChunkedArray | None:
    """int64 or float64, without NaN; None where a cell is anything else."""
    for kind in (pa.int64(), pa.float64()):
        with contextlib.suppress(pa.ArrowInvalid):
            column.slice(0, 100).cast(kind)  # where it fails it mostly fails at once, and a whole cast fails late
            numbers = column.cast(kind)
            if kind == pa.int64():  # Arrow reads 0x10
                return None if any(pc.any(pc.match_substring(column, x)).as_py() for x in "xX") else numbers
            if not pc.any(pc.is_nan(numbers)).as_py():
                return numbers
    return None


def _numbers(column: pa.ChunkedArray, form: CellForm) -> Parsed:
    """Plain numbers at once; any others by their different values. Whole numbers come out as int64."""
    if form.units:
        return _with_units(column, form)
    bare = column
    for clean in (None, lambda: column, lambda: pc.utf8_trim_whitespace(column)):
        if clean is not None:
            bare = pc.if_else(missing_words.usual(clean()), pa.scalar(None, pa.string()), clean())
        quick = plain_numbers(bare)
        if quick is not None and (form.decimal == "." or pa.types.is_integer(quick.type)):
            return Parsed(quick)

    def read(texts: pa.Array) -> pa.Array:
        return number_text.numbers(texts, form.decimal, form.thousands, form.grouped)

    found = _kept(column, _by_distinct(column, read))
    with contextlib.suppress(pa.ArrowInvalid):  # raised where there are fractions
        return Parsed(found.column.cast(pa.int64()), found.strays, found.count)
    return found


def _with_units(column: pa.ChunkedArray, form: CellForm) -> Parsed:
    def read(texts: pa.Array) -> pa.Array:
        return unit_text.numbers(texts, form.units, form.decimal, form.thousands, form.grouped)

    return _kept(column, _by_distinct(column, read))


def _booleans(texts: pa.Array) -> pa.Array:
    lower = pc.utf8_lower(texts)
    known = pc.or_(pc.is_in(lower, _TRUE), pc.is_in(lower, _FALSE))
    return pc.if_else(known, pc.is_in(lower, _TRUE), pa.scalar(None, pa.bool_()))


def texts_by(column: pa.ChunkedArray, form: CellForm) -> pa.ChunkedArray:
    """Without blanks around them; null where a word stands for a missing value."""

    def read(texts: pa.Array | pa.ChunkedArray) -> pa.Array | pa.ChunkedArray:
        trimmed = pc.utf8_trim_whitespace(texts)
        absent = missing_words.missing(trimmed)
        if form.values:
            absent = pc.and_(absent, pc.invert(pc.is_in(trimmed, pa.array(form.values, pa.string()))))
        return pc.if_else(absent, pa.scalar(None, pa.string()), trimmed)

    if column.nbytes > MOST_BYTES:
        return read(column)
    coded = _coded(column)
    texts = read(coded.dictionary)
    return column if texts.equals(coded.dictionary) else pa.chunked_array([texts.take(coded.indices)])


def _by_distinct(column: pa.ChunkedArray, read: Callable[[pa.Array], pa.Array]) -> pa.ChunkedArray:
    """Each different value is read once, without blanks around it."""
    coded = _coded(column)
    return pa.chunked_array([read(pc.utf8_trim_whitespace(coded.dictionary)).take(coded.indices)])


def _coded(column: pa.ChunkedArray) -> pa.DictionaryArray:
    coded = pc.dictionary_encode(column).combine_chunks()
    if isinstance(coded, pa.ChunkedArray):  # of no chunks
        coded = coded.chunk(0) if coded.num_chunks else pa.array([], pa.string()).dictionary_encode()
    return coded


def _kept(column: pa.ChunkedArray, read: pa.ChunkedArray) -> Parsed:
    """`read`, with what was lost on the way."""
    lost = pc.and_(column.is_valid(), read.is_null())
    if not pc.any(lost).as_py():
        return Parsed(read)
    left = column.filter(lost)
    left = left.filter(pc.invert(missing_words.missing(left)))
    return Parsed(read, sorted(left.unique().to_pylist())[:_MOST_STRAYS_TOLD], len(left))
