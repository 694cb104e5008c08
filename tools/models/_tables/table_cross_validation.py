"""One learner with its parameters, fitted without each fold in turn and asked about it.

>>> found = boosted("lightgbm", {"num_leaves": 63}, problem, target).cross(problem, 10.0)
>>> found.predicted.shape, len(found.learned), found.facts         # of all rows; one learner for each fold
((455, 2), 5, {'rounds': 212, 'rate': 0.05})
"""

import math
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

import numpy as np

from noglue.tools.models._tables import boosting, catboosting, xgboosting
from noglue.tools.models._tables.boosting import Rounds
from noglue.tools.models._tables.candidates import Asked, Candidate
from noglue.tools.models._tables.encoding import Encoded
from noglue.tools.models._tables.learned import Coded, Learned
from noglue.tools.models._tables.target import Target
from noglue.tools.models._tables.target_codes import TargetCodes
from noglue.tools.spec.errors import BudgetSpent, Kind
from noglue.tools.training import class_weights as balancing

ROUNDS = {"lightgbm": 2000, "catboost": 1000, "xgboost": 2000}
PATIENCE = 50
MUCH_LONGER = 1.5  # than the time given
NOTHING = Asked()
BOOSTING_SECONDS = 0.3  # at least
LEAST_OF_A_FOLD = 0.2  # seconds of rounds, once it has begun: trees of a round or two know next to nothing
REFIT = 1.5  # of the seconds of one fold, to fit to all rows
Parameters = Mapping[str, Any]
Watch = Callable[[int, np.ndarray], None]


class Pruned(Exception):
    """Raised by a `Watch` where the folds so far say that the others are not worth their time."""


@dataclass(frozen=True)
class Problem:
    """Rows, labels as the column has them, their folds (-1: always learned from), the measure asked for, the seed.

    alone: the validation rows judge, in place of folds. balance: see `tools/training/class_weights.py`. group: the
    number of each row's group, where folds are of whole groups.
    """

    rows: Encoded
    truth: np.ndarray
    folds: np.ndarray
    metric: str
    seed: int
    alone: bool = False
    balance: str | None = None
    group: np.ndarray | None = None

    @property
    def scored(self) -> np.ndarray:
        return self.folds >= 0

    @property
    def count(self) -> int:
        return int(self.folds.max()) + 1

    def training_rows(self, own: np.ndarray, wanted: np.ndarray) -> tuple[Encoded, np.ndarray, np.ndarray | None]:
        """Of the rows `own` what is learned from, its labels, and what the classes weigh."""
        places = np.flatnonzero(own)
        if self.balance is None or wanted.dtype != np.int64:
            return self.rows.take(places), wanted[places], None
        places = places[balancing.drawn(wanted[places], self.balance, self.seed)]
        weights = balancing.class_weights(wanted[places]) if self.balance == "weights" else None
        return self.rows.take(places), wanted[places], weights


@dataclass(frozen=True)
class Crossed:
    """predicted: (n, m) or (n,), in the target column's own terms, 0 for rows without a fold. learned: one a fold.

    facts: what a fit to all rows has to know.
    """

    predicted: np.ndarray
    learned: list[Learned]
    facts: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Try:
    """One learner, its parameters and its way to see the target.

    seconds: about how long all folds take; bounded: it keeps to the time it is given. bagged: the learners of the
    folds are kept and averaged, where there are folds, instead of one that is fitted again to all rows.
    above: of a second layer, see `stacking`.
    across(problem, seconds, watch) → `Crossed`; again(problem, facts) → the learner fitted to all rows.
    """

    name: str
    learner: str
    params: Parameters
    target: Target
    seconds: float
    bounded: bool
    bagged: bool
    across: Callable[[Problem, float, Watch], Crossed]
    again: Callable[[Problem, Mapping[str, Any]], Learned]
    above: bool = False

    def cross(self, problem: Problem, seconds: float = math.inf, watch: Watch = lambda folds, found: None) -> Crossed:
        """Raises BudgetSpent after a fold that shows that all of them would take much longer than `seconds`; `Pruned`
        where `watch(folds done, predictions so far)` does.
        """
        return self.across(problem, seconds, watch)


