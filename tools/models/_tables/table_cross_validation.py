"""Every candidate, fitted without each fold in turn and asked about it.

>>> for one in tries(problem, target):
...     crossed = one.cross(seconds)
>>> crossed.name, crossed.predicted.shape         # of the rows with a fold
('kernel 10', (455, 2))
"""

import math
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from noglue.tools.models._tables import boosting, catboosting
from noglue.tools.models._tables.blending import BY_FACTOR
from noglue.tools.models._tables.boosting import Boosted, Rounds
from noglue.tools.models._tables.candidates import Candidate, Task, candidates
from noglue.tools.models._tables.catboosting import CatBoosted
from noglue.tools.models._tables.dense import Dense
from noglue.tools.models._tables.encoding import Encoded
from noglue.tools.models._tables.learned import Learned
from noglue.tools.models._tables.target import Target, worth_a_log
from noglue.tools.spec.errors import BudgetSpent, Kind
from noglue.tools.training import class_weights as balancing

ROUNDS = {"lightgbm": 2000, "catboost": 1000}
PATIENCE = 50
MUCH_LONGER = 1.5  # than the time given
FEWEST_FOR_A_LOGARITHM = 20
FEWEST_FOR_CATBOOST = 100  # rows, unless there are categories: below, it only repeats what the others find


@dataclass(frozen=True)
class Problem:
    """Rows, labels as the column has them, their folds (-1: always learned from), the measure asked for, the seed.

    alone: the validation rows judge, in place of folds. balance: see `tools/training/class_weights.py`.
    """

    rows: Encoded
    truth: np.ndarray
    folds: np.ndarray
    metric: str
    seed: int
    alone: bool = False
    balance: str | None = None

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
class CVResult:
    """predicted: (rows with a fold, m) or (rows with a fold,), in the target column's own terms. seconds: of all folds.

    first: what was learned without the first fold; refit: fits to all rows, in about `refit_seconds`.
    """

    name: str
    predicted: np.ndarray
    seconds: float
    refit_seconds: float
    target: Target
    first: Learned
    refit: Callable[[], Learned]


@dataclass(frozen=True)
class Try:
    """One candidate with one way to see the target. seconds: about how long; bounded: keeps to the time it is given."""

    name: str
    seconds: float
    bounded: bool
    cross: Callable[[float], CVResult]


def tries(
    problem: Problem,
    target: Target,
    only: Sequence[str] | None = None,
    rounds: int | None = None,
    avoid: Sequence[str] = (),
    pool: Callable[[Task], list[Candidate]] = candidates,
) -> list[Try]:
    """What there is to try for these rows, the most telling first.

    only, avoid: names, or how they begin. rounds: of boosting, at most. pool: the candidates beside boosting.
    """
    rows, classes = int((problem.folds != 0).sum()), len(target.present)
    width = Dense.fit(problem.rows).matrix(problem.rows.take(np.arange(1))).shape[1]
    simple = pool(Task(rows, width, classes, problem.seed))
    targets = [("", target)]
    if not classes and (worth_a_log(problem.truth) or _by_logarithm(problem)):
        targets.append((" of the logarithm", Target.fit_values(problem.truth[problem.folds != 0], log=True)))
    found: list[Try] = []
    for suffix, seen in targets:
        boosters = [_boosted("lightgbm", problem, seen, suffix, rounds)]
        if rows >= FEWEST_FOR_CATBOOST or problem.rows.codes.shape[1] > 0 or only is not None:
            boosters.append(_boosted("catboost", problem, seen, suffix, rounds))
        found += boosters + [_simple(candidate, problem, seen, suffix) for candidate in simple]
    chosen = [one for one in found if only is None or one.name.startswith(tuple(only))]
    chosen = [one for one in chosen if not one.name.startswith(tuple(avoid))]
    return sorted(chosen, key=lambda one: (not one.name.startswith(("logistic", "ridge")), not one.bounded))


def _simple(candidate: Candidate, problem: Problem, target: Target, suffix: str) -> Try:
    name = candidate.name + suffix
    return Try(
        name, candidate.seconds * problem.count, False, lambda most: cross(candidate, name, problem, target, most)
    )


def _boosted(kind: str, problem: Problem, target: Target, suffix: str, rounds: int | None) -> Try:
    name, most = kind + suffix, min(ROUNDS[kind], rounds or ROUNDS[kind])
    return Try(name, 1.0, True, lambda seconds: cross_boosted(kind, name, problem, target, most, seconds))


