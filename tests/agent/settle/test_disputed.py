"""Two readings of the same words beside the columns that are there: which is the wish, and what is on record."""

from typing import Any

import pytest

from noglue.agent.request.wish import Wish
from noglue.agent.settle.settling import settle, with_target
from noglue.agent.task import Constraints, Task
from noglue.tools.spec.errors import TaskUnclear
from tests.agent.settle.tables import HOUSES, MEMBERS, column, table


def two(text: str, ours: tuple[str, Any], theirs: tuple[str, Any]) -> Wish:
    other = Wish(text=text, kind=theirs[0], value=theirs[1], by="model", why="read so by the language model")
    return Wish(text=text, kind=ours[0], value=ours[1], instead=other)


def task(target: str, *wishes: Wish, **fields: Any) -> Task:
    wish = Wish(text=target, kind="target", value={"words": target})
    return Task(paragraph=f"predict {target}", target=target, wishes=[wish, *wishes], **fields)


COLUMN, ROWS = ("exclude", {"columns": ["gold members"]}), ("where", {"clause": "gold members", "keep": False})


@pytest.mark.parametrize(
    ("ours", "theirs", "taken", "why"),
    [
        # only one of the two names something that is there
        (("exclude", {"columns": ["the weather"]}), ("where", {"clause": "smoker is yes"}), "where", "the data hold"),
        (("where", {"clause": "rainy days"}), ("exclude", {"columns": ["plan"]}), "exclude", "the data hold"),
        (("exclude", {"columns": ["plan"]}), ("where", {"clause": "rainy days"}), "exclude", "the data hold"),
        (("exclude", {"columns": ["members' ages"]}), ("speed", True), "exclude", "the data hold"),
        (("test", {"file": "b.csv"}), ("exclude", {"columns": ["plan"]}), "exclude", "the data hold"),
        # both do
        (("exclude", {"columns": ["plan"]}), ("group", {"words": "plan"}), "exclude", "outright"),
        (("exclude", {"columns": ["plans"]}), ("group", {"words": "plan"}), "exclude", "outright"),
        (("where", {"clause": "gold ones"}), ("test", {"clause": "gold ones"}), "test", "both open"),
        (("exclude", {"places": [5]}), ("only", {"columns": ["plan"]}), "exclude", "outright"),
        # neither does
        (("exclude", {"columns": ["the weather"]}), ("show", "table"), "show", "both open"),
        (("explain", True), ("top", {"count": 3}), "top", "both open"),
    ],
)  # fmt: skip
def test_one_of_two_readings_is_the_wish(ours: tuple[str, Any], theirs: tuple[str, Any], taken: str, why: str) -> None:
    found = settle(task("churned", two("some words", ours, theirs)), [table(*MEMBERS)])
    (wish,) = [one for one in found.task.wishes if one.text == "some words"]
    assert (wish.kind, wish.instead) == (taken, None)
    assert why in wish.why
    assert ("the rules read" if taken == theirs[0] else "the language model read") in wish.why


def test_of_one_kind_the_one_that_binds_is_taken_and_a_very_name_is_no_better_than_another() -> None:
    wrong = two("x", ("exclude", {"columns": ["it because the"]}), ("exclude", {"columns": ["plan"]}))
    assert settle(task("churned", wrong), [table(*MEMBERS)]).prepare["exclude"] == ["plan"]
    both = two("x", ("exclude", {"columns": ["age"]}), ("exclude", {"columns": ["plan"]}))
    assert settle(task("churned", both), [table(*MEMBERS)]).prepare["exclude"] == ["plan"]
    vague = two("x", ("exclude", {"columns": ["age"]}), ("exclude", {"columns": ["how old they are"]}))
    assert settle(task("churned", vague), [table(*MEMBERS)]).prepare["exclude"] == ["age"]


def test_two_ways_to_say_the_same_are_no_difference() -> None:
    same = two("x", ("exclude", {"columns": ["the plan"]}), ("exclude", {"columns": ["plan"]}))
    (wish,) = [one for one in settle(task("churned", same), [table(*MEMBERS)]).task.wishes if one.text == "x"]
    assert (wish.by, wish.why) == ("words", "")


