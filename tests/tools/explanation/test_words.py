"""Words that speak for an answer are found, where one is missed and where several say the same."""

import datasets
import numpy as np
import pyarrow as pa
import pytest

from noglue.tools.explanation import explain_text
from noglue.tools.spec.profiles import Column
from noglue.tools.spec.schema import Schema
from noglue.tools.values import conform

SCHEMA = Schema(goal="classify", modality="text", target=None, classes=["no", "yes"], rows={}, split="random",
                features=[Column(name="text", kind="text", dtype="string")])  # fmt: skip


class Sure:
    """A model that is sure of `yes` as soon as one of the words stands in a text."""

    def __init__(self, *words: str) -> None:
        self.words = set(words)

    def predict(self, rows, progress=None):
        found = np.array([0.99 if self.words & set(text.split()) else 0.3 for text in rows["text"]])
        return np.stack([1 - found, found], axis=1)


def told(model: Sure, text: str):
    rows: datasets.Dataset = conform.dataset(pa.table({"text": [text]}), conform.features_of(SCHEMA, target=False))
    (one,) = explain_text.because(model, rows, SCHEMA, None, np.array([1]), lambda done: None, None)
    return {reason.name: reason.amount for reason in one.reasons}, one.shared


def test_a_word_that_is_missed():
    amounts, shared = told(Sure("refund"), "please refund my order")
    assert amounts == {"refund": pytest.approx(0.69)}
    assert not shared


def test_words_of_which_none_is_missed_share_the_answer():
    amounts, shared = told(Sure("refund", "bill"), "please refund my bill today")
    assert shared
    assert set(amounts) == {"refund", "bill"}
    assert sum(amounts.values()) == pytest.approx(0.69)
    assert min(amounts.values()) > 0.1


def test_words_that_change_nothing_are_no_reasons():
    assert told(Sure("refund"), "good morning to all")[0] == {}