def simple(candidate: Candidate, problem: Problem, target: Target, suffix: str = "") -> Try:
    """Of a learner that takes as long as it takes."""

    def again(problem: Problem, facts: Mapping[str, Any]) -> Learned:
        everything = np.ones(len(problem.truth), bool)
        return candidate.fit(*problem.training_rows(everything, target.encode(problem.truth)))

    return Try(
        name=candidate.name + suffix,
        learner=candidate.learner or candidate.name,
        params=candidate.params,
        target=target,
        seconds=candidate.seconds * problem.count,
        bounded=False,
        bagged=False,
        across=partial(_cross_simple, candidate, target),
        again=again,
    )


def coded(candidate: Candidate, seed: int) -> Candidate:
    """The same learner, to which categories of many levels are what the target was in their rows."""

    def fit(rows: Encoded, wanted: np.ndarray, weights: np.ndarray | None) -> Coded:
        classes = int(wanted.max()) + 1 if wanted.dtype == np.int64 else 0
        codes = TargetCodes.fit(rows, wanted, classes)
        return Coded(codes, candidate.fit(codes.of_training(rows, wanted, classes, seed), wanted, weights))

    return replace(candidate, name=f"{candidate.name} coded", params={**candidate.params, "coded": True}, fit=fit)


def _cross_simple(candidate: Candidate, target: Target, problem: Problem, seconds: float, watch: Watch) -> Crossed:
    begun = time.monotonic()
    wanted = target.encode(problem.truth)
    learned: list[Learned] = []
    predicted = nothing_yet(problem, target)
    for fold in range(problem.count):
        learned.append(candidate.fit(*problem.training_rows(problem.folds != fold, wanted)))
        each = (time.monotonic() - begun) / len(learned)
        if each * problem.count > MUCH_LONGER * seconds and len(learned) < problem.count:
            raise BudgetSpent(Kind.BUDGET_SPENT, f"one of {problem.count} folds took {each:.1f} s")
        _ask(learned[-1], fold, problem, target, predicted)
        watch(fold + 1, predicted)
    return Crossed(predicted, learned[:1])


# ---- boosting ----------------------------------------------------------------------------------------------------


def boosted(kind: str, params: Parameters, target: Target, name: str = "", asked: Asked = NOTHING) -> Try:
    """Of `lightgbm`, `catboost` or `xgboost`. params: `rate`, and those of the library. asked: at most so many rounds,
    and the rate that is kept to.
    """
    most = min(ROUNDS[kind], asked.epochs or ROUNDS[kind])

    def again(problem: Problem, facts: Mapping[str, Any]) -> Learned:
        everything = np.ones(len(problem.truth), bool)
        rounds = Rounds(int(facts["rounds"]), rate=float(facts["rate"]), fixed=asked.learning_rate is not None)
        return _fit(kind, params, problem, target, everything, None, rounds)

    return Try(
        name=name or kind,
        learner=kind,
        params=params,
        target=target,
        seconds=BOOSTING_SECONDS,
        bounded=True,
        bagged=True,
        across=partial(_cross_boosted, kind, params, target, most, asked.learning_rate),
        again=again,
    )


