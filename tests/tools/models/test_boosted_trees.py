"""What is peculiar to boosted trees; what every family for tables does is in `test_odd_tables` and `test_contract`."""

import math
import time
from pathlib import Path

import numpy as np
import pytest

from noglue.tools.models import boosted_trees
from noglue.tools.models._tables import boosting
from noglue.tools.models._tables.encoding import Encoded, Encoding
from noglue.tools.models._tables.train_val_data import TrainValData
from noglue.tools.spec.protocols import Settings, Trained
from noglue.tools.spec.schema import Schema, load_split
from noglue.tools.spec.step import Note, Progress, Step
from tests.tools.models._table_data import builtin, prepared


def train(run: Path, settings: Settings, seconds: float | None = None) -> tuple[Trained, list[dict]]:
    events: list[Progress | Note] = []
    deadline = None if seconds is None else time.monotonic() + seconds
    step = Step(folder=run, run=run, deadline=deadline, emit=events.append)
    schema = Schema.load(run / "data")
    return boosted_trees.train(run / "data", run / "model", schema, settings, step), events


def test_stops_early_at_the_best_round_and_tells_the_way_there(tmp_path: Path) -> None:
    builtin(tmp_path, "breast_cancer")
    trained, events = train(tmp_path, Settings(options={"patience": 20}))
    assert trained.stopped == "validation no longer improved"
    best = min(trained.history, key=lambda row: row["validation"])
    assert trained.settings["rounds"] <= best["round"] + 20
    assert trained.validation["accuracy"] > 0.9
    assert events[0].stage == "round"
    assert events[0].model_dump().keys() >= {"done", "total", "loss", "validation"}


def test_a_number_of_rounds_that_was_asked_for_is_not_exceeded(tmp_path: Path) -> None:
    builtin(tmp_path, "iris")
    trained, _ = train(tmp_path, Settings(epochs=7, learning_rate=0.2, options={"num_leaves": 4}))
    assert trained.settings["rounds"] <= 7
    assert trained.stopped == "all rounds were trained"
    assert trained.parameters is not None
    assert trained.parameters <= 7 * 3 * 7


def test_interactions_that_no_linear_model_sees(tmp_path: Path) -> None:
    draw = np.random.default_rng(0)
    columns = {"a": draw.normal(size=3000), "b": draw.normal(size=3000)}
    kind = (columns["a"] * columns["b"] > 0).astype(int)
    prepared(tmp_path, columns, kind, ["minus", "plus"])
    trained, _ = train(tmp_path, Settings(metric="roc_auc"))
    assert trained.validation["roc_auc"] > 0.98
    test = load_split(tmp_path / "sealed", "test")
    predicted = boosted_trees.load(tmp_path / "model", "cpu").predict(test)
    assert (predicted.argmax(axis=1) == np.array(test["target"])).mean() > 0.95


@pytest.mark.slow
def test_pilots_choose_the_size_of_the_trees_of_a_large_table(tmp_path: Path) -> None:
    draw = np.random.default_rng(1)
    columns = {f"x{place}": draw.normal(size=80_000) for place in range(3)}
    kind = (np.sin(5 * columns["x0"]) + columns["x1"] + 0.5 * draw.normal(size=80_000) > 0).astype(int)
    prepared(tmp_path, columns, kind, ["low", "high"])
    trained, events = train(tmp_path, Settings(metric="roc_auc", options={"rounds": 60, "patience": 5}))
    assert [event.stage for event in events if isinstance(event, Progress)].count("pilot") == 3
    assert trained.validation["roc_auc"] > 0.93
    test = load_split(tmp_path / "sealed", "test")
    predicted = boosted_trees.load(tmp_path / "model", "cpu").predict(test)
    assert (predicted.argmax(axis=1) == np.array(test["target"])).mean() > 0.85


@pytest.mark.parametrize("seconds", [0.0, 0.3])
def test_time_that_is_up_leaves_the_rounds_done_so_far(tmp_path: Path, seconds: float) -> None:
    draw = np.random.default_rng(2)
    columns = {f"x{place}": draw.normal(size=30_000) for place in range(30)}
    prepared(tmp_path, columns, draw.integers(0, 12, 30_000), [str(kind) for kind in range(12)])
    trained, _ = train(tmp_path, Settings(), seconds)
    assert trained.stopped == "the time budget was used"
    assert trained.settings["rounds"] >= 1


def test_time_that_goes_by_while_the_libraries_load_leaves_trees_that_know_something(tmp_path: Path) -> None:
    builtin(tmp_path, "wine")
    trained, _ = train(tmp_path, Settings(), 0.01)
    assert trained.validation["accuracy"] > 0.85


def test_little_time_is_met_with_a_higher_learning_rate() -> None:
    """The clock counts rounds here, so that nothing depends on this machine's speed: time for 60 in all."""
    draw = np.random.default_rng(0)
    rows = Encoded(draw.normal(size=(500, 3)), np.zeros((500, 0), np.int32))
    wanted = rows.numbers.sum(axis=1)
    left = [60.0]

    def watch(number: int, loss: float, score: float) -> None:
        left[0] -= 1

    def loss_after(clock: boosting.Rounds) -> float:
        left[0] = 60.0
        return boosting.fit(rows, wanted, None, boosting.objective(0, "rmse"), 0, clock).curve[-1][1]

    paced = loss_after(boosting.Rounds(most=50, left=lambda: left[0], watch=watch))
    unhurried = loss_after(boosting.Rounds(most=50, watch=watch))
    assert paced < unhurried / 2


@pytest.mark.parametrize(
    ("pace", "left", "rate"),
    [(0.01, 300.0, 0.03), (10.0, 300.0, 0.05), (0.4, 300.0, 0.04), (math.inf, 300.0, 0.05), (0.01, None, 0.05)],
)
def test_the_learning_rate_of_a_large_table_is_the_slowest_there_is_time_for(
    pace: float, left: float | None, rate: float
) -> None:
    assert boosted_trees._rate(pace, left) == pytest.approx(rate)


@pytest.mark.parametrize("depend", [False, True])
def test_held_rows_that_choices_do_not_need_are_learned_from(depend: bool) -> None:
    rows = boosted_trees.HELD_ROWS + 700
    cells = Encoded(np.arange(rows, dtype=float)[:, None], np.zeros((rows, 0), np.int64))
    few = Encoded(np.full((50, 1), -1.0), np.zeros((50, 0), np.int64))
    truth = np.arange(rows) % 2
    splits = TrainValData(Encoding([], {}), few, np.zeros(50, np.int64), cells, truth)
    found = boosted_trees._fewer_held(splits, depend, seed=0)
    assert len(found.val) == boosted_trees.HELD_ROWS
    assert len(found.train) == (50 if depend else 750)
    both = np.concatenate([found.train.numbers[50:, 0], found.val.numbers[:, 0]])
    assert depend or sorted(both) == list(range(rows))
