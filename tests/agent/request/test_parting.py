"""Where a sentence is cut into clauses of different kinds, and the languages and glosses beneath."""

import pytest

from noglue.agent.request import gloss, parting, phrasing

SENTENCES = [
    ("Use a random forest, and stop after ten minutes", ["family", "budget"]),
    ("Drop every row of 2019 and keep a quarter of the rest for the test", ["where", "test"]),
    ("Bitte nimm einen Entscheidungsbaum und setz den Zufall auf 7", ["family", "seed"]),
]


@pytest.mark.parametrize(("sentence", "kinds"), SENTENCES)
def test_a_sentence_of_several_wishes_is_cut_between_them(sentence: str, kinds: list[str]) -> None:
    (clauses,) = parting.parted([sentence], phrasing.numbered, gloss.language(sentence))
    assert [one.kind for one in clauses] == kinds


@pytest.mark.parametrize("sentence", [sentence for sentence, _ in SENTENCES] + ["", "...", "a" * 500, "and, and; and"])
def test_the_clauses_are_pieces_of_the_sentence_in_its_order(sentence: str) -> None:
    (clauses,) = parting.parted([sentence], phrasing.numbered, "en")
    at = 0
    for one in clauses:
        at = sentence.index(one.text, at) + len(one.text)


def test_no_date_ends_a_sentence() -> None:
    (clauses,) = parting.parted(["geprüft wird ab dem 1. Januar 2023"], phrasing.numbered, "de")
    assert [one.text for one in clauses] == ["geprüft wird ab dem 1. Januar 2023"]


@pytest.mark.parametrize(
    ("paragraph", "language"),
    [
        ("Predict the price of these houses, please.", "en"),
        ("Sag mir bitte, ob der Kunde kündigt, und lass die Nummer weg.", "de"),
        ("Je voudrais savoir si la livraison sera en retard.", "fr"),
        ("Quiero saber si la entrega llegará tarde.", "es"),
        ("", "en"),
    ],
)
def test_the_language_of_a_paragraph(paragraph: str, language: str) -> None:
    assert gloss.language(paragraph) == language


@pytest.mark.parametrize(
    ("text", "language", "words"),
    [
        ("ohne COL bitte", "de", "without COL please"),
        ("n'utilisez pas COL", "fr", "not use not COL"),
        ("sin VAL", "es", "without VAL"),
        ("ohne", "en", "ohne"),
    ],
)
def test_words_are_put_into_english_and_masks_stay(text: str, language: str, words: str) -> None:
    assert gloss.english(text, language) == words


@pytest.mark.parametrize(
    "place", ["/tmp/tmp1uu994d5/objects", "/data/leave-out/exclude.csv", "https://x.org/only/group/7"]
)
def test_the_letters_of_a_place_say_nothing_of_what_is_wished(place: str) -> None:
    plain, other = parting.kinds(
        [f"Classify the photos in {one}" for one in ("/home/me/photos", place)], phrasing.numbered, "en"
    )
    assert plain.kind == other.kind
    assert plain.shares == pytest.approx(other.shares, abs=1e-3)


def test_without_the_encoder_a_clause_asks_for_nothing_that_is_known() -> None:
    unread = parting.Labelled("Is each tumour benign or malignant?", {"unknown": 0.0})
    assert (unread.beyond, unread.beyond_goal) == (0.0, "")
