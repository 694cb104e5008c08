"""Wishes about columns, rows and splits in subordinate, passive and pronoun forms; and prose that names no target."""

import pytest

from noglue.agent.request import cues, lexicon
from noglue.agent.request.combine import Reader
from noglue.agent.request.kinds import columns, rows, split
from noglue.agent.request.names import known
from noglue.agent.task import Constraints


def _wishes(paragraph: str, *kinds: str) -> list[tuple[str, object]]:
    task = Reader(known(), None).read(paragraph, ["some.csv"], Constraints())
    return [(wish.kind, wish.value) for wish in task.wishes if wish.kind in kinds]


@pytest.mark.parametrize(
    ("paragraph", "names"),
    [
        ("Predict the price. Neither serial_no nor dealer.", ["serial_no", "dealer"]),
        ("Predict the price. mileage_end is written by the garage afterwards - never use it.", ["mileage_end"]),
        ("Predict the price. Tips and Tolls add up to it, so leave these two out.", ["Tips", "Tolls"]),
        ("Predict the price. The vendor is nobody's business.", ["vendor"]),
        ("Schätze den Preis, nur die Nummer und den Händler bitte nicht.", ["Nummer", "Händler"]),
        ("Schätze den Preis. Bitte weder Farbe noch Händler verwenden.", ["Farbe", "Händler"]),
        ("Prédis le prix, en laissant de côté couleur et vendeur.", ["couleur", "vendeur"]),
        ("Predice el precio. El color es un adorno y no aporta, quítalo junto con vendedor.", ["color", "vendedor"]),
        ("Predice el precio. No cuentes con el vendedor.", ["vendedor"]),
    ],
)
def test_columns_that_stay_out(paragraph: str, names: list[str]) -> None:
    found = [value["columns"] for _, value in _wishes(paragraph, "exclude")]  # type: ignore[index]
    assert sorted(name for each in found for name in each) == sorted(names)


@pytest.mark.parametrize(
    ("paragraph", "kind", "value"),
    [
        ("Predict the price. Day shift only.", "where", {"clause": "Day shift", "keep": True}),
        ("Predict the price. Forget those at 30.", "where", {"clause": "those at 30", "keep": False}),
        ("Predict the price. A third of the boats will do for testing.", "test", {"share": 0.333333}),
        ("Predict the price. Hold out the last quarter for the test.", "test", {"share": 0.25, "place": "last"}),
        ("Predict the price. Let the last 15 percent be the test.", "test", {"share": 0.15, "place": "last"}),
        ("Schätze den Preis. Geprüft wird an 70 Zeilen.", "test", {"rows": 70}),
        (
            "Predict the price. A cook should never be in training and test at the same time.",
            "group",
            {"words": "cook"},
        ),
        ("Predice el precio. Coches del mismo garaje deben caer en el mismo lado.", "group", {"words": "garaje"}),
        ("Predict the price. Sort by day_no.", "time", {"words": "day_no"}),
        ("Predict the price. Train on the towns Bath, York and Hull, and test on Leith.", "test", {"clause": "Leith"}),
    ],
)
def test_rows_and_splits(paragraph: str, kind: str, value: dict[str, object]) -> None:
    found = _wishes(paragraph, kind)
    if value.get("share") == 0.333333:
        assert found[0][1]["share"] == pytest.approx(1 / 3, abs=0.01)  # type: ignore[index]
    else:
        assert found == [(kind, value)]


@pytest.mark.parametrize(
    "paragraph",
    [
        "Check how robust it is to noise of a few millimetres.",
        "Les notes (rating) sont interdites.",
        "The vendor column, by the way, is a secret.",
        "Nobody's trips should be in both halves (see driver).",
    ],
)
def test_prose_names_no_target(paragraph: str) -> None:
    assert _wishes(paragraph, "target") == []


@pytest.mark.parametrize("module", [columns, rows, split])
def test_cues_pass_every_text_that_a_form_fits(module: object) -> None:
    texts = [
        "ignore the year",
        "leave it out",
        "lass die Farbe weg",
        "sauf la couleur",
        "sin usar el color",
        "houses only",
        "test on the last 20 % of the rows",
        "nach datum trennen",
        "stratifié par classe",
        "10-fold cross-validation",
    ]
    for group, languages in lexicon.groups(module.__file__).items():  # type: ignore[attr-defined]
        for form in () if group == "not_columns" else [one for forms in languages.values() for one in forms]:
            for text in texts:
                assert cues.may_fit(form, text) or lexicon.compiled(form).search(text) is None
