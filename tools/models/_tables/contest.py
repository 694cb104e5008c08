"""Candidates judged on rows that they did not learn from; the best of them, or a blend, fitted again to all rows.

    >>> FOREST = Entry("forest", ("random forest",), named.forests)
    >>> train(FOREST, run / "data", run / "model", schema, Settings(), step).candidates[0].validation
    {'accuracy': 0.93}

Which rows judge: `judged_rows.py`. Time that is left after the
first round goes to a search (see `search`); without a deadline it is a few trials. options: `balance`, `avoid` (names
of candidates, or how they begin, that must not be used), `trials` (of the search, at most).
"""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from noglue.tools.models._tables import blending, judged_rows, predictor, spaces, stacking, train_val_data
from noglue.tools.models._tables.blending import Judge
from noglue.tools.models._tables.calibration import calibrate
from noglue.tools.models._tables.candidates import Asked, Task
from noglue.tools.models._tables.dense import Dense
from noglue.tools.models._tables.learned import Blend, Member
from noglue.tools.models._tables.search import SPARE, Search
from noglue.tools.models._tables.table_cross_validation import Problem, Try
from noglue.tools.models._tables.target import Target
from noglue.tools.models._tables.target_codes import columns_of_many
from noglue.tools.models._tables.trials import Trials
from noglue.tools.spec.errors import BudgetSpent, Kind, StepFailed
from noglue.tools.spec.protocols import Settings, Trained, Tried
from noglue.tools.spec.schema import Schema
from noglue.tools.spec.short_time import ShortTime
from noglue.tools.spec.slowness import slowness
from noglue.tools.spec.step import Step

if TYPE_CHECKING:
    from noglue.tools.models._tables.spaces import Pool

LONGEST = 600.0  # seconds, where there is no deadline
MOST_TRIALS = 300
FIRST_ROUND = 15.0  # seconds that it takes in any case, to load the libraries and of learners that take long to begin
TUNED, STACKED, USED = 0.6, 0.8, 0.93  # of the time, when each of its parts has ended


@dataclass(frozen=True)
class Entry:
    """What enters the contest for a family.

    only: how the candidates' names begin, None: all. pool: settings.options → the candidates beside boosting.
    most_rows: learned from at most. blend: the candidates are weighed together, in place of the best one alone.
    """

    family: str
    only: tuple[str, ...] | None
    pool: "Callable[[Mapping[str, Any]], Pool]"
    most_rows: int | None = None
    blend: bool = False


def train(entry: Entry, data: Path, model: Path, schema: Schema, settings: Settings, step: Step) -> Trained:
    """Raises BudgetSpent `budget-spent` when not one candidate was done in time; StepFailed `no-family` where all that
    there is was ruled out; DataError `no-repeats` and those of `train_val_data.read` and `Target.fit`.
    """
    begun = time.monotonic()
    metric = settings.metric or ("accuracy" if schema.goal == "classify" else "rmse")
    end = begun + LONGEST if step.deadline is None else step.deadline
    if end <= begun:
        raise _too_short()
    most = _most_rows(entry, schema, settings, end - begun)
    splits = judged_rows.fewer(train_val_data.read(data, schema, step.seed, most, end - begun), most, step.seed)
    balance = settings.options.get("balance") if schema.goal == "classify" else None
    problem = judged_rows.problem(splits, schema, metric, step.seed, end - time.monotonic(), balance)
    learned_from = splits.truth if problem.alone else problem.truth
    target = Target.fit(learned_from, schema)
    search = _searched(entry, problem, target, schema, settings, step, begun, end)
    truth = problem.truth[problem.scored]
    shares, mixed = (_blended if entry.blend else _best)(search, schema)
    frequency = target.shares(learned_from)
    frequency = np.full_like(frequency, 1 / max(1, len(frequency))) if balance else frequency
    notes = search.notes + calibrate(target, mixed, truth, frequency, metric)
    notes += spaces.lacks() if entry.blend else []
    members, refitted = _members(search, shares, step, end)
    there = schema.rows.get("train", 0) - schema.unlabelled_train
    if len(splits.train) < there:
        notes.append(f"learned from {len(splits.train):,} of {there:,} rows")
    notes += train_val_data.balance_notes(balance)
    learned = Blend(members, target)
    predictor.save(model, splits.encoding, learned, target)
    search.trials.close()
    decoded = target.decode(mixed) if target.classes else mixed
    return Trained(
        family=entry.family,
        parameters=learned.parameters,
        seconds=time.monotonic() - begun,
        stopped="the time budget was used" if search.by_clock else "all candidates tried",
        by_clock=search.by_clock,
        validation=train_val_data.scores(schema, truth, decoded, metric),
        learned_from=["train"] if problem.alone and not refitted else ["train", "validation"],
        history=search.history,
        settings={"members": _by_name(members), "folds": problem.count, "metric": metric} | _set(settings),
        notes=notes,
        candidates=_tried(entry, search, shares),
        short=_short(search, schema, begun),
        held=(truth, decoded),
    )


