"""Requests to generate: what is planned for them, what is refused in plain words, and what follows a collapse."""

from pathlib import Path
from typing import Any

import pytest

from noglue.agent.plan import Plan
from noglue.agent.planners.rules import Rules
from noglue.agent.protocols import Attempt
from noglue.agent.runner import Clock
from noglue.agent.task import Constraints, Task
from noglue.tools import evaluate, prepare, train
from noglue.tools.spec.errors import BadUsage, TaskUnclear
from noglue.tools.spec.profiles import Column, ImageShape, Profile
from noglue.tools.spec.schema import Schema

DIGITS = "Make new handwritten digits like these"


def planned(paragraph: str, rules: Rules | None = None, **constraints: Any) -> tuple[Task, Plan]:
    rules = rules or Rules()
    task = rules.understand(paragraph, [], Constraints(**constraints))
    return task, rules.plan(task)


def images(classes: list[str] | None = None) -> Profile:
    return Profile(
        modality="image",
        reader="image_folder",
        files={"all": ["x"]},
        rows={"all": 900},
        image=ImageShape(height=32, width=32, channels=3),
        classes=classes,
        target="label" if classes else None,
    )


def looked(profile: Profile) -> Attempt:
    return Attempt(id="inspect", tool="inspect", args={}, result={"profile": profile.model_dump(mode="json")})


def collapsed(family: str | None, others: list[str], seconds: float = 1.0, kind: str = "collapsed") -> Attempt:
    error = {"code": 5, "kind": kind, "message": "It collapsed.", "hint": "", "data": {"others": others}}
    error["data"] |= {"family": family or "r3gan"}  # type: ignore[operator]
    return Attempt(id="train", tool="train", args={"family": family}, error=error, seconds=seconds)


def test_the_whole_path_is_planned() -> None:
    task, plan = planned("Train a generator for handwritten digits and let me ask for a class")
    assert (task.goal, task.modality, task.target) == ("generate", "image", None)
    assert [step.tool for step in plan.steps] == ["inspect", "prepare", "train", "evaluate", "report"]
    for tool, step in ((prepare, "prepare"), (train, "train"), (evaluate, "evaluate")):
        known = set(tool.Args.model_fields)
        assert set(plan.step(step).args) <= known, step
    assert "judge" in plan.step("evaluate").why
    assert "collapse" in plan.step("train").why


@pytest.mark.parametrize(("budget", "kept"), [(30.0, 15.0), (100.0, 20.0), (600.0, 90.0), (7200.0, 180.0)])
def test_judging_is_left_time_enough(budget: float, kept: float) -> None:
    _, plan = planned(DIGITS, budget_seconds=budget)
    assert plan.step("train").reserve_seconds == kept


def test_judging_keeps_to_what_the_run_has_left_and_is_never_stopped() -> None:
    _, plan = planned(DIGITS, budget_seconds=60.0)
    step = plan.step("evaluate")
    assert (step.timed, step.least_seconds) == (True, 20.0)
    assert 38 < (Clock(60.0, spent=20.0).seconds_for(step) or 0) <= 39
    assert Clock(60.0, spent=70.0).seconds_for(step) == 20.0
    assert Clock(None).seconds_for(step) is None


def test_sounds_are_refused_as_what_can_not_be_generated_and_not_as_unreadable_files() -> None:
    task, plan = planned("train a GAN on http://example.org/stuff.zip")
    error = {"code": 4, "kind": "unknown-layout", "message": "", "hint": "", "data": {"endings": {".wav": 12}}}
    with pytest.raises(TaskUnclear, match="New sounds can't be generated yet") as caught:
        Rules().revise(task, plan, [Attempt(id="inspect", tool="inspect", args={}, error=error)])
    assert caught.value.code == 3
    error["data"] = {"endings": {".xyz": 12}}
    assert Rules().revise(task, plan, [Attempt(id="inspect", tool="inspect", args={}, error=error)]) is None


@pytest.mark.parametrize(
    ("words", "size", "said"), [("at 64x64", 64, False), ("32 pixels", 32, False), ("at 1024 px", 128, True)]
)
def test_a_size_asked_for_is_trained_at_as_far_as_generators_go(words: str, size: int, said: bool) -> None:
    _, plan = planned(f"generate more photos of cats from http://example.org/cats.zip, {words}")
    assert plan.step("train").args["settings"] == {"options": {"pixels": size}}
    assert ("128 is used instead of the size" in plan.step("train").why) == said


def test_a_measure_of_something_else_is_dropped_with_a_word() -> None:
    task, _ = planned(DIGITS)
    plan = Rules().plan(task.model_copy(update={"metric": "accuracy"}))
    assert plan.step("train").args["metric"] is plan.step("evaluate").args["metric"] is None
    assert "accuracy does not measure" in plan.step("train").why


