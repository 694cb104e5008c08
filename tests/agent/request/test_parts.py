"""The rules one by one: places, limits, measures, targets, slips."""

from typing import Any

import pytest

from noglue.agent.request import limits, measures, sources, spelling, target_words
from noglue.agent.request.marks import masked
from noglue.agent.request.names import known


@pytest.mark.parametrize(
    ("text", "places"),
    [
        ("see https://example.org/a_(b).zip.", ["https://example.org/a_(b).zip"]),
        ("(http://127.0.0.1:8000/cifar.html)", ["http://127.0.0.1:8000/cifar.html"]),
        ("in ./data/train.csv, please", ["./data/train.csv"]),
        ("photos in ~/pics", ["~/pics"]),
        ("use data/x.csv.gz and y.parquet", ["data/x.csv.gz", "y.parquet"]),
        ('the file "my own data.xlsx" there', ["my own data.xlsx"]),
        ("edible/poisonous, yes/no, and/or", []),
        ("load someone/some-images from the hub", ["someone/some-images"]),
        ("the folder birds/ holds them", ["birds/"]),
        ("Fashion-MNIST and CIFAR-100", ["Fashion-MNIST", "CIFAR-100"]),
        ("predict diabetes from patients.csv", ["patients.csv"]),
        ("which wine is red", []),
        ("the wine data set", ["wine"]),
        ("C:\\data\\cars.csv", ["C:\\data\\cars.csv"]),
    ],
)
def test_sources(text: str, places: list[str]) -> None:
    assert [mark.value for mark in sources.find(text, known())] == places


@pytest.mark.parametrize(
    ("text", "stated"),
    [
        ("within 10 minutes", {"budget_seconds": 600.0}),
        ("takes an hour and a half", {"budget_seconds": 5400.0}),
        ("maximal eine halbe Stunde", {"budget_seconds": 1800.0}),
        ("forecast the next 24 hours", {}),
        ("5 second clips of speech", {}),
        ("with only 100 labels", {"labels": 100}),
        ("10 labelled images per class", {"labels_per_class": 10}),
        ("it has 10 labels", {}),
        ("use at most 50,000 rows", {"max_rows": 50000}),
        ("the table has 50000 rows", {}),
        ("random seed = 17", {"seed": 17}),
        ("on cuda:1", {"device": "cuda:1"}),
        ("no gpu", {"device": "cpu"}),
        ("ohne Internet", {"offline": True}),
        ("a generative adversarial network", {}),
        ("robust against FGSM with eps = 8/255", {"attack": "fgsm", "epsilon": 8 / 255}),
    ],
)
def test_limits(text: str, stated: dict[str, Any]) -> None:
    assert {mark.kind: mark.value for mark in limits.find(text, [])} == stated


@pytest.mark.parametrize(
    ("text", "metric"),
    [
        ("balanced accuracy", "balanced_accuracy"),
        ("accuracy doesn't matter", None),
        ("the area under the ROC curve", "roc_auc"),
        ("mittlerer absoluter Fehler", "mae"),
        ("R² please", "r2"),
        ("accurasy", "accuracy"),
        ("nothing of it", None),
    ],
)
def test_measures(text: str, metric: str | None) -> None:
    found = measures.find(text)
    assert (found[0].value if found else None) == metric


@pytest.mark.parametrize(
    ("text", "told", "named"),
    [
        ("the target column is called 'Churn Flag' in x.csv", "Churn Flag", True),
        ("predict the median house value from x.csv", "median house value", False),
        ("Sage voraus, wer überlebt hat. x.csv", "wer überlebt hat", False),
        ("estimer le prix avec x.csv", "prix", False),
        ("classify the images in x.zip", None, False),
        ("x.csv, target is column 7", "column 7", True),
        ("given the clay and how many hours it was fired, how hard is it?", "how hard is it", False),
        ("knowing how much tin and lead is in a coin, say which mint it is from", "which mint it", False),
        ("what a barn near Boston, Massachusetts sells for", "what a barn near Boston Massachusetts sells for", False),
        ("height of a tree by its age, the soil and the rain", "height of a tree", False),
        ("tell the brown bears from the black ones by their claws", "brown bears from the black ones", False),
    ],
)
def test_target(text: str, told: str | None, named: bool) -> None:
    found = target_words.find(masked(text, sources.find(text, {})), None)
    assert (found.words if found else None) == told
    assert bool(found and found.named) == named


def test_slips() -> None:
    assert spelling.close("clasify", ["classify"]) == "classify"
    assert spelling.close("recieve", ["receive"]) == "receive"
    assert spelling.close("cat", ["bat"]) is None
    assert spelling.close("forest", ["forecast"]) is None
