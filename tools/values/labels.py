"""The target column as numbers: class codes with their names, or values; and what is odd about it.

>>> encode(pa.chunked_array([["cat ", "dog", None, "cat"]]))
Labels(codes=array([ 0,  1, -1,  0]), classes=['cat', 'dog'])
"""

import re
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from noglue.tools.spec.errors import DataError, Kind
from noglue.tools.values.targets import MOST_NUMBERED

MOST_CLASSES = 10_000


@dataclass(frozen=True)
class Labels:
    """codes: int64 (n,), -1 where the label is missing. classes: names of 0…k-1."""

    codes: np.ndarray
    classes: list[str]


def encode(column: pa.ChunkedArray, names: list[str] | None = None, known: np.ndarray | None = None) -> Labels:
    """Labels of any type as codes 0…k-1.

    names: the format's own class names, for integers 0…k-1 or as the labels themselves; their order is kept, otherwise
    names are sorted, numbers by value. known: bool (n,), the rows whose spelling counts; a label seen only elsewhere
    is matched to it (`<=50K.` in adult.test is `<=50K`).
    Raises DataError `bad-label` for an integer label without a name.
    """
    column = plain(column)
    if names is not None and pa.types.is_integer(column.type):
        codes = pc.fill_null(column.cast(pa.int64()), -1).to_numpy()
        if len(codes) and (codes.max() >= len(names) or codes.min() < -1):
            bad = int(codes.max() if codes.max() >= len(names) else codes.min())
            raise DataError(
                Kind.BAD_LABEL, f"There is a label {bad}, but only {len(names)} classes: {', '.join(names[:9])}."
            )
        return Labels(np.asarray(codes), list(names))
    encoded = pc.dictionary_encode(_written(column)).unify_dictionaries()
    texts = encoded.chunk(0).dictionary.to_pylist() if encoded.num_chunks else []
    indices = [chunk.indices.fill_null(len(texts)).to_numpy() for chunk in encoded.chunks]
    places = np.concatenate([np.zeros(0, np.int64), *indices]).astype(np.int64)
    spelling = _spelling(texts, np.unique(places[known]) if known is not None else np.arange(len(texts)))
    found = {spelling[text] for text in texts if spelling[text]}
    classes = [name for name in names or [] if names]
    classes += sorted(found - set(classes), key=natural)
    number = {name: code for code, name in enumerate(classes)} | {"": -1}
    table = np.array([number[spelling[text]] for text in texts] + [-1], dtype=np.int64)
    return Labels(table[places], classes)


def values(column: pa.ChunkedArray, target: str) -> np.ndarray:
    """A regression target as float64 (n,), NaN where missing or infinite.

    Raises DataError `not-numeric` when more than a tenth of what is there are no numbers.
    """
    import pandas as pd

    column = plain(column)
    if pa.types.is_temporal(column.type):
        raise DataError(
            Kind.NOT_NUMERIC,
            f"The target {target!r} holds dates, not numbers.",
            hint="Name a numeric column to predict.",
        )
    if pa.types.is_string(column.type) or pa.types.is_large_string(column.type):
        texts = column.to_pandas()
        numbers = pd.to_numeric(texts.str.strip(), errors="coerce").to_numpy(dtype=np.float64, na_value=np.nan)
        there = int((texts.notna() & (texts.str.strip() != "")).sum())
        if np.isfinite(numbers).sum() < 0.9 * there or not there:
            examples = pc.drop_null(column).unique().to_pylist()[:3]
            raise DataError(
                Kind.NOT_NUMERIC,
                f"The target {target!r} holds text, like {', '.join(map(repr, examples))}; a regression needs numbers.",
                hint="Ask to classify it, or name a numeric column.",
                target=target,
            )
    else:
        numbers = column.cast(pa.float64(), safe=False).to_numpy()
    return np.where(np.isfinite(numbers), numbers, np.nan)


def check_classes(labels: Labels, numeric: bool, target: str) -> None:
    """Raises DataError `one-class`, or `continuous-target` for a target that is no set of classes."""
    counts = np.bincount(labels.codes[labels.codes >= 0], minlength=len(labels.classes))
    rows, distinct = int(counts.sum()), int((counts > 0).sum())
    if distinct < 2:
        only = f"only {labels.classes[int(counts.argmax())]!r}" if distinct else "nothing"
        raise DataError(
            Kind.ONE_CLASS,
            f"The target {target!r} holds {only} in {rows} rows; there is nothing to distinguish.",
            hint="Name another target column, or give rows of a second class.",
            target=target,
        )
    if distinct > MOST_CLASSES or (distinct > MOST_NUMBERED and distinct > (0.1 if numeric else 0.5) * rows):
        what = "numbers" if numeric else "texts"
        raise DataError(
            Kind.CONTINUOUS_TARGET,
            f"The target {target!r} has {distinct} different {what} in {rows} rows: too many to be classes.",
            hint="Ask to predict (regress) it instead." if numeric else "Name a column that holds classes.",
            target=target,
            distinct=distinct,
        )


def check_training(labels: Labels, known: np.ndarray, target: str) -> None:
    """known: the rows to learn from. Raises DataError `one-class` where only others hold a second class."""
    kinds = np.unique(labels.codes[known])
    kinds = kinds[kinds >= 0]
    if len(kinds) == 1:
        raise DataError(
            Kind.ONE_CLASS,
            f"The rows to learn from hold only one class: {labels.classes[int(kinds[0])]}; there is nothing to "
            "distinguish. What differs from a single known class would be an anomaly, and those can't be learned here.",
            hint="Give examples of a second class to learn from, or let the test be drawn from all of them.",
            target=target,
        )


def plain(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """A dictionary column as what its dictionary holds; other columns as they are."""
    return column.cast(column.type.value_type) if pa.types.is_dictionary(column.type) else column


def natural(text: str) -> tuple[int, float, list[tuple[int, int, str]]]:
    """Sort key: numbers by value, then texts with the numbers in them counted: `img2` before `img10`."""
    try:
        number = float(text)
    except ValueError:
        parts = re.split(r"(\d+)", text.casefold())
        return 1, 0.0, [(0, int(part), "") if part.isdecimal() else (1, 0, part) for part in [*parts, text]]
    return 0, number if number == number else float("inf"), [(1, 0, text)]


def _written(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Labels as people write them: True, 3 (not 3.0), trimmed text; blank is missing."""
    if pa.types.is_boolean(column.type):
        return pc.if_else(column, "True", "False")
    if pa.types.is_floating(column.type):
        column = pc.if_else(pc.is_finite(column), column, pa.scalar(None, column.type))
    text = pc.utf8_trim_whitespace(column.cast(pa.string()))
    return pc.if_else(pc.equal(text, ""), pa.scalar(None, pa.string()), text)


def _spelling(texts: list[str], known: np.ndarray) -> dict[str, str]:
    """What each label is called: itself, or the known label that differs in case or closing dots alone."""
    ours = [texts[i] for i in known if i < len(texts)]
    plain_forms: dict[str, list[str]] = {}
    for text in ours:
        plain_forms.setdefault(text.rstrip(". ").casefold(), []).append(text)
    result = {text: text for text in texts}
    for text in set(texts) - set(ours):
        match = plain_forms.get(text.rstrip(". ").casefold(), [])
        if len(match) == 1:
            result[text] = match[0]
    return result