def _too_short() -> BudgetSpent:
    message = "The time was too short for any kind of learner."
    return BudgetSpent(Kind.BUDGET_SPENT, message, hint="Give a larger --budget.")


def _short(search: Search, schema: Schema, begun: float) -> ShortTime | None:
    """Where kinds of learner were left out of the first round for want of time."""
    if not search.by_clock:
        return None
    had = search.end - begun
    needs = slowness() * (FIRST_ROUND + judged_rows.first_round_seconds(len(search.problem.truth), schema))
    return ShortTime(had=max(0.0, had), needs=max(needs, 2 * had))


def _most_rows(entry: Entry, schema: Schema, settings: Settings, seconds: float) -> int | None:
    """As many rows as the quickest candidate can learn from in a quarter of the time; None for a blend: all."""
    if entry.blend:
        return None
    there = schema.rows.get("train", 0)
    rows = min(there, entry.most_rows or there)
    width = max(1, sum(20 if c.kind in ("category", "text") else 2 for c in schema.features))
    while rows > judged_rows.FEWEST_ROWS:
        pool = entry.pool(settings.options)(Task(rows, width, len(schema.classes or []), 0, asked=_asked(settings)))
        times = 1 if judged_rows.take_too_long(rows, schema, seconds) else judged_rows.FOLDS
        if not pool or min(one.seconds for one in pool) * times * slowness() < seconds / 4:
            break
        rows = max(judged_rows.FEWEST_ROWS, rows * 3 // 4)
    return rows if rows < there else entry.most_rows


def _asked(settings: Settings) -> Asked:
    return Asked(settings.epochs, settings.batch_size, settings.learning_rate)


def _set(settings: Settings) -> dict[str, float]:
    """Those that the request has set."""
    return {name: value for name, value in vars(_asked(settings)).items() if value is not None}


def _searched(
    entry: Entry,
    problem: Problem,
    target: Target,
    schema: Schema,
    settings: Settings,
    step: Step,
    begun: float,
    end: float,
) -> Search:
    """All candidates that there is time for, judged."""
    options = settings.options
    avoid = tuple(options.get("avoid", ()))
    only = options.get("candidates") if entry.only is None else entry.only
    width = Dense.fit(problem.rows).matrix(problem.rows.take(np.arange(1))).shape[1]
    many = len(columns_of_many(problem.rows)) > 0
    task = Task(int((problem.folds != 0).sum()), width, len(target.present), problem.seed, many, _asked(settings))
    variants = only is None and step.deadline is not None
    tries = spaces.first_round(problem, target, task, only, avoid, entry.pool(options), variants)
    if not tries:
        raise StepFailed(
            Kind.NO_FAMILY,
            f"Nothing is left for {entry.family.replace('_', ' ')} to try: {', '.join(avoid) or 'all'} ruled out.",
            hint="Rule out fewer kinds of model.",
        )
    measure, truth = train_val_data.measure(schema, problem.metric), problem.truth[problem.scored]

    def score(predicted: np.ndarray) -> float:
        return measure.compute(truth, target.full(predicted))

    _import_libraries()
    trials = Trials(step.folder / "trials", problem)
    search = Search(trials, target, task, _judge(problem, target), score, step, end)
    search.first_round(tries)
    if not search.results:
        raise _too_short()
    most = _trials(entry, options, step)
    if most:
        _use_the_time(search, avoid, most, schema, begun, step)
    return search


def _import_libraries() -> None:
    """Now, so that the first learner's seconds are its own: what a fit takes is told by them."""
    import lightgbm  # noqa: F401
    import sklearn.discriminant_analysis
    import sklearn.ensemble
    import sklearn.linear_model
    import sklearn.svm  # noqa: F401


def _use_the_time(search: Search, avoid: tuple[str, ...], most: int, schema: Schema, begun: float, step: Step) -> None:
    """A search, a second layer, folds drawn again, and a search with what is left."""
    problem, whole = search.problem, search.end - begun
    learners = spaces.learners(problem, search.task, avoid)
    search.tune(learners, most, begun + TUNED * whole)
    if step.deadline is None:
        return

    def above(problem: Problem, task: Task) -> list[Try]:
        return spaces.second_round(problem, search.target, task, avoid)

    def deal(number: int) -> np.ndarray:
        dealt = judged_rows.deal(problem.truth, problem.group, schema, problem.seed + 1000 * number)
        fit = problem.group is None or judged_rows.fit_groups(problem.truth, problem.group, dealt, schema)
        return dealt if fit else problem.folds

    if not problem.alone:
        if len(problem.truth) >= stacking.FEWEST_ROWS:
            search.second_layer(above, begun + STACKED * whole)
        search.repeat(deal, begun + USED * whole)
    search.tune(learners, most, begun + USED * whole)


def _trials(entry: Entry, options: Mapping[str, Any], step: Step) -> int:
    """Of the search, at most: none where the candidates are named, and without a deadline."""
    if entry.only is not None or "candidates" in options:
        return 0
    if "trials" in options:
        return int(options["trials"])
    return MOST_TRIALS if step.deadline is not None else 0


def _judge(problem: Problem, target: Target) -> Judge:
    truth = problem.truth[problem.scored]
    places = target.encode(truth) if target.classes else truth
    known = places >= 0 if target.classes else np.isfinite(places)
    loss = blending.loss_for(target.classes, problem.metric)
    return Judge(places, known, problem.folds[problem.scored], loss, problem.alone)


def _blended(search: Search, schema: Schema) -> tuple[np.ndarray, np.ndarray]:
    """Each candidate's share, and the blend's predictions of the rows with a fold; a second layer counts only where
    the blend is better by it.
    """
    stack, kinds = search.stack(), search.kinds()
    above = np.array([one.one.above for one in search.results])
    first = np.flatnonzero(~above)
    shares = np.zeros(len(kinds))
    shares[first] = search.judge.weights(stack[first], [kinds[place] for place in first])
    mixed = search.judge.mixed(stack[first], [kinds[place] for place in first], shares[first])
    if above.any():
        both = search.judge.weights(stack, kinds)
        together = search.judge.mixed(stack, kinds, both)
        if search.judge.of(together) < (1 - stacking.LEAST_GAIN) * search.judge.of(mixed):
            return both, together
    return shares, mixed


def _best(search: Search, schema: Schema) -> tuple[np.ndarray, np.ndarray]:
    """All to the candidate that is best by the measure asked for; of equals to the one with the smaller loss."""
    problem, target = search.problem, search.target
    measure, truth = train_val_data.measure(schema, problem.metric), problem.truth[problem.scored]
    usual = train_val_data.measure(schema, "log_loss" if target.classes else "rmse")
    best, best_scores = 0, (float("nan"), float("nan"))
    for place, one in enumerate(search.results):
        scores = tuple(m.compute(truth, target.full(one.predicted)) for m in (measure, usual))
        equal = scores[0] == best_scores[0] or (np.isnan(scores[0]) and np.isnan(best_scores[0]))
        if measure.better(scores[0], best_scores[0]) or (equal and usual.better(scores[1], best_scores[1])):
            best, best_scores = place, (scores[0], scores[1])
    return np.eye(len(search.results))[best], search.results[best].predicted


def _members(search: Search, shares: np.ndarray, step: Step, end: float) -> tuple[tuple[Member, ...], bool]:
    """The learners of the folds where they are bagged, else one fitted to all rows, those that judged among them, as
    far as there is time; whether any learned from them.
    """
    above = any(share > 0 and one.one.above for one, share in zip(search.results, shares, strict=True))
    below = set(search.below) if above else set()
    chosen = [place for place, share in enumerate(shares) if share > 0 or place in below]
    members: list[Member] = []
    refitted = False
    for number, place in enumerate(chosen):
        found, share = search.results[place], float(shares[place])
        first = found.kept()[: None if found.bagged else 1]
        enough = end - time.monotonic() - SPARE > found.refit_seconds
        again = not found.bagged and (enough or not first)
        learned = [found.one.again(found.problem, found.facts)] if again else first
        refitted = refitted or found.bagged or again
        members += [
            Member(found.one.name, share / len(learned), one, found.one.target, place in below, found.one.above)
            for one in learned
        ]
        step.progress("fit", number + 1, len(chosen), name=found.one.name)
    return tuple(members), refitted


def _by_name(members: tuple[Member, ...]) -> dict[str, float]:
    found: dict[str, float] = {}
    for one in members:
        found[one.name] = found.get(one.name, 0.0) + one.weight
    return {name: round(weight, 3) for name, weight in found.items()}


def _tried(entry: Entry, search: Search, shares: np.ndarray) -> list[Tried]:
    found = []
    for one, share in zip(search.results, shares, strict=True):
        score = search.score(one.predicted)
        found.append(
            Tried(
                family=entry.family,
                title=one.one.name,
                validation={search.problem.metric: score} if np.isfinite(score) else {},
                seconds=round(one.seconds, 3),
                share=round(float(share), 4),
                chosen=bool(share > 0),
            )
        )
    return found
