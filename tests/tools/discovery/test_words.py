"""A request's words: what is filler, what is the same word, what it is called in English."""

import pytest

from noglue.tools.discovery import search_words


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("I'd like something that tells wines apart by their chemistry", ["wines", "chemistry"]),
        ("Unterscheide Pilze: giftig oder essbar?", ["mushrooms", "poisonous", "edible"]),
        ("Please train a classifier on tumour measurements, 10 minutes at most, 95% accuracy", ["tumour"]),
        ("see https://example.org/wine for penguins", ["penguins"]),
        ("predict it", []),
    ],
)
def test_what_a_request_is_about(said, meant):
    assert search_words.content(said) == meant


@pytest.mark.parametrize(
    ("one", "other"),
    [("wine", "wines"), ("chemistry", "chemical"), ("tumours", "tumor"), ("houses", "housing"), ("Qualité", "qualite")],
)
def test_the_same_word(one, other):
    assert search_words.stems(one) == search_words.stems(other)


@pytest.mark.parametrize(("one", "other"), [("wine", "wind"), ("mushroom", "room"), ("cancer", "dancer")])
def test_not_the_same_word(one, other):
    assert search_words.stems(one) != search_words.stems(other)


def test_no_word_is_both_filler_and_translated():
    assert not search_words.filler() & set(search_words.english())
