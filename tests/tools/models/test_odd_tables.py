"""Tables as they come: few rows, gaps everywhere, many classes, skew, chance. Every family for tables takes them."""

import time
from pathlib import Path

import numpy as np
import pytest

from noglue.tools import metrics
from noglue.tools.spec import catalogue
from noglue.tools.spec.errors import DataError
from noglue.tools.spec.protocols import Settings, Trained
from noglue.tools.spec.schema import Schema, load_split
from noglue.tools.spec.step import Step
from tests.tools.models._table_data import mixed, prepared, rows

FAMILIES = ("linear", "boosted_trees", "table_blend")
LIGHT = Settings(options={"candidates": ["logistic 0.3", "ridge 1", "lightgbm", "neighbours"]})


def train(family: str, run: Path, settings: Settings = LIGHT, seconds: float | None = None) -> Trained:
    step = Step(folder=run, run=run, deadline=None if seconds is None else time.monotonic() + seconds)
    trained = catalogue.load("noglue.tools.models", family).train(
        run / "data", run / "model", Schema.load(run / "data"), settings, step
    )
    assert isinstance(trained, Trained)
    return trained


def predict(family: str, run: Path, table: object = None) -> np.ndarray:
    model = catalogue.load("noglue.tools.models", family).load(run / "model", "cpu")
    return np.asarray(model.predict(load_split(run / "sealed", "test") if table is None else table))


def truth(run: Path) -> np.ndarray:
    return np.array(load_split(run / "sealed", "test")["target"])


