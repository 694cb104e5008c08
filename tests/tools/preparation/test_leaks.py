"""Columns that give the target away, and honest ones that come close."""

import numpy as np
import pyarrow as pa
import pytest
from sklearn import datasets

from noglue.tools.preparation import leaks
from noglue.tools.values.column_kinds import column
from noglue.tools.values.labels import encode

RANDOM = np.random.default_rng(5)
COUNT = 2000
CODES = RANDOM.integers(0, 3, COUNT)
VALUES = RANDOM.normal(100, 20, COUNT)


def found(columns: dict[str, object], target: np.ndarray, classes: bool) -> dict[str, bool]:
    """Column → whether it is an exact copy."""
    table = pa.table({name: pa.chunked_array([pa.array(values)]) for name, values in columns.items()})
    described = [column(name, table.column(name)) for name in table.column_names]
    suspects = leaks.find(table, described, target, classes, np.random.default_rng(0))
    return {leak.column: leak.copy for leak in suspects}


@pytest.mark.parametrize("kind", ["codes", "names", "floats"])
def test_a_relabelled_copy(kind: str) -> None:
    values = {"codes": CODES + 7, "names": np.array(["x", "y", "z"])[CODES], "floats": CODES / 3}[kind]
    assert found({"noise": VALUES, "copy": values}, CODES, True) == {"copy": True}


def test_a_copy_with_one_slip_is_told_but_kept() -> None:
    nearly = CODES.copy()
    nearly[0] = (nearly[0] + 1) % 3
    assert found({"nearly": nearly}, CODES, True) == {"nearly": False}


def test_a_slip_outside_of_the_sample_is_seen() -> None:
    codes = RANDOM.integers(0, 2, 120_000)
    nearly = codes.copy()
    nearly[RANDOM.integers(0, len(codes))] ^= 1
    assert found({"nearly": nearly}, codes, True) == {"nearly": False}


def test_a_number_that_splits_the_classes_cleanly() -> None:
    assert found({"score": CODES + RANDOM.uniform(0, 0.9, COUNT)}, CODES, True) == {"score": False}


def test_linear_copies_of_a_value() -> None:
    columns = {"other unit": VALUES * 1.8 + 32, "nearly": VALUES + RANDOM.normal(0, 0.1, COUNT), "noise": VALUES[::-1]}
    assert found(columns, VALUES, False) == {"other unit": True, "nearly": False}


def test_a_unique_identifier_is_no_copy() -> None:
    assert found({"id": [f"row {i}" for i in range(COUNT)], "n": np.arange(COUNT)}, CODES, True) == {}


@pytest.mark.parametrize("name", ["iris", "wine", "breast_cancer"])
def test_honest_data_have_no_leak(name: str) -> None:
    bunch = getattr(datasets, f"load_{name}")()
    columns = {str(label): bunch.data[:, i] for i, label in enumerate(bunch.feature_names)}
    assert found(columns, encode(pa.chunked_array([bunch.target])).codes, True) == {}


def test_few_rows_agree_by_chance() -> None:
    assert found({"copy": CODES[:20]}, CODES[:20], True) == {}
