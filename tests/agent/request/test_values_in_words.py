"""What a clause says for a kind of wish, in words that no form of words was written for."""

import pytest

from noglue.agent.request.values_in_words import needed


@pytest.mark.parametrize(
    ("kind", "clause", "language", "value"),
    [
        ("seed", "let chance begin at forty-two", "en", 42),
        ("budget", "it may run for half an hour", "en", 1800.0),
        ("budget", "zwei Stunden hast du", "de", 7200.0),
        ("budget", "and has nothing to search for in it", "en", None),
        ("test", "the newest 15 percent shall judge it", "en", {"share": 0.15, "place": "last"}),
        ("test", "to judge it", "en", None),
        ("rows", "one hundred and twenty pupils are plenty", "en", {"most": 120}),
        ("folds", "each fifth is the exam once", "en", 5),
        ("folds", "all but one every time", "en", "leave-one-out"),
        ("repeats", "the whole thing seven times", "en", 7),
        ("at_least", "nine in ten of the sick must be found", "en", {"measure": "recall", "value": 0.9}),
        ("at_least", "of ten colonies that die I want nine found", "en", {"measure": "recall", "value": 0.9}),
        ("at_least", "no more than 5 % false alarms", "en", {"measure": "specificity", "value": 0.95}),
        ("at_least", "as many as possible", "en", None),
        ("metric", "how many heads we are off on average", "en", "mae"),
        ("metric", "the share of right answers", "en", "accuracy"),
        ("metric", "something or other", "en", None),
        ("compare", "a random forest against gradient boosting", "en", ["forest", "boosting"]),
        ("compare", "a random forest", "en", None),
        ("avoid", "anything but a support vector machine", "en", ["svm"]),
        ("offline", "nothing may go over the internet", "en", True),
        ("offline", "bleibt draußen", "de", None),
        ("top", "the 15 shakiest crossings", "en", {"count": 15}),
        ("no such kind", "anything", "en", None),
    ],
)
def test_what_a_clause_says(kind: str, clause: str, language: str, value: object) -> None:
    assert needed(kind, clause, language) == value
