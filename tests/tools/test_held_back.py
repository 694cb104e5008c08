"""Rows that a family holds back itself depend on what it learns from as little as the test rows do."""

import datasets
import numpy as np
import pytest

from noglue.tools.data.held_back import held_back
from noglue.tools.spec.schema import Schema

GROUP = [f"p{n // 7}" for n in range(140)]
TIME = [f"2024-01-{1 + (n * 37) % 28:02}" for n in range(140)]
ROWS = datasets.Dataset.from_dict({"x": list(range(140)), "patient": GROUP, "day": TIME})


def schema(**columns: str) -> Schema:
    return Schema(
        goal="classify", modality="table", target="y", features=[], rows={"train": 140}, split="random", **columns
    )


@pytest.mark.parametrize("seed", range(5))
def test_groups_are_held_back_whole(seed: int) -> None:
    held = held_back(ROWS, schema(group="patient"), 0.1, seed)
    inside, outside = (set(np.array(GROUP)[part]) for part in (held, ~held))
    assert not inside & outside
    assert held.sum() == 14


def test_the_last_in_time_are_held_back() -> None:
    held = held_back(ROWS, schema(time="day"), 0.1, 0)
    days = np.array(TIME)
    assert held.sum() == 14
    assert min(days[held].tolist()) >= max(days[~held].tolist())


def test_without_either_any_row_may_be() -> None:
    first, second = (held_back(ROWS, schema(), 0.1, seed) for seed in (0, 1))
    assert first.sum() == second.sum() == 14
    assert (first != second).any()


def test_of_two_groups_one_is_left_to_learn_from() -> None:
    rows = datasets.Dataset.from_dict({"patient": ["a"] * 3 + ["b"] * 3})
    assert 0 < held_back(rows, schema(group="patient"), 0.9, 0).sum() < 6
    alone = datasets.Dataset.from_dict({"patient": ["a"] * 6})
    assert held_back(alone, schema(group="patient"), 0.5, 0).sum() == 3
