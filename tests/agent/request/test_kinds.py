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
