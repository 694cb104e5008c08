"""Kinds of columns, from values and names as they occur."""

from datetime import datetime, timedelta
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from noglue.tools.values.column_kinds import describe
from noglue.tools.values.text_values import parse

RNG = np.random.default_rng(0)
N = 200
WORDS = ["alpha", "beta", "gamma", "delta", "epsilon", "zeta", "eta", "theta"]


def kind(name: str, values: Any) -> str:
    return describe(pa.table({name: values}))[0].kind


@pytest.mark.parametrize(
    ("name", "values", "expected"),
    [
        ("PassengerId", range(1, N + 1), "identifier"),
        ("column_1", range(N), "identifier"),
        ("user_id", [n * 37 + 1000 for n in range(N)], "identifier"),
        ("uuid", [f"{n:08x}-0000-4000-8000-{n:012x}" for n in range(N)], "identifier"),
        ("order", [f"A-{n:05d}" for n in range(N)], "identifier"),
        ("time_step", range(N), "number"),
        ("income", [n * 37 + 1000 for n in range(N)], "number"),
        ("store_id", [n % 7 for n in range(N)], "category"),
        ("Pclass", [1 + n % 3 for n in range(N)], "category"),
        ("MSSubClass", [float(20 + n % 5 * 10) if n % 9 else None for n in range(N)], "category"),
        ("rooms", [n % 7 for n in range(N)], "number"),
        ("Survived", [n % 2 for n in range(N)], "boolean"),
        ("flag", [bool(n % 2) for n in range(N)], "boolean"),
        ("zip", [f"{n % 90:05d}" for n in range(N)], "category"),
        ("weight", RNG.normal(size=N), "number"),
        ("weight", [f"{n}.5" for n in range(N)], "number"),
        ("weight", [f"{n}.5" if n % 50 else "n.a." for n in range(N)], "number"),
        ("colour", [WORDS[n % 8] for n in range(N)], "category"),
        ("answer", ["yes" if n % 2 else "no" for n in range(N)], "category"),
        ("review", [" ".join(RNG.choice(WORDS, 12)) for _ in range(N)], "text"),
        ("Name", [f"{WORDS[n % 8]}, Mr. {WORDS[n // 8 % 8]} {n}" for n in range(N)], "text"),
        ("when", [datetime(2020, 1, 1) + timedelta(days=n) for n in range(N)], "date"),
        ("when", [f"{1 + n % 28}/{1 + n % 12}/2020" for n in range(N)], "date"),
        ("when", [f"2020-{1 + n % 12:02}-{1 + n % 28:02} 10:00:00" for n in range(N)], "date"),
        ("year", [1990 + n % 30 for n in range(N)], "number"),
        ("empty", pa.nulls(N), "constant"),
        ("same", ["x"] * N, "constant"),
        ("seldom", ["x" if n % 2 else None for n in range(N)], "category"),
        ("image", [b"\x89PNG"] * N, "image"),
        ("image", [[1, 2, 3]] * N, "image"),
    ],
)
def test_kind(name: str, values: Any, expected: str) -> None:
    assert kind(name, values) == expected


def test_counts_range_and_examples() -> None:
    (column,) = describe(pa.table({"n": [1.5, float("nan"), None, 3.0, 1.5]}))
    assert (column.missing, column.distinct, column.minimum, column.maximum) == (2, 2, 1.5, 3.0)
    (text,) = describe(pa.table({"t": ["x" * 500, "b", None]}))
    assert text.examples == ["x" * 80, "b"]
    (dates,) = describe(pa.table({"d": [datetime(2020, 1, 1), datetime(2021, 1, 1)]}))
    assert (dates.minimum, dates.maximum) == (None, None)


def test_no_rows() -> None:
    table = pa.table({"a": pa.array([], pa.string()), "b": pa.array([], pa.int64()), "c": pa.array([], pa.float64())})
    assert [column.kind for column in describe(table)] == ["constant"] * 3


def test_strays_are_few_and_told() -> None:
    column = pa.chunked_array([[*(str(n) for n in range(100)), "unknown"]])
    found = parse(column)
    assert (str(found.column.type), found.strays, found.count) == ("int64", ["unknown"], 1)
    mixed = pa.chunked_array([["1", "2", "three", "4", "five"]])
    assert parse(mixed).column is mixed


def test_values_far_behind_decide_too() -> None:
    late = pa.chunked_array([[*(str(n) for n in range(2000)), *("x" for _ in range(2000))]])
    assert parse(late).column is late
    zeros = pa.chunked_array([[*(str(n) for n in range(1, 2000)), "007"]])
    assert parse(zeros).column is zeros
