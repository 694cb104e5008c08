"""Target columns as people write them."""

import numpy as np
import pyarrow as pa
import pytest

from noglue.tools.spec.errors import DataError
from noglue.tools.values import labels


def column(values: list[object]) -> pa.ChunkedArray:
    return pa.chunked_array([values])


@pytest.mark.parametrize(
    ("values", "codes", "classes"),
    [
        (["cat ", "dog", None, "cat", " "], [0, 1, -1, 0, -1], ["cat", "dog"]),
        ([10.0, 2.0, float("nan"), 2.0], [1, 0, -1, 0], ["2", "10"]),
        ([3, 1, 1], [1, 0, 0], ["1", "3"]),
        ([True, False, None], [1, 0, -1], ["False", "True"]),
        (["class10", "class2", "9", "10"], [3, 2, 0, 1], ["9", "10", "class2", "class10"]),
        ([None, None], [-1, -1], []),
    ],
)
def test_codes_and_names(values: list[object], codes: list[int], classes: list[str]) -> None:
    found = labels.encode(column(values))
    assert found.codes.tolist() == codes
    assert found.classes == classes


def test_the_formats_own_names_and_order() -> None:
    found = labels.encode(column([1, 0, None]), ["zebra", "ant", "bee"])
    assert (found.codes.tolist(), found.classes) == ([1, 0, -1], ["zebra", "ant", "bee"])
    found = labels.encode(column(["ant", "zebra", "cow"]), ["zebra", "ant"])
    assert (found.codes.tolist(), found.classes) == ([1, 0, 2], ["zebra", "ant", "cow"])
    with pytest.raises(DataError, match="label 5"):
        labels.encode(column([5]), ["a", "b"])


def test_a_test_files_spelling_is_matched_to_trains() -> None:
    values = column(["<=50K", ">50K", "<=50K.", ">50K.", "other"])
    found = labels.encode(values, known=np.array([0, 1]))
    assert found.codes.tolist() == [0, 1, 0, 1, 2]
    assert found.classes == ["<=50K", ">50K", "other"]
    apart = labels.encode(column(["a", "A"]), known=np.array([0, 1]))  # both stand in train: two classes
    assert apart.classes == ["A", "a"]


def test_chunks_and_dictionaries() -> None:
    chunks = pa.chunked_array([["b", "a"], ["c", "a"]])
    for given in (chunks, chunks.dictionary_encode()):
        assert labels.encode(given).codes.tolist() == [1, 0, 2, 0]


def test_values_to_regress_on() -> None:
    assert labels.values(column([1, None]), "y")[0] == 1.0
    assert np.isnan(labels.values(column([1.5, float("inf"), None]), "y")).tolist() == [False, True, True]
    texts = column([" 1.5", "2", *["3"] * 20, "n/k"])
    assert np.isnan(labels.values(texts, "y")).sum() == 1


@pytest.mark.parametrize("values", [["low", "high"], [None, "x"], pa.array([0, 1], pa.timestamp("s"))])
def test_text_and_dates_are_no_values(values: list[object]) -> None:
    with pytest.raises(DataError) as caught:
        labels.values(column(values), "price")
    assert caught.value.kind == "not-numeric"
    assert "price" in caught.value.message
    assert caught.value.hint


def test_what_is_no_set_of_classes() -> None:
    many = labels.encode(column(list(np.random.default_rng(0).normal(size=1000))))
    with pytest.raises(DataError, match="1000 different numbers") as caught:
        labels.check_classes(many, True, "price")
    assert caught.value.kind == "continuous-target"
    assert "regress" in caught.value.hint
    with pytest.raises(DataError, match="only 'a'") as caught:
        labels.check_classes(labels.encode(column(["a", "a", None])), False, "kind")
    assert caught.value.kind == "one-class"
    labels.check_classes(labels.encode(column([str(i % 100) for i in range(1000)])), False, "kind")
