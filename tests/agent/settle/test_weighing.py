"""Longer requests beside tables: which column is learned, what is refused, what takes the place of what was misheard.

The laws are of what a request means: it stays the same when a column is called otherwise in words and table alike, when
columns stand in another order, and when a column joins them of which nobody speaks.
"""

from typing import Any

import pytest

from noglue.agent.planners.rules import Rules
from noglue.agent.settle.settling import Settled, settle
from noglue.agent.task import Constraints
from noglue.tools.spec.errors import TaskUnclear
from noglue.tools.spec.profiles import Column
from tests.agent.settle.tables import MEMBERS, column, table

GYM = (
    "Dear all, my gym in Leeds has been losing people since the summer and I should love to see it come: {churned} it "
    "is that I want to know beforehand. {member_no} is only our numbering, so that must not count. Keep it fair to the "
    "old ({age}), and hold a quarter of the members back for the test."
)
LATHE = (
    "Unser Betrieb drehte früher Wellen, heute vor allem Buchsen. Wissen wollen wir, wie viele Minuten eine Drehung "
    "braucht, also {dauer}. {bediener} bleibt außen vor, das gibt bloß Streit mit dem Betriebsrat, und als Prüfung "
    "nehmt bitte die letzten zwanzig Prozent nach {datum}."
)
LATHES = (column("datum", "date"), column("bediener", "category", values="anna bert carl"),
          column("drehzahl", low=100, high=3000), column("dauer", low=1, high=90),
          column("werkstoff", "category", values="stahl messing alu"))  # fmt: skip
NAMES = {"churned": "churned", "member_no": "member_no", "age": "age", "dauer": "dauer", "bediener": "bediener",
         "datum": "datum"}  # fmt: skip
REQUESTS = [(GYM, MEMBERS, "churned", "member_no"), (LATHE, LATHES, "dauer", "bediener")]


def settled(paragraph: str, columns: tuple[Column, ...]) -> Settled:
    return settle(Rules().understand(paragraph, ["t.csv"], Constraints()), [table(*columns)])


def left_out(found: Settled) -> set[str]:
    return {name for wish in found.task.wishes if wish.kind == "exclude" for name in wish.value["columns"]}


@pytest.mark.parametrize(("words", "columns", "target", "out"), REQUESTS)
def test_a_column_that_a_story_asks_for_is_learned_and_not_one_that_it_rules_out(words, columns, target, out) -> None:
    found = settled(words.format(**NAMES), columns)
    assert (found.task.target, left_out(found)) == (target, {out})


@pytest.mark.parametrize(("words", "columns", "target", "out"), REQUESTS)
@pytest.mark.parametrize("renamed", ["{}_v2", "x_{}", "{}2"])
def test_another_name_in_words_and_table_alike_changes_nothing(words, columns, target, out, renamed) -> None:
    called = NAMES | {target: renamed.format(target)}
    other = tuple(one.model_copy(update={"name": called.get(one.name, one.name)}) for one in columns)
    found = settled(words.format(**called), other)
    assert (found.task.target, left_out(found)) == (called[target], {out})


@pytest.mark.parametrize(("words", "columns", "target", "out"), REQUESTS)
def test_the_order_of_the_columns_and_one_of_which_nobody_speaks_change_nothing(words, columns, target, out) -> None:
    further = column("zz", "category", values="u v w")
    for other in (columns[::-1], (further, *columns), (*columns, further), (*columns[2:], *columns[:2])):
        found = settled(words.format(**NAMES), other)
        assert (found.task.target, left_out(found)) == (target, {out})


def test_what_can_not_be_done_is_refused_in_other_words_too() -> None:
    with pytest.raises(TaskUnclear) as caught:
        settled(
            "We run a small gym and have the list of all members with their plans. Nobody has ever put them into "
            "groups, and that is what I am after: let the computer sort them into piles that belong together, how many "
            "I don't know, and leave out the member_no.",
            MEMBERS,
        )
    assert (caught.value.kind, caught.value.data["goal"]) == ("unsupported", "cluster")


NEWS = (column("headline", "text"), column("category", "category", values="SPORT POLITICS SPACE"),
        column("date", "date"))  # fmt: skip


def test_a_question_that_each_row_answers_asks_to_learn() -> None:
    assert settled("Which topic does a headline belong to?", NEWS).task.target == "category"


def test_a_question_that_many_rows_answer_together_does_not() -> None:
    with pytest.raises(TaskUnclear) as caught:
        settled("Which groups of headlines are like one another, with no categories given?", NEWS)
    assert (caught.value.kind, caught.value.data["goal"]) == ("unsupported", "cluster")


def test_what_can_not_be_done_is_told_beside_what_can() -> None:
    aside = "let the computer sort all of them into piles that belong together"
    found = settled(f"I want to predict churned for our gym. Oh, and {aside}.", MEMBERS)
    assert found.task.target == "churned"
    assert any(aside in one for one in found.task.unread)


def wishes(found: Settled, kind: str) -> list[Any]:
    return [wish.value for wish in found.task.wishes if wish.kind == kind and wish.state == "open"]


def test_rows_are_left_out_and_not_the_column_that_holds_what_they_have() -> None:
    found = settled(
        "Quiero predecir churned para nuestro gimnasio. De los datos quedan fuera los socios con plan premium.", MEMBERS
    )
    assert wishes(found, "exclude") == []
    (rows,) = wishes(found, "where")
    assert [(one["column"], one["op"], one["value"]) for one in rows["conditions"]] == [("plan", "!=", "premium")]


@pytest.mark.parametrize(
    ("words", "measure"),
    [
        ("What counts for me is how many of its warnings turn out to be true.", "precision"),
        ("Mir ist wichtig, dass von denen, die wirklich kündigen, möglichst keiner übersehen wird.", "recall"),
        ("Me basta con saber cuántos de cada cien acierta en total.", "accuracy"),
    ],
)
def test_a_measure_in_everyday_words_is_the_measure(words: str, measure: str) -> None:
    found = settled(f"I want to predict churned for our gym. {words}", MEMBERS)
    assert wishes(found, "metric") == [measure]


def test_a_limit_in_the_task_makes_classes_of_numbers() -> None:
    found = settled("I'd like to predict whether a member's age is above 60. Leave member_no out of it.", MEMBERS)
    assert (found.task.target, found.task.goal, wishes(found, "derive")) == (
        "age",
        "classify",
        [{"op": "above", "value": 60.0}],
    )


def test_words_of_cards_name_no_kind_of_model() -> None:
    found = settled("Je veux prédire churned. Si la carte graphique est libre, servez-vous-en.", MEMBERS)
    assert wishes(found, "family") == []
