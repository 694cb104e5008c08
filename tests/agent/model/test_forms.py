"""Answers in the form of the question: types, missing answers, classes that were numbers or truth values."""

import numpy as np
import pandas as pd
import pytest

from noglue.agent.model.returned import Form, Values, of_classes, of_numbers, of_texts
from noglue.tools.spec.profiles import ClassKind


@pytest.mark.parametrize(
    ("names", "kind", "wanted"),
    [
        (["cat", "dog"], "text", ["dog", "cat", None]),
        (["3", "7"], "integer", [7, 3, None]),
        (["0.5", "1.5"], "float", [1.5, 0.5, None]),
        (["false", "true"], "boolean", [True, False, None]),
    ],
)
def test_classes_are_what_they_were(names: list[str], kind: ClassKind, wanted: list[object]) -> None:
    answers = of_classes(np.array([1, 0, -1]), names, kind)
    said = Form("list").column("y", answers)
    assert said == wanted
    assert [type(one) for one in said] == [type(one) for one in wanted]
    series = Form("pandas").column("y", answers)
    assert series.isna().tolist() == [False, False, True]
    assert series[0] == wanted[0]
    assert Form("array").column("y", answers)[0] == wanted[0]


def test_whole_numbers_without_a_gap_keep_their_type() -> None:
    answers = of_classes(np.array([1, 0]), ["3", "7"], "integer")
    assert Form("pandas").column("y", answers).dtype == np.int64
    assert Form("array").column("y", answers).dtype == np.int64


def test_one_question_one_answer() -> None:
    assert Form("one").column("y", of_numbers(np.array([3.5]))) == 3.5
    assert Form("one").column("y", of_numbers(np.array([3.5, 4.5]))) == [3.5, 4.5]
    assert Form("one").frame({"a": of_numbers(np.array([1.0])), "b": of_texts(["x"])}) == {"a": 1.0, "b": "x"}


def test_frames_keep_their_index_unless_another_number_of_rows_was_answered() -> None:
    index = pd.Index(["p", "q"])
    two = of_numbers(np.array([1.0, np.nan]))
    assert Form("pandas", index).column("y", two).index.equals(index)
    assert Form("pandas", index).column("y", of_numbers(np.zeros(3))).index.tolist() == [0, 1, 2]
    made = Form("pandas", index).frame({"a": two, "b": Values(np.array([1, 2]), np.array([False, True]), "integer")})
    assert made.isna().to_numpy().tolist() == [[False, False], [True, True]]
    assert Form("array").frame({"a": two, "b": two}).shape == (2, 2)
