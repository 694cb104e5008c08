"""Where a step's seconds went: told by its process, held to what the runner's own clock allows."""

import json
from pathlib import Path
from typing import Any

import pytest

from noglue.agent import step_phases
from noglue.tools.spec.step import Step


def leave(folder: Path, content: Any) -> Path:
    (folder / step_phases.FILE).write_text(json.dumps(content), encoding="utf-8")
    return folder


def test_the_parts_add_up_to_the_whole(tmp_path: Path) -> None:
    leave(tmp_path, {"ready": 101.0, "done": 130.0, "phases": {"learning": 20.0}})
    found = step_phases.of(tmp_path, 100.0, 131.5)
    assert found == {"start": 1.0, "work": 29.0, "learning": 20.0, "end": 1.5}


@pytest.mark.parametrize(
    "content",
    [
        {"ready": 99.0, "done": 130.0},
        {"ready": 101.0, "done": 140.0},
        {"ready": 120.0, "done": 110.0},
        {"ready": "soon", "done": 110.0},
        {},
        [],
    ],
)
def test_what_cannot_be_true_is_not_told(tmp_path: Path, content: Any) -> None:
    assert step_phases.of(leave(tmp_path, content), 100.0, 131.5) == {}


def test_a_part_longer_than_the_work_is_left_out(tmp_path: Path) -> None:
    leave(tmp_path, {"ready": 101.0, "done": 103.0, "phases": {"learning": 20.0, "<b>": 1.0}})
    assert step_phases.of(tmp_path, 100.0, 104.0) == {"start": 1.0, "work": 2.0, "end": 1.0}


def test_a_step_without_a_process_has_none(tmp_path: Path) -> None:
    assert step_phases.of(tmp_path, 0.0, 1.0) == {}


def test_steps_made_of_one_another_count_together(tmp_path: Path) -> None:
    from dataclasses import replace

    step = Step(folder=tmp_path, run=tmp_path)
    for one in (step, replace(step, deadline=1.0)):
        with one.phase("learning"):
            pass
    assert list(step.phases) == ["learning"]
    assert step.phases["learning"] >= 0
