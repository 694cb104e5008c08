"""A model's answers in the form in which it was asked: for a data frame a Series, for an array an array, for a row one.

    >>> Form("pandas", frame.index).column("price", Values(np.array([3.5]), np.array([False]), "float"))
    0    3.5
    Name: price, dtype: float64

Typed: whole numbers are int, truth values bool, classes of words str. An input without an answer has None, NaN or the
frame's own mark of a missing value.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

import numpy as np

from noglue.tools.spec.profiles import ClassKind

FormKind = Literal["pandas", "polars", "arrow", "array", "list", "one"]
_PLAIN = {"integer": np.int64, "float": np.float64, "boolean": np.bool_}
_NULLABLE: dict[str, Any] = {"integer": "Int64", "boolean": "boolean"}
_TRUE = {"true", "1", "yes", "t", "y"}


class Values(NamedTuple):
    """One column of answers: array (n,), the places without one, bool (n,), and what the values are."""

    values: np.ndarray
    missing: np.ndarray
    kind: ClassKind


@dataclass(frozen=True)
class Form:
    """index: of the data frame."""

    kind: FormKind
    index: Any = None

    def column(self, name: str, answers: Values) -> Any:
        """One answer a row."""
        match self.kind:
            case "pandas":
                import pandas as pd

                return pd.Series(_for_pandas(answers), index=self._index(len(answers.values)), name=name)
            case "polars":
                import polars as pl  # type: ignore[import-not-found,unused-ignore]

                return pl.Series(name, python(answers))
            case "arrow":
                import pyarrow as pa

                return pa.array(python(answers))
            case "array":
                return _array(answers)
        found = python(answers)
        return found[0] if self.kind == "one" and len(found) == 1 else found

    def frame(self, columns: Mapping[str, Values]) -> Any:
        """Several of each row: a data frame; of arrays an array (n, k), of lists a dict a row."""
        match self.kind:
            case "pandas":
                import pandas as pd

                count = len(next(iter(columns.values())).values) if columns else 0
                made = {name: _for_pandas(one) for name, one in columns.items()}
                return pd.DataFrame(made, index=self._index(count))
            case "polars":
                import polars as pl  # type: ignore[import-not-found,unused-ignore]

                return pl.DataFrame({name: python(one) for name, one in columns.items()})
            case "arrow":
                import pyarrow as pa

                return pa.table({name: pa.array(python(one)) for name, one in columns.items()})
            case "array":
                return np.stack([_array(one) for one in columns.values()], axis=1)
        rows = self.rows({name: python(one) for name, one in columns.items()})
        return rows[0] if self.kind == "one" and len(rows) == 1 else rows

    def rows(self, columns: Mapping[str, Sequence[Any]]) -> list[dict[str, Any]]:
        return [dict(zip(columns, cells, strict=True)) for cells in zip(*columns.values(), strict=True)]

    def _index(self, count: int) -> Any:
        return self.index if self.index is not None and len(self.index) == count else None


def of_classes(codes: np.ndarray, classes: Sequence[str], kind: ClassKind) -> Values:
    """codes: int (n,), -1 without an answer."""
    missing = (codes < 0) | (codes >= len(classes))
    if kind == "text":
        named = np.array([*classes, None], object)
        return Values(named[np.where(missing, len(classes), codes)], missing, kind)
    typed: np.ndarray = np.array([class_value(name, kind) for name in classes] or [0], _PLAIN[kind])
    return Values(typed[np.where(missing, 0, codes)], missing, kind)


def class_value(name: str, kind: ClassKind) -> Any:
    """A class as the value that it was: `class_value("1", "integer")` is 1. Of a name that is none, the name."""
    try:
        match kind:
            case "integer":
                return int(name)
            case "float":
                return float(name)
            case "boolean":
                return name.strip().lower() in _TRUE
    except ValueError:
        return name
    return name


def of_numbers(values: np.ndarray) -> Values:
    """float64 (n,), NaN without an answer."""
    return Values(values, np.isnan(values), "float")


def of_texts(texts: Sequence[Any]) -> Values:
    """None without an answer."""
    whole = np.empty(len(texts), object)
    whole[:] = [None if text is None else str(text) for text in texts]
    return Values(whole, np.array([text is None for text in texts], bool), "text")


def python(answers: Values) -> list[Any]:
    """As Python has them, None without an answer."""
    plain = answers.values.tolist()
    return [None if no else one for one, no in zip(plain, answers.missing.tolist(), strict=True)]


def _for_pandas(answers: Values) -> Any:
    if answers.missing.any() and answers.kind in _NULLABLE:
        import pandas as pd

        return pd.Series(python(answers), dtype=_NULLABLE[answers.kind]).array
    return _array(answers)


def _array(answers: Values) -> np.ndarray:
    """Whole numbers and truth values that lack some answers are objects with None; all others keep their type."""
    if not answers.missing.any() or answers.kind == "float":
        return np.where(answers.missing, np.nan, answers.values) if answers.kind == "float" else answers.values
    whole = np.empty(len(answers.values), object)
    whole[:] = python(answers)
    return whole
