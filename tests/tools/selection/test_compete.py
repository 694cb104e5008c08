"""Where no family is named, those that suit the data well compete within the budget."""

import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from noglue.tools import models
from noglue.tools.selection import contenders, simple_model
from noglue.tools.selection.compete import Turn, compete, next_turn
from noglue.tools.selection.simple_model import Simple
from noglue.tools.spec.errors import BudgetSpent
from noglue.tools.spec.protocols import Settings, Trained
from noglue.tools.spec.schema import Schema
from noglue.tools.spec.step import Note, Progress, Step
from tests.tools.models._image_data import array_rows, digits
from tests.tools.models._image_data import prepared as prepared_images
from tests.tools.models._table_data import builtin

COSTS = {"net": 100.0, "features": 10.0, "trees": 30.0}


@pytest.mark.parametrize(
    ("names", "left", "needed", "turn"),
    [
        (["net", "features"], None, True, Turn("features", None)),  # no budget: the cheapest first, to its end
        (["net", "features"], 120.0, True, Turn("features", 20.0)),  # a quick one, and the best bet keeps its time
        (["net", "features"], 600.0, True, Turn("features", 120.0)),  # at most a fifth
        (["net"], 110.0, False, Turn("net", 110.0)),  # then the best bet has the rest
        (["net", "features"], 105.0, True, Turn("net", 105.0)),  # both are no use together: the best bet
        (["net", "trees", "features"], 60.0, True, Turn("features", 12.0)),  # no time for the best: the next one
        (["net", "features"], 5.0, True, Turn("features", 5.0)),  # too little for any: still one
        (["net"], 99.0, False, None),  # there is a model: what is of no use is not begun
        (["net"], 0.0, True, None),
        ([], 100.0, True, None),
    ],
)
def test_whose_turn_it_is(names: list[str], left: float | None, needed: bool, turn: Turn | None) -> None:
    assert next_turn(names, COSTS, left, needed) == turn


def step_in(run: Path, seconds: float | None = None) -> tuple[Step, list[Progress | Note]]:
    told: list[Progress | Note] = []
    folder = run / "steps" / "03-train"
    folder.mkdir(parents=True, exist_ok=True)
    deadline = None if seconds is None else time.monotonic() + seconds
    return Step(folder=folder, run=run, seed=1, deadline=deadline, emit=told.append), told


def test_the_best_by_validation_is_kept_and_each_is_told_of(tmp_path: Path) -> None:
    schema = builtin(tmp_path, "wine", most=100)
    making = tmp_path / "making"
    best, tried = compete(
        ("decision_tree", "linear"), making, schema, Settings(metric="log_loss"), None, step_in(tmp_path)[0]
    )
    scores = {one.family: one.validation["log_loss"] for one in tried}
    assert best.family == min(scores, key=lambda name: scores[name]) == "linear"
    assert [(one.family, one.share) for one in tried if one.chosen] == [("linear", 1.0)]
    assert all(one.seconds > 0 and one.begun for one in tried)
    assert any(making.iterdir())


def test_what_can_be_of_no_use_in_time_is_not_begun_and_that_is_told(tmp_path: Path) -> None:
    pixels, labels = digits(300)
    names = [str(number) for number in range(10)]
    parts = [array_rows(pixels[a:b], labels[a:b], names) for a, b in ((0, 240), (240, 300))]
    schema = prepared_images(tmp_path, parts[0], parts[1], names)
    schema = schema.model_copy(update={"rows": {"train": 10_000_000}})  # which would take a network for ever
    best, tried = compete(
        ("resnet", "pixels_linear"), tmp_path / "making", schema, Settings(), None, step_in(tmp_path, 60)[0]
    )
    assert best.family == "pixels_linear"
    late = [one for one in tried if not one.begun]
    assert [one.family for one in late] == ["resnet"]
    assert late[0].why in best.notes
    assert (late[0].validation, late[0].seconds, late[0].share) == ({}, 0.0, 0.0)