def test_fid_needs_weights_that_the_environment_names(tmp_path: Path) -> None:
    task, plan = planned(DIGITS)
    asked = task.model_copy(update={"metric": "fid"})
    assert "inception" not in plan.step("evaluate").args
    without = Rules().plan(asked)
    assert without.step("evaluate").args["metric"] is None
    assert "NOGLUE_INCEPTION" in without.step("train").why
    with pytest.raises(BadUsage, match="is not a file"):
        Rules(str(tmp_path / "weights.pth")).plan(asked)
    (tmp_path / "weights.pth").write_bytes(b"weights")
    given = Rules(str(tmp_path / "weights.pth")).plan(asked).step("evaluate").args
    assert given == {"metric": "fid", "inception": str(tmp_path / "weights.pth")}
    labels = Rules(str(tmp_path / "weights.pth")).plan(Task(paragraph="iris", goal="classify", sources=["iris"]))
    assert "inception" not in labels.step("evaluate").args


@pytest.mark.parametrize("classes", [None, ["cat", "dog"]])
def test_images_are_prepared_with_the_labels_there_are(classes: list[str] | None) -> None:
    task, plan = planned("generate more photos from http://example.org/x.zip")
    revised = Rules().revise(task, plan, [looked(images(classes))])
    assert revised is not None
    assert revised.step("prepare").args == {"goal": "generate", "target": "label" if classes else None}
    assert ("a class can be asked for" in revised.step("prepare").why) == bool(classes)


@pytest.mark.parametrize(
    "paragraph",
    [
        "generate more rows like those of http://example.org/patients.csv",
        "use a GAN on http://example.org/rows.csv",
        "generate new texts like the reviews in http://example.org/reviews.csv",
        "make new bird sounds like my recordings at http://example.org/birds.zip",
    ],
)
def test_what_can_not_be_generated_yet_is_refused_before_anything_is_fetched(paragraph: str) -> None:
    with pytest.raises(TaskUnclear, match="can't be generated yet") as caught:
        planned(paragraph)
    assert "images" in caught.value.hint


def test_data_that_turn_out_to_be_a_table_are_refused_right_after_the_look() -> None:
    task, plan = planned("train a GAN on http://example.org/stuff.zip")
    table = Profile(
        modality="table",
        reader="delimited",
        files={"all": ["x.csv"]},
        rows={"all": 900},
        columns=[Column(name="price", kind="number", dtype="double", distinct=800)],
    )
    with pytest.raises(TaskUnclear, match="The data were read as table rows") as caught:
        Rules().revise(task, plan, [looked(table)])
    assert "predict <column>" in caught.value.hint


def test_a_kind_of_model_that_does_something_else_is_refused() -> None:
    with pytest.raises(
        TaskUnclear, match="boosted_trees model can classify or regress table rows or texts, not generate"
    ):
        planned("make new digits like those of mnist with gradient boosting")


def test_after_a_collapse_the_surest_family_is_next_and_a_simple_one_the_last() -> None:
    task, plan = planned(DIGITS)
    schema = Schema(goal="generate", modality="image", target=None, features=[], rows={"train": 900}, split="random")
    left = [name for name in train.ranked(schema) if name != "r3gan"]
    history = [collapsed(None, left)]
    chosen: list[str] = []
    while (revised := Rules().revise(task, plan, history)) is not None:
        plan, family = revised, str(revised.step("train").args["family"])
        chosen.append(family)
        history.append(collapsed(family, [name for name in ["r3gan", *left] if name != family]))
    assert chosen == ["sngan", "wgan_gp", "dcgan", "mlp_gan", "pixels_gaussian"]
    asked_for = [collapsed("dcgan", ["pixels_gaussian", "a_family_of_tomorrow"])]
    revised = Rules().revise(task, plan, asked_for)
    assert revised is not None
    assert revised.step("train").args["family"] == "a_family_of_tomorrow"
    assert "simple model" in plan.step("train").why


def test_a_collapse_that_took_all_the_time_stands_as_the_answer() -> None:
    task, plan = planned(DIGITS, budget_seconds=100.0)
    assert Rules().revise(task, plan, [collapsed(None, ["dcgan"], seconds=75.0)]) is None
    assert Rules().revise(task, plan, [collapsed(None, ["dcgan"], seconds=30.0)]) is not None


def test_out_of_memory_halves_the_batch() -> None:
    task, plan = planned("generate more photos of cats from http://example.org/cats.zip at 64 pixels")
    failed = collapsed(None, [], kind="out-of-memory")
    assert failed.error is not None
    failed.error.data["batch_size"] = 256
    revised = Rules().revise(task, plan, [failed])
    assert revised is not None
    assert revised.step("train").args["settings"] == {"options": {"pixels": 64}, "batch_size": 128}


def test_few_labels_keep_the_other_images_to_learn_from() -> None:
    told = "recognise handwritten digits with only 100 labels"
    for words, kept in (("", True), (", use a semi-supervised GAN", True), (" with a resnet", None)):
        task, plan = planned(told + words)
        assert (task.goal, task.constraints.labels) == ("classify", 100)
        revised = Rules().revise(task, plan, [looked(images([str(digit) for digit in range(10)]))])
        assert revised is not None
        assert revised.step("prepare").args.get("keep_unlabelled") is kept
        assert revised.step("prepare").args["labels"] == 100
