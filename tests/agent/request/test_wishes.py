"""Sentences → wishes, in four languages; and laws that hold whatever is asked."""

from typing import Any

import pytest

from noglue.agent.request.combine import Reader
from noglue.agent.request.names import known
from noglue.agent.task import Constraints
from noglue.tools.spec import catalogue

READER = Reader(known(), None)
METRICS, MODELS = set(catalogue.names("noglue.tools.metrics")), set(catalogue.names("noglue.tools.models"))


def wishes(text: str) -> list[tuple[str, Any]]:
    task = READER.read(text, ["table.csv"], Constraints())
    return [(wish.kind, wish.value) for wish in task.wishes if wish.kind != "data"]


def asked(text: str) -> set[str]:
    return {f"{kind}: {value}" for kind, value in wishes(text) if kind not in ("goal", "target")}


@pytest.mark.parametrize(
    ("text", "kind", "value"),
    [
        ("predict churned but ignore the support_calls column", "exclude", {"columns": ["support_calls"]}),
        ("Predict the price of a house. Don't use the id column.", "exclude", {"columns": ["id"]}),
        ("a model for price from everything except year and district", "exclude", {"columns": ["year", "district"]}),
        ("predict x. The year is wrong in half of the rows, so please don't use it.", "exclude", {"columns": ["year"]}),
        ("The Cabin column is mostly empty, forget it; predict Survived", "exclude", {"columns": ["Cabin"]}),
        ("predict y; our lawyer forbids using the gender", "exclude", {"columns": ["gender"]}),
        ("predict y from all but the columns that begin with lab_", "exclude", {"prefixes": ["lab_"]}),
        ("predict y, please don't use the seventh measurement", "exclude", {"places": [7]}),
        ("Sage den Preis voraus, aber benutze die Spalte Baujahr nicht.", "exclude", {"columns": ["Baujahr"]}),
        ("Schätze den Preis. Die Lage soll keine Rolle spielen.", "exclude", {"columns": ["Lage"]}),
        ("Prédire le prix sans utiliser la colonne genre", "exclude", {"columns": ["genre"]}),
        ("Predice el precio sin usar la columna barrio", "exclude", {"columns": ["barrio"]}),
        ("predict price using only sqft and rooms", "only", {"columns": ["sqft", "rooms"]}),
        ("predict price, only for houses in the north", "where", {"clause": "houses in the north", "keep": True}),
        ("hold out the last 20 % of the rows as the test set, predict price", "test", {"share": 0.2, "place": "last"}),
        ("predict price with a 70/30 train test split", "test", {"share": 0.3}),
        ("Keep a quarter of the rows for the test and predict price", "test", {"share": 0.25}),
        ("Halte die letzten 20 % der Zeilen zum Testen zurück. Schätze Preis.", "test",
         {"share": 0.2, "place": "last"}),
        ("predict price with 5-fold cross validation", "folds", 5),
        ("predict course, split by patient_id", "group", {"words": "patient_id"}),
        ("predict state; the recall must be at least 95 %", "at_least", {"measure": "recall", "value": 0.95}),
        ("predict y. A false negative costs 10 times as much as a false positive.", "costs",
         {"miss": 10.0, "alarm": 1.0}),
        ("predict state with 'sick' as the positive class", "positive", {"words": "sick"}),
        ("A zero in the third column really means that nobody measured it. Predict y.", "missing",
         {"words": ["0"], "places": [3]}),
        ("predict y; -999 means missing", "missing", {"words": ["-999"]}),
        ("predict whether the price is above 50000", "derive", {"op": "above", "value": 50000.0}),
        ("predict y and tell me which columns mattered most", "explain", True),
        ("predict y and save the model as ONNX", "export", "onnx"),
        ("predict price with 90% prediction intervals", "intervals", 0.9),
        ("predict y and show a confusion matrix", "show", "confusion"),
        ("give me the 20 customers most likely to churn", "top", {"count": 20}),
        ("train a GAN on these pictures and never mirror a picture", "flips", False),
        ("cluster my customers into 4 segments", "goal", "cluster"),
        ("detect anomalies in my sales data", "goal", "anomaly"),
        ("segment the cells in these images", "goal", "segment"),
        ("how many customers are there per plan?", "goal", "count"),
        ("predict y, oversample the smaller class with SMOTE", "balance", "smote"),
        ("fine-tune a pretrained ResNet-50 to tell cats from dogs", "pretrained", "ResNet-50"),
        ("predict y, no boosting please", "avoid", ["boosting"]),
        ("the variety is in the last column, tell the kinds apart", "target", {"place": -1}),
        ("die Sorte steht in der letzten Spalte, sage sie voraus", "target", {"place": -1}),
    ],
)  # fmt: skip
def test_wish(text: str, kind: str, value: Any) -> None:
    assert (kind, value) in wishes(text)


