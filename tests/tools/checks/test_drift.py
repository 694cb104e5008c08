"""Test rows that are drawn otherwise than train's."""

import numpy as np
import pyarrow as pa
from sklearn import datasets

from noglue.tools.checks import drift, quick_model

TABLE = datasets.load_breast_cancer(as_frame=True).data
NAMES, ROWS = quick_model.matrix(pa.Table.from_pandas(TABLE, preserve_index=False))


def test_rows_drawn_at_random_do_not_differ() -> None:
    for seed in range(2):
        order = np.random.default_rng(seed).permutation(len(ROWS))
        assert drift.find(NAMES, ROWS[order[:400]], ROWS[order[400:]], np.random.default_rng(0)) is None


def test_a_shift_is_found_and_its_columns_are_named() -> None:
    order = np.random.default_rng(0).permutation(len(ROWS))
    test = ROWS[order[400:]].copy()
    test[:, 3] *= 1.6
    found = drift.find(NAMES, ROWS[order[:400]], test, np.random.default_rng(0))
    assert found is not None
    assert found.low > 0.6
    assert found.columns[0] == NAMES[3]


def test_too_few_rows_say_nothing() -> None:
    assert drift.find(NAMES, ROWS[:400], ROWS[400:430] * 5, np.random.default_rng(0)) is None
