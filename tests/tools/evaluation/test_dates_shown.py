"""Dates on the page: the day alone where no row has an hour, and the hour where one has."""

from datetime import datetime

import datasets
import numpy as np
import pandas as pd
import pytest

from noglue.tools.evaluation.hardest_examples import cells_text
from noglue.tools.evaluation.segments import segments
from noglue.tools.spec.profiles import Column
from noglue.tools.spec.schema import Schema


def test_days_are_days_and_moments_keep_their_hour() -> None:
    days = [datetime(2024, 3, 1), None, datetime(2024, 3, 2)]
    assert cells_text(days) == ["2024-03-01", "missing", "2024-03-02"]
    assert cells_text([*days, datetime(2024, 3, 2, 13, 30)])[0] == "2024-03-01 00:00:00"
    assert cells_text([0.5, 3.0, "a", None]) == ["0.500", "3", "a", "missing"]


@pytest.mark.parametrize(("step", "length"), [("D", 10), ("min", 16)])
def test_ranges_of_dates_are_as_fine_as_the_dates(step: str, length: int) -> None:
    seen = pd.date_range("2024-01-01", periods=200, freq=step)
    rows = datasets.Dataset.from_dict({"seen": list(seen.to_pydatetime())})
    schema = Schema(goal="regress", modality="table", target="y", rows={"test": 200}, split="random",
                    features=[Column(name="seen", kind="date", dtype="timestamp[us]")])  # fmt: skip
    truth = np.arange(200.0)
    found = segments(schema, rows, truth, truth + np.where(truth < 40, 5.0, 0.1), None)
    assert len(found) == 5
    for one in found:
        low, _, high = one.value.partition(" to ")
        assert len(low) == len(high) == length
        assert "T" not in one.value
