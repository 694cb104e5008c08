"""What becomes of the time: a first round, then a search over learners and their spaces, then more folds.

    >>> search = Search(trials, target, task, judge, score, step, end)
    >>> search.first_round(tries)
    >>> search.tune(["lightgbm", "kernel"], most=40, until=end - 10)
    >>> [one.one.name for one in search.results]
    ['logistic 0.3', 'lightgbm', …, 'kernel (trial 7)']

Each learner has a study of its own (see `studies`), and gets its turn by its share in the blend so far. Every trial is
told as progress, and kept (see `trials`), so that an interrupted search draws the same trials again and finds those
that were done.
"""

import math
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from noglue.tools.models._tables import catboosting, spaces, stacking, studies
from noglue.tools.models._tables.blending import Judge, best_of_each
from noglue.tools.models._tables.candidates import Task
from noglue.tools.models._tables.studies import Study, Trial
from noglue.tools.models._tables.table_cross_validation import Problem, Pruned, Try, Watch
from noglue.tools.models._tables.target import Target
from noglue.tools.models._tables.trials import CVResult, Trials
from noglue.tools.spec.errors import BudgetSpent
from noglue.tools.spec.slowness import slowness
from noglue.tools.spec.step import Step

SPARE = 0.5  # seconds, for weighing and saving, on an idle machine
MOST_SLOWED = 4.0
MOMENT, MOMENTS = 0.5, 3  # seconds of all folds: so many tries of the first round that take no longer are done anyway
AT_LAST = 2.0  # seconds that the quickest try may take where there was time for none
WEIGHINGS = 12.0  # of all that was tried, for each fold, with a second layer and without
REFRESH = 6  # trials after which the learners' shares are looked at again
MOST_DEALS = 5
LONGER = 4.0  # than a learner's trials so far, that another may take