def test_an_interrupted_competition_goes_on_with_what_it_finished(tmp_path: Path) -> None:
    """Stopped as the second family begins, as a killed step is."""
    schema = builtin(tmp_path, "wine", most=100)

    class Stopped(Exception):
        pass

    def stop(event: Progress | Note) -> None:
        if isinstance(event, Progress) and event.stage == "family" and event.done == 2:
            raise Stopped

    names, (step, told) = ("decision_tree", "linear"), step_in(tmp_path)
    with pytest.raises(Stopped):
        compete(names, tmp_path / "making", schema, Settings(), None, replace(step, emit=stop))
    best, tried = compete(names, tmp_path / "making", schema, Settings(), None, step)
    assert {one.family for one in tried} == set(names)
    facts = [event.facts.get("family") for event in told if isinstance(event, Note)]
    assert facts.count("linear") == 1
    assert "decision_tree" not in facts, "it was trained again"
    assert best.validation
    other = Settings(metric="log_loss")  # another training: nothing of the first one counts
    assert "log_loss" in compete(names, tmp_path / "again", schema, other, None, step)[0].validation


def test_tables_keep_their_contest_within_one_family_and_generators_have_one(tmp_path: Path) -> None:
    table = builtin(tmp_path, "wine", most=100)
    who = contenders.contenders(table)
    assert who.names == ("table_blend",), "boosted trees are a member of it"
    assert not who.named
    large = table.model_copy(update={"rows": {"train": 500_000}})
    assert contenders.contenders(large).names == ("boosted_trees",)
    assert contenders.contenders(table, families=["forest", "svm"]).named
    faces = Schema(goal="generate", modality="image", target=None, features=[], rows={"train": 9}, split="random")
    assert contenders.contenders(faces).names == ("r3gan",)


def test_epochs_that_are_set_name_the_families_that_have_them() -> None:
    photos = Schema(
        goal="classify", modality="image", target="kind", classes=["a", "b"], features=[], rows={"train": 300},
        split="random",
    )  # fmt: skip
    who = contenders.contenders(photos, settings=["epochs"])
    assert "resnet" in who.names
    assert all("epochs" in models.settings(name) for name in who.names)
    assert who.named, "what was asked for is never swapped for the simple model"
    table = photos.model_copy(update={"modality": "table"})
    assert contenders.contenders(table, settings=["epochs"]).names == ("neural_net",)
    series = photos.model_copy(update={"modality": "series"})
    assert not contenders.contenders(series, settings=["epochs"]).named


@pytest.mark.parametrize(
    ("own", "simple", "alike", "better"),
    [
        (0.50, 0.70, False, True),  # judged by other rows, but no better than a constant answer
        (0.60, 0.70, False, False),
        (0.60, 0.70, True, True),
        (0.50, 0.50, False, False),
    ],
)
def test_the_simple_model_stands_in_for_one_that_guesses(own: float, simple: float, alike: bool, better: bool) -> None:
    schema = Schema(
        goal="classify", modality="table", target="kind", classes=["a", "b"], features=[], rows={}, split="random"
    )

    def trained(score: float, splits: list[str]) -> Trained:
        scores = {"accuracy": score, "balanced_accuracy": score}
        return Trained(family="x", seconds=1.0, stopped="", validation=scores, learned_from=splits)

    both = ["train"] if alike else ["train", "validation"]
    first = Simple(trained(simple, ["train"]), Path(), finished=True)
    assert simple_model.is_better(schema, "accuracy", first, trained(own, both)) is better


@pytest.mark.parametrize(("rows", "better"), [(400, True), (20, False)])
def test_the_simple_model_is_kept_where_it_is_clearly_better_by_other_rows(rows: int, better: bool) -> None:
    schema = Schema(
        goal="classify", modality="table", target="kind", classes=["a", "b"], features=[], rows={}, split="random"
    )
    truth = np.arange(rows) % 2

    def trained(score: float, splits: list[str]) -> Trained:
        answers = np.where(np.arange(rows) < score * rows, truth, 1 - truth)
        scores = {"accuracy": score, "balanced_accuracy": score}
        held = truth, np.eye(2)[answers]
        return Trained(family="x", seconds=1.0, stopped="", validation=scores, learned_from=splits, held=held)

    first = Simple(trained(0.75, ["train"]), Path(), finished=True)
    assert simple_model.is_better(schema, "accuracy", first, trained(0.65, ["train", "validation"])) is better


def test_where_no_time_is_left_for_any_that_is_said(tmp_path: Path) -> None:
    schema = builtin(tmp_path, "wine", most=100)
    step, _ = step_in(tmp_path, seconds=0.0)
    with pytest.raises(BudgetSpent):
        compete(("decision_tree", "linear"), tmp_path / "making", schema, Settings(metric="log_loss"), None, step)
