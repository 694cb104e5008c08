"""What is peculiar to the linear baseline; the rest is in `test_odd_tables` and `test_contract`."""

import time
from pathlib import Path

import numpy as np
import pytest

from noglue.tools.models import linear
from noglue.tools.spec.errors import BudgetSpent
from noglue.tools.spec.protocols import Settings, Trained
from noglue.tools.spec.schema import Schema, load_split
from noglue.tools.spec.step import Step
from tests.tools.models._table_data import builtin, prepared


def train(run: Path, seconds: float | None = None) -> Trained:
    deadline = None if seconds is None else time.monotonic() + seconds
    step = Step(folder=run, run=run, deadline=deadline)
    return linear.train(run / "data", run / "model", Schema.load(run / "data"), Settings(), step)


def test_is_as_good_as_a_linear_model_can_be(tmp_path: Path) -> None:
    builtin(tmp_path / "cancer", "breast_cancer")
    assert train(tmp_path / "cancer").validation["accuracy"] > 0.93
    test = load_split(tmp_path / "cancer" / "sealed", "test")
    predicted = linear.load(tmp_path / "cancer" / "model", "cpu").predict(test)
    assert (predicted.argmax(axis=1) == np.array(test["target"])).mean() > 0.95
    builtin(tmp_path / "diabetes", "diabetes")
    trained = train(tmp_path / "diabetes")
    assert trained.validation["r2"] > 0.35
    assert trained.parameters == 11


def test_fewer_rows_when_time_is_short_and_none_when_there_is_none(tmp_path: Path) -> None:
    draw = np.random.default_rng(0)
    columns = {f"x{place}": draw.normal(size=6000) for place in range(10)}
    sides = sum((columns[f"x{bit}"] > 0).astype(int) << bit for bit in range(7))
    prepared(tmp_path, columns, sides, [str(kind) for kind in range(128)])
    whole = train(tmp_path)
    assert (whole.settings["rows"], whole.stopped, whole.finished) == (3840, "converged", True)
    trained = train(tmp_path, seconds=0.12)
    assert 300 <= trained.settings["rows"] < 3840
    assert trained.notes[-1].startswith("learned from")
    with pytest.raises(BudgetSpent):
        train(tmp_path, seconds=0.0)


def test_time_that_goes_by_while_the_libraries_load_leaves_a_whole_model(tmp_path: Path) -> None:
    builtin(tmp_path / "wine", "wine")
    hasty, whole = train(tmp_path / "wine", seconds=0.01), train(tmp_path / "wine")
    assert hasty.finished
    assert hasty.validation == whole.validation
