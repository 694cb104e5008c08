"""What kind of wish a clause is, by the head on the sentence encoder; and what becomes of clauses no rule explains."""

import pytest

from agent.request import encoder, head, leftover, phrasing
from agent.request.heard import Heard


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
    shares = leftover.clause_kinds([text])[0]
    assert sum(shares.values()) == pytest.approx(1.0, abs=1e-4)
    assert max(shares, key=lambda one: shares[one]) == kind


def test_without_clauses_there_is_nothing_to_tell() -> None:
    assert leftover.clause_kinds([]) == []


@pytest.mark.parametrize(
    "clause",
    ["Send the results to my sister by post", "Bitte male alles grün an", "Il faut renommer les colonnes en anglais"],
)
def test_what_outright_asks_is_not_background(clause: str) -> None:
    heard = Heard.of(f"Predict price from houses.csv. {clause}.", [])
    assert clause in leftover.judged(heard, ["Predict price from houses.csv"], encoder.shared()).unread


def test_the_letters_of_a_text_are_a_vector_of_length_one() -> None:
    one, same, none = head.letters("Kundennummer weg"), head.letters("weg KUNDENNUMMER"), head.letters("")
    assert (one == same).all()
    assert float(one @ one) == pytest.approx(1.0, abs=1e-5)
    assert not none.any()


def test_every_clause_that_is_learnt_is_filled_and_always_the_same() -> None:
    learnt = phrasing.clauses()
    assert learnt == phrasing.clauses()
    assert not [one.text for one in learnt if "{" in one.text]
    assert {one.language for one in learnt} == {"en", "de", "fr", "es"}
