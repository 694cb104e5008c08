"""What kind of wish a clause is, by the head on the sentence encoder; and what becomes of clauses no rule explains."""

import random

import pytest

from noglue.agent.request import gloss, head, leftover, parting, phrasing
from noglue.agent.request.heard import Heard


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("every bakery should be wholly in one part", "group"),
        ("alle Proben vom selben Imker gehören zusammen", "group"),
        ("leave the driver's nickname out", "exclude"),
        ("lass die Filialnummer weg", "exclude"),
        ("ne tiens pas compte du numéro de lot", "exclude"),
        ("no tengas en cuenta el número de lote", "exclude"),
        ("please explain which inputs mattered most", "explain"),
        ("equilibra las clases, por favor", "balance"),
        ("schick mir eine Nachricht, wenn du fertig bist", "unknown"),
        ("I run a small orchard with my sister", "background"),
        ("ich führe mit meiner Schwester einen Obsthof", "background"),
        ("soy panadero y trabajo solo", "background"),
    ],
)
def test_the_kind_of_a_clause(text: str, kind: str) -> None:
    (told,) = parting.kinds([text], phrasing.numbered, gloss.language(text))
    assert sum(told.shares.values()) == pytest.approx(1.0, abs=1e-4)
    assert told.kind == kind


def test_without_clauses_there_is_nothing_to_tell() -> None:
    assert parting.kinds([], phrasing.numbered, "en") == []


@pytest.mark.parametrize(
    "clause",
    ["Send the results to my sister by post", "Bitte male alles grün an", "Il faut renommer les colonnes en anglais"],
)
def test_what_outright_asks_is_not_background(clause: str) -> None:
    heard = Heard.of(f"Predict price from houses.csv. {clause}.", [])
    assert clause in leftover.judged(heard, ["Predict price from houses.csv"]).unread


def test_the_places_of_a_clause_do_not_hang_on_its_letters_case_and_are_within_bounds() -> None:
    one, same = head.places("Kundennummer weg"), head.places("KUNDENNUMMER Weg")
    assert one == same
    assert len(set(one)) == len(one)
    assert 0 <= min(one) <= max(one) < head.PIECES + head.PAIRS
    assert head.places("leave COL out") != head.places("leave col out")


def test_every_clause_that_is_learnt_is_filled_and_always_the_same() -> None:
    learnt = phrasing.clauses()
    assert learnt == phrasing.clauses()
    assert not [one.text for one in learnt if "[c:" in one.text]
    assert {one.language for one in learnt} == {"en", "de", "fr", "es"}


def test_a_clause_is_learnt_with_its_names_masked_first() -> None:
    clause = phrasing.Clause("lass [c:die Schuhgröße] weg und nimm [n:zwanzig] Zeilen", "exclude", "de")
    whole, plain, *_ = phrasing.learned(clause, random.Random(0))
    assert "COL" in whole
    assert "NUM" in whole
    assert "COL" not in plain


@pytest.mark.parametrize(
    ("words", "unread"),
    [
        ("Solve the CIFAR-10 problem at http://127.0.0.1:3000/cifar.html", []),
        ("solve the MNIST challenge", []),
        ("Löse das Titanic-Problem", []),
        ("Résoudre le problème des iris", []),
        ("resuelve el problema de los vinos", []),
        ("Solve the CIFAR-10 problem and send me the weights by post", ["and send me the weights by post"]),
    ],
)
def test_a_problem_that_its_data_name_is_no_further_wish(words: str, unread: list[str]) -> None:
    assert leftover.judged(Heard.of(words, []), known=[]).unread == unread


@pytest.mark.parametrize(
    ("words", "whole"),
    [
        ("Make new handwritten digits.", True),
        ("Train a GAN on the handwritten digits.", True),
        ("make new photos like these", True),
        ("Train a DCGAN that draws digits", True),
        ("Erzeuge neue Ziffern", True),
        ("Fais de nouveaux chiffres", True),
        ("Crea nuevos dígitos", True),
        ("Make new rotated digits", False),
        ("Make new digits without the sevens", False),
        ("Train a GAN on the digits for 5 epochs", False),
        ("make new digits and classify them", False),
    ],
)
def test_a_generator_of_what_has_a_name_is_all_that_is_wished(words: str, whole: bool) -> None:
    assert leftover.is_the_whole(words) is whole
