"""What is set against something else: the user's own wish counts, whoever else wants what, and whatever stood first."""

import pytest

from noglue.tools.spec.errors import TaskUnclear
from tests.agent.settle.tables import MEMBERS, WOHNUNGEN, column
from tests.agent.settle.test_kept import FLATS, GYM, rows
from tests.agent.settle.test_weighing import left_out, settled, wishes

SPA = (
    column("patient", "identifier"),
    column("tension", "number", low=90, high=180),
    column("sexe", "category", values="F H"),
    column("balcon", "category", values="oui non"),
    column("service", "category", values="urgences maternite"),
    column("readmis", "category", values="oui non"),
)


@pytest.mark.parametrize(
    ("words", "columns", "target"),
    [
        (
            "Age is what everybody here argues about, but I'd rather know whether somebody has churned.",
            MEMBERS,
            "churned",
        ),
        ("My colleague wants the age predicted. I want churned.", MEMBERS, "churned"),
        ("My boss asked for churned at first, but I've changed my mind: predict the age instead.", MEMBERS, "age"),
        ("Instead of churned, predict the age from the rest.", MEMBERS, "age"),
        ("Predict age rather than churned.", MEMBERS, "age"),
        ("How old will they be, and will they leave? So churned is the target, not age.", MEMBERS, "churned"),
        ("Mein Kollege will das Baujahr schätzen. Ich will den Kaufpreis wissen.", WOHNUNGEN, "Kaufpreis"),
        ("Statt des Baujahrs bitte den Kaufpreis vorhersagen.", WOHNUNGEN, "Kaufpreis"),
        ("Mon chef voulait la tension ; moi, c'est readmis qui m'intéresse.", SPA, "readmis"),
        ("Todos hablan de la tension, pero yo prefiero saber readmis.", SPA, "readmis"),
    ],
)
def test_of_two_columns_the_wanted_one_is_learned(words: str, columns: tuple, target: str) -> None:
    found = settled(words, columns)
    assert found.task.target == target
    assert left_out(found) == set()


@pytest.mark.parametrize(
    ("words", "kind", "values"),
    [
        ("My director asks for the accuracy, but I prefer recall.", "metric", ["recall"]),
        ("Accuracy says little here, take the recall.", "metric", ["recall"]),
        ("My boss wants a neural network, but I'd rather have a linear model.", "family", ["linear"]),
        ("A consultant built us a neural network once, so no neural networks this time.", "family", []),
        ("I'd rather have a few false alarms than miss one, so judge it by recall.", "metric", ["recall"]),
    ],
)
def test_of_measures_and_models_those_of_others_are_set_aside(words: str, kind: str, values: list[str]) -> None:
    assert wishes(settled(f"Predict churned. {words}", MEMBERS), kind) == values


@pytest.mark.parametrize(
    "words",
    ["Predict both age and churned.", "I need a model for age and churned."],
)
def test_two_columns_beside_each_other_are_both_learned(words: str) -> None:
    assert settled(words, MEMBERS).task.target == ["age", "churned"]


@pytest.mark.parametrize("words", ["Predict age or churned.", "Predict the age. Predict the plan."])
def test_of_two_columns_that_may_each_be_meant_one_is_asked_for(words: str) -> None:
    with pytest.raises(TaskUnclear, match="any of several columns"):
        settled(words, MEMBERS)


@pytest.mark.parametrize(
    ("words", "columns", "kept"),
    [
        ("Predict churned, except for members in Hull.", GYM, [("branch", "!=", "Hull")]),
        ("Den Kaufpreis vorhersagen, außer für Wohnungen ohne Balkon.", FLATS, [("Balkon", "!=", "nein")]),
        ("Kaufpreis vorhersagen. Wohnungen ohne Balkon bitte ignorieren.", FLATS, [("Balkon", "!=", "nein")]),
        ("Prédire readmis. Les patients sans balcon ne nous intéressent pas.", SPA, [("balcon", "!=", "non")]),
        ("Predict churned, only branch Hull and York", GYM, [("branch", "in", ["Hull", "York"])]),
        (
            "Predict churned. It is only about Hull, those in York can go.",
            GYM,
            [("branch", "!=", "York"), ("branch", "=", "Hull")],
        ),
    ],
)
def test_rows_are_left_out_or_kept_as_they_are_spoken_of(words: str, columns: tuple, kept: list) -> None:
    found = [(name, op, sorted(value) if isinstance(value, list) else value) for name, op, value in
             rows(settled(words, columns))]  # fmt: skip
    assert found == kept


@pytest.mark.parametrize(
    ("words", "out"),
    [
        ("Leave out the branch and smoker. Actually, no, keep the branch.", {"smoker"}),
        ("Drop branch because smoker already says the same.", {"branch"}),
        ("Leave out branch, but not smoker.", {"branch"}),
        ("Keep branch and smoker out of it.", {"branch", "smoker"}),
        ("Those members are useless.", set()),
    ],
)
def test_only_what_is_to_go_goes(words: str, out: set[str]) -> None:
    found = settled(f"Predict churned. {words}", GYM)
    done = [wish for wish in found.task.wishes if wish.kind == "exclude" and wish.state == "open"]
    assert {name for wish in done for name in wish.value["columns"]} == out


def test_a_zero_that_is_no_value_is_none_in_its_own_column_alone() -> None:
    found = settled("Predict churned. An age of 0 is unknown.", MEMBERS)
    assert wishes(found, "missing") == [{"words": ["0"], "columns": ["age"]}]


def test_texts_are_no_classes() -> None:
    notes = (column("note", "text").model_copy(update={"distinct": 300}), column("topic", "category", values="a b c"))
    assert settled("Classify the notes by what they are about", notes).task.target == "topic"
