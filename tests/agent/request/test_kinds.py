"""The same wish in other words and other languages: each sentence stands in a request of its own."""

import tomllib
from pathlib import Path
from typing import Any

import pytest

from noglue.agent.request.combine import Reader
from noglue.agent.request.names import known
from noglue.agent.task import Constraints

READER = Reader(known(), None)
BEFORE = {"en": "Predict the rent from the table.", "de": "Sage die Miete voraus.", "fr": "Prédis le loyer.",
          "es": "Predice el alquiler."}  # fmt: skip


def wishes(text: str) -> list[tuple[str, Any]]:
    task = READER.read(text, ["table.csv"], Constraints())
    return [(wish.kind, wish.value) for wish in task.wishes if wish.kind != "data"]


WISHES: list[dict[str, Any]] = tomllib.loads(Path(__file__).with_name("kinds.toml").read_text(encoding="utf-8"))["wish"]


@pytest.mark.parametrize(
    ("language", "kind", "value", "sentence"),
    [(wish["language"], wish["kind"], wish["value"], one) for wish in WISHES for one in wish["sentences"]],
)
def test_a_wish_in_other_words(language: str, kind: str, value: Any, sentence: str) -> None:
    found = wishes(f"{BEFORE[language]} {sentence}")
    avoided = [name for one, names in found if one == "avoid" for name in names]
    assert (kind, value) in [*found, ("avoid", avoided)]


@pytest.mark.parametrize(
    ("request_", "names"),
    [
        ("Predict y from small.csv", ["y"]),
        ("Predict x and y from small.csv", ["x", "y"]),
        ("Learn y from x and z in small.csv", ["y"]),
        ("Use small.csv, the target is y.", ["y"]),
        ("small.csv: target column y", ["y"]),
        ("Predict the y column of small.csv.", ["y"]),
        ("I want the y column predicted, small.csv", ["y"]),
        ("La columna objetivo es y, small.csv", ["y"]),
        ("Predice la edad y el peso con small.csv", ["edad", "peso"]),
    ],
)
def test_a_letter_names_a_column_unless_it_joins_two(request_: str, names: list[str]) -> None:
    wished = [
        wish.value["words"]
        for wish in READER.read(request_, ["small.csv"], Constraints()).wishes
        if wish.kind == "target"
    ]
    assert wished == names


@pytest.mark.parametrize(
    ("sentence", "kind", "value"),
    [
        ("Use the weighted F1.", "metric_unknown", "weighted F1"),
        ("Judge it by adjusted R2.", "metric_unknown", "adjusted R2"),
        ("Measure precision at 10.", "metric_unknown", "precision at 10"),
        ("Score it by median absolute percentage error.", "metric_unknown", "median absolute percentage error"),
        ("Mesure-le par le rappel équilibré.", "metric_unknown", "rappel équilibré"),
        ("Use the macro F1.", "metric", "macro_f1"),
        ("Use the weighted kappa.", "metric", "quadratic_kappa"),
    ],
)
def test_a_word_that_makes_it_another_measure_is_no_other_s_name(sentence: str, kind: str, value: str) -> None:
    assert (kind, value) in wishes(f"Predict the rent from the table. {sentence}")
    assert sum(one.startswith("metric") for one, _ in wishes(f"Predict the rent from the table. {sentence}")) == 1
