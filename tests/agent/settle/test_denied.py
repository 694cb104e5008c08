"""What stands in words of denial, of keeping together, or of splits is never learned."""

import pytest

from noglue.agent.request.wish import Wish
from noglue.agent.settle import denied
from noglue.agent.task import Task


def heard(paragraph: str, words: str, **value: object) -> Task:
    wish = Wish(text=words, kind="target", value={"words": words, **value})
    return Task(paragraph=paragraph, target=words, wishes=[wish])


@pytest.mark.parametrize(
    ("paragraph", "words"),
    [
        ("Predict sales. Don't show the model the names of the reviewers.", "names of the reviewers"),
        ("Sage den Preis voraus, aber ohne die Lage.", "Lage"),
        ("Prédis le prix sans regarder le quartier", "quartier"),
        ("Predice el precio sin usar el barrio", "barrio"),
        ("predict failure_type, drop rows with none, and the column failed", "failed"),
    ],
)
def test_a_target_in_words_of_denial_is_left_out(paragraph, words):
    (wish,) = denied.mended(heard(paragraph, words)).wishes
    assert (wish.kind, wish.value) == ("exclude", {"columns": [words]})


@pytest.mark.parametrize(
    ("paragraph", "words"),
    [
        ("I do not know which customers will leave", "which customers will leave"),
        ("Don't use the id, predict the price", "price"),
        ("No neural nets please. Predict the price.", "price"),
        ("Ich weiß nicht, ob eine Pumpe ausfällt", "ob eine Pumpe ausfällt"),
        ("predict whether it rains or not", "whether it rains or not"),
        ("what flats cost (price)", "price"),
    ],
)
def test_a_target_that_is_asked_for_stays(paragraph, words):
    assert denied.mended(heard(paragraph, words)).wishes == heard(paragraph, words).wishes


@pytest.mark.parametrize(
    "paragraph",
    [
        "What the jury gave it (note_jury) is nothing I'd have in the shop.",
        "Pictures of one slide (note_jury) must stay together.",
        "Eine Null beim Druck (note_jury) ist eigentlich ein fehlender Wert.",
    ],
)
def test_a_name_in_brackets_beside_such_words_is_not_understood_yet(paragraph):
    task = denied.mended(heard(paragraph, "note_jury"))
    assert (task.target, task.wishes, task.unread) == (None, [], [paragraph])


def test_what_is_heard_as_one_thing_is_parted():
    target, left_out = denied.mended(heard("predict grade excluding int_rate", "grade excluding int_rate")).wishes
    assert (target.value, left_out.kind, left_out.value) == ({"words": "grade"}, "exclude", {"columns": ["int_rate"]})


@pytest.mark.parametrize("words", ["last column but one", "next-to-last column", "vorletzte Spalte"])
def test_the_last_but_one_is_not_the_last(words):
    wish = Wish(text=words.split()[-1], kind="target", value={"place": -1})
    (found,) = denied.mended(Task(paragraph=f"predict the {words}", wishes=[wish])).wishes
    assert found.value == {"place": -2}


def test_a_place_that_is_to_be_ignored_is_left_out():
    wish = Wish(text="first column", kind="target", value={"place": 1})
    (found,) = denied.mended(Task(paragraph="the first column is an id and must be ignored", wishes=[wish])).wishes
    assert (found.kind, found.value) == ("exclude", {"places": [1]})


@pytest.mark.parametrize("name", ["split", "Set", "fold"])
def test_a_column_that_tells_splits_is_no_target(name):
    assert denied.mended(heard(f"Use the {name} column", name)).wishes == []
