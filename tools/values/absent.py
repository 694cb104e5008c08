"""Cells that the request says stand for a missing value: `?`, `unknown`, or a zero that means not measured.

>>> without(pa.chunked_array([[0.0, 71.0]]), ["0"]).to_pylist()
[None, 71.0]

Whole words in any case; a number is any way of writing it. Kept in the column's form, so that `predict` reads new
files in the same way.
"""

from collections.abc import Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from noglue.tools.values.labels import plain


def without(column: pa.ChunkedArray, words: Sequence[str]) -> pa.ChunkedArray:
    """The column with null where a cell is one of the words; a column in which none can stand as it is."""
    column = plain(column)
    absent = _are(column, [word.strip().casefold() for word in words])
    if absent is None or not pc.any(absent).as_py():
        return column
    return pc.if_else(pc.fill_null(absent, False), pa.scalar(None, column.type), column)


def _are(column: pa.ChunkedArray, words: list[str]) -> pa.ChunkedArray | None:
    kind = column.type
    if _is_text(kind):
        return _are_texts(column, words)
    if pa.types.is_boolean(kind):
        named = [word == "true" for word in words if word in ("true", "false")]
        return pc.is_in(column, pa.array(named, pa.bool_()))
    if pa.types.is_temporal(kind):
        moments = [moment for word in words if (moment := _moment(word)) is not None]
        return pc.is_in(column.cast(pa.timestamp("us"), safe=False), pa.array(moments, pa.timestamp("us")))
    if pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_decimal(kind):
        return pc.is_in(column.cast(pa.float64(), safe=False), pa.array(_numbers(words), pa.float64()))
    return None


def _are_texts(column: pa.ChunkedArray, words: list[str]) -> pa.ChunkedArray:
    coded = column.cast(pa.string()).dictionary_encode().unify_dictionaries()
    if not coded.num_chunks:
        return pa.chunked_array([], pa.bool_())
    numbers = set(_numbers(words))
    texts = [text.strip().casefold() for text in coded.chunk(0).dictionary.to_pylist()]
    missing = pa.array(
        [text in words or bool(numbers and numbers & set(_numbers([text]))) for text in texts], pa.bool_()
    )
    return pa.chunked_array([missing.take(chunk.indices) for chunk in coded.chunks], pa.bool_())


def _numbers(words: Sequence[str]) -> list[float]:
    found = []
    for word in words:
        try:
            found.append(float(word.replace(",", ".") if word.count(",") == 1 and "." not in word else word))
        except ValueError:
            continue
    return [number for number in found if np.isfinite(number)]


def _moment(word: str) -> np.datetime64 | None:
    try:
        return np.datetime64(word.upper().replace(" ", "T"), "us") if len(word) >= 10 else None
    except ValueError:
        return None


def _is_text(kind: pa.DataType) -> bool:
    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_string_view(kind))
