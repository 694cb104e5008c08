"""Finished trials, kept in the step's folder until the model is there: an interrupted search goes on with them.

    >>> trials = Trials(step.folder / "trials", problem)
    >>> found = trials.run(one, seconds)            # from the folder where it was tried before, else now
    >>> found.predicted.shape                        # of the rows with a fold
    (455, 2)

    trials/<key>/trial.json       what it is, written last; key: learner, parameters, and the rows with their folds
    trials/<key>/predicted.npy    of the rows with a fold
    trials/<key>/0 1 2 …          the learners of the folds, where they are kept

What lies there was written by this step in its own folder.
"""

import hashlib
import json
import math
import shutil
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np

from noglue.tools.models._tables import learned as learners
from noglue.tools.models._tables.learned import Learned
from noglue.tools.models._tables.table_cross_validation import REFIT, Crossed, Problem, Try, Watch

FORM = 1  # of what is kept


@dataclass(frozen=True)
class CVResult:
    """predicted: (rows with a fold, m) or (rows with a fold,), in the target column's own terms. seconds: of all folds.

    problem: the rows and folds that it was tried on. kept() → learners of the folds: all of them where they are bagged,
    else the first, or none. deals: how often the folds were dealt anew, whose predictions are averaged in `predicted`.
    """

    one: Try
    predicted: np.ndarray
    seconds: float
    problem: Problem
    facts: dict[str, Any] = field(default_factory=dict)
    kept: Callable[[], list[Learned]] = list
    deals: int = 1

    @property
    def refit_seconds(self) -> float:
        """What a fit to all rows takes, where it is to be fitted again."""
        return 0.0 if self.bagged else REFIT * self.seconds / (self.problem.count * self.deals)

    @property
    def bagged(self) -> bool:
        return self.one.bagged and self.problem.count > 1

    def beside(self, other: "CVResult") -> "CVResult":
        """Together with the same learner on folds that were dealt anew."""
        predicted = (self.predicted * self.deals + other.predicted * other.deals) / (self.deals + other.deals)
        first, second = self.kept, other.kept
        return replace(
            self,
            predicted=predicted,
            seconds=self.seconds + other.seconds,
            kept=(lambda: [*first(), *second()]) if self.bagged else first,
            deals=self.deals + other.deals,
        )


class Trials:
    def __init__(self, folder: Path, problem: Problem) -> None:
        self.folder, self.problem = folder, problem
        parts = (problem.rows.numbers, problem.rows.codes, problem.truth, problem.folds)
        mark = hashlib.sha256(f"{FORM} {problem.metric} {problem.seed} {problem.balance}".encode())
        for part in parts:
            mark.update(np.ascontiguousarray(part).data)
        self._mark = mark.hexdigest()

    def run(self, one: Try, seconds: float = math.inf, watch: Watch = lambda folds, found: None) -> CVResult:
        """Raises what `Try.cross` does."""
        place = self.folder / self._key(one)
        found = self._found(one, place)
        if found is not None:
            return found
        begun = time.monotonic()
        crossed = one.cross(self.problem, seconds, watch)
        return self._keep(one, crossed, time.monotonic() - begun, place)

    def has(self, one: Try) -> bool:
        return (self.folder / self._key(one) / "trial.json").is_file()

    def close(self) -> None:
        """The model is there: nothing is left to go on with."""
        shutil.rmtree(self.folder, ignore_errors=True)

    def _key(self, one: Try) -> str:
        about = json.dumps(
            [one.learner, dict(one.params), one.target.log, bool(one.target.knots), self._mark], sort_keys=True
        )
        return hashlib.sha256(about.encode()).hexdigest()[:24]

    def _found(self, one: Try, place: Path) -> CVResult | None:
        if not (place / "trial.json").is_file():
            return None
        about = json.loads((place / "trial.json").read_text(encoding="utf-8"))
        predicted = np.load(place / "predicted.npy", allow_pickle=False)
        return CVResult(
            one, predicted, float(about["seconds"]), self.problem, about["facts"], _loading(place, about["kept"])
        )

    def _keep(self, one: Try, crossed: Crossed, seconds: float, place: Path) -> CVResult:
        shutil.rmtree(place, ignore_errors=True)
        place.mkdir(parents=True)
        predicted = crossed.predicted[self.problem.scored]
        np.save(place / "predicted.npy", predicted)
        on_disk = len(crossed.learned) if one.bagged else 0
        for number, learned in enumerate(crossed.learned[:on_disk]):
            (place / str(number)).mkdir()
            learners.save(learned, place / str(number))
        about = {
            "name": one.name,
            "learner": one.learner,
            "params": dict(one.params),
            "seconds": seconds,
            "facts": crossed.facts,
            "kept": on_disk,
        }
        (place / "trial.part").write_text(json.dumps(about), encoding="utf-8")
        (place / "trial.part").rename(place / "trial.json")
        first = crossed.learned[:1]
        kept = _loading(place, on_disk) if on_disk else lambda: first
        return CVResult(one, predicted, seconds, self.problem, crossed.facts, kept)


def _loading(place: Path, count: int) -> Callable[[], list[Learned]]:
    return lambda: [learners.load(place / str(number)) for number in range(count)]
