"""Rows that are kept and rows that are left out, in words that the head has not learned."""

import pytest

from noglue.agent.request import sides


@pytest.mark.parametrize(
    ("clause", "general", "language", "side"),
    [
        ("leave the ferries of Oban out", "leave the ferries of VAL out", "en", "out"),
        ("nothing but Oban, please", "nothing but VAL, please", "en", "kept"),
        ("throw out everything but Oban", "throw out everything but VAL", "en", "kept"),
        ("Oban is none of my business, drop it", "VAL is none of my business, drop it", "en", "out"),
        ("nur die Fähren nach Oban", "nur die Fähren nach VAL", "de", "kept"),
        ("die Fähren nach Oban bitte weglassen", "die Fähren nach VAL bitte weglassen", "de", "out"),
        ("ne gardez que ceux d'Oban", "ne gardez que ceux de VAL", "fr", "kept"),
        ("enlevez ceux d'Oban", "enlevez ceux de VAL", "fr", "out"),
        ("solo los de Oban", "solo los de VAL", "es", "kept"),
        ("quita los de Oban", "quita los de VAL", "es", "out"),
    ],
)
def test_a_clause_keeps_rows_or_leaves_them_out(clause: str, general: str, language: str, side: str) -> None:
    shares = sides.shares_of(clause, general, language)
    assert max(shares, key=lambda one: shares[one]) == side


def test_the_order_of_the_deciding_words_is_read() -> None:
    kept, out = sides.marked("throw out all but VAL"), sides.marked("throw out VAL but keep all")
    assert "ΞOUTALLEXCEPTNAMED" in kept
    assert "ΞOUTALLEXCEPTNAMED" not in out