@pytest.mark.parametrize(
    ("words", "name"),
    [
        ("median absolute error", "medae"),
        ("mean absolute error", "mae"),
        ("MAPE", "mape"),
        ("average precision", "average_precision"),
        ("quadratic weighted kappa", "quadratic_kappa"),
        ("F2 score", "f2"),
    ],
)
def test_a_measure_is_itself_or_unknown(words: str, name: str) -> None:
    found = wishes(f"predict y, measured by the {words}")
    assert (("metric", name) if name in METRICS else ("metric_unknown", words)) in found


@pytest.mark.parametrize("text", ["predict churned but ignore the plan column.", "Predict price. Don't use the id."])
@pytest.mark.parametrize("aside", ["Hello! {}", "{} Many thanks!", "My aunt lives by the sea. {}"])
def test_an_aside_changes_no_wish(text: str, aside: str) -> None:
    assert asked(aside.format(text)) == asked(text)


def test_the_order_of_sentences_changes_no_set_of_wishes() -> None:
    first, second = "Don't use the id.", "Keep a quarter of the rows for the test."
    assert asked(f"Predict price. {first} {second}") == asked(f"Predict price. {second} {first}")


@pytest.mark.parametrize(
    "text", ["Don't use the id column.", "Leave the plan column out.", "Without the gender column."]
)
def test_what_is_refused_is_no_target(text: str) -> None:
    assert not [value for kind, value in wishes(f"{text} Learn something from it.") if kind == "target"]


def test_flags_are_wishes_with_exact_names() -> None:
    task = READER.read("predict price", [], Constraints(exclude=["id"], target=["rent"]))
    assert [(w.kind, w.value) for w in task.wishes if w.kind == "target"] == [
        ("target", {"words": "rent", "exact": True})
    ]
    assert ("exclude", {"columns": ["id"], "exact": True}) in [(w.kind, w.value) for w in task.wishes]


def test_what_nothing_explains_is_quoted() -> None:
    task = READER.read("Predict the price from houses.csv. Paint the plots in blue. Many thanks!", [], Constraints())
    assert task.unread == ["Paint the plots in blue"]


@pytest.mark.parametrize(
    ("text", "sources"),
    [
        ("Sign Language Digits Dataset, please find it and tell the digits apart", ["Sign Language Digits"]),
        ("classify the digits of MNIST", ["MNIST"]),
        ("learn the UCI Iris data set", ["Iris"]),
    ],
)
def test_a_longer_name_is_another_data_set(text: str, sources: list[str]) -> None:
    assert READER.read(text, [], Constraints()).sources == sources


@pytest.mark.parametrize(
    ("words", "flag", "left"),
    [
        (
            "Predict y from q.csv with a linear model",
            {"family": "forest"},
            [("family", "--family forest says otherwise")],
        ),
        ("Predict y from q.csv with a linear model", {"family": "linear"}, []),
        (
            "Classify y from q.csv, judged by macro F1",
            {"metric": "accuracy"},
            [("metric", "--metric accuracy says otherwise")],
        ),
        ("Predict y from q.csv", {"family": "forest"}, []),
    ],
)
def test_what_a_flag_overrules_is_not_done_and_says_so(
    words: str, flag: dict[str, str], left: list[tuple[str, str]]
) -> None:
    task = READER.read(words, [], Constraints.model_validate(flag))
    assert [(wish.kind, wish.why) for wish in task.wishes if wish.state == "not-done"] == left
    assert [wish.value for wish in task.wishes if wish.by == "flag" and wish.kind in flag] == [*flag.values()]


def test_a_measure_is_no_series_however_far_ahead_the_question_looks() -> None:
    task = READER.read("Which customers will churn next quarter? Judge by macro F1.", ["x.csv"], Constraints())
    assert task.metric == "macro_f1"
    assert not [wish for wish in task.wishes if wish.kind == "series"]
