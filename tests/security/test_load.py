"""Budgets on a busy machine: what is measured, what is left out and said, and that a model comes out of it."""

import math
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import numpy as np
import pytest

from noglue.agent.plan import PlannedStep
from noglue.agent.process import deadline_in
from noglue.agent.runner import Clock
from noglue.tools import evaluate, train
from noglue.tools.models._tables import train_val_data
from noglue.tools.models._tables.candidates import Candidate, Task, candidates
from noglue.tools.models._tables.encoding import Encoded
from noglue.tools.models._tables.forms import Form
from noglue.tools.models._tables.table_cross_validation import Problem, simple
from noglue.tools.models._tables.target import Target
from noglue.tools.process.step_process import run_step
from noglue.tools.spec.errors import BudgetSpent
from noglue.tools.spec.schema import Schema
from noglue.tools.spec.step import Note, Progress, Step
from tests.tools.models._table_data import prepared

CORE = min(os.sched_getaffinity(0))
SPIN = f"import os; os.sched_setaffinity(0, [{CORE}])\nwhile True: pass"
MEASURE = f"""
import os, time
os.sched_setaffinity(0, [{CORE}])
end = time.process_time() + 0.4
while time.process_time() < end: pass
from noglue.tools.spec.slowness import slowness
from noglue.tools.process.step_process import _deadline
now = time.monotonic()
print(slowness(), _deadline(now + 100, 10.0) - now)
"""


@contextmanager
def busy(count: int) -> Iterator[None]:
    """So many processes on one core, ended whatever happens."""
    spinning = [subprocess.Popen([sys.executable, "-c", SPIN]) for _ in range(count)]
    try:
        yield
    finally:
        for process in spinning:
            process.kill()
            process.wait()


def measured() -> tuple[float, float]:
    """In a process of its own on that core: its slowness, and the seconds of 100 that a step with a reserve gets."""
    said = subprocess.run([sys.executable, "-P", "-c", MEASURE], capture_output=True, text=True, check=True).stdout
    slow, left = map(float, said.split())
    return slow, left


class Told:
    """What a step says."""

    def __init__(self) -> None:
        self.notes: list[str] = []

    def __call__(self, event: Progress | Note) -> None:
        if isinstance(event, Note):
            self.notes.append(event.message)


@pytest.fixture
def table(tmp_path: Path) -> Path:
    """A prepared table of 3,000 rows with something to find, split and sealed."""
    draw = np.random.default_rng(0)
    columns = {f"x{place}": draw.normal(size=3000) for place in range(8)}
    kinds = (columns["x0"] + columns["x1"] > 0).astype(int)
    prepared(tmp_path, columns, kinds, ["no", "yes"])
    return tmp_path


def step(run: Path, name: str, seconds: float | None, told: Told | None = None) -> Step:
    folder = run / "steps" / name
    folder.mkdir(parents=True, exist_ok=True)
    deadline = None if seconds is None else time.monotonic() + seconds
    return Step(folder=folder, run=run, deadline=deadline, emit=told or Told())


# ---- what is measured --------------------------------------------------------------------------------------------


def test_other_programs_are_seen_and_leave_more_to_the_steps_that_come_after() -> None:
    with busy(4):
        slow, left = measured()
    assert slow > 2.0, "four processes on its core went unnoticed"
    assert left < 92.0, "evaluation on a busy machine was left no more time than on an idle one"
    assert left >= 60.0 - 1.0


def test_a_step_s_time_runs_from_its_start_and_not_from_the_end_of_its_imports(table: Path) -> None:
    folder = table / "steps" / "late"
    folder.mkdir(parents=True)
    asked = '{"tool": "train", "args": {"family": "boosted_trees", "baseline": false}}'
    (folder / "args.json").write_text(asked)
    context = {"run": str(table), "deadline": deadline_in(0.2), "reserve": 0.0}
    time.sleep(0.4)  # a start as slow as on a busy machine
    with Path(os.devnull).open("w") as events:
        content = run_step(folder, context, events, {})
    assert not content["ok"]
    assert content["error"]["kind"] == "budget-spent"


def test_training_gets_a_fair_chance_after_slow_steps_and_none_after_the_budget() -> None:
    step = PlannedStep(id="train", tool="train", reserve_seconds=6.0)
    left = Clock(60.0, spent=58.0).seconds_for(step)
    assert left is not None
    assert left >= 10.0
    with pytest.raises(BudgetSpent):
        Clock(60.0, spent=60.5).seconds_for(step)


# ---- a model comes out of it -------------------------------------------------------------------------------------


