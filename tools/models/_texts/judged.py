"""What is tried on texts, each judged on rows that it did not learn from.

>>> [candidate.name for candidate in candidates(kinds, classes=26)]
['tf-idf 0.5', 'tf-idf 2', 'tf-idf 0.1', 'sentence embeddings 1', …]
>>> judge(candidate, problem).predicted.shape               # of the judged rows
(5197, 26)
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from noglue.tools.models._tables.target import Target
from noglue.tools.models._texts import linear_texts
from noglue.tools.models._texts.linear_texts import Features, Kind, LinearTexts
from noglue.tools.spec.slowness import slowness
from noglue.tools.training import class_weights as balancing

NAMED = ", beside texts named by their neighbours"

STRENGTHS = {
    Kind.COUNTED: ((0.5, 2.0, 0.1), (1.0, 0.3, 10.0)),
    Kind.EMBEDDED: ((1.0, 10.0), (0.3, 3.0)),
    Kind.BOTH: ((0.5, 0.1), (1.0, 10.0)),
}  # C for classes; alpha for values
SECONDS = 1.5e-7  # a counted piece and class, for one fit on a slow core


@dataclass(frozen=True)
class Problem:
    """folds: -1 where a row is always learned from, else the fold that judges it. embedded: bool (n,), the rows with an
    embedding, which alone are judged. truth: as the target's column has it. others: texts without a label, embedded.
    """

    features: Features
    truth: np.ndarray
    folds: np.ndarray
    embedded: np.ndarray
    target: Target
    metric: str
    seed: int
    balance: str | None = None
    others: Features | None = None

    @property
    def judged(self) -> np.ndarray:
        """bool (n,)."""
        return np.asarray((self.folds >= 0) & self.embedded)

    @property
    def count(self) -> int:
        return int(self.folds.max()) + 1

    def learned_from(self, own: np.ndarray, kind: Kind | None) -> tuple[np.ndarray, np.ndarray | None]:
        """Of the rows `own` (bool) those to learn from, int64, and what the classes weigh."""
        places = np.flatnonzero(own if kind in (None, Kind.COUNTED) else own & self.embedded)
        wanted = self.target.encode(self.truth)
        if not self.target.classes:
            return places, None
        places = places[wanted[places] >= 0]
        if self.balance is None:
            return places, None
        places = places[balancing.drawn(wanted[places], self.balance, self.seed)]
        weights = balancing.class_weights(wanted[places], len(self.target.present))
        return places, weights if self.balance == "weights" else None


class TextModel(Protocol):
    """Probabilities (n, m) of the classes present, or standardised values (n,)."""

    @property
    def parameters(self) -> int: ...

    def predict(self, features: Features) -> np.ndarray: ...

    def save(self, place: Path) -> None:
        """In a file or folder of that name."""


@dataclass(frozen=True)
class Judged:
    """predicted: of the judged rows, probabilities (n, m) or values in the target's own terms (n,)."""

    name: str
    predicted: np.ndarray
    seconds: float
    refit_seconds: float
    first: TextModel
    refit: Callable[[], TextModel]


@dataclass(frozen=True)
class Candidate:
    """named: whether texts without a label are learned from too, as their neighbours name them."""

    kind: Kind
    strength: float
    named: bool = False

    @property
    def name(self) -> str:
        return f"{self.kind} {self.strength:g}{NAMED if self.named else ''}"


def candidates(kinds: Sequence[Kind], classes: int, others: bool = False) -> list[Candidate]:
    """By kind, what is mostly best first. others: whether there are texts without a label."""
    found = [Candidate(kind, strength) for kind in kinds for strength in STRENGTHS[kind][0 if classes else 1]]
    return found + [Candidate(kind, STRENGTHS[kind][0][0], named=True) for kind in kinds if others and classes]


def seconds_a_fit(counted: Any, classes: int) -> float:
    """About how long a fit to all rows of this sparse matrix takes, as busy as the machine is."""
    return SECONDS * float(counted.nnz) * max(3, classes) * slowness()


def judge(one: Candidate, problem: Problem) -> Judged:
    """Raises no error but the library's own."""
    began = time.monotonic()
    learned = [fit(one, problem, problem.folds != fold) for fold in range(problem.count)]
    judged = problem.judged
    if problem.target.classes:
        decisions = np.zeros((len(problem.truth), len(problem.target.present)))
        for fold, (model, known) in enumerate(learned):
            held = np.flatnonzero(judged & (problem.folds == fold))
            found = model.decisions(problem.features.take(held))
            decisions[np.ix_(held, known)] = found
            unknown = np.setdiff1d(np.arange(decisions.shape[1]), known)
            decisions[np.ix_(held, unknown)] = found.min(axis=1, keepdims=True) - 1  # a class that the fold lacks
        sharpness = linear_texts.fit_sharpness(decisions[judged], problem.target.encode(problem.truth[judged]))
        predicted = linear_texts.probabilities(decisions[judged], sharpness)
    else:
        values, sharpness = np.zeros(len(problem.truth)), 0.0
        for fold, (model, _) in enumerate(learned):
            held = np.flatnonzero(judged & (problem.folds == fold))
            values[held] = model.predict(problem.features.take(held))
        predicted = problem.target.decode(values[judged])
    seconds = time.monotonic() - began
    everything = np.ones(len(problem.truth), bool)
    return Judged(
        one.name,
        predicted,
        seconds,
        1.5 * seconds / problem.count,
        _whole(*learned[0], problem).sharpened(sharpness),
        lambda: _whole(*fit(one, problem, everything), problem).sharpened(sharpness),
    )


def fit(one: Candidate, problem: Problem, own: np.ndarray) -> tuple[LinearTexts, np.ndarray]:
    """To the rows `own`; and the classes, of those present in all rows, that it knows."""
    rows, weights = problem.learned_from(own, one.kind)
    wanted = problem.target.encode(problem.truth[rows])
    classes = len(problem.target.present)
    known = np.unique(wanted).astype(int) if classes else np.arange(1)
    if classes:
        wanted = np.searchsorted(known, wanted)
        weights = None if weights is None else weights[known]
    features = problem.features.take(rows)
    if one.named and problem.others is not None:
        features, wanted = _with_named(features, wanted, problem.others, max(1, len(known)))
    return linear_texts.fit(one.kind, features, wanted, classes, one.strength, weights, problem.seed), known


def _with_named(features: Features, wanted: np.ndarray, others: Features, classes: int) -> tuple[Features, np.ndarray]:
    """The rows to learn from, and those without a label that their neighbours, by meaning, surely name."""
    from noglue.tools.training.pseudo_labelling import named

    assert features.embedded is not None
    assert others.embedded is not None
    which, guessed = named(features.embedded, wanted, others.embedded, classes)
    return features.beside(others.take(which)), np.concatenate([wanted, guessed])


def _whole(model: LinearTexts, known: np.ndarray, problem: Problem) -> LinearTexts:
    """Of all classes present: those that the model never saw are never its answer."""
    classes = len(problem.target.present)
    if not classes or len(known) == classes:
        return model
    weights = np.zeros((len(model.weights), classes), np.float32)
    intercept = np.full(classes, np.float32(-1e4))
    weights[:, known], intercept[known] = model.weights, model.intercept
    return replace(model, weights=weights, intercept=intercept)
