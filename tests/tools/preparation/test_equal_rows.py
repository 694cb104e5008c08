"""Rows that stand several times are counted, in the words that fit one and many, labels and numbers."""

import numpy as np
import pytest

from noglue.tools.preparation.screening import equal_rows


@pytest.mark.parametrize(
    ("hashes", "strata", "predicts", "messages"),
    [
        ([1, 1, 2], [0, 0, 1], "classes", ["Of 3 train rows, 1 is equal to an earlier one."]),
        ([1, 1, 1], [0, 0, 0], "values", ["Of 3 train rows, 2 are equal to an earlier one."]),
        ([1, 1, 2], [0, 1, 1], "classes", ["1 is equal", "2 are equal to another one that has a different label."]),
        ([1, 1, 2], [0, 1, 1], "values", ["1 is equal", "to another one that has a different value of the target."]),
        ([1, 2, 3], [0, 1, 1], "classes", []),
    ],
)
def test_equal_rows_in_words(hashes, strata, predicts, messages):
    found = equal_rows(np.array(hashes), np.array(strata), True, predicts)
    assert len(found) == len(messages)
    for warning, said in zip(found, messages, strict=True):
        assert said in warning.message
