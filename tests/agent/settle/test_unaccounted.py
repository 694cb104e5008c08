"""Whatever is added to a request is heard, told as not done, or told as not understood; the rest is read as before."""

import itertools
from typing import Any

import pytest

from noglue.agent.request import read
from noglue.agent.settle.settling import settle
from noglue.agent.task import Constraints, Task
from noglue.tools.spec import goals
from noglue.tools.spec.profiles import Profile
from tests.agent.settle.tables import HOUSES, MEMBERS, column, table

PATIENTS = table(
    column("patient_id", "category", values=" ".join(f"P{number}" for number in range(90))),
    column("visit_date", "date"), column("age", low=18, high=92), column("sex", "category", values="F M"),
    column("bmi", low=15, high=90), column("smoker", "boolean", values="no yes"),
    column("systolic_bp", low=80, high=200), column("hospital", "category", values="East North South"),
    column("readmitted", "boolean", values="no yes"),
    column("length_of_stay", low=1, high=20), column("notes", "text"),
)  # fmt: skip
REQUESTS = (
    ("Predict readmitted.", PATIENTS),
    ("Our hospitals want to know which patients come back. Predict readmitted, without the notes.", PATIENTS),
    ("Please estimate length_of_stay with a random forest.", PATIENTS),
    ("Predict systolic_bp; test on a quarter of the rows.", PATIENTS),
    ("What decides whether a patient smokes? Predict smoker and keep each hospital together.", PATIENTS),
    ("Predict price.", table(*HOUSES)),
    ("We sell houses in four districts. I would like a model of the price, without the id.", table(*HOUSES)),
    ("Predict rooms, measured by the mean absolute error.", table(*HOUSES)),
    ("Which members will leave? Predict churned.", table(*MEMBERS)),
    ("Predict churned with logistic regression; only members older than 30.", table(*MEMBERS)),
)
WISHES = (
    "Use a decision tree of at most depth 4.", "Grow a random forest of 300 trees.", "Use k = 7 nearest neighbours.",
    "Use an SVM with C = 10.", "Train for 20 epochs.", "Use a learning rate of 0.01.", "Seed 17.",
    "Do 5-fold cross validation.", "Take at most 3 minutes.", "Save the predictions as answers.csv.",
    "Write the report in French.", "Mail the result to anna@example.com.", "Round predictions to whole numbers.",
    "Fill missing values with the median.", "Standardise the columns.", "Drop outliers beyond 3 standard deviations.",
    "Deploy it on port 8080.", "Export the model to model.onnx.", "Treat age as a category.",
    "Merge it with regions.csv first.", "Convert the units to inches.", "Name the model \"Betty\".",
    "Stop when the loss is below 0.02.", "Plot the curves in blue.", "Use 4 threads.",
    "Cache everything under ./cache.db.", "Optimise the Brier score.",
    "Weight recent rows 3 times as much.", "Translate the report into Dutch.",
    "Give the confusion matrix.",
)  # fmt: skip
STORIES = (
    "Our office is on the second floor.", "The coffee is cold again.", "My sister likes this kind of work.",
    "It has rained since Monday.", "Thanks a lot!",
)  # fmt: skip


def settled(paragraph: str, data: Profile) -> Task:
    return settle(read(paragraph, ["t.csv"], Constraints()), [data]).task


def said(task: Task) -> list[tuple[str, Any]]:
    """What is asked for beside the data and what is predicted; goals that can't be reached are told of, too."""
    return [(wish.kind, wish.value) for wish in task.wishes if wish.kind != "data" and wish.value not in goals.names()]


def is_heard_beside(before: Task, after: Task, added: str) -> None:
    more = [one for one in said(after) if one not in said(before)]
    unread = [text for text in after.unread if text not in before.unread]
    assert more or unread, f"{added!r} was lost"
    lost = [one for one in said(before) if one not in said(after) and one[0] not in {kind for kind, _ in more}]
    assert not lost, f"{added!r} changed {lost}"
    assert after.target == before.target


CHOSEN = [pair for place, pair in enumerate(itertools.product(REQUESTS, WISHES)) if place % 7 == 0]