@pytest.mark.parametrize("seconds", [0.01, 0.05, 0.5])
def test_too_little_time_leaves_a_model_and_says_which(table: Path, seconds: float) -> None:
    for name in ("data", "model"):
        (table / name).mkdir(exist_ok=True)
    told = Told()
    found = train.run(train.Args(), step(table, "train", seconds, told))
    assert (table / "model" / "model.json").is_file()
    assert found.validation["accuracy"] > 0.7
    if found.family == "linear":
        said = ("no time for a better model", "did worse on validation than")
        assert any(one in note for note in found.notes for one in said), "it was swapped in silence"
        assert any(one in note for note in told.notes for one in said)
        assert found.baseline is None, "a model was set beside itself"
        assert not (table / "model" / "baseline").exists()
    scored = evaluate.run(evaluate.Args(), step(table, "evaluate", None))
    assert scored.metrics["test"]["accuracy"].value > 0.7


def test_a_family_that_was_named_is_never_swapped_for_want_of_time(table: Path) -> None:
    (table / "model").mkdir()
    with pytest.raises(BudgetSpent):
        train.run(train.Args(family="boosted_trees"), step(table, "train", 0.01))
    with pytest.raises(BudgetSpent):
        train.run(train.Args(families=["forest", "svm"]), step(table, "train", 0.01))


# ---- what can't be finished is skipped, and told -----------------------------------------------------------------


def test_scores_and_predictions_are_had_when_the_time_is_up_and_what_is_missing_is_told(table: Path) -> None:
    (table / "model").mkdir()
    train.run(train.Args(family="boosted_trees"), step(table, "train", 30.0))
    usual = evaluate.run(evaluate.Args(), step(table, "usual", None))
    told = Told()
    late = evaluate.run(evaluate.Args(), step(table, "late", -5.0, told))
    assert usual.metrics["test"]["accuracy"].value == late.metrics["test"]["accuracy"].value
    assert (table / "steps" / "late" / "predictions.csv").is_file()
    missing = [warning.message for warning in late.warnings if warning.kind == "judged-in-haste"]
    assert len(missing) == 4
    assert missing == told.notes
    assert late.errors == []
    assert usual.typical != []
    assert "validation" in usual.metrics
    assert not late.metrics["validation"]
    assert not [warning for warning in usual.warnings if warning.kind == "judged-in-haste"]


def _slow(rows: Encoded, wanted: np.ndarray, weights: np.ndarray | None, fit: Candidate, tried: list[int]) -> Form:
    time.sleep(0.2)
    tried.append(len(rows))
    return fit.fit(rows, wanted, weights)


def test_a_candidate_that_turns_out_slow_is_left_between_folds(table: Path) -> None:
    schema = Schema.load(table / "data")
    splits = train_val_data.read(table / "data", schema, 0)
    folds = np.arange(len(splits.truth)) % 5
    problem = Problem(splits.train, splits.truth, folds, "accuracy", 0)
    target = Target.fit(splits.truth, schema)
    tried: list[int] = []
    quick = candidates(Task(len(splits.truth), 8, 2, 0))[0]
    slow = Candidate("slow", 0.001, partial(_slow, fit=quick, tried=tried))
    with pytest.raises(BudgetSpent, match="one of 5 folds"):
        simple(slow, problem, target).cross(problem, 0.3)
    assert len(tried) == 1, "it went on although one fold had shown that there is no time"
    assert simple(slow, problem, target).cross(problem, math.inf).predicted.shape == (len(splits.truth), 2)


def test_long_texts_are_read_as_far_as_there_is_time(tmp_path: Path) -> None:
    draw = np.random.default_rng(0)
    words = np.array([f"word{number}" for number in range(500)])
    letters = np.array([" ".join(draw.choice(words, 400)) for _ in range(1500)], dtype=object)
    kinds = draw.integers(0, 2, 1500)
    schema = prepared(tmp_path, {"letter": letters}, kinds, ["a", "b"], kinds={"letter": "text"})
    whole = train_val_data.read(tmp_path / "data", schema, 0, seconds=600.0)
    some = train_val_data.read(tmp_path / "data", schema, 0, seconds=1.0)
    assert len(whole.train) == schema.rows["train"]
    assert 300 <= len(some.train) < len(whole.train)


def test_a_commands_own_start_counts() -> None:
    code = "import time; time.sleep(0.5)\nfrom noglue.tools.spec.slowness import age\nprint(age())"
    begin = time.monotonic()
    said = subprocess.run([sys.executable, "-P", "-c", code], capture_output=True, text=True, check=True).stdout
    assert 0.45 <= float(said) <= time.monotonic() - begin + 0.05
