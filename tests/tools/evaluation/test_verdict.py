"""What is said of a score: as strong as the rows allow, and beside what looks at no feature."""

from dataclasses import replace

import datasets
import numpy as np
import pandas as pd
import pytest

from noglue.tools import metrics
from noglue.tools.evaluation.independent_units import Units, units
from noglue.tools.evaluation.persistence import persistence
from noglue.tools.evaluation.verdict import Judge
from noglue.tools.metrics import Evidence
from noglue.tools.spec import goals
from noglue.tools.spec.profiles import Column
from noglue.tools.spec.schema import Schema
from noglue.tools.spec.short_time import ShortTime


def schema(goal="regress", **facts):
    column = Column(name="x", kind="number", dtype="float64")
    return Schema(goal=goal, modality="table", target="y", features=[column], rows={}, split="random", **facts)


def told(truth, predicted, train, units=None, metric="rmse", facts=None, more=(), short=None):
    """The outcome and the verdict of a model's predictions. more: (name, title, predictions) of other rivals."""
    judge = Judge(facts or schema(), metrics.load(metric), truth, 0, units)
    model = Evidence(judge.schema, truth, predicted, datasets.Dataset.from_dict({}))
    baseline = goals.load(judge.schema.goal).baseline
    title, guesses = baseline(judge.schema, train, len(truth))
    rivals = [judge.chance(title, model, replace(model, predicted=guesses), train)]
    rivals += [judge.rival(name, title, model, replace(model, predicted=other)) for name, title, other in more]
    return judge.verdict(judge.scores(model), model, replace(model, predicted=guesses), rivals, short)


def regression(rows, signal, seed=0):
    random = np.random.default_rng(seed)
    x, train = random.normal(size=rows), random.normal(0, (signal**2 + 1) ** 0.5, 500)
    return signal * x + random.normal(size=rows), signal * x, train


@pytest.mark.parametrize("seed", range(6))
def test_a_few_rows_that_point_the_right_way_can_not_tell(seed):
    """RMSE 1.07 against 1.27 on 49 rows is no proof, and no disproof either."""
    truth, predicted, train = regression(12, 0.7, seed)
    outcome, words = told(truth, predicted, train)
    assert outcome in ("better", "undecided", "no-better")
    if outcome == "undecided":
        assert words.startswith("12 rows are too few to tell whether it is better than chance")
    assert "carry over" not in words or outcome == "no-better"


def test_paired_differences_decide_where_the_two_intervals_overlap():
    truth, predicted, train = regression(49, 0.8, 1)
    assert told(truth, predicted, train)[0] == "better"


def test_noise_on_many_rows_is_no_better():
    random = np.random.default_rng(2)
    truth = random.normal(size=2000)
    outcome, words = told(truth, random.normal(0, 0.1, 2000), random.normal(size=2000))
    assert outcome in ("no-better", "worse")
    assert "does not carry over" in words


def test_where_the_time_was_short_the_data_are_not_blamed():
    random = np.random.default_rng(2)
    noise = (random.normal(size=2000), random.normal(0, 0.2, 2000), random.normal(size=500))
    outcome, words = told(*noise, short=ShortTime(had=1.4, needs=8.2))
    assert outcome in ("no-better", "worse")
    assert words.endswith(
        "The time was short: the training had 1 s, where trying other kinds of model takes about 8 s. "
        "So this says little of the data."
    )
    assert "carry over" not in words
    outcome, words = told(*regression(300, 2.0), short=ShortTime(had=1.4, needs=8.2))
    assert (outcome, "The time was short" in words) == ("better", True)


def test_a_model_that_lags_behind_a_random_walk_is_set_beside_the_last_value():
    random = np.random.default_rng(3)
    walk = np.cumsum(random.normal(size=1500))
    frame = pd.DataFrame({"x": walk, "y": walk, "day": pd.date_range("2020-01-01", periods=1500)})
    train, test = (datasets.Dataset.from_pandas(part, preserve_index=False) for part in (frame[:1200], frame[1200:]))
    facts = schema(time="day")
    facts.split = "time"
    (last,) = persistence(facts, [train], test)
    assert np.array_equal(last.predicted, walk[1199:-1])
    predicted = np.full(300, walk[1199])
    found = units(facts, test, walk[1200:], predicted)
    outcome, words = told(
        walk[1200:], predicted, walk[:1200], found, "rmse", facts, [(last.name, last.title, last.predicted)]
    )
    assert outcome in ("no-better", "worse")
    assert "repeating the last value" in words
    assert "the last 300 rows by day" in words


def test_the_last_season_is_a_rival_where_one_comes_back():
    months = pd.date_range("2000-01-01", periods=144, freq="MS")
    values = (
        np.resize(20 * np.sin(np.arange(12) * np.pi / 6), 144)
        + np.arange(144)
        + np.random.default_rng(4).normal(size=144)
    )
    frame = pd.DataFrame({"x": values, "y": values, "month": months})
    train, test = (datasets.Dataset.from_pandas(part, preserve_index=False) for part in (frame[:120], frame[120:]))
    last, ago = persistence(schema(time="month"), [train], test)
    assert "12 steps" in ago.title
    assert np.array_equal(ago.predicted, values[108:132])
    assert np.array_equal(last.predicted, values[119:143])