def cross(candidate: Candidate, name: str, problem: Problem, target: Target, seconds: float = math.inf) -> CVResult:
    """Raises BudgetSpent after a fold that shows that all of them would take much longer than `seconds`."""
    begun = time.monotonic()
    wanted = target.encode(problem.truth)
    learned: list[Learned] = []
    for own in _own(problem):
        learned.append(candidate.fit(*problem.training_rows(own, wanted)))
        each = (time.monotonic() - begun) / len(learned)
        if each * problem.count > MUCH_LONGER * seconds and len(learned) < problem.count:
            raise BudgetSpent(Kind.BUDGET_SPENT, f"one of {problem.count} folds took {each:.1f} s")
    everything = np.ones(len(wanted), bool)
    return _crossed(
        name, learned, problem, target, begun, lambda: candidate.fit(*problem.training_rows(everything, wanted))
    )


def cross_boosted(kind: str, name: str, problem: Problem, target: Target, most: int, seconds: float) -> CVResult:
    """Stopped at the round that is best for all folds together, so that no fold picks a round to please itself."""
    begun = time.monotonic()
    wanted = target.encode(problem.truth)
    fit = _lightgbm if kind == "lightgbm" else _catboost
    rate = 0.05 if kind == "lightgbm" or len(target.present) <= 2 else 0.1
    learned: list[Boosted | CatBoosted] = []
    for fold, own in enumerate(_own(problem)):
        share = (begun + seconds - time.monotonic()) / (problem.count - fold)
        held = ~own & (wanted >= 0 if target.classes else np.isfinite(wanted))
        rounds = Rounds(most, PATIENCE, rate, _clock(share))
        beside = (problem.rows.take(held), wanted[held])
        learned.append(fit(problem, target, own, wanted, beside, rounds))
    shortest = min(len(one.held_curve) for one in learned)
    best = 1 + int(np.argmin(np.mean([one.held_curve[:shortest] for one in learned], axis=0)))

    def refit() -> Learned:
        rounds = Rounds(best, rate=learned[0].rate)
        return fit(problem, target, np.ones(len(wanted), bool), wanted, None, rounds)

    return _crossed(name, [replace(one, rounds=best) for one in learned], problem, target, begun, refit)


def _lightgbm(
    problem: Problem,
    target: Target,
    own: np.ndarray,
    labels: np.ndarray,
    held: tuple[Encoded, np.ndarray] | None,
    rounds: Rounds,
) -> Boosted:
    classes = len(target.present)
    aim = boosting.objective(classes, "" if classes else problem.metric)
    rows, wanted, weights = problem.training_rows(own, labels)
    return boosting.fit(rows, wanted, held, aim, problem.seed, rounds, weights)


def _catboost(
    problem: Problem,
    target: Target,
    own: np.ndarray,
    labels: np.ndarray,
    held: tuple[Encoded, np.ndarray] | None,
    rounds: Rounds,
) -> CatBoosted:
    loss = catboosting.objective(len(target.present), problem.metric)
    rows, wanted, weights = problem.training_rows(own, labels)
    return catboosting.fit(rows, wanted, held, loss, problem.seed, rounds, weights)


def _by_logarithm(problem: Problem) -> bool:
    """Whether the measure asked for counts by what factor a value is off, and the values have logarithms."""
    return problem.metric in BY_FACTOR and problem.truth.min() >= 0 and len(problem.truth) >= FEWEST_FOR_A_LOGARITHM


def _own(problem: Problem) -> list[np.ndarray]:
    """For every fold, which rows are learned from."""
    return [problem.folds != fold for fold in range(problem.count)]


def _crossed(
    name: str,
    learned: Sequence[Learned],
    problem: Problem,
    target: Target,
    begun: float,
    refit: Callable[[], Learned],
) -> CVResult:
    shape = (len(problem.truth), len(target.present)) if target.classes else (len(problem.truth),)
    predicted = np.zeros(shape)
    for fold, one in enumerate(learned):
        held = problem.folds == fold
        found = one.predict(problem.rows.take(held))
        predicted[held] = found if target.classes else target.decode(found)
    seconds = time.monotonic() - begun
    refit_seconds = 1.5 * seconds / problem.count
    return CVResult(name, predicted[problem.scored], seconds, refit_seconds, target, learned[0], refit)


def _clock(seconds: float) -> Callable[[], float | None]:
    end = time.monotonic() + seconds
    return lambda: end - time.monotonic()