@pytest.mark.parametrize(("request_", "added"), CHOSEN)
def test_what_is_added_is_heard_or_told(request_: tuple[str, Profile], added: str) -> None:
    paragraph, data = request_
    is_heard_beside(settled(paragraph, data), settled(f"{paragraph} {added}", data), added)


@pytest.mark.slow
@pytest.mark.parametrize("added", WISHES)
def test_every_addition_to_every_request_is_heard_or_told(added: str) -> None:
    for paragraph, data in REQUESTS:
        is_heard_beside(settled(paragraph, data), settled(f"{paragraph} {added}", data), added)


@pytest.mark.parametrize("story", STORIES)
def test_a_story_is_not_told_as_a_wish(story: str) -> None:
    for paragraph, data in REQUESTS[::3]:
        before, after = settled(paragraph, data), settled(f"{paragraph} {story}", data)
        assert said(after) == said(before)
        assert after.unread == before.unread


@pytest.mark.parametrize(
    ("paragraph", "unread"),
    [
        ("Predict readmitted with a linear model of depth 4.", []),  # told as not done
        ("Predict readmitted and mail the result to anna@example.com", ["anna@example.com"]),
        ('Predict readmitted; save it under "north wing".', ["north wing"]),
    ],
)
def test_a_number_or_a_name_that_no_wish_holds_is_told(paragraph: str, unread: list[str]) -> None:
    task = settled(paragraph, PATIENTS)
    told = [*task.unread, *(wish.text for wish in task.wishes if wish.state == "not-done")]
    assert all(any(words in text for text in told) for words in unread)
    assert any("4" in text for text in told) or "4" not in paragraph


@pytest.mark.parametrize(
    ("paragraph", "target"),
    [
        ("Our hospitals want to know which patients come back. Predict readmitted from patients.csv.", "readmitted"),
        ("Age and bmi matter, but what I'm after is the length_of_stay, which we bill on.", "length_of_stay"),
        ("Which hospital is best? Never mind. Estimate bmi with a forest.", "bmi"),
        ("Classify patients by hospital, and not by sex.", "hospital"),
        ("Predict systolic blood pressure from the other columns", "systolic_bp"),
        ("Model the readmission risk of our patients", "readmitted"),
    ],
)  # fmt: skip
def test_a_commanded_column_is_learned_whatever_else_is_said(paragraph: str, target: str) -> None:
    assert settled(paragraph, PATIENTS).target == target


@pytest.mark.parametrize(
    ("words", "guessed"),
    [("systolic blood pressure", True), ("readmission risk", True), ("systolic_bp", False), ("length of stay", False)],
)
def test_initials_and_stems_are_said_to_be_guessed(words: str, guessed: bool) -> None:
    task = settled(f"Predict {words}", PATIENTS)
    assert [wish.guessed for wish in task.wishes if wish.kind == "target"] == [guessed]


@pytest.mark.parametrize(
    ("words", "kept"),
    [
        ("drop rows where bmi is missing or above 60", [("bmi", "<=", 60.0, False), ("bmi", "present", None, False)]),
        ("drop rows where bmi is above 60", [("bmi", "<=", 60.0, True)]),
        ("drop rows where bmi is below 16 or above 60", [("bmi", ">=", 16.0, True), ("bmi", "<=", 60.0, True)]),
        ("only women", [("sex", "=", "F", False)]),
        ("drop rows where age is below 20 and bmi is above 60", None),
        ("keep only rows where age is above 60 or bmi is above 30", None),
    ],
)
def test_conditions_that_are_joined(words: str, kept: list[tuple[str, str, Any, bool]] | None) -> None:
    task = settled(f"Predict readmitted; {words}.", PATIENTS)
    rows = [wish for wish in task.wishes if wish.kind == "where"]
    found = [one for wish in rows if wish.state == "open" for one in wish.value["conditions"]]
    stated = [(one["column"], one["op"], one.get("value"), one.get("or_missing", False)) for one in found]
    assert sorted(stated, key=str) == sorted(kept or [], key=str)
    assert kept is not None or task.unread or any(wish.state != "open" for wish in rows)