def test_quotes_name_a_thing_outright() -> None:
    quoted = two("no “gold” ones", ("exclude", {"columns": ["gold"]}), ("test", {"clause": "gold"}))
    found = settle(task("churned", quoted), [table(*MEMBERS)])
    assert "test_where" not in found.prepare
    assert found.prepare["where"][0]["op"] == "!="


def test_a_target_that_only_the_model_s_words_name_is_learned() -> None:
    wish = two("what they do in the end", ("target", {"words": "what they do"}), ("target", {"words": "churned"}))
    asked = Task(paragraph="say what they do in the end", target="what they do", wishes=[wish])
    found = settle(asked, [table(*MEMBERS)])
    assert (found.prepare["target"], found.task.target) == ("churned", "churned")
    person = with_target(asked, "smoker")
    assert settle(person, [table(*MEMBERS)]).prepare["target"] == "smoker"


def test_a_limit_goes_with_the_reading_that_it_came_from() -> None:
    wish = two("the first 500 of the north", ("rows", {"most": 500}), ("where", {"clause": "of the north"}))
    found = settle(task("price", wish, constraints=Constraints(max_rows=500, seed=3)), [table(*HOUSES)])
    assert ("max_rows" in found.prepare, found.prepare["where"][0]["value"]) == (False, "north")
    assert found.task.constraints.stated() == {"seed": 3}


def test_a_column_of_the_very_name_decides() -> None:
    """The same request, two tables."""
    wish = two("without gold members", COLUMN, ROWS)
    assert "exclude" not in settle(task("churned", wish), [table(*MEMBERS)]).prepare
    assert settle(task("churned", wish), [table(*MEMBERS, column("gold_members"))]).prepare["exclude"] == [
        "gold_members"
    ]


def test_what_two_readers_differ_in_is_kept_in_files_and_what_they_do_not_is_not() -> None:
    wish = two("x", COLUMN, ROWS)
    assert Wish.model_validate(wish.model_dump()) == wish
    assert set(Wish(text="x", kind="seed", value=3).model_dump()) == {"text", "kind", "value", "state", "why"}


def test_what_the_rules_name_and_is_not_there_is_still_refused() -> None:
    missing = Wish(text="x", kind="only", value={"columns": ["shoe size"]})
    with pytest.raises(TaskUnclear):
        settle(task("churned", missing), [table(*MEMBERS)])


@pytest.mark.parametrize(
    ("kind", "value", "why"),
    [
        ("only", {"columns": ["shoe size"]}, "no column for 'shoe size'"),
        ("classes", ["yes"], "one class"),
        ("classes", ["yes", "perhaps"], "no class"),
        ("derive", {"op": "above", "value": 3.0}, "smoker holds no numbers"),
        ("derive", {"op": "equals"}, "above or below what"),
        ("group", {"words": "shoe"}, "no column for 'shoe'"),
        ("test", {"file": "t.csv"}, "no part of the data is called t.csv"),
        ("train", {"file": "u.csv"}, "no part of the data is called u.csv"),
    ],
)  # fmt: skip
def test_what_only_a_model_has_read_and_is_not_there_is_not_done(kind: str, value: Any, why: str) -> None:
    read = Wish(text="x", kind=kind, value=value, by="model", why="read so by the language model")
    found = settle(task("smoker", read), [table(*MEMBERS)])
    (wish,) = [one for one in found.task.wishes if one.text == "x"]
    assert (wish.state, why in wish.why, "read so by the language model" in wish.why) == ("not-done", True, True)
    assert set(found.prepare) == {"goal", "target"}


def test_files_that_are_parts_of_the_data_divide_it_whoever_has_read_so() -> None:
    files = table(*MEMBERS)
    files.files = {"all": ["in/a.csv", "in/b.csv"]}
    read = Wish(text="x", kind="test", value={"file": "b.csv"}, by="model")
    assert settle(task("churned", read), [files]).prepare["test_files"] == ["b.csv"]