@pytest.fixture(params=FAMILIES)
def family(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def test_every_kind_of_column_with_gaps(family: str, tmp_path: Path) -> None:
    """Numbers, booleans, 30 cities, dates, free text and an empty column, of which all but the last matter."""
    columns, value = mixed(1000)
    prepared(tmp_path, columns, value, kinds={"text": "text"})
    train(family, tmp_path)
    error = truth(tmp_path) - predict(family, tmp_path)
    assert (error**2).mean() < 0.35 * value.var()


def test_values_never_seen_in_training(family: str, tmp_path: Path) -> None:
    columns, value = mixed(300)
    prepared(tmp_path, columns, value, kinds={"text": "text"})
    train(family, tmp_path)
    strange = {
        "number": np.array([np.nan, 1e30, np.inf]),
        "flag": np.array([True, False, True]),
        "city": np.array([None, "Atlantis", "city 3"], object),
        "day": np.array(["1900-01-01", "2300-12-31", "NaT"], "datetime64[us]"),
        "text": np.array([None, "", "unheard-of words"], object),
        "empty": np.array([1.0, 2.0, np.nan]),
    }
    assert np.isfinite(predict(family, tmp_path, rows(strange, None, None))).all()


def test_twenty_rows(family: str, tmp_path: Path) -> None:
    draw = np.random.default_rng(0)
    kind = np.arange(25) % 2
    prepared(tmp_path, {"x": kind * 4 + draw.normal(size=25)}, kind, ["no", "yes"])
    train(family, tmp_path)
    assert (predict(family, tmp_path).argmax(axis=1) == truth(tmp_path)).mean() >= 0.8


def test_a_hundred_classes_one_of_them_not_in_training(family: str, tmp_path: Path) -> None:
    kind = np.repeat(np.arange(99), 12)
    prepared(tmp_path, {"x": kind % 10 + 0.0, "y": kind // 10 + 0.0}, kind, [str(i) for i in range(100)])
    train(family, tmp_path, Settings(epochs=15, options={"candidates": ["neighbours", "extra trees"]}))
    probabilities = predict(family, tmp_path)
    assert probabilities.shape[1] == 100
    assert (probabilities[:, 99] == 0).all()
    assert (probabilities.argmax(axis=1) == truth(tmp_path)).mean() > 0.5


def test_labels_drawn_at_random_score_no_better_than_chance(family: str, tmp_path: Path) -> None:
    draw = np.random.default_rng(1)
    columns = {f"x{place}": draw.normal(size=600) for place in range(20)}
    prepared(tmp_path, columns, draw.integers(0, 2, 600), ["a", "b"])
    trained = train(family, tmp_path)
    assert trained.validation["accuracy"] < 0.63
    assert trained.validation["log_loss"] > 0.66
    assert abs((predict(family, tmp_path).argmax(axis=1) == truth(tmp_path)).mean() - 0.5) < 0.12


def test_a_measure_that_counts_classes_alike_weighs_the_rare_one(family: str, tmp_path: Path) -> None:
    draw = np.random.default_rng(2)
    kind = (draw.random(2000) < 0.06).astype(int)
    prepared(tmp_path, {"x": kind * 1.5 + draw.normal(size=2000)}, kind, ["common", "rare"])
    scores = {}
    for metric in ("accuracy", "balanced_accuracy"):
        trained = train(family, tmp_path, LIGHT.model_copy(update={"metric": metric}))
        scores[metric] = metrics.load("balanced_accuracy").compute(truth(tmp_path), predict(family, tmp_path))
    assert any("classes weighed" in note for note in trained.notes)
    assert scores["accuracy"] < 0.65 < 0.72 < scores["balanced_accuracy"]


def test_a_skewed_target_is_learned_as_its_logarithm(tmp_path: Path) -> None:
    draw = np.random.default_rng(3)
    columns = {f"x{place}": draw.normal(size=800) for place in range(4)}
    price = np.exp(4 + sum(columns.values()) + 0.2 * draw.normal(size=800))
    prepared(tmp_path, columns, price)
    trained = train("boosted_trees", tmp_path, LIGHT.model_copy(update={"metric": "mae"}))
    assert trained.notes == ["learned the logarithm of the target"]
    assert (predict("boosted_trees", tmp_path) > 0).all()
    blended = train("table_blend", tmp_path / ".", LIGHT.model_copy(update={"metric": "mae"}))
    assert "ridge 1 of the logarithm" in blended.settings["members"]
    assert np.abs(truth(tmp_path) - predict("table_blend", tmp_path)).mean() < 0.3 * price.mean()


def test_nothing_to_learn_from_or_nothing_to_learn(family: str, tmp_path: Path) -> None:
    empty, kind = np.full(40, np.nan), np.arange(40) % 2
    cases = {
        "no-features": ({"empty": empty}, kind, ["a", "b"]),
        "one-class": ({"x": np.arange(40.0)}, np.zeros(40, int), ["a", "b"]),
        "constant-target": ({"x": np.arange(40.0)}, np.full(40, 3.0), None),
    }
    for name, (columns, target, classes) in cases.items():
        prepared(tmp_path / name, columns, target, classes)
        with pytest.raises(DataError) as found:
            train(family, tmp_path / name)
        assert found.value.kind == name


def test_one_column_without_spread_beside_one_that_tells(family: str, tmp_path: Path) -> None:
    kind = np.arange(60) % 3
    columns = {"same": np.full(60, 7.0), "word": np.array(["x", "y", "z"], object)[kind]}
    prepared(tmp_path, columns, kind, ["a", "b", "c"])
    train(family, tmp_path)
    assert (predict(family, tmp_path).argmax(axis=1) == truth(tmp_path)).all()


def test_the_deadline_is_kept(family: str, tmp_path: Path) -> None:
    draw = np.random.default_rng(4)
    columns = {f"x{place}": draw.normal(size=8000) for place in range(20)}
    prepared(tmp_path, columns, np.digitize(columns["x0"] * columns["x1"], [-1, -0.3, 0, 0.3, 1]), list("abcdef"))
    begun = time.monotonic()
    trained = train(family, tmp_path, Settings(), seconds=1.5)
    assert trained.by_clock or trained.seconds <= 4, "it ended later, and not by the clock"
    assert time.monotonic() - begun < 30  # however busy the machine
    assert np.isfinite(predict(family, tmp_path)).all()