def test_each_series_has_a_last_value_of_its_own_and_a_new_one_the_mean():
    days = pd.date_range("2024-01-01", periods=30)
    frame = pd.concat([pd.DataFrame({"shop": s, "day": days, "y": 100.0 * s + np.arange(30)}) for s in (1, 2, 3)])
    train = frame[(frame["day"] < "2024-01-21") & (frame["shop"] < 3)]
    test = frame[frame["day"] >= "2024-01-21"].sample(frac=1, random_state=0)
    facts = schema(time="day", series="shop")
    (last, *_) = persistence(facts, [datasets.Dataset.from_pandas(train, preserve_index=False)],
                             datasets.Dataset.from_pandas(test, preserve_index=False))  # fmt: skip
    first = ((test["day"] == "2024-01-21") & (test["shop"] == 3)).to_numpy()
    assert np.array_equal(last.predicted[~first], test["y"].to_numpy()[~first] - 1)
    assert last.predicted[first] == pytest.approx(train["y"].mean())


def test_the_last_class_is_the_likeliest():
    states = np.repeat([0, 1, 0, 1], 25)
    frame = pd.DataFrame({"y": states, "step": np.arange(100)})
    parts = [datasets.Dataset.from_pandas(part, preserve_index=False) for part in (frame[:60], frame[60:])]
    (last, *_) = persistence(schema("classify", classes=["a", "b"], time="step"), parts[:1], parts[1])
    assert np.array_equal(last.predicted.argmax(axis=1), states[59:-1])
    assert last.predicted.sum(axis=1) == pytest.approx(1)


def test_groups_are_named_and_few_of_them_can_not_tell():
    truth, predicted, train = regression(60, 1.0, 5)
    people = Units(np.repeat(np.arange(3), 20), "patient")
    lucky = np.where(people.codes == 0, truth, train.mean())  # one person of three is known to the last digit
    outcome, words = told(truth, lucky, train, people)
    assert outcome == "undecided"
    assert words.startswith("3 values of patient are too few to tell")
    many = Units(np.repeat(np.arange(20), 3), "patient")
    facts = schema(group="patient")
    facts.split = "grouped"
    outcome, words = told(truth, predicted, train, many, facts=facts)
    assert outcome == "better"
    assert "20 values of patient that training never saw" in words


def two_classes(rows=400, signal=2.0, seed=5):
    """Truth, shares and training targets of classes of which one in five is `Yes`."""
    random = np.random.default_rng(seed)
    truth = (random.random(rows) < 0.2).astype(np.int64)
    chance = 1 / (1 + np.exp(-(signal * (2 * truth - 1) + random.normal(size=rows))))
    return truth, np.stack([1 - chance, chance], axis=1), np.repeat([0, 1], [400, 100])


def test_recall_is_set_beside_always_answering_the_class_that_it_is_about():
    facts = schema("classify", classes=["No", "Yes"], positive="Yes")
    truth, shares, train = two_classes(signal=1.0)
    outcome, words = told(truth, shares, train, metric="recall", facts=facts)
    assert outcome == "mixed"
    assert "always answering “Yes” gives 100.0 %" in words
    assert "alone can be had for nothing" in words
    assert "it does separate the classes" in words


@pytest.mark.parametrize(
    ("measure", "positive", "answered", "value"),
    [("f2", "Yes", "Yes", 5 * 0.2 / (4 * 0.2 + 1)), ("f1", "Yes", "Yes", 2 * 0.2 / 1.2), ("recall", "No", None, 1.0),
     ("specificity", "Yes", None, 1.0), ("accuracy", "Yes", None, 0.8), ("log_loss", "Yes", None, None)],
)  # fmt: skip
def test_the_constant_answer_is_the_best_one_by_the_measure_that_decides(measure, positive, answered, value):
    facts = schema("classify", classes=["No", "Yes"], positive=positive)
    truth, shares, train = np.repeat([0, 1], [80, 20]), np.full((100, 2), 0.5), np.repeat([0, 1], [400, 100])
    judge = Judge(facts, metrics.bound(measure, facts.classes, positive), truth, 0)
    model = Evidence(facts, truth, shares, datasets.Dataset.from_dict({}))
    title, guesses = goals.load("classify").baseline(facts, train, len(truth))
    found = judge.chance(title, model, replace(model, predicted=guesses), train)
    assert found.answered == answered
    if value is None:  # of probabilities the shares of the classes are the best constant
        value = -(0.8 * np.log(0.8) + 0.2 * np.log(0.2))
    assert found.metrics[measure].value == pytest.approx(value)