@dataclass
class Search:
    """score(predicted) → the measure asked for. end: of `time.monotonic()`. results: what was tried, in order.

    below: places of those that the second layer learned from.
    """

    trials: Trials
    target: Target
    task: Task
    judge: Judge
    score: Callable[[np.ndarray], float]
    step: Step
    end: float
    results: list[CVResult] = field(default_factory=list)
    history: list[dict[str, float]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    by_clock: bool = False
    below: list[int] = field(default_factory=list)
    trials_done: int = 0

    def __post_init__(self) -> None:
        self._losses: list[float] = []
        self._weighing = 0.0  # seconds that it took last
        self._shares = np.zeros(0)  # as it was weighed last
        self._studies: dict[str, Study] = {}
        self._draw = np.random.default_rng(self.problem.seed)

    @property
    def problem(self) -> Problem:
        return self.trials.problem

    def left(self) -> float:
        """Seconds, without those that the blend's members need to be fitted again, to be weighed and to be saved."""
        spare = SPARE * min(MOST_SLOWED, slowness()) + WEIGHINGS * self._weighing
        refits = sum(self.results[place].refit_seconds for place in self._counting())
        return self.end - time.monotonic() - spare - refits

    def kinds(self) -> list[str]:
        return [one.one.learner for one in self.results]

    def stack(self) -> np.ndarray:
        """(results, rows with a fold, …)."""
        return np.stack([one.predicted for one in self.results])

    # ---- the first round -----------------------------------------------------------------------------------------

    def first_round(self, tries: Sequence[Try]) -> None:
        """Everything there is time for, in this order; what is left out is noted. However little that is, what takes a
        moment is done, and the quickest of all where there is nothing else, so that the time leaves a whole learner.
        """
        late: list[Try] = []
        for number, one in enumerate(tries):
            left = self.left()
            seconds = left / 2
            if not self._affordable(one, left) and not self.trials.has(one):
                if not self._takes_a_moment(one):
                    self.by_clock = True
                    late.append(one)
                    continue
                seconds = math.inf
            elif self.results or one.bounded:
                seconds = min(seconds, max(left / 4, left / (len(tries) - number)))
            else:
                seconds = math.inf
            self._tried_first(one, number, len(tries), seconds)
        if not self.results and late:
            quickest = min(late, key=lambda one: one.seconds)
            late.remove(quickest)
            self._tried_first(quickest, len(tries) - 1, len(tries), AT_LAST)
        self.notes += [f"no time for {one.name}" for one in late]

    def _tried_first(self, one: Try, number: int, of: int, seconds: float) -> None:
        failed = self._attempt(one, seconds)
        if failed is None:
            self._tell("candidate", number + 1, of, one)
            return
        self.notes.append(f"{one.name} left out: {failed}")
        self.by_clock = self.by_clock or isinstance(failed, BudgetSpent)

    def _takes_a_moment(self, one: Try) -> bool:
        """Whether it is done although the time is up: where there are hardly others, and it keeps to no time anyway."""
        return not one.bounded and len(self.results) < MOMENTS and one.seconds * slowness() <= MOMENT

    # ---- the search ----------------------------------------------------------------------------------------------

    def tune(self, names: Sequence[str], most: int, until: float) -> None:
        """At most so many trials of these learners, until about that time (`time.monotonic()`)."""
        for place, name in enumerate(names):
            self._studies.setdefault(name, studies.study(self.problem.seed + place))
        learners, draw = list(self._studies), self._draw
        odds = self._odds(learners)
        while self.trials_done < most:
            left = min(self.left(), until - time.monotonic())
            able = {name: odds[name] for name in learners if self._seconds(name) < left / 2}
            if not able:
                return
            chances = np.array(list(able.values()))
            learner = str(draw.choice(list(able), p=chances / chances.sum()))
            self.trials_done += 1
            self._trial(self._studies[learner], learner, self.trials_done, most, left)
            if self.trials_done % REFRESH == 0:
                odds = self._odds(learners)

    def _trial(self, study: Study, learner: str, number: int, most: int, left: float) -> None:
        trial = study.ask()
        seen = spaces.targets(self.problem, self.target)
        suffix = trial.suggest_categorical("target", [suffix for suffix, _ in seen]) if len(seen) > 1 else ""
        params = spaces.suggest(trial, learner, self.task)
        name = f"{learner}{suffix} (trial {number})"
        one = spaces.made(learner, params, name, self.problem, dict(seen)[suffix], self.task)
        usual = LONGER * max(1.0, self._seconds(learner)) if self.step.deadline is not None else math.inf
        share = min(left / 2, usual)
        failed = self._attempt(one, share, self._watch(trial))
        if failed is None:
            study.tell(trial, self._losses[-1])
            self._tell("trial", number, most, one)
        else:
            study.tell(trial, None)
            self.step.progress("trial", number, most, name=name, left_out=str(failed) or "pruned", **params)

    def _watch(self, trial: Trial) -> Watch:
        dealt = self.problem.folds[self.problem.scored]

        def watch(folds: int, predicted: np.ndarray) -> None:
            trial.report(self.judge.of(predicted[self.problem.scored], dealt < folds), folds)
            if folds < self.problem.count and trial.should_prune():
                raise Pruned

        return watch

    def _odds(self, names: Sequence[str]) -> dict[str, float]:
        """By what the learners count in the blend so far; each has some."""
        begun = time.monotonic()
        self._shares = shares = self.judge.weights(self.stack(), self.kinds())
        self._weighing = time.monotonic() - begun
        own = {name: sum(shares[place] for place, kind in enumerate(self.kinds()) if kind == name) for name in names}
        return {name: float(own[name]) + 1 / len(names) for name in names}

    def _seconds(self, learner: str) -> float:
        """What a trial of it took so far, in the mean."""
        took = [one.seconds / one.deals for one in self.results if one.one.learner == learner]
        return float(np.mean(took)) if took else 0.0

    # ---- a second layer ------------------------------------------------------------------------------------------

    def second_layer(self, tries: Callable[[Problem, Task], list[Try]], until: float) -> None:
        """Learners that see what the blend's members so far say, where there is time for them."""
        shares = self.judge.weights(self.stack(), self.kinds())
        self.below = [place for place in range(len(shares)) if shares[place] > 0]
        said = stacking.columns_of([self.results[place].predicted for place in self.below], self.target)
        columns = np.full((len(self.problem.truth), said.shape[1]), np.nan)
        columns[self.problem.scored] = said
        problem = replace(self.problem, rows=stacking.extended(self.problem.rows, columns))
        trials = Trials(self.trials.folder, problem)
        wider = replace(self.task, width=self.task.width + columns.shape[1])
        found = [_above(one) for one in tries(problem, wider)]
        for number, one in enumerate(found):
            left = min(self.left(), until - time.monotonic())
            if not self._affordable(one, left) and not trials.has(one):
                continue
            if self._attempt(one, left / min(2, len(found) - number), trials=trials) is None:
                self._tell("second layer", number + 1, len(found), one)

    # ---- folds drawn again ----------------------------------------------------------------------------------------

    def repeat(self, deal: Callable[[int], np.ndarray], until: float) -> None:
        """The members of the blend whose learners of each fold are kept, on folds drawn again: more of them, and
        predictions of held-out rows that depend less on how the folds fell. deal(number) → folds.
        """
        shares = self.judge.weights(self.stack(), self.kinds())
        members = [place for place in np.argsort(-shares) if shares[place] > 0 and self.results[place].bagged]
        members = [place for place in members if not self.results[place].one.above]
        for number in range(1, MOST_DEALS):
            other = Trials(self.trials.folder, replace(self.problem, folds=deal(number)))
            same = np.array_equal(other.problem.folds, self.problem.folds)
            if same or not np.array_equal(other.problem.scored, self.problem.scored):
                return
            for place in members:
                own = self.results[place]
                left = min(self.left(), until - time.monotonic())
                if own.seconds / own.deals > left:
                    continue
                try:
                    again = other.run(own.one, left)
                except _failures():
                    continue
                self.results[place] = own.beside(again)
                self._losses[place] = self.judge.of(self.results[place].predicted)
                self._tell("folds drawn again", number, MOST_DEALS - 1, own.one, place)

    def _affordable(self, one: Try, left: float) -> bool:
        """Whether half the time is enough, as busy as the machine is; what keeps to its time needs but some."""
        return one.seconds * (1.0 if one.bounded else slowness()) <= left / 2

    # ---- what all need -------------------------------------------------------------------------------------------

    def _attempt(
        self, one: Try, seconds: float, watch: Watch = lambda folds, found: None, trials: Trials | None = None
    ) -> Exception | None:
        """Adds what it gives to the results; what went wrong, else."""
        caught: tuple[type[Exception], ...] = (Pruned, *_failures())
        try:
            self.results.append((trials or self.trials).run(one, seconds, watch))
            self._losses.append(self.judge.of(self.results[-1].predicted))
        except caught as error:
            return error
        pool = {*self._pool(), *self.below}
        for place, found in enumerate(self.results):
            if place not in pool and not found.bagged:
                self.results[place] = replace(found, kept=list)  # it has no share: what it learned is let go
        return None

    def _pool(self) -> list[int]:
        if not self.results:
            return []
        return best_of_each(np.array(self._losses), self.kinds())

    def _counting(self) -> list[int]:
        """Of the pool, what counts in the blend as it was weighed last, and what was tried since."""
        weighed = self._shares
        return [place for place in self._pool() if place >= len(weighed) or weighed[place] > 0]

    def _tell(self, stage: str, number: int, most: int, one: Try, place: int = -1) -> None:
        found = self.results[place]
        score = self.score(found.predicted)
        self.history.append({"candidate": len(self.history) + 1, "validation": score, "seconds": found.seconds})
        facts = {"params": dict(one.params)} if one.params else {}
        measure = self.problem.metric
        self.step.progress(stage, number, most, name=one.name, validation=score, measure=measure, **facts)


def _above(one: Try) -> Try:
    """As one of the second layer."""
    return replace(one, name=f"stacked {one.name}", learner=f"stacked {one.learner}", above=True)


def _failures() -> tuple[type[Exception], ...]:
    """What a learner may fail with, which rules out that learner alone."""
    from lightgbm.basic import LightGBMError

    return BudgetSpent, np.linalg.LinAlgError, LightGBMError, *catboosting.failures()