def _cross_boosted(
    kind: str,
    params: Parameters,
    target: Target,
    most: int,
    rate: float | None,
    problem: Problem,
    seconds: float,
    watch: Watch,
) -> Crossed:
    """rate: the one that was asked for. Stopped at the round that is best for all folds together, so that no fold picks
    a round to please itself.
    """
    begun = time.monotonic()
    wanted = target.encode(problem.truth)
    usual = 0.05 if kind != "catboost" or len(target.present) <= 2 else 0.1
    learned: list[Any] = []
    predicted = nothing_yet(problem, target)
    for fold in range(problem.count):
        own = problem.folds != fold
        share = max(LEAST_OF_A_FOLD, (begun + seconds - time.monotonic()) / (problem.count - fold))
        held = ~own & (wanted >= 0 if target.classes else np.isfinite(wanted))
        own_rate = float(rate or params.get("rate", usual))
        rounds = Rounds(most, PATIENCE, own_rate, clock_of(share), spare=0.0, fixed=rate is not None)
        learned.append(_fit(kind, params, problem, target, own, held, rounds))
        _ask(learned[-1], fold, problem, target, predicted)
        watch(fold + 1, predicted)
    curves = [_booster(one).held_curve for one in learned]
    shortest = min(len(curve) for curve in curves)
    best = 1 + int(np.argmin(np.mean([curve[:shortest] for curve in curves], axis=0)))
    stopped = [_until(one, best) for one in learned]
    for fold, one in enumerate(stopped):
        _ask(one, fold, problem, target, predicted)
    return Crossed(predicted, list(stopped), {"rounds": best, "rate": _booster(learned[0]).rate})


def _booster(learned: Learned) -> Any:
    return learned.learned if isinstance(learned, Coded) else learned


def _until(learned: Learned, rounds: int) -> Learned:
    """With no more than so many rounds."""
    if isinstance(learned, Coded):
        return Coded(learned.codes, _until(learned.learned, rounds))
    booster: Learned = replace(_booster(learned), rounds=rounds)
    return booster


def _fit(
    kind: str,
    params: Parameters,
    problem: Problem,
    target: Target,
    own: np.ndarray,
    held: np.ndarray | None,
    rounds: Rounds,
) -> Learned:
    """Of the rows `own`; those `held` (bool (n,)) stop it. params: beside the library's `rate`, and `coded`: whether
    categories of many levels are seen as what the target was in their rows.
    """
    classes, labels = len(target.present), target.encode(problem.truth)
    beside = None if held is None else (problem.rows.take(np.flatnonzero(held)), labels[held])
    rows, wanted, weights = problem.training_rows(own, labels)
    if not params.get("coded"):
        plain: Learned = _fit_booster(kind, params, problem, classes, rows, wanted, weights, beside, rounds)
        return plain
    codes = TargetCodes.fit(rows, wanted, classes)
    rows = codes.of_training(rows, wanted, classes, problem.seed)
    beside = None if beside is None else (codes.encode(beside[0]), beside[1])
    return Coded(codes, _fit_booster(kind, params, problem, classes, rows, wanted, weights, beside, rounds))


def _fit_booster(
    kind: str,
    params: Parameters,
    problem: Problem,
    classes: int,
    rows: Encoded,
    wanted: np.ndarray,
    weights: np.ndarray | None,
    beside: tuple[Encoded, np.ndarray] | None,
    rounds: Rounds,
) -> Any:
    options = {name: value for name, value in params.items() if name not in ("rate", "coded")}
    seed, metric = problem.seed, problem.metric
    if kind == "lightgbm":
        aim = boosting.objective(classes, "" if classes else metric)
        return boosting.fit(rows, wanted, beside, aim, seed, rounds, weights, **options)
    if kind == "xgboost":
        return xgboosting.fit(
            rows, wanted, beside, xgboosting.objective(classes, metric), seed, rounds, weights, **options
        )
    loss = catboosting.objective(classes, metric)
    return catboosting.fit(rows, wanted, beside, loss, seed, rounds, weights, **options)


# ---- what all need -----------------------------------------------------------------------------------------------


def nothing_yet(problem: Problem, target: Target) -> np.ndarray:
    shape = (len(problem.truth), len(target.present)) if target.classes else (len(problem.truth),)
    return np.zeros(shape)


def _ask(learned: Learned, fold: int, problem: Problem, target: Target, predicted: np.ndarray) -> None:
    """Fills in the rows of the fold."""
    held = problem.folds == fold
    found = learned.predict(problem.rows.take(np.flatnonzero(held)))
    predicted[held] = found if target.classes else target.decode(found)


def clock_of(seconds: float) -> Callable[[], float]:
    """What is left of so many seconds, from now on."""
    end = time.monotonic() + seconds
    return lambda: end - time.monotonic()
