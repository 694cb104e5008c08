"""How often 90 % intervals hold the truth: simulated on 200 small data sets of each kind, where the truth is known.

Each model is fixed and wrong in a known way; the truth is its score on endlessly many new people, or for ever after.
"""

from collections.abc import Callable
from dataclasses import dataclass
from math import erf, exp, pi, sqrt

import datasets
import numpy as np
import pandas as pd
import pytest

from noglue.tools import metrics
from noglue.tools.evaluation.bootstrap import Bootstrap
from noglue.tools.evaluation.independent_units import Units, units
from noglue.tools.evaluation.jackknife import Jackknife
from noglue.tools.spec.schema import Schema

DATA_SETS, LEVEL = 200, 0.90
MEAN_ABSOLUTE = sqrt(2 / pi)  # of a standard normal


@dataclass
class Scored:
    """The rows of one test split, what a model gives for them, and the measure's true value."""

    columns: dict[str, np.ndarray]
    truth: np.ndarray
    predicted: np.ndarray
    worth: float


def days(count: int) -> np.ndarray:
    return pd.date_range("2024-01-01", periods=count).to_numpy()


def ar(random: np.random.Generator, count: int, keeps: float) -> np.ndarray:
    """Errors that fade: each keeps a part of the one before; of variance 1."""
    values, fresh = np.zeros(count + 200), random.normal(0, sqrt(1 - keeps**2), count + 200)
    for step in range(1, count + 200):
        values[step] = keeps * values[step - 1] + fresh[step]
    return values[200:]


def random_walk(random: np.random.Generator) -> Scored:
    """A model that knows yesterday's value, and always adds a little too much."""
    walk, too_much = np.cumsum(random.normal(0, 1, 101)), 0.5
    worth = MEAN_ABSOLUTE * exp(-(too_much**2) / 2) + too_much * erf(too_much / sqrt(2))  # a folded normal's mean
    return Scored({"time": days(100)}, walk[1:], walk[:-1] + too_much, worth)


def season(random: np.random.Generator) -> Scored:
    """A model that knows the season; what the weather adds lasts for days."""
    pattern = np.resize(8 * np.sin(np.arange(12) * pi / 6), 100)
    return Scored({"time": days(100)}, pattern + ar(random, 100, 0.8), pattern, MEAN_ABSOLUTE)


def panel(random: np.random.Generator) -> Scored:
    """A dozen people, eight visits each: whoever is misjudged is misjudged at every visit."""
    people = np.repeat(np.arange(12), 8)
    error = random.normal(0, 1, 12)[people] + random.normal(0, 0.7, 96)
    level = random.normal(100, 15, 12)[people]
    return Scored({"group": people}, level + error, level, MEAN_ABSOLUTE * sqrt(1.49))


def repeated_measures(random: np.random.Generator) -> Scored:
    """Ten people, two conditions, three tries each; some are recognised nearly always, some are not."""
    people = np.repeat(np.arange(10), 6)
    knack = random.beta(4, 2, 10)[people]  # 2/3 on average
    truth = random.integers(0, 2, 60)
    told = np.where(random.random(60) < knack, truth, 1 - truth)
    return Scored({"group": people}, truth, np.eye(2)[told], 2 / 3)


def single_rows(random: np.random.Generator) -> Scored:
    return Scored({}, random.normal(size=60), np.zeros(60), MEAN_ABSOLUTE)


@pytest.mark.parametrize("make", [random_walk, season, panel, repeated_measures, single_rows], ids=lambda f: f.__name__)
def test_ninety_percent_intervals_hold_the_truth_about_as_often(make: Callable[[np.random.Generator], Scored]) -> None:
    assert 0.85 <= share_held(make, by_units=True) <= 0.95


@pytest.mark.parametrize("make", [season, panel, repeated_measures], ids=lambda f: f.__name__)
def test_single_rows_would_be_far_too_sure(make: Callable[[np.random.Generator], Scored]) -> None:
    assert share_held(make, by_units=False) < 0.8


def share_held(make: Callable[[np.random.Generator], Scored], by_units: bool) -> float:
    hits = 0
    for seed in range(DATA_SETS):
        made = make(np.random.default_rng(seed))
        measure = metrics.load("mae" if made.predicted.ndim == 1 else "accuracy")
        found = independent(made) if by_units else None
        rows = Bootstrap(len(made.truth), seed, level=LEVEL)
        resampling = rows if found is None else Jackknife(found.codes, level=LEVEL)
        score = resampling.score(measure, made.truth, made.predicted)
        assert score is not None
        hits += score.low <= made.worth <= score.high
    return hits / DATA_SETS


def independent(made: Scored) -> Units | None:
    rows = datasets.Dataset.from_pandas(pd.DataFrame({"x": made.truth} | made.columns))
    schema = Schema(
        goal="regress" if made.predicted.ndim == 1 else "classify", modality="table", target="x", features=[], rows={},
        split="random", group="group" if "group" in made.columns else None,
        time="time" if "time" in made.columns else None,
    )  # fmt: skip
    return units(schema, rows, made.truth, made.predicted)
