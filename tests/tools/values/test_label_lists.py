"""Which columns hold any number of labels in a cell, and which hold names with a mark in them."""

import numpy as np
import pytest

from noglue.tools.values import label_lists

DRAW = np.random.default_rng(0)
LABELS = ["red", "round", "big", "old"]


def sets(count: int) -> list[list[str]]:
    return [[name for name in LABELS if DRAW.random() < 0.4] for _ in range(count)]


@pytest.mark.parametrize("mark", [";", "|", ",", ", ", " / "])
def test_labels_that_come_again_in_other_company(mark: str) -> None:
    given = sets(80)
    cells = [mark.join(found) for found in given]
    found = label_lists.separator(cells)
    assert found == mark.strip()
    assert [label_lists.labels(cell, found) for cell in cells] == given


def test_lists_as_json_and_as_python_writes_them() -> None:
    given = sets(80)
    cells = [str(found) for found in given]
    assert label_lists.separator(cells) == ";"
    assert [label_lists.labels(cell, ";") for cell in cells] == given
    assert label_lists.separator(list(given)) == ";"


@pytest.mark.parametrize(
    "cells",
    [
        [["Paris, France", "Rome, Italy", "Oslo, Norway", "Bern, Switzerland"][i % 4] for i in range(60)],
        [f"{name}, {first}" for name in ("Abel", "Braun", "Curie") for first in ("Ann", "Bo", "Cy", "Di")],
        [f"We met {i} of them; it rained, and {i + 3} left." for i in range(60)],
        ["yes", "no", "no", "yes"] * 20,
        [f"{i}/{i + 1}/2020" for i in range(1, 28)],
        ["", "", ""],
        [1.0, 2.0, None],
    ],
    ids=["places", "names", "sentences", "classes", "dates", "empty", "numbers"],
)
def test_what_is_no_list_of_labels(cells: list[object]) -> None:
    assert label_lists.separator(cells) is None


def test_a_missing_cell_is_no_empty_set() -> None:
    assert label_lists.labels(None, ";") is None
    assert label_lists.labels("", ";") == label_lists.labels("[]", ";") == []
    assert label_lists.labels("red; red;round", ";") == ["red", "round"]
