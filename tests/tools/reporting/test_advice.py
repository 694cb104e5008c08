"""What to do next follows from what was found, and not from the kind of task."""

import shlex

import pytest

from noglue.tools.evaluation.findings import ClassRow, Evaluation, Segment
from noglue.tools.evaluation.generation_findings import Generation
from noglue.tools.evaluation.scores import Rival, Score
from noglue.tools.overview.findings import ColumnView, Overview
from noglue.tools.reporting.advice import MOST, Known, advice
from noglue.tools.reporting.facts import Asked, Prepared, Trained, Wished
from noglue.tools.spec.schema import Schema
from noglue.tools.spec.short_time import ShortTime

ASKED = Asked(paragraph="Predict churn", sources=["a.csv"], constraints={"budget_seconds": 60.0})


def known(trained: Trained | None = None, overview: Overview | None = None, rows: int = 9000, **found) -> Known:
    score = Score(value=0.9, low=0.88, high=0.92, n=500)
    facts = {"goal": "classify", "modality": "table", "metric": "accuracy", "metrics": {"test": {"accuracy": score}},
             "rivals": [], "outcome": "better", "verdict": ""} | found  # fmt: skip
    schema = Schema(
        goal=facts["goal"], modality="table", target="churn", features=[], rows={"train": rows}, split="random"
    )
    prepared = Prepared(schema=schema)
    return Known(Evaluation(**facts), prepared, trained, ASKED, list[Wished](), {"train": 50.0}, overview)


def said(*arguments, **facts) -> str:
    return " ".join(one.text for one in advice(known(*arguments, **facts)))


def test_where_nothing_is_left_to_do_nothing_is_said() -> None:
    assert advice(known(Trained(family="linear"))) == []


def test_more_time_is_a_command_with_four_times_the_budget() -> None:
    (one,) = advice(known(Trained(family="table_blend", by_clock=True)))
    assert shlex.split(one.command) == ["noglue", "run", "Predict churn", "--data", "a.csv", "--budget", "4m"]
    assert "GPU" in one.text
    assert "GPU" not in said(Trained(family="table_blend", by_clock=True, device="cuda"))


def test_where_the_time_was_short_it_is_asked_for_and_the_data_are_not_blamed() -> None:
    hasty = Trained(family="linear", by_clock=True, short=ShortTime(had=0.4, needs=9.0))
    found = advice(known(hasty, outcome="no-better"))
    assert [one.text for one in found] == [
        "The training had less than a second, and takes about 9 s to be of use: give it the time."
    ]
    assert found[0].command.endswith("--budget 90s")
    assert said(Trained(family="linear", by_clock=True), outcome="no-better").startswith("Check that")


def test_a_simple_model_that_is_as_good_is_offered_by_its_name() -> None:
    lead = Score(value=0.01, low=-0.01, high=0.03, n=500)
    rival = Rival(name="linear", title="the linear model", metrics={}, difference=lead)
    (one,) = advice(known(rivals=[rival]))
    assert one.command.endswith("--family linear")
    ahead = rival.model_copy(update={"difference": Score(value=0.1, low=0.05, high=0.2, n=500)})
    assert advice(known(rivals=[ahead])) == []


def test_the_weakest_class_and_the_weakest_rows_are_named() -> None:
    rows = [ClassRow(name=name, rows=90, predicted=90, precision=0.9, recall=recall, f1=0.9)
            for name, recall in (("stays", 0.97), ("leaves", 0.42))]  # fmt: skip
    assert "“leaves” is recognised worst (42 % of its rows)" in said(classes=rows)
    part = Segment(feature="tariff", value="night", rows=60, error=0.4, low=0.3, high=0.5, apart=True)
    assert "Rows whose tariff is night are predicted worst: 40 % of them are wrong, against 10 % overall." in said(
        segments=[part], overall=0.1
    )
    assert said(segments=[part.model_copy(update={"apart": False})], overall=0.1) == ""


def test_a_column_that_says_something_and_is_often_empty_is_to_be_filled_in() -> None:
    views = [ColumnView(name=name, kind="number", missing=missing, relation=relation)
             for name, missing, relation in (("age", 0.4, 0.5), ("note", 0.9, 0.0), ("use", 0.0, 0.6))]  # fmt: skip
    text = said(overview=Overview(rows=100, looked_at=100, columns=views))
    assert text.startswith("Fill in age where you can.")


def test_few_rows_are_said_and_no_more_than_five_things_in_all() -> None:
    assert said(rows=800).startswith("The model learned from 800 rows.")
    rows = [ClassRow(name=str(place), rows=90, predicted=90, precision=0.9, recall=place / 2, f1=0.9)
            for place in range(2)]  # fmt: skip
    everything = known(Trained(family="x", by_clock=True), rows=800, classes=rows, outcome="better")
    assert 3 <= len(advice(everything)) <= MOST


@pytest.mark.parametrize(("slope", "words"), [(8.0, "still getting better"), (0.0, "ended by the clock")])
def test_a_generator_is_given_more_time_where_that_would_be_used(slope: float, words: str) -> None:
    scores = [90.0, 60.0, *(40.0 - slope * step / 2 for step in range(9))]
    history = [{"step": 9.0 * place, "fd_own": score, "seconds": 5.0 * place} for place, score in enumerate(scores)]
    trained = Trained(family="r3gan", metric="fd_own", history=history, by_clock=True)
    generation = Generation(samples=100, features="a judge")
    (first, *_) = advice(known(trained, goal="generate", generation=generation))
    assert words in first.text
    assert "--budget 4m" in first.command


def test_a_generator_that_had_stopped_getting_better_is_not_given_more_time() -> None:
    history = [{"step": 9.0 * n, "fd_own": max(40.0, 90.0 - 25 * n), "seconds": 5.0 * n} for n in range(11)]
    trained = Trained(family="r3gan", metric="fd_own", history=history, by_clock=True, others=["sngan", "dcgan"])
    facts = {"goal": "generate", "outcome": "worse", "generation": Generation(samples=100, features="a judge")}
    (first, *_) = advice(known(trained, **facts))
    assert first.command.endswith("--family sngan")
